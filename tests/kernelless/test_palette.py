"""The palette: the page's style sheet holds the same colours, and dashes tell apart what hue may not."""

from __future__ import annotations

import re

from kernelless import runtime
from kernelless.palette import DASHES, GRID, INK, MUTED, PALETTE, dash_array


def test_the_style_sheet_has_the_colours_of_the_light_theme():
    first = runtime.style().split("}", 1)[0]
    named = dict(re.findall(r"--ex-(\w+): (#[0-9a-f]+)", first))
    assert [named[f"c{i}"] for i in range(len(PALETTE))] == list(PALETTE)
    assert (named["ink"], named["muted"], named["grid"]) == (INK, MUTED, GRID)


def test_every_colour_has_a_dash_of_its_own():
    arrays = [dash_array(color) for color in range(len(PALETTE))]
    assert len(DASHES) == len(PALETTE) == len(set(arrays))
    assert arrays[:2] == ["", "11.4 3.8"]
