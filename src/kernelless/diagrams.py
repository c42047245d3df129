"""Marks that explain: arrows from block to block, flows, brackets, and notes that move with their datum."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from .axis import Plot
from .boxes import Blocks, Boxes, refuse_log
from .checks import is_traced, lookup, shown
from .parts import Brush, Mark
from .shapes import GAP, LINE
from .units import text

THIN, THICK = 1.4, 14.0  # points: an arrow without a value, and one of the largest value

_SIDES = {"right": ("right", "left", None, None), "left": ("left", "right", None, None),
          "up": (None, None, "high", "low"), "down": (None, None, "low", "high")}


@dataclasses.dataclass(frozen=True)
class Arrows(Mark):
    """Arrows from (x, y) to (to_x, to_y), as thick as their values say.

    Parameters
    ----------
    x, y, to_x, to_y : array
        Ends, in data coordinates. NaN leaves an arrow out.
    label : str
        What flows.
    value : array
        How much; without it the arrows are thin.
    widest : float
        The value that is drawn 14 points thick. Needed with `value`.
    unit : str
        Of the values, which are written beside the arrows.
    words : sequence of str
        What is written at the middle of each arrow.
    color : int
        A place in the palette; by default the ink of the words.
    """

    x: Any
    y: Any
    to_x: Any
    to_y: Any
    label: str
    value: Any = None
    widest: float | None = None
    unit: str = ""
    words: Sequence[str] | None = None
    color: int | None = None
    moving = ("x", "y", "to_x", "to_y", "value")

    @classmethod
    def between(cls, blocks: Blocks, pairs: Sequence[tuple[str, str]], label: str, side: str = "right",
                **more: Any) -> Arrows:
        """Return arrows between blocks that are named by their words, from one's edge to the other's.

        Parameters
        ----------
        blocks : Blocks
            With words.
        pairs : sequence of (str, str)
            From which block to which.
        side : {"right", "left", "up", "down"}
            Where the arrows point.
        """
        leaves, enters, up, down = lookup("side", side, _SIDES)
        places = {name: k for k, name in enumerate(blocks.words or ())}
        starts, ends = ([lookup("block", pair[i], places) for pair in pairs] for i in (0, 1))

        def edge(names: tuple[str | None, str], picked: list[int]) -> Any:
            side_name, middle = names
            values = getattr(blocks, side_name or middle)
            return np.take(values + np.zeros(len(places)), picked)

        return cls(edge((leaves, "x"), starts), edge((up, "y"), starts), edge((enters, "x"), ends),
                   edge((down, "y"), ends), label, **more)

    def constants(self) -> dict[str, Any]:
        """Return what the page writes beside the arrows, and what it measures them by."""
        found = {"said": self.words and list(self.words), "unit": self.unit, "widest": self.widest,
                 "valued": self.value is not None}
        return {field: value for field, value in found.items() if value}

    def ends(self) -> list[np.ndarray]:
        """Return x, y, to_x, to_y and value of each arrow, of known values."""
        value = 0.0 if self.value is None else self.value
        return [np.ravel(part) for part in np.broadcast_arrays(*(
            np.asarray(part, dtype=float) for part in (self.x, self.y, self.to_x, self.to_y, value)))]

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError where lengths do not fit, or a known value is below zero or above `widest`."""
        super().check_shapes(figure, shapes)
        n = int(np.prod(np.broadcast_shapes(*shapes.values()), dtype=int))
        if self.words is not None and (isinstance(self.words, str) or len(self.words) != n
                                       or not all(isinstance(word, str) for word in self.words)):
            raise ValueError(f"{self.name()}: words={shown(self.words)} must be {n} texts, one for each arrow.")
        if (self.value is None) != (self.widest is None):
            raise ValueError(f"{self.name()} needs both value and widest: what is drawn {THICK:g} points thick.")
        if self.widest is not None and (is_traced(self.widest) or not 0 < self.widest < np.inf):
            raise ValueError(f"{self.name()}: widest={self.widest!r} must be a fixed number above 0.")
        if self.value is not None and not is_traced(self.value):
            value = np.ravel(np.asarray(self.value, dtype=float))
            wrong = value[(value < 0) | (value > self.widest)]
            if wrong.size:
                raise ValueError(f"{self.name()}: value {wrong[0]:g} is outside 0 to widest={self.widest:g}.")

    def inside(self, figure: Plot) -> Any:
        """Say of which arrows the box around them has a part within the limits."""
        x, y, to_x, to_y, value = self.ends()
        return figure.x.overlaps(x, to_x) & figure.y.overlaps(y, to_y) & ~np.isnan(value)

    def captions(self) -> list[str]:
        """Return what is written at each arrow, of known values."""
        value = self.ends()[4]
        words = self.words or [""] * len(value)
        return [word if self.value is None else f"{word} {text(v, self.unit)}".strip()
                for word, v in zip(words, value, strict=True)]

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the arrows, and write beside them: above those that are level, else to the right."""
        x, y, to_x, to_y, value = self.ends()
        thick = np.full_like(value, THIN) if self.widest is None else THICK * value / self.widest
        thick = np.where(self.inside(figure), thick, np.nan)
        brush.arrows(x, y, to_x, to_y, thick)
        if self.words is None and self.value is None:
            return
        places = zip(self.captions(), figure.x.middle(x, to_x), figure.y.middle(y, to_y), y == to_y, thick, strict=True)
        for k, (words, px, py, level, t) in enumerate(places):
            if np.isnan(t):
                brush.caption(k, words, np.nan, py)
            elif level:
                brush.caption(k, words, px, py, 0.0, -(t / 2 + 6.0) / LINE)
            else:
                brush.caption(k, words, px, py, t / 2 + GAP, 0.0, "start")


@dataclasses.dataclass(frozen=True)
class Flow(Boxes):
    """Bands that carry an amount from one place to another, as in a Sankey diagram.

    Parameters
    ----------
    x, to_x : array
        Where each band starts and ends along x.
    start, end : array
        The band's lower edge at both ends, along y.
    value : array
        Its thickness, in units of y.
    label : str
        What flows.
    words, unit, kinds, kind
        As in `Blocks`; the value is written below the words, in the middle.
    """

    x: Any
    to_x: Any
    start: Any
    end: Any
    value: Any
    label: str
    words: Sequence[str] | None = None
    unit: str = ""
    kinds: Any = None
    kind: Any = 0.0
    color: int | None = None
    given = ("x", "to_x", "start", "end", "value", "kind")
    moving = (*Boxes.moving, "value")
    valued = True

    left = property(lambda self: self.x)
    right = property(lambda self: self.to_x)
    low = property(lambda self: self.start)
    high = property(lambda self: self.end)
    step = property(lambda self: self.kind)

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError where lengths do not fit, or y is a log axis, on which a thickness means nothing."""
        refuse_log(self, figure.y)
        super().check_shapes(figure, shapes)

    def inside(self, figure: Plot) -> Any:
        """Say of which bands the box around them has a part within the limits."""
        left, right, low, high, step, thick = self.places("value")
        with np.errstate(all="ignore"):
            along = figure.y.overlaps(np.minimum(low, high), np.maximum(low, high) + thick)
            placed = np.isfinite(figure.x.place(left) + figure.x.place(right) + low + high + thick)
        return figure.x.overlaps(left, right) & along & placed & ~np.isnan(step)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the bands of each look, then write in their middles."""
        left, right, low, high, step, thick = self.places("value")
        seen = self.inside(figure)
        for j, look in enumerate(self.looks(brush.color)):
            mine = seen & (step == j)
            brush.ribbons(j, look.color, left[mine], right[mine], low[mine], high[mine], thick[mine])
        k = 0
        middles = np.where(seen, figure.x.middle(left, right), np.nan), (low + high + thick) / 2
        for lines, x, y in zip(self.captions(), *middles, strict=True):
            for i, line in enumerate(lines):
                brush.caption(k, line, x, y, 0.0, i - (len(lines) - 1) / 2)
                k += 1


class _Said(Mark):
    """What a mark with words and a number has besides a place."""

    value: Any
    unit: str
    fixed_words = False

    def words(self) -> str:
        """Return the text, for a known value."""
        return self.label if self.value is None else f"{self.label} {text(self.value, self.unit)}".strip()


@dataclasses.dataclass(frozen=True)
class Bracket(_Said):
    """A bracket from `start` to `end` along one axis, with words; a `value` with a `unit` is written after them.

    Parameters
    ----------
    label : str
        The words, which a control may choose.
    start, end : float
        Along the axis.
    at : float
        Its place on the other axis.
    along : {"y", "x"}
        An upright bracket has its words to the right, a level one above.
    """

    label: str
    start: Any
    end: Any
    at: Any
    along: str = "y"
    value: Any = None
    unit: str = ""
    moving = single = ("start", "end", "at", "value")

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError where the axis is none."""
        lookup("axis", self.along, {"y": 0, "x": 0})

    def inside(self, figure: Plot) -> Any:
        """Say whether some of it lies within the limits."""
        one, other = (figure.y, figure.x) if self.along == "y" else (figure.x, figure.y)
        return one.overlaps(self.start, self.end) & other.contains(self.at)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the bracket, and its words at its middle."""
        seen = bool(np.all(self.inside(figure)))
        start, end = (np.clip(edge, *(figure.y if self.along == "y" else figure.x).span)
                      for edge in (self.start, self.end))
        at = self.at if seen else np.nan
        brush.bracket(self.along, start, end, at)
        middle = (figure.y if self.along == "y" else figure.x).middle(start, end)
        if self.along == "y":
            brush.caption(0, self.words(), at, middle, 8.0, 0.0, "start")
        else:
            brush.caption(0, self.words(), middle, at, 0.0, -1.0)


@dataclasses.dataclass(frozen=True)
class Note(_Said):
    """Words that stand beside a datum, with a line to it, and move with it; a `value` is written after them.

    Parameters
    ----------
    label : str
        The words, which a control may choose.
    x, y : float
        The datum.
    dx, dy : float
        Where the words stand: points of print right of the datum, and below it. [(14, -16)]
    """

    label: str
    x: Any
    y: Any
    dx: float = 14.0
    dy: float = -16.0
    value: Any = None
    unit: str = ""
    moving = single = ("x", "y", "value")

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError where the offset is not fixed."""
        if any(is_traced(d) or not isinstance(d, (int, float)) or not np.isfinite(d) for d in (self.dx, self.dy)):
            raise ValueError(f"{self.name()}: dx={self.dx!r} and dy={self.dy!r} must be fixed numbers.")

    def inside(self, figure: Plot) -> Any:
        """Say whether the datum lies within the limits."""
        return figure.x.contains(self.x) & figure.y.contains(self.y)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the line and the words."""
        brush.leader(self.x, self.y, self.dx, self.dy)
        brush.caption(0, self.words(), self.x, self.y, self.dx + (2.0 if self.dx >= 0 else -2.0), self.dy / LINE,
                      "start" if self.dx >= 0 else "end")
