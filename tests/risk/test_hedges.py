"""Hedges: against paths drawn one by one, and against what each must cost in plain cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import hedges, price_paths

ROUGH = price_paths.PriceProcess(0.05, 0.3)


def test_without_a_hedge_the_bill_follows_the_price():
    bill = hedges.hedged_bill(1e6, price_paths.PriceProcess(0.0, 0.25), hedges.Hedge())
    assert bill.expected_usd == pytest.approx(1e6)
    assert bill.dear_usd == pytest.approx(1e6 * np.exp(1.645 * 0.25 * 3**0.5 - 0.25**2 / 2 * 3))
    assert bill.halved_usd == pytest.approx(5e5)


def test_a_cap_and_a_fixed_part_against_drawn_paths():
    draws = price_paths.draws(20_000, 36, seed=3)
    paths = price_paths.simulate_prices(1.0, draws, ROUGH)[:, [6, 18, 30]]  # the middle of each year
    hedge = hedges.Hedge(1.1, 0.4, 0.9, 3e4)
    drawn = 1e6 * (0.4 * 0.9 + 0.6 * np.minimum(paths, 1.1).mean()) + 3e4
    assert hedges.hedged_bill(1e6, ROUGH, hedge).expected_usd == pytest.approx(drawn, rel=0.005)


@given(cap=st.floats(0.5, 5), share=st.floats(0, 1), price=st.floats(0.3, 3), upkeep=st.floats(0, 1e5))
def test_a_cap_only_helps_and_what_is_fixed_stays_when_demand_halves(cap, share, price, upkeep):
    hedge = hedges.Hedge(cap, share, price, upkeep)
    free = hedges.Hedge(fixed_fraction=share, fixed_price=price, upkeep_usd_per_year=upkeep)
    one, other = hedges.hedged_bill(1e6, ROUGH, hedge), hedges.hedged_bill(1e6, ROUGH, free)
    assert one.expected_usd <= other.expected_usd * (1 + 1e-12)
    assert one.dear_usd <= other.dear_usd * (1 + 1e-12)
    assert one.halved_usd >= 1e6 * share * price * (1 - 1e-12)


@pytest.mark.parametrize("years", [0.5, 1.5, [1, 2], [], 0, float("nan")])
def test_years_that_cannot_be_counted_are_refused(years):
    with pytest.raises(ValueError, match="horizon_years"):
        hedges.hedged_bill(1e6, ROUGH, hedges.Hedge(), years)
