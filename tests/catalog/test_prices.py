"""Rental quotes and series, API prices: what they say, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from inference_economics import accelerators, prices


def test_quotes_name_chips_of_the_catalogue():
    assert {quote.chip for quote in prices.rental_quotes()} <= accelerators.load().keys()


@pytest.mark.parametrize(("chip", "first", "last"), [
    ("h100-sxm", 3.378, 3.789), ("h200-sxm", 3.464, 4.126), ("b200", 6.367, 6.6), ("a100-sxm-80gb", 2.186, 2.306),
])
def test_rental_fell_and_rose_again(chip, first, last):
    series = prices.rental_series(chip)
    known = series.index_usd_per_hour[np.isfinite(series.index_usd_per_hour)]
    assert (known[0], known[-1]) == (first, last)
    changes, years = series.log_steps()
    assert_allclose(changes.sum(), np.log(last / first), atol=1e-12)
    assert (years > 0).all()
    assert years.min() >= 1 / 12 - 1e-12


def test_h100_monthly_volatility_matches_an_independent_figure():
    changes, years = prices.rental_series("h100-sxm").log_steps()
    monthly = changes[years < 1.5 / 12]
    assert len(monthly) == 32
    assert_allclose(monthly.std(), 0.0736, atol=5e-5)
    assert_allclose([monthly.max(), monthly.min()], [0.172, -0.143], atol=1e-3)


def test_segments_differ_on_one_day():
    day = {q.segment: q.usd_per_hour for q in prices.rental_quotes("h100-sxm") if q.date == "2026-10-05"}
    assert day == {"index": 4.32, "hyperscaler": 10.68, "neocloud": 4.02, "marketplace": 2.5, "spot": 2.95}
    assert prices.rental_usd_per_hour("h100-sxm") == 4.02


def test_quotes_are_in_order_and_filtered():
    quotes = prices.rental_quotes("tpu-v5e", terms="reserved-3y")
    assert [q.usd_per_hour for q in quotes] == [0.54, 0.54]
    assert [q.date for q in quotes] == sorted(q.date for q in quotes)


def test_api_price_by_date():
    assert prices.api_price("o3", "2025-05-01").input_usd_per_mtok == 10
    assert prices.api_price("o3").input_usd_per_mtok == 2
    assert prices.api_price("gpt-4o").output_usd_per_token == 10e-6
    assert prices.api_price("gpt-4o").input_usd_per_token == 2.5e-6
    assert len(prices.api_prices()) > len(prices.api_prices("2025-01-01")) >= 15


def test_changes_agree_with_the_list():
    """Where the record shows a model twice, the change between the two rows is a recorded change."""
    changes = {(c.model, c.input_after_usd_per_mtok) for c in prices.api_changes()}
    for price in prices.api_prices():
        history = [p.input_usd_per_mtok for p in prices.api_history(price.model)]
        for before, after in pairwise(history):
            assert before == after or (price.model, after) in changes, price.model


def test_a_price_with_peak_hours_is_that_of_an_even_week():
    """Of 168 hours 35 cost twice as much: 5/24 more on the average."""
    now = prices.api_price("deepseek-flash")
    hours = np.full(168, now.input_usd_per_mtok)
    hours[:35] *= now.peak_factor
    assert_allclose(now.input_usd_per_token, hours.mean() / 1e6)
    assert_allclose(now.output_usd_per_token, 0.6e-6 * (1 + 5 / 24))
    assert (now.input_usd_per_mtok, prices.api_price("gpt-4o").week_factor) == (0.15, 1)
    rise, = (c for c in prices.api_changes() if c.model == "deepseek-v4-flash")
    assert_allclose(rise.factor, prices.api_price("deepseek-v4-flash", "2026-09-01").input_usd_per_token
                    / prices.api_price("deepseek-v4-flash", "2026-08-01").input_usd_per_token)


@pytest.mark.parametrize("model", ["deepseek-flash", "deepseek-v4-flash", "deepseek-v4-pro"])
def test_cached_input_is_what_the_price_page_asks(model):
    """Its own row of prices: 0.003, 0.007 and 0.022 USD per million tokens that the cache holds."""
    asked = {"deepseek-flash": 0.003, "deepseek-v4-flash": 0.007, "deepseek-v4-pro": 0.022}[model]
    price = prices.api_price(model)
    assert_allclose(price.cached_input_factor * price.input_usd_per_mtok, asked, rtol=2e-3)


def test_models_are_replaced_rather_than_repriced():
    assert len(prices.api_changes()) == 11
    assert sum(c.factor > 1 for c in prices.api_changes()) == 5
    assert_allclose(prices.api_change_rate_per_year(), 0.062, atol=5e-4)


def test_discounts_are_factors_on_the_list_price():
    table = prices.api_table("discounts")
    batch = [r for r in table.records() if r["service"].startswith("batch")]
    assert {r["provider"] for r in batch} == {"OpenAI", "Anthropic", "Google"}
    assert all(r["low"] == r["high"] == 0.5 for r in batch)
    assert all(0 < r["low"] <= r["high"] <= 2 for r in table.records())
    deepseek, = table.records(provider="DeepSeek")
    assert_allclose(deepseek["low"], 0.14 / 0.55, atol=1e-4)


def test_a_source_that_names_no_provider_leaves_it_empty():
    providers = {quote.provider for quote in prices.rental_quotes()}
    assert "" in providers
    assert all(isinstance(provider, str) for provider in providers)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: prices.rental_series("h100"), "unknown rental series 'h100'; known: h100-sxm.*Did you mean 'h100-sxm'"),
    (lambda: prices.rental_quotes("h900"), "unknown chip 'h900'"),
    (lambda: prices.rental_quotes(segment="cloud"), "unknown segment 'cloud'; known: .*hyperscaler"),
    (lambda: prices.rental_quotes(terms="weekly"), "unknown terms 'weekly'; known: .*on-demand"),
    (lambda: prices.rental_usd_per_hour("tpu-v5e"), "no neocloud on-demand quote for 'tpu-v5e'; recorded: hyperscaler"),
    (lambda: prices.api_history("gpt-9"), "unknown API model 'gpt-9'"),
    (lambda: prices.api_price("gpt-4o", "2020-01-01"), "'gpt-4o' was first recorded on 2024-10-16"),
    (lambda: prices.api_price("gpt-4o", "yesterday"), "date='yesterday' is not a date"),
    (lambda: prices.api_prices(2024), "date=2024 is not a date"),
    (lambda: prices.api_change_rate_per_year("2026"), "date='2026' is not a date; write 2024-12-26"),
    (lambda: prices.api_change_rate_per_year("2001-01-01"), "lies before the record begins"),
    (lambda: prices.api_table("steps"), "unknown table 'steps'; known: list-prices"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
