"""Chip programmes: break-even, ramps and races, each derived twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import custom_silicon as cs

ratios = st.floats(1.01, 20)
dollars = st.floats(1e6, 1e10)


@pytest.mark.parametrize(("nre", "tco", "units"), [
    (100e6, 30e3, 7576), (100e6, 60e3, 3788), (300e6, 30e3, 22_727), (300e6, 60e3, 11_364), (500e6, 30e3, 37_879),
    (500e6, 60e3, 18_939),
])
def test_break_even_at_a_saving_of_44_percent(nre, tco, units):
    assert round(cs.break_even_units(nre, tco, 0.44)) == units


def test_a_saving_as_a_ratio_and_back():
    assert cs.perf_per_tco_from_saving(0.44) == pytest.approx(1.79, abs=0.005)
    assert cs.saving_from_perf_per_tco(cs.perf_per_tco_from_saving(0.44)) == pytest.approx(0.44)
    assert cs.saving_from_perf_per_tco(0.8) == pytest.approx(-0.25)
    assert cs.perf_per_tco(20, 10) / cs.perf_per_tco(10, 10) == 2
    assert cs.perf_per_tco(1, 0) == np.inf


@given(nre=dollars, unit=st.floats(1e3, 1e6), saving=st.floats(0.01, 0.99))
def test_at_the_break_even_volume_nothing_is_saved(nre, unit, saving):
    units = cs.break_even_units(nre, unit, saving)
    assert cs.net_saving_usd(units, nre, unit, saving) == pytest.approx(0, abs=1e-6 * nre)
    assert cs.net_saving_usd(2 * units, nre, unit, saving) == pytest.approx(nre)


def test_without_a_saving_it_never_breaks_even():
    assert cs.break_even_units(3e8, 6e4, 0) == np.inf
    assert cs.break_even_units(3e8, 6e4, -0.2) == np.inf
    assert cs.break_even_units(0, 6e4, 0.44) == 0


@given(years=st.integers(1, 10), rate=st.floats(0, 0.5), respins=st.integers(0, 5))
def test_programme_cost_is_a_sum(years, rate, respins):
    cost = cs.programme_cost(cs.ChipProgramme(2e8, 2e7, respins, 3e7, 4e7), years, rate)
    software = sum(4e7 / (1 + rate) ** (k + 1) for k in range(years))
    assert cost.total_usd == pytest.approx(2.2e8 + respins * 3e7 + software, rel=1e-9)
    assert sum(cost) == pytest.approx(cost.total_usd)
    assert cost.nre_usd == pytest.approx(2.2e8 + respins * 3e7)


def test_software_and_respins_can_outweigh_the_design():
    bare = cs.programme_cost(cs.ChipProgramme(1e8, 1e7))
    full = cs.programme_cost(cs.ChipProgramme(1e8, 1e7, 2, 3e7, 4e7), 5)
    assert full.total_usd - bare.total_usd == pytest.approx(6e7 + 2e8)
    assert cs.break_even_units(full.total_usd, 6e4, 0.44) > 3 * cs.break_even_units(bare.total_usd, 6e4, 0.44)


@given(nre=dollars, units=st.floats(100, 1e6), years=st.floats(1, 10), use=st.floats(0.05, 1))
def test_a_design_by_the_hour_and_back(nre, units, years, use):
    hour = cs.design_usd_per_hour(nre, units, years, use)
    assert hour * units * years * 8760 * use == pytest.approx(nre)
    if hour <= 1e4:
        assert cs.units_for_design_usd_per_hour(nre, hour, years, use) == pytest.approx(units)
    assert cs.design_usd_per_hour(nre, 0, years, use) == np.inf
    assert cs.units_for_design_usd_per_hour(nre, 0, years, use) == np.inf


def test_slips_are_named():
    with pytest.raises(ValueError, match=r"saving_fraction=44 is outside .*; give a fraction, not a percentage"):
        cs.break_even_units(3e8, 6e4, 44)
    with pytest.raises(ValueError, match=r"perf_per_tco=0 is outside \(0, 1e\+09\]"):
        cs.saving_from_perf_per_tco(0)


@given(nre=dollars, software=st.floats(0, 1e9), delay=st.integers(0, 6), life=st.integers(1, 10),
       rate=st.floats(0, 0.3), tax=st.floats(0, 0.5), over=st.integers(0, 15))
def test_what_waits_is_discounted_year_by_year(nre, software, delay, life, rate, tax, over):
    terms = cs.Terms(delay, life, rate, tax, over)
    units = cs.break_even_units_after_delay(nre, software, 15e3, 0.44, terms)

    def worth(start, years):
        return sum((1 + rate) ** -(start + k + 1) for k in range(years))
    spent = nre * (worth(0, delay) / delay if delay else 1.0)
    deducted = worth(0, over) / over if over else 1.0
    cost = spent * (1 - tax * deducted) + software * worth(delay, life) * (1 - tax)
    assert units * 15e3 * 0.44 * worth(delay, life) * (1 - tax) == pytest.approx(cost, rel=1e-9)


def test_tax_leaves_the_volume_where_it_was_if_the_design_is_deducted_at_once():
    plain = cs.break_even_units_after_delay(3e8, 1e8, 15e3, 0.44, cs.Terms(2.0))
    at_once = cs.Terms(2.0, tax_fraction=0.25)
    assert cs.break_even_units_after_delay(3e8, 1e8, 15e3, 0.44, at_once) == pytest.approx(plain)
    late = cs.Terms(2.0, tax_fraction=0.25, deduction_years=5.0)
    assert plain < cs.break_even_units_after_delay(3e8, 1e8, 15e3, 0.44, late) < 1.05 * plain
    assert cs.break_even_units_after_delay(3e8, 1e8, 15e3, -0.1, cs.Terms(2.0)) == np.inf
