"""What a seat costs: an office's machines against an API, by the person and month."""

from __future__ import annotations

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .ownership import Server, owned_usd_per_year
from .reference import colocated

WORKDAYS_PER_MONTH = 22.0
WORKDAY_S = 8 * 3600.0
PEAK_TO_MEAN = 2.0  # busiest minutes of a working day over its mean; assumed
LOAD_FRACTION = 0.65
OPERATIONS_FRACTION = 0.08


@checked
def requests_at_once(users: Numeric, queries_per_day: Numeric, service_s: Numeric) -> Numeric:
    """Requests in service at the peak of a working day.

    Parameters
    ----------
    users : numeric
        People who have a seat. [1]
    queries_per_day : numeric
        Prompts of one of them on a working day. [1/day]
    service_s : numeric
        Time that a request keeps its place. [s]

    Returns
    -------
    numeric
        By Little's law, at twice the mean of eight hours. [1]
    """
    return users * queries_per_day / WORKDAY_S * PEAK_TO_MEAN * service_s


@checked
def machine_usd_per_year(capex_usd: Numeric, power_w: Numeric, site_share: Numeric = 1.0, life_years: Numeric = 5.5,
                         discount_rate: Numeric = 0.10) -> Numeric:
    """Yearly cost of one machine, in a data centre or under a desk.

    Parameters
    ----------
    capex_usd, power_w : numeric
        Its price, and its nameplate power. [USD], [W]
    site_share : numeric
        1 for a machine that rents its place in a data centre, 0 for one that stands in the office. [1]
    life_years, discount_rate : numeric
        Years in use, and cost of capital. [year], [1/year]

    Returns
    -------
    numeric
        Capital, site, electricity and upkeep; nobody's pay. [USD/year]
    """
    machine = Server(capex_usd, power_w, life_years, operations_fraction=OPERATIONS_FRACTION)
    return owned_usd_per_year(machine, colocated(site_share), discount_rate, load_fraction=LOAD_FRACTION).total_usd


@checked
def seat_usd_per_month(users: Numeric, machines: Numeric, usd_per_year: Numeric,
                       team_usd_per_year: Numeric) -> Numeric:
    """Cost of a seat on machines of one's own.

    Parameters
    ----------
    users : numeric
        People who have a seat. [1]
    machines : numeric
        Machines; see `break_even.machines_for`. [1]
    usd_per_year : numeric
        Yearly cost of one; see `machine_usd_per_year`. [USD/year]
    team_usd_per_year : numeric
        Pay of those who run all of them. [USD/year]

    Returns
    -------
    numeric
        Per person and month. [USD/month]
    """
    return (machines * usd_per_year + team_usd_per_year) / users / 12


@checked
def api_seat_usd_per_month(queries_per_day: Numeric, prompt_usd: Numeric) -> Numeric:
    """Cost of a seat at an API.

    Parameters
    ----------
    queries_per_day : numeric
        Prompts of a person on a working day. [1/day]
    prompt_usd : numeric
        Price of one prompt with its answer; see `market.api_usd`. [USD]

    Returns
    -------
    numeric
        Per person and month. [USD/month]
    """
    return queries_per_day * WORKDAYS_PER_MONTH * prompt_usd


@checked
def rented_seat_usd_per_month(users: Numeric, n_chips: Numeric, price_usd_per_hour: Numeric,
                              hours_per_day: Numeric = 8.0) -> Numeric:
    """Cost of a seat on chips that are rented for the working hours of working days.

    Parameters
    ----------
    users : numeric
        People who have a seat. [1]
    n_chips : numeric
        Chips that serve all of them. [1]
    price_usd_per_hour : numeric
        Rent of one chip for one hour. [USD/h]
    hours_per_day : numeric
        Hours of a working day in which they are rented. [1]

    Returns
    -------
    numeric
        Per person and month. [USD/month]
    """
    return WORKDAYS_PER_MONTH * hours_per_day * n_chips * price_usd_per_hour / users
