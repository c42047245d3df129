"""What a year costs each way: against figures from elsewhere, the formulas below it, and the page."""

from __future__ import annotations

import numpy as np
import pytest
from decision_case import INPUTS, PLAIN, costs
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
    serving,
)
from inference_economics.buying import running
from inference_economics.decision import offers

H100 = offers.machines()[0]
SETUP = serving.setup(models.get("llama-3.1-70b"), H100.chip)
CONSTANTS = calibration.constants(H100.chip)
LENGTHS = ("prompt_tok", "output_tok")


def test_deepseeks_day_at_its_list_prices():
    """Every token of the day at R1's prices, none found in the cache: 608B × $0.55 + 168B × $2.19."""
    day = catalog.deepseek_day()
    bill = costs(**PLAIN | {
        "users": 1e6, "queries_per_day": 1.0, "prompt_tok": day.input_tok / 1e6, "output_tok": day.output_tok / 1e6,
        "input_usd_per_token": day.input_usd_per_token,
        "output_usd_per_token": day.output_usd_per_token}).api_usd / 365
    saved = day.cached_tok * (0.55 - 0.14) / 1e6
    assert bill - saved == pytest.approx(day.revenue_usd, rel=2e-3)


def test_the_break_even_of_a_chip_programme():
    """$300M and a saving of 44% on GPUs of $60k lifetime cost need 11,364 of them (golden case asic-breakeven)."""
    free = {"electricity_usd_per_kwh": 0.0, "colocation_usd_per_kw_month": 0.0, "operations_fraction": 0.0,
            "network_fraction": 0.0, "spare_fraction": 0.0, "discount_rate": 0.0, "capex_usd": 8 * 6e4,
            "nre_usd": 3e8, "perf_per_tco": custom_silicon.perf_per_tco_from_saving(0.44)}
    units = custom_silicon.break_even_units(3e8, 6e4, 0.44)
    assert units == pytest.approx(11_364, rel=1e-4)
    # one request at a time on one chip, arriving as fast as that many chips serve; headroom is a hundredth here
    for share, wins in ((0.95, False), (1.01, True)):
        c = costs(**PLAIN | free | {"users": share * units * 8640, "queries_per_day": 1.0, "service_s": 10.0,
                                    "batch": 1.0, "n_chips": 1.0, "peak_to_mean": 1.0})
        assert (c.custom_usd < c.own_usd) == wins


def test_without_growth_it_is_the_sum_of_its_parts():
    c = costs(**PLAIN)
    n = 20_000 * 20 * 365
    assert c.api_usd == pytest.approx(market.api_usd(n * 1500, n * 400, market.TokenPrices(1e-6, 5e-6)))
    machine = ownership.Server(3e5, 10_200, 5, network_fraction=0.1, operations_fraction=0.08)
    server = ownership.owned_usd_per_year(
        machine, ownership.Site(0.08, 1.3, 150), 0.08,
        load_fraction=running.average_load_fraction(0.5, 0.35)).total_usd
    assert c.rent_usd == pytest.approx(c.first_chips * 4 * 8760)
    assert c.own_usd == pytest.approx(np.ceil(c.first_chips / 8 * 1.03) * server)
    assert c.custom_usd == pytest.approx(c.own_usd / 1.8)
    assert c.prompts == pytest.approx(n)


def test_one_server_pays_from_the_break_even_demand():
    """With demand that one server always carries, API and own meet where `break_even` says."""
    small = PLAIN | {"batch": 1e6, "n_chips": 8.0, "spare_fraction": 0.0}
    server = costs(**small).own_usd
    price = (1500 * 1e-6 + 400 * 5e-6) / 1900
    tokens = break_even.break_even_tokens_per_day(server, price, 1e9)
    c = costs(**small | {"users": tokens / 1900, "queries_per_day": 1.0})
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


def test_a_model_that_does_not_fit_has_no_price():
    big = serving.setup(models.get("deepseek-v3"), H100.chip)
    best = serving.best_replica(big, CONSTANTS, 1500, 400, 10.0, 1.0)
    assert not best.feasible
    assert best.verdict.fails == "weights"
    c = costs(service_s=best.service_s, batch=best.batch, n_chips=best.n_chips)
    assert np.isnan([c.rent_usd, c.own_usd, c.custom_usd, c.first_chips, c.last_chips]).all()
    assert np.isfinite(c.api_usd)
    # what may go to an API still has an answer; what may not has none, and never the API's price
    assert decision.cheapest(decision.within(c, 0)) == c.api_usd
    assert np.isnan(decision.cheapest(decision.within(c, 1)))


def test_the_cheapest_leaves_out_what_is_undefined():
    ways = np.array([1.0, np.nan, np.nan]), np.array([2.0, 2.0, np.nan])
    np.testing.assert_array_equal(decision.cheapest(ways), [1.0, 2.0, np.nan])


def test_privacy_rules_out_and_does_not_price():
    c = costs()
    assert decision.within(c, 0) == c.ways
    assert np.isnan(decision.within(c, 1)).tolist() == [True, False, False, False]
    assert np.isnan(decision.within(c, 2)).tolist() == [True, True, False, False]
    with pytest.raises(ValueError, match=r"privacy=3 is outside \[0, 2\]; 0: anywhere"):
        decision.within(c, 3)


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
        c = decision.within(costs(**dict(zip(names, values, strict=True))), 0)
        best = serving.best_replica(SETUP, CONSTANTS, values[2], values[3], 2.0, 0.05)
        truths = [np.where(one, 1.0, 0.0) for one in best.verdict]
        return np.stack([*c, decision.cheapest(c), best.batch, best.service_s, *truths])

    for factor in (0.93, 1.0, 1.07, 400.0):
        at = [INPUTS[name] * (factor if name in LENGTHS or factor < 2 else 1.0) for name in names]
        np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-9)
