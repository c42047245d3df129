"""Owned machines: two derivations of each cost, published calculations, limits and monotonicity."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import ownership as own
from inference_economics.buying import running

dollars = st.floats(1e3, 1e7)
rates = st.floats(0, 1)
lives = st.floats(0.5, 30)


@given(capex=dollars, life=st.integers(1, 30), rate=rates)
def test_recovery_repays_a_loan(capex, life, rate):
    owed = capex
    for _ in range(life):
        owed = owed * (1 + rate) - own.capital_usd_per_year(capex, life, rate)
    assert owed == pytest.approx(0, abs=1e-6 * capex * (1 + rate) ** life)


def test_recovery_in_a_textbook():
    assert own.capital_recovery_factor(0.08, 5) == pytest.approx(0.250456, abs=1e-6)
    assert own.capital_recovery_factor(0, 4) == 0.25
    assert own.capital_recovery_factor(0.1, 1) == pytest.approx(1.1)


@given(capex=dollars, yearly=dollars, life=lives, rate=rates, residual=st.floats(0, 1))
def test_level_cost_is_net_present_cost_spread_over_the_life(capex, yearly, life, rate, residual):
    present = own.net_present_cost_usd(capex, yearly, life, rate, residual)
    level = own.capital_usd_per_year(capex, life, rate, residual) + yearly
    assert present * own.capital_recovery_factor(rate, life) == pytest.approx(level, rel=1e-9)


@given(capex=dollars, yearly=dollars, life=st.integers(1, 20), rate=rates, residual=st.floats(0, 1))
def test_net_present_cost_is_a_sum_of_payments(capex, yearly, life, rate, residual):
    plain = capex + sum(yearly / (1 + rate) ** (k + 1) for k in range(life)) - capex * residual / (1 + rate) ** life
    assert own.net_present_cost_usd(capex, yearly, life, rate, residual) == pytest.approx(plain, rel=1e-9)


@given(capex=dollars, life=lives, rate=rates)
def test_nothing_is_free_and_a_machine_that_keeps_its_value_costs_only_interest(capex, life, rate):
    assert own.capital_usd_per_year(capex, life, rate, 1) == pytest.approx(capex * rate)
    assert own.capital_usd_per_year(capex, life, 0) == pytest.approx(capex / life)
    assert own.straight_line_usd_per_year(capex, life, 0) == pytest.approx(capex / life)
    assert own.capital_usd_per_year(capex, life, rate) >= capex / life * (1 - 1e-12)


# H100, A100, H200 and B200 servers at the defaults of github.com/ewyluda/gpu-price-index: the per-hour cost follows.
@pytest.mark.parametrize(("capex", "kilowatts", "busy", "idle"), [
    (250e3, 10.2, 1.536, 2.503), (120e3, 6.5, 0.799, 1.296), (300e3, 10.2, 1.764, 2.883), (450e3, 14.3, 2.608, 4.266),
])
def test_hour_costs_of_a_published_calculator(capex, kilowatts, busy, idle):
    for use, expected in ((1, busy), (0.6, idle)):
        cost = own.owned_usd_per_year(
            own.Server(capex, 1000 * kilowatts, 5, operations_fraction=0.08), own.Site(0.08, 1.3, 150), 0.08,
            load_fraction=running.average_load_fraction(use, 0.35))
        cost = cost._replace(capital_usd=own.straight_line_usd_per_year(capex, 5, 0.08))
        assert own.usd_per_used_hour(cost.total_usd, 8, use) == pytest.approx(expected, abs=6e-4)


def test_hour_cost_of_a_large_owner_and_of_a_small_one():
    large = own.owned_usd_per_year(own.Server(250e3, 10_200, 5.5, operations_fraction=0.04),
                                   own.Site(0.06, pue=1.08, building_usd_per_w=12), 0.09)
    # The published line leaves the interest on the building out.
    large = large._replace(capital_usd=own.straight_line_usd_per_year(250e3, 5.5, 0.09),
                           facility_usd=own.building_usd_per_year(10_200, 12, 15, 0))
    assert own.usd_per_used_hour(large.total_usd, 8) == pytest.approx(1.151, abs=6e-4)
    small = own.owned_usd_per_year(own.Server(250e3, 10_200, 4, operations_fraction=0.08),
                                   own.Site(0.08, pue=1.3, colocation_usd_per_kw_month=150), 0.12)
    small = small._replace(capital_usd=own.straight_line_usd_per_year(250e3, 4, 0.12))
    assert own.usd_per_used_hour(small.total_usd, 8) == pytest.approx(1.786, abs=6e-4)


_BASE = {"capex_usd": 250e3, "life_years": 5, "discount_rate": 0.08, "power_w": 10_200,
         "electricity_usd_per_kwh": 0.08, "pue": 1.3, "load_fraction": 0.7, "network_fraction": 0.1,
         "spare_fraction": 0.05, "residual_fraction": 0.1, "colocation_usd_per_kw_month": 150,
         "building_usd_per_w": 1, "building_life_years": 15, "operations_fraction": 0.05, "staff_usd_per_year": 1000,
         "repair_usd_per_year": 500}
_SERVER, _SITE = ({field.name for field in fields(kind)} for kind in (own.Server, own.Site))


def owned(**changes):
    values = _BASE | changes
    return own.owned_usd_per_year(
        own.Server(**{name: values[name] for name in _SERVER}), own.Site(**{name: values[name] for name in _SITE}),
        **{name: value for name, value in values.items() if name not in _SERVER | _SITE})


@pytest.mark.parametrize(("name", "sign"), [
    ("capex_usd", 1), ("discount_rate", 1), ("power_w", 1), ("electricity_usd_per_kwh", 1), ("pue", 1),
    ("load_fraction", 1), ("network_fraction", 1), ("spare_fraction", 1), ("colocation_usd_per_kw_month", 1),
    ("building_usd_per_w", 1), ("operations_fraction", 1), ("staff_usd_per_year", 1), ("repair_usd_per_year", 1),
    ("life_years", -1), ("residual_fraction", -1), ("building_life_years", -1),
])
def test_every_argument_moves_the_total_the_right_way(name, sign):
    more = owned(**{name: _BASE[name] * 1.2}).total_usd
    assert sign * (more - owned().total_usd) > 0


def test_causes_add_up_and_dollars_scale():
    cost = owned()
    assert sum(cost) == pytest.approx(cost.total_usd)
    money = [name for name in _BASE if "usd" in name]
    twice = owned(**{name: 2 * _BASE[name] for name in money})
    assert twice.total_usd == pytest.approx(2 * cost.total_usd)
    assert own.usd_per_used_hour(cost.total_usd, 8, 0) == np.inf
    grid = owned(capex_usd=np.ones((3, 1)) * 1e5, pue=np.array([1.1, 1.2]))
    assert grid.total_usd.shape == (3, 2)


def test_slips_of_unit_are_named():
    with pytest.raises(ValueError, match=r"electricity_usd_per_kwh=8.3 is outside \[0, 5\]; was it given in cents\?"):
        running.electricity_usd_per_year(1000, 8.3)
    with pytest.raises(ValueError, match=r"pue=0.9 is outside \[1, 10\]"):
        running.electricity_usd_per_year(1000, 0.08, pue=0.9)
    with pytest.raises(ValueError, match=r"life_years=0 is outside \(0, 200\]"):
        own.capital_recovery_factor(0.08, 0)
