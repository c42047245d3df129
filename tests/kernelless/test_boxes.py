"""Marks of rectangles: where they stand, what is written on them, and what they refuse."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from small_figures import PLACES, figure_with, simple

from kernelless import Blocks, Cells, Figure, Spans, Stack, Waterfall
from kernelless.boxes import named_kinds

GRID = np.arange(6.0).reshape(2, 3)
REFUSED = {
    "a row of cells": (lambda: Cells(np.arange(3.0), "c", kinds=("a", "b", "c")), r"shape \(rows, columns\).*\(3,\)"),
    "no cells": (lambda: Cells(np.zeros((0, 3)), "c", kinds=("a",)), r"shape \(rows, columns\).*\(0, 3\)"),
    "neither kinds nor levels": (lambda: Cells(GRID, "c"), r"cells 'c' needs either kinds=.* or levels="),
    "kinds and levels": (lambda: Cells(GRID, "c", kinds=("a",), levels=(0, 1)), r"needs either kinds"),
    "a kind too many": (lambda: Cells(GRID, "c", kinds=("a", "b")), r"kind 2 is none of 0 to 1 \(a, b\); NaN draws"),
    "half a kind": (lambda: Cells(GRID * 0.5, "c", kinds=("a", "b", "c")), r"kind 0\.5 is none of 0 to 2"),
    "a kind below": (lambda: Cells(GRID - 1, "c", kinds=tuple("abcdef")), r"kind -1 is none"),
    "beyond the levels": (lambda: Cells(GRID, "c", levels=(0, 4)), r"5 is outside levels 0 to 4; widen them, or clip"),
    "infinite": (lambda: Cells(GRID + np.inf, "c", levels=(0, 4)), r"inf is outside levels 0 to 4"),
    "levels that fall": (lambda: Cells(GRID, "c", levels=(9, 0)), r"levels=\(9, 0\) must rise"),
    "levels of nothing": (lambda: Cells(GRID, "c", levels=(0, np.nan)), r"must be fixed, finite numbers"),
    "no way to the next": (lambda: Cells(GRID, "c", levels=(0, 9), step_by=(0, 1)), r"step_by not 0"),
    "nothing but gap": (lambda: Cells(GRID, "c", levels=(0, 9), gap=1.0), r"gap=1\.0 must be a share"),
    "words for some": (lambda: Cells(GRID, "c", levels=(0, 9), words=("a",)), r"1 words for 6 rectangles"),
    "words in one": (lambda: Blocks(1, 1, "b", words="queue"), r"words='queue' must be a list of fixed texts"),
    "no word": (lambda: Blocks(1, 1, "b", words=(3,)), r"words=\(3,\) must be a list of fixed texts"),
    "unit no text": (lambda: Blocks(1, 1, "b", value=2, unit=3), r"blocks 'b': unit=3 must be text"),
    "spans of two lengths": (lambda: Spans(np.arange(3), np.arange(3), np.arange(4), "s"), r"rows of one length"),
    "a table of spans": (lambda: Spans(np.zeros((2, 2)), 0, 1, "s"), r"rows of one length"),
    "a span of no kind": (lambda: Spans(1, 0, 1, "s", kinds=("a",), kind=1), r"kind 1 is none of 0 to 0"),
    "a stack of one number": (lambda: Stack(3.0, "s", words=("a",)), r"value must be a row of parts.*\(\)"),
    "a stack without names": (lambda: Stack(np.ones(2), "s"), r"stack 's' needs words: a name for each part"),
    "a stack with a name too few": (lambda: Stack(np.ones(2), "s", words=("a",)), r"1 words for 2 rectangles"),
    "a waterfall without names": (lambda: Waterfall(np.ones(2), "w"), r"needs a y axis with categories"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mark_of_rectangles_refuses(name):
    mark, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        figure_with(mark())


@pytest.mark.parametrize("kinds", ["ab", b"ab", (), {}, ("a", "a"), ("a", ""), (1, 2), {"a": 6}, {"a": -1},
                                   {"a": "red"}, {"a": True}, {"a": 1.0}, 3, tuple("abcdefg")])
def test_kinds_are_names_with_places_in_the_palette(kinds):
    with pytest.raises(ValueError, match=r"kinds=.* must be different names.*0 to 5, None for an outline"):
        named_kinds("cells 'c'", kinds)


def test_kinds_by_name_and_by_place():
    assert named_kinds("c", ("a", "b")) == {"a": 0, "b": 1}
    assert named_kinds("c", {"a": 3, "b": None}) == {"a": 3, "b": None}


def test_what_lies_outside_is_named_and_what_is_nan_is_not_there():
    spans = Spans(np.array([1.0, 1, 1]), np.array([0.0, 20, np.nan]), np.array([5.0, 30, 5]), "s")
    np.testing.assert_array_equal(spans.inside(simple()), [True, False, False])
    assert figure_with(dataclasses.replace(spans, start=20.0, end=30.0)).unseen() == "Not on the chart: s."
    kept = Cells(np.full((1, 2), np.nan), "none", kinds=("a",))
    assert figure_with(kept).unseen() == "Not on the chart: none."


def test_a_legend_names_kinds_once_and_an_outline_for_none():
    kinds = {"used": 2, "free": None}
    figure = Figure(PLACES, PLACES, [
        Cells(GRID * 0, "one", kinds=kinds), Cells(GRID * 0, "two", kinds=kinds, at=(5, 5)),
        Cells(GRID, "share", levels=(0, 5), unit="%"), Blocks(1, 1, "three", words=("a",))])
    assert figure.legend() == [("cell", "used", 2), ("hollow", "free", -1), ("shades", "share: 0% to 500%", 3)]
