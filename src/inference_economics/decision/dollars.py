"""Dollars by cause and year, and what they are worth as one number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..serving.queueing import column
from .workload import YEARS, ByYear, Finance

NONE = np.zeros(YEARS.size)


class Cash(NamedTuple):
    """Dollars of one way, by cause and year along the last axis [USD].

    Parameters
    ----------
    capital_usd, programme_usd : numeric
        Paid at the start of a year: machines and rooms, and the design of a chip. [USD]
    tokens_usd, rent_usd, site_usd, electricity_usd, upkeep_usd, people_usd, licences_usd, data_usd : numeric
        Paid through a year. [USD]
    resale_usd : numeric
        Got back at the horizon; one number, not by year. [USD]
    """

    capital_usd: ByYear
    programme_usd: ByYear
    tokens_usd: ByYear
    rent_usd: ByYear
    site_usd: ByYear
    electricity_usd: ByYear
    upkeep_usd: ByYear
    people_usd: ByYear
    licences_usd: ByYear
    data_usd: ByYear
    resale_usd: Numeric

    @property
    def at_start_usd(self) -> ByYear:
        """Paid at the start of each year [USD]."""
        return self.capital_usd + self.programme_usd

    @property
    def through_usd(self) -> ByYear:
        """Paid through each year [USD]."""
        return (self.tokens_usd + self.rent_usd + self.site_usd + self.electricity_usd + self.upkeep_usd
                + self.people_usd + self.licences_usd + self.data_usd)


NOTHING = Cash(NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, 0.0)


@checked
def year_weights(finance: Finance) -> ByYear:
    """Present value of a dollar paid evenly through each year, as far as the horizon counts it.

    Parameters
    ----------
    finance : Finance
        Horizon and cost of capital.

    Returns
    -------
    numeric
        By year, along the last axis. [1]
    """
    counted = np.clip(column(finance.horizon_years) - YEARS, 0.0, 1.0)
    return counted * np.exp(-np.log1p(column(finance.discount_rate)) * (YEARS + 0.5))


@checked
def start_weights(finance: Finance) -> ByYear:
    """Present value of a dollar paid at the start of each year that begins within the horizon.

    Parameters
    ----------
    finance : Finance
        Horizon and cost of capital.

    Returns
    -------
    numeric
        By year, along the last axis. [1]
    """
    rate = np.log1p(column(finance.discount_rate))
    return np.where(column(finance.horizon_years) > YEARS, np.exp(-rate * YEARS), 0.0)


@checked
def horizon_weight(finance: Finance) -> Numeric:
    """Present value of a dollar that is got back at the horizon.

    Parameters
    ----------
    finance : Finance
        Horizon and cost of capital.

    Returns
    -------
    numeric
        [1]
    """
    weight: Numeric = np.exp(-np.log1p(finance.discount_rate) * finance.horizon_years)
    return weight


@checked
def present_usd(cash: Cash, finance: Finance) -> Numeric:
    """Present value of what one way costs.

    Parameters
    ----------
    cash : Cash
        Of that way.
    finance : Finance
        Horizon and cost of capital.

    Returns
    -------
    numeric
        [USD]
    """
    paid = np.sum(cash.at_start_usd * start_weights(finance) + cash.through_usd * year_weights(finance), axis=-1)
    present: Numeric = paid - cash.resale_usd * horizon_weight(finance)
    return present


@checked
def level_usd(cash: Cash, finance: Finance) -> Numeric:
    """Level cost: the same payment through every year that has the present value of what is paid.

    Parameters
    ----------
    cash, finance : Cash, Finance
        As in `present_usd`.

    Returns
    -------
    numeric
        [USD/year]
    """
    level: Numeric = present_usd(cash, finance) / np.sum(year_weights(finance), axis=-1)
    return level
