"""What an owned machine costs: capital, power, space, people and failures, down to the hour and the token.

Every yearly cost is annual and level over the machine's life, so a cost per hour is one division, and the net present
cost of the same machine is the second derivation that the tests hold it to. Break-even points are in `break_even`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..quantities.limits import HOURS_PER_YEAR, Limited, checked
from ..quantities.mathematics import annuity_years, ratio
from ..quantities.numeric import Numeric
from .running import colocation_usd_per_year, electricity_usd_per_year


@checked
def capital_recovery_factor(discount_rate: Numeric, life_years: Numeric) -> Numeric:
    """Level yearly payment that repays one dollar with interest.

    Parameters
    ----------
    discount_rate : numeric
        Cost of capital. [1/year]
    life_years : numeric
        Years of payments, each at the end of its year. [year]

    Returns
    -------
    numeric
        ``r / (1 - (1 + r)**-n)``; ``1 / n`` at a rate of zero. [1/year]

    References
    ----------
    Barroso, Hölzle and Ranganathan, "The Datacenter as a Computer", 3rd edition, 2018, chapter 6.
    """
    return 1 / annuity_years(discount_rate, life_years)


@checked
def capital_usd_per_year(capex_usd: Numeric, life_years: Numeric, discount_rate: Numeric,
                         residual_fraction: Numeric = 0.0) -> Numeric:
    """Yearly cost of owning equipment, with interest.

    Parameters
    ----------
    capex_usd : numeric
        Price paid at the start. [USD]
    life_years : numeric
        Years in use. [year]
    discount_rate : numeric
        Cost of capital. [1/year]
    residual_fraction : numeric
        Share of the price recovered at the end. [1]

    Returns
    -------
    numeric
        Level payment that leaves nothing owed after the sale. [USD/year]

    Notes
    -----
    An accounting life moves this with no change in the machine: four years instead of six adds about 40%.
    """
    factor = capital_recovery_factor(discount_rate, life_years)
    # The part that is sold at the end is never repaid, but it bears interest all along.
    return capex_usd * ((1 - residual_fraction) * factor + residual_fraction * discount_rate)


@checked
def straight_line_usd_per_year(capex_usd: Numeric, life_years: Numeric, discount_rate: Numeric) -> Numeric:
    """Yearly cost of owning equipment, as spreadsheets do it: depreciation plus interest on half the price.

    Parameters
    ----------
    capex_usd : numeric
        Price paid at the start. [USD]
    life_years : numeric
        Years in use. [year]
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        ``capex / life + capex r / 2``: a few percent below `capital_usd_per_year` at usual rates. [USD/year]

    References
    ----------
    The convention of github.com/ewyluda/gpu-price-index, read 2026-10.
    """
    return capex_usd / life_years + capex_usd * discount_rate / 2


@checked
def building_usd_per_year(power_w: Numeric, building_usd_per_w: Numeric, building_life_years: Numeric,
                          discount_rate: Numeric) -> Numeric:
    """Yearly cost of a data centre of one's own.

    Parameters
    ----------
    power_w : numeric
        Power of the computers housed. [W]
    building_usd_per_w : numeric
        Shell, power and cooling per watt of computers; 8 to 15 in 2025. [USD/W]
    building_life_years : numeric
        Life of the building. [year]
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        Cost of a full building: empty halls cost as much. [USD/year]
    """
    return capital_usd_per_year(power_w * building_usd_per_w, building_life_years, discount_rate)


class OwnedCost(NamedTuple):
    """Yearly cost of one owned server by cause [USD/year]."""

    capital_usd: Numeric
    facility_usd: Numeric
    electricity_usd: Numeric
    operations_usd: Numeric

    @property
    def total_usd(self) -> Numeric:
        """All causes together [USD/year]."""
        return self.capital_usd + self.facility_usd + self.electricity_usd + self.operations_usd


@dataclass(frozen=True, eq=False)
class Server(Limited):
    """One server to own, and what is bought and paid along with it.

    Parameters
    ----------
    capex_usd, power_w : numeric
        Price, and nameplate power. [USD], [W]
    life_years, residual_fraction : numeric
        See `capital_usd_per_year`. [year], [1]
    network_fraction : numeric
        Network over server price. [1]
    spare_fraction : numeric
        Spare servers for each one in use; see `spares_fraction`. Bought, not powered. [1]
    operations_fraction : numeric
        Upkeep per year over the price of the equipment; 0.08 is one calculator's default, for want of a measured
        figure. [1/year]
    """

    capex_usd: Numeric
    power_w: Numeric
    life_years: Numeric
    residual_fraction: Numeric = 0.0
    network_fraction: Numeric = 0.0
    spare_fraction: Numeric = 0.0
    operations_fraction: Numeric = 0.0

    @property
    def equipment_usd(self) -> Numeric:
        """Price with its share of network and spares [USD]."""
        return self.capex_usd * (1 + self.network_fraction) * (1 + self.spare_fraction)


@dataclass(frozen=True, eq=False)
class Site(Limited):
    """Where servers stand.

    Parameters
    ----------
    electricity_usd_per_kwh, pue : numeric
        Price of electricity, and overhead of the site. [USD/kWh], [1]
    colocation_usd_per_kw_month : numeric
        Rent; zero in a building of one's own. [USD/(kW month)]
    building_usd_per_w, building_life_years : numeric
        A building of one's own; zero where the site is rented. [USD/W], [year]
    """

    electricity_usd_per_kwh: Numeric
    pue: Numeric = 1.0
    colocation_usd_per_kw_month: Numeric = 0.0
    building_usd_per_w: Numeric = 0.0
    building_life_years: Numeric = 15.0


@checked
def owned_usd_per_year(server: Server, site: Site, discount_rate: Numeric, *, load_fraction: Numeric = 1.0,
                       staff_usd_per_year: Numeric = 0.0, repair_usd_per_year: Numeric = 0.0) -> OwnedCost:
    """Yearly cost of one owned server, by cause.

    Parameters
    ----------
    server, site : Server, Site
        What is bought, and where it stands.
    discount_rate : numeric
        Cost of capital. [1/year]
    load_fraction : numeric
        See `average_load_fraction`. [1]
    staff_usd_per_year, repair_usd_per_year : numeric
        Pay and parts for this server. [USD/year]

    Returns
    -------
    OwnedCost
        Capital, facility, electricity and operations, with their total.

    Notes
    -----
    ================================  ======================================================================
    assumed                           if false
    ================================  ======================================================================
    the server earns to the last day  a rival's next chip can end its life early: shorten it
    the site is full                  empty racks are paid for as well
    level prices over the life        `exposure` moves them
    ================================  ======================================================================

    References
    ----------
    Barroso, Hölzle and Ranganathan, "The Datacenter as a Computer", 3rd edition, 2018, chapter 6.
    """
    capital = capital_usd_per_year(server.equipment_usd, server.life_years, discount_rate, server.residual_fraction)
    facility = (colocation_usd_per_year(server.power_w, site.colocation_usd_per_kw_month)
                + building_usd_per_year(server.power_w, site.building_usd_per_w, site.building_life_years,
                                        discount_rate))
    electricity = electricity_usd_per_year(server.power_w, site.electricity_usd_per_kwh, site.pue, load_fraction)
    operations = server.equipment_usd * server.operations_fraction + staff_usd_per_year + repair_usd_per_year
    return OwnedCost(capital, facility, electricity, operations)


@checked
def usd_per_used_hour(usd_per_year: Numeric, n_chips: Numeric = 1.0, utilisation: Numeric = 1.0) -> Numeric:
    """Cost of one used chip-hour.

    Parameters
    ----------
    usd_per_year : numeric
        Yearly cost of the server. [USD/year]
    n_chips : numeric
        Chips in the server. [1]
    utilisation : numeric
        Share of the hours that are used or sold. [1]

    Returns
    -------
    numeric
        Cost of one chip for one used hour; infinite for a server that stands idle. [USD/h]
    """
    return ratio(usd_per_year, n_chips * HOURS_PER_YEAR * utilisation)


@checked
def net_present_cost_usd(capex_usd: Numeric, usd_per_year: Numeric, life_years: Numeric, discount_rate: Numeric,
                         residual_fraction: Numeric = 0.0) -> Numeric:
    """Everything a machine will ever cost, in today's dollars.

    Parameters
    ----------
    capex_usd : numeric
        Price paid at the start. [USD]
    usd_per_year : numeric
        Running cost, paid at the end of each year. [USD/year]
    life_years : numeric
        Years in use. [year]
    discount_rate : numeric
        Cost of capital. [1/year]
    residual_fraction : numeric
        Share of the price recovered at the end. [1]

    Returns
    -------
    numeric
        Present value of all payments, less that of the sale. [USD]

    Notes
    -----
    Times `capital_recovery_factor`, it equals `capital_usd_per_year` plus the running cost.
    """
    sale = capex_usd * residual_fraction * np.exp(-np.log1p(discount_rate) * life_years)
    return capex_usd + usd_per_year * annuity_years(discount_rate, life_years) - sale
