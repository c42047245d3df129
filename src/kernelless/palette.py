"""Colours, dashes and the size of the plot: the look that matplotlib's drawing and the page share."""

from __future__ import annotations

# The first colours of the page's light theme; static/explorer.css holds both themes. Checked for contrast on white and
# told apart by dash as well as hue.
PALETTE = ("#1f5fa8", "#b8500f", "#2f7d4f", "#8a3f8f", "#7a6a12", "#4f5b66")
INK, MUTED, GRID = "#222629", "#5a636b", "#dfe3e6"
DASHES: tuple[str | tuple[float, tuple[float, ...]], ...] = (
    "-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1.5)), (0, (10, 3)))
TINT = 0.28  # opacity of a fill that words stand on

WIDTH, HEIGHT = 460.8, 273.6  # in points, which are the units of the page's SVG


def dash_array(color: int) -> str:
    """Return a colour's dashes as SVG writes them: empty for a solid line."""
    dashes = DASHES[color]
    return "" if isinstance(dashes, str) else " ".join(f"{1.9 * part:g}" for part in dashes[1])
