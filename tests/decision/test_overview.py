"""One pass gives the same as the functions that ask one thing each."""

from __future__ import annotations

import numpy as np
import pytest
from parity import harness
from plan_case import plan

from inference_economics.decision import answer, cash, overview, plan_doubts


@pytest.mark.parametrize("outside", [False, True])
def test_one_pass_gives_the_spreads_of_the_draws(outside):
    one, seen = plan(), overview.overview(plan(), outside)
    expected = answer.spreads(one, plan_doubts.draws(overview.DRAWS, 0, outside), outside)
    for k, name in enumerate(cash.WAYS):
        found = (seen.low_usd[k], seen.median_usd[k], seen.high_usd[k], seen.draw_share[k])
        assert found == pytest.approx(tuple(expected[name]), nan_ok=True)


def test_one_pass_gives_what_it_hinges_on():
    one, seen = plan(), overview.overview(plan(), False)
    first, second, there = overview.best_first(seen)
    assert there.all()
    names = list(cash.WAYS)
    ratio = seen.by_doubt_usd[first] / seen.by_doubt_usd[second]
    found = answer.hinges(one, False, (names[first], names[second]))
    ends = {hinge.name: (hinge.at_low, hinge.at_high) for hinge in found}
    for k, doubt in enumerate(plan_doubts.plan_doubts()):
        assert tuple(ratio[k]) == pytest.approx(ends[doubt.name])


def test_the_last_row_is_the_plan_itself():
    one, seen = plan(), overview.overview(plan(), False)
    costs = cash.costs_by_way(one)
    assert dict(zip(cash.WAYS, seen.usd, strict=True)) == pytest.approx(costs)
    for name, dollars in cash.by_way(one).items():
        for cause, usd in dollars._asdict().items():
            assert np.broadcast_to(getattr(seen.cash[name], cause), np.shape(usd)) == pytest.approx(usd)


def test_from_which_demand_a_way_stays_cheaper():
    grid = overview.DEMAND
    api, undefined = np.full(grid.size, 2.0), np.full(grid.size, np.nan)
    # dear again at the point before the last: what was cheaper before does not count
    late = np.where(grid < grid[20], 1.0, np.where(grid < grid[-1], 5.0, 1.0))
    usd = np.stack([api, late, 0.5 * api, api, undefined])
    seen = overview.Overview(*7 * [undefined], {})._replace(by_demand_usd=usd)
    at, always, never, none = overview.break_evens(seen, 10.0)[1:]
    assert 10 * grid[-2] < at < 10 * grid[-1]
    share = np.log(at / (10 * grid[-2])) / np.log(grid[-1] / grid[-2])
    assert np.log(5 / 2) + share * (np.log(1 / 2) - np.log(5 / 2)) == pytest.approx(0, abs=1e-12)
    assert always == 0  # at every demand asked, so from nothing on
    assert never == np.inf
    assert np.isnan(none)
    assert np.isnan(overview.break_evens(seen, 10.0, dearer=4)).all()


def test_break_even_lies_where_costs_cross():
    one = plan(running__posts_rented=4.0)
    found = overview.break_evens(overview.overview(one, False), one.need.prompts_per_day)
    by_name = {name: at for name, at in zip(cash.WAYS, found, strict=True) if name != "api"}
    assert answer.break_even(one) == pytest.approx(by_name, nan_ok=True)
    crossing = {name: at for name, at in by_name.items() if np.isfinite(at) and at > 0}
    assert crossing
    for name, at in crossing.items():
        # machines come whole, so costs go by steps, and the steps of demand are wide
        around = cash.costs_by_way(one.changed({"need.prompts_per_day": at * np.array([1 / 1.6, 1.6])}))
        gap = around[name] - around["api"]
        assert gap[0] > 0 > gap[1], name
    assert np.isnan(overview.break_evens(overview.overview(plan(need__privacy=1.0), False), 1.0)[3])


def test_nothing_left_has_no_best():
    seen = overview.overview(plan(need__privacy=2.0, copy__batch=0.0), False)
    _, _, there = overview.best_first(seen)
    assert not there.any()
    assert np.isnan(seen.median_usd).all()


def test_rows_move_one_doubt_at_a_time():
    factors = overview.rows()
    count = len(plan_doubts.plan_doubts())
    swings = np.array([row[overview.DRAWS : overview.DRAWS + 2 * count] for row in factors.values()])
    assert ((swings != 1).sum(axis=0) <= 1).all()
    assert all(row[-1] == 1 for row in factors.values())


def test_the_page_computes_what_numpy_computes(node):
    def flat(prompts, price):
        one = plan().changed({"need.prompts_per_day": prompts, "rent.price_usd_per_hour": price})
        seen = overview.overview(one, prompts > 4e5)
        return np.stack([seen.low_usd, seen.median_usd, seen.high_usd, overview.break_evens(seen, prompts)])

    for at in ((350_000.0, 3.7), (450_000.0, 2.0)):
        np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-9)
