"""Servers and price lists to choose from: as the catalogues have them."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import catalog, models, prices
from inference_economics.decision import asks, offers, presets

H100, B200 = offers.machines()[0], offers.machines()[-1]


def test_machines_come_from_the_catalogue():
    assert H100.price_usd_per_hour == 4.02
    assert [machine.name for machine in offers.machines()] == ["h100-sxm", "h200-sxm", "b200"]
    assert B200.power_w == catalog.datacentre("power-dgx-b200").value


def test_rents_and_prices_are_of_one_day():
    latest = prices.rental_quotes("h100-sxm", prices.NEOCLOUD, "on-demand")[-1]
    assert (latest.date, latest.usd_per_hour) == (offers.RENTS_OF, offers.rent_usd_per_hour("h100-sxm"))
    assert offers.rent_usd_per_hour("h100-sxm", "hyperscaler") > latest.usd_per_hour
    with pytest.raises(ValueError, match=r"chip='tpu-v4' has no rent of 2026-10-05 from segment='neocloud'"):
        offers.rent_usd_per_hour("tpu-v4")


def test_listings_go_from_small_models_to_large_and_one_of_open_weights():
    listed = offers.offers()
    assert listed[0].name == "gpt-5.6-luna"
    assert listed[-1].input_usd_per_token == listed[-1].output_usd_per_token
    assert all(one.input_usd_per_token <= one.output_usd_per_token for one in listed)


@pytest.mark.parametrize(("name", "precision"), [("gpt-oss-120b", "mxfp4"), ("llama-3.1-70b", "fp8")])
def test_a_model_is_served_as_published(name, precision):
    assert offers.precision_of(models.get(name)) == precision


def test_terms_are_those_of_the_provider():
    found = {one.name: one for one in offers.offers()}
    assert (found["gpt-5.6-terra"].cached_input_factor, found["gpt-5.6-terra"].batch_discount) == (0.1, 0.5)
    assert (found["llama-3.1-70b-hosted"].cached_input_factor, found["llama-3.1-70b-hosted"].batch_discount) == (1, 0)


def test_the_host_is_offered_at_todays_price_over_a_whole_week():
    flash = offers.listing("deepseek-flash")
    assert flash.input_usd_per_token == pytest.approx((133 * 0.15 + 35 * 0.3) / 168 / 1e6)
    assert flash.cached_input_factor == 0.02
    assert "21% above the price outside peak hours" in offers.listed_source("deepseek-flash")
    assert "peak" not in offers.listed_source("gpt-5.6-luna")


def test_a_retired_name_and_an_old_price_lead_to_what_is_offered_now():
    found = prices.renamed("deepseek-flash", "deepseek-v4-pro", "claude-sonnet-5")
    assert found["deepseek-v4-flash, 2026-04-23"][0] == "deepseek-flash, 2026-09-10"
    assert "retired" in found["deepseek-v4-flash, 2026-04-23"][1]
    assert found["deepseek-v4-pro, 2026-04-23"][0] == "deepseek-v4-pro, 2026-09-10"
    assert found["claude-sonnet-5, 2026-06-30"] == ("claude-sonnet-5, 2026-09-01", "its price has changed since")
    assert not any("v4-flash" in old for old in prices.renamed("claude-sonnet-5"))


def test_what_is_retired_is_on_no_list_of_offers():
    named = {name for quality in asks.QUALITIES.values() for name in quality.apis}
    named |= {one.name for one in offers.offers()}
    named |= {name for case in presets.presets().values() for name in (case.api, case.hosted)}
    assert not named & prices.RETIRED.keys()
    assert {now for now, _ in prices.RETIRED.values()} <= {row.model for row in prices.api_prices()}


def test_an_introductory_price_has_ended():
    assert prices.api_price("claude-sonnet-5", "2026-08-31").input_usd_per_mtok == 2
    now = next(one for one in offers.offers() if one.name == "claude-sonnet-5")
    assert (now.input_usd_per_token, now.output_usd_per_token) == (3e-6, 15e-6)


def test_the_listed_decline_follows_from_the_changes():
    changes = prices.api_changes()
    exposure = len(changes) / prices.api_change_rate_per_year(changes[-1].date)  # model-years in which all of them fell
    yearly = np.prod([change.factor for change in changes]) ** (1 / exposure)
    assert offers.listed_decline_per_year() == pytest.approx(1 - yearly, abs=0.005)
    assert 0 < offers.listed_decline_per_year() < 0.1
