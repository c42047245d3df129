"""Machines over the years: by hand, and what must hold for any demand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.buying import purchases as buy

DEMAND = st.lists(st.floats(0, 500), min_size=1, max_size=10).map(np.array)


def test_growing_demand_is_met_and_worn_machines_are_replaced():
    found = buy.purchases(np.array([1.0, 2.0, 3.0, 3.0, 3.0]), 3.0)
    assert found.bought.tolist() == [1, 1, 1, 1, 1]
    assert found.standing.tolist() == [1, 2, 3, 3, 3]


def test_what_is_bought_in_year_five_does_more_than_todays():
    """Chips that double their work every two years: sixteen of today's need four in year four."""
    found = buy.purchases(np.array([16.0, 0, 0, 0, 16.0]), 4.0, 2**0.5 - 1)
    assert found.bought.tolist() == [16, 0, 0, 0, 4]


def test_falling_demand_sells_nothing():
    assert buy.purchases(np.array([5.0, 1.0, 1.0]), 9.0).standing.tolist() == [5, 5, 5]


@given(DEMAND, st.floats(1, 12), st.floats(0, 1))
def test_what_stands_always_carries_the_demand(needed, life, better):
    found = buy.purchases(needed, life, better)
    for k, work in enumerate(needed):
        alive = [found.bought[j] * (1 + better)**j for j in range(k + 1) if k - j < life]
        assert sum(alive) >= work * (1 - 1e-9) - 1e-6
        assert found.standing[k] == sum(found.bought[j] for j in range(k + 1) if k - j < life)


@given(DEMAND, st.floats(1, 12))
def test_better_machines_never_need_more_money(needed, life):
    plain, better = buy.purchases(needed, life), buy.purchases(needed, life, 0.5)
    assert np.sum(better.bought) <= np.sum(plain.bought) + len(needed)  # whole machines: one a year at the most


@given(DEMAND, st.floats(1, 12))
def test_all_that_was_paid_is_written_off_or_on_the_books(needed, life):
    bought = buy.purchases(needed, life).bought
    written_off = np.sum(buy.depreciation_usd(bought, 3e5, life))
    left = buy.book_value_usd(bought, 3e5, life, float(len(bought)))
    assert written_off + left == pytest.approx(np.sum(bought) * 3e5, abs=1e-3)


def test_book_value_by_hand():
    """Two servers of $300,000 over five years: after three, the first is worth 2/5, the one of year two 4/5."""
    assert buy.book_value_usd(np.array([1.0, 0.0, 1.0]), 3e5, 5.0, 3.0) == pytest.approx(3e5 * (0.4 + 0.8))


def test_arrays_of_lives_broadcast():
    found = buy.purchases(np.array([2.0, 2.0, 2.0]), np.array([1.0, 3.0]))
    assert found.bought.tolist() == [[2, 2, 2], [2, 0, 0]]


def test_one_number_is_no_demand_by_year():
    with pytest.raises(ValueError, match=r"needed=.* one for each year"):
        buy.purchases(3.0, 5.0)
