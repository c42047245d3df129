"""The decision: four ways to serve one workload, against figures from elsewhere, each other, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parity import harness

from inference_economics import (
    break_even,
    calibration,
    catalog,
    custom_silicon,
    decision,
    market,
    models,
    ownership,
    prices,
    scenarios,
    serving,
)
from inference_economics.decision import doubts, offers, yearly_costs
from inference_economics.risk.uncertainty import interval

H100, B200 = offers.machines()[0], offers.machines()[-1]
SETUP = serving.setup(models.get("llama-3.1-70b"), H100.chip)
CONSTANTS = calibration.constants(H100.chip)
REPLICA = {"service_s": 20.0, "batch": 64.0, "n_chips": 2.0}
INPUTS = {"users": 20_000.0, "queries_per_day": 20.0, "prompt_tok": 1500.0, "output_tok": 400.0,
          "growth_per_year": 0.5, "horizon_years": 3.0, "discount_rate": 0.08, "peak_to_mean": 2.0,
          "input_usd_per_token": 1e-6, "output_usd_per_token": 5e-6, "price_decline_per_year": 0.1,
          "price_usd_per_hour": 4.0, "capex_usd": 3e5, "power_w": 10_200.0, "life_years": 5.0, "resale_fraction": 0.5,
          "electricity_usd_per_kwh": 0.08, "pue": 1.3, "colocation_usd_per_kw_month": 150.0,
          "operations_fraction": 0.08, "idle_power_fraction": 0.35, "network_fraction": 0.1, "spare_fraction": 0.03,
          "team_usd_per_year": 3e5, "nre_usd": 3e8, "software_usd_per_year": 3e7, "perf_per_tco": 1.8,
          "delay_years": 2.0, "chips_per_server": 8.0, "wait_probability": 0.05} | REPLICA
PLAIN = INPUTS | {"growth_per_year": 0.0, "price_decline_per_year": 0.0, "team_usd_per_year": 0.0, "nre_usd": 0.0,
                  "software_usd_per_year": 0.0, "delay_years": 0.0, "horizon_years": 5.0}


def costs(**changes):
    return yearly_costs(**(INPUTS | changes))


# -- against figures from elsewhere -----------------------------------------------------------------------------------


def test_deepseeks_day_at_its_list_prices():
    """Every token of the day at R1's prices, none found in the cache: 608B × $0.55 + 168B × $2.19."""
    day = dict(catalog.published("deepseek-day").rows)
    bill = yearly_costs(**PLAIN | {
        "users": 1e6, "queries_per_day": 1.0, "prompt_tok": day["input tokens"] / 1e6,
        "output_tok": day["output tokens"] / 1e6,
        "input_usd_per_token": day["USD per million input tokens, cache miss"] / 1e6,
        "output_usd_per_token": day["USD per million output tokens"] / 1e6}).api_usd / 365
    saved = day["of these from cache"] * (0.55 - 0.14) / 1e6
    assert bill - saved == pytest.approx(day["theoretical daily revenue, USD"], rel=2e-3)


def test_the_break_even_of_a_chip_programme():
    """$300M and a saving of 44% on GPUs of $60k lifetime cost need 11,364 of them (golden case asic-breakeven)."""
    free = {"electricity_usd_per_kwh": 0.0, "colocation_usd_per_kw_month": 0.0, "operations_fraction": 0.0,
            "network_fraction": 0.0, "spare_fraction": 0.0, "discount_rate": 0.0, "capex_usd": 8 * 6e4,
            "nre_usd": 3e8, "perf_per_tco": custom_silicon.perf_per_tco_from_saving(0.44)}
    units = custom_silicon.break_even_units(3e8, 6e4, 0.44)
    assert units == pytest.approx(11_364, rel=1e-4)
    # one request at a time on one chip, arriving as fast as that many chips serve; headroom is a hundredth here
    for share, wins in ((0.95, False), (1.01, True)):
        c = yearly_costs(**PLAIN | free | {"users": share * units * 8640, "queries_per_day": 1.0, "service_s": 10.0,
                                           "batch": 1.0, "n_chips": 1.0, "peak_to_mean": 1.0})
        assert (c.custom_usd < c.own_usd) == wins


# -- against the formulas that it is made of --------------------------------------------------------------------------


def test_without_growth_it_is_the_sum_of_its_parts():
    c = yearly_costs(**PLAIN)
    n = 20_000 * 20 * 365
    assert c.api_usd == pytest.approx(market.api_usd(n * 1500, n * 400, 1e-6, 5e-6))
    server = ownership.owned_usd_per_year(
        3e5, 5, 0.08, 10_200, 0.08, pue=1.3, network_fraction=0.1, operations_fraction=0.08,
        colocation_usd_per_kw_month=150, load_fraction=ownership.average_load_fraction(0.5, 0.35)).total_usd
    assert c.rent_usd == pytest.approx(c.first_chips * 4 * 8760)
    assert c.own_usd == pytest.approx(np.ceil(c.first_chips / 8 * 1.03) * server)
    assert c.custom_usd == pytest.approx(c.own_usd / 1.8)
    assert c.prompts == pytest.approx(n)


def test_one_server_pays_from_the_break_even_demand():
    """With demand that one server always carries, API and own meet where `break_even` says."""
    small = PLAIN | {"batch": 1e6, "n_chips": 8.0, "spare_fraction": 0.0}
    server = yearly_costs(**small).own_usd
    price = (1500 * 1e-6 + 400 * 5e-6) / 1900
    tokens = break_even.break_even_tokens_per_day(server, price, 1e9)
    c = yearly_costs(**small | {"users": tokens / 1900, "queries_per_day": 1.0})
    assert c.api_usd == pytest.approx(c.own_usd)


def test_a_level_cost_has_the_present_value_of_what_is_paid():
    year = np.arange(3) + 0.5
    paid = costs(price_decline_per_year=0.0, growth_per_year=0.0).api_usd * np.exp(np.log(1.5) * year)
    value = 1.08**-year
    assert costs(price_decline_per_year=0.0).api_usd == pytest.approx((paid * value).sum() / value.sum())


@settings(max_examples=40)
@given(users=st.floats(1, 1e8), growth=st.floats(-0.5, 2), rate=st.floats(0, 0.5), years=st.floats(0.5, 10),
       peak=st.floats(1, 6))
def test_more_demand_never_costs_less(users, growth, rate, years, peak):
    move = {"growth_per_year": growth, "discount_rate": rate, "horizon_years": years, "peak_to_mean": peak}
    low, high = costs(users=users, **move), costs(users=users * 1.3, **move)
    assert all(b >= a * (1 - 1e-9) for a, b in zip(low.ways, high.ways, strict=True))
    assert low.last_chips >= low.first_chips or growth < 0


@pytest.mark.parametrize(("name", "factor", "way"), [
    ("input_usd_per_token", 2, "api_usd"), ("price_usd_per_hour", 2, "rent_usd"), ("capex_usd", 2, "own_usd"),
    ("power_w", 2, "own_usd"), ("nre_usd", 2, "custom_usd"), ("software_usd_per_year", 2, "custom_usd"),
    ("delay_years", 1.4, "custom_usd"), ("peak_to_mean", 2, "rent_usd"), ("service_s", 2, "rent_usd"),
    ("team_usd_per_year", 2, "rent_usd"), ("growth_per_year", 2, "api_usd"), ("operations_fraction", 2, "own_usd"),
])
def test_what_makes_a_way_dearer(name, factor, way):
    assert getattr(costs(**{name: INPUTS[name] * factor}), way) > getattr(costs(), way)


def test_a_chip_after_the_horizon_is_all_cost():
    late = costs(delay_years=3.0)
    assert late.custom_usd > late.own_usd + 3e8 / 3
    assert costs(delay_years=0.0, nre_usd=0.0, software_usd_per_year=0.0, perf_per_tco=1.0).custom_usd == pytest.approx(
        costs().own_usd)


def test_a_short_horizon_sells_its_servers():
    def own(years, fraction):
        return costs(horizon_years=years, resale_fraction=fraction).own_usd

    assert own(3.0, 1.0) < own(3.0, 0.0)
    assert own(5.0, 1.0) == own(5.0, 0.0)


def test_falling_demand_leaves_owned_servers_standing():
    falling = costs(users=2e6, growth_per_year=-0.5)
    assert falling.own_usd == pytest.approx(costs(users=2e6, growth_per_year=-0.5, horizon_years=3.0).own_usd)
    assert falling.last_chips < falling.first_chips
    assert falling.own_usd / costs(users=2e6, growth_per_year=0.0).own_usd > 0.7
    assert falling.rent_usd / costs(users=2e6, growth_per_year=0.0).rent_usd < 0.6


# -- one copy of a model ----------------------------------------------------------------------------------------------


def test_the_best_replica_meets_its_targets_and_matches_the_serving_model():
    best = serving.best_replica(SETUP, CONSTANTS, 1500, 400, 2.0, 0.05)
    point = calibration.calibrated("llama-3.1-70b", "h100-sxm", concurrency=float(best.batch), prompt_tok=1500,
                                   output_tok=400, tp=float(best.n_chips))
    assert best.feasible
    assert best.tpot_s == pytest.approx(point.tpot_s)
    assert best.ttft_s == pytest.approx(point.ttft_s)
    assert best.tpot_s <= 0.05
    assert best.batch <= point.capacity
    assert best.requests_per_s_per_chip * best.n_chips == pytest.approx(best.batch / best.service_s)


def test_a_latent_cache_is_not_copied_to_every_chip():
    """DeepSeek-V3 on eight H200: whole attention layers on each chip hold more sequences than cut ones."""
    h200 = offers.machines()[1].chip
    s, c = serving.setup(models.get("deepseek-v3"), h200), calibration.constants(h200)
    best = serving.best_replica(s, c, 4000, 1200, 10.0, 0.05)
    cut, whole = (calibration.calibrated("deepseek-v3", "h200-sxm", concurrency=float(best.batch), prompt_tok=4000,
                                         output_tok=1200, tp=8, attention_dp=dp) for dp in (1, 8))
    assert best.tpot_s == pytest.approx(whole.tpot_s)
    assert cut.output_tok_per_s < whole.output_tok_per_s


def test_looser_targets_never_cost_throughput():
    limits = np.geomspace(0.005, 1, 25)
    rate = serving.best_replica(SETUP, CONSTANTS, 1500, 400, 5.0, limits).requests_per_s_per_chip
    assert rate[0] == 0
    assert (np.diff(rate) >= 0).all()


def test_a_model_that_does_not_fit_costs_infinity():
    big = serving.setup(models.get("deepseek-v3"), H100.chip)
    best = serving.best_replica(big, CONSTANTS, 1500, 400, 10.0, 1.0)
    assert not best.feasible
    c = costs(service_s=best.service_s, batch=best.batch, n_chips=best.n_chips)
    assert np.isinf([c.rent_usd, c.own_usd, c.custom_usd]).all()
    assert np.isfinite(c.api_usd)


# -- privacy ----------------------------------------------------------------------------------------------------------


def test_privacy_rules_out_and_does_not_price():
    c = costs()
    assert decision.within(c, 0) == c.ways
    assert np.isinf(decision.within(c, 1)).tolist() == [True, False, False, False]
    assert np.isinf(decision.within(c, 2)).tolist() == [True, True, False, False]
    with pytest.raises(ValueError, match=r"privacy=3 is outside \[0, 2\]; 0: anywhere"):
        decision.within(c, 3)


# -- doubts -----------------------------------------------------------------------------------------------------------


def test_doubts_are_factors_around_one_on_inputs_that_exist():
    for doubt in doubts.doubts():
        assert doubt.range.low < doubt.range.mid == 1 < doubt.range.high, doubt.name
        assert all(name.removeprefix("1/") in INPUTS for name in doubt.arguments)
        assert doubt.why


@pytest.mark.parametrize("doubt", doubts.doubts(), ids=lambda doubt: doubt.name)
def test_every_doubt_moves_a_cost_of_the_platform_by_all_its_inputs(doubt):
    inputs = scenarios.inputs_of(scenarios.SCENARIOS["A billion prompts a day"])
    assert {argument.removeprefix("1/") for argument in doubt.arguments} <= set(inputs)
    moved = yearly_costs(**doubts.scaled(inputs, {doubt.name: doubt.range.high})).ways
    assert any(float(a) != float(b) for a, b in zip(moved, yearly_costs(**inputs).ways, strict=True))


def test_the_fixed_sample_agrees_with_ten_thousand_draws():
    """The page's hundred draws against `uncertainty.interval`, in logarithms: within a tenth at both ends."""
    few = yearly_costs(**doubts.scaled(INPUTS, doubts.factor_sample()))
    ranges = {doubt.name: doubt.range for doubt in doubts.doubts()}
    for way in ("api_usd", "rent_usd", "own_usd", "custom_usd"):
        many = interval(lambda _way=way, **factors: getattr(yearly_costs(**doubts.scaled(INPUTS, factors)), _way),
                        ranges, samples=4000)
        ours = np.quantile(getattr(few, way), [0.05, 0.95])
        assert np.log(ours / [many.low, many.high]) == pytest.approx([0, 0], abs=0.25), way


def test_swings_move_one_doubt_at_a_time():
    swings = doubts.factor_swings()
    table = np.stack(list(swings.values()))
    assert ((table != 1).sum(axis=0) == [*[1] * (table.shape[1] - 1), 0]).all()
    c = yearly_costs(**doubts.scaled(INPUTS, swings))
    place = list(swings).index("rent")
    assert c.rent_usd[2 * place] < c.rent_usd[-1] < c.rent_usd[2 * place + 1]
    assert c.own_usd[2 * place] == c.own_usd[-1]


def test_scaled_divides_and_holds_the_peak_at_one():
    out = doubts.scaled({"service_s": 10.0, "peak_to_mean": 1.2}, {"speed": 2.0, "peak": 0.5, "rent": 3.0})
    assert out == {"service_s": 5.0, "peak_to_mean": 1.0}


def test_machines_come_from_the_catalogue():
    assert H100.price_usd_per_hour == 4.02
    assert [machine.name for machine in offers.machines()] == ["h100-sxm", "h200-sxm", "b200"]
    assert B200.power_w == catalog.datacentre("power-dgx-b200").value


def test_scenarios_lead_where_they_should():
    """A start-up stays on the API; the platform does not, and does not need a chip of its own for this model."""
    start, _, platform = (yearly_costs(**scenarios.inputs_of(k)) for k in scenarios.SCENARIOS.values())
    assert min(start.ways) == start.api_usd
    assert min(platform.ways) == platform.own_usd
    day = platform.prompts / 365
    assert 1e9 < day < 1e9 * 1.3**5
    assert {one.name for one in offers.offers()} >= {k["api"] for k in scenarios.SCENARIOS.values()}
    contract = prices.rental_quotes("h100-sxm", "neocloud", "contract-1y")[-1]
    month = prices.rental_series("h100-sxm")
    index = month.index_usd_per_hour[month.months.index(contract.date)]
    assert scenarios.SCENARIOS["A billion prompts a day"]["rent_over_median"] == pytest.approx(
        contract.usd_per_hour / index, abs=0.005)
    assert offers.precision_of(models.get("gpt-oss-120b")) == "mxfp4"


def test_a_scenario_that_lacks_something_is_named():
    start = scenarios.SCENARIOS["Start-up"]
    with pytest.raises(ValueError, match="unknown entry of the scenario 'users'"):
        scenarios.inputs_of({name: value for name, value in start.items() if name != "users"})
    for name, kind in (("machine", "machine"), ("api", "API offer"), ("model", "model")):
        with pytest.raises(ValueError, match=f"unknown {kind} 'none'"):
            scenarios.inputs_of(start | {name: "none"})


# -- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_a_bad_argument_is_named(name):
    for bad in (np.nan, -1e30, "ten", {"usd": 3}):
        with pytest.raises(ValueError, match=rf"^{name}=.*(is outside|is not a number)"):
            costs(**{name: bad})


@pytest.mark.parametrize("name", ["prompt_tok", "output_tok", "ttft_limit_s", "tpot_limit_s"])
def test_a_bad_target_is_named(name):
    good = {"prompt_tok": 1500.0, "output_tok": 400.0, "ttft_limit_s": 2.0, "tpot_limit_s": 0.05}
    for bad in (np.nan, -1.0, "ten"):
        with pytest.raises(ValueError, match=rf"^{name}=.*(is outside|is not a number)"):
            serving.best_replica(SETUP, CONSTANTS, **good | {name: bad})


def test_bad_factors_and_samples_are_named():
    with pytest.raises(ValueError, match=r"unknown doubt 'speeed'.*Did you mean 'speed'"):
        doubts.scaled(INPUTS, {"speeed": 1.0})
    with pytest.raises(ValueError, match=r"rent=0 is outside \(0, inf\); 1 changes nothing"):
        doubts.scaled(INPUTS, {"rent": 0.0})
    with pytest.raises(ValueError, match=r"samples=0 is outside"):
        doubts.factor_sample(0)
    with pytest.raises(ValueError, match=r"seed=.*must be a whole number"):
        doubts.factor_sample(10, seed=0.5)
    with pytest.raises(ValueError, match="ten years at most"):
        costs(horizon_years=11.0)


# -- arrays and the page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(INPUTS) - {"wait_probability"}))
def test_arrays_are_the_same_as_one_call_each(name):
    near = INPUTS[name] * np.array([0.95, 1.0, 1.05])
    together = costs(**{name: near})
    alone = [costs(**{name: x}) for x in near]
    for k, part in enumerate(together):
        np.testing.assert_allclose(np.broadcast_to(part, 3), [one[k] for one in alone], rtol=1e-12)


def test_the_page_computes_what_numpy_computes(node):
    names = [name for name in INPUTS if name != "wait_probability"]

    def flat(*values):
        c = decision.within(yearly_costs(**INPUTS | dict(zip(names, values, strict=True))), 0)
        best = serving.best_replica(SETUP, CONSTANTS, values[2], values[3], 2.0, 0.05)
        return np.stack([*c, best.batch, best.service_s])

    for factor in (0.93, 1.0, 1.07):
        at = [INPUTS[name] * factor for name in names]
        np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-9)
