"""Marks of rectangles: where they stand, what is written on them, and what they refuse."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from small_figures import simple

from kernelless import Axis, Blocks, Cells, Figure, Slider, Spans, Stack, Waterfall, explore
from kernelless.boxes import SHADES, named_kinds

NAMES = Axis("", categories=("Chips", "Power", "Cost", "Margin", "Price"))
PLACES = Axis("x", (0, 10))


def figure_with(mark, **axes):
    return Figure(**({"x": PLACES, "y": PLACES} | axes), marks=[mark])


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


@pytest.mark.parametrize(("totals", "values", "message"), [
    ((5,), 4, r"totals=\(5,\) must be different places among 5"), ((1, 1), 3, r"different places"),
    ((1.0,), 4, r"different places"), ((2, 4), 4, r"value has shape \(4,\), but of 5 categories 2 are totals")])
def test_a_waterfall_has_a_change_or_a_total_for_each_category(totals, values, message):
    with pytest.raises(ValueError, match=message):
        figure_with(Waterfall(np.ones(values), "w", totals=totals), y=NAMES)


@pytest.mark.parametrize("mark", [Stack(np.ones(2), "s", words=("a", "b")), Waterfall(np.ones(5), "s")])
def test_parts_are_not_added_on_a_log_axis(mark):
    log = Axis("v", (1, 10), scale="log")
    axes = {"x": log, "y": NAMES} if isinstance(mark, Waterfall) else {"x": PLACES, "y": log}
    with pytest.raises(ValueError, match=r"'s': a log axis has no zero to add parts from"):
        figure_with(mark, **axes)


def test_cells_stand_in_rows_from_the_first():
    cells = Cells(GRID, "c", levels=(0, 6), at=(1, 5), step_by=(2, -1), gap=0.5)
    left, right, low, high, step = cells.places()
    np.testing.assert_array_equal((left + right) / 2, [1, 3, 5, 1, 3, 5])
    np.testing.assert_array_equal((low + high) / 2, [5, 5, 5, 4, 4, 4])
    np.testing.assert_array_equal(right - left, np.ones(6))
    np.testing.assert_array_equal(high - low, np.full(6, 0.5))
    np.testing.assert_array_equal(step, np.arange(6))


@pytest.mark.parametrize(("value", "shade"), [
    (0, 0), (1, SHADES - 1), (0.999, SHADES - 1), (1 / SHADES, 1), (np.nan, np.nan)])
def test_a_shade_is_a_sixth_of_the_levels(value, shade):
    np.testing.assert_array_equal(Cells(np.full((1, 1), value), "c", levels=(0, 1)).step, [shade])


def test_a_stack_adds_up_from_its_base_and_goes_down_for_less():
    stack = Stack(np.array([3.0, 2, -1]), "s", words=("a", "b", "c"), base=1.0, at=2.0, width=1.0, unit="B")
    left, right, low, high, step = stack.places()
    np.testing.assert_array_equal(low, [1, 4, 6])
    np.testing.assert_array_equal(high, [4, 6, 5])
    assert (set(left), set(right), list(step)) == ({1.5}, {2.5}, [0, 1, 2])
    assert stack.captions() == [["a 3 B"], ["b 2 B"], ["c −1 B"]]
    assert stack.legend(0) == []


def test_a_waterfall_runs_and_its_totals_start_at_zero():
    bill = Waterfall(np.array([3.0, 2, -1]), "bill", totals=(2, 4), unit="USD")
    figure_with(bill, y=NAMES)
    left, right, low, high, step = bill.places()
    np.testing.assert_array_equal(left, [0, 3, 0, 5, 0])
    np.testing.assert_array_equal(right, [3, 5, 5, 4, 4])
    np.testing.assert_array_equal(step, [0, 0, 2, 1, 2])
    np.testing.assert_allclose((low + high) / 2, np.arange(5), atol=1e-12)
    assert bill.captions() == [["$3"], ["$2"], ["$5"], ["−$1"], ["$4"]]


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


def test_the_page_gets_one_row_of_cells_and_not_a_table_of_corners():
    def grid(used):
        places = np.arange(2000).reshape(40, 50)
        return Figure(Axis("x", (-1, 50)), Axis("y", (-1, 40)), [
            Cells(np.where(places < used, 0.0, 1.0), "c", kinds=("a", "b"))])

    made = explore(grid, title="t", watch="w", used=Slider(0, 2000, value=500))
    assert len(str(made.program)) < 14_000  # mostly the 2,000 places that the author compares
