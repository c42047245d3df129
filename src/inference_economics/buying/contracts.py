"""What an API's contract adds to its price list: caches that are written and expire, long prompts, other tokenisers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..quantities.limits import SECONDS_PER_HOUR, Limited, checked, checked_fields
from ..quantities.numeric import Numeric
from .market import Discounts, TokenPrices, api_usd


@dataclass(frozen=True, eq=False)
class Contract(Limited):
    """What an API asks, and by which rules.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        List prices. [USD/token]
    cached_input_factor, cache_write_factor : numeric
        Price of input that is read from the cache, and that is written to it, over the list price; 1 for no difference.
        [1]
    batch_discount : numeric
        Share of the price that is saved by waiting. [1]
    long_context_tok, long_input_factor, long_output_factor : numeric
        Length of a prompt beyond which all of its tokens cost more, and by how much. [token], [1], [1]
    tokeniser_factor : numeric
        Tokens that this API counts over those that were measured: tokenisers differ. [1]
    commitment_usd, committed_discount : numeric
        Spend promised in each year, used or not, and the discount in return; see `risk.exposure`. [USD], [1]
    price_decline_per_year : numeric
        How fast the list price falls, or the price at which this quality can be had. [1/year]
    """

    input_usd_per_token: Numeric
    output_usd_per_token: Numeric
    cached_input_factor: Numeric = 1.0
    cache_write_factor: Numeric = 1.0
    batch_discount: Numeric = 0.0
    long_context_tok: Numeric = np.inf
    long_input_factor: Numeric = 1.0
    long_output_factor: Numeric = 1.0
    tokeniser_factor: Numeric = 1.0
    commitment_usd: Numeric = 0.0
    committed_discount: Numeric = 0.0
    price_decline_per_year: Numeric = 0.0


@dataclass(frozen=True, eq=False)
class Use:
    """How requests meet a contract.

    Parameters
    ----------
    prompt_tok, output_tok : numeric
        Tokens of a request, and of its answer with all thinking. [token]
    cached_fraction, written_fraction : numeric
        Share of the input that is read from the cache, and that is written to it. [1]
    batch_fraction : numeric
        Share of the work that may wait for the cheaper tier. [1]
    """

    prompt_tok: Numeric
    output_tok: Numeric
    cached_fraction: Numeric = 0.0
    written_fraction: Numeric = 0.0
    batch_fraction: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self, prompt_tok="[0, 1e22]", output_tok="[0, 1e22]")


@checked
def request_usd(contract: Contract, use: Use) -> Numeric:
    """Price of one request before any discount for committed spend.

    Parameters
    ----------
    contract : Contract
        What the API asks.
    use : Use
        What is asked of it.

    Returns
    -------
    numeric
        [USD]

    Notes
    -----
    ================================  ================================================================
    assumed                           if false
    ================================  ================================================================
    every prompt has the mean length  where some are longer than the limit and some not, the surcharge
                                      falls on those alone: price the two kinds apart
    reads, writes and batches go      where a provider refuses both at once, the bill is higher
    together
    ================================  ================================================================
    """
    longer = np.where(use.prompt_tok * contract.tokeniser_factor > contract.long_context_tok, 1.0, 0.0)
    input_usd = contract.input_usd_per_token * (1 + longer * (contract.long_input_factor - 1))
    output_usd = contract.output_usd_per_token * (1 + longer * (contract.long_output_factor - 1))
    listed = TokenPrices(input_usd, output_usd, input_usd * contract.cached_input_factor)
    discounts = Discounts(use.cached_fraction, use.batch_fraction, contract.batch_discount)
    prompt_tok = use.prompt_tok * contract.tokeniser_factor
    # what is written costs its surcharge on top of the list price that every unread token is charged
    surcharge = api_usd(prompt_tok * use.written_fraction * (contract.cache_write_factor - 1), 0.0,
                        TokenPrices(input_usd, output_usd), Discounts(0.0, use.batch_fraction, contract.batch_discount))
    return api_usd(prompt_tok, use.output_tok * contract.tokeniser_factor, listed, discounts) + surcharge


class CacheShares(NamedTuple):
    """Shares of the input [1]: read from a cache, and written to it."""

    cached_fraction: Numeric
    written_fraction: Numeric


@checked
def cache_shares(prefix_fraction: Numeric, reuse_per_hour: Numeric, cache_lifetime_s: Numeric) -> CacheShares:
    """Shares of the input that a cache of some lifetime gives back, and takes.

    Parameters
    ----------
    prefix_fraction : numeric
        Share of a prompt that repeats an earlier one's beginning. [1]
    reuse_per_hour : numeric
        Requests with that beginning, arriving at random. [1/h]
    cache_lifetime_s : numeric
        Time for which an entry is kept after it was last read or written. [s]

    Returns
    -------
    CacheShares
        A request finds the entry unless none came within the lifetime before it: 1 - exp(-rate × lifetime).

    Notes
    -----
    Turns of one conversation come in bursts, and hit more often than random arrivals of the same rate.
    """
    hit = -np.expm1(-reuse_per_hour / SECONDS_PER_HOUR * cache_lifetime_s)
    return CacheShares(prefix_fraction * hit, prefix_fraction * (1 - hit))


@checked
def break_even_reuse_per_hour(contract: Contract, cache_lifetime_s: Numeric) -> Numeric:
    """Requests an hour with one beginning from which it pays to have the provider's cache keep it.

    Parameters
    ----------
    contract : Contract
        With the prices of reading and of writing.
    cache_lifetime_s : numeric
        Time for which an entry is kept after it was last read or written. [s]

    Returns
    -------
    numeric
        Arrivals at random, as in `cache_shares`. 0 where writing costs no more than reading anew, infinite where
        reading from the cache does not cost less, or nothing is kept. [1/h]
    """
    surcharge = np.maximum(contract.cache_write_factor - 1, 0.0)
    saved = 1 - contract.cached_input_factor
    hit = np.where(saved > 0, surcharge / np.maximum(surcharge + saved, 1e-300), np.where(surcharge > 0, 1.0, 0.0))
    rate = -np.log1p(-np.minimum(hit, 1 - 1e-16)) / np.maximum(cache_lifetime_s, 1e-300) * SECONDS_PER_HOUR
    return np.where(np.logical_and(hit < 1, np.logical_or(hit <= 0, cache_lifetime_s > 0)), rate, np.inf)


@checked
def price_in_year(price: Numeric, decline_per_year: Numeric, year: Numeric, term_years: Numeric = 0.0) -> Numeric:
    """Price of a year on a path that falls evenly, followed or fixed for terms.

    Parameters
    ----------
    price : numeric
        Price today. [any]
    decline_per_year : numeric
        Fall per year; below 0, it rises. [1/year]
    year : numeric
        Year, counted from 0. [year]
    term_years : numeric
        Years for which a contract fixes the price; 0 where it follows the market, which counts at mid-year. [year]

    Returns
    -------
    numeric
        [any]
    """
    term = np.maximum(term_years, 1.0)
    # a hair's breadth keeps the third year of a term of three from counting as the next term
    at = np.where(term_years > 0, np.floor(year / term + 1e-9) * term, year + 0.5)
    return price * np.exp(np.log1p(-decline_per_year) * at)
