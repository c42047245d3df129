"""Axes: what they refuse, and the places of values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from small_figures import args, figure_of

from kernelless import Axis

AXES = {
    "no limits": (args(x=lambda a: Axis("x")), r"axis 'x' needs fixed limits, because they must not move"),
    "moving limits": (args(x=lambda a: Axis("x", (0, a))), r"axis 'x' needs fixed limits|limits 0\.\.1"),
    "limits reversed": (args(x=lambda a: Axis("x", (1, 0))), r"axis 'x': limits 1\.\.0 must be finite and rising"),
    "limits infinite": (args(x=lambda a: Axis("x", (0, math.inf))), r"limits 0\.\.inf must be finite and rising"),
    "log limits": (args(x=lambda a: Axis("x", (0, 1), scale="log")), r"limits 0\.\.1 must be above 0 on a log scale"),
    "axis scale": (args(x=lambda a: Axis("x", (0, 1), scale="cube")), r"unknown scale 'cube'; known: linear, log"),
    "ticks as text": (args(x=lambda a: Axis("x", (0, 9), ticks="123")), r"ticks='123' must be fixed numbers"),
    "ticks that move": (args(x=lambda a: Axis("x", (0, 9), ticks=(1, a))), r"must be fixed numbers|must rise and lie"),
    "ticks of words": (args(x=lambda a: Axis("x", (0, 9), ticks=("a",))), r"ticks=\('a',\) must be numbers"),
    "ticks outside": (args(x=lambda a: Axis("x", (0, 9), ticks=(1, 10))), r"must rise and lie within the limits 0"),
    "ticks falling": (args(x=lambda a: Axis("x", (0, 9), ticks=(2, 1))), r"ticks=\(2, 1\) must rise"),
    "ticks of NaN": (args(x=lambda a: Axis("x", (0, 9), ticks=(1, math.nan))), r"must rise and lie"),
    "no ticks": (args(x=lambda a: Axis("x", (0, 9), ticks=())), r"ticks=\(\) must rise and lie"),
    "ticks of halves": (args(x=lambda a: Axis("x", (0, 9), ticks=(0.5, 1), whole=True)), r"be whole numbers"),
    "axis label": (args(x=lambda a: Axis(None, (0, 1))), r"axis label None must be fixed text"),
    "categories as text": (args(x=lambda a: Axis("x", categories="abc")), r"categories 'abc' must be a list of names"),
}


@pytest.mark.parametrize("name", AXES)
def test_an_axis_refuses(name):
    parts, message = AXES[name]
    with pytest.raises(ValueError, match=message):
        figure_of(**parts)


def test_an_axis_gives_a_place_to_what_its_scale_can_show():
    values = np.array([-1, 0, 1, np.inf, np.nan])
    np.testing.assert_array_equal(Axis("x", (1, 9), scale="log").place(values), [np.nan, np.nan, 1, np.nan, np.nan])
    np.testing.assert_array_equal(Axis("x", (1, 9)).place(values), [-1, 0, 1, np.nan, np.nan])
