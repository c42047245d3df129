"""How sure an answer is: factors do what they say, draws are fixed, and the words follow from the shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness
from plan_case import plan

from inference_economics.decision import answer, cash


def test_a_factor_of_one_changes_nothing():
    one = plan()
    same = answer.moved(one, {doubt.name: 1.0 for doubt in answer.plan_doubts()})
    assert cash.costs_by_way(same) == pytest.approx(cash.costs_by_way(one), rel=1e-12)


def test_what_moves_together_moves_together():
    moved = answer.moved(plan(), {"chips": 4.0})
    assert moved.rent.price_usd_per_hour == 16
    assert moved.server.capex_usd == 6e5
    assert moved.hosted.input_usd_per_token == pytest.approx(1.4e-6)


def test_a_fall_moves_by_what_is_left_of_it():
    moved = answer.moved(plan(api__price_decline_per_year=0.2), {"decline": 0.5})
    assert moved.api.price_decline_per_year == pytest.approx(0.6)
    assert answer.moved(plan(), {"better": 1.1}).running.improvement_per_year == pytest.approx(1.3 * 1.1 - 1)


def test_two_doubts_on_one_field_multiply():
    assert answer.moved(plan(), {"chips": 4.0, "server": 3.0}).server.capex_usd == pytest.approx(3e5 * 6)


def test_the_busiest_hour_is_never_below_the_mean():
    assert answer.moved(plan(), {"peak": 0.1}).need.peak_to_mean == 1


def test_draws_are_fixed_and_within_reason():
    first, again = answer.draws(50), answer.draws(50)
    for doubt in answer.plan_doubts():
        assert np.array_equal(first[doubt.name], again[doubt.name])
        assert np.median(first[doubt.name]) == pytest.approx(doubt.range.quantile(0.5), rel=0.1)
        assert doubt.range.low <= doubt.range.mid <= doubt.range.high


def test_an_unmeasured_speed_is_wider():
    near, far = ({doubt.name: doubt.range for doubt in answer.plan_doubts(out)}["speed"] for out in (False, True))
    assert far.high > near.high
    assert far.low < near.low


def test_a_spread_is_that_of_the_sample():
    one, factors = plan(), answer.draws(100)
    found, sample = answer.spreads(one, factors), cash.costs_by_way(answer.moved(one, factors))
    for name, spread in found.items():
        expected = np.quantile(sample[name] + np.zeros(100), (0.05, 0.5, 0.95), method="inverted_cdf")
        assert (spread.low_usd, spread.median_usd, spread.high_usd) == pytest.approx(expected)
    assert sum(spread.draw_share for spread in found.values()) == pytest.approx(1)


def test_a_way_that_is_ruled_out_has_no_spread_and_wins_nothing():
    found = answer.spreads(plan(need__privacy=2.0), answer.draws(20))
    assert np.isnan(found["api"].median_usd)
    assert np.isnan(found["api"].draw_share)
    assert sum(spread.draw_share for spread in found.values() if np.isfinite(spread.draw_share)) == pytest.approx(1)


@pytest.mark.parametrize(("share", "outside", "word"), [
    (1.0, False, "Clear"), (0.9, False, "Clear"), (0.89, False, "Likely"), (0.6, False, "Likely"),
    (0.59, False, "Open"), (1.0, True, "Likely"), (0.3, True, "Open")])
def test_the_word_follows_from_the_share(share, outside, word):
    assert answer.ruling(share, outside) == word


def test_hinges_come_widest_first_and_say_which_turn_the_answer():
    found = answer.hinges(plan())
    widths = [hinge.width for hinge in found]
    assert widths == sorted(widths, reverse=True)
    assert {hinge.name for hinge in found} == {doubt.name for doubt in answer.plan_doubts()}
    assert answer.Hinge("a", "a", 0.5, 1.5, "").turns
    assert not answer.Hinge("a", "a", 0.5, 0.9, "").turns


def test_no_choice_has_no_hinge():
    only = plan(need__privacy=0.0, copy__batch=0.0, hosted__input_usd_per_token=1e-5)
    assert len(answer.hinges(only)) > 0  # two APIs are a choice
    nothing = plan(need__privacy=1.0, copy__batch=0.0)
    assert answer.hinges(nothing) == []
    assert answer.ranked(nothing) == []


def test_at_a_tie_the_two_cost_the_same():
    one = plan()
    best = answer.ranked(one)[0][0]
    titles = {doubt.title: doubt.name for doubt in answer.plan_doubts()}
    found = [tie for tie in answer.ties(one) if tie.title]
    assert found
    for tie in found:
        costs = cash.costs_by_way(answer.moved(one, {titles[tie.title]: tie.factor}))
        assert costs[tie.way] == pytest.approx(costs[best], rel=0.25)  # machines are whole: costs go by steps


def test_from_the_break_even_on_a_way_stays_cheaper():
    one = plan(running__posts_rented=4.0)
    start = answer.break_even(one)["on-demand"]
    assert np.isfinite(start)
    for factor in (1.3, 3.0, 30.0):
        costs = cash.costs_by_way(one.changed({"need.prompts_per_day": start * factor}))
        assert costs["on-demand"] < costs["api"]


@given(st.floats(1e3, 1e8))
def test_the_order_is_by_cost(prompts):
    costs = [usd for _, usd in answer.ranked(plan(need__prompts_per_day=prompts))]
    assert costs == sorted(costs)


def test_the_page_computes_what_numpy_computes(node):
    factors = answer.draws(20)

    def flat(prompts, price):
        one = plan().changed({"need.prompts_per_day": prompts, "rent.price_usd_per_hour": price})
        return np.stack([np.stack(list(spread)) for spread in answer.spreads(one, factors).values()])

    at = (350_000.0, 3.7)
    np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-9)
