"""Rectangles that add up: a stack of parts, and a waterfall from one total to the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from .axis import Plot
from .boxes import Boxes, Look, refuse_log
from .palette import PALETTE
from .parts import Brush
from .units import text


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
        refuse_log(self, figure.y)
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
        refuse_log(self, figure.x)
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
