"""Rectangles that add up: from their base, through changes to totals, and not on a logarithmic axis."""

from __future__ import annotations

import numpy as np
import pytest
from small_figures import NAMES, PLACES, figure_with

from kernelless import Axis, Stack, Waterfall


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
