"""What a machine that stands in a hall costs besides its price: power, space, people and spares."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import DAYS_PER_YEAR, HOURS_PER_YEAR, checked
from ..quantities.numeric import Numeric


@checked
def average_load_fraction(utilisation: Numeric, idle_power_fraction: Numeric) -> Numeric:
    """Average power over full power of a machine that is busy part of the time.

    Parameters
    ----------
    utilisation : numeric
        Share of the time or throughput in use. [1]
    idle_power_fraction : numeric
        Power when idle over power at full load. [1]

    Returns
    -------
    numeric
        Between the idle fraction and 1. [1]
    """
    return idle_power_fraction + (1 - idle_power_fraction) * utilisation


@checked
def electricity_usd_per_year(power_w: Numeric, electricity_usd_per_kwh: Numeric, pue: Numeric = 1.0,
                             load_fraction: Numeric = 1.0) -> Numeric:
    """Yearly electricity bill of a machine that is always on.

    Parameters
    ----------
    power_w : numeric
        Nameplate power. [W]
    electricity_usd_per_kwh : numeric
        Price of electricity. [USD/kWh]
    pue : numeric
        Power usage effectiveness of the site. [1]
    load_fraction : numeric
        Average power over nameplate power; 0.5 to 0.75 is typical of inference. [1]

    Returns
    -------
    numeric
        Electricity for the machine and its share of cooling and losses. [USD/year]
    """
    return power_w / 1000 * load_fraction * pue * HOURS_PER_YEAR * electricity_usd_per_kwh


@checked
def colocation_usd_per_year(power_w: Numeric, colocation_usd_per_kw_month: Numeric) -> Numeric:
    """Yearly rent for space, cooling and a power connection, by the reserved kilowatt.

    Parameters
    ----------
    power_w : numeric
        Power reserved: the nameplate, used or not. [W]
    colocation_usd_per_kw_month : numeric
        Rent. Small suites cost about a third more than whole halls. [USD/(kW month)]

    Returns
    -------
    numeric
        Rent, usually without electricity: read the contract. [USD/year]
    """
    return power_w / 1000 * colocation_usd_per_kw_month * 12


@checked
def staff_usd_per_year(n_servers: Numeric, servers_per_person: Numeric, pay_usd_per_year: Numeric) -> Numeric:
    """Yearly pay of the people who keep the servers running, one at the least.

    Parameters
    ----------
    n_servers : numeric
        Servers. [1]
    servers_per_person : numeric
        Servers that one person looks after; no measured figure is published, so try a wide range. [1]
    pay_usd_per_year : numeric
        Full cost of one person. [USD/year]

    Returns
    -------
    numeric
        Pay of whole people, for all servers together. [USD/year]
    """
    return np.maximum(np.ceil(n_servers / servers_per_person), 1.0) * pay_usd_per_year


@checked
def storage_usd_per_year(tokens_per_day: Numeric, bytes_per_token: Numeric,
                         storage_usd_per_byte_year: Numeric) -> Numeric:
    """Yearly price of keeping a year's prompts and answers for a year.

    Parameters
    ----------
    tokens_per_day : numeric
        Tokens of both. [token/day]
    bytes_per_token : numeric
        Text and framing of one. [B]
    storage_usd_per_byte_year : numeric
        A stored byte for a year. [USD/(B year)]

    Returns
    -------
    numeric
        [USD/year]
    """
    return DAYS_PER_YEAR * tokens_per_day * bytes_per_token * storage_usd_per_byte_year


@checked
def people_for_shifts(hours_per_week: Numeric, hours_of_person: Numeric) -> Numeric:
    """People who fill one post for some hours of every week.

    Parameters
    ----------
    hours_per_week : numeric
        Hours in which somebody must be there: 168 for day and night, 40 for the office. [1]
    hours_of_person : numeric
        Hours that one person works in a week, all absence taken off. [1]

    Returns
    -------
    numeric
        Not rounded: a post may be shared with other services. [1]
    """
    return hours_per_week / hours_of_person


@checked
def spares_fraction(failures_per_year: Numeric, repair_days: Numeric) -> Numeric:
    """Machines to hold in reserve for each one in use, so that failures do not shrink the fleet.

    Parameters
    ----------
    failures_per_year : numeric
        Failures of one machine per year: chips per machine times failures per chip. [1/year]
    repair_days : numeric
        Time until a failed machine is back. [day]

    Returns
    -------
    numeric
        Average number in repair for each one in use, by Little's law. [1]

    Notes
    -----
    The average: to cover bad weeks too, hold more. Llama 3's 16,384 GPUs saw 419 unexpected interruptions in 54 days,
    about 0.17 per GPU and year; training stops at each, serving loses one replica.

    References
    ----------
    Llama Team, "The Llama 3 Herd of Models", arXiv:2407.21783, 2024, Table 5.
    """
    return failures_per_year * repair_days / DAYS_PER_YEAR
