"""Everything that a page says of a plan, in one pass: draws, one doubt at a time, and demand, as rows of one array.

The same numbers as `answer.spreads`, `answer.hinges` and `answer.break_even` give one by one; a page has to have them
all within a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ..quantities.limits import checked
from ..quantities.numeric import Truth
from ..risk.uncertainty import sample_quantiles
from .cash import WAYS, allowed, by_way
from .dollars import Cash, level_usd
from .plan import Plan
from .plan_doubts import draws, moved, plan_doubts

ByWay: TypeAlias = Any  # an array with the ways along its first axis, traced or not
DRAWS = 100
DEMAND = np.geomspace(1e-3, 1e3, 31)  # over the plan's
_OFFS = len(plan_doubts()) * 2


class Overview(NamedTuple):
    """What a plan's ways cost, and how sure that is; the ways lie along the first axis, in the order of `WAYS`.

    Parameters
    ----------
    usd : numeric
        Level cost at the plan's own numbers; undefined (NaN) where a way is ruled out. [USD/year]
    low_usd, median_usd, high_usd : numeric
        Over the draws: one in twenty below, half, one in twenty above. [USD/year]
    draw_share : numeric
        Draws in which the way is the cheapest of those allowed. [1]
    by_doubt_usd : numeric
        With one doubt at one end: ways, then doubts, then their low and high ends. [USD/year]
    by_demand_usd : numeric
        With demand at `DEMAND` times the plan's, along the last axis. [USD/year]
    cash : mapping
        Dollars by way, cause and year at the plan's own numbers.
    """

    usd: ByWay
    low_usd: ByWay
    median_usd: ByWay
    high_usd: ByWay
    draw_share: ByWay
    by_doubt_usd: ByWay
    by_demand_usd: ByWay
    cash: Mapping[str, Cash]


@cache
def rows(outside: bool = False, samples: int = DRAWS) -> dict[str, npt.NDArray[Any]]:
    """Return each doubt's factors: the draws, its two ends while the others rest, demand on a grid, and nothing moved.

    Parameters
    ----------
    outside : bool
        As in `plan_doubts.plan_doubts`.
    samples : int
        Draws. [1]

    Returns
    -------
    dict
        Name of a doubt to its factors. [1]
    """
    found = {}
    for k, one in enumerate(plan_doubts(outside)):
        ends = np.ones(_OFFS)
        ends[2 * k : 2 * k + 2] = one.range.low, one.range.high
        demand = DEMAND if one.name == "demand" else np.ones(DEMAND.size)
        found[one.name] = np.concatenate([draws(samples, 0, outside)[one.name], ends, demand, [1.0]])
    return found


def overview(plan: Plan, outside: Truth, samples: int = DRAWS) -> Overview:
    """Work a plan out.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    outside : bool
        Whether the configuration was never measured, which widens the doubt about speed.
    samples : int
        Draws. [1]

    Returns
    -------
    Overview
    """
    inner, outer = rows(False, samples), rows(True, samples)
    factors = {name: inner[name] if np.array_equal(inner[name], outer[name]) else
               np.where(outside, outer[name], inner[name]) for name in inner}
    several = moved(plan, factors)
    cash = by_way(several)
    size = samples + _OFFS + DEMAND.size + 1
    usd = np.stack([allowed(plan, name, level_usd(cash[name], several.finance)) + np.zeros(size) for name in WAYS])
    drawn, at_ends = usd[:, :samples], usd[:, samples : samples + _OFFS]
    costs = np.where(np.isnan(drawn), np.inf, drawn)
    runs = np.isfinite(costs[:, 0])
    low, median, high = (np.where(runs, found, np.nan) for found in sample_quantiles(costs, (0.05, 0.5, 0.95)))
    least = np.min(costs, axis=0)
    wins = np.mean(np.where(np.logical_and(costs <= least, np.isfinite(costs)), 1.0, 0.0), axis=-1)
    return Overview(
        usd[:, -1], low, median, high, np.where(runs, wins, np.nan), at_ends.reshape(len(WAYS), _OFFS // 2, 2),
        usd[:, samples + _OFFS : -1], {name: _last(one, size) for name, one in cash.items()})


def best_first(seen: Overview) -> tuple[Any, Any, Any]:
    """Return the places of the cheapest way and of the next, by their medians, and whether there is any and a next.

    Parameters
    ----------
    seen : Overview
        Of one plan.

    Returns
    -------
    tuple
        Two places in the order of `WAYS`, and two truths in one array. [1]
    """
    usd = np.where(np.isnan(seen.median_usd), np.inf, seen.median_usd)
    first = np.argmin(usd)
    rest = np.where(np.arange(len(WAYS)) == first, np.inf, usd)
    return first, np.argmin(rest), np.stack([np.isfinite(np.min(usd)), np.isfinite(np.min(rest))])


@checked
def break_evens(seen: Overview, prompts_per_day: ByWay, dearer: int = 0) -> ByWay:
    """Demand of today from which each way stays cheaper than another, between the points of the grid by logarithms.

    Parameters
    ----------
    seen : Overview
        Of one plan.
    prompts_per_day : numeric
        Its demand. [1/day]
    dearer : int
        Place of the other way: the API unless given. [1]

    Returns
    -------
    numeric
        By way: 0 where it is cheaper at a thousandth of the demand already and from there on, infinite where it is
        never within a thousand times, undefined (NaN) where one of the two is ruled out. [1/day]
    """
    gap = np.log(seen.by_demand_usd / seen.by_demand_usd[dearer])
    places = np.arange(float(DEMAND.size))
    last = np.max(np.where(gap >= 0, places, -1.0), axis=-1)[:, np.newaxis]
    # the last point at which it is not cheaper, and the next one
    here = np.sum(np.where(places == last, gap, 0.0), axis=-1)
    there = np.sum(np.where(places == last + 1, gap, 0.0), axis=-1)
    at = last[:, 0] + np.where(here > there, here / np.where(here > there, here - there, 1.0), 0.0)
    step = float(np.log(DEMAND[1] / DEMAND[0]))
    demand = prompts_per_day * float(DEMAND[0]) * np.exp(at * step)
    found = np.where(last[:, 0] < 0, 0.0, np.where(last[:, 0] >= DEMAND.size - 1, np.inf, demand))
    return np.where(np.isnan(np.sum(gap, axis=-1)), np.nan, found)


def _last(cash: Cash, size: int) -> Cash:
    """Return the row in which nothing moved."""
    values: tuple[Any, ...] = cash
    return Cash(*(value[-1] if np.ndim(value) and np.shape(value)[0] == size else value for value in values))
