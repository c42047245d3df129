"""Arrows, flows, brackets and notes: where they stand, what they say, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from parity.synthetic import SPECS
from small_figures import simple

from kernelless import Arrows, Axis, Blocks, Bracket, Choice, Figure, Flow, Line, Note, Slider, explore, tabulate

PLACES = Axis("x", (0, 10))
TWO = Blocks(np.array([1.0, 6.0]), np.array([2.0, 8.0]), "b", words=("here", "there"), width=2.0,
             height=np.array([1.0, 3.0]))


def figure_with(mark, **axes):
    return Figure(**({"x": PLACES, "y": PLACES} | axes), marks=[mark])


REFUSED = {
    "value alone": (lambda: Arrows(0, 0, 1, 1, "a", value=3), r"arrows 'a' needs both value and widest"),
    "widest alone": (lambda: Arrows(0, 0, 1, 1, "a", widest=3), r"needs both value and widest"),
    "wider than the widest": (lambda: Arrows(0, 0, 1, 1, "a", value=3, widest=2), r"value 3 is outside 0 to widest=2"),
    "below zero": (lambda: Arrows(0, 0, 1, 1, "a", value=-1, widest=2), r"value -1 is outside"),
    "widest of nothing": (lambda: Arrows(0, 0, 1, 1, "a", value=0, widest=0), r"widest=0 must be a fixed number"),
    "words for none": (lambda: Arrows(0, 0, 1, 1, "a", words=("x", "y")), r"must be 1 texts, one for each arrow"),
    "lengths": (lambda: Arrows(np.ones(2), 0, np.ones(3), 1, "a"), r"rows of one length"),
    "an unknown block": (lambda: Arrows.between(TWO, (("here", "their"),), "a"), r"unknown block 'their'.*Did you"),
    "an unknown side": (lambda: Arrows.between(TWO, (("here", "here"),), "a", side="east"), r"unknown side 'east'"),
    "an unknown axis": (lambda: Bracket("b", 0, 1, 1, along="z"), r"unknown axis 'z'; known: y, x"),
    "a bracket of many": (lambda: Bracket("b", np.ones(2), 1, 1), r"bracket 'b': start must be one number"),
    "an offset that moves": (lambda: Note("n", 1, 1, dx=np.inf), r"dx=inf and dy=-16\.0 must be fixed numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mark_of_a_diagram_refuses(name):
    mark, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        figure_with(mark())


def test_a_flow_has_no_thickness_on_a_log_axis():
    with pytest.raises(ValueError, match="flow 'f': a log axis has no zero"):
        figure_with(Flow(0, 1, 1, 1, 1, "f"), y=Axis("y", (1, 10), scale="log"))


@pytest.mark.parametrize(("side", "expected"), [
    ("right", (2, 2, 5, 8)), ("left", (0, 2, 7, 8)), ("up", (1, 2.5, 6, 6.5)), ("down", (1, 1.5, 6, 9.5))])
def test_arrows_go_from_edge_to_edge(side, expected):
    arrows = Arrows.between(TWO, (("here", "there"),), "a", side=side)
    assert (arrows.x, arrows.y, arrows.to_x, arrows.to_y) == tuple(np.array([place]) for place in expected)


def test_words_and_values_stand_together():
    arrows = Arrows(0, 0, 1, np.ones(2), "a", value=np.array([1.0, 2]), widest=2, unit="B", words=("x", ""))
    assert arrows.captions() == ["x 1 B", "2 B"]
    assert Note("cost", 1, 2, value=3, unit="USD").words() == "cost $3"
    assert Bracket("all", 1, 2, 3).words() == "all"


def test_a_mark_of_a_diagram_says_where_it_is_seen():
    figure = simple()  # x 0..10, y 0..100
    for mark, expected in [
        (Arrows(-1, -1, 1, 1, "a"), [True]), (Arrows(-5, 1, -1, 1, "a"), [False]),
        (Arrows(np.nan, 1, 1, 1, "a"), [False]),
        (Flow(0, 5, -20, -20, 10, "f"), [False]), (Flow(0, 5, -20, 40, 10, "f"), [True]),
        (Flow(0, 5, 0, np.inf, 10, "f"), [False]), (Note("n", 11, 1), False), (Note("n", 1, 1), True),
        (Bracket("b", -5, 200, 5), True), (Bracket("b", 1, 2, 11), False), (Bracket("b", 1, 2, 11, along="x"), True),
    ]:
        np.testing.assert_array_equal(mark.inside(figure), expected)


def test_the_words_of_a_note_may_be_chosen_and_those_of_arrows_may_not():
    def figure(spec, a):
        return Figure(PLACES, PLACES, [Line(np.arange(3.0), a * spec.size, "l"),
                                       Note(tabulate(lambda s: s.title, spec), 1.0, a)])

    made = explore(figure, title="t", watch="w", spec=Choice(*SPECS), a=Slider(0.1, 5.0, value=1.0))
    assert made.spec["marks"][1]["label"]["texts"] == [spec.title for spec in SPECS]

    def wrong(spec, a):
        return Figure(PLACES, PLACES, [Arrows(a, 1, 2, 2, tabulate(lambda s: s.title, spec))])

    with pytest.raises(ValueError, match="must stand still"):
        explore(wrong, title="t", watch="w", spec=Choice(*SPECS), a=Slider(0.1, 5.0, value=1.0))
