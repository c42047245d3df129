"""Ramps and races: against their integrals, their limits, and what was published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.silicon import ramp as cs

ratios = st.floats(1.01, 20)


def test_the_published_ramp():
    assert cs.porting_ramp(0) == 0.5
    assert cs.porting_ramp(8) == cs.porting_ramp(80) == 1.8
    assert cs.porting_ramp(4) == pytest.approx(1.15)
    assert cs.porting_ramp(2, ramp_shape=0.5) == pytest.approx(1.15)


@given(months=st.floats(0.01, 100), start=st.floats(0.1, 1), end=st.floats(0.1, 5), length=st.floats(0.5, 36),
       shape=st.floats(0.2, 5))
def test_mean_of_the_ramp_is_its_integral(months, start, end, length, shape):
    # Midpoints crowded towards zero, where a shape below one is steep.
    edges = months * np.linspace(0, 1, 20_001) ** 4
    middle = (edges[1:] + edges[:-1]) / 2
    plain = np.sum(cs.porting_ramp(middle, start, end, length, shape) * np.diff(edges)) / months
    assert cs.mean_perf_per_tco(months, start, end, length, shape) == pytest.approx(plain, rel=1e-4)


def test_mean_of_the_ramp_at_its_limits():
    assert cs.mean_perf_per_tco(0) == 0.5
    assert cs.mean_perf_per_tco(1e-6) == pytest.approx(0.5)
    assert cs.mean_perf_per_tco(2400) == pytest.approx(1.8, rel=0.01)
    assert cs.mean_perf_per_tco(36) < cs.porting_ramp(36)


@given(ratio=ratios, pace=st.floats(0.01, 3))
def test_overtaken_when_the_advantage_is_one(ratio, pace):
    years = cs.years_until_overtaken(ratio, pace)
    assert cs.perf_per_tco_after_delay(ratio, min(years, 200), pace) == pytest.approx(1, rel=1e-9) or years > 200
    assert cs.perf_per_tco_after_delay(ratio, 0, pace) == ratio


def test_races_that_are_over_or_never_end():
    assert cs.years_until_overtaken(0.9, 0.4) == 0
    assert cs.years_until_overtaken(2, 0) == np.inf
    assert cs.years_until_overtaken(2, np.sqrt(2) - 1) == pytest.approx(2)
    assert cs.years_until_overtaken(np.array([0.5, 2]), [[0.1], [0.5]]).shape == (2, 2)
