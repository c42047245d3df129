"""Break-even points: at them, two ways of paying cost the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import break_even as be
from inference_economics.buying.ownership import usd_per_used_hour
from inference_economics.serving.token_cost import hourly_usd_per_token

yearly = st.floats(1e3, 1e7)
speeds = st.floats(10, 1e6)


def test_h100_against_a_list_price():
    assert be.break_even_utilisation(1.536 * 8 * 8760, 8, 3.789) == pytest.approx(0.405, abs=5e-4)


@given(cost=yearly, chips=st.integers(1, 100), rent=st.floats(0.1, 20))
def test_at_the_break_even_utilisation_a_used_hour_costs_the_rent(cost, chips, rent):
    share = be.break_even_utilisation(cost, chips, rent)
    if share <= 1:
        assert usd_per_used_hour(cost, chips, share) == pytest.approx(rent)


@given(cost=yearly, price=st.floats(1e-8, 1e-4), speed=speeds, extra=st.floats(0, 0.9))
def test_at_the_break_even_demand_the_bills_are_equal(cost, price, speed, extra):
    demand = be.break_even_tokens_per_day(cost, price, speed, extra * price)
    full = speed * 86400
    if np.isinf(demand):
        assert full * 365 * price * (1 - extra) < cost
    else:
        assert demand <= full
        assert demand * 365 * price == pytest.approx(cost + demand * 365 * extra * price, rel=1e-9)


@given(demand=st.floats(1, 1e13), speed=speeds, peak=st.floats(1, 10), spare=st.floats(0, 1))
def test_a_fleet_carries_the_peak_and_no_server_too_many(demand, speed, peak, spare):
    servers = be.servers_for_demand(demand, speed, peak, spare)
    needed, in_use = demand / 86400 * peak, be.servers_for_demand(demand, speed, peak)
    assert in_use * speed >= needed * (1 - 1e-9)
    assert (in_use - 1) * speed < needed
    assert spare * in_use * (1 - 1e-9) <= servers - in_use <= spare * in_use + 1


def test_exactly_three_servers_are_three():
    assert be.servers_for_demand(3 * 86400 * 700.1, 700.1) == 3
    assert be.servers_for_demand(0, 700) == 0


@given(cost=yearly, speed=speeds, peak=st.floats(1, 10))
def test_a_large_fleet_costs_its_hours_at_the_utilisation_that_the_peak_leaves(cost, speed, peak):
    demand = 1e5 * speed * 86400
    per_tok = be.servers_for_demand(demand, speed, peak) * cost / (demand * 365)
    assert per_tok == pytest.approx(hourly_usd_per_token(cost / 8760, speed, 1 / peak), rel=1e-4)


def test_limits():
    assert be.break_even_tokens_per_day(1e5, 1e-6, 1e9, 2e-6) == np.inf
    assert be.break_even_tokens_per_day(0, 1e-6, 100) == 0
    assert be.break_even_utilisation(1e5, 8, 0) == np.inf
    with pytest.raises(ValueError, match=r"peak_to_mean=0.5 is outside \[1, 10000\]; give a ratio of at least 1"):
        be.servers_for_demand(1e9, 100, 0.5)


def test_a_token_carries_servers_people_and_rents():
    assert be.owned_usd_per_token(1e9, 2, 100_000, 150_000) == pytest.approx(350_000 / 365e9)
    shape = np.r_[np.ones(12), np.full(12, 3.0)]
    assert be.rented_usd_per_token(1e9, shape, 4, 2.5) == pytest.approx((12 * 1 + 12 * 3) * 4 * 2.5 / 1e9)


@given(demand=st.floats(1e6, 1e12), cost=yearly, speed=speeds)
def test_a_full_server_costs_the_same_by_the_token_and_by_the_hour(demand, cost, speed):
    full = speed * 86_400
    assert be.owned_usd_per_token(full, 1, cost) == pytest.approx(hourly_usd_per_token(cost / 8760, speed))
    copies = be.servers_for_demand(demand * np.ones(24), speed)
    rented = be.rented_usd_per_token(demand, copies, 1, cost / 8760)
    assert rented == pytest.approx(be.owned_usd_per_token(demand, copies[0], cost))
    assert be.rented_usd_per_token(np.full(3, demand), np.ones((3, 24)), 1, 1.0).shape == (3,)


@given(needed=st.floats(0, 1e6), carried=st.floats(0.1, 1e4))
def test_machines_carry_the_load_and_none_is_too_many(needed, carried):
    machines = be.machines_for(needed, carried)
    assert machines == np.floor(machines) >= (needed > 0)
    assert machines * carried >= needed * (1 - 1e-9)
    assert machines == 0 or (machines - 1) * carried < needed


def test_a_machine_that_carries_nothing_is_never_enough():
    assert np.isnan(be.machines_for(35, 0))
    assert be.machines_for(0, 0) == 0
    assert list(be.machines_for([0, 1, 20, 21], 20)) == [0, 1, 1, 2]


@given(st.floats(1, 1e13), st.floats(1, 1e6), st.floats(1, 50), st.floats(0, 1))
def test_servers_for_a_day_are_machines_for_its_peak(tokens, speed, peak, spare):
    in_use = be.machines_for(tokens / 86_400 * peak, speed)
    assert be.servers_for_demand(tokens, speed, peak) == in_use
    assert be.servers_for_demand(tokens, speed, peak, spare) == be.with_spares(in_use, spare)


def test_one_machine_has_one_spare():
    assert list(be.with_spares([0, 1, 33, 34, 100], 0.03)) == [0, 2, 34, 36, 103]
    assert be.with_spares(5, 0) == 5
