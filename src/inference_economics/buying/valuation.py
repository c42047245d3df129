"""Owning against renting as purchases are decided: by present value, on a path of rents, with tax and resale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..quantities.limits import HOURS_PER_YEAR, checked, checked_fields
from ..quantities.mathematics import annuity_years, exp_mean, ratio
from ..quantities.numeric import Numeric
from .ownership import Server


@dataclass(frozen=True, eq=False)
class Capital:
    """Where the money for a purchase comes from, and what the state takes and gives.

    Parameters
    ----------
    debt_rate, equity_rate : numeric
        Interest on a loan, and the return that owners ask for bearing the risk. [1/year]
    debt_fraction : numeric
        Share of the price that is borrowed. [1]
    tax_fraction : numeric
        Tax on a profit; 0 for a hospital, or for a firm that makes none. [1]
    deduction_years : numeric
        Years over which tax law lets the price be deducted; 0 for at once. [year]
    """

    debt_rate: Numeric
    equity_rate: Numeric = 0.0
    debt_fraction: Numeric = 1.0
    tax_fraction: Numeric = 0.0
    deduction_years: Numeric = 5.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)

    @property
    def discount_rate(self) -> Numeric:
        """Weighted cost of capital after tax: interest is deducted, a return to owners is not [1/year]."""
        borrowed = self.debt_fraction * self.debt_rate * (1 - self.tax_fraction)
        return borrowed + (1 - self.debt_fraction) * self.equity_rate


@checked
def falling_years(discount_rate: Numeric, years: Numeric, decline_per_year: Numeric = 0.0) -> Numeric:
    """Present value of a dollar a year, paid evenly, that falls evenly.

    Parameters
    ----------
    discount_rate : numeric
        Cost of capital. [1/year]
    years : numeric
        Years of payments. [year]
    decline_per_year : numeric
        Fall per year; below 0, it rises. [1/year]

    Returns
    -------
    numeric
        `years` where nothing falls and nothing is discounted. [year]
    """
    return years * exp_mean(years * (np.log1p(-decline_per_year) - np.log1p(discount_rate)))


@checked
def bought_usd(server: Server, usd_per_year: Numeric, capital: Capital) -> Numeric:
    """Present value, after tax, of buying a server, running it for its life and selling it.

    Parameters
    ----------
    server : Server
        With the years for which it is kept and the share of its price that it then fetches.
    usd_per_year : numeric
        Site, electricity, upkeep and people. [USD/year]
    capital : Capital
        What the money costs.

    Returns
    -------
    numeric
        Everything paid less everything got back. [USD]

    Notes
    -----
    ==================================  ========================================================================
    assumed                             if false
    ==================================  ========================================================================
    there is a profit to deduct from    a firm that makes none deducts later, or never: set the tax to zero
    what is sold is written off wholly  a sale before that is taxed less: its book value is deducted
    ==================================  ========================================================================
    """
    rate, kept = capital.discount_rate, 1 - capital.tax_fraction
    deducted = ratio(annuity_years(rate, capital.deduction_years), capital.deduction_years, 1.0)
    sale = server.equipment_usd * server.residual_fraction * np.exp(-np.log1p(rate) * server.life_years)
    price = server.equipment_usd * (1 - capital.tax_fraction * deducted)
    return price + kept * (usd_per_year * falling_years(rate, server.life_years) - sale)


@checked
def rented_usd(usd_per_year: Numeric, years: Numeric, rent_decline_per_year: Numeric, capital: Capital) -> Numeric:
    """Present value, after tax, of renting the same for as long.

    Parameters
    ----------
    usd_per_year : numeric
        Rent of a year at today's price. [USD/year]
    years : numeric
        How long. [year]
    rent_decline_per_year : numeric
        Fall of the rent in a year; below 0, it rises. [1/year]
    capital : Capital
        What the money costs.

    Returns
    -------
    numeric
        [USD]
    """
    paid_years = falling_years(capital.discount_rate, years, rent_decline_per_year)
    return (1 - capital.tax_fraction) * usd_per_year * paid_years


@checked
def break_even_utilisation_on_path(server: Server, usd_per_year: Numeric, n_chips: Numeric, price_usd_per_hour: Numeric,
                                   rent_decline_per_year: Numeric, capital: Capital) -> Numeric:
    """Share of the hours that bought chips must be used before they beat renting, over the whole life.

    Parameters
    ----------
    server : Server
        As in `bought_usd`.
    usd_per_year : numeric
        Site, electricity, upkeep and people. [USD/year]
    n_chips : numeric
        Chips of the server. [1]
    price_usd_per_hour : numeric
        Rent of one chip for one hour today. [USD/h]
    rent_decline_per_year : numeric
        Fall of that rent in a year; below 0, it rises. [1/year]
    capital : Capital
        What the money costs.

    Returns
    -------
    numeric
        Above 1, renting always wins. [1]

    Notes
    -----
    With a flat rent, no tax and no resale it is `break_even.break_even_utilisation`, but for payments through the year
    in place of its end.
    """
    every_hour = n_chips * HOURS_PER_YEAR * price_usd_per_hour
    return ratio(bought_usd(server, usd_per_year, capital),
                 rented_usd(every_hour, server.life_years, rent_decline_per_year, capital))
