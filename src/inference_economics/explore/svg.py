"""The page's base picture: matplotlib's SVG, reduced to what stands still, and what moves put in its place.

What stands still (axes, grid, ticks) is kept with its colours as classes, so that it follows the theme. What moves
becomes one bare element per mark, which the page's script can find by its key and rewrite. Its place is the axes'
known transform of its values, the same here as in the script; tests compare it with matplotlib's own drawing.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from html import escape

import numpy as np

from .figure import DASHES, GRID, HEIGHT, INK, MUTED, PALETTE, WIDTH, Axis, Figure, band_ring, draw, frame

_SVG = "{http://www.w3.org/2000/svg}"
_CLASSES = {INK: "ink", MUTED: "muted", GRID: "grid"}
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "explorer", "path.simplify": False, "font.family": "DejaVu Sans"}

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


def _style(element) -> dict[str, str]:
    return dict(part.split(": ", 1) for part in (element.get("style") or "").split("; ") if ": " in part)


def _standing(element, out: list[str]):
    """Copy what does not move: lines and words outside the keyed groups."""
    if re.fullmatch(r"m\d+(-\w+)?", element.get("id", "")):
        return
    style = _style(element)
    if element.tag == f"{_SVG}path" and (style.get("stroke") or style.get("fill", "none") != "none"):
        kind = _CLASSES.get(style.get("stroke"), "muted")
        out.append(f'<path class="ex-stroke-{kind}" fill="none" stroke="{style.get("stroke", MUTED)}" '
                   f'stroke-width="{style.get("stroke-width", "1")}" d="{_short(element.get("d"))}"/>')
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


def dash_array(color: int) -> str:
    """Return a colour's dashes as SVG writes them: empty for a solid line."""
    return "" if DASHES[color] == "-" else " ".join(f"{1.9 * part:g}" for part in DASHES[color][1])


def _scale(axis: Axis, start: float, length: float, reverse: bool = False):
    """Return the function from data to points along one axis; `scaleOf` in static/explorer.js is the same."""
    bend = np.log10 if axis.scale == "log" else np.asarray
    low, high = (float(bend(limit)) for limit in axis.limits[:: -1 if reverse else 1])

    def place(values):
        with np.errstate(all="ignore"):
            return start + (bend(np.asarray(values, dtype=float)) - low) * (length / (high - low))

    return place


def _n(value: float) -> str:
    """Write a coordinate with two decimals and no spare zeros; far away is as good as infinitely far."""
    near = np.floor(min(max(float(value), -FAR), FAR) * 100 + 0.5) / 100 + 0.0  # as Math.round, and no -0
    return f"{near:.2f}".rstrip("0").rstrip(".")


def _curve(xs, ys) -> str:
    d, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        drawable = np.isfinite(x) and np.isfinite(y)
        d.append(f"{pen}{_n(x)} {_n(y)}" if drawable else "")
        pen = "L" if drawable else "M"
    return "".join(d)


class _Moving:
    """Writes one bare element for each moving part, where the page's script would put it."""

    def __init__(self, figure: Figure, clip: str):
        self.figure, self.clip = figure, clip
        self.left, self.top, self.width, self.height = frame(figure)
        self.px = _scale(figure.x, self.left, self.width)
        self.py = _scale(figure.y, self.top + self.height, -self.height, reverse=bool(figure.y.categories))

    def path(self, key: str, attributes: str, d: str) -> str:
        return f'<path data-key="{key}" clip-path="url(#{self.clip})" {attributes} d="{d}"/>'

    def words(self, key: str, label: str, x: float, y: float, seen, anchor: str = "start") -> str:
        place = f'x="{_n(x)}" y="{_n(y)}"' if seen else 'visibility="hidden"'
        return (f'<text data-key="{key}-t" class="ex-words ex-fill-ink ex-halo" fill="{INK}" font-size="8" '
                f'text-anchor="{anchor}" {place}>{escape(label)}</text>')

    def places(self, mark):
        x, y = np.broadcast_arrays(np.atleast_1d(self.px(mark.x)), np.atleast_1d(self.py(mark.y)))
        return x, y

    def line(self, mark, key, color):
        dash = f' stroke-dasharray="{dash_array(color)}"' if dash_array(color) else ""
        yield self.path(key, f'class="ex-stroke-{color}" fill="none" stroke="{PALETTE[color]}" stroke-width="1.9" '
                             f'stroke-linejoin="round"{dash}', _curve(*self.places(mark)))

    def band(self, mark, key, color):
        corners = [f"{_n(self.px(x))} {_n(self.py(y))}" for x, y in band_ring(self.figure, mark)]
        yield self.path(key, f'class="ex-fill-{color}" fill="{PALETTE[color]}" fill-opacity="0.2"',
                        f"M{'L'.join(corners)}Z" if corners else "")

    def bars(self, mark, key, color):
        flat = bool(self.figure.y.categories)
        axis, along, across = (self.figure.x, self.px, self.py) if flat else (self.figure.y, self.py, self.px)
        ends = np.broadcast_arrays(np.clip(mark.base, *axis.limits), np.clip(mark.value, *axis.limits))
        for j, (base, value) in enumerate(zip(*map(along, ends), strict=True)):
            d = ""
            if np.isfinite(base + value):
                a, b, p, q = map(_n, (base, value, across(j - mark.width / 2), across(j + mark.width / 2)))
                d = f"M{a} {p}H{b}V{q}H{a}Z" if flat else f"M{p} {a}V{b}H{q}V{a}Z"
            yield self.path(f"{key}-{j}", f'class="ex-fill-{color}" fill="{PALETTE[color]}"', d)

    def point(self, mark, key, color):
        d = "".join(f"M{_n(x - 3.4)} {_n(y)}a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0Z"
                    for x, y in zip(*self.places(mark), strict=True) if np.isfinite(x) and np.isfinite(y))
        yield (f'<path data-key="{key}" class="ex-fill-{color} ex-edge" fill="{PALETTE[color]}" stroke="#fff" '
               f'stroke-width="0.8" clip-path="url(#{self.clip}-wide)" d="{d}"/>')

    def rule(self, mark, key, _):
        upright = mark.y is None
        axis, place, value = (self.figure.x, self.px, mark.x) if upright else (self.figure.y, self.py, mark.y)
        seen, at = axis.contains(value), place(value)
        if upright:
            d, words = f"M{_n(at)} {self.top:g}V{self.top + self.height:g}", (at + 3, self.top + 9, seen)
        else:
            right = self.left + self.width
            d, words = f"M{self.left:g} {_n(at)}H{right:g}", (right - 2, at - 3, seen, "end")
        stroke = f'class="ex-stroke-ink" fill="none" stroke="{INK}" stroke-dasharray="4 2"'
        yield self.path(key, stroke, d if seen else "")
        yield self.words(key, mark.label, *words)

    def label(self, mark, key, _):
        seen = self.figure.x.contains(mark.x) and self.figure.y.contains(mark.y)
        yield self.words(key, mark.words(), self.px(mark.x), self.py(mark.y), seen)

    def all(self):
        for i, (mark, color) in enumerate(zip(self.figure.marks, self.figure.colors(), strict=True)):
            yield from getattr(self, type(mark).__name__.lower())(mark, f"m{i}", color)


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
    left, top, width, height = frame(figure)
    clip = f"{ident}.clip"  # a control's id has no point in it
    return "".join([
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" xmlns="http://www.w3.org/2000/svg" aria-hidden="true">',
        f'<defs><clipPath id="{clip}"><rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/>'
        "</clipPath>"
        f'<clipPath id="{clip}-wide"><rect x="{left - 4:g}" y="{top - 4:g}" width="{width + 8:g}" '
        f'height="{height + 8:g}"/></clipPath></defs>',
        *standing,
        *_Moving(figure, clip).all(),
        '<path class="ex-cursor-line" fill="none" d=""/></svg>',
    ])
