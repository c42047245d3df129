"""A figure of known values, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import shapes
from .boxes import Boxes
from .palette import COLORS, DASHES, GRID, HATCHES, HEIGHT, HERE, INK, MARKERS, MUTED, TINT, WIDTH
from .ticks import Tick, axis_text, chosen, minor_ticks

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from .axis import Axis
    from .figure import Figure
    from .shapes import Stroke


Frame = tuple[float, float, float, float]  # left, top, width and height
HEAD, BESIDE, BELOW = 13.0, 16.0, 5.0  # of panels, in points: above each for its label, and between them


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


def frame(figure: Figure) -> Frame:
    """Return left, top, width and height of the plot in points. It is fixed, so that a slider never moves the axes."""
    top, below = 22 if figure.y.shown else 10, 36 if figure.x.shown else 10
    names = figure.y.categories or [words for _, words in built_ticks(figure.y, HEIGHT - top - below, across=False)]
    left = min(26 + 4.9 * max(map(len, names), default=0), 170) if figure.y.categories else (
        12 + 4.9 * max((*map(len, names), 4)))
    left = left if figure.y.shown else 10
    width, height = WIDTH - left - 16, HEIGHT - top - below
    if figure.equal:
        scale = min(width / np.ptp(figure.x.span), height / np.ptp(figure.y.span))
        spare_x, spare_y = width - scale * np.ptp(figure.x.span), height - scale * np.ptp(figure.y.span)
        left, top, width, height = left + spare_x / 2, top + spare_y / 2, width - spare_x, height - spare_y
    return float(left), float(top), float(width), float(height)


def cells(figure: Figure, outer: Frame) -> list[Frame]:
    """Return the frame of each panel, within that of all; the frame itself where there is none.

    They stand as static/frame.js puts them where there is width: at most three beside each other.
    """
    if not figure.panels:
        return [outer]
    left, top, width, height = outer
    count = len(figure.panels)
    down = -(-count // 3)
    across = -(-count // down)
    wide, tall = (width - BESIDE * (across - 1)) / across, (height - BELOW * (down - 1)) / down - HEAD
    return [(left + k % across * (wide + BESIDE), top + HEAD + k // across * (HEAD + tall + BELOW), wide, tall)
            for k in range(count)]


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
    from matplotlib.patches import Patch

    canvas = Canvas(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
    lines = -(-len(figure.legend()) // 3) if legend else 0  # three names to a line, above the plot
    plots = _draw_axes(canvas, figure, 13 * lines)
    handles: list[Any] = []  # matplotlib's artists
    named: set[tuple[str, int]] = set()
    colors = figure.colors()
    hatches = figure.hatches()
    for i, (mark, color, panel) in enumerate(zip(figure.marks, colors, figure.panel_of(), strict=True)):
        hatch = HATCHES[color] if (mark.swatch, color) in hatches else None
        brush = _Brush(plots[panel], figure, f"m{i}", color, hatch)
        mark.draw(brush, figure)
        if isinstance(mark, Boxes):
            entries = [Patch(label=words, **_box_style(figure, swatch, look))
                       for swatch, words, look in mark.legend(color)]
            handles += [entry for entry in entries if entry.get_label() not in {
                other.get_label() for other in handles}]
        elif brush.last is not None and mark.swatch and (mark.label, color) not in named:
            named.add((mark.label, color))  # panels that show the same are named once
            brush.last.set_label(mark.label)
            handles.append(brush.last)
    if legend and handles:
        first = plots[0].get_position()
        above = first.y1 + (HEAD / HEIGHT if figure.panels else 0)
        plots[0].legend(handles=handles, loc="lower left", bbox_to_anchor=(first.x0, above),
                        bbox_transform=canvas.transFigure, ncols=3, frameon=False, fontsize=8,
                        labelcolor=INK, borderaxespad=0, handlelength=2.2, columnspacing=1.4)
    return canvas


def _box_style(figure: Figure, swatch: str, color: int, opacity: float = 1.0) -> dict[str, Any]:
    """Return matplotlib's words for the look of a rectangle."""
    if (swatch, color) in figure.hatches():
        return {"facecolor": COLORS[color], "edgecolor": "white", "linewidth": 0, "hatch": HATCHES[color]}
    if color < 0:
        return {"facecolor": "none", "edgecolor": MUTED, "linewidth": 0.8}
    from matplotlib.colors import to_rgba

    fill = TINT if swatch == "tint" else opacity
    return {"facecolor": to_rgba(COLORS[color], fill), "edgecolor": COLORS[color] if swatch == "tint" else "none",
            "linewidth": 1.0 if swatch == "tint" else 0, "linestyle": DASHES[color]}


def _draw_axes(canvas: Canvas, figure: Figure, above: float) -> list[Axes]:
    """Draw all that stands still, with `above` points of room above the plot for a legend; return each panel's axes."""
    left, top, width, height = frame(figure)
    if figure.equal:  # the legend takes room on both sides, so that circles stay round
        left, width = left + width * above / height / 2, width * (1 - above / height)
    outer = (left, top + above, width, height - above)
    found = cells(figure, outer)
    plots = [_draw_panel(canvas, figure, cell, outside=(cell[0] == left, k + _side_by_side(found) >= len(found)))
             for k, cell in enumerate(found)]
    # Above the axis and level: a turned label costs width, which a phone lacks.
    style: dict[str, Any] = {"color": MUTED, "fontsize": 8.5}
    raised = 7 + above + (HEAD if figure.panels else 0)
    plots[0].annotate(axis_text(figure.y), (0, 1), xycoords="axes fraction", xytext=(-left + 4, raised),
                      textcoords="offset points", **style)
    if not figure.panels:
        plots[0].set_xlabel(axis_text(figure.x), **style)
        return plots
    canvas.text((left + width / 2) / WIDTH, 8 / HEIGHT, axis_text(figure.x), ha="center", **style)
    for axes, (label, _) in zip(plots, figure.panels, strict=True):
        axes.annotate(label, (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points", color=INK,
                      fontsize=8)
    return plots


def _side_by_side(found: list[Frame]) -> int:
    return sum(cell[1] == found[0][1] for cell in found)


def _draw_panel(canvas: Canvas, figure: Figure, cell: Frame, outside: tuple[bool, bool]) -> Axes:
    """Draw what stands still of one panel; the words of its ticks only where it stands at the left, and at the foot."""
    from matplotlib.ticker import NullFormatter

    left, top, width, height = cell
    axes = canvas.add_axes((left / WIDTH, (HEIGHT - top - height) / HEIGHT, width / WIDTH, height / HEIGHT))
    sides: tuple[tuple[Literal["x", "y"], Axis], ...] = (("x", figure.x), ("y", figure.y))
    for side, axis in sides:
        getattr(axes, f"set_{side}scale")(axis.scale)
        getattr(axes, f"set_{side}lim")(*axis.span[:: -1 if axis.categories and side == "y" else 1])
        artist = getattr(axes, f"{side}axis")
        if not axis.shown:
            artist.set_visible(False)
            continue
        if axis.categories:
            artist.set_ticks(range(len(axis.categories)), axis.categories)
        else:
            ticks = built_ticks(axis, width if side == "x" else height, side == "x")
            if side == "x" and figure.panels:  # none that would reach into the next
                at = along(axis, 0, width)
                ticks = [(value, words) for value, words in ticks if at(value) + 2.5 * len(words) <= width + 2]
            artist.set_ticks([value for value, _ in ticks], [words for _, words in ticks])
            artist.set_ticks(minor_ticks(axis), minor=True)
            artist.set_minor_formatter(NullFormatter())
    axes.tick_params(colors=MUTED, labelsize=8, length=0, labelleft=outside[0], labelbottom=outside[1])
    axes.tick_params(which="minor", color=MUTED, length=2, width=0.6)
    axes.grid(True, color=GRID, linewidth=0.7)
    for side, axis in sides:
        if axis.categories:
            axes.grid(False, axis=side)
    axes.set_axisbelow(True)
    seen = {"left": figure.y.shown, "bottom": figure.x.shown}
    for name, spine in axes.spines.items():
        spine.set_visible(seen.get(name, False))
        spine.set(color=MUTED, linewidth=0.8)
    return axes


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

    # --- shapes in points of print, from the same outlines as the page's SVG --------------------------------------

    def _point(self, x: Any, y: Any) -> tuple[float, float]:
        """Return a place in points, y downwards."""
        with np.errstate(all="ignore"):
            px, py = self.axes.transData.transform((float(x), float(y)))
        return float(px), HEIGHT - float(py)

    def _shape(self, strokes: list[Stroke], piece: str = "", **style: Any) -> None:
        """Add an outline; one without strokes stands for itself, so that every key is there."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path
        from matplotlib.transforms import Affine2D

        codes, corners = [], []
        for letter, numbers in strokes:
            places = np.reshape(numbers, (-1, 2)).tolist() or [[0.0, 0.0]]
            codes += [{"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4, "Z": Path.CLOSEPOLY}[letter]] * len(places)
            corners += places
        path = Path(corners, codes) if corners else Path([[np.nan, np.nan]])
        points = Affine2D().scale(1, -1).translate(0, HEIGHT).scale(1 / 72) + self.axes.figure.dpi_scale_trans
        self.last = self.axes.add_patch(PathPatch(path, transform=points, gid=f"{self.key}{piece}", **style))

    def boxes(self, j: int, swatch: str, color: int, opacity: float, left: Any, right: Any, low: Any,
              high: Any) -> None:
        strokes: list[Stroke] = []
        for x0, x1, y0, y1 in zip(left, right, low, high, strict=True):
            (a, p), (b, q) = self._point(x0, y0), self._point(x1, y1)
            strokes += shapes.rectangle(a, b, p, q)
        self._shape(strokes, f"-{j}", **_box_style(self.figure, swatch, color, opacity))

    def ribbons(self, j: int, color: int, left: Any, right: Any, low: Any, high: Any, thick: Any) -> None:
        strokes: list[Stroke] = []
        for x0, x1, y0, y1, t in zip(left, right, low, high, thick, strict=True):
            (a, p), (b, q) = self._point(x0, y0), self._point(x1, y1)
            strokes += shapes.ribbon(a, b, p, q, self._point(x0, y0 + t)[1], self._point(x1, y1 + t)[1])
        self._shape(strokes, f"-{j}", **_box_style(self.figure, "tint", color) | {"linewidth": 0})

    def arrows(self, x: Any, y: Any, to_x: Any, to_y: Any, thick: Any) -> None:
        strokes: list[Stroke] = []
        for x0, y0, x1, y1, t in zip(x, y, to_x, to_y, thick, strict=True):
            strokes += shapes.arrow(*self._point(x0, y0), *self._point(x1, y1), float(t))
        self._shape(strokes, facecolor=COLORS[self.color] if self.color >= 0 else MUTED, linewidth=0)

    def bracket(self, along: str, start: Any, end: Any, at: Any) -> None:
        upright = along == "y"
        one, other = (self._point(at, edge)[1] if upright else self._point(edge, at)[0] for edge in (start, end))
        place = self._point(at, end)[0] if upright else self._point(end, at)[1]
        self._shape(shapes.bracket(upright, one, other, place), facecolor="none", edgecolor=INK, linewidth=1.0)

    def leader(self, x: Any, y: Any, dx: float, dy: float) -> None:
        px, py = self._point(x, y)
        seen = bool(self.figure.x.contains(x) & self.figure.y.contains(y))
        self._shape([("M", (px, py)), ("L", (px + dx, py + dy))] if seen else [], facecolor="none", edgecolor=MUTED,
                    linewidth=0.8)

    def caption(self, k: int, words: str, x: Any, y: Any, dx: float = 0.0, line: float = 0.0,
                anchor: str = "middle", room: tuple[float, ...] = ()) -> None:
        if not (self.figure.x.contains(x) and self.figure.y.contains(y)):
            return
        if room:
            left, right, low, high, lines = room
            width, height = np.subtract(self._point(right, high), self._point(left, low))
            if not shapes.fits(words, int(lines), width, height):
                return
        align = {"start": "left", "middle": "center", "end": "right"}[anchor]
        self.axes.annotate(words, (float(x), float(y)), xytext=(dx, -shapes.LINE * line - shapes.DROP), color=INK,
                           fontsize=8, textcoords="offset points", ha=align, va="baseline", gid=f"{self.key}-t{k}",
                           annotation_clip=False)

    def beside(self, words: list[str], x: Any, y: Any) -> None:
        places = [self._point(*place) for place in zip(x, y, strict=True)]
        (_, low), (end, high) = self.axes.get_window_extent().get_points()
        low, high = HEIGHT - low, HEIGHT - high
        down = shapes.apart(np.array([py for _, py in places]), shapes.LINE, high, low)
        for k, (line, (px, py), to) in enumerate(zip(words, places, down, strict=True)):
            if np.isfinite(px + py):
                dx = min(shapes.GAP, end - shapes.LETTER * len(line) - px)
                self.axes.annotate(line, (x[k], y[k]), xytext=(dx, py - to - shapes.DROP), color=INK,
                                   fontsize=8, textcoords="offset points", va="baseline", gid=f"{self.key}-t{k}",
                                   annotation_clip=False)
