"""What would have to be true: at the factor that is named, the two ways cost about the same."""

from __future__ import annotations

import numpy as np
import pytest
from plan_case import plan

from inference_economics.decision import cash, plan_doubts
from inference_economics.decision.turning import turning


def test_at_the_factor_that_is_named_the_ways_cost_the_same():
    one, names = plan(), list(cash.WAYS)
    first = int(np.nanargmin(list(cash.costs_by_way(one).values())))
    found = turning(one, float(first))
    assert np.isnan(found.factor[first])
    known = plan_doubts.plan_doubts()
    closed = [k for k in range(len(names)) if np.isfinite(found.factor[k])]
    assert closed
    for k in closed:
        doubt = known[int(found.doubt[k])]
        costs = cash.costs_by_way(plan_doubts.moved(one, {doubt.name: found.factor[k]}))
        assert costs[names[k]] == pytest.approx(costs[names[first]], rel=0.3)  # machines are whole: costs go by steps


def test_a_way_that_is_ruled_out_is_not_asked_what_would_have_to_be_true():
    found = turning(plan(need__privacy=1.0), 2.0)
    assert np.isnan(found.factor[:2]).all()
