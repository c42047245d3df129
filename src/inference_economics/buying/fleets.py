"""What a token costs on a whole fleet: owned, rented by the hour, or partly under contract."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .break_even import owned_usd_per_token, rented_usd_per_token, servers_for_demand
from .running import staff_usd_per_year


@checked
def owned_fleet_usd_per_token(tokens_per_day: Numeric, throughput_tok_per_s: Numeric, peak_to_mean: Numeric,
                              usd_per_year: Numeric, servers_per_person: Numeric, pay_usd_per_year: Numeric) -> Numeric:
    """Cost of an average token on servers that carry the busiest hour, with whole servers and whole people.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand. [token/day]
    throughput_tok_per_s : numeric
        Tokens per second of one server. [token/s]
    peak_to_mean : numeric
        Demand of the busiest time over the average. [1]
    usd_per_year : numeric
        Yearly cost of one server, its share of network and spares included. [USD/year]
    servers_per_person : numeric
        Servers that one person looks after. [1]
    pay_usd_per_year : numeric
        Full cost of one person. [USD/year]

    Returns
    -------
    numeric
        [USD/token]
    """
    servers = servers_for_demand(tokens_per_day, throughput_tok_per_s, peak_to_mean)
    people = staff_usd_per_year(np.maximum(servers, 1.0), servers_per_person, pay_usd_per_year)
    return owned_usd_per_token(tokens_per_day, servers, usd_per_year, people)


@checked
def copies_by_hour(tokens_per_day: Numeric, throughput_tok_per_s: Numeric, hourly_share: Numeric) -> Numeric:
    """Copies of a model that each hour of a day needs.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand. [token/day]
    throughput_tok_per_s : numeric
        Tokens per second of one copy. [token/s]
    hourly_share : array
        Demand in each hour over the day's mean, along the last axis. [1]

    Returns
    -------
    numeric
        Whole copies, one at the least, along a last axis of hours. [1]
    """
    # numpy's own scalars take an axis as arrays do
    tokens: Any = tokens_per_day
    speed: Any = throughput_tok_per_s
    return np.maximum(servers_for_demand(tokens[..., None] * hourly_share, speed[..., None]), 1.0)


@checked
def partly_reserved_usd_per_token(tokens_per_day: Numeric, hourly_copies: Numeric, reserved_copies: Numeric,
                                  n_chips: Numeric, reserved_usd_per_hour: Numeric,
                                  on_demand_usd_per_hour: Numeric) -> Numeric:
    """Cost of an average token where some copies are under contract and the rest is rented when needed.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand. [token/day]
    hourly_copies : array
        Copies needed in each hour, along the last axis; see `copies_by_hour`. [1]
    reserved_copies : numeric
        Copies under contract, paid in every hour. [1]
    n_chips : numeric
        Chips of a copy. [1]
    reserved_usd_per_hour, on_demand_usd_per_hour : numeric
        Rent of one chip, by contract and when needed. [USD/h]

    Returns
    -------
    numeric
        Without the last axis. [USD/token]
    """
    copies: Any = reserved_copies
    held = copies[..., None]
    beyond = np.maximum(hourly_copies - held, 0.0)
    return (rented_usd_per_token(tokens_per_day, held + 0.0 * hourly_copies, n_chips, reserved_usd_per_hour)
            + rented_usd_per_token(tokens_per_day, beyond, n_chips, on_demand_usd_per_hour))
