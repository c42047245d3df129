"""Dollars by year: by hand, against the level costs of chapter 13, and on the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness
from plan_case import plan

from inference_economics import ownership
from inference_economics.buying.contracts import Contract
from inference_economics.decision import cash, fleet, scenarios, yearly_costs
from inference_economics.decision.plan import Copy, Need, Plan, Rent, Running

FLAT = {"need__growth_per_year": 0.0, "running__improvement_per_year": 0.0}


def test_an_api_pays_for_prompts_alone():
    one = plan(**FLAT)
    assert cash.costs_by_way(one)["api"] == pytest.approx(400_000 * 365 * (1500e-6 + 400 * 5e-6))


def test_a_promise_is_paid_whether_used_or_not():
    base = cash.costs_by_way(plan(**FLAT))["api"]
    assert cash.costs_by_way(plan(**FLAT, api__committed_discount=0.2))["api"] == pytest.approx(0.8 * base)
    promised = plan(**FLAT, api__committed_discount=0.2, api__commitment_usd=2 * base)
    assert cash.costs_by_way(promised)["api"] == pytest.approx(2 * base)


def test_rent_by_hand():
    one = plan(**FLAT)
    chips, people = fleet.machines(one).copy_chips[0], 0.5 * 40 / 34 * 250_000
    assert cash.costs_by_way(one)["on-demand"] == pytest.approx(chips * 4 * 8760 + people)


def same(inputs):
    """Return the plan of the inputs of `yearly_costs`: no spare copy, no wait, no better chips, one post."""
    demand, offer, machines = inputs.demand, inputs.offer, inputs.fleet
    need = Need(demand.users * demand.queries_per_day, demand.prompt_tok, demand.output_tok,
                growth_per_year=demand.growth_per_year, peak_to_mean=demand.peak_to_mean)
    contract = Contract(offer.input_usd_per_token, offer.output_usd_per_token,
                        price_decline_per_year=offer.price_decline_per_year)
    running = Running(posts_rented=1.0, posts_owned=1.0, hours_per_week=40.0, hours_of_person=40.0,
                      pay_usd_per_year=machines.team_usd_per_year, lead_years=0.0, improvement_per_year=0.0)
    return Plan(need, Copy(machines.service_s, machines.batch, machines.n_chips, spare_copies=0.0,
                           spare_fraction=machines.spare_fraction), contract, contract,
                Rent(machines.price_usd_per_hour), inputs.server, inputs.site, programme=inputs.programme,
                running=running, finance=inputs.finance)


@pytest.mark.parametrize("name", scenarios.SCENARIOS)
def test_a_plan_costs_what_the_level_costs_of_the_same_workload_are(name):
    """Tokens and rent to the last digit; owned servers differ by what cash knows: whole purchases, and their resale."""
    inputs = scenarios.inputs_of(scenarios.SCENARIOS[name])
    level, by_year = yearly_costs(inputs), cash.costs_by_way(same(inputs))
    assert by_year["api"] == pytest.approx(level.api_usd)
    assert by_year["on-demand"] == pytest.approx(level.rent_usd)
    assert by_year["colocation"] == pytest.approx(level.own_usd, rel=0.1)
    assert by_year["own-chip"] == pytest.approx(level.custom_usd, rel=0.1)


def test_own_servers_over_their_life_cost_what_the_annuity_says():
    """Level cost of cash against `ownership.owned_usd_per_year`: mid-year against year-end payments is all between."""
    one = plan(**FLAT, finance__horizon_years=5.0, running__lead_years=0.0, running__posts_owned=0.0)
    annuity = ownership.owned_usd_per_year(one.server.owned_for(5.0), one.site, 0.1, load_fraction=0.35 + 0.65 / 2)
    servers = fleet.machines(one).servers[0]
    assert cash.costs_by_way(one)["colocation"] == pytest.approx(servers * annuity.total_usd, rel=0.04)


def test_half_a_price_a_year_is_felt():
    falls = cash.by_way(plan(**FLAT, api__price_decline_per_year=0.5))["api"].tokens_usd
    assert falls[1:] == pytest.approx(falls[:-1] / 2)


def test_next_chips_make_later_servers_fewer():
    still, better = (plan(running__improvement_per_year=g, need__growth_per_year=1.0) for g in (0.0, 0.33))
    a, b = (np.sum(cash.by_way(one)["colocation"].capital_usd[:5]) for one in (still, better))
    assert b < 0.8 * a


def test_a_chip_that_the_gpus_overtook_saves_nothing_and_costs_its_programme():
    late = plan(programme__delay_years=4.0, running__improvement_per_year=0.3)
    assert cash.own_chip_gain(late, 0.6) < 1
    found = cash.by_way(late)
    assert found["own-chip"].capital_usd == pytest.approx(found["colocation"].capital_usd)
    assert np.sum(found["own-chip"].programme_usd) == 3e8


def test_a_partners_margin_eats_the_gain():
    assert cash.own_chip_gain(plan(programme__delay_years=0.0), 0.6) == pytest.approx(1.8)
    dear = plan(programme__delay_years=0.0, partner__partner_margin=0.5)
    assert cash.own_chip_gain(dear, 0.6) == pytest.approx(1.8 / 1.6)


def test_a_reservation_of_three_years_holds_what_it_took():
    shrinking = plan(need__growth_per_year=-0.5, need__prompts_per_day=4e6)
    chips = cash.by_way(shrinking)["reserved-3y"].rent_usd
    assert chips[0] == chips[1] == chips[2] > chips[3]


def test_an_endpoint_is_scaled_down_at_night():
    day, night = (cash.by_way(plan(rent__returned_fraction=share))["endpoint"].rent_usd for share in (0.0, 0.5))
    assert np.all(night < day)
    assert night == pytest.approx(day * 0.75)  # half of the idle half


@pytest.mark.parametrize(("privacy", "left"), [(0, 10), (1, 8), (2, 3)])
def test_privacy_has_no_price(privacy, left):
    assert sum(np.isfinite(one) for one in cash.costs_by_way(plan(need__privacy=float(privacy))).values()) == left


def test_what_cannot_run_leaves_the_apis():
    found = cash.costs_by_way(plan(copy__batch=0.0))
    assert [name for name, usd in found.items() if np.isfinite(usd)] == list(cash.API_WAYS)


@pytest.mark.parametrize("cause", ["site_usd", "electricity_usd", "upkeep_usd"])
def test_servers_on_order_cost_neither_place_nor_power_nor_upkeep(cause):
    at_once, late, later = (getattr(cash.by_way(plan(**FLAT, running__lead_years=years))["colocation"], cause)
                            for years in (0.0, 0.25, 1.5))
    assert late[0] == pytest.approx(0.75 * at_once[0])
    assert late[1:] == pytest.approx(at_once[1:])
    assert (later[0], later[1]) == (0, pytest.approx(0.5 * at_once[1]))


def test_licences_are_paid_for_the_chips_that_serve_rented_or_owned():
    licences, chips = (cash.by_way(plan(**FLAT, running__lead_years=years, running__licence_usd_per_chip_year=4500.0))
                       ["colocation"].licences_usd for years in (0.0, 1.0)), fleet.machines(plan(**FLAT)).copy_chips[0]
    owned, rented = licences
    assert rented[0] == pytest.approx(4500 * chips)
    assert rented[1:] == pytest.approx(owned[1:])


def test_capital_up_front():
    front = cash.capital_up_front_usd(cash.by_way(plan()))
    assert front["api"] == front["on-demand"] == 0
    assert front["own-chip"] == pytest.approx(front["colocation"] + 3e8)
    assert front["own-room"] > front["colocation"] > 3e5


@given(st.floats(1e2, 1e9), st.floats(0.5, 10), st.floats(0, 0.4))
def test_costs_are_positive_and_a_dearer_chip_never_makes_rent_cheaper(prompts, horizon, rate):
    one = plan(need__prompts_per_day=prompts, finance__horizon_years=horizon, finance__discount_rate=rate)
    costs = cash.costs_by_way(one)
    dear = cash.costs_by_way(one.changed({"rent.price_usd_per_hour": 8.0}))
    assert all(usd > 0 for usd in costs.values())
    assert all(dear[name] >= costs[name] for name in costs)


def test_arrays_broadcast_as_one_number_does():
    prompts = np.geomspace(1e3, 1e8, 7)
    many = cash.costs_by_way(plan(need__prompts_per_day=prompts, server__life_years=np.full(7, 4.0)))
    for k in (0, 3, 6):
        alone = cash.costs_by_way(plan(need__prompts_per_day=float(prompts[k]), server__life_years=4.0))
        assert {name: usd[k] for name, usd in many.items()} == pytest.approx(alone)



PARTS = ("need.prompts_per_day", "need.prompt_tok", "need.batch_fraction", "need.growth_per_year", "need.privacy",
         "api.input_usd_per_token", "api.price_decline_per_year", "rent.price_usd_per_hour",
         "rent.rent_decline_per_year", "server.capex_usd", "server.life_years", "running.improvement_per_year",
         "running.lead_years", "programme.delay_years", "finance.discount_rate", "copy.service_s", "copy.batch")


def test_the_page_computes_what_numpy_computes(node):
    def flat(*values):
        return np.stack(list(cash.costs_by_way(plan().changed(dict(zip(PARTS, values, strict=True)))).values()))

    for factor, batch in ((0.93, 64.0), (1.0, 64.0), (1.07, 0.0)):
        at = [plan().value(name) * factor for name in PARTS[:-1]] + [batch]
        at[4] = 0.0 if batch else 1.0
        np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-9)
