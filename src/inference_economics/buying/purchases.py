"""Machines bought over the years: each year's are better than the last one's, and each wears out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..quantities.checks import is_traced, number
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .break_even import machines_for

_HAIR = 1e-9  # a machine is not bought for a rounding error


class Purchases(NamedTuple):
    """Machines by year, along the last axis.

    Parameters
    ----------
    bought, standing : numeric
        Machines bought at the start of each year, and those that stand in it. [1]
    """

    bought: Numeric
    standing: Numeric


def _by_year(name: str, values: Any) -> Any:
    """Return numbers by year, along the last axis, or refuse what has no years."""
    values = values if is_traced(values) else number(name, values)
    if not np.ndim(values):
        raise ValueError(f"{name}={values!r} is one number; give one for each year, along the last axis.")
    return values


@checked
def purchases(needed: Numeric, life_years: Numeric, improvement_per_year: Numeric = 0.0) -> Purchases:
    """Buy, at the start of each year, the whole machines that its demand lacks.

    Parameters
    ----------
    needed : array
        Work of each year along the last axis, in machines of today. [1]
    life_years : numeric
        Years for which a machine works; at least the year it is bought in. [year]
    improvement_per_year : numeric
        Growth of the work that a newly bought machine does for the same money: one bought in year five does more than
        today's, and one that stands does not improve. [1/year]

    Returns
    -------
    Purchases

    Notes
    -----
    Machines that demand no longer needs stay: falling demand is not met by selling.
    """
    work_needed = _by_year("needed", needed)
    count = np.shape(work_needed)[-1]
    alike = 0.0 * (life_years + improvement_per_year)  # gives every year one shape
    better = [np.exp(np.log1p(improvement_per_year) * k) for k in range(count)]
    bought: list[Numeric] = []
    standing: list[Numeric] = []
    for k in range(count):
        ages = [np.where(k - j < np.maximum(life_years, 1.0), 1.0, 0.0) for j in range(k)]
        left: Numeric = sum((b * a for b, a in zip(bought, ages, strict=True)), start=0.0)
        work: Numeric = sum((b * a * g for b, a, g in zip(bought, ages, better, strict=False)), start=0.0)
        short = np.maximum(work_needed[..., k] - work, 0.0)
        new = machines_for(np.where(short > _HAIR, short, 0.0), better[k]) + alike
        bought.append(new)
        standing.append(left + new)
    return Purchases(np.stack(bought, axis=-1), np.stack(standing, axis=-1))


@checked
def book_value_usd(bought: Numeric, capex_usd: Numeric, life_years: Numeric, horizon_years: Numeric) -> Numeric:
    """Straight-line book value of everything bought, at the end of the horizon.

    Parameters
    ----------
    bought : array
        Machines bought at the start of each year, along the last axis. [1]
    capex_usd : numeric
        Price of one. [USD]
    life_years, horizon_years : numeric
        Years over which it is written off, and after which one looks. [year]

    Returns
    -------
    numeric
        [USD]
    """
    machines = _by_year("bought", bought)
    total: Numeric = 0.0
    for k in range(np.shape(machines)[-1]):
        age = horizon_years - k
        left = np.where(age > 0, np.maximum(1 - age / life_years, 0.0), 0.0)
        total = total + machines[..., k] * capex_usd * left
    return total


@checked
def depreciation_usd(bought: Numeric, capex_usd: Numeric, life_years: Numeric) -> Numeric:
    """Straight-line depreciation of each year.

    Parameters
    ----------
    bought : array
        Machines bought at the start of each year, along the last axis. [1]
    capex_usd : numeric
        Price of one. [USD]
    life_years : numeric
        Years over which it is written off. [year]

    Returns
    -------
    numeric
        By year, along the last axis. [USD/year]
    """
    machines = _by_year("bought", bought)
    count = np.shape(machines)[-1]
    years = []
    for k in range(count):
        share = [np.clip(life_years - (k - j), 0.0, 1.0) / life_years for j in range(k + 1)]
        years.append(sum((machines[..., j] * capex_usd * share[j] for j in range(k + 1)), start=0.0 * life_years))
    return np.stack(years, axis=-1)
