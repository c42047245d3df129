"""Figures and axes: what they refuse, the colours of marks, the places of values."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from small_figures import X, args, figure_of, simple

from kernelless import Band, Line, Point, Readout, Rule

FIGURES = {
    "a line that never enters": (args(marks=lambda a: [Line(X, a * X, "in"), Line(X, a + 1e6, "out")]),
                                 r"'out' never enters the limits x 0\.\.10, y 0\.\.100 .* widen them"),
    "a rule outside": (args(marks=lambda a: [Line(X, a * X, "in"), Rule("wall", x=-a)]), r"'wall' never enters"),
    "a point outside": (args(marks=lambda a: [Line(X, a * X, "in"), Point(-a, 1, "dot")]), r"'dot' never enters"),
    "a band outside": (args(marks=lambda a: [Line(X, a * X, "in"), Band(X, 200 + a * X, 300, "b")]), r"'b' never"),
    "no marks": (args(marks=()), r"the figure has no marks"),
    "two marks alike": (args(marks=lambda a: [Line(X, a * X, "l"), Line(X, X, "l")]), r"two parts .* are called 'l'"),
    "two readouts alike": (args(readouts=lambda a: [Readout("r", a), Readout("r", 1)]), r"two parts .* are called 'r'"),
    "a mark among readouts": (args(readouts=lambda a: [Line(X, a * X, "l")]), r"is not a part that the figure can"),
    "no mark": (args(marks=lambda a: [a]), r"is not a part"),
    "no axis": (args(x=3), r"the figure needs two axes, but has x=3"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_refuses(name):
    parts, message = FIGURES[name]
    with pytest.raises(ValueError, match=message):
        figure_of(**parts)


def test_colours_follow_each_other_and_a_mark_may_have_its_own():
    figure = dataclasses.replace(simple(), marks=[
        Line(X, X, "a"), Rule("wall", x=1), Line(X, X, "b", color=3), Line(X, X, "c"), Line(X, X, "d", color=7)])
    assert figure.colors() == [0, -1, 3, 4, 1]
    assert figure.legend() == [("curve", "a", 0), ("curve", "b", 3), ("curve", "c", 4), ("curve", "d", 1)]


def test_what_no_part_of_is_within_the_limits_is_named():
    line = Line(X, X, "in")
    gone = [Line(X, X + 1e6, "high"), Point(np.nan, 1, "undefined"), Rule("wall", x=-1), Band(X, 200, 300, "band")]
    assert dataclasses.replace(simple(), marks=[line]).unseen() == ""
    assert dataclasses.replace(simple(), marks=[line, *gone]).unseen() == (
        "Not on the chart: high, undefined, wall, band.")


@pytest.mark.parametrize(("y", "seen"), [
    ([-50.0, 150.0], True),  # crosses the plot between two points outside
    ([150.0, 250.0], False), ([np.nan, 150.0], False), ([np.nan, 50.0], True), ([-50.0, np.nan], False)])
def test_a_curve_is_seen_where_it_crosses_the_plot(y, seen):
    figure = dataclasses.replace(simple(), marks=[Line([2.0, 8.0], y, "curve")])
    assert (figure.unseen() == "") == seen
