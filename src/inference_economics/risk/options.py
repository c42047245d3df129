"""The value of being able to move to another supplier: in closed form where there is one, simulated where not."""

from __future__ import annotations

import numpy as np

from ..quantities.checks import is_traced, require, require_whole
from ..quantities.limits import checked
from ..quantities.mathematics import call_value, first_axis, grown, ratio


@checked
def option_to_move_usd(years, price, alternative_price, volume, drift_per_year, volatility, discount_rate=0.0,
                       move_usd=0.0):
    """Value today of being able to move once, on one day.

    Parameters
    ----------
    years : numeric
        Time until that day. [year]
    price : numeric
        Price of a unit today. [USD]
    alternative_price : numeric
        Price of a unit elsewhere on that day. [USD]
    volume : numeric
        Units bought after it. [1]
    drift_per_year, volatility : numeric
        Of today's supplier; see `price_paths.simulate_prices`.
    discount_rate : numeric
        Cost of capital. [1/year]
    move_usd : numeric
        Cost of the move, paid only if you go. [USD]

    Returns
    -------
    numeric
        Expected saving; never negative, because you may stay. [USD]

    Notes
    -----
    ====================================  =================================================================
    assumed                               if false
    ====================================  =================================================================
    the alternative's price is known      use the volatility of the ratio of the two prices (Margrabe)
    prices then stay as they are          more is at stake: see `portability_usd`
    discounted at the cost of capital     no market prices this risk, so there is no other rate to use
    ====================================  =================================================================

    References
    ----------
    Black, "The pricing of commodity contracts", Journal of Financial Economics 3, 1976.
    """
    strike = alternative_price + np.where(move_usd > 0, ratio(move_usd, volume, 1e30), 0.0)
    saved = call_value(price * grown(drift_per_year * years), strike, volatility * np.sqrt(years))
    return volume * saved * grown(-np.log1p(discount_rate) * years)


def _whole_months(horizon_months):
    if is_traced(horizon_months):
        raise ValueError("horizon_months sets how many months are computed; make it a fixed number, not a slider.")
    require_whole(1, horizon_months=horizon_months)
    return np.arange(1, int(horizon_months) + 1)


@checked
def portability_usd(price, alternative_price, volume, drift_per_year, volatility, discount_rate=0.0,
                    horizon_months=36):
    """Value today of buying every month from whichever of two suppliers is cheaper.

    Parameters
    ----------
    price, alternative_price : numeric
        Price of a unit today from the supplier whose price moves, and from the other. [USD]
    volume : numeric
        Units bought per month. [1/month]
    drift_per_year, volatility : numeric
        Of the first supplier; see `price_paths.simulate_prices`.
    discount_rate : numeric
        Cost of capital. [1/year]
    horizon_months : int
        Months, a fixed number. [month]

    Returns
    -------
    numeric
        Expected saving over staying with the first supplier; compare it with what staying portable costs. [USD]

    Notes
    -----
    A sum of `option_to_move_usd`, one a month, each move free: a ceiling on what portability is worth.
    """
    month = _whole_months(horizon_months)
    t = first_axis(month / 12, price, alternative_price, volume, drift_per_year, volatility, discount_rate)
    value = call_value(price * grown(drift_per_year * t), alternative_price, volatility * np.sqrt(t))
    return np.sum(volume * value * grown(-np.log1p(discount_rate) * t), axis=0)


def _paths(prices):
    if is_traced(prices):
        return prices
    require(0, np.inf, open_high=True, prices=prices)
    if np.ndim(prices) < 2:
        raise ValueError(f"prices of shape {np.shape(prices)} are not paths; make them with simulate_prices.")
    return np.asarray(prices, dtype=float)


@checked
def simulated_portability_usd(prices, alternative_price, volume, discount_rate=0.0, steps_per_year=12.0):
    """Saving on each simulated path of buying every step from the cheaper supplier.

    Parameters
    ----------
    prices : array
        From `price_paths.simulate_prices`; the first column is today and buys nothing. [USD]
    alternative_price : numeric
        Price of a unit elsewhere. [USD]
    volume : numeric
        Units bought per step. [1]
    discount_rate : numeric
        Cost of capital. [1/year]
    steps_per_year : numeric
        Time steps per year. [1/year]

    Returns
    -------
    numeric
        One present value per path; their mean is `portability_usd` where prices have no steps. [USD]
    """
    later = _paths(prices)[..., 1:]
    t = np.arange(1, later.shape[-1] + 1) / steps_per_year
    return np.sum(volume * np.maximum(later - alternative_price, 0.0) * grown(-np.log1p(discount_rate) * t), axis=-1)


@checked
def simulated_move_usd(prices, alternative_price, volume, move_usd, switch_price, discount_rate=0.0,
                       steps_per_year=12.0):
    """Saving on each simulated path of moving for good when the price first passes a limit.

    Parameters
    ----------
    prices : array
        From `price_paths.simulate_prices`; the first column is today and buys nothing. [USD]
    alternative_price : numeric
        Price of a unit elsewhere. [USD]
    volume : numeric
        Units bought per step. [1]
    move_usd : numeric
        Cost of the move, paid in the step that first passes the limit. [USD]
    switch_price : numeric
        The limit. Try several: the best is above the alternative's price, because waiting is worth something. [USD]
    discount_rate : numeric
        Cost of capital. [1/year]
    steps_per_year : numeric
        Time steps per year. [1/year]

    Returns
    -------
    numeric
        One present value per path, over never moving; negative where the price came back. [USD]
    """
    later = _paths(prices)[..., 1:]
    t = np.arange(1, later.shape[-1] + 1) / steps_per_year
    passed = np.cumsum(np.where(later > switch_price, 1.0, 0.0), axis=-1)
    moved = np.where(passed > 0, 1.0, 0.0)
    today = moved - np.concatenate([np.zeros_like(moved[..., :1]), moved[..., :-1]], axis=-1)
    saved = moved * volume * (later - alternative_price) - today * move_usd
    return np.sum(saved * grown(-np.log1p(discount_rate) * t), axis=-1)
