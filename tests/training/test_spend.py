"""Spend: closed forms against day-by-day sums, crossover against a search, limits and monotonicity."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import spend as sp

rates = st.floats(0, 1)
growths = st.floats(-0.5, 5)
declines = st.floats(-1, 0.9)


def ledger(years, training_usd, tokens, price, every, growth, decline, training_growth, discount):
    """Add up the service day by day, without any closed form: (training, serving)."""
    serving = training = 0.0
    days = round(years * 365)
    for day in range(days):
        t = (day + 0.5) / 365
        serving += tokens * (1 + growth) ** t * price * (1 - decline) ** t / (1 + discount) ** t
    run = 0
    while run * every < years or run == 0:
        training += training_usd * (1 + training_growth) ** (run * every) / (1 + discount) ** (run * every)
        run += 1
    return training, serving


@settings(max_examples=40)
@given(days=st.integers(30, 1500), every=st.floats(0.11, 5), growth=growths, decline=declines, more=growths,
       discount=rates)
def test_closed_forms_agree_with_a_ledger(days, every, growth, decline, more, discount):
    years = days / 365
    got = sp.cumulative_spend(years, sp.Runs(1e8, every, more), sp.Service(1e11, 1e-6, growth, decline), discount)
    training, serving = ledger(years, 1e8, 1e11, 1e-6, every, growth, decline, more, discount)
    assert got.training_usd == pytest.approx(training, rel=1e-9)
    assert got.serving_usd == pytest.approx(serving, rel=1e-4)
    assert got.total_usd == pytest.approx(training + serving, rel=1e-4)
    assert got.serving_share == pytest.approx(serving / (training + serving), rel=1e-4)


@given(t=st.floats(0.01, 5), growth=growths, decline=declines)
def test_daily_spend_is_the_slope_of_the_cumulative(t, growth, decline):
    step = 1e-4
    service = sp.Service(1e9, 1e-6, growth, decline)
    high, low = (sp.cumulative_serving_usd(x, service) for x in (t + step, t - step))
    daily = service.usd_per_day * ((1 + growth) * (1 - decline)) ** t
    assert (high - low) / (2 * step * 365) == pytest.approx(daily, rel=1e-4)


@given(share=st.floats(0, 0.99), every=st.floats(0.2, 10), growth=growths, decline=declines, discount=rates)
def test_demand_for_a_share_gives_that_share(share, every, growth, decline, discount):
    runs, service = sp.Runs(1e8, every), sp.Service(1.0, 1e-6, growth, decline)
    demand = sp.tokens_per_day_for_share(share, 3, runs, service, discount)
    got = sp.cumulative_spend(3, runs, replace(service, tokens_per_day=demand), discount)
    assert got.serving_share == pytest.approx(share, rel=1e-9, abs=1e-12)


@settings(max_examples=60)
@given(demand=st.floats(9, 13).map(lambda x: 10**x), every=st.floats(0.2, 10), growth=growths, decline=declines,
       more=st.floats(-0.5, 2), discount=rates)
def test_crossover_against_a_search(demand, every, growth, decline, more, discount):
    runs, service = sp.Runs(1e8, every, more), sp.Service(demand, 1e-6, growth, decline)
    days = sp.crossover_days(runs, service, discount)
    grid = np.linspace(0, min(40 * every, 30), 100_001)
    curve = sp.cumulative_spend(grid, runs, service, discount)
    passed = curve.serving_usd >= curve.training_usd
    first = grid[np.argmax(passed)] if passed.any() else np.inf
    if np.isinf(first):
        assert days > grid[-1] * 365 * 0.999
    else:
        assert days / 365 == pytest.approx(first, abs=2 * grid[1])


def test_crossover_of_one_run_at_constant_demand_is_a_division():
    assert sp.crossover_days(sp.Runs(1e8), sp.Service(1e11, 1e-6)) == pytest.approx(1e8 / (1e11 * 1e-6))


def test_serving_may_never_catch_up():
    # Demand that shrinks to a total below the cost of training; then retraining that outruns constant demand.
    assert sp.crossover_days(sp.Runs(1e8), sp.Service(1e11, 1e-6, growth_per_year=-0.9)) == np.inf
    assert sp.crossover_days(sp.Runs(1e8, retrain_every_years=1), sp.Service(1e11, 1e-6)) == np.inf
    assert sp.crossover_days(sp.Runs(1e8), sp.Service(0, 1e-6)) == np.inf
    assert sp.crossover_days(sp.Runs(0), sp.Service(1e9, 1e-6)) == 0


@given(demand=st.floats(10, 13).map(lambda x: 10**x), factor=st.floats(1.01, 10))
def test_share_is_monotone(demand, factor):
    def share(training_usd=1e8, tokens=demand, every=1.0, decline=0.0):
        service = sp.Service(tokens, 1e-6, price_decline_per_year=decline)
        return sp.cumulative_spend(3, sp.Runs(training_usd, every), service).serving_share

    assert share(tokens=demand * factor) > share()
    assert share(training_usd=1e8 * factor) < share()
    assert share(every=0.3) < share()
    assert share(decline=0.5) < share()
    assert sp.crossover_days(sp.Runs(1e8), sp.Service(demand * factor, 1e-6)) < sp.crossover_days(
        sp.Runs(1e8), sp.Service(demand, 1e-6))


def test_dollars_scale_and_the_share_does_not():
    one = sp.cumulative_spend(2, sp.Runs(1e8, 0.5), sp.Service(1e11, 1e-6))
    ten = sp.cumulative_spend(2, sp.Runs(1e9, 0.5), sp.Service(1e11, 1e-5))
    assert ten.total_usd == pytest.approx(10 * one.total_usd)
    assert ten.serving_share == pytest.approx(one.serving_share)


def test_nothing_spent_and_no_demand():
    assert sp.cumulative_spend(3, sp.Runs(0), sp.Service(0, 1e-6)).serving_share == 0
    assert sp.cumulative_spend(3, sp.Runs(1e8), sp.Service(0, 1e-6)).serving_share == 0
    assert sp.cumulative_serving_usd(0, sp.Service(1e11, 1e-6)) == 0
    assert sp.cumulative_training_usd(0, sp.Runs(1e8, 1)) == 1e8
    assert sp.tokens_per_day_for_share(0.5, 3, sp.Runs(1e8), sp.Service(1.0, 0)) == np.inf


def test_runs_are_counted_once_each():
    years = np.array([0, 0.3, 0.3 + 1e-6, 3, 3 + 1e-6])
    assert sp.cumulative_training_usd(years, sp.Runs(1, 0.3)).tolist() == pytest.approx([1, 1, 2, 10, 11])


def test_shapes():
    service = sp.Service(1e11, 1e-6)
    assert sp.cumulative_spend(np.linspace(0, 3, 50), sp.Runs([[1e8], [1e9]]), service).total_usd.shape == (2, 50)
    assert sp.crossover_days(sp.Runs(np.full((4, 1), 1e8)), sp.Service(np.full(5, 1e11), 1e-6)).shape == (4, 5)
    assert isinstance(sp.crossover_days(sp.Runs(1e8), service), float)


def test_a_percentage_is_refused():
    with pytest.raises(ValueError, match=r"discount_rate=8 is outside \[0, 2\]; give a fraction"):
        sp.cumulative_spend(3, sp.Runs(1e8), sp.Service(1e9, 1e-6), discount_rate=8)
    with pytest.raises(ValueError, match=r"cost_usd_per_token=0.4 is outside .* per million tokens\?"):
        sp.Service(1e9, 0.4)
