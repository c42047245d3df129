"""From uneven demand to replicas: a day's curve, the queue in its busiest hour, and the utilisation that follows.

Utilisation is a result here. A service built for its busiest hour, with headroom so that few requests wait, idles for
the rest of the day; large services need less headroom, because it grows with the root of the load.

References
----------
.. [1] Halfin, Whitt, "Heavy-traffic limits for queues with many exponential servers", Operations Research 29(3), 1981.
.. [2] Jagerman, "Some properties of the Erlang loss function", Bell System Technical Journal 53(3), 1974.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric

HOURS = np.arange(24.0)


class Provision(NamedTuple):
    """What a demand needs, and how idle that leaves it.

    Parameters
    ----------
    replicas : numeric
        Copies of the model, enough for the peak hour with its headroom. [1]
    utilisation, peak_utilisation : numeric
        Busy places over all places: the day's mean, and in the peak hour. [1]
    wait_probability, mean_wait_s : numeric
        Share of requests that wait in the peak hour, and the mean wait over all of them. [1], [s]
    """

    replicas: Numeric
    utilisation: Numeric
    peak_utilisation: Numeric
    wait_probability: Numeric
    mean_wait_s: Numeric


def column(x: Any) -> Any:
    """Give an array a last axis of its own, along which a grid can run."""
    return x[..., np.newaxis] if getattr(x, "ndim", 0) else x


# -- a day of demand --------------------------------------------------------------------------------------------------


@checked(peak_to_mean="[1, 12]")
def daily_curve(peak_to_mean: Numeric, peak_hour: Numeric = 14.0) -> Numeric:
    """Demand in each hour of a day, over the day's mean.

    Parameters
    ----------
    peak_to_mean : numeric
        Busiest hour over the mean, between 1 and 12. [1]
    peak_hour : numeric
        Hour of the peak. [h]

    Returns
    -------
    array
        24 values along the last axis, with mean 1 and maximum `peak_to_mean` at a whole peak hour. [1]

    Notes
    -----
    A power of a raised cosine, scaled to the two conditions. Up to a ratio of about 2 it is a plain cosine; beyond, the
    night becomes flat and the peak narrow.
    """
    # the least power of a raised cosine whose own peak-to-mean is not below the wanted one
    ratio = column(peak_to_mean)
    power = np.maximum(1.0, np.square(ratio) / math.pi - 0.25)
    shape = np.power((1 + np.cos((HOURS - column(peak_hour)) * (2 * math.pi / 24))) / 2, power)
    mean = column(np.sum(shape, axis=-1)) / 24
    curve: Numeric = np.maximum(1 + (shape - mean) * ((ratio - 1) / (column(np.max(shape, axis=-1)) - mean)), 0.0)
    return curve


# -- batches that wait ------------------------------------------------------------------------------------------------

EULER_GAMMA = 0.5772156649015329


@checked
def static_batching_fraction(batch: Numeric) -> Numeric:
    """Share of places that work when a batch starts together and its places stay taken until the longest answer ends.

    Parameters
    ----------
    batch : numeric
        Sequences that start together. [1]

    Returns
    -------
    numeric
        1 / (1 + 1/2 + … + 1/batch). Continuous batching refills a place at once and has no such loss. [1]

    Notes
    -----
    Answer lengths are taken as exponential: the longest of B is on average H_B times the mean. Answers of equal length
    lose nothing; heavier tails lose more.
    """
    n = np.maximum(batch, 1.0)
    # the harmonic number by its series eight places further on, where it is good to ten digits
    far = n + 8
    square = np.square(far)
    harmonic = np.log(far) + EULER_GAMMA + 1 / (2 * far) - 1 / (12 * square) + 1 / (120 * np.square(square))
    fraction: Numeric = 1 / (harmonic - sum(1 / (n + k) for k in range(1, 9)))
    return fraction


# -- queues -----------------------------------------------------------------------------------------------------------


_NODES = np.linspace(0.0, 1.0, 801)
_WEIGHTS = np.where(np.arange(801) % 2 == 1, 4.0, 2.0) / 3
_WEIGHTS[[0, -1]] = 1 / 3


@checked
def erlang_c(servers: Numeric, offered_load: Numeric) -> Numeric:
    """Share of requests that wait, with Poisson arrivals and exponential service (M/M/c).

    Parameters
    ----------
    servers : numeric
        Places that serve one request each; need not be whole. [1]
    offered_load : numeric
        Arrivals per second times service time: the mean number in service. [1]

    Returns
    -------
    numeric
        1 where the load reaches the servers. [1]

    Notes
    -----
    1/B = ∫ exp(−u) (1 + u/a)^c du for the loss function [2]_, by Simpson's rule around the integrand's peak; then
    C = B / (1 − ρ (1 − B)). Agrees with the usual recursion to six digits.
    """
    load = np.maximum(offered_load, 1e-9)
    peak = np.maximum(servers - load, 0.0)
    reach = 12 * np.sqrt(servers) + 40
    low = np.maximum(peak - reach, 0.0)
    width = peak + reach - low
    u = column(low) + column(width) * _NODES
    height = servers * np.log1p(peak / load) - peak
    exponent = column(servers) * np.log1p(u / column(load)) - u
    area = np.sum(np.exp(exponent - column(height)) * _WEIGHTS, axis=-1) * width / 800
    over_loss = np.exp(np.minimum(height, 690.0)) * area
    rho = load / servers
    waits = 1 / (over_loss * (1 - np.minimum(rho, 1.0)) + np.minimum(rho, 1.0))
    return np.where(rho < 1, np.where(offered_load > 0, waits, 0.0), 1.0)


@checked
def mean_wait_s(servers: Numeric, offered_load: Numeric, service_s: Numeric) -> Numeric:
    """Mean wait for a free place (M/M/c), over all requests.

    Parameters
    ----------
    servers, offered_load : numeric
        As in `erlang_c`.
    service_s : numeric
        Mean time in service. [s]

    Returns
    -------
    numeric
        Infinite where the load reaches the servers. [s]
    """
    spare = servers - offered_load
    wait = erlang_c(servers, offered_load) * service_s / np.maximum(spare, 1e-300)
    return np.where(spare > 0, wait, np.inf)


_BETA = np.linspace(0.0, 6.0, 1201)
_DENSITY = np.exp(-_BETA**2 / 2) / math.sqrt(2 * math.pi)
_DELAY = 1 / (1 + _BETA * np.array([0.5 * (1 + math.erf(b / math.sqrt(2))) for b in _BETA]) / _DENSITY)
_DELAY = np.array([float(f"{delay:.6g}") for delay in _DELAY])  # pages carry it, and a step is 0.5% or more


@checked
def late_fraction(servers: Numeric, offered_load: Numeric, service_s: Numeric, patience_s: Numeric) -> Numeric:
    """Share of requests that wait longer than their patience for a place (M/M/c).

    Parameters
    ----------
    servers, offered_load : numeric
        As in `erlang_c`. [1]
    service_s, patience_s : numeric
        Mean time in service; the wait that is accepted. [s]

    Returns
    -------
    numeric
        C exp(−(c − a) t / s); 1 where the load reaches the places. [1]
    """
    spare = np.maximum(servers - offered_load, 0.0)
    late: Numeric = erlang_c(servers, offered_load) * np.exp(-spare * patience_s / service_s)
    return late


@checked
def wait_below_s(servers: Numeric, offered_load: Numeric, service_s: Numeric, percentile: float = 0.95) -> Numeric:
    """Wait for a place that a share of the requests stays below (M/M/c): `late_fraction`, turned round.

    Parameters
    ----------
    servers, offered_load : numeric
        As in `erlang_c`. [1]
    service_s : numeric
        Mean time in service. [s]
    percentile : float
        Share of the requests. [1]

    Returns
    -------
    numeric
        0 where fewer wait at all; infinite where the load reaches the places. [s]
    """
    spare = servers - offered_load
    late = erlang_c(servers, offered_load) / (1 - percentile)
    wait = np.log(np.maximum(late, 1.0)) * service_s / np.maximum(spare, 1e-300)
    return np.where(spare > 0, wait, np.inf)


@checked(offered_load="[0, 1e30]")
def servers_for(offered_load: Numeric, wait_probability: Numeric = 0.05) -> Numeric:
    """Places needed so that few requests wait: square-root staffing [1]_.

    Parameters
    ----------
    offered_load : numeric
        Mean number in service; may have one axis more than `wait_probability`, such as years. [1]
    wait_probability : numeric
        Share of requests that may wait. [1]

    Returns
    -------
    numeric
        a + β √a, not rounded. Headroom grows with the root of the load: large services run fuller. [1]

    Notes
    -----
    β solves 1 / (1 + β Φ(β)/φ(β)) = wait_probability; taken from a table in steps of 0.005.
    """
    beta: Numeric = np.min(np.where(column(wait_probability) >= _DELAY, _BETA, _BETA[-1]), axis=-1)
    return offered_load + beta * np.sqrt(offered_load)


@checked(offered_load="[0, 1e30]")
def replicas_for(offered_load: Numeric, batch: Numeric, wait_probability: Numeric = 0.05) -> Numeric:
    """Whole copies of a model for a load: one at the least, with headroom so that few requests wait.

    Parameters
    ----------
    offered_load : numeric
        Mean number in service. [1]
    batch : numeric
        Places of one replica; 0, which stands for a replica that cannot run, counts as 1. [1]
    wait_probability : numeric
        Share of requests that may wait; see `servers_for`. [1]

    Returns
    -------
    numeric
        Copies. [1]
    """
    replicas: Numeric = np.maximum(np.ceil(servers_for(offered_load, wait_probability) / np.maximum(batch, 1.0)), 1.0)
    return replicas


@checked(peak_to_mean="[1, 12]")
def provision(request_per_s: Numeric, service_s: Numeric, batch: Numeric, peak_to_mean: Numeric = 2.0,
              wait_probability: Numeric = 0.05) -> Provision:
    """Replicas for a demand that comes and goes, and the utilisation that follows.

    Parameters
    ----------
    request_per_s : numeric
        Requests that arrive, mean over the day. [1/s]
    service_s : numeric
        Time that one request keeps its place: time to first token and the whole answer. [s]
    batch : numeric
        Places of one replica. [1]
    peak_to_mean : numeric
        Busiest hour over the mean. [1]
    wait_probability : numeric
        Share of requests that may wait in that hour. [1]

    Returns
    -------
    Provision

    Notes
    -----
    The fleet is fixed over the day. Fleets that grow and shrink by the hour: call this for each hour of `daily_curve`
    with ``peak_to_mean=1``.
    """
    mean_load = request_per_s * service_s
    peak_load = mean_load * peak_to_mean
    replicas = replicas_for(peak_load, batch, wait_probability)
    places = replicas * batch
    return Provision(replicas, mean_load / places, peak_load / places, erlang_c(places, peak_load),
                     mean_wait_s(places, peak_load, service_s))
