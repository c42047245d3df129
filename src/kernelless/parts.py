"""The parts of a figure: marks, readouts, states. A mark says here all that Python knows of it.

To add a mark, write its class: the fields that may move, when it is within the limits, and how it is drawn with the
strokes of a `Brush`, which matplotlib and the page's SVG both have. Then its entry in KINDS of `static/plot.js`. Marks
made of rectangles are in `boxes.py`, `grids.py` and `stacks.py`, those of a diagram in `diagrams.py`.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Protocol

import numpy as np

from .axis import Axis, Plot
from .checks import is_traced
from .units import text


class Brush(Protocol):
    """What a mark may be drawn with, in data coordinates. Keeping within the plot is the brush's business."""

    color: int  # the mark's place in the palette, -1 for none

    def curve(self, x: Any, y: Any) -> None:
        """Draw a line through points; it breaks where one has no place."""

    def area(self, ring: list[tuple[float, float]]) -> None:
        """Fill the inside of a ring of corners."""

    def box(self, j: int, across: tuple[float, float], along: tuple[float, float]) -> None:
        """Fill the j-th bar of a mark, from ``across[0]`` to ``across[1]`` of the axis with the categories."""

    def dots(self, x: Any, y: Any) -> None:
        """Draw a dot at each point."""

    def level(self, x: Any, y: Any) -> None:
        """Draw a straight line across the plot, at one x or at one y; the other is None."""

    def words(self, words: str, x: Any, y: Any) -> None:
        """Write words at a point; without an x at the plot's right edge, without a y at its top."""

    def boxes(self, j: int, swatch: str, color: int, opacity: float, left: Any, right: Any, low: Any,
              high: Any) -> None:
        """Fill rectangles of one look, the j-th of a mark; where the colour is -1 draw their outlines."""

    def ribbons(self, j: int, color: int, left: Any, right: Any, low: Any, high: Any, thick: Any) -> None:
        """Fill bands of one look that start at (left, low) and end at (right, high), `thick` along y."""

    def arrows(self, x: Any, y: Any, to_x: Any, to_y: Any, thick: Any) -> None:
        """Draw arrows from points to points; their thickness is in points of print."""

    def bracket(self, along: str, start: Any, end: Any, at: Any) -> None:
        """Draw a bracket from a start to an end along one axis, at a place of the other."""

    def leader(self, x: Any, y: Any, dx: float, dy: float) -> None:
        """Draw a line from a point to a place so many points of print right of it and below it."""

    def caption(self, k: int, words: str, x: Any, y: Any, dx: float = 0.0, line: float = 0.0,
                anchor: str = "middle", room: tuple[float, ...] = ()) -> None:
        """Write the k-th words of a mark, `dx` points of print right of a point and so many lines below it.

        With `room` (left, right, low, high, and how many lines share it) only where they fit.
        """

    def beside(self, words: list[str], x: Any, y: Any) -> None:
        """Write words right of points, within the plot, and moved apart where they would touch."""


class Part:
    """What marks, readouts and states have in common."""

    moving: ClassVar[tuple[str, ...]] = ()  # what the page moves: fields that may depend on a control
    given: ClassVar[tuple[str, ...]] = ()  # the fields themselves, where the page moves what is computed from them
    single: ClassVar[tuple[str, ...]] = ()  # those of them that hold one number
    texts: ClassVar[tuple[str, ...]] = ("label",)
    fixed_words: ClassVar[bool] = True  # a name in a legend, which stands still

    def name(self) -> str:
        """Return what an error calls this part."""
        return f"{type(self).__name__.lower()} {getattr(self, self.texts[0])!r}"

    def constants(self) -> dict[str, Any]:
        """Return the fields that the page needs besides those that move and the words."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # every part is a dataclass
        held = {field.name: getattr(self, field.name) for field in fields
                if field.name not in (*self.moving, *self.given, *self.texts, "color")}
        return {name: value for name, value in held.items() if name != "moves" or value}

    def replaced(self, changes: dict[str, Any]) -> Any:
        """Return this part with some fields of another value."""
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]  # as above

    def check(self, figure: Plot) -> None:
        """Raise ValueError where a field has not the type or the shape that the figure needs."""
        for field in self.texts:
            words = getattr(self, field)
            if not isinstance(words, str):
                raise ValueError(f"{type(self).__name__.lower()}: {field}={words!r} must be text.")
            if self.fixed_words and is_traced(words):
                raise ValueError(f"{type(self).__name__.lower()}: {field}={words!r} must stand still; only the words "
                                 "of a Rule, a Label or a State may depend on a control.")
        shapes = {}
        for field in self.given or self.moving:
            value = getattr(self, field)
            if value is None:
                continue
            shapes[field] = np.shape(value)
            if field in self.single and shapes[field] != ():
                raise ValueError(f"{self.name()}: {field} must be one number, but has shape {shapes[field]}.")
        self.check_shapes(figure, shapes)

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError unless all fields are single numbers or rows of one length."""
        lengths = {shape for shape in shapes.values() if shape != ()}
        if len(lengths) > 1 or any(len(shape) > 1 for shape in lengths):
            found = ", ".join(f"{field} {shape}" for field, shape in shapes.items())
            raise ValueError(f"{self.name()} needs single numbers or rows of one length, but has {found}.")


class Mark(Part):
    """Something drawn in the plot.

    A mark with a `swatch` (the stroke that stands for it in the legend) has a colour and a name there.
    """

    swatch: ClassVar[str] = ""
    color: int | None = None
    label: str

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return (swatch, words, colour) of each entry in the legend."""
        return [(self.swatch, self.label, color)] if self.swatch else []

    def used(self, color: int) -> int:
        """Return the last place in the palette that the mark uses, if its own is `color`."""
        return color

    def inside(self, figure: Plot) -> Any:
        """Say what of the mark, of known values, lies within the limits."""
        raise NotImplementedError

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the mark, of known values."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Line(Mark):
    """A curve through points (x, y). It breaks where a value is not finite.

    `moves` names the slider that follows where a hand drags the curve up or down.
    """

    x: Any
    y: Any
    label: str
    color: int | None = None
    moves: str = ""
    moving = ("x", "y")
    swatch = "curve"

    def inside(self, figure: Plot) -> Any:
        """Say from which points on some of the curve lies within the limits: the point itself, or a way to the next.

        A way is taken by the box around it, so a curve that only cuts off a corner may count as seen.
        """
        x, y = np.broadcast_arrays(*(np.atleast_1d(axis.place(v))
                                     for axis, v in ((figure.x, self.x), (figure.y, self.y))))
        drawn = figure.x.contains(x) & figure.y.contains(y)
        drawn[:-1] |= figure.x.overlaps(x[:-1], x[1:]) & figure.y.overlaps(y[:-1], y[1:])
        return drawn

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the curve."""
        brush.curve(self.x, self.y)


@dataclasses.dataclass(frozen=True)
class Band(Mark):
    """The area between two curves over the same x."""

    x: Any
    low: Any
    high: Any
    label: str
    color: int | None = None
    moving = ("x", "low", "high")
    swatch = "area"

    def inside(self, figure: Plot) -> Any:
        """Say where some of the band lies within the limits."""
        return figure.x.contains(self.x) & figure.y.overlaps(self.low, self.high)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw its lower edge there and its upper edge back, both kept within the y limits."""
        x, low, high = np.broadcast_arrays(figure.x.place(self.x), self.low, self.high)
        keep = ~(np.isnan(x) | np.isnan(low) | np.isnan(high))
        x, low, high = x[keep], *(np.clip(edge[keep], *figure.y.span) for edge in (low, high))
        brush.area([*zip(x, low, strict=True), *zip(x[::-1], high[::-1], strict=True)])


@dataclasses.dataclass(frozen=True)
class Bars(Mark):
    """Bars from `base` to `value` at places 0, 1, 2, … of the categorical axis; stack them by their bases."""

    value: Any
    label: str
    base: Any = 0.0
    color: int | None = None
    width: float = 0.7
    moving = ("value", "base")
    swatch = "box"

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError unless there is a bar for each category."""
        names = figure.y.categories or figure.x.categories
        if not names:
            raise ValueError(f"{self.name()} needs an axis with categories: Axis(label, categories=(…)).")
        if shapes["value"] != (len(names),) or shapes["base"] not in ((), (len(names),)):
            raise ValueError(f"{self.name()}: value has shape {shapes['value']} and base {shapes['base']}, but there "
                             f"are {len(names)} categories.")

    def _axis(self, figure: Plot) -> Axis:
        return figure.x if figure.y.categories else figure.y

    def inside(self, figure: Plot) -> Any:
        """Say which bars have a part within the limits."""
        return self._axis(figure).overlaps(self.base, self.value)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw each bar, its ends kept within the limits."""
        span = self._axis(figure).span
        ends = np.broadcast_arrays(np.clip(self.base, *span), np.clip(self.value, *span))
        for j, (base, value) in enumerate(zip(*ends, strict=True)):
            brush.box(j, (j - self.width / 2, j + self.width / 2), (base, value))


@dataclasses.dataclass(frozen=True)
class Point(Mark):
    """One or more dots.

    `moves` names the slider that follows where a hand drags a dot.
    """

    x: Any
    y: Any
    label: str
    color: int | None = None
    moves: str = ""
    moving = ("x", "y")
    swatch = "dots"

    def inside(self, figure: Plot) -> Any:
        """Say which dots lie within the limits."""
        return figure.x.contains(self.x) & figure.y.contains(self.y)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the dots."""
        brush.dots(self.x, self.y)


@dataclasses.dataclass(frozen=True)
class Rule(Mark):
    """A straight line across the plot at one x or one y, with its name beside it.

    `moves` names the slider that follows where a hand drags it.
    """

    label: str
    x: Any = None
    y: Any = None
    moves: str = ""
    moving = single = ("x", "y")
    fixed_words = False

    def __post_init__(self) -> None:
        if (self.x is None) == (self.y is None):
            raise ValueError(f"{self.name()} needs either x or y.")

    def inside(self, figure: Plot) -> Any:
        """Say whether the line crosses the plot."""
        return figure.y.contains(self.y) if self.x is None else figure.x.contains(self.x)

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Draw the line, and its name at the plot's edge."""
        brush.level(self.x, self.y)
        brush.words(self.label, self.x, self.y)


@dataclasses.dataclass(frozen=True)
class Label(Mark):
    """Words at a place; a `value` with a `unit` is written after them."""

    x: Any
    y: Any
    label: str
    value: Any = None
    unit: str = ""
    moving = single = ("x", "y", "value")
    fixed_words = False

    def words(self) -> str:
        """Return the text, for a known value."""
        return self.label if self.value is None else f"{self.label} {text(self.value, self.unit)}".strip()

    def inside(self, figure: Plot) -> Any:
        """Return true: words that wait outside are no mistake."""
        return True

    def draw(self, brush: Brush, figure: Plot) -> None:
        """Write the words."""
        brush.words(self.words(), self.x, self.y)


@dataclasses.dataclass(frozen=True)
class Readout(Part):
    """A number that the reader watches."""

    label: str
    value: Any
    unit: str = ""
    moving = single = ("value",)


@dataclasses.dataclass(frozen=True)
class State(Part):
    """Something that holds or fails, in words for both; failing is shown plainly.

    A `finding` is a statement whose two answers are equally good news, such as which of two is cheaper: the page shows
    both alike, and keeps red and ✗ for what cannot be.
    """

    ok: Any
    holds: str
    fails: str
    finding: bool = False
    moving = single = ("ok",)
    texts = ("holds", "fails")
    fixed_words = False

    def sign(self) -> str:
        """Return what stands before the words, of a known value."""
        return "→" if self.finding else "✓" if bool(self.ok) else "✗"

    def constants(self) -> dict[str, Any]:
        """Return nothing: a finding's look stands in the HTML."""
        return {}
