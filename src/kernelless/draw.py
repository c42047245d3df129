"""A figure of known values, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .palette import COLORS, DASHES, GRID, HATCHES, HEIGHT, HERE, INK, MARKERS, MUTED, WIDTH, hatched
from .ticks import Tick, axis_text, chosen, minor_ticks

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from .axis import Axis
    from .figure import Figure


def along(axis: Axis, start: float, length: float, reverse: bool = False) -> Callable[[Any], Any]:
    """Return the function from data to places along one axis; `scaleOf` in static/plot.js is the same."""
    bend = np.log10 if axis.scale == "log" else np.asarray
    low, high = (float(bend(limit)) for limit in axis.span[:: -1 if reverse else 1])

    def place(values: Any) -> Any:
        with np.errstate(all="ignore"):
            return start + (bend(np.asarray(values, dtype=float)) - low) * (length / (high - low))

    return place


def built_ticks(axis: Axis, length: float, across: bool) -> list[Tick]:
    """Return the ticks of an axis of so many points, by the width of a letter that fonts have at most, or nearly so."""
    return chosen(axis, along(axis, 0, length), (lambda words: 5.0 * len(words)) if across else lambda _: 8.0,
                  10.0 if across else 14.0)


def frame(figure: Figure) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the plot in points. It is fixed, so that a slider never moves the axes."""
    names = figure.y.categories or [words for _, words in built_ticks(figure.y, HEIGHT - 22 - 36, across=False)]
    left = min(26 + 4.9 * max(map(len, names), default=0), 170) if figure.y.categories else (
        12 + 4.9 * max((*map(len, names), 4)))
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
    colors = figure.colors()
    hatches = hatched([(mark.swatch, color) for mark, color in zip(figure.marks, colors, strict=True)])
    for i, (mark, color) in enumerate(zip(figure.marks, colors, strict=True)):
        brush = _Brush(axes, figure, f"m{i}", color, HATCHES[color] if hatches[i] else None)
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
    from matplotlib.ticker import NullFormatter

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
            ticks = built_ticks(axis, width if side == "x" else height, side == "x")
            artist.set_ticks([value for value, _ in ticks], [words for _, words in ticks])
            artist.set_ticks(minor_ticks(axis), minor=True)
            artist.set_minor_formatter(NullFormatter())
    axes.set_xlabel(axis_text(figure.x), color=MUTED, fontsize=8.5)
    # Above the axis and level: a turned label costs width, which a phone lacks.
    axes.annotate(axis_text(figure.y), (0, 1), xycoords="axes fraction", xytext=(-left + 4, 7 + above), color=MUTED,
                  textcoords="offset points", fontsize=8.5)
    axes.tick_params(colors=MUTED, labelsize=8, length=0)
    axes.tick_params(which="minor", color=MUTED, length=2, width=0.6)
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

    def __init__(self, axes: Axes, figure: Figure, key: str, color: int, hatch: str | None):
        self.axes, self.figure, self.key, self.color, self.hatch = axes, figure, key, color, hatch
        self.last: Artist | None = None  # what stands for the mark in the legend

    def _places(self, x: Any, y: Any) -> list[np.ndarray]:
        return [np.ravel(part) for part in np.broadcast_arrays(self.figure.x.place(x), self.figure.y.place(y))]

    def curve(self, x: Any, y: Any) -> None:
        self.last, = self.axes.plot(*self._places(x, y), color=COLORS[self.color], linestyle=DASHES[self.color],
                                    linewidth=1.9, gid=self.key, solid_joinstyle="round")

    def area(self, ring: list[tuple[float, float]]) -> None:
        from matplotlib.patches import Polygon

        corners = np.array(ring).reshape(-1, 2) if ring else np.full((3, 2), np.nan)
        self.last = self.axes.add_patch(Polygon(corners, closed=True, color=COLORS[self.color], alpha=0.2,
                                                linewidth=0, hatch=self.hatch, gid=self.key))

    def box(self, j: int, across: tuple[float, float], along: tuple[float, float]) -> None:
        from matplotlib.patches import Rectangle

        (low, high), (base, value) = across, along
        (x, width), (y, height) = (low, high - low), (min(base, value), abs(value - base))
        if self.figure.y.categories:
            x, width, y, height = y, height, x, width
        self.last = self.axes.add_patch(Rectangle((x, y), width, height, facecolor=COLORS[self.color],
                                                  edgecolor="white" if self.hatch else "none", linewidth=0,
                                                  hatch=self.hatch, gid=f"{self.key}-{j}"))

    def dots(self, x: Any, y: Any) -> None:
        self.last, = self.axes.plot(*self._places(x, y), MARKERS[self.color], color=COLORS[self.color], markersize=6.8,
                                    markeredgecolor="white", markeredgewidth=0.8, gid=self.key, zorder=4)
        if self.color == HERE:
            self.axes.plot(*self._places(x, y), "o", markerfacecolor="none", markeredgecolor=INK, markersize=11,
                           zorder=4)

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
