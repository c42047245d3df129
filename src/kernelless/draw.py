"""A figure of known values, drawn by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .palette import DASHES, GRID, HEIGHT, INK, MUTED, PALETTE, WIDTH
from .units import text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from .axis import Axis
    from .figure import Figure


def tick_text(value: float, unit: str) -> str:
    """Return a tick's words: money and prefixes in full, other units left to the axis label."""
    if unit.startswith("USD"):
        return text(value, "USD")
    if unit in ("B", "iB", "s", "%", "×", "°", "W", "B/s", "FLOP/s", "B/token", "Wh", "J"):
        return text(value, unit)
    return text(value)


def axis_text(axis: Axis) -> str:
    """Return an axis label with its unit, where the ticks do not carry it."""
    if axis.unit.startswith("USD/"):
        return f"{axis.label} (USD per {axis.unit[4:]})"
    return axis.label if tick_text(1, axis.unit) != "1" or not axis.unit else f"{axis.label} ({axis.unit})"


def frame(figure: Figure) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the plot in points. It is fixed, so that a slider never moves the axes."""
    wide = max((len(name) for name in figure.y.categories or ()), default=0)
    left = min(26 + 4.9 * wide, 170) if wide else 52
    return left, 22, WIDTH - left - 16, HEIGHT - 22 - 36


def draw(figure: Figure, legend: bool = True) -> Canvas:
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
    for i, (mark, color) in enumerate(zip(figure.marks, figure.colors(), strict=True)):
        brush = _Brush(axes, figure, f"m{i}", color)
        mark.draw(brush, figure)
        if brush.last is not None and mark.swatch:
            brush.last.set_label(mark.label)
            handles.append(brush.last)
    if legend and handles:
        axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8,
                    labelcolor=INK, borderaxespad=0, handlelength=2.2, columnspacing=1.4)
    return canvas


def _draw_axes(axes: Axes, figure: Figure, above: float) -> None:
    """Draw all that stands still, with `above` points of room above the plot for a legend."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    left, top, width, height = frame(figure)
    top, height = top + above, height - above
    sides: tuple[tuple[Literal["x", "y"], Axis], ...] = (("x", figure.x), ("y", figure.y))
    for side, axis in sides:
        getattr(axes, f"set_{side}scale")(axis.scale)
        getattr(axes, f"set_{side}lim")(*axis.span[:: -1 if axis.categories and side == "y" else 1])
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
    for side, axis in sides:
        if axis.categories:
            axes.grid(False, axis=side)
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set(color=MUTED, linewidth=0.8)
    axes.set_position((left / WIDTH, (HEIGHT - top - height) / HEIGHT, width / WIDTH, height / HEIGHT))


class _Brush:
    """Draws one mark on matplotlib's axes."""

    def __init__(self, axes: Axes, figure: Figure, key: str, color: int):
        self.axes, self.figure, self.key, self.color = axes, figure, key, color
        self.last: Artist | None = None  # what stands for the mark in the legend

    def _places(self, x: Any, y: Any) -> list[np.ndarray]:
        return [np.ravel(part) for part in np.broadcast_arrays(self.figure.x.place(x), self.figure.y.place(y))]

    def curve(self, x: Any, y: Any) -> None:
        self.last, = self.axes.plot(*self._places(x, y), color=PALETTE[self.color], linestyle=DASHES[self.color],
                                    linewidth=1.9, gid=self.key, solid_joinstyle="round")

    def area(self, ring: list[tuple[float, float]]) -> None:
        from matplotlib.patches import Polygon

        corners = np.array(ring).reshape(-1, 2) if ring else np.full((3, 2), np.nan)
        self.last = self.axes.add_patch(Polygon(corners, closed=True, color=PALETTE[self.color], alpha=0.2,
                                                linewidth=0, gid=self.key))

    def box(self, j: int, across: tuple[float, float], along: tuple[float, float]) -> None:
        from matplotlib.patches import Rectangle

        (low, high), (base, value) = across, along
        (x, width), (y, height) = (low, high - low), (min(base, value), abs(value - base))
        if self.figure.y.categories:
            x, width, y, height = y, height, x, width
        self.last = self.axes.add_patch(Rectangle((x, y), width, height, facecolor=PALETTE[self.color],
                                                  edgecolor="none", gid=f"{self.key}-{j}"))

    def dots(self, x: Any, y: Any) -> None:
        self.last, = self.axes.plot(*self._places(x, y), "o", color=PALETTE[self.color], markersize=6.8,
                                    markeredgecolor="white", markeredgewidth=0.8, gid=self.key, zorder=4)

    def level(self, x: Any, y: Any) -> None:
        style: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (4, 2)), "gid": self.key}
        if x is None and self.figure.y.contains(y):
            self.axes.axhline(y, **style)
        elif y is None and self.figure.x.contains(x):
            self.axes.axvline(x, **style)

    def words(self, words: str, x: Any, y: Any) -> None:
        style: dict[str, Any] = {"color": INK, "fontsize": 8, "gid": f"{self.key}-t"}
        edge: dict[str, Any] = style | {"textcoords": "offset points", "clip_on": False}
        if not all(axis.contains(at) for axis, at in ((self.figure.x, x), (self.figure.y, y)) if at is not None):
            return
        if x is None:
            self.axes.annotate(words, (1, y), xycoords=("axes fraction", "data"), xytext=(-2, 3), ha="right", **edge)
        elif y is None:
            self.axes.annotate(words, (x, 1), xycoords=("data", "axes fraction"), xytext=(3, -9), **edge)
        else:
            self.axes.text(x, y, words, clip_on=True, **style)
