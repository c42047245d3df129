"""Real options: the value of being able to buy from another supplier."""

from __future__ import annotations

import numpy as np

from ..quantities.checks import is_traced, require_whole
from ..quantities.limits import checked
from ..quantities.mathematics import call_value, first_axis, grown
from ..quantities.numeric import Numeric
from .price_paths import PriceProcess


@checked
def option_to_move_usd(years: Numeric, price: Numeric, alternative_price: Numeric, volume: Numeric,
                       process: PriceProcess, discount_rate: Numeric = 0.0) -> Numeric:
    """Value today of being able to buy elsewhere, on one day.

    Parameters
    ----------
    years : numeric
        Time until that day. [year]
    price : numeric
        Price of a unit today. [USD]
    alternative_price : numeric
        Price of a unit elsewhere on that day. [USD]
    volume : numeric
        Units bought on it. [1]
    process : PriceProcess
        How today's supplier's price moves; its steps are left out.
    discount_rate : numeric
        Cost of capital. [1/year]

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
    the move is free                      add its cost per unit to the alternative's price
    discounted at the cost of capital     no market prices this risk, so there is no other rate to use
    ====================================  =================================================================

    References
    ----------
    Black, "The pricing of commodity contracts", Journal of Financial Economics 3, 1976.
    """
    saved = call_value(price * grown(process.drift_per_year * years), alternative_price,
                       process.volatility * np.sqrt(years))
    return volume * saved * grown(-np.log1p(discount_rate) * years)


@checked
def portability_usd(price: Numeric, alternative_price: Numeric, volume: Numeric, process: PriceProcess,
                    discount_rate: Numeric = 0.0, horizon_months: int = 36) -> Numeric:
    """Value today of buying every month from whichever of two suppliers is cheaper.

    Parameters
    ----------
    price, alternative_price : numeric
        Price of a unit today from the supplier whose price moves, and from the other. [USD]
    volume : numeric
        Units bought per month. [1/month]
    process : PriceProcess
        How the first supplier's price moves; its steps are left out.
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
    if is_traced(horizon_months):
        raise ValueError("horizon_months sets how many months are computed; make it a fixed number, not a slider.")
    require_whole(1, horizon_months=horizon_months)
    years = np.arange(1, int(horizon_months) + 1) / 12
    t = first_axis(years, price, alternative_price, volume, process.drift_per_year, process.volatility, discount_rate)
    return np.sum(option_to_move_usd(t, price, alternative_price, volume, process, discount_rate), axis=0)
