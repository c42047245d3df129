"""Outlines in points of print, y downwards: what both brushes draw beyond straight lines. The page's are the same."""

from __future__ import annotations

import itertools
import math

import numpy as np

Stroke = tuple[str, tuple[float, ...]]  # a letter of an SVG path with its coordinates

LINE = 10.0  # from one line of words to the next
TICK = 4.0  # the length of a bracket's ends
DROP = 2.8  # from the middle of a line of words down to where the letters stand
GAP = 5.0  # between a thing and the words beside it
LETTER = 5.0  # the width of a letter, or nearly so


def fits(words: str, lines: int, width: float, height: float, point: float = 1.0) -> bool:
    """Say whether words, in one of so many lines, have room in a rectangle."""
    return abs(width) >= LETTER * point * len(words) and abs(height) >= LINE * point * lines


def rectangle(x0: float, x1: float, y0: float, y1: float) -> list[Stroke]:
    """Return the outline of a rectangle."""
    if not math.isfinite(x0 + x1 + y0 + y1):
        return []
    return [("M", (x0, y0)), ("L", (x1, y0)), ("L", (x1, y1)), ("L", (x0, y1)), ("Z", ())]


def arrow(x0: float, y0: float, x1: float, y1: float, thick: float, point: float = 1.0) -> list[Stroke]:
    """Return the outline of an arrow: a shaft as many points thick, and a head that ends at (x1, y1)."""
    length = math.hypot(x1 - x0, y1 - y0)
    if not (math.isfinite(length + thick) and length > 0):
        return []
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    head, half, wide = min((5 + 0.6 * thick) * point, length), thick / 2 * point, (thick / 2 + 2.6) * point
    corners = [(0.0, -half), (length - head, -half), (length - head, -wide), (length, 0.0), (length - head, wide),
               (length - head, half), (0.0, half)]
    places = [(x0 + along * ux - across * uy, y0 + along * uy + across * ux) for along, across in corners]
    return [("M", places[0]), *(("L", place) for place in places[1:]), ("Z", ())]


def ribbon(x0: float, x1: float, low0: float, low1: float, high0: float, high1: float) -> list[Stroke]:
    """Return the outline of a band from one upright edge to another."""
    if not math.isfinite(x0 + x1 + low0 + low1 + high0 + high1):
        return []
    mid = (x0 + x1) / 2
    return [("M", (x0, low0)), ("C", (mid, low0, mid, low1, x1, low1)), ("L", (x1, high1)),
            ("C", (mid, high1, mid, high0, x0, high0)), ("Z", ())]


def bracket(upright: bool, start: float, end: float, at: float, point: float = 1.0) -> list[Stroke]:
    """Return a bracket that opens to the left, or downwards."""
    tick = TICK * point
    if not math.isfinite(start + end + at):
        return []
    corners = [(at, start), (at + tick, start), (at + tick, end), (at, end)]
    if not upright:
        corners = [(start, at), (start, at - tick), (end, at - tick), (end, at)]
    return [("M", corners[0]), *(("L", corner) for corner in corners[1:])]


def apart(places: np.ndarray, least: float, top: float, bottom: float) -> np.ndarray:
    """Return places that are `least` apart, moved as little as a pass down and a pass up can, and kept in a range.

    The order stays. NaN has no place.
    """
    out = np.array(places, dtype=float)
    order = sorted(np.flatnonzero(~np.isnan(out)), key=lambda k: out[k])  # stable
    for before, k in itertools.pairwise([None, *order]):
        out[k] = max(out[k], top if before is None else out[before] + least)
    for after, k in itertools.pairwise([None, *reversed(order)]):
        out[k] = min(out[k], bottom if after is None else out[after] - least)
    return out
