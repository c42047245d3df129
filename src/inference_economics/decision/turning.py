"""What would have to be true for each other way to win: one doubt at the least factor that closes the gap."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..quantities.limits import QUANTITIES, checked
from ..quantities.numeric import Truth
from .cash import WAYS, costs_by_way
from .plan import Plan
from .plan_doubts import PlanDoubt, moved, plan_doubts

FACTORS = np.geomspace(1 / 64, 64, 49)  # what one doubt is tried at, whether or not it is plausible
NEVER_USD = 1e200  # stands for what a way costs that is ruled out
_TRIED = np.log(FACTORS)


class Turning(NamedTuple):
    """By way, in the order of `WAYS`.

    Parameters
    ----------
    factor : numeric
        Over what the plan has; undefined (NaN) where no doubt alone does it. [1]
    doubt : numeric
        Place of that doubt among `plan_doubts`. [1]
    """

    factor: Any
    doubt: Any


@checked
def turning(plan: Plan, first: Any) -> Turning:
    """Return the least change of one doubt that makes each way as cheap as the first.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    first : numeric
        Place of the cheapest way among `WAYS`, -1 where none is left. [1]

    Returns
    -------
    Turning
    """
    known, one = plan_doubts(), np.ones(FACTORS.size)
    fits = [_possible(plan, doubt) for doubt in known]
    # where a factor leaves the limits, the plan's own number stands in, and is not looked at
    factors = {doubt.name: np.concatenate([np.where(fits[k], FACTORS, 1.0) if j == k else one
                                           for j in range(len(known))]) for k, doubt in enumerate(known)}
    size = FACTORS.size * len(known)
    usd = np.stack([cost + np.zeros(size) for cost in costs_by_way(moved(plan, factors)).values()])
    usd = np.where(np.isnan(usd), NEVER_USD, usd)
    picked = (np.arange(float(len(WAYS))) == first)[:, np.newaxis]
    gap = np.log(usd / np.min(np.where(picked, usd, NEVER_USD), axis=0)).reshape(len(WAYS), len(known), FACTORS.size)
    may = np.stack([fit + np.zeros(FACTORS.size) for fit in fits]) > 0
    a, b = gap[..., :-1], gap[..., 1:]
    differ = np.logical_and(a != b, np.maximum(a, b) < np.log(NEVER_USD) / 2)
    step = np.where(differ, b - a, 1.0)
    crosses = np.logical_and(np.logical_and(may[:, :-1], may[:, 1:]), np.sign(a) * np.sign(b) <= 0)
    crosses = np.logical_and(crosses, differ)
    at = np.where(crosses, _TRIED[:-1] - np.where(crosses, a, 0.0) * (_TRIED[1] - _TRIED[0]) / step, np.inf)
    flat = at.reshape(len(WAYS), -1)
    nearest = np.argmin(np.abs(flat), axis=-1)
    found = np.min(np.where(np.arange(flat.shape[-1]) == nearest[:, np.newaxis], flat, np.inf), axis=-1)
    may_turn = np.logical_and(np.isfinite(found), np.logical_not(picked[:, 0]))
    return Turning(np.where(may_turn, np.exp(found), np.nan), np.floor(nearest / (FACTORS.size - 1)))


def _possible(plan: Plan, one: PlanDoubt) -> Truth:
    """Say which factors leave what the doubt moves within its limits."""
    fits: Truth = FACTORS > 0
    for address, power in one.moves:
        if address[:2] in ("1-", "1+"):
            # a price that doubles every year, or chips four times as good, leave all limits within ten years
            fits = np.logical_and(fits, np.abs(_TRIED) < np.log(2))
            continue
        row, value = QUANTITIES[address.partition(".")[2]], plan.value(address) * FACTORS**power
        fits = np.logical_and(fits, np.logical_and(value > row.low, value < row.high))
    return fits
