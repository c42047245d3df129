"""A figure as data, and its one drawing by matplotlib.

A figure function returns a `Figure`: two axes with declared limits, marks, readouts, states. The same description is
drawn by matplotlib (`draw`) and, after tracing, moved by the page's runtime. Add a mark when a chapter needs it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..units import text

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
        if self.categories is not None:
            object.__setattr__(self, "categories", tuple(self.categories))
            object.__setattr__(self, "limits", (-0.6, len(self.categories) - 0.4))
        if self.limits is None:
            raise ValueError(f"axis {self.label!r} needs limits, because they must not move with the sliders.")
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


@dataclasses.dataclass(frozen=True)
class Line:
    """A curve through points (x, y). It breaks where a value is not finite."""

    x: Any
    y: Any
    label: str
    color: int | None = None
    moving = ("x", "y")


@dataclasses.dataclass(frozen=True)
class Band:
    """The area between two curves over the same x."""

    x: Any
    low: Any
    high: Any
    label: str
    color: int | None = None
    moving = ("x", "low", "high")


@dataclasses.dataclass(frozen=True)
class Bars:
    """Bars from `base` to `value` at places 0, 1, 2, … of the categorical axis; stack them by their bases."""

    value: Any
    label: str
    base: Any = 0.0
    color: int | None = None
    width: float = 0.7
    moving = ("value", "base")


@dataclasses.dataclass(frozen=True)
class Point:
    """One or more dots."""

    x: Any
    y: Any
    label: str
    color: int | None = None
    moving = ("x", "y")


@dataclasses.dataclass(frozen=True)
class Rule:
    """A straight line across the plot at one x or one y, with its name beside it."""

    label: str
    x: Any = None
    y: Any = None
    moving = ("x", "y")

    def __post_init__(self):
        if (self.x is None) == (self.y is None):
            raise ValueError(f"rule {self.label!r} needs either x or y.")


@dataclasses.dataclass(frozen=True)
class Label:
    """Words at a place; a `value` with a `unit` is written after them."""

    x: Any
    y: Any
    label: str
    value: Any = None
    unit: str = ""
    moving = ("x", "y", "value")

    def words(self) -> str:
        """Return the text, for a known value."""
        return self.label if self.value is None else f"{self.label} {text(self.value, self.unit)}".strip()


@dataclasses.dataclass(frozen=True)
class Readout:
    """A number that the reader watches."""

    label: str
    value: Any
    unit: str = ""
    moving = ("value",)


@dataclasses.dataclass(frozen=True)
class State:
    """Something that holds or fails, in words for both; failing is shown plainly."""

    ok: Any
    holds: str
    fails: str
    moving = ("ok",)


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
        for group in (self.marks, self.readouts):
            seen = [part.label for part in group if not isinstance(part, (Rule, Label))]
            twice = {name for name in seen if seen.count(name) > 1}
            if twice:
                raise ValueError(f"two parts of the figure are called {sorted(twice)[0]!r}; each needs its own label.")
        if not self.marks:
            raise ValueError("the figure has no marks.")
        if any(isinstance(mark, Bars) for mark in self.marks) and not (self.x.categories or self.y.categories):
            raise ValueError("bars need an axis with categories: Axis(label, categories=(…)).")

    def parts(self):
        """Yield every mark, readout and state with its key: ``m0``, ``r0``, ``s0``, …"""
        for letter, group in (("m", self.marks), ("r", self.readouts), ("s", self.states)):
            for i, part in enumerate(group):
                yield f"{letter}{i}", part

    def moving(self):
        """Yield ``(key, field, value)`` for everything that may depend on a control."""
        for key, part in self.parts():
            for field in part.moving:
                value = getattr(part, field)
                if value is not None:
                    yield key, field, value

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
                for mark, color in zip(self.marks, self.colors()) if color >= 0]

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
    """Return a tick label: money and prefixes in full, other units left to the axis label."""
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
    """Keep drawable values: on a log axis zero and below have no place."""
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
    from matplotlib.patches import Polygon, Rectangle
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    canvas = Canvas(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
    axes = canvas.add_axes((0, 0, 1, 1))
    left, top, width, height = frame(figure)
    lines = -(-len(figure.legend()) // 3) if legend else 0  # three names to a line, above the plot
    top, height = top + 13 * lines, height - 13 * lines
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
    axes.annotate(axis_text(figure.y), (0, 1), xycoords="axes fraction", xytext=(-left + 4, 7 + 13 * lines), color=MUTED,
                  textcoords="offset points", fontsize=8.5)
    axes.tick_params(colors=MUTED, labelsize=8, length=0)
    axes.grid(True, color=GRID, linewidth=0.7)
    if figure.y.categories:
        axes.grid(False, axis="y")
    if figure.x.categories:
        axes.grid(False, axis="x")
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set(color=MUTED, linewidth=0.8)
    axes.set_position((left / WIDTH, (HEIGHT - top - height) / HEIGHT, width / WIDTH, height / HEIGHT))

    handles = []
    for i, (mark, number) in enumerate(zip(figure.marks, figure.colors())):
        key, color, dash = f"m{i}", PALETTE[number], DASHES[number % len(DASHES)]
        if isinstance(mark, Line):
            x, y = np.broadcast_arrays(_place(figure.x, mark.x), _place(figure.y, mark.y))
            handles += axes.plot(np.ravel(x), np.ravel(y), color=color, linestyle=dash, linewidth=1.9, gid=key,
                                 label=mark.label, solid_joinstyle="round")
        elif isinstance(mark, Band):
            x, low, high = np.broadcast_arrays(mark.x, mark.low, mark.high)
            keep = np.isfinite(x + low + high)
            low, high = (np.clip(v, *figure.y.limits)[keep] for v in (low, high))
            ring = np.column_stack([np.r_[x[keep], x[keep][::-1]], np.r_[low, high[::-1]]])
            handles.append(axes.add_patch(Polygon(ring.reshape(-1, 2), closed=True, color=color, alpha=0.2, linewidth=0,
                                                  gid=key, label=mark.label)))
        elif isinstance(mark, Bars):
            limits = (figure.x if figure.y.categories else figure.y).limits
            values, bases = np.broadcast_arrays(np.atleast_1d(mark.value), np.atleast_1d(mark.base))
            for j, (value, base) in enumerate(zip(np.clip(values, *limits), np.clip(bases, *limits))):
                low, long = min(base, value), abs(value - base)
                box = ((low, j - mark.width / 2), long, mark.width) if figure.y.categories else (
                    (j - mark.width / 2, low), mark.width, long)
                bar = axes.add_patch(Rectangle(*box, facecolor=color, edgecolor="none", gid=f"{key}-{j}",
                                               label=mark.label))
            handles.append(bar)
        elif isinstance(mark, Point):
            x, y = np.broadcast_arrays(_place(figure.x, mark.x), _place(figure.y, mark.y))
            handles += axes.plot(np.ravel(x), np.ravel(y), "o", color=color, markersize=6.8, markeredgecolor="white",
                                 markeredgewidth=0.8, gid=key, label=mark.label, zorder=4)
        elif isinstance(mark, Rule):
            _draw_rule(axes, figure, mark, key)
        else:
            axes.text(mark.x, mark.y, mark.words(), color=INK, fontsize=8, gid=f"{key}-t", clip_on=True)
    if legend and handles:
        axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8, labelcolor=INK,
                    borderaxespad=0, handlelength=2.2, columnspacing=1.4)
    return canvas


def _draw_rule(axes, figure: Figure, rule: Rule, key: str):
    style = {"color": INK, "linewidth": 1.0, "linestyle": (0, (4, 2)), "gid": key}
    words = {"color": INK, "fontsize": 8, "gid": f"{key}-t", "clip_on": False}
    if rule.x is None:
        axes.axhline(rule.y, **style)
        axes.annotate(rule.label, (1, rule.y), xycoords=("axes fraction", "data"), xytext=(-2, 3),
                      textcoords="offset points", ha="right", annotation_clip=True, **words)
    else:
        axes.axvline(rule.x, **style)
        axes.annotate(rule.label, (rule.x, 1), xycoords=("data", "axes fraction"), xytext=(3, -9),
                      textcoords="offset points", annotation_clip=True, **words)
