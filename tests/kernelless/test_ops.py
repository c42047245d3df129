"""The rows of the table: each operation in the page's script equals numpy's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from parity import harness
from traced_numbers import HOSTILE, RANDOM, RNG, SMALL, in_page

from kernelless.ops import BITWISE, OPS


def columns(count: int) -> list[np.ndarray]:
    """Return argument columns: every combination of hostile values, and random rows."""
    hostile = np.array(list(itertools.product(HOSTILE, repeat=count)))
    if len(hostile) > 4000:
        hostile = hostile[RNG.choice(len(hostile), 4000, replace=False)]
    random = np.column_stack([RNG.permutation(RANDOM) for _ in range(count)])
    small = np.column_stack([RNG.permutation(SMALL) for _ in range(count)])
    return list(np.concatenate([hostile, random, small]).T)


@pytest.mark.parametrize("ufunc", OPS, ids=lambda ufunc: OPS[ufunc].name)
def test_each_operation_equals_numpy(page, ufunc):
    op = OPS[ufunc]
    arrays = columns(ufunc.nin)
    if ufunc in (np.sin, np.cos, np.tan):  # beyond, the last digits of the argument itself are what is compared
        arrays = [array[~(np.abs(array) > 1e9)] for array in arrays]
    with np.errstate(all="ignore"):
        expected = np.asarray(ufunc(*arrays), dtype=float)
    got = in_page(page, ufunc, *arrays)
    if ufunc in (np.minimum, np.maximum):  # of 0 and -0 numpy takes either, as the processor has it
        wrong = ~(harness.same(got, expected) | ((got == 0) & (expected == 0)))
    elif op.exact:
        wrong = ~harness.same(got, expected)
    else:
        with np.errstate(all="ignore"):
            close = np.abs(got - expected) <= 1e-15 * np.abs(expected) + 1e-322
        wrong = ~(harness.same(got, expected) | close)
    rows = np.column_stack([*arrays, expected, got])[wrong]
    assert not wrong.any(), f"{wrong.sum()} of {wrong.size} rows differ (arguments, numpy, page):\n{rows[:8]}"


def test_where_equals_numpy(page):
    condition, x, y = columns(3)
    assert harness.same(in_page(page, np.where, condition, x, y), np.where(condition, x, y)).all()


def test_every_bitwise_operator_has_a_meaning():
    assert set(BITWISE) == {np.bitwise_and, np.bitwise_or, np.invert}
