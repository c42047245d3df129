"""An exercise: its question, its checked answer, and its replies to the commonest slips."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from html import escape
from typing import Any

from ...quantities.checks import known
from ...quantities.numeric import Numeric
from ...quantities.units import text

__all__ = ["SUFFIXES", "Exercise", "known", "parse", "suffixes"]

# What may follow a number, by the unit of the answer. Words after it are passed over.
SUFFIXES = {
    "B": {"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15, "kib": 2**10, "mib": 2**20, "gib": 2**30,
          "tib": 2**40},
    "s": {"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "days": 86400, "day": 86400},
    "%": {"%": 0.01},
    "": {"k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12, "%": 0.01},
}
_NUMERAL = re.compile(r"^[$\s]*([-+−]?(?:\d[\d,_ ]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-zµ%]*)", re.IGNORECASE)


def suffixes(unit: str) -> dict[str, float]:
    """Return what may follow a number that is given in `unit`, in lower case, with its factor."""
    return SUFFIXES.get("B" if unit in ("B", "iB", "B/token", "B/s") else unit, SUFFIXES[""])


def parse(answer: object, unit: str) -> float:
    """Return a typed answer in base units: ``"6.71 GB"`` is 6.71e9, ``"34.5%"`` is 0.345. NaN if it is not a number."""
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return float(answer)
    found = _NUMERAL.match(str(answer))
    if not found:
        return math.nan
    value = float(re.sub(r"[,_ ]", "", found[1]).replace("−", "-"))
    return value * suffixes(unit).get(found[2].lower(), 1)


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
    """

    id: str
    question: str
    answer: Numeric | None  # formulas return numpy's numbers; kept as Python's
    unit: str
    solution: str
    tolerance: float = 0.02
    wrong: tuple[tuple[Numeric, str], ...] = ()
    level: str = "standard"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]+-q?\d+", self.id):
            raise ValueError(f"id={self.id!r} must be a chapter's prefix, a hyphen and a number, such as kv-1 or kv-q1.")
        if self.level not in ("guess", "warm-up", "standard", "harder", "open"):
            raise ValueError(f"{self.id}: unknown level {self.level!r}; known: guess, warm-up, standard, harder, open.")
        if self.answer is not None and not math.isfinite(self.answer):
            raise ValueError(f"{self.id}: answer={self.answer!r} must be a finite number, or None for an open exercise.")
        if self.answer is not None:
            object.__setattr__(self, "answer", float(self.answer))
            object.__setattr__(self, "wrong", tuple((float(value), reply) for value, reply in self.wrong))
        for value, _ in self.slips:
            low, high = self._near(self.computed)
            if low <= value <= high:
                raise ValueError(f"{self.id}: the wrong answer {value:g} is within the tolerance of the right one.")

    def _near(self, value: float, tolerance: float | None = None) -> tuple[float, float]:
        slack = abs(value) * (self.tolerance if tolerance is None else tolerance)
        return value - slack, value + slack

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
        cases.append((*self._near(answer), f"Right: {right}.", True))
        cases += [(*self._near(value), reply, False) for value, reply in self.slips]
        if self.unit in ("B", "iB", "B/token"):
            for n, pair in ((1, "kB and KiB"), (2, "MB and MiB"), (3, "GB and GiB"), (4, "TB and TiB")):
                for ratio in (1.024**n, 1.024**-n):
                    cases.append((*self._near(answer * ratio, 0.005), f"Nearly: that mixes {pair}.", False))
        for n in (-3, -2, -1, 1, 2, 3):
            cases.append((*self._near(answer * 1000.0**n),
                          "The digits are right, but the power of a thousand is not: look at the unit.", False))
        return [*cases, (-math.inf, answer, "Not yet: too low.", False),
                (answer, math.inf, "Not yet: too high.", False)]

    def reply(self, answer: object) -> tuple[str, bool]:
        """Return the reply to an answer, and whether it settles the exercise."""
        if self.answer is None:
            return "This one is open: compare your reasoning with the solution.", True
        value = parse(answer, self.unit)
        if math.isnan(value):
            return f"That is not a number. Write one such as {text(self.computed * 3, self.unit)}.", False
        return next((words, settled) for low, high, words, settled in self.cases if low <= value <= high)

    def spec(self) -> dict[str, Any]:
        """Return what the page's answer box needs: the cases, what may follow a number, an example."""
        return {"cases": [[_json(low), _json(high), words, settled] for low, high, words, settled in self.cases],
                "suffixes": suffixes(self.unit), "example": text(self.computed * 3, self.unit)}

    @property
    def heading(self) -> str:
        """What the box is called."""
        return f"Your guess · {self.id}" if self.level == "guess" else f"Exercise {self.id} · {self.level}"

    def __repr__(self) -> str:
        how = "" if self.answer is None else (
            f'\nWrite your guess: check("{self.id}", …)' if self.level == "guess" else f'\nCheck: check("{self.id}", …)')
        return f'{self.heading}\n{self.question}{how}\nSolution: solution("{self.id}")'

    def html(self) -> str:
        """Return the box for the page: question, answer field, reply, folded solution."""
        name = f"exercise-{self.id}"
        unit = {"": "a number", "%": "per cent, such as 40%", "B": "bytes, such as 3 GB", "s": "time, such as 20 ms",
                "USD": "US dollars", "iB": "bytes, such as 3 GiB", "×": "a ratio"}.get(self.unit, self.unit)
        form = "" if self.answer is None else (
            f'<form class="exercise-form" data-live hidden><label for="{name}-answer">Your '
            f'{"guess" if self.level == "guess" else "answer"} ({escape(unit)})</label>'
            f'<input id="{name}-answer" type="text" autocomplete="off" spellcheck="false">'
            '<button type="submit">Check</button></form><p class="exercise-reply" role="status" aria-live="polite"></p>')
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
