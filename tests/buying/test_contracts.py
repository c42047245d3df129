"""What a contract adds to a price list: worked by hand, and against the formulas below it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.buying import contracts, market
from inference_economics.buying.contracts import Contract, Use

SONNET = Contract(3e-6, 15e-6, 0.1, 1.25, 0.5, 200_000, 2.0, 1.5)


def test_a_plain_contract_is_the_price_list():
    plain = contracts.request_usd(Contract(3e-6, 15e-6), Use(1500, 400))
    assert plain == market.api_usd(1500, 400, market.TokenPrices(3e-6, 15e-6)) == pytest.approx(0.0105)


def test_reads_and_writes_by_hand():
    """30,000 in: 27,000 read at a tenth, 3,000 written at 1.25; 500 out."""
    use = Use(30_000, 500, 0.9, 0.1)
    assert contracts.request_usd(SONNET, use) == pytest.approx(27_000 * 3e-7 + 3000 * 3e-6 * 1.25 + 500 * 15e-6)


def test_the_whole_of_a_long_prompt_costs_more():
    at, beyond = (contracts.request_usd(SONNET, Use(tok, 100)) for tok in (200_000, 200_001))
    assert at == pytest.approx(200_000 * 3e-6 + 100 * 15e-6)
    assert beyond == pytest.approx(200_001 * 6e-6 + 100 * 22.5e-6)


def test_another_tokeniser_counts_more_and_may_pass_the_limit():
    more = Contract(3e-6, 15e-6, tokeniser_factor=1.35)
    assert contracts.request_usd(more, Use(1000, 100)) == pytest.approx(1.35 * (0.003 + 0.0015))
    long = Contract(1e-6, 0.0, long_context_tok=1000, long_input_factor=2.0, tokeniser_factor=1.1)
    assert contracts.request_usd(long, Use(950, 0)) == pytest.approx(2 * 1045e-6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_batch_pays_half_of_everything_and_hits_never_cost_more(cached, batch):
    use = Use(5000, 300, cached, (1 - cached) / 2, batch)
    assert contracts.request_usd(SONNET, use) == pytest.approx(
        (1 - batch / 2) * contracts.request_usd(SONNET, Use(5000, 300, cached, (1 - cached) / 2)))
    none = contracts.request_usd(SONNET, Use(5000, 300))
    assert contracts.request_usd(SONNET, Use(5000, 300, cached)) <= none * (1 + 1e-12)


def test_a_cache_that_lives_for_ever_or_not_at_all():
    assert contracts.cache_shares(0.8, 12.0, 0.0) == (0.0, 0.8)
    assert contracts.cache_shares(0.8, 12.0, 1e9) == pytest.approx((0.8, 0.0))
    # twelve an hour, five minutes: 1 - 1/e
    assert contracts.cache_shares(1.0, 12.0, 300.0).cached_fraction == pytest.approx(1 - np.exp(-1))


def test_a_fixed_price_follows_the_market_only_when_it_is_renewed():
    years = np.arange(7.0)
    assert contracts.price_in_year(10.0, 0.2, years, 3.0).tolist() == pytest.approx(
        [10, 10, 10, 5.12, 5.12, 5.12, 10 * 0.8**6])
    assert contracts.price_in_year(10.0, 0.2, 0.0) == pytest.approx(10 * 0.8**0.5)
    assert contracts.price_in_year(10.0, 0.0, years).tolist() == [10.0] * 7


@pytest.mark.parametrize(("field", "value"), [("batch_discount", 50.0), ("input_usd_per_token", 3.0),
                                              ("cached_input_factor", np.nan), ("tokeniser_factor", 0.0)])
def test_a_slip_is_named(field, value):
    with pytest.raises(ValueError, match=field):
        Contract(**{"input_usd_per_token": 1e-6, "output_usd_per_token": 1e-6, field: value})


@given(st.floats(0.0, 0.95), st.floats(1.0, 4.0), st.floats(1.0, 1e5))
def test_at_the_break_even_a_cached_beginning_costs_what_it_would_cost_anew(read, write, lifetime):
    kept = Contract(3e-6, 15e-6, read, write)
    rate = contracts.break_even_reuse_per_hour(kept, lifetime)
    shares = contracts.cache_shares(1.0, rate, lifetime)
    anew = contracts.request_usd(kept, Use(10_000, 0))
    assert contracts.request_usd(kept, Use(10_000, 0, *shares)) == pytest.approx(anew, rel=1e-9)


def test_five_minutes_and_an_hour_by_hand():
    """A write at 1.25 is won back by 0.25/1.15 hits, one at 2 by 1/1.9."""
    short, long = Contract(3e-6, 15e-6, 0.1, 1.25), Contract(3e-6, 15e-6, 0.1, 2.0)
    assert contracts.break_even_reuse_per_hour(short, 300) == pytest.approx(-12 * np.log(1 - 0.25 / 1.15))
    assert contracts.break_even_reuse_per_hour(long, 3600) == pytest.approx(-np.log(1 - 1 / 1.9))
    assert contracts.break_even_reuse_per_hour(Contract(3e-6, 15e-6, 0.1), 300) == 0
    assert contracts.break_even_reuse_per_hour(Contract(3e-6, 15e-6), 300) == 0
    assert contracts.break_even_reuse_per_hour(Contract(3e-6, 15e-6, 1.0, 1.25), 300) == np.inf
    assert contracts.break_even_reuse_per_hour(short, 0.0) == np.inf
