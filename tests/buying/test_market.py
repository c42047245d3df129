"""API bills, rented hours and margins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import catalog, prices, serving
from inference_economics import market as mk

usd = st.floats(1e-8, 1e-3)
shares = st.floats(0, 1)


def test_deepseek_day():
    listed = mk.TokenPrices(0.55e-6, 2.19e-6, 0.14e-6)
    bill = mk.api_usd(608e9, 168e9, listed, mk.Discounts(cached_fraction=342 / 608))
    cost = 226.75 * 8 * 24 * 2
    assert cost == catalog.deepseek_day().usd == 87_072
    assert bill == pytest.approx(562_100, abs=50)
    assert mk.markup(562_027, cost) == pytest.approx(5.45, abs=0.006)
    assert mk.gross_margin(562_027, cost) == pytest.approx(0.845, abs=5e-4)
    # Two statements of the same fact.
    assert mk.gross_margin(562_027, cost) == pytest.approx(1 - 1 / (1 + mk.markup(562_027, cost)))


@given(read=st.floats(0, 1e12), write=st.floats(0, 1e12), low=usd, high=usd, cached=shares, batch=shares)
def test_a_bill_is_linear_in_volume_and_discounts_only_help(read, write, low, high, cached, batch):
    listed = mk.TokenPrices(low, high)
    bill = mk.api_usd(read, write, listed)
    assert mk.api_usd(2 * read, 2 * write, listed) == pytest.approx(2 * bill)
    assert mk.api_usd(read, write, listed, mk.Discounts(cached_fraction=cached)) == pytest.approx(bill)
    less = mk.api_usd(read, write, mk.TokenPrices(low, high, low / 10), mk.Discounts(cached, batch, 0.5))
    assert less <= bill * (1 + 1e-12)
    assert less >= bill * 0.05 * (1 - 1e-12)


@given(low=usd, high=usd, mix=st.floats(0, 1000), cached=shares)
def test_the_blend_is_the_bill_per_token(low, high, mix, cached):
    listed, found = mk.TokenPrices(low, high, low / 4), mk.Discounts(cached)
    blend = mk.blended_usd_per_token(listed, mix, found)
    assert blend == pytest.approx(mk.api_usd(mix, 1, listed, found) / (mix + 1))
    assert min(low / 4, high) * (1 - 1e-12) <= blend <= max(low, high) * (1 + 1e-12)


def test_blend_at_three_to_one():
    assert mk.blended_usd_per_token(mk.TokenPrices(3e-6, 15e-6), 3) == pytest.approx(6e-6)
    assert mk.blended_usd_per_token(mk.TokenPrices(3e-6, 15e-6), 0) == 15e-6


def test_a_row_of_the_catalogue_is_a_price_list():
    row = prices.api_price("gpt-5.6-terra")
    assert mk.api_usd(2e6, 1e6, row) == pytest.approx(2 * row.input_usd_per_mtok + row.output_usd_per_mtok)
    for nothing in (None, 3.0, "gpt-5.6-terra"):
        with pytest.raises(ValueError, match=r"have no input_usd_per_token and output_usd_per_token; give TokenPrices"):
            mk.api_usd(2e6, 1e6, nothing)


@given(price=st.floats(0.1, 100), speed=st.floats(1, 1e5), use=st.floats(0.01, 1))
def test_cost_of_a_token_by_the_hour(price, speed, use):
    cost = serving.hourly_usd_per_token(price, speed, use)
    assert cost * speed * use * 3600 == pytest.approx(price)
    assert serving.hourly_usd_per_token(price, speed, use / 2) == pytest.approx(2 * cost)


def test_an_idle_machine_makes_infinitely_dear_tokens():
    assert serving.hourly_usd_per_token(2, 1000, 0) == np.inf


def test_spot_price_by_counting_hours():
    # Twenty useful hours, one interruption in ten, half an hour lost each: twenty-one hours paid.
    assert mk.spot_usd_per_hour(1.5, 0.1, 1800) * 20 == pytest.approx(1.5 * 21)
    assert mk.spot_usd_per_hour(1.5, 0, 1800) == 1.5


def test_the_best_reservation_is_the_newsvendor_quantile():
    demand = np.random.default_rng(7).gamma(4, 25, 20_001)
    reserved = np.arange(0, 400)
    cost = (reserved * 2 + np.maximum(demand[:, None] - reserved, 0) * 3).mean(axis=0)
    share = mk.reserved_break_even_utilisation(2, 3)
    assert share == pytest.approx(2 / 3)
    assert reserved[np.argmin(cost)] == pytest.approx(np.quantile(demand, 1 - share), abs=1.5)


def test_margins_at_their_limits():
    assert mk.gross_margin(100, 0) == 1
    assert mk.gross_margin(0, 100) == -np.inf
    assert mk.markup(100, 0) == np.inf
    assert mk.reserved_break_even_utilisation(2, 0) == np.inf


def test_a_price_per_million_is_refused():
    with pytest.raises(ValueError, match=r"input_usd_per_token=3 is outside .* per million tokens\?"):
        mk.api_usd(1e6, 1e6, mk.TokenPrices(3, 15))
    with pytest.raises(ValueError, match=r"cached_fraction=56.3 is outside \[0, 1\]; give a fraction"):
        mk.Discounts(cached_fraction=56.3)
