"""Machines that a plan needs in each year: copies, chips, servers, and how full they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..buying.break_even import machines_for, with_spares
from ..quantities.limits import DAYS_PER_YEAR, checked
from ..quantities.numeric import Numeric
from ..quantities.units import SECONDS_PER_DAY
from ..serving.queueing import column, replicas_for, wait_below_s
from .dollars import year_weights
from .plan import Copy, Need, Plan
from .workload import YEARS, ByYear


class Machines(NamedTuple):
    """What serves a plan, by year along the last axis.

    Parameters
    ----------
    prompts_per_day : numeric
        Demand. [1/day]
    in_service, at_peak : numeric
        Requests in service, on average and in the busiest hour that the fleet is built for. [1]
    copies, used_copies : numeric
        Copies of the model in all regions, with spare ones and without. [1]
    copy_chips, unit_chips, servers : numeric
        Chips by whole copies, chips by whole units, and whole servers with whole spare ones. [1]
    utilisation : numeric
        Places in use on average, over all. [1]
    """

    prompts_per_day: ByYear
    in_service: ByYear
    at_peak: ByYear
    copies: ByYear
    used_copies: ByYear
    copy_chips: ByYear
    unit_chips: ByYear
    servers: ByYear
    utilisation: ByYear


@checked
def whole_units(needed: Numeric, unit_chips: Numeric) -> Numeric:
    """Chips that come with whole units.

    Parameters
    ----------
    needed : numeric
        Chips that carry the load. [1]
    unit_chips : numeric
        Chips of the smallest unit that can be had: 1, 2, 4 or 8. [1]

    Returns
    -------
    numeric
        [1]
    """
    return machines_for(needed, unit_chips) * unit_chips


def demand_by_year(need: Need) -> ByYear:
    """Prompts of a day of each year, at its middle; years lie along the last axis [1/day]."""
    growth = np.log1p(column(need.growth_per_year))
    return column(need.prompts_per_day) * np.exp(growth * (YEARS + 0.5))


def level_prompts_per_year(plan: Plan) -> Numeric:
    """Prompts of a year, weighted as the level cost weights its dollars.

    Parameters
    ----------
    plan : Plan
        What is asked, growing from year to year, and the horizon.

    Returns
    -------
    numeric
        A level cost over these is what a prompt costs: where every prompt has the same price, that price. [1/year]
    """
    weights = year_weights(plan.finance)
    level: Numeric = DAYS_PER_YEAR * np.sum(demand_by_year(plan.need) * weights, axis=-1) / np.sum(weights, axis=-1)
    return level


@checked
def machines(plan: Plan) -> Machines:
    """Count the machines of every year.

    Parameters
    ----------
    plan : Plan
        What is asked, and the copy that serves it.

    Returns
    -------
    Machines
        Of a copy that serves nothing, counted as if it had one place; see `feasible`.

    Notes
    -----
    Work that may wait fills what the busiest hour leaves idle: the fleet is built for the others' busiest hour, or for
    all work spread evenly over the day, whichever is more.
    """
    need, copy = plan.need, plan.copy
    prompts = demand_by_year(need)
    busy_s = np.where(copy.batch > 0, copy.service_s, 1.0)
    places = np.maximum(copy.batch, 1.0)
    mean = prompts / SECONDS_PER_DAY * column(busy_s)
    peak = mean * column(np.maximum((1 - need.batch_fraction) * need.peak_to_mean, 1.0))
    regions = column(copy.regions)
    each = replicas_for(peak / regions, column(places), need.wait_probability)
    kept = each + column(copy.spare_copies)
    copies = kept * regions
    servers = with_spares(machines_for(each * column(copy.n_chips), column(copy.chips_per_server)),
                          column(copy.spare_fraction)) * regions
    return Machines(prompts, mean, peak, copies, each * regions, copies * column(copy.n_chips),
                    whole_units(kept * column(copy.n_chips), column(copy.unit_chips)) * regions, servers,
                    mean / (copies * column(places)))


def feasible(copy: Copy) -> Numeric:
    """1 where some copy meets the targets, else 0 [1]."""
    return np.where(copy.batch > 0, 1.0, 0.0)[()]


@checked
def waits_s(plan: Plan, percentile: float = 0.95) -> Numeric:
    """Wait for a place that so many requests stay below, in the busiest hour of the first year.

    Parameters
    ----------
    plan : Plan
        What is asked, and the copy that serves it.
    percentile : float
        Share of requests. [1]

    Returns
    -------
    numeric
        0 where fewer wait at all; undefined (NaN) where no copy meets the targets. [s]

    Notes
    -----
    See `queueing.wait_below_s`. Requests are taken to find any free place of their region. What a full batch does to
    the time of the first token itself is a matter of the serving simulator's tables, see `simulation.percentiles`.
    """
    fleet, copy = machines(plan), plan.copy
    places = fleet.used_copies[..., 0] / copy.regions * np.maximum(copy.batch, 1.0)
    wait = wait_below_s(places, fleet.at_peak[..., 0] / copy.regions, np.where(copy.batch > 0, copy.service_s, 1.0),
                        percentile)
    found: Numeric = np.where(copy.batch > 0, wait, np.nan)[()]
    return found
