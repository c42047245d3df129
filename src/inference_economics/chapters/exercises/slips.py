"""The commonest slips: what they turn an answer into, and what is said of them.

An exercise names those of its own subject in `Exercise.wrong`, computed from the package's formulas; `of_unit` gives
those that any answer in a unit may suffer, and `Exercise.cases` looks for them after its own.
"""

from __future__ import annotations

import math

from ...quantities.numeric import Numeric

Slip = tuple[Numeric, str]

_BYTES = ("B", "iB", "B/token")
_TIMES = ("s", "hours", "days")


def straight_line(value: Numeric) -> Slip:
    """Return the slip of spreading a price evenly over its years; `value` is the answer that it leads to."""
    return value, ("That spreads the price evenly over the years. Money tied up costs interest on what is not yet paid "
                   "back: use the annuity.")


def unrounded(value: Numeric, do: str) -> Slip:
    """Return the slip of a forgotten rounding; `do` says what is left to do, as in ``round up to a multiple of 256``."""
    return value, f"Nearly: now {do}."


def gain_for_ratio(ratio: Numeric) -> Slip:
    """Return the slip of giving by how much something grows, where the question asks how many times as much it is."""
    return ratio - 1, "That is the gain, by how much it grows. The question asks for the ratio: add one."


def ratio_for_gain(gain: Numeric) -> Slip:
    """Return the slip of giving how many times as much something is, where the question asks by how much it grows."""
    return gain + 1, "That is the ratio of new to old. The question asks for the gain: take one away."


def inverted(value: Numeric) -> Slip:
    """Return the slip of dividing the other way round."""
    return 1 / value, "That is the other way round: divide the one by the other."


def of_unit(answer: float, unit: str) -> list[tuple[float, str]]:
    """Return the slips that an answer in a unit may suffer, whatever its subject.

    Parameters
    ----------
    answer : float
        In `unit`. [unit]
    unit : str
        As `units.text` knows it.

    Returns
    -------
    list of (float, str)
        What the slip leads to, in `unit`, and the reply.
    """
    slips: list[Slip] = []
    if unit in _BYTES:
        slips += [(answer * 8, "Those are bits: a byte has eight."),
                  (answer / 8, "That divides by eight as if it had been in bits: it is in bytes already.")]
    if unit == "%":
        slips += [(answer * 100, "That is a hundred times too much: as a ratio, 40% is 0.4."),
                  (answer / 100, "That is a hundred times too little: the ratio 0.4 is 40%.")]
    if unit == "×" and answer not in (0, 1):
        # one less than a large ratio is nearly the ratio
        slips += [*([gain_for_ratio(answer)] if answer < 10 else []), inverted(answer),
                  (answer * 100, "That is the number of per cent: as a ratio, 250% is 2.5.")]
    if unit == "tokens/s":
        slips.append((1 / answer, "Those are seconds for a token. The question asks for tokens in a second."))
    if unit in _TIMES:
        slips += [(answer * 60, "The unit of time is mixed up: that is 60 times too long."),
                  (answer / 60, "The unit of time is mixed up: that is 60 times too short.")]
        slips += [(answer * 3600, "The unit of time is mixed up: that is 3,600 times too long."),
                  (answer / 3600, "The unit of time is mixed up: that is 3,600 times too short.")]
    if unit.startswith("USD"):
        slips += [(answer * 100, "That is a hundred times too much: those are cents."),
                  (answer / 100, "That is a hundred times too little: a cent is a hundredth of a dollar.")]
    return [(float(value), reply) for value, reply in slips if math.isfinite(value)]
