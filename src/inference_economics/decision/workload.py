"""One workload and everything that its cost depends on, as records of related numbers.

Each field is a number, an array that broadcasts against the others, or a value that only the page will know. What a
field accepts stands in the glossary under its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..buying import ownership
from ..quantities.checks import is_traced, number, require
from ..quantities.limits import Limited, check, checked_fields
from ..quantities.numeric import Numeric

YEARS = np.arange(10.0)  # a horizon ends within them
ByYear: TypeAlias = Any  # an array with the years along its last axis, traced or not


@dataclass(frozen=True, eq=False)
class Demand:
    """What people ask for.

    Parameters
    ----------
    users, queries_per_day : numeric
        People today, and prompts of one of them on one day. [1], [1/day]
    prompt_tok, output_tok : numeric
        Tokens of a prompt and of its answer. [token]
    growth_per_year : numeric
        Growth of demand. [1/year]
    peak_to_mean : numeric
        Busiest hour over the average; the fleet is fixed at what that hour needs. [1]
    wait_probability : numeric
        Share of requests that may wait for a place in the busiest hour. [1]
    cached_fraction : numeric
        Share of the input that an API's cache holds. What machines of one's own would save is left out. [1]
    batch_fraction : numeric
        Share of the work that may wait a day for an API's cheaper tier. [1]
    """

    users: Numeric
    queries_per_day: Numeric
    prompt_tok: Numeric
    output_tok: Numeric
    growth_per_year: Numeric = 0.0
    peak_to_mean: Numeric = 2.0
    wait_probability: Numeric = 0.05
    cached_fraction: Numeric = 0.0
    batch_fraction: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self, prompt_tok="[0, 1e22]", output_tok="[0, 1e22]")


@dataclass(frozen=True, eq=False)
class Offer(Limited):
    """What an API asks.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        Price list. [USD/token]
    price_decline_per_year : numeric
        How fast it falls. [1/year]
    cached_input_factor : numeric
        Price of an input token that the API's cache holds, over the list price; 1 for no discount. [1]
    batch_discount : numeric
        Share of the price that is saved by waiting. [1]
    """

    input_usd_per_token: Numeric
    output_usd_per_token: Numeric
    price_decline_per_year: Numeric = 0.0
    cached_input_factor: Numeric = 1.0
    batch_discount: Numeric = 0.0


@dataclass(frozen=True, eq=False)
class Fleet:
    """Chips that serve a model, rented or owned, and the people who run them.

    Parameters
    ----------
    service_s, batch, n_chips : numeric
        One copy of the model; see `best_replica`. Batch 0: no copy meets the targets, and the time is not looked at.
        [s], [1], [1]
    price_usd_per_hour : numeric
        Rent of one chip. [USD/h]
    chips_per_server : numeric
        Chips in a server; servers are bought whole, chips are rented one by one. [1]
    spare_fraction : numeric
        Spare servers for each one in use, where they are owned; whole ones, so that one server has one spare. [1]
    team_usd_per_year : numeric
        People who run a model themselves, rented or owned; an API needs none of them. [USD/year]
    """

    service_s: Numeric
    batch: Numeric
    n_chips: Numeric
    price_usd_per_hour: Numeric
    chips_per_server: Numeric = 8.0
    spare_fraction: Numeric = 0.03
    team_usd_per_year: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        batch = check(batch=self.batch)
        # of a fleet that serves nothing the time is undefined
        service_s = self.service_s if is_traced(self.service_s) else number("service_s", self.service_s)
        object.__setattr__(self, "service_s", np.where(batch > 0, service_s, np.inf)[()])
        checked_fields(self, service_s="(0, inf]")


@dataclass(frozen=True, eq=False)
class Server(Limited):
    """One server to own.

    Parameters
    ----------
    capex_usd, power_w : numeric
        Price, and nameplate power. [USD], [W]
    life_years, resale_fraction : numeric
        Life of a server; where the horizon is shorter, the share of its straight-line book value that it sells for.
        [year], [1]
    operations_fraction, idle_power_fraction, network_fraction : numeric
        As in `ownership`. [1/year], [1], [1]
    """

    capex_usd: Numeric
    power_w: Numeric
    life_years: Numeric = 5.0
    resale_fraction: Numeric = 0.5
    operations_fraction: Numeric = 0.08
    idle_power_fraction: Numeric = 0.35
    network_fraction: Numeric = 0.1

    def owned_for(self, horizon_years: Numeric) -> ownership.Server:
        """Return the server as bought for some years, and sold where its life is longer [year]."""
        used_years = np.minimum(self.life_years, horizon_years)
        return ownership.Server(
            self.capex_usd, self.power_w, used_years, network_fraction=self.network_fraction,
            residual_fraction=self.resale_fraction * (1 - used_years / self.life_years),
            operations_fraction=self.operations_fraction)


@dataclass(frozen=True, eq=False)
class Programme(Limited):
    """A chip of one's own, in place of the bought one.

    Parameters
    ----------
    nre_usd, software_usd_per_year : numeric
        The programme before its first unit, and its software in every year. [USD], [USD/year]
    perf_per_tco, delay_years : numeric
        Its performance per cost of ownership over the bought server's, and the years until it serves. [1], [year]
    """

    nre_usd: Numeric = 0.0
    software_usd_per_year: Numeric = 0.0
    perf_per_tco: Numeric = 1.0
    delay_years: Numeric = 0.0


@dataclass(frozen=True, eq=False)
class Finance:
    """What a later dollar is worth, and how long one looks ahead.

    Parameters
    ----------
    horizon_years : numeric
        Years that are counted, at most ten. [year]
    discount_rate : numeric
        Cost of capital. [1/year]
    """

    horizon_years: Numeric = 3.0
    discount_rate: Numeric = 0.08

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)
        require(0.1, YEARS[-1] + 1, hint="the model looks at ten years at most.", horizon_years=self.horizon_years)
