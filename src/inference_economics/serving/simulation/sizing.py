"""How many replicas a stream of requests needs: asked of the formulas, or of the simulator; and a fleet over a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...quantities.checks import lookup, require_one
from ...quantities.limits import SECONDS_PER_HOUR, check_records
from ...quantities.units import SECONDS_PER_DAY
from .. import queueing
from ..deployment import Deployment
from ..load import Load
from .fleet import simulate
from .formulas import WARM_UP, replicas_by_formula
from .percentiles import means
from .requests import Lengths, Requests, changing, process
from .result import Result
from .service import Autoscale, Policy, Service, calibrated_service
from .study import replicas_for
from .targets import Targets

WAYS = ("queueing", "simulation")
FEWEST, MOST, PER_REQUEST_IN_FLIGHT = 3000, 100_000, 25  # requests of one run
BIN_S = 900.0
GUESSED_SHARE = 1e-3  # of late requests


@dataclass(frozen=True)
class Arrivals:
    """Requests that come whatever happens to the service.

    Parameters
    ----------
    request_per_s : float
        Mean rate. [1/s]
    lengths : Lengths
        Of prompts and answers.
    cv : float
        Standard deviation of the gaps over their mean: 1 for a Poisson process, more for bursts. [1]
    """

    request_per_s: float
    lengths: Lengths
    cv: float = 1.0

    def __post_init__(self) -> None:
        """Refuse rates and variations that no process has."""
        check_records(lengths=(self.lengths, Lengths))
        require_one(0, np.inf, open_low=True, open_high=True, request_per_s=self.request_per_s)
        require_one(0, 20, cv=self.cv)
        for name in ("request_per_s", "cv"):
            object.__setattr__(self, name, float(getattr(self, name)))

    def draw(self, count: int, seed: int = 0) -> Requests:
        """Draw requests.

        Parameters
        ----------
        count : int
            How many. [1]
        seed : int
            Equal seeds give equal requests.

        Returns
        -------
        Requests
        """
        return process(self.request_per_s, count, self.lengths, cv=self.cv, seed=seed)


class Sizing(NamedTuple):
    """A fleet that keeps its promise.

    Parameters
    ----------
    replicas : int
        Copies of the model. [1]
    places : int
        Requests that one of them runs at once at most. [1]
    utilisation : float
        Busy places over all places. By the formula a place is held as long as in a full batch; in the simulator
        batches that are not full go faster. [1]
    met_fraction : float
        Share of the requests that meet the targets. [1]
    """

    replicas: int
    places: int
    utilisation: float
    met_fraction: float


def size_fleet(deployment: Deployment, arrivals: Arrivals, targets: Targets, *, by: str = "queueing",
               policy: Policy | None = None, seed: int = 0) -> Sizing:
    """Replicas for a stream of requests within percentile targets.

    Parameters
    ----------
    deployment : Deployment
        One replica.
    arrivals : Arrivals
        What comes.
    targets : Targets
        What is promised, and to which share of the requests.
    by : str
        ``queueing``: the wait for a place from M/M/c, all else at the mean of a full batch; microseconds. It knows
        neither `Arrivals.cv` nor how lengths vary beyond the mean context of what is in flight. ``simulation``: every
        request; a second or more.
    policy : Policy, optional
        How replicas schedule, for the simulator; chunked prefill unless given.
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Sizing

    Raises
    ------
    ValueError
        If even a replica with one request at a time is too slow, or does not run; by the formula, also where nobody
        may be late.

    Notes
    -----
    Both cap a replica's batch where a full one still meets the targets on average: what has no place waits outside,
    rather than slow the others down.
    """
    lookup("by", by, dict.fromkeys(WAYS))
    check_records(deployment=(deployment, Deployment), arrivals=(arrivals, Arrivals), targets=(targets, Targets),
                  policy=(Policy() if policy is None else policy, Policy))
    require_one(n_chips=deployment.n_chips)
    lengths = arrivals.lengths
    service = calibrated_service(deployment, context_tok=lengths.prompt_tok + lengths.output_tok)
    places, service_s, patience_s = _places(deployment, lengths, targets, service)
    offered = arrivals.request_per_s * service_s
    late_share = 1 - targets.share
    # everybody: no number of replicas by the formula, which then only says where the simulator begins
    spared = late_share or (0.0 if by == "queueing" else GUESSED_SHARE)
    by_formula = replicas_by_formula(places, offered, service_s, patience_s, spared)
    if by == "queueing":
        late = queueing.late_fraction(by_formula * places, offered, service_s, patience_s)
        return Sizing(by_formula, places, offered / (by_formula * places), float(1 - late))
    capped = replace(service, max_batch=places)
    requests = arrivals.draw(int(np.clip(PER_REQUEST_IN_FLIGHT * offered, FEWEST, MOST)), seed)
    warm_up_s = WARM_UP * float(requests.arrival_s[-1])
    count = replicas_for(requests, capped, targets, policy, warm_up_s=warm_up_s, guess=by_formula,
                         most=max(64, 16 * by_formula))
    result = simulate(requests, capped, replace(policy or Policy(), replicas=count, autoscale=None))
    met = float(np.mean(result.met(targets)[result.after(warm_up_s)]))
    return Sizing(count, places, result.decode_s / (result.replica_s * places), met)


def _places(deployment: Deployment, lengths: Lengths, targets: Targets, service: Service) -> tuple[int, float, float]:
    """Return the largest batch that meets the targets when full, for how long it is held, and the wait left over."""
    batch = np.arange(1.0, service.max_batch + 1)
    load = Load(batch, lengths.prompt_tok, lengths.output_tok)
    tpot_s, ttft_s, service_s, _ = (np.asarray(part) for part in means(deployment, load, lengths.output_cv))
    patience_s = np.asarray(np.minimum(targets.ttft_limit_s - ttft_s, targets.wait_limit_s))
    # NaN, where nothing runs, compares as false
    good = (tpot_s <= targets.tpot_limit_s) & (patience_s >= 0) & (batch <= np.asarray(deployment.capacity(load)))
    if not good[0]:
        raise ValueError(f"a request alone takes {ttft_s[0]:.3g} s to its first token and {tpot_s[0]:.3g} s per "
                         "further one, on average: no number of replicas meets the targets. Loosen a target, or take a "
                         "faster deployment.")
    most = int(np.argmin(good)) if not np.all(good) else len(batch)
    # a place is held from admission on, so the engine's fixed delay before it does not count
    return most, float(service_s[most - 1]) - service.step_time.request_s, float(patience_s[most - 1])


class Day(NamedTuple):
    """A day of demand and the fleet that follows it, in bins of a quarter of an hour.

    Parameters
    ----------
    hour : array
        Middle of each bin. [h]
    request_per_s, replicas : array
        Requests that came; replicas in service or on order, mean. [1/s], [1]
    ttft_s : array
        95th percentile of the time to the first token of what came; NaN where nothing did. [s]
    result : Result
        The whole run.
    """

    hour: npt.NDArray[np.float64]
    request_per_s: npt.NDArray[np.float64]
    replicas: npt.NDArray[np.float64]
    ttft_s: npt.NDArray[np.float64]
    result: Result


def follow_a_day(service: Service, arrivals: Arrivals, autoscale: Autoscale | None = None, *, replicas: int = 1,
                 peak_to_mean: float = 2.0, seed: int = 0) -> Day:
    """Serve a day of demand by a fleet that follows it, or by one that does not.

    Parameters
    ----------
    service : Service
        One replica.
    arrivals : Arrivals
        The day's mean rate, and lengths; they come as a Poisson process whose rate follows `queueing.daily_curve`.
    autoscale : Autoscale, optional
        How the fleet follows; fixed unless given.
    replicas : int
        Replicas of a fixed fleet, or the fewest of one that follows. [1]
    peak_to_mean : float
        Busiest hour over the mean. [1]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Day
    """
    check_records(service=(service, Service), arrivals=(arrivals, Arrivals))
    require_one(1, 12, peak_to_mean=peak_to_mean)
    if arrivals.cv != 1:
        raise ValueError(f"cv={arrivals.cv}: a day comes as a Poisson process of changing rate; give cv=1.")
    curve = queueing.daily_curve(peak_to_mean) * arrivals.request_per_s
    requests = changing(curve, SECONDS_PER_HOUR, arrivals.lengths, seed=seed)
    result = simulate(requests, service, Policy(replicas=replicas, autoscale=autoscale))
    edges = np.arange(0.0, SECONDS_PER_DAY + 1, BIN_S)
    which = np.clip(np.searchsorted(edges, requests.arrival_s, side="right") - 1, 0, len(edges) - 2)
    counts = np.bincount(which, minlength=len(edges) - 1)
    ttft_s = np.array([np.percentile(result.ttft_s[which == k], 95) if counts[k] else np.nan
                       for k in range(len(edges) - 1)])
    # the integral of a line of steps, between edges
    times, sizes = result.fleet[:, 0], result.fleet[:, 1]
    corners = np.concatenate([[0.0], np.cumsum(np.diff(np.append(times, np.inf))[:-1] * sizes[:-1])])
    at = np.maximum(edges, times[0])
    k = np.searchsorted(times, at, side="right") - 1
    area = corners[k] + (at - times[k]) * sizes[k]
    running = np.diff(area) / np.maximum(np.diff(at), 1e-9)
    return Day((edges[:-1] + BIN_S / 2) / SECONDS_PER_HOUR, counts / BIN_S, running, ttft_s, result)
