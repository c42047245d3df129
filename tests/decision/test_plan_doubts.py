"""Doubts about a plan: factors do what they say, and draws are fixed."""

from __future__ import annotations

import numpy as np
import pytest
from plan_case import plan

from inference_economics.decision import cash, plan_doubts


def test_a_factor_of_one_changes_nothing():
    one = plan()
    same = plan_doubts.moved(one, {doubt.name: 1.0 for doubt in plan_doubts.plan_doubts()})
    assert cash.costs_by_way(same) == pytest.approx(cash.costs_by_way(one), rel=1e-12)


def test_what_moves_together_moves_together():
    moved = plan_doubts.moved(plan(), {"chips": 4.0})
    assert moved.rent.price_usd_per_hour == 16
    assert moved.server.capex_usd == 6e5
    assert moved.hosted.input_usd_per_token == pytest.approx(1.4e-6)


def test_a_fall_moves_by_what_is_left_of_it():
    moved = plan_doubts.moved(plan(api__price_decline_per_year=0.2), {"decline": 0.5})
    assert moved.api.price_decline_per_year == pytest.approx(0.6)
    assert plan_doubts.moved(plan(), {"better": 1.1}).running.improvement_per_year == pytest.approx(1.3 * 1.1 - 1)


def test_two_doubts_on_one_field_multiply():
    assert plan_doubts.moved(plan(), {"chips": 4.0, "server": 3.0}).server.capex_usd == pytest.approx(3e5 * 6)


def test_the_busiest_hour_is_never_below_the_mean():
    assert plan_doubts.moved(plan(), {"peak": 0.1}).need.peak_to_mean == 1


def test_draws_are_fixed_and_within_reason():
    first, again = plan_doubts.draws(50), plan_doubts.draws(50)
    for doubt in plan_doubts.plan_doubts():
        assert np.array_equal(first[doubt.name], again[doubt.name])
        assert np.median(first[doubt.name]) == pytest.approx(doubt.range.quantile(0.5), rel=0.1)
        assert doubt.range.low <= doubt.range.mid <= doubt.range.high


def test_an_unmeasured_speed_is_wider():
    near, far = ({doubt.name: doubt.range for doubt in plan_doubts.plan_doubts(out)}["speed"] for out in (False, True))
    assert far.high > near.high
    assert far.low < near.low
