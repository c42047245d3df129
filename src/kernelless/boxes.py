"""Marks made of rectangles: what they have in common, blocks of a diagram, spans of a timeline; see `grids`, `stacks`.

Each says where its rectangles stand (`left`, `right`, `low`, `high`, in data coordinates), which look each has
(`step`, a place among `looks`), and what is written on them. All of it is numpy on what the author gave, so it is
traced with the figure and the page computes it with the same digits.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from .axis import Axis, Plot
from .checks import is_traced, shown
from .palette import PALETTE
from .parts import Brush, Mark
from .units import text


class Look(NamedTuple):
    """How a rectangle looks: a place in the palette (-1: an empty outline) and the opacity of its fill."""

    name: str
    color: int
    opacity: float = 1.0


def named_kinds(mark: str, kinds: Any) -> dict[str, int | None]:
    """Return names with their places in the palette, None for an outline; unless given, they are 0, 1, 2 and so on."""
    pairs = kinds if isinstance(kinds, Mapping) else None
    if pairs is None and not isinstance(kinds, (str, bytes)) and isinstance(kinds, Sequence):
        pairs = dict(zip(kinds, range(len(kinds)), strict=True)) if len(set(map(str, kinds))) == len(kinds) else None
    good = pairs and all(isinstance(name, str) and not is_traced(name) and name.strip() for name in pairs) and all(
        place is None or (type(place) is int and 0 <= place < len(PALETTE)) for place in pairs.values())
    if not pairs or not good:
        raise ValueError(f"{mark}: kinds={shown(kinds)} must be different names, or names with a colour each: "
                         f"{{'used': 0, 'free': None}}, 0 to {len(PALETTE) - 1}, None for an outline.")
    return dict(pairs)


def refuse_log(mark: Mark, axis: Axis) -> None:
    """Refuse a logarithmic axis, along which lengths do not add up."""
    if axis.scale == "log":
        raise ValueError(f"{mark.name()}: a log axis has no zero to add parts from; use a linear one.")


class Boxes(Mark):
    """What the marks of rectangles have in common."""

    swatch = "tint"
    moving: ClassVar[tuple[str, ...]] = ("left", "right", "low", "high", "step")
    valued: ClassVar[bool] = False  # its values are written on the rectangles
    fitted: ClassVar[bool] = False  # words that do not fit their rectangle are left to the cursor
    kinds: Any = None
    words: Sequence[str] | None = None
    unit: str = ""

    # what the page is told of each rectangle; a subclass computes them
    left: Any
    right: Any
    low: Any
    high: Any
    step: Any = 0.0

    def count(self) -> int:
        """Return how many rectangles there are."""
        return max(math.prod(np.shape(value)) for field in self.moving
                   if (value := getattr(self, field)) is not None)

    def places(self, *more: str) -> tuple[np.ndarray, ...]:
        """Return left, right, low, high, step, and more fields, of each rectangle, of known values."""
        n = self.count()
        return tuple(np.broadcast_to(np.ravel(np.asarray(getattr(self, field), dtype=float)), (n,))
                     for field in ("left", "right", "low", "high", "step", *more))

    def looks(self, color: int) -> list[Look]:
        """Return the looks that `step` chooses from."""
        if self.kinds is None:
            return [Look(self.label, color)]
        return [Look(name, -1 if place is None else place)
                for name, place in named_kinds(self.name(), self.kinds).items()]

    def constants(self) -> dict[str, Any]:
        """Return what the page writes on the rectangles, and the names of their kinds."""
        found = {"said": self.words and list(self.words), "unit": self.unit, "valued": self.valued,
                 "kinds": self.kinds is not None and [look.name for look in self.looks(0)]}
        return {field: value for field, value in found.items() if value}

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return the entries of a legend: one for each kind."""
        return [("hollow" if look.color < 0 else self.swatch, look.name, look.color) for look in self.looks(color)]

    def used(self, color: int) -> int:
        """Return the last place in the palette that the mark uses."""
        return max((look.color for look in self.looks(color)), default=-1)

    def captions(self) -> list[list[str]]:
        """Return the lines written on each rectangle, of known values."""
        words = [word.split("\n") for word in self.words] if self.words else [[] for _ in range(self.count())]
        if self.valued and getattr(self, "value", None) is not None:
            *_, values = self.places("value")
            words = [[*lines, text(value, self.unit)] for lines, value in zip(words, values, strict=True)]
        return words

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError where lengths, words, kinds or known kinds do not fit."""
        super().check_shapes(figure, shapes)
        self.check_looks()

    def check_looks(self) -> None:
        """Raise ValueError unless there are words for each rectangle, and each known kind has a name."""
        if not isinstance(self.unit, str):
            raise ValueError(f"{self.name()}: unit={self.unit!r} must be text.")
        if self.words is not None:
            words = self.words
            if isinstance(words, str) or not all(isinstance(word, str) and not is_traced(word) for word in words):
                raise ValueError(f"{self.name()}: words={shown(words)} must be a list of fixed texts.")
            if len(words) != self.count():
                raise ValueError(f"{self.name()}: there are {len(words)} words for {self.count()} rectangles.")
        known = len(self.looks(0))
        if not is_traced(self.step):
            step = np.asarray(self.step, dtype=float)
            wrong = step[~np.isnan(step) & ((step % 1 != 0) | (step < 0) | (step >= known))]
            if wrong.size:
                raise ValueError(f"{self.name()}: kind {wrong.flat[0]:g} is none of 0 to {known - 1} "
                                 f"({', '.join(look.name for look in self.looks(0))}); NaN draws nothing.")

    def inside(self, figure: Plot) -> Any:
        """Say which rectangles have a part within the limits."""
        left, right, low, high, step = self.places()
        return figure.x.overlaps(left, right) & figure.y.overlaps(low, high) & ~np.isnan(step)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the rectangles of each look, then write on them."""
        left, right, low, high = self.draw_boxes(brush, figure)
        k = 0
        middles = figure.x.middle(left, right), figure.y.middle(low, high)
        for lines, x, y, *edges in zip(self.captions(), *middles, left, right, low, high, strict=True):
            room = (*edges, len(lines)) if self.fitted else ()
            for i, line in enumerate(lines):
                brush.caption(k, line, x, y, 0.0, i - (len(lines) - 1) / 2, room=room)
                k += 1

    def draw_boxes(self, brush: Brush, figure: Plot) -> tuple[np.ndarray, ...]:
        """Draw the rectangles of each look; return their edges, kept within the limits, NaN for what is not seen."""
        *sides, step = self.places()
        seen = self.inside(figure)
        spans = (figure.x.span, figure.x.span, figure.y.span, figure.y.span)
        edges = tuple(np.where(seen, np.clip(side, *span), np.nan) for side, span in zip(sides, spans, strict=True))
        for j, look in enumerate(self.looks(brush.color)):
            brush.boxes(j, self.swatch, look.color, look.opacity, *(edge[step == j] for edge in edges))
        return edges


@dataclasses.dataclass(frozen=True)
class Spans(Boxes):
    """A timeline: spans from `start` to `end` on lanes.

    Parameters
    ----------
    lane : array
        Place of each span across: a category of the y axis (0, 1, 2, …) or a number on it.
    start, end : array
        Along x. NaN leaves a span out.
    label : str
        What the spans are.
    kinds : sequence of str, or dict
        As in `Cells`; without it all spans look alike.
    kind : array
        The place of each span's kind. [0]
    words : sequence of str
        What is written on each span; the cursor reads what does not fit.
    height : float
        Of a span, in lanes. [0.72]
    """

    lane: Any
    start: Any
    end: Any
    label: str
    kinds: Any = None
    kind: Any = 0.0
    words: Sequence[str] | None = None
    height: float = 0.72
    color: int | None = None
    given = ("lane", "start", "end", "kind")
    fitted = True

    left = property(lambda self: self.start)
    right = property(lambda self: self.end)
    low = property(lambda self: self.lane - self.height / 2)
    high = property(lambda self: self.lane + self.height / 2)
    step = property(lambda self: self.kind)


@dataclasses.dataclass(frozen=True)
class Blocks(Boxes):
    """Boxes with words, which may move and be sized by data.

    Parameters
    ----------
    x, y : array
        Centres.
    label : str
        What the boxes are.
    words : sequence of str
        What is written in each box; a line break makes two lines.
    width, height : array
        Sizes in data coordinates. [1]
    value, unit
        A number written below the words of each box.
    kinds, kind
        As in `Spans`.
    """

    x: Any
    y: Any
    label: str
    words: Sequence[str] | None = None
    width: Any = 1.0
    height: Any = 1.0
    value: Any = None
    unit: str = ""
    kinds: Any = None
    kind: Any = 0.0
    color: int | None = None
    given = ("x", "y", "width", "height", "value", "kind")
    moving = (*Boxes.moving, "value")
    valued = True

    left = property(lambda self: self.x - self.width / 2.0)
    right = property(lambda self: self.x + self.width / 2.0)
    low = property(lambda self: self.y - self.height / 2.0)
    high = property(lambda self: self.y + self.height / 2.0)
    step = property(lambda self: self.kind)

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return an entry for each kind; boxes of one kind have their words."""
        return super().legend(color) if self.kinds is not None else []


