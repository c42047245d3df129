"""Training against serving over the life of a service.

Training is paid in lumps, serving every day. Demand, the cost of a token and the value of a later dollar all change at
a constant rate, so both totals have closed forms, and the day on which serving passes training follows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import DAYS_PER_YEAR, checked
from ..quantities.mathematics import exp_mean, first_axis, geometric_sum, grown, log_mean, ratio


class Spend(NamedTuple):
    """Cumulative spend on training and on serving [USD]."""

    training_usd: float
    serving_usd: float

    @property
    def total_usd(self):
        """Both together [USD]."""
        return self.training_usd + self.serving_usd

    @property
    def serving_share(self):
        """Serving over both; 0 where nothing is spent [1]."""
        return ratio(self.serving_usd, self.total_usd, 0.0)[()]


@checked(prompt_tok="[0, 1e22]", output_tok="[0, 1e22]")
def demand_tokens_per_day(users, queries_per_day, prompt_tok, output_tok):
    """Tokens that a service reads and writes in a day.

    Parameters
    ----------
    users : numeric
        People who use it. [1]
    queries_per_day : numeric
        Requests of one user on one day. [1/day]
    prompt_tok, output_tok : numeric
        Tokens in and out of one request. [token]

    Returns
    -------
    numeric
        Tokens in and out together. [token/day]
    """
    return users * queries_per_day * (prompt_tok + output_tok)


def _log_rate(growth_per_year, price_decline_per_year, discount_rate):
    """Return the yearly rate at which discounted daily spend grows, as a logarithm."""
    return np.log1p(growth_per_year) + np.log1p(-price_decline_per_year) - np.log1p(discount_rate)


@checked
def serving_usd_per_day(years, tokens_per_day, cost_usd_per_token, growth_per_year=0.0, price_decline_per_year=0.0):
    """Spend on serving, on one day.

    Parameters
    ----------
    years : numeric
        Time since launch. [year]
    tokens_per_day : numeric
        Demand at launch. [token/day]
    cost_usd_per_token : numeric
        Cost of one token at launch, averaged over input and output. [USD/token]
    growth_per_year : numeric
        Growth of demand: 1 doubles it every year. [1/year]
    price_decline_per_year : numeric
        Fall of the cost per token: 0.5 halves it every year; negative where it rises. [1/year]

    Returns
    -------
    numeric
        Undiscounted spend. [USD/day]
    """
    rate = _log_rate(growth_per_year, price_decline_per_year, 0.0)
    return tokens_per_day * cost_usd_per_token * grown(rate * years)


@checked
def cumulative_serving_usd(years, tokens_per_day, cost_usd_per_token, growth_per_year=0.0, price_decline_per_year=0.0,
                           discount_rate=0.0):
    """Spend on serving since launch.

    Parameters
    ----------
    years : numeric
        Time since launch. [year]
    tokens_per_day, cost_usd_per_token, growth_per_year, price_decline_per_year : numeric
        As in `serving_usd_per_day`.
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
    k = _log_rate(growth_per_year, price_decline_per_year, discount_rate)
    return tokens_per_day * cost_usd_per_token * DAYS_PER_YEAR * years * exp_mean(k * years)


def _runs(years, retrain_every_years):
    # A hair's breadth keeps 3 / 0.3 from counting an eleventh run.
    return np.maximum(np.ceil(years / retrain_every_years - 1e-9), 1.0)


@checked
def cumulative_training_usd(years, training_usd, retrain_every_years, training_growth_per_year=0.0, discount_rate=0.0):
    """Spend on training since launch, one run at launch and one after every interval.

    Parameters
    ----------
    years : numeric
        Time since launch. [year]
    training_usd : numeric
        Cost of the first run. [USD]
    retrain_every_years : numeric
        Time between runs; beyond the horizon for a model trained once. A run on the very day counts from the day
        after. [year]
    training_growth_per_year : numeric
        Growth of the cost of a run. [1/year]
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        Present value at launch. [USD]

    Notes
    -----
    A geometric sum of the runs started so far, each paid on its first day.
    """
    step = (np.log1p(training_growth_per_year) - np.log1p(discount_rate)) * retrain_every_years
    return training_usd * geometric_sum(step, _runs(years, retrain_every_years))


@checked
def cumulative_spend(years, training_usd, tokens_per_day, cost_usd_per_token, *, retrain_every_years=200.0,
                     growth_per_year=0.0, price_decline_per_year=0.0, training_growth_per_year=0.0, discount_rate=0.0):
    """Training and serving since launch, side by side.

    Parameters
    ----------
    years : numeric
        Time since launch; a grid of times gives the curves. [year]
    training_usd : numeric
        Cost of the first training run. [USD]
    tokens_per_day, cost_usd_per_token, growth_per_year, price_decline_per_year : numeric
        Demand and cost of a token at launch and how they change; see `serving_usd_per_day`.
    retrain_every_years, training_growth_per_year : numeric
        See `cumulative_training_usd`. The default trains once.
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
    """
    training = cumulative_training_usd(years, training_usd, retrain_every_years, training_growth_per_year,
                                       discount_rate)
    serving = cumulative_serving_usd(years, tokens_per_day, cost_usd_per_token, growth_per_year,
                                     price_decline_per_year, discount_rate)
    return Spend(training, serving)


@checked
def serving_share(horizon_years, training_usd, tokens_per_day, cost_usd_per_token, *, retrain_every_years=200.0,
                  growth_per_year=0.0, price_decline_per_year=0.0, training_growth_per_year=0.0, discount_rate=0.0):
    """Share of serving in everything spent over the life of a service.

    Parameters
    ----------
    horizon_years : numeric
        Life of the service. [year]
    training_usd, tokens_per_day, cost_usd_per_token : numeric
        As in `cumulative_spend`.
    retrain_every_years, growth_per_year, price_decline_per_year, training_growth_per_year, discount_rate : numeric
        As in `cumulative_spend`.

    Returns
    -------
    numeric
        Between 0 and 1. [1]

    Notes
    -----
    Published shares stand on other bases (energy, power, revenue, cash): compare each with its own kind only.
    """
    return cumulative_spend(
        horizon_years, training_usd, tokens_per_day, cost_usd_per_token, retrain_every_years=retrain_every_years,
        growth_per_year=growth_per_year, price_decline_per_year=price_decline_per_year,
        training_growth_per_year=training_growth_per_year, discount_rate=discount_rate).serving_share


@checked
def tokens_per_day_for_share(serving_share, horizon_years, training_usd, cost_usd_per_token, *,
                             retrain_every_years=200.0, growth_per_year=0.0, price_decline_per_year=0.0,
                             training_growth_per_year=0.0, discount_rate=0.0):
    """Demand at launch that makes serving a given share of lifetime spend.

    Parameters
    ----------
    serving_share : numeric
        Share to reach, below 1. [1]
    horizon_years, training_usd, cost_usd_per_token : numeric
        As in `cumulative_spend`.
    retrain_every_years, growth_per_year, price_decline_per_year, training_growth_per_year, discount_rate : numeric
        As in `cumulative_spend`.

    Returns
    -------
    numeric
        Tokens per day at launch; infinite where a token costs nothing. [token/day]

    Notes
    -----
    Serving is proportional to demand, so the inverse of `serving_share` is one division.
    """
    training = cumulative_training_usd(horizon_years, training_usd, retrain_every_years, training_growth_per_year,
                                       discount_rate)
    one_token = cumulative_serving_usd(horizon_years, 1.0, cost_usd_per_token, growth_per_year, price_decline_per_year,
                                       discount_rate)
    return ratio(training * serving_share, one_token * (1 - serving_share))


_MAX_RUNS = 64


@checked
def crossover_days(training_usd, tokens_per_day, cost_usd_per_token, *, retrain_every_years=200.0, growth_per_year=0.0,
                   price_decline_per_year=0.0, training_growth_per_year=0.0, discount_rate=0.0):
    """Day on which cumulative serving first reaches cumulative training.

    Parameters
    ----------
    training_usd, tokens_per_day, cost_usd_per_token : numeric
        As in `cumulative_spend`.
    retrain_every_years, growth_per_year, price_decline_per_year, training_growth_per_year, discount_rate : numeric
        As in `cumulative_spend`.

    Returns
    -------
    numeric
        Days since launch; infinite where serving never catches up, or not within 64 training runs. [day]

    Notes
    -----
    Between two runs the training total stands still, so the crossing has the closed form ``log(1 + k T / rate) / k``;
    the earliest that falls before its next run is the answer.
    """
    others = (training_usd, tokens_per_day, cost_usd_per_token, retrain_every_years, growth_per_year,
              price_decline_per_year, training_growth_per_year, discount_rate)
    run = first_axis(np.arange(1, _MAX_RUNS + 1), *others)
    step = (np.log1p(training_growth_per_year) - np.log1p(discount_rate)) * retrain_every_years
    trained = training_usd * geometric_sum(step, run)
    k = _log_rate(growth_per_year, price_decline_per_year, discount_rate)
    # Years of today's demand that cost as much as the training so far.
    owed = ratio(trained, tokens_per_day * cost_usd_per_token * DAYS_PER_YEAR, 1e30)
    at = owed * log_mean(k * owed)
    crossed = np.logical_and(at <= run * retrain_every_years, owed < 1e30)
    return np.min(np.where(crossed, at, np.inf), axis=0) * DAYS_PER_YEAR
