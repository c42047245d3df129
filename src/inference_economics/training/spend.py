"""Training against serving over the life of a service.

Training is paid in lumps, serving every day. Demand, the cost of a token and the value of a later dollar all change at
a constant rate, so both totals have closed forms, and the day on which serving passes training follows.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ..quantities.limits import DAYS_PER_YEAR, Limited, checked
from ..quantities.mathematics import exp_mean, first_axis, geometric_sum, log_mean, ratio
from ..quantities.numeric import Numeric


class Spend(NamedTuple):
    """Cumulative spend on training and on serving [USD]."""

    training_usd: Numeric
    serving_usd: Numeric

    @property
    def total_usd(self) -> Numeric:
        """Both together [USD]."""
        return self.training_usd + self.serving_usd

    @property
    def serving_share(self) -> Numeric:
        """Serving over both; 0 where nothing is spent [1]."""
        share: Any = ratio(self.serving_usd, self.total_usd, 0.0)
        return share[()]


@dataclass(frozen=True, eq=False)
class Service(Limited):
    """What is served from the day of launch, and what a token costs.

    Parameters
    ----------
    tokens_per_day : numeric
        Demand at launch. [token/day]
    cost_usd_per_token : numeric
        Cost of one token at launch, averaged over input and output. [USD/token]
    growth_per_year : numeric
        Growth of demand: 1 doubles it every year. [1/year]
    price_decline_per_year : numeric
        Fall of the cost per token: 0.5 halves it every year; negative where it rises. [1/year]
    """

    tokens_per_day: Numeric
    cost_usd_per_token: Numeric
    growth_per_year: Numeric = 0.0
    price_decline_per_year: Numeric = 0.0

    @property
    def usd_per_day(self) -> Numeric:
        """Spend on the day of launch [USD/day]."""
        return self.tokens_per_day * self.cost_usd_per_token

    def log_rate(self, discount_rate: Numeric) -> Numeric:
        """Return the yearly rate at which discounted daily spend grows, as a logarithm [1/year]."""
        return np.log1p(self.growth_per_year) + np.log1p(-self.price_decline_per_year) - np.log1p(discount_rate)


@dataclass(frozen=True, eq=False)
class Runs(Limited):
    """Training runs: one at launch and one after every interval.

    Parameters
    ----------
    training_usd : numeric
        Cost of the first run. [USD]
    retrain_every_years : numeric
        Time between runs; beyond the horizon, as by default, for a model trained once. A run on the very day counts
        from the day after. [year]
    training_growth_per_year : numeric
        Growth of the cost of a run. [1/year]
    """

    training_usd: Numeric
    retrain_every_years: Numeric = 200.0
    training_growth_per_year: Numeric = 0.0

    def spent_usd(self, runs: Numeric, discount_rate: Numeric) -> Numeric:
        """Return the present value of the first `runs` runs, each paid on its first day: a geometric sum [USD]."""
        step = (np.log1p(self.training_growth_per_year) - np.log1p(discount_rate)) * self.retrain_every_years
        return self.training_usd * geometric_sum(step, runs)


@checked
def cumulative_serving_usd(years: Numeric, service: Service, discount_rate: Numeric = 0.0) -> Numeric:
    """Spend on serving since launch.

    Parameters
    ----------
    years : numeric
        Time since launch. [year]
    service : Service
        Demand and cost of a token.
    discount_rate : numeric
        Cost of capital; later dollars count for less. 0 gives cash. [1/year]

    Returns
    -------
    numeric
        Present value at launch. [USD]

    Notes
    -----
    The integral of an exponential: ``365 rate (exp(k t) - 1) / k``. Demand grows without limit here; where it levels
    off, a long horizon overstates serving.
    """
    return service.usd_per_day * DAYS_PER_YEAR * years * exp_mean(service.log_rate(discount_rate) * years)


@checked
def cumulative_training_usd(years: Numeric, runs: Runs, discount_rate: Numeric = 0.0) -> Numeric:
    """Spend on training since launch.

    Parameters
    ----------
    years : numeric
        Time since launch. [year]
    runs : Runs
        What is trained, and how often.
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        Present value at launch of the runs started so far. [USD]
    """
    # A hair's breadth keeps 3 / 0.3 from counting an eleventh run.
    started = np.maximum(np.ceil(years / runs.retrain_every_years - 1e-9), 1.0)
    return runs.spent_usd(started, discount_rate)


@checked
def cumulative_spend(years: Numeric, runs: Runs, service: Service, discount_rate: Numeric = 0.0) -> Spend:
    """Training and serving since launch, side by side.

    Parameters
    ----------
    years : numeric
        Time since launch; a grid of times gives the curves. [year]
    runs, service : Runs, Service
        What is trained, and what is served.
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    Spend
        Training, serving, their total and the share of serving.

    Notes
    -----
    ==================================  ==================================================================
    assumed                             if false
    ==================================  ==================================================================
    demand grows at a constant rate     adoption is S-shaped: judge horizons of a few years only
    serving costs follow demand         a fleet bought for the peak costs the same on quiet days
    a run costs what its hours cost     research and failed runs multiply it: see `training.programme_usd`
    old models retire at once           serving two generations adds to serving
    ==================================  ==================================================================

    Published shares of serving stand on other bases (energy, power, revenue, cash): compare each with its own kind.
    """
    return Spend(cumulative_training_usd(years, runs, discount_rate),
                 cumulative_serving_usd(years, service, discount_rate))


@checked
def tokens_per_day_for_share(serving_share: Numeric, horizon_years: Numeric, runs: Runs, service: Service,
                             discount_rate: Numeric = 0.0) -> Numeric:
    """Demand at launch that makes serving a given share of lifetime spend.

    Parameters
    ----------
    serving_share : numeric
        Share to reach, below 1. [1]
    horizon_years : numeric
        Life of the service. [year]
    runs, service : Runs, Service
        What is trained, and what a token costs; the demand in `service` is what is sought, and is not looked at.
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        Tokens per day at launch; infinite where a token costs nothing. [token/day]

    Notes
    -----
    Serving is proportional to demand, so the inverse of the share is one division.
    """
    training = cumulative_training_usd(horizon_years, runs, discount_rate)
    one_token = cumulative_serving_usd(horizon_years, replace(service, tokens_per_day=1.0), discount_rate)
    return ratio(training * serving_share, one_token * (1 - serving_share))


_MAX_RUNS = 64


@checked
def crossover_days(runs: Runs, service: Service, discount_rate: Numeric = 0.0) -> Numeric:
    """Day on which cumulative serving first reaches cumulative training.

    Parameters
    ----------
    runs, service : Runs, Service
        What is trained, and what is served.
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        Days since launch; infinite where serving never catches up, or not within 64 training runs. [day]

    Notes
    -----
    Between two runs the training total stands still, so the crossing has the closed form ``log(1 + k T / rate) / k``;
    the earliest that falls before its next run is the answer.
    """
    given = (*astuple(runs), *astuple(service), discount_rate)
    count = first_axis(np.arange(1, _MAX_RUNS + 1), *given)
    trained = runs.spent_usd(count, discount_rate)
    k = service.log_rate(discount_rate)
    # Years of today's demand that cost as much as the training so far.
    owed = ratio(trained, service.usd_per_day * DAYS_PER_YEAR, 1e30)
    at = owed * log_mean(k * owed)
    crossed = np.logical_and(at <= count * runs.retrain_every_years, owed < 1e30)
    return np.min(np.where(crossed, at, np.inf), axis=0) * DAYS_PER_YEAR
