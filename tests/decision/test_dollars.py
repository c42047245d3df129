"""The worth of years: a level cost, a present value and a sum are one thing."""

from __future__ import annotations

import numpy as np
import pytest
from plan_case import plan

from inference_economics.decision import cash, dollars
from inference_economics.decision.workload import Finance


def test_present_value_of_a_level_cost_is_that_of_the_cash():
    one, finance = plan(), Finance(3.5, 0.12)
    for spent in cash.by_way(one).values():
        weights = np.sum(dollars.year_weights(finance))
        assert dollars.level_usd(spent, finance) * weights == pytest.approx(dollars.present_usd(spent, finance))


def test_without_interest_present_value_is_the_sum():
    one = plan(finance__discount_rate=0.0, finance__horizon_years=10.0)
    for spent in cash.by_way(one).values():
        total = np.sum(spent.at_start_usd) + np.sum(spent.through_usd) - spent.resale_usd
        assert dollars.present_usd(spent, one.finance) == pytest.approx(total)


def test_years_beyond_the_horizon_weigh_nothing():
    weights = dollars.year_weights(Finance(2.5, 0.1))
    assert weights[:3].tolist() == pytest.approx([1.1**-0.5, 1.1**-1.5, 0.5 * 1.1**-2.5])
    assert not weights[3:].any()


def test_what_is_paid_at_the_start_of_a_year_that_is_counted_is_paid_whole():
    once = dollars.NOTHING._replace(capital_usd=np.array([0, 0, 100.0] + 7 * [0]))
    assert dollars.present_usd(once, Finance(2.5, 0.1)) == pytest.approx(100 / 1.21)
    assert dollars.present_usd(once, Finance(2.0, 0.1)) == 0


def test_the_weights_are_those_of_the_present_value():
    finance = Finance(2.5, 0.1)
    assert dollars.start_weights(finance)[:4].tolist() == pytest.approx([1, 1 / 1.1, 1 / 1.21, 0])
    got = dollars.NOTHING._replace(resale_usd=100.0)
    assert dollars.present_usd(got, finance) == -100 * dollars.horizon_weight(finance)
    assert dollars.horizon_weight(finance) == pytest.approx(1.1**-2.5)
