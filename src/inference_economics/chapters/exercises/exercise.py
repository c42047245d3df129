"""An exercise: its question, its checked answer, and its replies to right and wrong ones."""

from __future__ import annotations

import json
import math
import numbers
import re
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import numpy as np

from ...quantities.checks import known
from ...quantities.numeric import Numeric
from ...quantities.units import text
from . import slips
from .plain import plain
from .reading import Reading, name_of, possible, read, refusal

__all__ = ["Exercise", "known"]

_HALF_A_CENT = 0.005


@dataclass(frozen=True)
class Exercise:
    r"""One exercise, or one question to guess at before the text answers it.

    Parameters
    ----------
    id : str
        Chapter's prefix and number: ``kv-1``; ``kv-q1`` for a question in the text.
    question : str
        Plain text with `code` in backticks and TeX in \( \); blank lines part paragraphs.
    answer : float or None
        In base units, computed. None for an open exercise.
    unit : str
        As `units.text` knows it.
    solution : str
        Written as the question is.
    tolerance : float
        Accepted relative error. [1]
    wrong : tuple of (float, str)
        Answers of known misconceptions, computed, each with its reply.
    level : str
        ``warm-up``, ``standard``, ``harder`` or ``open``; ``guess`` for a question in the text.
    per : str
        What the question says the answer is for, where the unit does not: ``year`` for a bill of a year, ``Mtok`` for
        the price of a million tokens. An answer may name it, or another one that converts.
    unrounded : float or None
        What was rounded to a whole number to give the answer. Accepted as well.

    Raises
    ------
    ValueError
        For an id, a level or an answer that is none, and where a wrong answer would pass for right.
    """

    id: str
    question: str
    answer: Numeric | None  # formulas return numpy's numbers; kept as Python's
    unit: str
    solution: str
    tolerance: float = 0.02
    wrong: tuple[tuple[Numeric, str], ...] = ()
    level: str = "standard"
    per: str = ""
    unrounded: Numeric | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]+-q?\d+", self.id):
            raise ValueError(f"id={self.id!r} must be a chapter's prefix, a hyphen and a number, such as kv-1 or kv-q1.")
        if self.level not in ("guess", "warm-up", "standard", "harder", "open"):
            raise ValueError(f"{self.id}: unknown level {self.level!r}; known: guess, warm-up, standard, harder, open.")
        if self.answer is not None and not math.isfinite(self.answer):
            raise ValueError(f"{self.id}: answer={self.answer!r} must be a finite number, or None for an open exercise.")
        if self.answer is not None:
            object.__setattr__(self, "answer", float(self.answer))
            object.__setattr__(self, "wrong", tuple((float(value), plain(reply)) for value, reply in self.wrong))
            if read(self.example, self.said_in).kind:
                raise ValueError(f"{self.id}: its own example, {self.example!r}, cannot be read; choose another unit.")
        for value, _ in self.slips:
            if any(low <= value <= high for low, high, _ in self._right()):
                raise ValueError(f"{self.id}: the wrong answer {value:g} is within the tolerance of the right one.")

    def _near(self, value: float, tolerance: float | None = None) -> tuple[float, float]:
        slack = abs(value) * (self.tolerance if tolerance is None else tolerance)
        if self.unit.startswith("USD") and abs(value) >= 0.1 and tolerance is None:
            slack = max(slack, _HALF_A_CENT)  # money is rounded to cents
        return value - slack, value + slack

    def _right(self) -> list[tuple[float, float, str]]:
        """Return the intervals of what is right, each with its reply."""
        answer = self.computed
        right = text(answer, self.unit)
        found = [(*self._near(answer), f"Right: {right}.")]
        if self.unrounded is not None:
            exact = float(self.unrounded)
            found.append((*self._near(exact, min(self.tolerance, 0.005)),
                          f"Right: {text(exact)} before rounding to whole ones, {right}."))
        return found

    def _rounded_wrong(self) -> list[tuple[float, float, str, bool]]:
        """Return the whole number on the other side of what was rounded, with its reply."""
        if self.unrounded is None:
            return []
        down = float(self.unrounded) > self.computed
        return [(*self._near(self.computed + (1 if down else -1), 1e-9),
                 "Nearly: a part of one does not fit, so round down." if down
                 else "Nearly: a part of one is needed as a whole, so round up.", False)]

    @property
    def computed(self) -> float:
        """The answer, which an open exercise has not."""
        if self.answer is None:
            raise ValueError(f"{self.id} is open: it has no answer to compare with.")
        return float(self.answer)

    @property
    def slips(self) -> list[tuple[float, str]]:
        """Answers of known misconceptions, each with its reply."""
        return [(float(value), reply) for value, reply in self.wrong]

    @property
    def cases(self) -> list[tuple[float, float, str, bool]]:
        """Intervals (low, high, reply, settled) in order: the first that holds an answer gives the reply."""
        answer, right = self.computed, text(self.computed, self.unit)
        cases: list[tuple[float, float, str, bool]] = []
        if self.level == "guess":
            for factor, words in ((1.1, "a tenth"), (2, "a factor of two"), (10, "a factor of ten")):
                # A negative answer turns an interval round, so sort its ends.
                low, high = sorted((answer / factor, answer * factor))
                cases.append((low, high, f"Computed: {right}. Your guess is within {words}.", True))
            return [*cases, (-math.inf, answer, f"Computed: {right}. Your guess is far too low.", True),
                    (answer, math.inf, f"Computed: {right}. Your guess is far too high.", True)]
        first, *others = self._right()
        cases.append((*first, True))
        cases += [(*self._near(value), reply, False) for value, reply in self.slips]
        cases += self._rounded_wrong() + [(*other, True) for other in others]
        if self.unit in ("B", "iB", "B/token"):
            for n, pair in ((1, "kB and KiB"), (2, "MB and MiB"), (3, "GB and GiB"), (4, "TB and TiB")):
                for ratio in (1.024**n, 1.024**-n):
                    cases.append((*self._near(answer * ratio, 0.005), f"Nearly: that mixes {pair}.", False))
        cases += [(*self._near(value), reply, False) for value, reply in slips.of_unit(answer, self.unit)]
        for n in (-3, -2, -1, 1, 2, 3):
            cases.append((*self._near(answer * 1000.0**n),
                          "The digits are right, but the power of a thousand is not: look at the unit.", False))
        return [*cases, (-math.inf, answer, "Not yet: too low.", False),
                (answer, math.inf, "Not yet: too high.", False)]

    @property
    def said_in(self) -> str:
        """The unit in which an answer may be given, with what the question says it is for."""
        return f"{self.unit}/{self.per}" if self.per else self.unit

    @property
    def example(self) -> str:
        """An answer that would be understood, and is wrong."""
        return text(self.computed * 3, self.unit)

    def read(self, answer: object) -> Reading:
        """Return the number that an answer is, in the unit of the exercise, or why it is none."""
        if isinstance(answer, str):
            return read(answer, self.said_in)
        if isinstance(answer, (bool, np.bool)) or not isinstance(answer, (numbers.Real, Decimal)):
            return Reading("type", math.nan)
        try:
            value = float(answer)
        except OverflowError:  # a whole number beyond the largest double
            value = -math.inf if answer < 0 else math.inf
        if not math.isfinite(value):
            return Reading("infinite", value, str(value))
        return possible(value, self.said_in, str(answer))

    def verdict(self, value: float) -> tuple[str, bool]:
        """Return the reply to a number in the unit of the answer, and whether it settles the exercise."""
        return next((words, settled) for low, high, words, settled in self.cases if low <= value <= high)

    def reply(self, answer: object) -> tuple[str, bool]:
        """Return the reply to an answer, and whether it settles the exercise.

        Parameters
        ----------
        answer : str or number
            As one writes it, or a number in the unit of the answer (a share as a ratio).

        Returns
        -------
        tuple of (str, bool)
            What was understood stands in the reply, where it does not read as it was typed.
        """
        if self.answer is None:
            return "This one is open: compare your reasoning with the solution.", True
        reading = self.read(answer)
        if reading.kind:
            return refusal(reading, self.said_in, self.example), False
        words, settled = self.verdict(reading.value)
        echo = text(reading.value, self.said_in, 6)
        same = echo.replace(" ", "").replace("−", "-") == str(answer).replace(" ", "")
        return words if same or f" {echo}." in words else f"{words} (Read as {echo}.)", settled

    def spec(self) -> dict[str, Any]:
        """Return what the page's answer box needs: the cases, the unit by name and in words, an example."""
        return {"cases": [[_json(low), _json(high), words, settled] for low, high, words, settled in self.cases],
                "unit": self.said_in, "name": name_of(self.said_in), "example": self.example}

    @property
    def heading(self) -> str:
        """What the box is called."""
        return f"Your guess · {self.id}" if self.level == "guess" else f"Exercise {self.id} · {self.level}"

    def __repr__(self) -> str:
        how = "" if self.answer is None else (
            f'\nWrite your guess: check("{self.id}", …)' if self.level == "guess" else f'\nCheck: check("{self.id}", …)')
        return f'{self.heading}\n{plain(self.question)}{how}\nSolution: solution("{self.id}")'

    def html(self) -> str:
        """Return the box for the page: question, answer field, reply, folded solution."""
        name = f"exercise-{self.id}"
        unit = {"%": "per cent, such as 40%", "B": "in bytes, such as 3 GB", "s": "a time, such as 20 ms",
                "iB": "in bytes, such as 3 GiB", "×": "a ratio"}.get(self.unit) or name_of(self.said_in)
        form = "" if self.answer is None else (
            f'<form class="exercise-form" data-live hidden><label for="{name}-answer">Your '
            f'{"guess" if self.level == "guess" else "answer"} ({escape(unit)})</label>'
            f'<input id="{name}-answer" type="text" autocomplete="off" spellcheck="false" aria-describedby="{name}-read">'
            f'<button type="submit">Check</button><span class="exercise-read" id="{name}-read"></span></form>'
            '<p class="exercise-reply" role="status" aria-live="polite"></p>')
        spec = "" if self.answer is None else json.dumps(self.spec(), ensure_ascii=False, separators=(",", ":"))
        data = spec and f'<script type="application/json" class="exercise-spec">{spec.replace("<", chr(92) + "u003c")}</script>'
        fold = "Answer" if self.level == "guess" else "Solution"
        return (f'<section class="exercise" id="{name}" aria-labelledby="{name}-title">'
                f'<p class="exercise-title" id="{name}-title">{escape(self.heading)}</p>{_paragraphs(self.question)}{form}'
                f"<details><summary>{fold}</summary>{_paragraphs(self.solution)}</details>{data}</section>")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}


def _json(value: float) -> float | str:
    endless = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return endless.get(value, value)


def _paragraphs(words: str) -> str:
    parts = (escape(" ".join(part.split())) for part in words.strip().split("\n\n"))
    # the book's build turns the TeX of these paragraphs into MathML; JupyterLab sets it by itself
    return "".join('<p class="has-tex">' + re.sub("`([^`]+)`", r"<code>\1</code>", part) + "</p>" for part in parts)
