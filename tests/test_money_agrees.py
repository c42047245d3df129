"""Questions about money that more than one room can answer: over the whole catalogue they give one answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import (
    accelerators,
    break_even,
    custom_silicon,
    decision,
    market,
    models,
    ownership,
    prices,
    rulings,
    scenarios,
    serving,
    silicon,
    training,
)
from inference_economics.buying import reference
from inference_economics.decision import offers, savings
from inference_economics.quantities.mathematics import annuity_years
from inference_economics.serving import queueing
from inference_economics.silicon import reference as chips

QUOTES = prices.rental_quotes()
rates, lives = st.floats(0, 0.5), st.floats(0.5, 30)


# -- hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chip", sorted({quote.chip for quote in QUOTES}))
def test_the_hourly_price_of_a_token(chip):
    """By rent and speed, by the machine's cost of an hour, by the break-even, and by a run's rent."""
    speed = np.array([1.0, 37.5, 4000.0])
    for quote in (q for q in QUOTES if q.chip == chip):
        per_token = serving.hourly_usd_per_token(quote.usd_per_hour, speed)
        assert_allclose(serving.usd_per_output_token(quote.usd_per_hour, 1, speed), per_token)
        assert_allclose(training.training_usd(1 / speed / 3600, quote.usd_per_hour), per_token)
        year = quote.usd_per_hour * 8760
        assert_allclose(ownership.usd_per_used_hour(year), quote.usd_per_hour)
        assert_allclose(break_even.break_even_utilisation(year, 1, quote.usd_per_hour), 1)
        # at full load a machine ties with an API that asks just this
        full = break_even.break_even_tokens_per_day(year, per_token * (1 + 1e-9), speed)
        assert_allclose(full, speed * 86_400, rtol=1e-6)


@pytest.mark.parametrize("model", ["llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b", "deepseek-v3", "qwen3-32b"])
def test_a_deployments_tokens_cost_its_hours(model):
    for machine in offers.machines():
        one = serving.Deployment(model, machine.chip, 8, "mxfp4" if model.startswith("gpt") else "fp8")
        load = serving.Load(np.array([1.0, 64.0]), 1000, 500)
        out = one.serve(load).output_tok_per_s
        for use in (1.0, 0.3):
            asked = one.usd_per_output_token(load, machine.price_usd_per_hour, use)
            assert_allclose(asked, serving.hourly_usd_per_token(8 * machine.price_usd_per_hour, out * use))


# -- cost of capital --------------------------------------------------------------------------------------------------


@given(rate=rates, life=lives, capex=st.floats(1e3, 1e8), yearly=st.floats(0, 1e7))
def test_a_later_dollar_is_worth_the_same_in_every_room(rate, life, capex, yearly):
    annuity = annuity_years(rate, life)
    assert ownership.capital_recovery_factor(rate, life) * annuity == pytest.approx(1)
    assert ownership.net_present_cost_usd(capex, yearly, life, rate) == pytest.approx(capex + yearly * annuity)
    assert ownership.capital_usd_per_year(capex, life, rate) == pytest.approx(capex / annuity)
    design = custom_silicon.ChipProgramme(0, 0, software_usd_per_year=yearly)
    software = custom_silicon.programme_cost(design, life, rate)
    assert software.total_usd == pytest.approx(yearly * annuity)
    # a server's hour on chapter 10's stack without margins is that of its owner
    build, free = silicon.ServerBuild(capex / 8, 8, 0), silicon.Margins(0, 0, 0)
    stack = silicon.margin_stack(build, free, 1 / annuity, yearly, 0.6)
    owner = ownership.usd_per_used_hour(ownership.capital_usd_per_year(capex, life, rate) + yearly, 8, 0.6)
    assert stack.cloud_usd_per_hour == pytest.approx(stack.bare_usd_per_hour) == pytest.approx(owner)


def test_the_reference_gpu_is_one_machine_by_year_and_by_life():
    gpu, server = reference.owned_gpu(), reference.h100_server()
    factor = ownership.capital_recovery_factor(reference.DISCOUNT_RATE, reference.LIFE_YEARS)
    assert gpu.life_usd * factor == pytest.approx(gpu.year_usd)
    owned = ownership.owned_usd_per_year(server, reference.site(), reference.DISCOUNT_RATE,
                                         load_fraction=reference.LOAD_FRACTION)
    assert owned.total_usd == pytest.approx(8 * gpu.year_usd)


# -- savings and break-even -------------------------------------------------------------------------------------------


@given(ratio=st.floats(1.01, 50), nre=st.floats(1e6, 1e9), tco=st.floats(1e3, 1e6))
def test_a_saving_is_one_number(ratio, nre, tco):
    saving = custom_silicon.saving_from_perf_per_tco(ratio)
    assert savings.saved_by_efficiency(ratio) == savings.saved_by_smaller_model(1.0, ratio) == saving
    assert custom_silicon.perf_per_tco_from_saving(saving) == pytest.approx(ratio)
    units = custom_silicon.break_even_units(nre, tco, saving)
    assert custom_silicon.net_saving_usd(units, nre, tco, saving) == pytest.approx(0, abs=1e-6 * nre)
    # the same programme by the hour: what is saved of an hour pays for it from as many units on
    hour = tco / (5 * 8760)
    assert custom_silicon.units_for_design_usd_per_hour(nre, hour * saving, 5) == pytest.approx(units)


def test_chapter_10s_fleet_is_where_design_and_margins_tie():
    fleet = rulings.design_pays()
    design = custom_silicon.design_usd_per_hour(chips.one_digit(chips.programme_usd()), fleet, chips.LIFE_YEARS,
                                                chips.UTILISATION)
    avoided = rulings.integration().owned_usd - design
    recovery = ownership.capital_recovery_factor(chips.DISCOUNT_RATE, chips.LIFE_YEARS)
    bare = silicon.margin_stack(chips.h100_build(), silicon.Margins(0, 0, 0), recovery, chips.RUNNING_USD_PER_YEAR,
                                chips.UTILISATION).cloud_usd_per_hour
    assert avoided == pytest.approx(bare)


# -- fleets -----------------------------------------------------------------------------------------------------------


@given(load=st.floats(0.01, 1e6), batch=st.integers(1, 2048))
def test_headroom_only_adds_machines(load, batch):
    """The queue's fleet, with few waits, is never below the bare one, and nears it where a fleet is large."""
    bare, queued = break_even.machines_for(load, batch), queueing.replicas_for(load, batch, 0.05)
    assert bare <= queued
    assert queued <= np.ceil((load + 5 * np.sqrt(load) + 5) / batch)


@pytest.mark.parametrize("machine", [one.name for one in offers.machines()])
@pytest.mark.parametrize("name", scenarios.SCENARIOS)
def test_the_decisions_fleet_and_rent_are_those_of_the_parts(name, machine):
    scenario = scenarios.SCENARIOS[name] | {"machine": machine, "growth_per_year": 0.0, "price_decline_per_year": 0.0}
    inputs = scenarios.inputs_of(scenario)
    costs, fleet, demand = decision.yearly_costs(inputs), inputs.fleet, inputs.demand
    if not fleet.batch:
        assert np.isnan(costs.rent_usd)
        return
    prompts = demand.users * demand.queries_per_day
    load = prompts / 86_400 * demand.peak_to_mean * fleet.service_s
    copies = queueing.replicas_for(load, fleet.batch, demand.wait_probability)
    assert costs.first_chips == costs.last_chips == copies * fleet.n_chips
    assert copies >= break_even.machines_for(load, fleet.batch)
    team = fleet.team_usd_per_year
    assert costs.rent_usd - team == pytest.approx(costs.first_chips * fleet.price_usd_per_hour * 8760)
    per_token = serving.usd_per_output_token(fleet.price_usd_per_hour, costs.first_chips,
                                             prompts * demand.output_tok / 86_400)
    assert (costs.rent_usd - team) / (prompts * 365 * demand.output_tok) == pytest.approx(per_token)
    server = ownership.owned_usd_per_year(
        inputs.server.owned_for(inputs.finance.horizon_years), inputs.site, inputs.finance.discount_rate,
        load_fraction=0.35 + 0.65 / demand.peak_to_mean).total_usd
    servers = break_even.with_spares(break_even.machines_for(costs.first_chips, 8), fleet.spare_fraction)
    assert servers >= costs.first_chips / 8 + (fleet.spare_fraction > 0) * min(1, costs.first_chips)
    assert costs.own_usd - team == pytest.approx(servers * server)
    bill = market.api_usd(prompts * 365 * demand.prompt_tok, prompts * 365 * demand.output_tok,
                          prices.api_price(scenario["api"]))
    assert costs.api_usd == pytest.approx(bill)


@pytest.mark.parametrize("name", [one.name for one in offers.offers()[:-1]])
def test_an_offer_asks_what_the_catalogue_lists(name):
    """With cache and waiting, the decision's bill is the market's; no discount is applied where none is recorded."""
    listed, offer = prices.api_price(name), next(one for one in offers.offers() if one.name == name)
    terms = market.Discounts(0.9, 0.5, listed.batch_discount)
    scenario = scenarios.SCENARIOS["Start-up"] | {"api": name, "cached_fraction": 0.9, "batch_fraction": 0.5,
                                                  "price_decline_per_year": 0.0, "growth_per_year": 0.0}
    inputs = scenarios.inputs_of(scenario)
    prompts = 25_000 * 365
    assert decision.yearly_costs(inputs).api_usd == pytest.approx(
        market.api_usd(prompts * 1500, prompts * 400, listed, terms))
    assert offer.cached_input_factor <= 1
    assert replace(inputs.offer, cached_input_factor=1.0).cached_input_factor == 1


# -- chips and models -------------------------------------------------------------------------------------------------


def test_users_of_the_ruling_are_the_deployments():
    for every in (False, True):
        model = models.get("llama-3.1-70b")
        for context_tok in (2048, 32_768, 131_072):
            held = rulings.users_held(context_tok, every_head=every)
            assert held == np.floor(held) >= 0
            if not every:
                one = serving.Deployment(model, accelerators.get("h100-sxm"), 8, serving.Formats("fp8", "kv8"))
                assert held == one.sequences_that_fit(serving.Load(1, context_tok - 1, 1))
