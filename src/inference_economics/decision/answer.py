"""How sure a plan's answer is: intervals, what it hinges on, what would turn it, and in which word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..risk.uncertainty import sample_quantile
from .cash import WAYS, costs_by_way
from .overview import break_evens, overview
from .plan import Plan
from .plan_doubts import moved, plan_doubts
from .turning import turning

CLEAR, LIKELY = 0.9, 0.6  # shares of the draws in which one way is the cheapest


# -- intervals --------------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """Cost of one way over the draws: one in twenty below, the median, one in twenty above. [USD/year].

    Parameters
    ----------
    low_usd, median_usd, high_usd : numeric
        Undefined (NaN) where the way is ruled out. [USD/year]
    draw_share : numeric
        Draws in which it is the cheapest of those allowed. [1]
    """

    low_usd: Numeric
    median_usd: Numeric
    high_usd: Numeric
    draw_share: Numeric


def spreads(plan: Plan, factors: Mapping[str, npt.NDArray[Any]], outside: bool = False) -> dict[str, Spread]:
    """Return each way's cost over the draws.

    Parameters
    ----------
    plan : Plan
        What is asked, with one number for each field.
    factors : mapping
        From `draws`.
    outside : bool
        As in `plan_doubts`.

    Returns
    -------
    dict
        Key of a way to its `Spread`.
    """
    count = len(next(iter(factors.values())))
    costs = {name: usd + np.zeros(count) for name, usd in costs_by_way(moved(plan, factors, outside)).items()}
    known = {name: np.where(np.isnan(usd), np.inf, usd) for name, usd in costs.items()}
    least = np.min(np.stack(list(known.values())), axis=0)
    found = {}
    for name, usd in known.items():
        runs = np.isfinite(usd[..., 0])
        low, mid, high = (np.where(runs, sample_quantile(usd, q), np.nan)[()] for q in (0.05, 0.5, 0.95))
        wins = np.mean(np.where(np.logical_and(usd <= least, np.isfinite(usd)), 1.0, 0.0), axis=-1)
        found[name] = Spread(low, mid, high, np.where(runs, wins, np.nan)[()])
    return found


@checked
def ruling(draw_share: Numeric, outside: bool = False) -> str:
    """Return the word for how sure an answer is.

    Parameters
    ----------
    draw_share : numeric
        Draws in which the way is the cheapest. [1]
    outside : bool
        Whether the configuration was never measured; the answer is then never clear.

    Returns
    -------
    str
        ``Clear``, ``Likely`` or ``Open``.
    """
    if draw_share >= CLEAR and not outside:
        return "Clear"
    return "Likely" if draw_share >= LIKELY else "Open"


# -- what turns it ----------------------------------------------------------------------------------------------------


class Hinge(NamedTuple):
    """One doubt's effect on the cost of the cheapest way over that of another [1].

    name, title, why : as in `PlanDoubt`.
    at_low, at_high : the ratio with the doubt at its ends.
    """

    name: str
    title: str
    at_low: float
    at_high: float
    why: str

    @property
    def width(self) -> float:
        """Distance between the ends, as a logarithm [1]."""
        return float(abs(np.log(self.at_high / self.at_low)))

    @property
    def turns(self) -> bool:
        """Whether it alone turns the comparison round."""
        return (self.at_low - 1) * (self.at_high - 1) < 0


def ranked(plan: Plan) -> list[tuple[str, float]]:
    """Return the ways that are allowed and can serve, with their level costs, the cheapest first [USD/year]."""
    found = [(name, float(usd)) for name, usd in costs_by_way(plan).items() if np.isfinite(usd)]
    return sorted(found, key=lambda one: one[1])


def hinges(plan: Plan, outside: bool = False, order: Sequence[str] = ()) -> list[Hinge]:
    """Return what the choice between the cheapest way and the next hinges on, the widest first.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    outside : bool
        As in `plan_doubts`.
    order : sequence of str
        Keys of the ways, the cheapest first; by the plan's own numbers unless given.

    Returns
    -------
    list of Hinge
        Empty where there is no choice.
    """
    order = list(order or [name for name, _ in ranked(plan)])[:2]
    if len(order) < 2:
        return []
    found = []
    for one in plan_doubts(outside):
        costs = costs_by_way(moved(plan, {one.name: np.array([one.range.low, one.range.high])}, outside))
        low, high = (costs[order[0]] / costs[order[1]]) + np.zeros(2)
        found.append(Hinge(one.name, one.title, float(low), float(high), one.why))
    return sorted(found, key=lambda hinge: -hinge.width)


class Tie(NamedTuple):
    """What would have to be true for a way to be as cheap as the cheapest: one doubt at one factor.

    way, title : the way's key, and the doubt's name for readers; empty where no doubt alone does it.
    factor : over what the plan has; undefined (NaN) where none does it. [1]
    """

    way: str
    title: str
    factor: float


def ties(plan: Plan, order: Sequence[str] = ()) -> list[Tie]:
    """Return for each other way the least change of one doubt that makes it as cheap as the cheapest.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    order : sequence of str
        Keys of the ways, the cheapest first; by the plan's own numbers unless given.

    Returns
    -------
    list of Tie
        In that order. Factors from a 64th to 64 are tried, whether or not they are plausible.
    """
    order = order or [name for name, _ in ranked(plan)]
    if not order:
        return []
    found, places, known = turning(plan, float(list(WAYS).index(order[0]))), list(WAYS), plan_doubts()
    return [Tie(name, known[int(found.doubt[k])].title if np.isfinite(found.factor[k]) else "", float(found.factor[k]))
            for name in order[1:] for k in (places.index(name),)]


def break_even(plan: Plan, dearer: str = "api") -> dict[str, float]:
    """Return the demand from which each way stays cheaper than another.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    dearer : str
        Key of the other way.

    Returns
    -------
    dict
        Key of a way to what `overview.break_evens` gives for it. [1/day]
    """
    found = break_evens(overview(plan, False, samples=1), plan.need.prompts_per_day, list(WAYS).index(dearer))
    return {name: float(prompts) for name, prompts in zip(WAYS, found, strict=True) if name != dearer}
