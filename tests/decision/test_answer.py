"""How sure an answer is: spreads are those of the draws, and the words follow from the shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness
from plan_case import plan

from inference_economics.decision import answer, cash, plan_doubts


def test_a_spread_is_that_of_the_sample():
    one, factors = plan(), plan_doubts.draws(100)
    found, sample = answer.spreads(one, factors), cash.costs_by_way(plan_doubts.moved(one, factors))
    for name, spread in found.items():
        expected = np.quantile(sample[name] + np.zeros(100), (0.05, 0.5, 0.95), method="inverted_cdf")
        assert (spread.low_usd, spread.median_usd, spread.high_usd) == pytest.approx(expected)
    assert sum(spread.draw_share for spread in found.values()) == pytest.approx(1)


def test_a_way_that_is_ruled_out_has_no_spread_and_wins_nothing():
    found = answer.spreads(plan(need__privacy=2.0), plan_doubts.draws(20))
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
    assert {hinge.name for hinge in found} == {doubt.name for doubt in plan_doubts.plan_doubts()}
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
    titles = {doubt.title: doubt.name for doubt in plan_doubts.plan_doubts()}
    found = [tie for tie in answer.ties(one) if tie.title]
    assert found
    for tie in found:
        costs = cash.costs_by_way(plan_doubts.moved(one, {titles[tie.title]: tie.factor}))
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
    factors = plan_doubts.draws(20)

    def flat(prompts, price):
        one = plan().changed({"need.prompts_per_day": prompts, "rent.price_usd_per_hour": price})
        return np.stack([np.stack(list(spread)) for spread in answer.spreads(one, factors).values()])

    at = (350_000.0, 3.7)
    np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-9)
