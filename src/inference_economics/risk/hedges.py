"""Hedges against a supplier's price: freedom to move, a price that is fixed, capacity of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..quantities.checks import whole
from ..quantities.limits import checked, checked_fields
from ..quantities.mathematics import call_value, first_axis, grown
from ..quantities.numeric import Numeric
from .price_paths import PriceProcess, price_quantile

NO_CAP = 1e6


@dataclass(frozen=True, eq=False)
class Hedge:
    """What stands between a supplier's price and a bill. Prices are over today's.

    Parameters
    ----------
    cap_price : numeric
        Price from which the work goes elsewhere, the move included; see `exposure.switching_threshold`. [1]
    fixed_fraction : numeric
        Share of the forecast that is paid at a fixed price, used or not: a contract, or machines of one's own. [1]
    fixed_price : numeric
        That price. [1]
    upkeep_usd_per_year : numeric
        What the hedge costs in every year. [USD/year]
    """

    cap_price: Numeric = NO_CAP
    fixed_fraction: Numeric = 0.0
    fixed_price: Numeric = 1.0
    upkeep_usd_per_year: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


class HedgedBill(NamedTuple):
    """A year's bill: on average, at a price that one in twenty exceeds, and if demand halves [USD/year]."""

    expected_usd: Numeric
    dear_usd: Numeric
    halved_usd: Numeric


@checked
def hedged_bill(bill_usd: Numeric, process: PriceProcess, hedge: Hedge, horizon_years: int = 3,
                z: Numeric = 1.645) -> HedgedBill:
    """Bill of a year behind a hedge.

    Parameters
    ----------
    bill_usd : numeric
        A year's bill today. [USD/year]
    process : PriceProcess
        How the supplier's price moves; its steps are left out.
    hedge : Hedge
        What is done about it.
    horizon_years : int
        Years that are averaged, in the middle of each; the dear case is at their end. [year]
    z : numeric
        Standard normal quantile of the dear case: 1.645 is one in twenty. [1]

    Returns
    -------
    HedgedBill
        Average, dear case, and half the demand at today's price.

    Notes
    -----
    ================================  =======================================================================
    assumed                           if false
    ================================  =======================================================================
    the cap is known                  a shortage raises the other supplier's price too: raise the cap
    moving takes no time              the months before a move are paid at the high price
    the fixed price holds             a contract ends, and a machine's power and people cost what they cost
    ================================  =======================================================================
    """
    counted = whole(1, "give whole years.", horizon_years=horizon_years)
    years = first_axis(np.arange(counted) + 0.5, bill_usd, process.drift_per_year, process.volatility,
                       hedge.cap_price)
    forward = grown(process.drift_per_year * years)
    spot = np.mean(forward - call_value(forward, hedge.cap_price, process.volatility * np.sqrt(years)), axis=0)
    dear = np.minimum(price_quantile(float(counted), 1.0, z, process), hedge.cap_price)
    fixed, free = hedge.fixed_fraction * hedge.fixed_price, 1 - hedge.fixed_fraction
    now = np.minimum(1.0, hedge.cap_price)
    left = np.maximum(0.5 - hedge.fixed_fraction, 0.0)
    upkeep = hedge.upkeep_usd_per_year
    return HedgedBill(bill_usd * (fixed + free * spot) + upkeep, bill_usd * (fixed + free * dear) + upkeep,
                      bill_usd * (fixed + left * now) + upkeep)
