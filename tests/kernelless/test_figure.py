"""Figures and axes: what they refuse, the colours of marks, the places of values."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from small_figures import X, args, figure_of, simple

from kernelless import Band, Line, Panel, Point, Predict, Readout, Rule

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


LINES = [Line(X, X, "line"), Rule("limit", y=5.0)]


@pytest.mark.parametrize(("marks", "message"), [
    ([Panel("a", LINES)], "the figure has 1 panels, but 2 to 6 fit"),
    ([Panel(f"p{k}", LINES) for k in range(7)], "the figure has 7 panels, but 2 to 6 fit"),
    ([Panel("a", LINES), LINES[0]], "panels and marks beside them; put every mark into a panel"),
    ([Panel("a", LINES), Panel("a", LINES)], "two panels of the figure are called 'a'"),
    ([Panel("a", LINES * 2), Panel("b", LINES)], "two parts of the figure are called 'line'"),
    ([Panel("a", LINES), Panel("b", ["line"])], "'line' is not a part that the figure can have here"),
])
def test_panels_that_cannot_stand_side_by_side_are_refused(marks, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(simple(), marks=marks)


@pytest.mark.parametrize(("label", "marks", "message"), [
    ("", LINES, "label='' must be text that stands still"), (3, LINES, "label=3 must be text"),
    ("a", [], "panel 'a' needs a list of marks"), ("a", LINES[0], "panel 'a' needs a list of marks"),
    ("a", [Panel("b", LINES)], "panels do not nest"),
])
def test_what_is_no_panel_is_refused(label, marks, message):
    with pytest.raises(ValueError, match=message):
        Panel(label, marks)


def test_a_round_figure_and_a_question_need_one_plot():
    two = dataclasses.replace(simple(), marks=[Panel("a", LINES), Panel("b", LINES)])
    with pytest.raises(ValueError, match="equal=True needs one plot"):
        dataclasses.replace(two, equal=True)
    with pytest.raises(ValueError, match="drawn in one plot, but the figure has panels"):
        Predict("line", "Q").hidden(two)


def test_panels_are_unfolded_and_what_is_first_in_each_looks_alike():
    far = Line(X, X + 200, "line")
    figure = dataclasses.replace(simple(), marks=[
        Panel("a", [*LINES, Point(1, 1, "dot")]), Panel("b", [far, LINES[1]]), Panel("c", LINES[:1])])
    assert figure.panels == (("a", 3), ("b", 2), ("c", 1))
    assert figure.panel_of() == [0, 0, 0, 1, 1, 2]
    assert figure.colors() == [0, -1, 1, 0, -1, 0]
    assert figure.legend() == [("curve", "line", 0), ("dots", "dot", 1)]
    assert figure.names() == ["a: line", "limit", "a: dot", "b: line", "limit", "c: line"]
    assert figure.unseen() == "Not on the chart: b: line."
    again = dataclasses.replace(figure, marks=list(figure.marks))
    assert again.panels == figure.panels
    with pytest.raises(ValueError, match=r"does not fit 5 marks"):
        dataclasses.replace(figure, marks=figure.marks[1:])
