"""Argument checks shared by every public formula.

A check raises `ValueError` naming the argument, the value and what is accepted. A traced value (see
`explore/trace.py`) has no number to look at yet, so it passes: the slider's own limits guard it.
"""

from __future__ import annotations

import numpy as np


def is_traced(value) -> bool:
    """Say whether `value` stands for a number that only the browser will know."""
    return getattr(value, "__traced__", False)


def require(low=-np.inf, high=np.inf, *, open_low=False, open_high=False, hint="", **arguments):
    """Raise `ValueError` unless every named argument is numeric, not NaN, and within the limits.

    Parameters
    ----------
    low, high : float
        Limits, in the unit of the arguments. Both are accepted values unless `open_low` or `open_high` is set.
    hint : str
        What to do about it, added to the message (for example "was it given in GB?").
    **arguments
        The values to check, by the name the caller's user knows. Scalars, arrays or traced values.
    """
    for name, value in arguments.items():
        if is_traced(value):
            continue
        try:
            # Text and None would pass as numbers: np.asarray("5", float) is 5, and of None it is NaN.
            array = np.asarray(value, dtype=float)
            if value is None or np.asarray(value).dtype.kind in "USmM":
                raise TypeError
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name}={value!r} is not a number or an array of numbers.") from None
        below = array <= low if open_low else array < low
        above = array >= high if open_high else array > high
        bad = below | above | np.isnan(array)
        if bad.any():
            worst = float(array[bad][0]) if array.ndim else float(array)
            span = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
            message = f"{name}={worst:g} is outside {span}"
            raise ValueError(f"{message}; {hint}" if hint else f"{message}.")


def require_positive(hint="", **arguments):
    """Raise `ValueError` unless every named argument is finite and greater than zero."""
    require(0, np.inf, open_low=True, open_high=True, hint=hint, **arguments)


def require_non_negative(hint="", **arguments):
    """Raise `ValueError` unless every named argument is finite and zero or more."""
    require(0, np.inf, open_high=True, hint=hint, **arguments)


def require_fraction(hint="", **arguments):
    """Raise `ValueError` unless every named argument lies in 0..1."""
    require(0, 1, hint=hint or "give a fraction, not a percentage.", **arguments)


def require_whole(low=1, hint="", **arguments):
    """Raise `ValueError` unless every named argument is a whole number of at least `low`."""
    require(low, np.inf, open_high=True, hint=hint, **arguments)
    for name, value in arguments.items():
        if not is_traced(value) and np.any(np.asarray(value, dtype=float) % 1):
            raise ValueError(f"{name}={value!r} must be a whole number. {hint}".strip())


def lookup(kind: str, key, table):
    """Return `table[key]`, or raise `ValueError` that lists the known keys and the nearest one."""
    if key in table:
        return table[key]
    import difflib

    near = difflib.get_close_matches(str(key), [str(k) for k in table], n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    known = ", ".join(str(k) for k in table)
    raise ValueError(f"unknown {kind} {key!r}; known: {known}.{guess}")
