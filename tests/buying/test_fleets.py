"""Fleets: by hand, against the formulas below them, and the newsvendor's rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import serving
from inference_economics.buying import break_even, fleets, market

CURVE = serving.daily_curve(2.0)


def test_an_owned_fleet_by_hand():
    """86,400,000 tokens a day at a peak of twice the mean are two servers of 1,000 a second, and one person."""
    usd = fleets.owned_fleet_usd_per_token(86_400_000.0, 1000.0, 2.0, 100_000.0, 50.0, 250_000.0)
    assert usd * 86_400_000 * 365 == pytest.approx(2 * 100_000 + 250_000)


def test_copies_follow_the_hours_and_are_never_none():
    copies = fleets.copies_by_hour(np.array([864e6, 1.0]), 1000.0, CURVE)
    assert copies.shape == (2, 24)
    assert copies[0].max() == break_even.servers_for_demand(864e6, 1000.0, 2.0)
    assert np.all(copies[1] == 1)


@given(st.floats(0.2, 1.0), st.integers(0, 40))
def test_the_best_contract_is_the_newsvendors(ratio, held):
    """Reserve the copies that are needed more often than the two prices stand to each other."""
    hours = fleets.copies_by_hour(864e6, 1000.0, CURVE)
    cost = [fleets.partly_reserved_usd_per_token(864e6, hours, float(k), 4, ratio * 4.0, 4.0) for k in range(41)]
    share = market.reserved_break_even_utilisation(ratio * 4.0, 4.0)
    best = sum(np.mean(hours >= k) > share for k in range(1, 41))
    assert min(cost) == pytest.approx(cost[best])
    assert cost[held] >= min(cost) * (1 - 1e-12)


def test_nothing_reserved_is_renting_and_everything_is_holding():
    hours = fleets.copies_by_hour(864e6, 1000.0, CURVE)
    none = fleets.partly_reserved_usd_per_token(864e6, hours, 0.0, 4, 2.0, 4.0)
    assert none == pytest.approx(break_even.rented_usd_per_token(864e6, hours, 4, 4.0))
    every = fleets.partly_reserved_usd_per_token(864e6, hours, float(hours.max()), 4, 2.0, 4.0)
    assert every == pytest.approx(hours.max() * 24 * 4 * 2.0 / 864e6)
