"""The numbers behind the book's rulings, each from the formulas and catalogues, with the inputs of its chapter.

One function for a claim or a group of claims; what it returns stands in `findings`. Chapter 14 prints them in one
table; a test of the built site looks each of them up on the page of its chapter, so that the two cannot part. `tipping`
puts the claims that can be counted on one scale: the quantity that a claim speaks of over the value at which it tips.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from .. import catalog, decision, models, serving, silicon, training
from ..buying import break_even, market, ownership
from ..buying.reference import KERNEL_PAY_USD_PER_YEAR, owned_gpu, pay_usd_per_month
from ..catalog import deepseek_day, prices
from ..decision import doubts, offers, scenarios
from ..decoder import toy_context
from ..hardware import accelerators
from ..models import Model, head_sharing, kv_cache
from ..quantities.checks import known
from ..quantities.limits import DAYS_PER_YEAR, checked
from ..quantities.numeric import Numeric
from ..risk import exposure, uncertainty
from ..serving import calibration, step
from ..serving.token_cost import ladder
from ..silicon import programme, reference
from ..training import spend
from .findings import (
    ApiMoves,
    Block,
    Efficiency,
    Example,
    FullStack,
    GlobalScale,
    Independence,
    Integration,
    Memory,
    OwnChip,
    SharedHeads,
    TrainingAgainstServing,
)

OUTPUT_TOK = 500.0  # an answer, in chapter 10's conversion of GPUs to prompts
PLATFORM_PROMPTS = 1e9  # a day
TEAM_USD_PER_YEAR = 20 * KERNEL_PAY_USD_PER_YEAR  # the team of chapter 11: twenty people
GAIN, SMALL_GAIN = 0.1, 0.03  # of work per chip, by that team; assumed


@cache
def deepseek_runs() -> spend.Runs:
    """Return the final training run of DeepSeek-V3, once."""
    return spend.Runs(deepseek_day().run_usd)


@cache
def deepseek_service() -> spend.Service:
    """Return DeepSeek's published day, every day."""
    return spend.Service(deepseek_day().tokens, deepseek_day().usd_per_token)


@cache
def training_against_serving() -> TrainingAgainstServing:
    """Return days to the inversion, share of final runs in research, shares of cash, and the share against final runs.

    For C1 and C2, chapter 1.
    """
    shares = {row["company"]: row["share"] for row in catalog.published("final-run-share").records()}
    facts = catalog.spend_shares()
    cash = [fact.value for fact in facts.values() if fact.basis == "cash compute spend"]
    served = facts["openai-2024"].value
    runs, service = deepseek_runs(), deepseek_service()
    return TrainingAgainstServing(
        days=spend.crossover_days(runs, service), paid_share=deepseek_day().paid_share,
        run_low=min(shares.values()), run_high=max(shares.values()), cash_low=min(cash), cash_high=max(cash),
        final_only=spend.Spend((1 - served) * shares["OpenAI"], served).serving_share,
        window=spend.tokens_per_day_for_share(0.8, 3, runs, service)
        / spend.tokens_per_day_for_share(0.6, 3, runs, service),
        days_of_all=spend.crossover_days(
            spend.Runs(training.programme_usd(runs.training_usd, min(shares.values()))), service),
        cash_odds=min(cash) / (1 - min(cash)))


@cache
def global_scale() -> GlobalScale:
    """Return dollars per thousand prompts at a billion a day: rented by the hour, held all day, premium API.

    For C3, chapter 9: Llama-3.1 70B in fp8, four H100 to a copy, 64 requests in flight, 3,000 tokens in and 1,000 out.
    """
    served = serving.Deployment("llama-3.1-70b", "h100-sxm", 4).serve(serving.Load(64, 3000, 1000))
    per_s, rent = served.input_tok_per_s + served.output_tok_per_s, offers.rent_usd_per_hour("h100-sxm")
    tokens = 4000 * PLATFORM_PROMPTS
    hourly = break_even.servers_for_demand(tokens * serving.daily_curve(2.0), per_s)
    held = break_even.servers_for_demand(tokens, per_s, 2.0)
    premium = prices.api_price("gpt-5.6-sol")
    premium_usd = market.blended_usd_per_token(premium, 3) * 4000 * 1000
    hyperscaler = prices.rental_usd_per_hour("h100-sxm", "hyperscaler")
    return GlobalScale(
        rented_usd=float(np.sum(hourly)) * 4 * rent / PLATFORM_PROMPTS * 1000,
        held_usd=held * 4 * 24 * rent / PLATFORM_PROMPTS * 1000,
        dear_usd=held * 4 * 24 * hyperscaler / PLATFORM_PROMPTS * 1000, premium_usd=premium_usd,
        premium_usd_per_year=float(premium_usd) / 1000 * PLATFORM_PROMPTS * DAYS_PER_YEAR, premium=premium.model,
        premium_date=premium.date)


@cache
def api_moves() -> ApiMoves:
    """Return how often and how far listed prices moved, and what takes a thin or a thick margin.

    For C4, chapter 12.
    """
    factors = np.array([change.factor for change in prices.api_changes()])
    thin, thick = (0.25, 0.95), (0.6, 0.8)
    return ApiMoves(
        changes=factors.size, cuts=int((factors < 1).sum()), years_per_change=1 / prices.api_change_rate_per_year(),
        largest_rise=float(factors.max()), thin_margin=thin[0], thick_margin=thick[0],
        thin_limit=exposure.break_even_shock(1.0, 1 - thin[0], thin[1]),
        thick_limit=exposure.break_even_shock(1.0, 1 - thick[0], thick[1]))


def programme_bill_usd(design_usd: Numeric, software_usd_per_year: Numeric, respins: Numeric) -> Numeric:
    """Return what chapter 10's programme costs, with these parts of it [USD]."""
    planned = dataclasses.replace(reference.programme(), design_usd=design_usd, respins=respins,
                                  software_usd_per_year=software_usd_per_year)
    return programme.programme_cost(planned, reference.LIFE_YEARS, reference.DISCOUNT_RATE).total_usd


def programme_pays(design_usd: Numeric, software_usd_per_year: Numeric, respins: Numeric, saving: Numeric,
                   gpu_usd: Numeric) -> Numeric:
    """Return the GPUs' worth of work that pay for chapter 10's programme, with these parts of it [1]."""
    bill = programme_bill_usd(design_usd, software_usd_per_year, respins)
    return programme.break_even_units(bill, gpu_usd, saving)


def low_design_usd() -> float:
    """Return the 5 nm headline, deflated as estimates at 16 nm were by chips that were really made [USD]."""
    spread = catalog.silicon("design-16nm")
    return catalog.silicon("design-5nm").value * spread.low / spread.high


@cache
def programme_draws() -> uncertainty.Interval:
    """Return the work that pays for a programme, over the ranges of chapter 10."""
    span = uncertainty.Range
    return uncertainty.interval(programme_pays, {
        "design_usd": span(low_design_usd(), catalog.silicon("design-7nm").value, catalog.silicon("design-5nm").value),
        "respins": span(0, 1, 2),
        "software_usd_per_year": span(reference.SOFTWARE_RANGE[0], reference.SOFTWARE_USD_PER_YEAR,
                                      reference.SOFTWARE_RANGE[1]),
        "saving": span(0.2, 0.44, 0.55), "gpu_usd": span(45e3, 58e3, 80e3)})


def mtia_deployed() -> float:
    """Return the GPUs' worth of work of the fewest MTIA 2i that Meta's "hundreds of thousands" allow [1]."""
    return catalog.silicon("mtia-deployed").value / (catalog.silicon("mtia-2i-chips-per-server").value / 8)


@cache
def own_chip() -> OwnChip:
    """Return the saving on recommendation, the work that pays for a programme, and the miss on language models.

    For C5, chapter 10.
    """
    saving = catalog.silicon("mtia-2i-saving").value
    units = programme.break_even_units(reference.programme_usd(), owned_gpu().life_usd, saving)
    chip, model = accelerators.get("mtia-2i"), models.get("llama-2-7b")
    a_gpu = deepseek_day().output_tok_per_gpu / OUTPUT_TOK  # prompts a day
    low, high = (programme.break_even_units(reference.programme_usd(team), owned_gpu().life_usd, saving) * a_gpu
                 for team in reference.SOFTWARE_RANGE)
    draws, deployed = programme_draws(), mtia_deployed()
    return OwnChip(
        saving=saving, units=units, prompts=units * a_gpu, prompts_low=low, prompts_high=high,
        floor_s=model.n_params_read * 2 / known(chip.hbm_bytes_per_s),
        target_s=catalog.silicon("mtia-2i-tpot-limit").value,
        median=draws.quantiles[0.5], prompts_median=draws.quantiles[0.5] * a_gpu,
        deployed=deployed, share=draws.share_below(deployed))


@cache
def full_stack() -> FullStack:
    """Return shares of the H100's peak before and after a rewrite, and the fleet from which a team of twenty pays.

    For C6, chapter 11.
    """
    rows = {(row["version"], row["chip"]): row["high"] for row in catalog.published("flash-attention").records()}
    peak = known(accelerators.get("h100-sxm").bf16_flop_per_s)

    def pays(gain: float) -> Numeric:
        saving = programme.saving_from_perf_per_tco(1 + gain)
        return programme.break_even_units(TEAM_USD_PER_YEAR, owned_gpu().year_usd, saving)

    return FullStack(before=rows["2", "H100"],
                     after=catalog.silicon("flash-v3-8192").value / peak, gain=GAIN, small_gain=SMALL_GAIN,
                     pays=pays(GAIN), pays_small=pays(SMALL_GAIN))


def _hour(margins: silicon.Margins) -> silicon.MarginStack:
    """Return what a used hour of chapter 10's H100 costs with these margins."""
    recovery = ownership.capital_recovery_factor(reference.DISCOUNT_RATE, reference.LIFE_YEARS)
    return silicon.margin_stack(reference.h100_build(), margins, recovery, reference.RUNNING_USD_PER_YEAR,
                                reference.UTILISATION)


def design_pays(chip_margin: Numeric | None = None, partner_margin: Numeric = 0.0) -> Numeric:
    """Return the fleet from which chapter 10's design costs less an hour than buying the chip does [1]."""
    bought = _hour(reference.h100_margins(chip_margin, cloud_margin=0.0)).cloud_usd_per_hour
    made = _hour(silicon.Margins(partner_margin)).cloud_usd_per_hour
    return programme.units_for_design_usd_per_hour(
        reference.one_digit(reference.programme_usd()), bought - made, reference.LIFE_YEARS, reference.UTILISATION)


@cache
def integration() -> Integration:
    """Return an own design over the cloud's price of an hour, and the steps between them.

    For C7, chapter 10.
    """
    cloud, owned = _hour(reference.h100_margins()), _hour(reference.h100_margins(cloud_margin=0.0)).cloud_usd_per_hour

    recovery = ownership.capital_recovery_factor(reference.DISCOUNT_RATE, reference.LIFE_YEARS)
    partner = catalog.silicon("margin-partner").value

    def design(fleet: float, margin: float = 0.0) -> Numeric:
        return reference.own_design_usd_per_hour(fleet, recovery, margin)

    partner_margin = catalog.silicon("margin-broadcom-2025").value
    return Integration(
        cloud_usd=cloud.cloud_usd_per_hour, owned_usd=owned, own_over_cloud=design(30_000) / cloud.cloud_usd_per_hour,
        saved_by_owning=1 - owned / cloud.cloud_usd_per_hour, saved_by_design=1 - design(30_000) / owned,
        small_usd=design(500), fleet=design_pays(), partner_margin=partner_margin,
        dearer_with_partner=design(30_000, partner_margin) / owned - 1, usual_margin=partner,
        saved_with_partner=1 - design(30_000, partner) / owned, fleet_with_partner=design_pays(partner_margin=partner))


@cache
def memory() -> Memory:
    """Return a multi-head model's cache, the context where 16 users outweigh the model, and a grouped one's share.

    For C8, chapter 3.
    """
    mha, grouped = models.get("llama-2-13b"), models.get("llama-3.1-70b")
    token = kv_cache.kv_bytes_per_token(mha.kv_values_per_token)
    return Memory(
        token_bytes=token, equal_tok=kv_cache.context_where_cache_equals_weights(mha.n_params * 2, 16, token),
        short=kv_cache.of_model(grouped, 2048) / (grouped.n_params * 2))


@cache
def _llama(*, every_head: bool) -> Model:
    """Return Llama-3.1 70B as built, or with keys and values for every query head."""
    built = models.get("llama-3.1-70b")
    return head_sharing.with_kv_heads(built, built.q_heads) if every_head else built


@checked(context_tok="[2, 1e9]")
def users_held(context_tok: Numeric, *, every_head: bool = False) -> Numeric:
    """Return how many users of a context eight H100 hold, with Llama-3.1 70B and its cache in 8 bits.

    Parameters
    ----------
    context_tok : numeric
        Tokens of each, at least two. [token]
    every_head : bool
        Whether every query head keeps keys and values of its own.

    Returns
    -------
    numeric
        Whole users. [1]
    """
    held = serving.Deployment(_llama(every_head=every_head), "h100-sxm", 8, serving.Formats("fp8", "kv8"))
    return held.sequences_that_fit(serving.Load(1, context_tok - 1, 1))


@cache
def shared_heads() -> SharedHeads:
    """Return users of 32,768 tokens on eight H100 with and without shared heads, and the weights either way.

    For C9, chapters 4 and 8.
    """
    built, every = _llama(every_head=False), _llama(every_head=True)
    return SharedHeads(users=users_held(32_768), users_unshared=users_held(32_768, every_head=True),
                       weights_bytes=built.n_params * 2, weights_unshared_bytes=every.n_params * 2)


@cache
def block() -> Block:
    """Return models with a gated part, a toy's loss beyond its training, and what 16 times the context costs.

    For C10, chapter 5.
    """
    known, unscaled = models.load().values(), toy_context.losses("none", 2)
    fitted = calibration.constants("h100-sxm")
    setup = serving.setup("llama-3.1-70b", "h100-sxm", "fp8", 2)
    rent = prices.rental_usd_per_hour("h100-sxm")

    def dearer(readers: int) -> Numeric:
        long, short = (serving.usd_per_output_token(rent, 8, step.serve(
            setup, fitted, serving.Load(readers, n, 500), serving.Layout(8)).output_tok_per_s) for n in (131_072, 8192))
        return long / short

    return Block(
        models=len(known), gated=sum(model.ffn == "gated" for model in known), home=float(np.mean(unscaled[:2])),
        far=float(np.mean(unscaled[8:])), dearer=dearer(8), dearer_alone=dearer(1),
        longer=131_072 / 8192)


@cache
def independence() -> Independence:
    """Return the price of keeping data from APIs, and the rise that a supplier can take before moving pays.

    For C11, chapter 12.
    """
    start, enterprise, _ = (decision.yearly_costs(scenarios.inputs_of(one)) for one in scenarios.SCENARIOS.values())
    free, bound = (decision.cheapest(decision.within(start, level)) for level in (0, 1))

    def rise(months: float, review_usd: float, overlap_months: float) -> Numeric:
        move = exposure.switching_cost_usd(months, pay_usd_per_month(), review_usd, overlap_months, 500_000 / 12)
        return exposure.switching_threshold(1.0, 1.0, 500_000, move, 2, 0.1) - 1

    alone = decision.yearly_costs(scenarios.inputs_of(next(iter(scenarios.SCENARIOS.values())) | {
        "team_usd_per_year": 0.0}))
    return Independence(
        small=bound / free, small_without_team=decision.cheapest(decision.within(alone, 1)) / free,
        large=enterprise.api_usd / decision.cheapest(decision.within(enterprise, 1)), rise=rise(6, 50_000, 1),
        easy_rise=rise(0.5, 5_000, 0.25), own_half=exposure.margin_after_shock(0.5, 0.4, 1.0),
        api_half=exposure.margin_after_shock(0.5, 0.2, 1.0))


@cache
def efficiency() -> Efficiency:
    """Return what twice the work per chip saves, and what a smaller or cheaper model does.

    For C12, chapter 13.
    """
    start, _, platform = scenarios.SCENARIOS.values()

    def cost(scenario: Mapping[str, Any], **factors: float) -> decision.Costs:
        return decision.yearly_costs(doubts.scaled(scenarios.inputs_of(scenario), factors))

    whole, half = cost(platform), cost(platform, speed=2.0)
    bills = [cost(start | {"api": offer.name}).api_usd for offer in offers.offers()]
    return Efficiency(
        platform=1 - half.own_usd / whole.own_usd, platform_usd=whole.own_usd - half.own_usd,
        small=1 - cost(start, speed=2.0).rent_usd / cost(start).rent_usd, apis=max(bills) / min(bills),
        smaller_model=whole.own_usd / cost(platform | {"model": "llama-3.1-8b"}).own_usd)


@cache
def example() -> Example:
    """Return the ladder of chapter 9's copy at half use: Llama-3.1 70B in fp8 on four H100. [USD/token].

    And DeepSeek's day on it: the price of its peak arithmetic, by all tokens and by those that no cache held.
    """
    model, chip = models.get("llama-3.1-70b"), accelerators.get("h100-sxm")
    rungs = ladder(serving.setup(model, chip, "fp8"), calibration.constants(chip), serving.Load(64, 3000, 1000),
                   serving.Layout(4), model.n_params_read, offers.rent_usd_per_hour("h100-sxm"), 0.5)
    one, deepseek = deepseek_day(), models.get("deepseek-v3")
    peak = serving.hourly_usd_per_token(one.price_usd_per_hour, chip.flop_per_s("fp8") / (2 * deepseek.n_params_active))
    computed = one.usd / one.missed_tok
    return Example(
        rungs=rungs, over_peak=rungs[3] / rungs[0], day_peak=peak, day_computed=computed,
        day_over_peak=one.usd_per_token / peak, day_over_computed=computed / peak)
