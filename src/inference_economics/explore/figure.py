"""A figure as data, and its one drawing by matplotlib.

A figure function returns a `Figure`: two axes with declared limits, marks, readouts, states. The same description is
drawn by matplotlib (`draw`) and, after tracing, moved by the page's runtime. Add a mark when a chapter needs it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..quantities.checks import is_traced
from ..quantities.units import text

# The first colours of the page's light theme; static/explorer.css holds both themes. Checked for contrast on white and
# told apart by dash as well as hue.
PALETTE = ("#1f5fa8", "#b8500f", "#2f7d4f", "#8a3f8f", "#7a6a12", "#4f5b66")
INK, MUTED, GRID = "#222629", "#5a636b", "#dfe3e6"
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1.5)), (0, (10, 3)))

WIDTH, HEIGHT = 460.8, 273.6  # in points, which are the units of the page's SVG


@dataclasses.dataclass(frozen=True)
class Axis:
    """One axis with declared limits, which do not move with the sliders.

    label : what is measured, in lower case. unit : as `units.text` knows it. limits : in base units.
    scale : linear or log. categories : names of places 0, 1, 2, … for bars; limits follow from them.
    """

    label: str
    limits: tuple[float, float] | None = None
    unit: str = ""
    scale: str = "linear"
    categories: tuple[str, ...] | None = None

    def __post_init__(self):
        if is_traced(self.label) or not isinstance(self.label, str):
            raise ValueError(f"axis label {self.label!r} must be fixed text.")
        if self.categories is not None:
            if is_traced(self.categories) or isinstance(self.categories, str) or not self.categories:
                raise ValueError(f"axis {self.label!r}: categories {self.categories!r} must be a list of names.")
            object.__setattr__(self, "categories", tuple(str(name) for name in self.categories))
            object.__setattr__(self, "limits", (-0.6, len(self.categories) - 0.4))
        if self.limits is None or is_traced(self.limits) or any(is_traced(limit) for limit in self.limits):
            raise ValueError(f"axis {self.label!r} needs fixed limits, because they must not move with the sliders.")
        low, high = (float(limit) for limit in self.limits)
        object.__setattr__(self, "limits", (low, high))
        if self.scale not in ("linear", "log"):
            raise ValueError(f"axis {self.label!r}: unknown scale {self.scale!r}; known: linear, log.")
        if not (np.isfinite([low, high]).all() and low < high):
            raise ValueError(f"axis {self.label!r}: limits {low:g}..{high:g} must be finite and rising.")
        if self.scale == "log" and low <= 0:
            raise ValueError(f"axis {self.label!r}: limits {low:g}..{high:g} must be above 0 on a log scale.")

    def contains(self, values) -> np.ndarray:
        """Say which values lie within the limits."""
        return (np.asarray(values) >= self.limits[0]) & (np.asarray(values) <= self.limits[1])


class Part:
    """What marks, readouts and states have in common."""

    moving: tuple[str, ...] = ()  # fields that may depend on a control
    single: tuple[str, ...] = ()  # those of them that hold one number
    texts: tuple[str, ...] = ("label",)
    fixed_words = True  # a name in a legend, which stands still

    def name(self) -> str:
        """Return what an error calls this part."""
        return f"{type(self).__name__.lower()} {getattr(self, self.texts[0])!r}"

    def check(self, figure: Figure):
        """Raise ValueError where a field has not the type or the shape that the figure needs."""
        for field in self.texts:
            words = getattr(self, field)
            if not isinstance(words, str):
                raise ValueError(f"{type(self).__name__.lower()}: {field}={words!r} must be text.")
            if self.fixed_words and is_traced(words):
                raise ValueError(f"{type(self).__name__.lower()}: {field}={words!r} must stand still; only the words "
                                 "of a Rule, a Label or a State may depend on a control.")
        shapes = {}
        for field in self.moving:
            value = getattr(self, field)
            if value is None:
                continue
            shapes[field] = np.shape(value)
            if field in self.single and shapes[field] != ():
                raise ValueError(f"{self.name()}: {field} must be one number, but has shape {shapes[field]}.")
        self.check_shapes(figure, shapes)

    def check_shapes(self, figure: Figure, shapes: dict):
        """Raise ValueError unless all fields are single numbers or rows of one length."""
        lengths = {shape for shape in shapes.values() if shape != ()}
        if len(lengths) > 1 or any(len(shape) > 1 for shape in lengths):
            found = ", ".join(f"{field} {shape}" for field, shape in shapes.items())
            raise ValueError(f"{self.name()} needs single numbers or rows of one length, but has {found}.")


@dataclasses.dataclass(frozen=True)
class Line(Part):
    """A curve through points (x, y). It breaks where a value is not finite."""

    x: Any
    y: Any
    label: str
    color: int | None = None
    moving = ("x", "y")


@dataclasses.dataclass(frozen=True)
class Band(Part):
    """The area between two curves over the same x."""

    x: Any
    low: Any
    high: Any
    label: str
    color: int | None = None
    moving = ("x", "low", "high")


@dataclasses.dataclass(frozen=True)
class Bars(Part):
    """Bars from `base` to `value` at places 0, 1, 2, … of the categorical axis; stack them by their bases."""

    value: Any
    label: str
    base: Any = 0.0
    color: int | None = None
    width: float = 0.7
    moving = ("value", "base")

    def check_shapes(self, figure, shapes):
        """Raise ValueError unless there is a bar for each category."""
        names = figure.y.categories or figure.x.categories
        if not names:
            raise ValueError(f"{self.name()} needs an axis with categories: Axis(label, categories=(…)).")
        if shapes["value"] != (len(names),) or shapes["base"] not in ((), (len(names),)):
            raise ValueError(f"{self.name()}: value has shape {shapes['value']} and base {shapes['base']}, but there "
                             f"are {len(names)} categories.")


@dataclasses.dataclass(frozen=True)
class Point(Part):
    """One or more dots."""

    x: Any
    y: Any
    label: str
    color: int | None = None
    moving = ("x", "y")


@dataclasses.dataclass(frozen=True)
class Rule(Part):
    """A straight line across the plot at one x or one y, with its name beside it."""

    label: str
    x: Any = None
    y: Any = None
    moving = single = ("x", "y")
    fixed_words = False

    def __post_init__(self):
        if (self.x is None) == (self.y is None):
            raise ValueError(f"{self.name()} needs either x or y.")


@dataclasses.dataclass(frozen=True)
class Label(Part):
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


@dataclasses.dataclass(frozen=True)
class Readout(Part):
    """A number that the reader watches."""

    label: str
    value: Any
    unit: str = ""
    moving = single = ("value",)


@dataclasses.dataclass(frozen=True)
class State(Part):
    """Something that holds or fails, in words for both; failing is shown plainly."""

    ok: Any
    holds: str
    fails: str
    moving = single = ("ok",)
    texts = ("holds", "fails")
    fixed_words = False


Mark = Line | Band | Bars | Point | Rule | Label


@dataclasses.dataclass(frozen=True)
class Figure:
    """What an explorer shows for one setting."""

    x: Axis
    y: Axis
    marks: Sequence[Mark]
    readouts: Sequence[Readout] = ()
    states: Sequence[State] = ()

    def __post_init__(self):
        if not isinstance(self.x, Axis) or not isinstance(self.y, Axis):
            raise ValueError(f"the figure needs two axes, but has x={self.x!r} and y={self.y!r}.")
        if not self.marks:
            raise ValueError("the figure has no marks.")
        for group, kind in ((self.marks, Mark), (self.readouts, Readout), (self.states, State)):
            for part in group:
                if not isinstance(part, kind):
                    raise ValueError(f"{part!r} is not a part that the figure can have here.")
                part.check(self)
            seen = [part.label for part in group if not isinstance(part, (Rule, Label, State))]
            twice = {name for name in seen if seen.count(name) > 1}
            if twice:
                raise ValueError(f"two parts of the figure are called {min(twice)!r}; each needs its own label.")

    def parts(self):
        """Yield every mark, readout and state with its key (``m0``, ``r0``, ``s0``, and so on)."""
        for letter, group in (("m", self.marks), ("r", self.readouts), ("s", self.states)):
            for i, part in enumerate(group):
                yield f"{letter}{i}", part

    def moving(self):
        """Yield ``(key, field, value)`` for everything that may depend on a control, chosen words included."""
        for key, part in self.parts():
            for field in part.moving:
                value = getattr(part, field)
                if value is not None:
                    yield key, field, value
            for field in part.texts:
                if is_traced(getattr(part, field)):
                    yield key, field, getattr(part, field)

    def words(self) -> list[str]:
        """Return every text of the figure that is not a number."""
        return [getattr(part, field) for _, part in self.parts() for field in part.texts]

    def colors(self) -> list[int]:
        """Return each mark's place in the palette: its own, or the next one."""
        out, following = [], 0
        for mark in self.marks:
            own = getattr(mark, "color", None)
            if isinstance(mark, (Rule, Label)):
                out.append(-1)
            elif own is None:
                out.append(following % len(PALETTE))
                following += 1
            else:
                out.append(own % len(PALETTE))
                following = max(following, own + 1)
        return out

    def legend(self) -> list[tuple[str, str, int]]:
        """Return (kind, label, colour) of every mark that a legend names."""
        return [(type(mark).__name__.lower(), mark.label, color)
                for mark, color in zip(self.marks, self.colors(), strict=True) if color >= 0]

    def outside(self) -> list[str]:
        """Return the labels of marks with no part within the limits, for a figure of known values."""
        out = []
        for mark in self.marks:
            if isinstance(mark, (Line, Point)):
                inside = self.x.contains(mark.x) & self.y.contains(mark.y)
            elif isinstance(mark, Band):
                inside = self.x.contains(mark.x) & (np.asarray(mark.low) <= self.y.limits[1]) & (
                    np.asarray(mark.high) >= self.y.limits[0])
            elif isinstance(mark, Bars):
                axis = self.x if self.y.categories else self.y
                inside = (np.minimum(mark.value, mark.base) <= axis.limits[1]) & (
                    np.maximum(mark.value, mark.base) >= axis.limits[0])
            elif isinstance(mark, Rule):
                inside = self.y.contains(mark.y) if mark.x is None else self.x.contains(mark.x)
            else:
                inside = True
            if not np.any(inside):
                out.append(mark.label)
        return out


def tick_text(value: float, unit: str) -> str:
    """Return a tick's words: money and prefixes in full, other units left to the axis label."""
    if unit.startswith("USD"):
        return text(value, "USD")
    if unit in ("B", "iB", "s", "%", "×", "W", "B/s", "FLOP/s", "B/token", "Wh", "J"):
        return text(value, unit)
    return text(value)


def axis_text(axis: Axis) -> str:
    """Return an axis label with its unit, where the ticks do not carry it."""
    if axis.unit.startswith("USD/"):
        return f"{axis.label} (USD per {axis.unit[4:]})"
    return axis.label if tick_text(1, axis.unit) != "1" or not axis.unit else f"{axis.label} ({axis.unit})"


def _place(axis: Axis, values):
    """Return drawable values, NaN for the others: on a log axis zero and below have no place."""
    values = np.asarray(values, dtype=float)
    keep = np.isfinite(values) & ((values > 0) if axis.scale == "log" else True)
    return np.where(keep, values, np.nan)


def frame(figure: Figure) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the plot in points. It is fixed, so that a slider never moves the axes."""
    wide = max((len(name) for name in figure.y.categories or ()), default=0)
    left = min(26 + 4.9 * wide, 170) if wide else 52
    return left, 22, WIDTH - left - 16, HEIGHT - 22 - 36


def draw(figure: Figure, legend: bool = True):
    """Draw a figure of known values with matplotlib.

    Parameters
    ----------
    figure : Figure
        Every value a number or an array, none traced.
    legend : bool
        Name the marks above the plot. The page does this in HTML, which a phone can wrap.

    Returns
    -------
    matplotlib.figure.Figure
        Each moving part carries its key as `gid`.
    """
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
    axes = canvas.add_axes((0, 0, 1, 1))
    lines = -(-len(figure.legend()) // 3) if legend else 0  # three names to a line, above the plot
    _draw_axes(axes, figure, 13 * lines)
    handles = []
    for i, (mark, number) in enumerate(zip(figure.marks, figure.colors(), strict=True)):
        artist = _DRAW[type(mark)](axes, figure, mark, number, f"m{i}")
        if number >= 0:
            artist.set_label(mark.label)
            handles.append(artist)
    if legend and handles:
        axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8,
                    labelcolor=INK, borderaxespad=0, handlelength=2.2, columnspacing=1.4)
    return canvas


def _draw_axes(axes, figure: Figure, above: float):
    """Draw all that stands still, with `above` points of room above the plot for a legend."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    left, top, width, height = frame(figure)
    top, height = top + above, height - above
    for side, axis in (("x", figure.x), ("y", figure.y)):
        getattr(axes, f"set_{side}scale")(axis.scale)
        getattr(axes, f"set_{side}lim")(*axis.limits[:: -1 if axis.categories and side == "y" else 1])
        artist = getattr(axes, f"{side}axis")
        if axis.categories:
            artist.set_ticks(range(len(axis.categories)), axis.categories)
        else:
            artist.set_major_locator(LogLocator(numticks=8) if axis.scale == "log" else MaxNLocator(6))
            artist.set_minor_locator(NullLocator())
            artist.set_major_formatter(FuncFormatter(lambda value, _, unit=axis.unit: tick_text(value, unit)))
    axes.set_xlabel(axis_text(figure.x), color=MUTED, fontsize=8.5)
    # Above the axis and level: a turned label costs width, which a phone lacks.
    axes.annotate(axis_text(figure.y), (0, 1), xycoords="axes fraction", xytext=(-left + 4, 7 + above), color=MUTED,
                  textcoords="offset points", fontsize=8.5)
    axes.tick_params(colors=MUTED, labelsize=8, length=0)
    axes.grid(True, color=GRID, linewidth=0.7)
    for side, axis in (("x", figure.x), ("y", figure.y)):
        if axis.categories:
            axes.grid(False, axis=side)
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set(color=MUTED, linewidth=0.8)
    axes.set_position((left / WIDTH, (HEIGHT - top - height) / HEIGHT, width / WIDTH, height / HEIGHT))


def _draw_line(axes, figure, mark, number, key):
    x, y = np.broadcast_arrays(_place(figure.x, mark.x), _place(figure.y, mark.y))
    return axes.plot(np.ravel(x), np.ravel(y), color=PALETTE[number], linestyle=DASHES[number], linewidth=1.9, gid=key,
                     solid_joinstyle="round")[0]


def _draw_band(axes, figure, mark, number, key):
    from matplotlib.patches import Polygon

    ring = np.array(band_ring(figure, mark)).reshape(-1, 2)
    return axes.add_patch(Polygon(ring if len(ring) else np.full((3, 2), np.nan), closed=True, color=PALETTE[number],
                                  alpha=0.2, linewidth=0, gid=key))


def band_ring(figure: Figure, mark: Band) -> list[tuple[float, float]]:
    """Return the corners of a band: its lower edge there, its upper edge back, both kept within the y limits."""
    x, low, high = np.broadcast_arrays(_place(figure.x, mark.x), mark.low, mark.high)
    keep = ~(np.isnan(x) | np.isnan(low) | np.isnan(high))
    x, low, high = x[keep], *(np.clip(edge[keep], *figure.y.limits) for edge in (low, high))
    return [*zip(x, low, strict=True), *zip(x[::-1], high[::-1], strict=True)]


def _draw_bars(axes, figure, mark, number, key):
    from matplotlib.patches import Rectangle

    flat = bool(figure.y.categories)
    limits = (figure.x if flat else figure.y).limits
    ends = np.broadcast_arrays(np.clip(mark.base, *limits), np.clip(mark.value, *limits))
    for j, (base, value) in enumerate(zip(*ends, strict=True)):
        along, across = (min(base, value), abs(value - base)), (j - mark.width / 2, mark.width)
        (x, width), (y, height) = (along, across) if flat else (across, along)
        bar = axes.add_patch(Rectangle((x, y), width, height, facecolor=PALETTE[number], edgecolor="none",
                                       gid=f"{key}-{j}"))
    return bar


def _draw_point(axes, figure, mark, number, key):
    x, y = np.broadcast_arrays(_place(figure.x, mark.x), _place(figure.y, mark.y))
    return axes.plot(np.ravel(x), np.ravel(y), "o", color=PALETTE[number], markersize=6.8, markeredgecolor="white",
                     markeredgewidth=0.8, gid=key, zorder=4)[0]


def _draw_rule(axes, figure, mark, _, key):
    style = {"color": INK, "linewidth": 1.0, "linestyle": (0, (4, 2)), "gid": key}
    words = {"color": INK, "fontsize": 8, "gid": f"{key}-t", "textcoords": "offset points", "clip_on": False}
    if mark.x is None and figure.y.contains(mark.y):
        axes.axhline(mark.y, **style)
        axes.annotate(mark.label, (1, mark.y), xycoords=("axes fraction", "data"), xytext=(-2, 3), ha="right", **words)
    elif mark.y is None and figure.x.contains(mark.x):
        axes.axvline(mark.x, **style)
        axes.annotate(mark.label, (mark.x, 1), xycoords=("data", "axes fraction"), xytext=(3, -9), **words)


def _draw_label(axes, figure, mark, _, key):
    if figure.x.contains(mark.x) and figure.y.contains(mark.y):
        axes.text(mark.x, mark.y, mark.words(), color=INK, fontsize=8, gid=f"{key}-t", clip_on=True)


_DRAW = {Line: _draw_line, Band: _draw_band, Bars: _draw_bars, Point: _draw_point, Rule: _draw_rule, Label: _draw_label}
