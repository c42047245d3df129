"""The palette: the style sheet holds the same colours, which anyone can tell apart, and not by their hue alone."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from kernelless import HERE, runtime
from kernelless.palette import (
    COLORS,
    DASHES,
    GRID,
    HATCHES,
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    dash_array,
    hatched,
    pattern,
    shape,
)

# Linear light as protanopes, deuteranopes and tritanopes see it: Machado, Oliveira and Fernandes (2009), severity 1.
SEEN_BY = {
    "all": np.eye(3),
    "protanopes": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopes": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopes": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])
WHITE = np.array([0.95047, 1.0, 1.08883])
APART = 15.0  # in CIELAB; two colours that differ by 2 can just be told apart side by side


def test_the_style_sheet_has_the_colours_of_the_light_theme():
    first = runtime.style().split("}", 1)[0]
    named = dict(re.findall(r"--ex-(\w+): (#[0-9a-f]+)", first))
    assert [named[f"c{i}"] for i in range(len(PALETTE))] == list(PALETTE)
    assert (named["ink"], named["muted"], named["grid"]) == (INK, MUTED, GRID)


def linear(color: str) -> np.ndarray:
    """Return the linear light of a colour in sRGB."""
    light = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(light, 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def theme(name: str) -> dict[str, str]:
    """Return the named colours of a theme of the style sheet."""
    rule = runtime.style().split("}", 1)[0] if name == "light" else runtime.style().split('[data-theme="dark"]', 1)[1]
    return dict(re.findall(r"--ex-(\w+): (#[0-9a-f]+)", rule.split("}", 1)[0]))


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_colours_can_be_told_apart(name, eyes):
    named = theme(name)
    seen = [lab(SEEN_BY[eyes] @ linear(named[f"c{i}"])) for i in range(len(PALETTE))]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > APART


def test_the_distance_is_that_of_cielab():
    np.testing.assert_allclose(lab(linear("#ffffff")), [100, 0, 0], atol=0.01)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.24, 80.09, 67.20], atol=0.02)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_colours_can_be_read_as_words_on_their_ground(name):
    named = theme(name)
    ground = TO_XYZ[1] @ linear("#ffffff" if name == "light" else named["ground"])
    for color in [f"c{i}" for i in range(len(PALETTE))] + ["ink", "muted"]:
        lights = sorted([ground, TO_XYZ[1] @ linear(named[color])])
        assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, (name, color)


def test_every_colour_has_a_dash_a_shape_and_a_hatch_of_its_own():
    arrays = [dash_array(color) for color in range(len(PALETTE))]
    assert len(set(arrays)) == len(PALETTE)
    assert arrays[:2] == ["", "11.4 3.8"]
    assert len({shape(color, 3.4) for color in range(len(COLORS))}) == len(COLORS) == HERE + 1
    assert len(DASHES) == len(MARKERS) == len(HATCHES) == len(COLORS)
    drawn = {re.search(r' d="([^"]*)"', pattern("i", "box", color))[1] for color in range(1, len(COLORS))}
    assert len(drawn) == len(set(HATCHES)) - 1 == len(COLORS) - 1


@pytest.mark.parametrize("color", range(len(COLORS)))
def test_a_shape_is_as_large_as_the_others_and_ends_where_it_starts(color):
    dx, dy, rest = shape(color, 10.0)
    x, y, seen = dx, dy, [(dx, dy)]
    assert rest.endswith("Z")
    for letter, numbers in re.findall(r"([alm])([-\d. ]+)", rest):
        found = [float(n) for n in numbers.split()]
        x, y = x + found[-2], y + found[-1]
        seen.append((x, y))
        if letter == "a":
            assert found[:5] == [found[0], found[0], 0, 1, 0]
    across = np.ptp([place[0] for place in seen])
    assert 18 <= across <= (34 if color == HERE else 26)
    assert abs(sum(place[0] for place in (min(seen), max(seen)))) < 1e-2  # even to both sides


def test_areas_and_boxes_are_hatched_where_they_are_several():
    assert hatched([("area", 0), ("curve", 1)]) == [False, False]
    assert hatched([("box", 0), ("box", 1), ("box", 2), ("area", 1)]) == [False, True, True, False]
    assert hatched([("", -1), ("curve", 0), ("curve", 1)]) == [False, False, False]
