"""Colours, dashes, shapes, hatches and sizes: the look that matplotlib's drawing and the page share.

A series is told apart by more than its colour: each colour has a dash for lines, a shape for points, a hatch for areas.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

# The first colours of the page's light theme; static/explorer.css holds both themes. A test checks their contrast, and
# their distance as protanopes, deuteranopes and tritanopes see them.
PALETTE = ("#1c6bcc", "#c4500f", "#1c8757", "#8a3f8f", "#5d3c00", "#4f5b63")
INK, MUTED, GRID = "#222629", "#5a636b", "#dfe3e6"
HERE = len(PALETTE)  # the colour of "you are here": ink, a solid line, a target as a point
COLORS = (*PALETTE, INK)
DASHES: tuple[str | tuple[float, tuple[float, ...]], ...] = (
    "-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1.5)), (0, (10, 3)), "-")
MARKERS = "os^DvPo"  # matplotlib's names for the shapes of points
HATCHES = ("", "////", "....", "\\\\\\\\", "||||", "xxxx", "----")  # matplotlib's, and below the page's
_PATTERNS = ("", "M-1 7L7 -1", "M2 2h2v2h-2Z", "M-1 -1L7 7", "M3 0V6", "M0 0L6 6M6 0L0 6", "M0 3H6")
TINT = 0.28  # opacity of a fill that words stand on

WIDTH, HEIGHT = 460.8, 273.6  # in points, which are the units of the built SVG
DOT, PAGE_DOT = 3.4, 4.6  # radius of a point: in the built SVG, and in CSS pixels where the page's script lays out

_CORNERS: dict[int, tuple[tuple[float, float], ...]] = {  # of a shape of radius 1
    1: ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    2: ((0, -1.25), (1.1, 0.75), (-1.1, 0.75)),
    3: ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    4: ((0, 1.25), (-1.1, -0.75), (1.1, -0.75)),
    5: ((-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
        (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)),
}


def dash_array(color: int) -> str:
    """Return a colour's dashes as SVG writes them: empty for a solid line."""
    dashes = DASHES[color]
    return "" if isinstance(dashes, str) else " ".join(f"{1.9 * part:g}" for part in dashes[1])


def _disc(radius: float) -> str:
    r = f"{radius:.4g}"
    return f"a{r} {r} 0 1 0 {2 * radius:.4g} 0a{r} {r} 0 1 0 {-2 * radius:.4g} 0Z"


def shape(color: int, radius: float) -> tuple[float, float, str]:
    """Return a colour's shape of a point: where its path starts, seen from its middle, and the rest of the path."""
    if color == HERE:
        small, hole, ring = 0.8 * radius, 1.3 * radius, 1.7 * radius
        rings = f"m{small - hole:.4g} 0{_disc(hole)}m{hole - ring:.4g} 0{_disc(ring)}"
        return -round(small, 4), 0, _disc(small) + rings
    if color not in _CORNERS:
        return -radius, 0, _disc(radius)
    corners = _CORNERS[color]
    steps = (f"l{radius * (b[0] - a[0]):.4g} {radius * (b[1] - a[1]):.4g}"
             for a, b in itertools.pairwise(corners))
    return round(radius * corners[0][0], 4), round(radius * corners[0][1], 4), "".join(steps) + "Z"


def hatched(swatches: Sequence[tuple[str, int]]) -> list[bool]:
    """Say which of several (swatch, colour) get a hatch: areas and boxes, but the first colour, where they are several.

    A single area needs nothing to be told apart from.
    """
    several = Counter(swatch for swatch, color in swatches if color >= 0)
    return [swatch in ("area", "box", "cell") and several[swatch] > 1 and color > 0 for swatch, color in swatches]


def pattern_id(ident: str, swatch: str, color: int) -> str:
    """Return the id of a hatch of one explorer; an id of a control has no point in it."""
    return f"{ident}.{swatch}-{color}"


def pattern(ident: str, swatch: str, color: int) -> str:
    """Return a hatch as SVG: a box in its colour with strokes of the ground, or an area with strokes of its colour."""
    hue = COLORS[color]
    full = swatch in ("box", "cell")
    stroke = "white" if full else hue
    css = "ex-hatch" if full else f"ex-stroke-{color}"
    faint = "" if full else ' fill-opacity="0.15"'
    return (f'<pattern id="{pattern_id(ident, swatch, color)}" width="6" height="6" patternUnits="userSpaceOnUse">'
            f'<rect class="ex-fill-{color}" fill="{hue}"{faint} width="6" height="6"/>'
            f'<path class="{css}" fill="none" stroke="{stroke}" stroke-width="1" d="{_PATTERNS[color]}"/></pattern>')
