"""Discounting and normal probabilities against the standard library and plain sums."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.quantities import mathematics as fin

rates = st.floats(0, 2) | st.floats(0, 1e-4)


@pytest.mark.parametrize("x", [0.0, 1e-12, -1e-9, 9.9e-6, 1.01e-5, -1.01e-5, 0.3, -4, 20])
def test_means_near_and_away_from_zero(x):
    assert fin.exp_mean(x) == pytest.approx(math.expm1(x) / x if x else 1, rel=1e-12)
    if x > -1:
        assert fin.log_mean(x) == pytest.approx(math.log1p(x) / x if x else 1, rel=1e-12)


def test_log_mean_from_minus_one_down_is_out_of_reach():
    assert fin.log_mean(-1.0) == fin.log_mean(-7.0) == np.inf


@given(rate=rates, years=st.integers(1, 60))
def test_annuity_is_the_sum_of_discounted_dollars(rate, years):
    assert fin.annuity_years(rate, years) == pytest.approx(sum((1 + rate) ** -(k + 1) for k in range(years)), rel=1e-9)


@given(log_ratio=st.floats(-3, 3) | st.floats(-1e-5, 1e-5), terms=st.integers(1, 60))
def test_geometric_sum_is_a_sum(log_ratio, terms):
    plain = sum(math.exp(log_ratio * k) for k in range(terms))
    assert fin.geometric_sum(log_ratio, terms) == pytest.approx(plain, rel=1e-9)


@given(x=st.floats(-8, 8))
def test_normal_probability(x):
    assert fin.normal_cdf(x) == pytest.approx(math.erfc(-x / math.sqrt(2)) / 2, rel=1e-8, abs=1e-16)
    assert fin.normal_cdf(x) + fin.normal_cdf(-x) == pytest.approx(1, abs=1e-15)


@given(p=st.floats(1e-9, 1 - 1e-9))
def test_normal_quantile(p):
    assert fin.normal_ppf(p) == pytest.approx(NormalDist().inv_cdf(p), rel=2e-9, abs=1e-9)


@given(forward=st.floats(0.1, 10), strike=st.floats(0, 10), spread=st.floats(0, 3))
def test_expected_excess_against_quadrature(forward, strike, spread):
    z = np.linspace(-10, 10, 40_001)
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    value = forward * np.exp(spread * z - spread * spread / 2)
    expected = np.sum(weight * np.maximum(value - strike, 0))
    assert fin.call_value(forward, strike, spread) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_expected_excess_at_its_limits():
    assert fin.call_value(3.0, 2.0, 0.0) == 1
    assert fin.call_value(2.0, 3.0, 0.0) == 0
    assert fin.call_value(2.0, 0.0, 0.5) == 2
    assert fin.call_value(2.0, 2.0, 1e3) == pytest.approx(2)


def test_ratio_of_nothing():
    assert fin.ratio(1.0, 0.0) == np.inf
    assert fin.ratio(1.0, np.array([0.0, 4.0]), 0.0).tolist() == [0, 0.25]
