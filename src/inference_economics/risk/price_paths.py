"""How prices may move: drift, volatility, and steps up or down, fitted to recorded series.

The random numbers are drawn first, with a seed, as a fixed table; everything after is arithmetic on that table. So a
simulation can be repeated, and it can be traced into the page like any other formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..quantities.checks import require, require_whole
from ..quantities.limits import Limited, checked
from ..quantities.mathematics import grown
from ..quantities.numeric import Numeric


class Draws(NamedTuple):
    """A fixed table of random numbers, one row per path and one column per step."""

    normal: npt.NDArray[Any]
    up: npt.NDArray[Any]
    down: npt.NDArray[Any]
    steps_per_year: int


def draws(paths: int = 1000, steps: int = 36, seed: int = 0, steps_per_year: int = 12) -> Draws:
    """Draw the random numbers for `simulate_prices`.

    Parameters
    ----------
    paths : int
        Paths. Half of them mirror the other half, which steadies averages. [1]
    steps : int
        Steps of each path. [1]
    seed : int
        The same seed gives the same table. [1]
    steps_per_year : int
        12 for months. [1/year]

    Returns
    -------
    Draws
        Standard normals and two sets of uniforms, each of shape (paths, steps), to six decimals: a page carries them.

    Raises
    ------
    ValueError
        Unless `paths` and `steps` are whole and positive, and `seed` whole and not negative.
    """
    require_whole(1, paths=paths, steps=steps, steps_per_year=steps_per_year)
    require_whole(0, seed=seed)
    require(1, 1e8, hint="that table would not fit in memory.", paths=paths * steps)
    generator = np.random.default_rng(int(seed))
    shape = (-(-int(paths) // 2), int(steps))
    normal, up, down = generator.standard_normal(shape), generator.random(shape), generator.random(shape)
    tables = np.stack([(normal, -normal), (up, 1 - up), (down, 1 - down)]).reshape(3, -1, int(steps))[:, :int(paths)]
    normal, up, down = np.round(tables, 6)
    return Draws(normal, up, down, int(steps_per_year))


def _chance(rate_per_year: Numeric, steps_per_year: Numeric) -> Numeric:
    """Return the chance of at least one event in a step."""
    return -np.expm1(-rate_per_year / steps_per_year)


@dataclass(frozen=True, eq=False)
class PriceProcess(Limited):
    """How a price moves: a trend, a random walk, and sudden steps.

    Parameters
    ----------
    drift_per_year : numeric
        Logarithmic growth of the expected price, steps apart. [1/year]
    volatility : numeric
        Standard deviation of the logarithm after a year, steps apart. [1/√year]
    up_per_year, down_per_year : numeric
        Steps up and down per year; at most one of each per time step. [1/year]
    up_factor, down_factor : numeric
        What a step multiplies the price by. [1]
    """

    drift_per_year: Numeric = 0.0
    volatility: Numeric = 0.0
    up_per_year: Numeric = 0.0
    up_factor: Numeric = 1.0
    down_per_year: Numeric = 0.0
    down_factor: Numeric = 1.0


@checked
def simulate_prices(price: Numeric, draws: Draws, process: PriceProcess) -> Numeric:
    """Simulate price paths with trend, volatility and sudden steps.

    Parameters
    ----------
    price : numeric
        Price today. [any]
    draws : Draws
        Random numbers; see `draws`.
    process : PriceProcess
        How the price moves.

    Returns
    -------
    numeric
        Prices of shape (paths, steps + 1); the first column is today's. [any]

    Notes
    -----
    ==============================  ======================================================================
    assumed                         if false
    ==============================  ======================================================================
    moves are independent           shortages last: real prices trend for months, and risk is larger
    the past calibrates the future  a few years of one market hold few shocks: widen the range
    steps have one size             draw the factor from a range with `uncertainty.interval`
    ==============================  ======================================================================

    References
    ----------
    Merton, "Option pricing when underlying stock returns are discontinuous", Journal of Financial Economics 3, 1976.
    """
    n = draws.steps_per_year
    walk = np.cumsum(
        (process.drift_per_year - np.square(process.volatility) / 2) / n
        + process.volatility / np.sqrt(n) * draws.normal
        + np.where(draws.up < _chance(process.up_per_year, n), np.log(process.up_factor), 0.0)
        + np.where(draws.down < _chance(process.down_per_year, n), np.log(process.down_factor), 0.0), axis=-1)
    return price * grown(np.concatenate([np.zeros_like(walk[..., :1]), walk], axis=-1))


@checked
def price_quantile(years: Numeric, price: Numeric, z: Numeric, process: PriceProcess) -> Numeric:
    """Quantile of the price after some time, without steps.

    Parameters
    ----------
    years : numeric
        Time from today. [year]
    price : numeric
        Price today. [any]
    z : numeric
        Standard normal quantile: -1.645 for the lowest twentieth, 0 for the median, 1.645 for the highest. [1]
    process : PriceProcess
        How the price moves; its steps are left out.

    Returns
    -------
    numeric
        Price that the path stays below with that probability. [any]
    """
    drift, volatility = process.drift_per_year, process.volatility
    return price * grown((drift - np.square(volatility) / 2) * years + z * volatility * np.sqrt(years))


class Moves(NamedTuple):
    """A series says: drift [1/year], volatility [1/√year], yearly growth factor [1], steps used [1] and moves."""

    drift_per_year: float
    volatility: float
    annual_factor: float
    n_steps: int
    largest_rise: float
    largest_fall: float
    share_up: float

    @property
    def process(self) -> PriceProcess:
        """A price that moves like the series, without steps."""
        return PriceProcess(self.drift_per_year, self.volatility)


def fit_moves(prices: Sequence[float] | np.ndarray, years: Sequence[float] | np.ndarray) -> Moves:
    """Measure drift and volatility of a recorded price series.

    Parameters
    ----------
    prices : sequence of float
        Prices, in time order. [any]
    years : sequence of float
        Time of each; only neighbours at the usual distance (the smallest found) count as a step. [year]

    Returns
    -------
    Moves
        Drift of the expected price (the logarithmic trend plus half the variance, as `simulate_prices` wants it),
        volatility from the standard deviation of the steps (by maximum likelihood), the growth factor per year from
        first to last, the number of steps used, the largest rise and fall in a step, and the share of steps up. A
        concrete calculation: it does not trace.

    Raises
    ------
    ValueError
        For fewer than three prices, prices not above zero, or times that do not increase.

    Notes
    -----
    An index whose members change from month to month moves more than any one contract does.
    """
    p, t = np.asarray(prices, dtype=float), np.asarray(years, dtype=float)
    if p.ndim != 1 or p.shape != t.shape or p.size < 3:
        raise ValueError(f"prices and years must be lists of equal length, three or more; got {p.shape}, {t.shape}.")
    require(0, np.inf, open_low=True, open_high=True, prices=p)
    require(-1e4, 1e4, years=t)
    gaps = np.diff(t)
    if not (gaps > 0).all():
        raise ValueError(f"years={years!r} must increase from one price to the next.")
    near = gaps < 1.5 * gaps.min()
    moves = np.diff(np.log(p))[near]
    if moves.size < 2:
        raise ValueError(f"years={years!r} hold {moves.size} step of the usual length; at least two are needed.")
    volatility = moves.std() / np.sqrt(gaps[near].mean())
    trend = np.log(p[-1] / p[0]) / (t[-1] - t[0])
    return Moves(float(trend + volatility**2 / 2), float(volatility), float(np.exp(trend)), int(moves.size),
                 float(np.expm1(moves.max())), float(np.expm1(moves.min())), float((moves > 0).mean()))


class StepRates(NamedTuple):
    """How often prices step up and down [1/year], and by what factor [1]."""

    up_per_year: float
    up_factor: float
    down_per_year: float
    down_factor: float

    @property
    def process(self) -> PriceProcess:
        """A price that moves by these steps alone."""
        return PriceProcess(0.0, 0.0, *self)


def fit_steps(factors: Sequence[float], exposure_years: float) -> StepRates:
    """Measure how often list prices step, and how far.

    Parameters
    ----------
    factors : sequence of float
        New price over old for every recorded change. [1]
    exposure_years : float
        Years watched, summed over all the products watched. [year]

    Returns
    -------
    StepRates
        Rises and falls per year, and the geometric mean of each (1 where there were none). A concrete calculation: it
        does not trace.

    Raises
    ------
    ValueError
        For a factor not above zero, or years not above zero.
    """
    f = np.atleast_1d(np.asarray(factors, dtype=float))
    require(0, np.inf, open_low=True, open_high=True, factors=f)
    require(0, 1e6, open_low=True, exposure_years=exposure_years)
    up, down = f[f > 1], f[f < 1]
    middle = [float(np.exp(np.log(part).mean())) if part.size else 1.0 for part in (up, down)]
    return StepRates(up.size / exposure_years, middle[0], down.size / exposure_years, middle[1])
