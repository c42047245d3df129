"""Where the ways of paying for inference cost the same: utilisation, demand, and fleets of whole servers."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import DAYS_PER_YEAR, HOURS_PER_YEAR, SECONDS_PER_YEAR, checked
from ..quantities.mathematics import ratio
from ..quantities.numeric import Numeric
from ..quantities.units import SECONDS_PER_DAY


@checked
def break_even_utilisation(usd_per_year: Numeric, n_chips: Numeric, price_usd_per_hour: Numeric) -> Numeric:
    """Share of the hours that owned chips must be used before they beat renting by the hour.

    Parameters
    ----------
    usd_per_year : numeric
        Yearly cost of the owned server. [USD/year]
    n_chips : numeric
        Chips in it. [1]
    price_usd_per_hour : numeric
        Rent of one such chip for one hour. [USD/h]

    Returns
    -------
    numeric
        Break-even share: above 1, renting always wins. [1]

    Notes
    -----
    The small saving of electricity on idle hours is left out, which favours renting slightly.
    """
    return ratio(usd_per_year, n_chips * HOURS_PER_YEAR * price_usd_per_hour)


@checked
def break_even_tokens_per_day(fixed_usd_per_year: Numeric, alternative_usd_per_token: Numeric,
                              throughput_tok_per_s: Numeric, marginal_usd_per_token: Numeric = 0.0) -> Numeric:
    """Demand above which one machine paid by the year beats a price per token.

    Parameters
    ----------
    fixed_usd_per_year : numeric
        Yearly cost of the machine, used or not. [USD/year]
    alternative_usd_per_token : numeric
        What the API charges for an average token. [USD/token]
    throughput_tok_per_s : numeric
        Tokens per second that the machine can serve at full load. [token/s]
    marginal_usd_per_token : numeric
        Cost that still grows with every token. [USD/token]

    Returns
    -------
    numeric
        Break-even demand; infinite where the machine cannot serve that much, so that it never pays. [token/day]

    Notes
    -----
    A machine that never pays full does not pay in numbers either: ten of them save ten times nothing.
    """
    saved = alternative_usd_per_token - marginal_usd_per_token
    demand = ratio(fixed_usd_per_year, saved * DAYS_PER_YEAR, 1e300)
    full = throughput_tok_per_s * SECONDS_PER_YEAR / DAYS_PER_YEAR
    return np.where(demand <= full, demand, np.inf)


@checked
def machines_for(needed: Numeric, per_machine: Numeric) -> Numeric:
    """Whole machines that carry a load: requests at once, or tokens per second.

    Parameters
    ----------
    needed : numeric
        What all machines together must carry. [1]
    per_machine : numeric
        What one of them carries, in the same unit. [1]

    Returns
    -------
    numeric
        One at the least while anything is needed, without headroom, which `serving.queueing.replicas_for` adds.
        Undefined where a machine carries nothing. [1]
    """
    # A hair's breadth keeps a load of exactly three machines from needing four.
    return np.ceil(ratio(needed, per_machine, np.where(needed > 0, np.nan, 0.0)) * (1 - 1e-12))


@checked
def with_spares(machines: Numeric, spare_fraction: Numeric) -> Numeric:
    """Machines in use and the spare ones beside them.

    Parameters
    ----------
    machines : numeric
        Machines in use. [1]
    spare_fraction : numeric
        Spare machines for each one in use. [1]

    Returns
    -------
    numeric
        Whole spare machines: the first one in use has one already, unless the share is zero. [1]
    """
    return machines + np.ceil(machines * spare_fraction * (1 - 1e-12))


@checked
def servers_for_demand(tokens_per_day: Numeric, throughput_tok_per_s: Numeric, peak_to_mean: Numeric = 1.0,
                       spare_fraction: Numeric = 0.0) -> Numeric:
    """Servers that carry the demand of the busiest time.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand. [token/day]
    throughput_tok_per_s : numeric
        Tokens per second of one server within its latency target. [token/s]
    peak_to_mean : numeric
        Demand of the busiest time over the average. [1]
    spare_fraction : numeric
        Spare servers for each one in use; see `with_spares`. [1]

    Returns
    -------
    numeric
        Whole servers, one at the least while there is any demand. [1]
    """
    at_peak = tokens_per_day / SECONDS_PER_DAY * peak_to_mean
    return with_spares(machines_for(at_peak, throughput_tok_per_s), spare_fraction)


# -- cost of a token --------------------------------------------------------------------------------------------------


@checked
def owned_usd_per_token(tokens_per_day: Numeric, n_servers: Numeric, usd_per_year: Numeric,
                        team_usd_per_year: Numeric = 0.0) -> Numeric:
    """Cost of an average token on servers of one's own.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand, the same every day. [token/day]
    n_servers : numeric
        Servers that carry it; see `servers_for_demand`. [1]
    usd_per_year : numeric
        Yearly cost of one server. [USD/year]
    team_usd_per_year : numeric
        Pay of those who run all of them. [USD/year]

    Returns
    -------
    numeric
        All of a year's cost on all of its tokens. [USD/token]
    """
    return (n_servers * usd_per_year + team_usd_per_year) / (DAYS_PER_YEAR * tokens_per_day)


@checked
def rented_usd_per_token(tokens_per_day: Numeric, hourly_copies: Numeric, n_chips: Numeric,
                         price_usd_per_hour: Numeric) -> Numeric:
    """Cost of an average token on rented copies that may change from hour to hour.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand. [token/day]
    hourly_copies : array
        Copies rented in each of the 24 hours, along the last axis. [1]
    n_chips : numeric
        Chips of a copy. [1]
    price_usd_per_hour : numeric
        Rent of one of them. [USD/h]

    Returns
    -------
    numeric
        A day's rents on its tokens, without the last axis. [USD/token]
    """
    return np.sum(hourly_copies, axis=-1) * n_chips * price_usd_per_hour / tokens_per_day
