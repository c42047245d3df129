"""Exposure: closed forms against simulation, identities at the break-even points, limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import exposure as ex
from inference_economics.buying.ownership import capital_recovery_factor
from inference_economics.risk.price_paths import PriceProcess, draws, simulate_prices

TABLE = draws(40_000, 12, seed=11)
money = st.floats(1, 1e9)
shares = st.floats(0, 1)


@given(revenue=money, cost=money, exposed=st.floats(0.01, 1))
def test_the_break_even_shock_takes_the_whole_margin(revenue, cost, exposed):
    shock = ex.break_even_shock(revenue, cost, exposed)
    if 0 < shock <= 1e4:
        tiny = 1e-6 * max(1, cost / revenue)
        assert ex.margin_after_shock(revenue, cost, shock, exposed) == pytest.approx(0, abs=tiny)


def test_shocks_by_hand():
    assert ex.margin_after_shock(100, 60, 1) == pytest.approx(0.4)
    assert ex.margin_after_shock(100, 60, 2) == pytest.approx(-0.2)
    assert ex.margin_after_shock(100, 60, 2, 0.5) == pytest.approx(0.1)
    assert ex.break_even_shock(100, 60) == pytest.approx(100 / 60)
    assert ex.break_even_shock(100, 60, 0) == np.inf
    assert ex.margin_after_shock(0, 60, 1) == -np.inf


@settings(max_examples=12)
@given(cost=st.floats(30, 95), drift=st.floats(-0.3, 0.5), vol=st.floats(0.05, 0.6), exposed=st.floats(0.3, 1))
def test_margin_at_risk_against_simulated_paths(cost, drift, vol, exposed):
    process = PriceProcess(drift, vol)
    paths = simulate_prices(1.0, TABLE, process)[:, 12]
    margins = 1 - cost * (1 - exposed + exposed * paths) / 100
    bad = ex.margin_at_risk(1, 100, cost, process, exposed)
    assert (margins < bad).mean() == pytest.approx(0.05, abs=0.006)


@given(years=st.floats(0, 5), vol=st.floats(0, 1), more=st.floats(0.1, 2))
def test_margin_at_risk_is_monotone(years, vol, more):
    process = PriceProcess(0.0, vol)
    base = ex.margin_at_risk(years, 100, 60, process)
    assert ex.margin_at_risk(years, 100, 60, process, z=1.645 + more) <= base
    assert ex.margin_at_risk(years, 100, 60, PriceProcess(more, vol)) <= base + 1e-12
    assert ex.margin_at_risk(0, 100, 60, PriceProcess(0.3, vol)) == pytest.approx(0.4)


def test_concentration():
    assert ex.concentration([1, 0, 0]) == 1
    assert ex.concentration([0.25] * 4) == pytest.approx(0.25)
    assert ex.concentration([0.1, 0.1]) == pytest.approx(0.5)
    assert ex.concentration([[0.5, 0.5], [1, 0]]).tolist() == [0.5, 1]
    assert ex.concentration([0, 0]) == 1
    with pytest.raises(ValueError, match="must be a list with one share for each supplier"):
        ex.concentration(0.5)


def test_the_bill_for_a_move():
    cost = ex.switching_cost_usd(6, 20_000, 50_000, 2, 30_000)
    assert cost == 230_000
    assert ex.switching_payback_years(cost, 115_000) == 2
    assert ex.switching_payback_years(cost, 0) == np.inf


@given(alternative=st.floats(0.1, 10), volume=st.floats(1e3, 1e9), move=st.floats(0, 1e7), years=st.integers(1, 10),
       rate=st.floats(0, 0.5))
def test_at_the_threshold_moving_and_staying_cost_the_same(alternative, volume, move, years, rate):
    rise = ex.switching_threshold(2.0, alternative, volume, move, years, rate)
    paid = (2.0 * rise - alternative) * volume
    assert paid / capital_recovery_factor(rate, years) == pytest.approx(move, rel=1e-6, abs=1e-6 * volume)


def test_a_move_that_costs_nothing_or_serves_nothing():
    assert ex.switching_threshold(2, 1, 100, 0, 3) == 0.5
    assert ex.switching_threshold(2, 1, 0, 0, 3) == 0.5
    assert ex.switching_threshold(2, 1, 0, 10, 3) == np.inf


def test_a_commitment_by_hand():
    assert ex.committed_usd([50, 100, 200], 100, 0.3).tolist() == [100, 100, 140]
    # It beats list prices exactly above the promise.
    at_list = np.array([99.0, 101.0])
    assert (ex.committed_usd(at_list, 100, 0.3) < at_list).tolist() == [False, True]


@settings(max_examples=12)
@given(mean=st.floats(20, 500), vol=st.floats(0, 1), discount=shares)
def test_expected_commitment_against_simulated_demand(mean, vol, discount):
    z = np.random.default_rng(4).standard_normal(200_000)
    demand = mean * np.exp(vol * np.concatenate([z, -z]) - vol**2 / 2)
    bills = ex.committed_usd(demand, 100, discount)
    noise = bills.std() / np.sqrt(len(z))
    assert ex.expected_committed_usd(mean, vol, 100, discount) == pytest.approx(bills.mean(), abs=5 * noise + 0.01)


@given(mean=st.floats(20, 500), vol=st.floats(0, 1), discount=shares)
def test_uncertain_demand_never_makes_a_commitment_cheaper(mean, vol, discount):
    certain = ex.committed_usd(mean, 100, discount)
    assert ex.expected_committed_usd(mean, vol, 100, discount) >= certain * (1 - 1e-12)
    assert ex.expected_committed_usd(mean, 0, 100, discount) == pytest.approx(certain)


@given(cost=st.floats(1, 99), shock=st.floats(0.1, 20), exposed=st.floats(0, 1), passed=st.floats(0, 1))
def test_a_rise_passed_on_in_full_leaves_the_profit_and_a_cut_stays(cost, shock, exposed, passed):
    kept = ex.revenue_after_passing_on(100, cost, shock, exposed, 1.0)
    profit = kept * ex.margin_after_shock(kept, cost, shock, exposed)
    assert profit == pytest.approx(100 - cost + cost * exposed * max(1 - shock, 0), rel=1e-9)
    assert ex.revenue_after_passing_on(100, cost, min(shock, 1.0), exposed, passed) == 100
    assert ex.revenue_after_passing_on(100, cost, shock, exposed, 0.0) == 100


def test_slips_are_named():
    with pytest.raises(ValueError, match=r"committed_discount=30 is outside \[0, 1\]; give a fraction"):
        ex.committed_usd(100, 100, 30)
    with pytest.raises(ValueError, match=r"shock_factor=0 is outside \(0, 1e\+30\]"):
        ex.margin_after_shock(100, 60, 0)
