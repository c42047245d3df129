"""A guess before an answer: the reader draws a curve, then sees the true one, and reads where the guess went wrong.

One rule says so, `compare`. Jupyter runs it on numbers; the page runs the program that it traces into.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .axis import Axis
from .checks import is_traced, lookup
from .figure import Figure
from .parts import Line
from .program import compile_program
from .trace import Graph
from .units import text

STATIONS = 5  # places along x at which a guess is held against the curve
NEAR = 0.05  # of the plot's height: a level closer than this is right
SLOPE_NEAR = 2 * NEAR  # of the plot's height, from the first place to the last

# What is said, by the numbers of `compare`. In braces: how much, and near which x.
LEVELS = ("Level: about right.", "Level: you drew it too high, by {amount} on average.",
          "Level: you drew it too low, by {amount} on average.")
FACTORS = (LEVELS[0], "Level: you drew it {amount} too high on average.",
           "Level: the curve lies {amount} above yours on average.")
SLOPES = ("Slope: about right.", "Slope: the curve rises where yours falls.",
          "Slope: the curve falls where yours rises.", "Slope: yours is too steep.", "Slope: yours is too flat.")
BENDS = ("Bend: both are nearly straight.", "Bend: right, near {x}.",
         "Bend: the curve bends near {x}; yours is straight.",
         "Bend: the curve is nearly straight; yours bends near {yours}.",
         "Bend: the curve bends near {x}, yours near {yours}.",
         "Bend: near {x} the curve bends the other way than yours.")
GIVEN, TRUE = ([f"{letter}{k}" for k in range(STATIONS)] for letter in "gt")  # the program's inputs


@dataclass(frozen=True)
class Predict:
    """A question that the reader answers by drawing a curve.

    mark : the label of the `Line` that waits until the guess is drawn, or the question is skipped.
    question : what to draw, in one or two sentences. hides : labels of other marks that would give the answer away.
    Readouts, states and controls wait as well.
    """

    mark: str
    question: str
    hides: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what no question can be."""
        for name in ("mark", "question"):
            words = getattr(self, name)
            if not isinstance(words, str) or not words.strip():
                raise ValueError(f"predict: {name}={words!r} must be text that the reader sees.")
        if isinstance(self.hides, str) or not all(isinstance(label, str) for label in self.hides):
            raise ValueError(f"predict: hides={self.hides!r} must be a sequence of labels.")

    def hidden(self, figure: Figure) -> list[int]:
        """Return which marks of a figure wait, that of the question first."""
        if figure.panels:
            raise ValueError("predict: a curve is drawn in one plot, but the figure has panels.")
        places = {getattr(mark, mark.texts[0]): i for i, mark in enumerate(figure.marks) if mark.fixed_words}
        found = [lookup("mark to predict", label, places) for label in (self.mark, *self.hides)]
        if type(figure.marks[found[0]]) is not Line:
            raise ValueError(f"predict: {self.mark!r} is a {type(figure.marks[found[0]]).__name__}; only a Line can "
                             "be drawn.")
        return found

    def stations(self, figure: Figure) -> list[int]:
        """Return at which points of the curve a guess is held against it: evenly spread, where the curve is seen."""
        xs, ys = self.curve(figure)
        seen = np.flatnonzero(figure.x.contains(xs) & figure.y.contains(ys))
        if len(seen) < STATIONS:
            raise ValueError(f"predict: only {len(seen)} points of {self.mark!r} lie within the limits; "
                             f"{STATIONS} are needed.")
        return [int(seen[round(k * (len(seen) - 1) / (STATIONS - 1))]) for k in range(STATIONS)]

    def curve(self, figure: Figure) -> tuple[np.ndarray, np.ndarray]:
        """Return the points of the true curve."""
        line: Any = figure.marks[self.hidden(figure)[0]]
        xs, ys = np.broadcast_arrays(np.atleast_1d(line.x), np.atleast_1d(line.y))
        return np.asarray(xs, float), np.asarray(ys, float)

    def without(self, figure: Figure) -> Figure:
        """Return a figure whose waiting marks are not seen; the others keep their colours."""
        marks: list[Any] = list(figure.marks)
        for k in self.hidden(figure):
            unseen = {name: np.asarray(value, float) * np.nan for name in marks[k].moving
                      if name != "x" and (value := getattr(marks[k], name)) is not None}
            marks[k] = replace(marks[k], **unseen)
        return replace(figure, marks=marks)


def compare(guess: Sequence[Any], truth: Sequence[Any], axis: Axis) -> dict[str, Any]:
    """Say where a guess went wrong, in numbers that choose the words.

    Parameters
    ----------
    guess, truth : sequence of number
        The guess and the curve at five places, in base units; traced for the page.
    axis : Axis
        On which they lie. Heights are shares of it, so a factor counts on a logarithmic one.

    Returns
    -------
    dict
        ``level`` and its ``amount`` (a factor on a logarithmic axis), ``slope``, ``bend``, and at which place the curve
        bends (``at``) and the guess (``yours``).
    """
    log = axis.scale == "log"
    low, high = (np.log10(limit) if log else limit for limit in axis.span)

    def height(value: Any) -> Any:
        held = np.where(np.isnan(value), axis.span[0], np.minimum(np.maximum(value, axis.span[0]), axis.span[1]))
        return ((np.log10(held) if log else held) - low) / (high - low)

    mine, true = [height(v) for v in guess], [height(v) for v in truth]
    last = STATIONS - 1
    off = sum(a - b for a, b in zip(mine, true, strict=True)) / STATIONS
    far = np.abs(off) * (high - low)
    rise, rises = mine[last] - mine[0], true[last] - true[0]
    against = (np.sign(rise) != np.sign(rises)) & (np.minimum(np.abs(rise), np.abs(rises)) > NEAR)
    steep = np.where(np.abs(rise) > np.abs(rises), 3, 4)
    slope = np.where(np.abs(rise - rises) <= SLOPE_NEAR, 0,
                     np.where(against, np.where(rises > 0, 1, 2), steep))
    at, bow = _bend(true)
    yours, bowed = _bend(mine)
    bends, bent = np.abs(bow) > NEAR, np.abs(bowed) > NEAR
    both = np.where(np.sign(bow) != np.sign(bowed), 5, np.where(np.abs(at - yours) > 1, 4, 1))
    bend = np.where(bends, np.where(bent, both, 2), np.where(bent, 3, 0))
    return {"level": np.where(np.abs(off) <= NEAR, 0, np.where(off > 0, 1, 2)),
            "amount": 10 ** far if log else far, "slope": slope, "bend": bend, "at": at, "yours": yours}


def _bend(heights: Sequence[Any]) -> tuple[Any, Any]:
    """Return at which place a curve is farthest from the straight way between its ends, and how far."""
    last = STATIONS - 1
    place: Any = 1
    bow: Any = heights[1] - (heights[0] + (heights[last] - heights[0]) / last)
    for k in range(2, last):
        off = heights[k] - (heights[0] + (heights[last] - heights[0]) * k / last)
        farther = np.abs(off) > np.abs(bow)
        place, bow = np.where(farther, k, place), np.where(farther, off, bow)
    return place, bow


def sentences(found: Mapping[str, Any], xs: Sequence[float], figure: Figure) -> list[str]:
    """Return what `compare` found, in words; `static/sketch.js` writes the same."""
    log = figure.y.scale == "log"
    words = {"amount": text(float(found["amount"]), "×" if log else figure.y.unit),
             **{name: text(float(xs[int(found[at])]), figure.x.unit) for name, at in (("x", "at"), ("yours", "yours"))}}
    return [table[int(found[name])].format(**words)
            for name, table in (("level", FACTORS if log else LEVELS), ("slope", SLOPES), ("bend", BENDS))]


def predict_spec(told: Predict, figure: Figure) -> dict[str, Any]:
    """Return what the page needs to ask, and to answer."""
    if is_traced(figure.x.label) or figure.x.categories or figure.y.categories:
        raise ValueError("predict: a curve over categories cannot be drawn.")
    graph = Graph()
    found = compare([graph.parameter(name) for name in GIVEN], [graph.parameter(name) for name in TRUE], figure.y)
    program, numbers = compile_program(graph, [graph.lift(value) for value in found.values()])
    first, *others = told.hidden(figure)
    log = figure.y.scale == "log"
    return {"mark": first, "hides": others, "question": told.question, "stations": told.stations(figure),
            "program": program, "at": dict(zip(found, numbers, strict=True)), "unit": "×" if log else figure.y.unit,
            "words": {"level": FACTORS if log else LEVELS, "slope": SLOPES, "bend": BENDS}}
