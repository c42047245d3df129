"""Machines of a plan: by hand, and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_case import plan

from inference_economics import queueing
from inference_economics.buying import contracts
from inference_economics.decision import cash, fleet


def test_the_first_years_fleet_by_hand():
    one = plan(need__growth_per_year=0.0)
    found = fleet.machines(one)
    load = 400_000 * 20 / 86_400 * 2
    assert found.at_peak[0] == pytest.approx(load)
    copies = queueing.replicas_for(load, 64.0, 0.05) + 1
    assert found.copies[0] == copies
    assert found.copy_chips[0] == 2 * copies
    assert found.unit_chips[0] % 8 == 0
    assert found.servers[0] == np.ceil(2 * (copies - 1) / 8) + 1
    assert found.utilisation[0] == pytest.approx(load / 2 / (64 * copies))


def test_work_that_waits_fills_the_valley():
    none, half, all_of_it = (fleet.machines(plan(need__batch_fraction=share)).at_peak[0] for share in (0, 0.5, 1))
    assert half == pytest.approx(none / 2)  # the mean, with half of the work twice as dense at the peak
    assert all_of_it == pytest.approx(none / 2)


@given(st.floats(1e2, 1e8), st.integers(1, 4), st.sampled_from([1.0, 2.0, 4.0, 8.0]))
def test_more_regions_and_larger_units_never_need_fewer_chips(prompts, regions, unit):
    one = fleet.machines(plan(need__prompts_per_day=prompts))
    many = fleet.machines(plan(need__prompts_per_day=prompts, copy__regions=float(regions), copy__unit_chips=unit))
    assert np.all(many.copies >= one.copies)
    assert np.all(many.unit_chips >= many.copy_chips)
    assert np.all(many.unit_chips % unit == 0)


def test_units_are_whole():
    assert fleet.whole_units(np.array([1.0, 8.0, 9.0]), 8.0).tolist() == [8, 8, 16]


def test_waits_shrink_with_room_and_are_undefined_where_nothing_runs():
    busy = plan(need__prompts_per_day=3e6, copy__batch=4.0, copy__spare_copies=0.0, need__wait_probability=0.9)
    assert fleet.waits_s(busy) > 0
    assert fleet.waits_s(plan()) <= fleet.waits_s(busy)
    assert np.isnan(fleet.waits_s(plan(copy__batch=0.0)))
    assert fleet.feasible(plan(copy__batch=0.0).copy) == 0


def test_the_wait_is_the_one_that_so_many_stay_below():
    one = plan(need__prompts_per_day=3e6, copy__batch=4.0, copy__spare_copies=0.0, need__wait_probability=0.9)
    wait, found = fleet.waits_s(one, 0.9), fleet.machines(one)
    assert queueing.late_fraction(found.copies[0] * 4, found.at_peak[0], 20.0, wait) == pytest.approx(0.1)


def test_a_level_cost_over_the_level_prompts_is_what_one_costs():
    """A growing service whose prompts all cost the same pays that for each, in the first year and over all."""
    for growth, years in ((0.0, 3.0), (2.0, 3.0), (-0.3, 2.5)):
        steady = plan(need__growth_per_year=growth, finance__horizon_years=years, running__egress_usd_per_byte=0.0,
                      running__kept_years=0.0, api__price_decline_per_year=0.0)
        one = contracts.request_usd(steady.api, contracts.Use(steady.need.prompt_tok, steady.need.output_tok))
        got = cash.costs_by_way(steady)["api"] / fleet.level_prompts_per_year(steady)
        assert got == pytest.approx(one, rel=1e-12), growth
