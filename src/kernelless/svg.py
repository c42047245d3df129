"""The page's base picture: matplotlib's SVG, reduced to what stands still, and what moves put in its place.

What stands still (axes, grid, ticks) is kept with its colours as classes, so that it follows the theme. What moves
becomes one bare element per mark, which the page's script can find by its key and rewrite. Its place is the axes'
known transform of its values, the same here as in the script; tests compare it with matplotlib's own drawing.
"""

from __future__ import annotations

import dataclasses
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import numpy as np

from . import shapes
from .draw import Frame, along, cells, draw, frame
from .figure import Figure
from .palette import (
    COLORS,
    DOT,
    GRID,
    HEIGHT,
    HERE,
    INK,
    MUTED,
    TINT,
    WIDTH,
    dash_array,
    pattern,
    pattern_id,
    shape,
)
from .ticks import minor_ticks

_SVG = "{http://www.w3.org/2000/svg}"
_CLASSES = {INK: "ink", MUTED: "muted", GRID: "grid"}
_SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "explorer", "path.simplify": False,
                             "font.family": "DejaVu Sans"}

FAR = 1e6  # beyond this a coordinate is cut, because SVG holds single precision


def matplotlib_svg(figure: Figure, legend: bool = False) -> str:
    """Return matplotlib's own SVG of a figure of known values: the same bytes each time."""
    import matplotlib as mpl

    out = io.StringIO()
    with mpl.rc_context(_SETTINGS):
        draw(figure, legend).savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return out.getvalue()


def _short(path: str) -> str:
    """Write a path with two decimals and no spare spaces."""
    path = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), path)
    return re.sub(r"\s*([MLCQzZ])\s*", r"\1", path.replace("\n", "")).strip()


def _style(element: ET.Element) -> dict[str, str]:
    return dict(part.split(": ", 1) for part in (element.get("style") or "").split("; ") if ": " in part)


def _standing(element: ET.Element, out: list[str]) -> None:
    """Copy what does not move: lines and words outside the keyed groups."""
    if re.fullmatch(r"m\d+(-\w+)?", element.get("id", "")):
        return
    style = _style(element)
    if element.tag == f"{_SVG}path" and (style.get("stroke") or style.get("fill", "none") != "none"):
        kind = _CLASSES.get(style.get("stroke", ""), "muted")
        out.append(f'<path class="ex-stroke-{kind}" fill="none" stroke="{style.get("stroke", MUTED)}" '
                   f'stroke-width="{style.get("stroke-width", "1")}" d="{_short(element.get("d", ""))}"/>')
    elif element.tag == f"{_SVG}text":
        turn = element.get("transform", "")
        turned = "" if turn.startswith(("rotate(-0 ", "rotate(0 ")) or not turn else f' transform="{_short(turn)}"'
        size = style.get("font-size", "8px").removesuffix("px")
        role = "tick" if float(size) <= 8 else "axis"
        out.append(f'<text class="ex-{role} ex-fill-muted" fill="{MUTED}" font-size="{size}" text-anchor="'
                   f'{style.get("text-anchor", "start")}" x="{float(element.get("x", 0)):.2f}" '
                   f'y="{float(element.get("y", 0)):.2f}"{turned}>{escape(element.text or "")}</text>')
    if element.tag not in (f"{_SVG}defs", f"{_SVG}metadata"):
        for child in element:
            _standing(child, out)


def _n(value: float) -> str:
    """Write a coordinate with two decimals and no spare zeros; far away is as good as infinitely far."""
    near = np.floor(min(max(float(value), -FAR), FAR) * 100 + 0.5) / 100 + 0.0  # as Math.round, and no -0
    return f"{near:.2f}".rstrip("0").rstrip(".")


def _curve(places: Iterable[tuple[float, float]]) -> str:
    d, pen = [], "M"
    for x, y in places:
        drawable = np.isfinite(x) and np.isfinite(y)
        d.append(f"{pen}{_n(x)} {_n(y)}" if drawable else "")
        pen = "L" if drawable else "M"
    return "".join(d)


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where the plot stands in the SVG, and how large a point is: as built, or as the page's script laid it out."""

    frame: tuple[float, ...]  # left, top, width and height; of panels those of each
    dot: float = DOT
    em: float = 8.0  # the size of words

    def of(self, panel: int) -> Frame:
        """Return the frame of one panel."""
        left, top, width, height = self.frame[4 * panel:4 * panel + 4]
        return left, top, width, height


class _Brush:
    """Writes one mark as bare elements, where the page's script would put it."""

    def __init__(self, figure: Figure, ident: str, layout: Layout, key: str, color: int,
                 hatches: set[tuple[str, int]], panel: int):
        self.figure, self.ident, self.key, self.color, self.hatches = figure, ident, key, color, hatches
        self.clip, self.dot, self.point = _clip(ident, panel), layout.dot, layout.em / 8
        self.left, self.top, self.width, self.height = layout.of(panel)
        self.px = along(figure.x, self.left, self.width)
        self.py = along(figure.y, self.top + self.height, -self.height, reverse=bool(figure.y.categories))
        self.out: list[str] = []

    def _path(self, attributes: str, d: str, piece: str = "") -> None:
        self.out.append(f'<path data-key="{self.key}{piece}" clip-path="url(#{self.clip})" {attributes} d="{d}"/>')

    def _places(self, x: Any, y: Any) -> Iterator[tuple[float, float]]:
        places = np.broadcast_arrays(np.atleast_1d(self.px(x)), np.atleast_1d(self.py(y)))
        return zip(*places, strict=True)

    def _ground(self, swatch: str) -> str:
        hatch = (swatch, self.color)
        return f'fill="url(#{pattern_id(self.ident, *hatch)})"' if hatch in self.hatches else ""

    def curve(self, x: Any, y: Any) -> None:
        dash = f' stroke-dasharray="{dash_array(self.color)}"' if dash_array(self.color) else ""
        self._path(f'class="ex-curve ex-stroke-{self.color}" fill="none" stroke="{COLORS[self.color]}" '
                   f'stroke-width="1.9" stroke-linejoin="round"{dash}', _curve(self._places(x, y)))

    def area(self, ring: list[tuple[float, float]]) -> None:
        corners = [f"{_n(self.px(x))} {_n(self.py(y))}" for x, y in ring]
        self._path(self._ground("area") or f'class="ex-fill-{self.color}" fill="{COLORS[self.color]}" '
                   'fill-opacity="0.2"', f"M{'L'.join(corners)}Z" if corners else "")

    def box(self, j: int, across: tuple[float, float], along: tuple[float, float]) -> None:
        flat = bool(self.figure.y.categories)
        value, place = (self.px, self.py) if flat else (self.py, self.px)
        ends, d = [*map(value, along)], ""
        if np.isfinite(sum(ends)):
            a, b, p, q = map(_n, (*ends, *map(place, across)))
            d = f"M{a} {p}H{b}V{q}H{a}Z" if flat else f"M{p} {a}V{b}H{q}V{a}Z"
        self._path(self._ground("box") or f'class="ex-fill-{self.color}" fill="{COLORS[self.color]}"', d, f"-{j}")

    def dots(self, x: Any, y: Any) -> None:
        dx, dy, rest = shape(self.color, self.dot)
        rule = ' fill-rule="evenodd"' if self.color == HERE else ""  # a target has a hole; dots that overlap have none
        d = "".join(f"M{_n(px + dx)} {_n(py + dy)}{rest}"
                    for px, py in self._places(x, y) if np.isfinite(px) and np.isfinite(py))
        self.out.append(f'<path data-key="{self.key}" class="ex-dots ex-fill-{self.color} ex-edge" '
                        f'fill="{COLORS[self.color]}"{rule} stroke="#fff" stroke-width="0.8" '
                        f'clip-path="url(#{self.clip}-wide)" d="{d}"/>')

    def level(self, x: Any, y: Any) -> None:
        upright = y is None
        axis, place, value = (self.figure.x, self.px, x) if upright else (self.figure.y, self.py, y)
        at = _n(place(value))
        d = (f"M{at} {self.top:g}V{self.top + self.height:g}" if upright
             else f"M{self.left:g} {at}H{self.left + self.width:g}")
        self._path(f'class="ex-stroke-ink" fill="none" stroke="{INK}" stroke-dasharray="4 2"',
                   d if axis.contains(value) else "")

    def words(self, words: str, x: Any, y: Any) -> None:
        known = [(axis, at) for axis, at in ((self.figure.x, x), (self.figure.y, y)) if at is not None]
        place = 'visibility="hidden"'
        if all(axis.contains(at) for axis, at in known):
            px = self.left + self.width - 2 if x is None else self.px(x) + (3 if y is None else 0)
            py = self.top + 9 if y is None else self.py(y) - (3 if x is None else 0)
            place = f'x="{_n(px)}" y="{_n(py)}"'
        self.out.append(f'<text data-key="{self.key}-t" class="ex-words ex-fill-ink ex-halo" fill="{INK}" '
                        f'font-size="8" text-anchor="{"end" if x is None else "start"}" {place}>{escape(words)}</text>')

    # --- shapes in points of print, from the same outlines as matplotlib's drawing ----------------------------------

    def _look(self, color: int, swatch: str = "cell", opacity: float = 1.0) -> str:
        """Return the attributes of a filled shape; tinted ones have an edge, and those without a colour only that."""
        if color < 0:
            return f'class="ex-stroke-muted" fill="none" stroke="{MUTED}" stroke-width="0.8"'
        if (swatch, color) in self.hatches:
            return f'fill="url(#{pattern_id(self.ident, swatch, color)})"'
        dash = f' stroke-dasharray="{dash_array(color)}"' if dash_array(color) else ""
        edge = f' stroke="{COLORS[color]}"{dash}' if swatch == "tint" else ""
        kind = f"ex-fill-{color}" + (f" ex-stroke-{color}" if edge else "")
        fill = TINT if swatch == "tint" else opacity
        return f'class="{kind}" fill="{COLORS[color]}"{edge}' + (f' fill-opacity="{fill:g}"' if fill < 1 else "")

    def boxes(self, j: int, swatch: str, color: int, opacity: float, left: Any, right: Any, low: Any,
              high: Any) -> None:
        edges = zip(self.px(left), self.px(right), self.py(low), self.py(high), strict=True)
        look = self._look(color, swatch, opacity)
        self._path(look, "".join(_shape(shapes.rectangle(*edge)) for edge in edges), f"-{j}")

    def ribbons(self, j: int, color: int, left: Any, right: Any, low: Any, high: Any, thick: Any) -> None:
        edges = zip(*map(self.px, (left, right)), *map(self.py, (low, high, low + thick, high + thick)), strict=True)
        self._path(self._look(color, opacity=TINT), "".join(_shape(shapes.ribbon(*edge)) for edge in edges), f"-{j}")

    def arrows(self, x: Any, y: Any, to_x: Any, to_y: Any, thick: Any) -> None:
        ends = zip(self.px(x), self.py(y), self.px(to_x), self.py(to_y), thick, strict=True)
        look = self._look(self.color) if self.color >= 0 else f'class="ex-fill-muted" fill="{MUTED}"'
        self._path(look, "".join(_shape(shapes.arrow(*end, point=self.point)) for end in ends))

    def bracket(self, along: str, start: Any, end: Any, at: Any) -> None:
        one, other = (self.py, self.px) if along == "y" else (self.px, self.py)
        strokes = shapes.bracket(along == "y", float(one(start)), float(one(end)), float(other(at)), self.point)
        self._path(f'class="ex-stroke-ink" fill="none" stroke="{INK}"', _shape(strokes))

    def leader(self, x: Any, y: Any, dx: float, dy: float) -> None:
        seen = self.figure.x.contains(x) and self.figure.y.contains(y)
        px, py = self.px(x), self.py(y)
        d = f"M{_n(px)} {_n(py)}L{_n(px + dx * self.point)} {_n(py + dy * self.point)}" if seen else ""
        self._path(f'class="ex-stroke-muted" fill="none" stroke="{MUTED}" stroke-width="0.8"', d)

    def caption(self, k: int, words: str, x: Any, y: Any, dx: float = 0.0, line: float = 0.0,
                anchor: str = "middle", room: tuple[float, ...] = ()) -> None:
        seen = bool(self.figure.x.contains(x) and self.figure.y.contains(y))
        if room and seen:
            left, right, low, high, lines = room
            width, height = self.px(right) - self.px(left), self.py(high) - self.py(low)
            seen = shapes.fits(words, int(lines), width, height, self.point)
        self._text(k, words, seen, self.px(x) + dx * self.point, self.py(y) + shapes.LINE * line * self.point, anchor)

    def beside(self, words: list[str], x: Any, y: Any) -> None:
        right = self.px(x) + shapes.GAP * self.point
        down = shapes.apart(self.py(y), shapes.LINE * self.point, self.top, self.top + self.height)
        for k, (line, px, py) in enumerate(zip(words, right, down, strict=True)):
            room = self.left + self.width - shapes.LETTER * self.point * len(line)
            self._text(k, line, bool(np.isfinite(px + py)), min(px, room), py, "start")

    def _text(self, k: int, words: str, seen: bool, px: float, py: float, anchor: str) -> None:
        place = f'x="{_n(px)}" y="{_n(py + shapes.DROP * self.point)}"' if seen else 'visibility="hidden"'
        self.out.append(f'<text data-key="{self.key}-t{k}" class="ex-words ex-fill-ink ex-halo" fill="{INK}" '
                        f'font-size="8" text-anchor="{anchor}" {place}>{escape(words)}</text>')


def _shape(strokes: list[shapes.Stroke]) -> str:
    """Write an outline."""
    return "".join(letter + " ".join(map(_n, numbers)) for letter, numbers in strokes)


def _clip(ident: str, panel: int) -> str:
    return f"{ident}.clip{panel or ''}"  # a control's id has no point in it


def _built(figure: Figure) -> list[Frame]:
    return cells(figure, frame(figure))


def moving_svg(figure: Figure, ident: str, layout: Layout | None = None) -> Iterator[str]:
    """Yield the elements of the page's SVG that the page's script moves, each with its ``data-key``."""
    layout = layout or Layout(tuple(length for cell in _built(figure) for length in cell))
    hatches = figure.hatches()
    for i, (mark, color, panel) in enumerate(zip(figure.marks, figure.colors(), figure.panel_of(), strict=True)):
        brush = _Brush(figure, ident, layout, f"m{i}", color, hatches, panel)
        mark.draw(brush, figure)
        yield from brush.out


def _clips(clip: str, cell: Frame) -> str:
    """Return what keeps marks within a plot, and dots within a little more."""
    left, top, width, height = cell
    return (f'<clipPath id="{clip}"><rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/></clipPath>'
            f'<clipPath id="{clip}-wide"><rect x="{left - 4:g}" y="{top - 4:g}" width="{width + 8:g}" '
            f'height="{height + 8:g}"/></clipPath>')


def _minor(figure: Figure) -> str:
    """Return the short strokes of the built picture, which matplotlib keeps among its definitions."""
    strokes = []
    for left, top, width, height in _built(figure):
        px, py = along(figure.x, left, width), along(figure.y, top + height, -height)
        strokes += [f"M{_n(px(value))} {top + height:g}v2" for value in minor_ticks(figure.x) if figure.x.shown]
        strokes += [f"M{left:g} {_n(py(value))}h-2" for value in minor_ticks(figure.y) if figure.y.shown]
    return "".join(strokes)


def page_svg(figure: Figure, ident: str) -> str:
    """Return the page's SVG of a figure of known values.

    Parameters
    ----------
    figure : Figure
        None of its values traced.
    ident : str
        The explorer's id, which makes the ids inside unique on a page.

    Returns
    -------
    str
        An ``<svg>`` element. Moving parts carry ``data-key``; the picture is hidden from assistive technology because
        its description stands beside it.
    """
    root = ET.fromstring(matplotlib_svg(figure))
    standing: list[str] = []
    next(element for element in root.iter() if element.get("id") == "patch_1").clear()  # the background
    _standing(root, standing)
    # Panels take more room where they stand one below the other: see explorer.css.
    rows = f' data-panels="{(len(figure.panels) + 1) // 2}"' if figure.panels else ""
    return "".join([
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" xmlns="http://www.w3.org/2000/svg" aria-hidden="true"{rows}>',
        "<defs>", *(_clips(_clip(ident, panel), cell) for panel, cell in enumerate(_built(figure))),
        *(pattern(ident, *hatch) for hatch in sorted(figure.hatches())), "</defs>",
        '<g class="ex-frame">', *standing, f'<path class="ex-stroke-muted" fill="none" stroke="{MUTED}" '
        f'stroke-width="0.6" d="{_minor(figure)}"/></g>',
        *moving_svg(figure, ident),
        '<g class="ex-labels"></g>',
        '<path class="ex-cursor-line" fill="none" d=""/></svg>',
    ])
