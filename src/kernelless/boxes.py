"""Marks made of rectangles: cells of a grid, blocks of a diagram, spans of a timeline, a stack, a waterfall.

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
from .trace import Traced
from .units import text

SHADES = 6  # steps of opacity between the lowest and the highest value


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


def _refuse_log(mark: Mark, axis: Axis) -> None:
    if axis.scale == "log":
        raise ValueError(f"{mark.name()}: a log axis has no zero to add parts from; use a linear one.")


class Boxes(Mark):
    """What the marks of rectangles have in common."""

    swatch = "tint"
    moving = ("left", "right", "low", "high", "step")
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
class Cells(Boxes):
    """A grid whose cells are coloured by kind, or shaded by value.

    Parameters
    ----------
    value : array, shape (rows, columns)
        With `kinds`: the place of each cell's kind. Else: a number within `levels`. NaN leaves a cell out.
    label : str
        What the cells are, for the legend and the reader.
    kinds : sequence of str, or dict of str to int or None
        Names of kinds 0, 1, 2, …; a dict gives each a place in the palette, or None for an empty outline.
    levels : (float, float)
        The values of the lightest and the darkest shade.
    unit : str
        Unit of a value that is shaded.
    at, step_by : (float, float)
        Centre of the first cell (x, y), and the way to the next column and to the next row. [(0, 0), (1, 1)]
    gap : float
        Share of a cell left free between neighbours. [0.1]
    words : sequence of str
        What is written in each cell, row by row; the cursor reads what does not fit.
    """

    value: Any
    label: str
    kinds: Any = None
    levels: tuple[float, float] | None = None
    unit: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    step_by: tuple[float, float] = (1.0, 1.0)
    gap: float = 0.1
    words: Sequence[str] | None = None
    color: int | None = None
    given = ("value",)
    moving = (*Boxes.moving, "value")
    swatch = "cell"
    fitted = True

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError unless the values are a grid, and have either kinds or levels."""
        if len(shapes["value"]) != 2 or 0 in shapes["value"]:
            raise ValueError(f"{self.name()}: value must have shape (rows, columns), but has {shapes['value']}.")
        if (self.kinds is None) == (self.levels is None):
            raise ValueError(f"{self.name()} needs either kinds=(names) or levels=(low, high).")
        numbers = (*self.at, *self.step_by, self.gap, *(self.levels or ()))
        if any(is_traced(n) for n in numbers) or not np.isfinite(numbers).all() or 0 in self.step_by:
            raise ValueError(f"{self.name()}: at, step_by, gap and levels must be fixed, finite numbers; step_by "
                             "not 0.")
        if not 0 <= self.gap < 1:
            raise ValueError(f"{self.name()}: gap={self.gap!r} must be a share from 0 to below 1.")
        if self.levels is not None:
            low, high = self.levels
            if not low < high:
                raise ValueError(f"{self.name()}: levels={self.levels!r} must rise.")
            if not is_traced(self.value):
                value = np.asarray(self.value, dtype=float)
                beyond = value[(value < low) | (value > high)]
                if beyond.size:
                    raise ValueError(f"{self.name()}: {beyond.flat[0]:g} is outside levels {low:g} to {high:g}; widen "
                                     "them, or clip the values and say so.")
        self.check_looks()

    def _side(self, axis: int, sign: int) -> Any:
        shape = np.shape(self.value)
        places = self.at[axis] + self.step_by[axis] * np.arange(shape[1 - axis])
        edges: Any = places + sign * abs(self.step_by[axis]) * (1 - self.gap) / 2
        if type(self.value) is Traced:  # one row for all, which the page repeats
            edges = self.value.graph.lift(edges)
        return np.ravel(np.broadcast_to(edges if axis == 0 else edges[:, None], shape))

    left = property(lambda self: self._side(0, -1))
    right = property(lambda self: self._side(0, 1))
    low = property(lambda self: self._side(1, -1))
    high = property(lambda self: self._side(1, 1))

    @property
    def step(self) -> Any:
        """The kind of each cell, or the place of its shade."""
        value = np.ravel(self.value)
        if self.levels is None:
            return value
        low, high = self.levels
        return np.clip(np.floor((value - low) * (SHADES / (high - low))), 0, SHADES - 1)

    def looks(self, color: int) -> list[Look]:
        """Return a look for each kind, or for each shade."""
        if self.levels is None:
            return super().looks(color)
        return [Look(self.label, color, round((j + 1) / SHADES, 2)) for j in range(SHADES)]

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return an entry for each kind, or one for all shades."""
        if self.levels is None:
            return super().legend(color)
        low, high = (text(level, self.unit) for level in self.levels)
        return [("shades", f"{self.label}: {low} to {high}", color)]


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


@dataclasses.dataclass(frozen=True)
class Stack(Boxes):
    """Parts of a whole on top of each other: a bill, a budget of memory. Their names stand beside them.

    Parameters
    ----------
    value : array
        The parts, from the bottom up, along y. A negative part goes down from where the last one ended.
    label : str
        What the whole is.
    words : sequence of str
        The parts' names.
    at, width : float
        Centre and width along x. [0, 0.6]
    base : float
        Where the first part starts. [0]
    unit : str
        Of the values, which are written after the names.
    kinds, kind
        As in `Spans`; by default each part has a colour of its own.
    """

    value: Any
    label: str
    words: Sequence[str] | None = None
    at: Any = 0.0
    width: float = 0.6
    base: Any = 0.0
    unit: str = ""
    kinds: Any = None
    kind: Any = None
    color: int | None = None
    given = ("value", "at", "base", "kind")
    moving = (*Boxes.moving, "value")
    single = ("at", "base")
    valued = True

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError unless the values are a row with a name for each, on a linear axis."""
        _refuse_log(self, figure.y)
        if len(shapes["value"]) != 1 or not shapes["value"][0]:
            raise ValueError(f"{self.name()}: value must be a row of parts, but has shape {shapes['value']}.")
        if self.words is None:
            raise ValueError(f"{self.name()} needs words: a name for each part.")
        super().check_shapes(figure, shapes)

    left = property(lambda self: self.at - self.width / 2)
    right = property(lambda self: self.at + self.width / 2)

    @property
    def high(self) -> Any:
        """Where each part ends."""
        return self.base + np.cumsum(self.value)

    @property
    def low(self) -> Any:
        """Where each part starts: where the one before it ended."""
        start = np.full_like(self.value, 1.0)[:1] * self.base
        return np.concatenate([start, self.high[:-1]])

    @property
    def step(self) -> Any:
        """The kind of each part."""
        places = np.arange(np.shape(self.value)[0])
        return (places * 1.0 if self.kinds is None else places * 0.0) if self.kind is None else self.kind

    def looks(self, color: int) -> list[Look]:
        """Return the looks of the kinds, or one after the other for the parts."""
        if self.kinds is not None:
            return super().looks(color)
        n = 1 if self.kind is not None else np.shape(self.value)[0]
        return [Look(word, (color + j) % len(PALETTE)) for j, word in zip(range(n), self.words or (), strict=False)]

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return an entry for each kind; parts have their names beside them."""
        return super().legend(color) if self.kinds is not None else []

    def captions(self) -> list[list[str]]:
        """Return the name and the value of each part, in one line."""
        return [[" ".join(lines)] for lines in super().captions()]

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the parts, and their names to the right, apart from each other."""
        _, right, low, high = self.draw_boxes(brush, figure)
        brush.beside([line for line, in self.captions()], right, figure.y.middle(low, high))


@dataclasses.dataclass(frozen=True)
class Waterfall(Boxes):
    """Steps from one total to the next, one for each category of the y axis, with their values beside them.

    Parameters
    ----------
    value : array
        The change of each category that is no total, in order, along x.
    label : str
        What changes.
    totals : sequence of int
        Categories that show the running total from zero instead of a change. [()]
    unit : str
        Of the values.
    width : float
        Of a bar, in categories. [0.7]
    """

    value: Any
    label: str
    totals: Sequence[int] = ()
    unit: str = ""
    width: float = 0.7
    color: int | None = None
    given = ("value",)
    moving = (*Boxes.moving, "change")
    valued = True

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError unless each category is either a change or a total, on a linear axis."""
        _refuse_log(self, figure.x)
        names = figure.y.categories
        if not names:
            raise ValueError(f"{self.name()} needs a y axis with categories: Axis(label, categories=(…)).")
        if not all(type(k) is int and 0 <= k < len(names) for k in self.totals) or len(set(self.totals)) < len(
                self.totals):
            raise ValueError(f"{self.name()}: totals={self.totals!r} must be different places among {len(names)} "
                             "categories.")
        if shapes["value"] != (len(names) - len(self.totals),):
            raise ValueError(f"{self.name()}: value has shape {shapes['value']}, but of {len(names)} categories "
                             f"{len(self.totals)} are totals.")
        self.check_looks()

    def _running(self) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return zero and the running sums, and the places among them where each bar starts and ends."""
        n = np.shape(self.value)[0] + len(self.totals)
        sums = np.concatenate([np.zeros(1), np.cumsum(self.value)])
        done = np.cumsum([k not in self.totals for k in range(n)])
        total = np.isin(np.arange(n), self.totals)
        return sums, np.where(total, 0, done - ~total), done

    low = property(lambda self: np.arange(self.count_of()) - self.width / 2)
    high = property(lambda self: np.arange(self.count_of()) + self.width / 2)

    def count_of(self) -> int:
        """Return the number of categories."""
        return int(np.shape(self.value)[0]) + len(self.totals)

    @property
    def left(self) -> Any:
        """Where each bar starts."""
        sums, start, _ = self._running()
        return np.take(sums, start)

    @property
    def right(self) -> Any:
        """Where each bar ends."""
        sums, _, end = self._running()
        return np.take(sums, end)

    @property
    def change(self) -> Any:
        """The number written beside each bar."""
        return self.right - self.left

    @property
    def step(self) -> Any:
        """0 for more, 1 for less, 2 for a total."""
        total = np.isin(np.arange(self.count_of()), self.totals)
        return np.where(total, 2.0, np.where(self.change < 0, 1.0, 0.0))

    def looks(self, color: int) -> list[Look]:
        """Return the looks of more, less and totals."""
        return [Look("more", color), Look("less", (color + 1) % len(PALETTE)), Look("total", 5)]

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return no entry: the categories name the bars."""
        return []

    def captions(self) -> list[list[str]]:
        """Return the value of each bar."""
        return [[text(value, self.unit)] for value in np.asarray(self.change, dtype=float)]

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the bars, and their values at their right ends."""
        left, right, low, high = self.draw_boxes(brush, figure)
        for k, (line,) in enumerate(self.captions()):
            brush.caption(k, line, max(left[k], right[k]), (low[k] + high[k]) / 2, 4.0, 0.0, "start")
