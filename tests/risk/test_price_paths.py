"""Price paths: simulation against closed forms, fits against the recorded series."""

from dataclasses import astuple
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import price_paths as pp

TABLE = pp.draws(20_000, 24, seed=1)

# Monthly index of H100 rental prices: (year, month of the first, prices), a gap after the first.
H100 = [3.378, 4.777, 4.843, 4.586, 4.586, 4.326, 4.263, 3.843, 3.843, 3.509, 3.041, 2.93, 3.028, 3.028, 3.15, 3.332,
        3.028, 3.228, 3.136, 2.885, 2.879, 3.028, 2.729, 2.879, 3.308, 3.028, 3.103, 3.299, 2.993, 3.554, 3.317, 3.542,
        3.789, 3.789]
H100_YEARS = np.concatenate([[2023 + 8 / 12], 2024 + np.arange(33) / 12])


def test_the_recorded_h100_series():
    got = pp.fit_moves(H100, H100_YEARS)
    assert got.n_steps == 32
    assert got.volatility == pytest.approx(0.255, abs=5e-4)
    assert got.volatility / np.sqrt(12) == pytest.approx(0.0736, abs=5e-5)
    assert got.annual_factor == pytest.approx(1.039, abs=5e-4)
    assert got.largest_rise == pytest.approx(np.expm1(0.172), abs=1e-3)
    assert got.largest_fall == pytest.approx(np.expm1(-0.143), abs=1e-3)
    assert got.share_up == pytest.approx(0.41, abs=5e-3)
    assert got.drift_per_year == pytest.approx(np.log(1.039) + 0.255**2 / 2, abs=1e-3)


def test_the_fit_finds_what_was_simulated():
    path = pp.simulate_prices(2.0, pp.draws(2, 6000, seed=5), pp.PriceProcess(0.3, 0.4))[0]
    got = pp.fit_moves(path, np.arange(6001) / 12)
    assert got.volatility == pytest.approx(0.4, rel=0.03)
    assert got.drift_per_year == pytest.approx(0.3, abs=4 * 0.4 / np.sqrt(500))


def test_recorded_api_price_changes():
    got = pp.fit_steps([0.8, 1.1 / 3, 0.27 / 0.14, 0.2, 2, 0.25, 0.2, 0.8, 1.5], 9 / 0.062)
    assert got.up_per_year + got.down_per_year == pytest.approx(0.062)
    assert (got.up_per_year * 2, got.up_factor) == pytest.approx((got.down_per_year, (0.27 / 0.14 * 3) ** (1 / 3)))
    assert 0.2 < got.down_factor < 0.8
    only_cuts = pp.fit_steps([0.5], 10)
    assert only_cuts == (0, 1, 0.1, 0.5)
    assert astuple(only_cuts.process) == (0, 0, 0, 1, 0.1, 0.5)


@settings(max_examples=15)
@given(drift=st.floats(-0.5, 0.5), vol=st.floats(0, 0.5), up=st.floats(0, 2), rise=st.floats(1, 2),
       down=st.floats(0, 2), fall=st.floats(0.5, 1))
def test_mean_of_the_paths(drift, vol, up, rise, down, fall):
    paths = pp.simulate_prices(3.0, TABLE, pp.PriceProcess(drift, vol, up, rise, down, fall))
    each = (1 - np.expm1(-up / 12) * (rise - 1)) * (1 - np.expm1(-down / 12) * (fall - 1)) * np.exp(drift / 12)
    for step in (12, 24):
        expected = 3.0 * each**step
        noise = paths[:, step].std() / np.sqrt(len(paths))
        assert paths[:, step].mean() == pytest.approx(expected, abs=5 * noise + 1e-9)


@given(drift=st.floats(-0.5, 0.5), vol=st.floats(0.01, 0.6), z=st.floats(-2, 2))
@settings(max_examples=15)
def test_quantiles_of_the_paths(drift, vol, z):
    process = pp.PriceProcess(drift, vol)
    paths = pp.simulate_prices(3.0, TABLE, process)[:, 24]
    below = (paths < pp.price_quantile(2, 3.0, z, process)).mean()
    share = NormalDist().cdf(z)
    assert below == pytest.approx(share, abs=0.02)


def test_steps_come_as_often_as_they_should():
    paths = pp.simulate_prices(1.0, TABLE, pp.PriceProcess(up_per_year=0.5, up_factor=2))
    rises = np.isclose(paths[:, 1:] / paths[:, :-1], 2).sum(axis=1).mean()
    assert rises == pytest.approx(24 * -np.expm1(-0.5 / 12), rel=0.02)
    both = pp.simulate_prices(1.0, TABLE, pp.PriceProcess(down_per_year=1e3, down_factor=0.5))
    assert both[:, -1] == pytest.approx(np.full(len(both), 0.5**24))


def test_without_uncertainty_every_path_is_the_trend():
    paths = pp.simulate_prices(2.0, TABLE, pp.PriceProcess(drift_per_year=np.log(2)))
    assert paths[:, 12] == pytest.approx(np.full(len(paths), 4.0))
    assert np.all(paths[:, 0] == 2)
    still = pp.simulate_prices(2.0, TABLE, pp.PriceProcess())
    assert still.min() == still.max() == 2


def test_seeds_repeat_and_prices_scale():
    again = pp.draws(20_000, 24, seed=1)
    assert np.array_equal(again.normal, TABLE.normal)
    assert np.array_equal(again.up, TABLE.up)
    assert not np.array_equal(pp.draws(20_000, 24, seed=2).normal, TABLE.normal)
    process = pp.PriceProcess(0.1, 0.3)
    np.testing.assert_allclose(pp.simulate_prices(6.0, TABLE, process), 3 * pp.simulate_prices(2.0, TABLE, process))
    assert pp.draws(7, 3).normal.shape == (7, 3)
    assert abs(TABLE.normal.mean()) < 1e-12


def test_arrays_of_parameters_broadcast():
    grid = pp.simulate_prices(2.0, pp.draws(50, 6), pp.PriceProcess(np.array([0.0, 0.1]).reshape(2, 1, 1), 0.2))
    assert grid.shape == (2, 50, 7)


@pytest.mark.parametrize(("prices", "years", "message"), [
    ([1, 2], [0, 1], "three or more"),
    ([1, 2, 3], [0, 1], "equal length"),
    ([1, -2, 3], [0, 1, 2], "prices=-2 is outside"),
    ([1, np.nan, 3], [0, 1, 2], "prices=nan is outside"),
    ([1, 2, 3], [0, 2, 1], "must increase"),
    ([1, 2, 3], [0, 1, 9], "hold 1 step of the usual length"),
    ([1, 2, 3], [0, 1, np.nan], "years=nan is outside"),
])
def test_a_series_that_cannot_be_fitted(prices, years, message):
    with pytest.raises(ValueError, match=message):
        pp.fit_moves(prices, years)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"paths": 0}, "paths=0 is outside"), ({"steps": 1.5}, "steps=1.5 must be a whole number"),
    ({"seed": -1}, "seed=-1 is outside"), ({"paths": 1e6, "steps": 1000}, "would not fit in memory"),
    ({"steps_per_year": 0}, "steps_per_year=0 is outside"),
])
def test_a_table_that_cannot_be_drawn(arguments, message):
    with pytest.raises(ValueError, match=message):
        pp.draws(**arguments)


def test_other_bad_input():
    with pytest.raises(ValueError, match="factors=0 is outside"):
        pp.fit_steps([0, 2], 10)
    with pytest.raises(ValueError, match="exposure_years=0 is outside"):
        pp.fit_steps([2], 0)
    with pytest.raises(ValueError, match="draws=3 is no Draws; give Draws"):
        pp.simulate_prices(2.0, 3, pp.PriceProcess())
    with pytest.raises(ValueError, match=r"volatility=25 is outside \[0, 20\]; give a fraction"):
        pp.PriceProcess(0, 25)
