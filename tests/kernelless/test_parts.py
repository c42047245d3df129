"""Marks, readouts and states: the shapes and words that they refuse, and what a mark says of itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from parity.synthetic import SPECS
from small_figures import X, args, declare, figure_of, simple

from kernelless import (
    Axis,
    Band,
    Bars,
    CannotBeTraced,
    Choice,
    Figure,
    Label,
    Line,
    Point,
    Readout,
    Rule,
    Slider,
    State,
)
from kernelless.page import _swatch
from kernelless.parts import Mark

PARTS = {
    "lengths": (args(marks=lambda a: [Line(X, a * X[:5], "l")]), r"line 'l' needs .* but has x \(11,\), y \(5,\)"),
    "a table": (args(marks=lambda a: [Line(X, a * np.ones((2, 11)), "l")]), r"line 'l' needs .* rows of one length"),
    "readout of many": (args(readouts=lambda a: [Readout("r", a * X)]), r"readout 'r': value must be one number.*11"),
    "state of many": (args(states=lambda a: [State(a > X, "yes", "no")]), r"state 'yes': ok must be one number"),
    "rule of many": (args(marks=lambda a: [Line(X, a * X, "l"), Rule("r", x=X)]), r"rule 'r': x must be one number"),
    "rule of both": (args(marks=lambda a: [Rule("r", x=a, y=1)]), r"rule 'r' needs either x or y"),
    "rule of none": (args(marks=lambda a: [Rule("r")]), r"rule 'r' needs either x or y"),
    "bars without categories": (args(marks=lambda a: [Bars(a * X, "b")]), r"bars 'b' needs an axis with categories"),
    "bars of another number": (args(x=Axis("x", categories=("p", "q")), marks=lambda a: [Bars(a * X, "b")]),
                               r"bars 'b': value has shape \(11,\) .* there are 2 categories"),
    "label no text": (args(marks=lambda a: [Line(X, a * X, 3)]), r"line: label=3 must be text"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_refuses(name):
    parts, message = PARTS[name]
    with pytest.raises(ValueError, match=message):
        figure_of(**parts)


@pytest.mark.parametrize("mark", [lambda s: Line(X, X, s.name), lambda s: Point(1, 1, s.name),
                                  lambda s: Band(X, X, X, s.name)])
def test_the_words_of_a_legend_stand_still(mark):
    def figure(spec, a):
        return dataclasses.replace(simple(a * spec.size), marks=[mark(spec)])

    with pytest.raises(ValueError, match=r"label=.* must stand still; only the words of a Rule, a Label or a State"):
        declare(figure, spec=Choice(*SPECS), a=Slider(0.5, 5.0, value=1.0))


def test_words_put_together_are_refused_with_the_repair():
    def figure(spec, a):
        return dataclasses.replace(simple(a * spec.size), marks=[Rule(f"the {spec.title}", y=a)])

    message = r"text or a dictionary key needs one of Small 1.*in figure: .*tabulate\(function, choice\)"
    with pytest.raises(CannotBeTraced, match=message):
        declare(figure, spec=Choice(*SPECS), a=Slider(0.5, 5.0, value=1.0))


def test_a_mark_says_where_it_is_seen():
    figure = Figure(Axis("x", (0, 10)), Axis("y", (1, 100), scale="log"), [Line(0, 1, "l")])
    bars = Figure(Axis("n", categories=("p", "q")), Axis("y", (1, 100)), [Bars(np.ones(2), "b")])
    for mark, expected in [
        (Line(X, X, "l"), [False] + [True] * 10), (Point(11, 5, "p"), False), (Point(5, np.nan, "p"), False),
        (Band(np.array([0, 5, 11]), 0.5, np.array([0.9, 2, 2]), "b"), [False, True, False]),
        (Rule("r", x=10), True), (Rule("r", y=0.5), False), (Label(99, 99, "t"), True),
    ]:
        np.testing.assert_array_equal(mark.inside(figure), expected)
    np.testing.assert_array_equal(Bars(np.array([50.0, 0.5]), "b").inside(bars), [True, False])


def test_constants_are_what_neither_moves_nor_is_said():
    assert Bars(1, "b", width=0.5).constants() == {"width": 0.5}
    assert Label(1, 2, "t", 3, "USD").constants() == {"unit": "USD"}
    assert Readout("r", 1, "B").constants() == {"unit": "B"}
    assert [part.constants() for part in (Line(X, X, "l", 3), Rule("r", x=1), State(True, "yes", "no"))] == [{}] * 3


def test_every_stroke_of_a_legend_is_one_that_the_page_can_show():
    for cls in Mark.__subclasses__():
        assert cls.swatch == "" or _swatch(cls.swatch, 0).startswith("<svg")
