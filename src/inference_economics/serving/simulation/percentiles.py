"""Percentiles that a formula can ask for: tables made by the simulator, read by interpolation.

A steady state gives means. A target is a percentile, and how far it lies above the mean depends on how full a replica
is, how bursty its requests come and how uneven their lengths are. The table holds that distance without units, as the
mean over a few deployments that differ in all else: time per further token over its mean, time from admission to the
first token over its mean, and what the wait for a place adds to it, over the time that a place is held. `tabulate`
makes it, and says how far a deployment that is left out of the mean stands from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...quantities.checks import lookup
from ...quantities.limits import checked, checked_fields
from ...quantities.numeric import Numeric
from ..decode import DecodeStep
from ..deployment import Deployment
from ..load import Load
from ..step import Serving
from .stored import stored

# the grid: prompt over answer, places of a replica, variation of gaps and of lengths, and the share of places in use
AXES: dict[str, tuple[float, ...]] = {
    "prompt_ratio": (0.25, 4.0, 32.0), "places": (16.0, 48.0, 128.0), "arrival_cv": (1.0, 3.0),
    "length_cv": (0.0, 1.0), "occupancy": (0.1, 0.3, 0.5, 0.7, 0.85, 0.95)}
SCALES = {"prompt_ratio": np.log, "places": np.log, "arrival_cv": np.square, "length_cv": np.square}
PERCENTS = (50, 95, 99)
PARTS = ("tpot", "first", "wait")
COLUMNS = tuple(f"{part}_p{percent}" for part in PARTS for percent in PERCENTS)
FILE = "percentiles.csv"


@dataclass(frozen=True)
class Unevenness:
    """How irregular requests are.

    Parameters
    ----------
    arrival_cv : numeric
        Standard deviation over mean of the gaps between requests: 1 for a Poisson process, 3 for heavy bursts. [1]
    length_cv : numeric
        The same of prompts and of answers: 0 where all are equal, 1 for exponential lengths. [1]
    """

    arrival_cv: Numeric = 1.0
    length_cv: Numeric = 1.0

    def __post_init__(self) -> None:
        """Refuse what the table does not hold."""
        checked_fields(self, arrival_cv="[1, 3]", length_cv="[0, 1]")


class Means(NamedTuple):
    """A replica's steady state with uneven answers.

    Parameters
    ----------
    tpot_s, ttft_s, service_s : numeric
        Time per further token, from arrival to the first one, and for which a place is held. [s]
    request_per_s : numeric
        Requests that arrive. [1/s]
    """

    tpot_s: Numeric
    ttft_s: Numeric
    service_s: Numeric
    request_per_s: Numeric


class Tail(NamedTuple):
    """One percentile of a replica's latencies.

    Parameters
    ----------
    ttft_s, tpot_s : numeric
        Time to the first token, waiting included, and mean time per further token. [s]
    wait_s : numeric
        What the wait for a place adds to the former. [s]
    """

    ttft_s: Numeric
    tpot_s: Numeric
    wait_s: Numeric


@checked
def means(deployment: Deployment, load: Load, length_cv: Numeric) -> Means:
    """Evaluate the steady state of answers of uneven length.

    Parameters
    ----------
    deployment : Deployment
        One replica.
    load : Load
        Requests in flight, and mean lengths.
    length_cv : numeric
        Standard deviation over mean of the answers' lengths. [1]

    Returns
    -------
    Means
        NaN where nothing runs.

    Notes
    -----
    Whoever looks at a moment finds long answers more often than short ones: a sequence in flight has on average
    output · (1 + cv²) / 2 tokens of its answer behind it, where `Deployment.serve` takes output / 2.
    """
    return means_by(deployment.serve, deployment.decode_step, load, length_cv)


@checked
def means_by(serve: Callable[[Load], Serving], decode_step: Callable[[Numeric, Numeric], DecodeStep], load: Load,
             length_cv: Numeric) -> Means:
    """Evaluate the same by the two formulas that a deployment, or plain numbers that a page knows, are served by.

    Parameters
    ----------
    serve : callable
        From a load to its service; see `step.serve`.
    decode_step : callable
        From a batch and its context to one decode step; see `step.decode_step`.
    load : Load
        Requests in flight, and mean lengths.
    length_cv : numeric
        As in `means`. [1]

    Returns
    -------
    Means
    """
    point = serve(load)
    usual_tok = load.prompt_tok + load.output_tok / 2
    longer_tok = load.prompt_tok + load.output_tok * (1 + np.square(length_cv)) / 2
    batch = np.maximum(point.batch, 1.0)
    more_s = decode_step(batch, longer_tok).total_s - decode_step(batch, usual_tok).total_s
    tpot_s, ttft_s = point.tpot_s + more_s, point.ttft_s + more_s
    service_s = ttft_s + load.output_tok * tpot_s
    return Means(tpot_s, ttft_s, service_s, load.concurrency / service_s)


@checked
def tail_latency(deployment: Deployment, load: Load, places: Numeric, uneven: Unevenness | None = None,
                 percent: int = 95) -> Tail:
    """Percentile of a replica's latencies under open arrivals, from the simulator's table.

    Parameters
    ----------
    deployment : Deployment
        One replica; several that share their requests wait less.
    load : Load
        Requests in flight on the replica, on average, and mean lengths.
    places : numeric
        Requests that run at once at most. [1]
    uneven : Unevenness, optional
        How irregular requests are: Poisson arrivals and exponential lengths unless given.
    percent : int
        50, 95 or 99. [%]

    Returns
    -------
    Tail
        NaN (undefined) where more than 95% of the places are in use: what is waited then depends on how long the rush
        lasts. Where nothing runs, too.

    Notes
    -----
    Below the table's ends (a tenth of the places, 16 places, a prompt of a quarter of the answer) things are assumed to
    be as at its ends, and above 128 places and 32 as well. With less, times are a little shorter; with more places,
    waits are too.
    """
    uneven = uneven or Unevenness()
    mean = means(deployment, load, uneven.length_cv)
    return tail_of(mean, load, places, load.concurrency / places, uneven, percent)


@checked
def tail_of(mean: Means, load: Load, places: Numeric, occupancy: Numeric, uneven: Unevenness,
            percent: int = 95) -> Tail:
    """Percentile of the latencies whose means are known; see `tail_latency`.

    Parameters
    ----------
    mean : Means
        Of the replica under this load.
    load : Load
        Mean lengths.
    places : numeric
        Requests that run at once at most. [1]
    occupancy : numeric
        Share of the places in use. [1]
    uneven, percent : Unevenness, int
        As in `tail_latency`. [%]

    Returns
    -------
    Tail
    """
    lookup("percent", percent, dict.fromkeys(PERCENTS))
    at = {"prompt_ratio": np.log(load.prompt_tok / load.output_tok), "places": np.log(places),
          "arrival_cv": np.square(uneven.arrival_cv), "length_cv": np.square(uneven.length_cv), "occupancy": occupancy}
    weights = _weights(at)
    tpot, first = (_read(table()[f"{part}_p{percent}"], weights) for part in PARTS[:2])
    # waits grow by powers of ten from knot to knot: between them, fourth roots err less than waits
    wait = np.square(np.square(_read(np.sqrt(np.sqrt(table()[f"wait_p{percent}"])), weights)))
    known = np.where(occupancy <= AXES["occupancy"][-1], 1.0, np.nan)
    wait_s = wait * mean.service_s * known
    return Tail(first * mean.ttft_s * known + wait_s, tpot * mean.tpot_s * known, wait_s)


def _weights(at: dict[str, Numeric]) -> list[npt.NDArray[np.float64]]:
    """Return for each axis the weights of its points, along the last axis: hats, held beyond the ends."""
    found = []
    for name, points in AXES.items():
        # ratios by their logarithm, variations by their square, as queues depend on them
        scale = SCALES.get(name, np.asarray)
        knots = scale(points)
        x = np.minimum(np.maximum(at[name], knots[0]), knots[-1])
        hats = []
        for k, knot in enumerate(knots):
            up = (x - knots[k - 1]) / (knot - knots[k - 1]) if k else 1.0
            down = (knots[k + 1] - x) / (knots[k + 1] - knot) if k + 1 < len(knots) else 1.0
            hats.append(np.maximum(np.minimum(up, down), 0.0))
        found.append(np.stack(hats, axis=-1))
    return found


def _read(values: npt.NDArray[np.float64], weights: list[npt.NDArray[np.float64]]) -> Numeric:
    """Interpolate: the weighted sum over one axis after the other, the last one first."""
    total: Any = values
    for k in range(len(weights) - 1, -1, -1):
        total = np.sum(total * weights[k][(..., *(np.newaxis,) * k, slice(None))], axis=-1)
    found: Numeric = total[()]
    return found


# -- the table --------------------------------------------------------------------------------------------------------


@cache
def table() -> dict[str, npt.NDArray[np.float64]]:
    """Return the stored table.

    Returns
    -------
    dict
        By column of `COLUMNS`, an array over `AXES`. [1]
    """
    values = np.array([[float(row[name]) for name in COLUMNS] for row in stored(FILE)])
    shape = tuple(map(len, AXES.values()))
    return {name: column.reshape(shape) for name, column in zip(COLUMNS, values.T, strict=True)}
