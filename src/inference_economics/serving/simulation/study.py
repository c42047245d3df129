"""Questions that take many runs: how much a replica can bear, how many a target needs, how wrong the averages are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...hardware.accelerators import Accelerator
from ...models import Model
from ...quantities.checks import require, require_positive, require_whole
from .. import calibration, queueing
from ..deployment import Deployment
from ..load import Load
from .fleet import simulate
from .requests import Lengths, Requests, process
from .service import Policy, Service, calibrated_service

FACTOR_LIMIT = 2.0**20  # by which a rate is raised or lowered in search of a limit


class QueueingError(NamedTuple):
    """One load, answered by formulas and by the simulator.

    Parameters
    ----------
    replicas, load, arrival_cv, output_cv : float
        Copies of the model; mean number of busy places over all, by the formula's service time; variation of the gaps
        between requests and of the answers' lengths. [1]
    tpot_s, simulated_tpot_s : float
        Mean time per further token. [s]
    wait_s, simulated_wait_s : float
        Mean wait for a place. [s]
    late_fraction, simulated_late_fraction : float
        Share of requests that wait longer than `patience_s`. [1]
    replicas_needed, simulated_replicas_needed : float
        Copies with which at most `late_share` of the requests do. [1]
    """

    replicas: int
    load: float
    arrival_cv: float
    output_cv: float
    tpot_s: float
    simulated_tpot_s: float
    wait_s: float
    simulated_wait_s: float
    late_fraction: float
    simulated_late_fraction: float
    replicas_needed: int
    simulated_replicas_needed: int


def replicas_for(requests: Requests, service: Service, policy: Policy | None = None, *,
                 ttft_limit_s: float = np.inf, tpot_limit_s: float = np.inf, wait_limit_s: float = np.inf,
                 share: float = 0.99, most: int = 1024) -> int:
    """Replicas with which enough requests meet their targets.

    Parameters
    ----------
    requests, service, policy
        As in `simulate`; the policy's own number of replicas is not used.
    ttft_limit_s, tpot_limit_s, wait_limit_s : float
        Longest time to the first token, per further token, and from sending to admission. [s]
    share : float
        Share of the requests that must meet all of them; 0.99 asks for the 99th percentile. [1]
    most : int
        Where to give up. [1]

    Returns
    -------
    int
        The fewest, found by doubling and halving: more replicas are taken never to do worse.

    Raises
    ------
    ValueError
        If `most` replicas do not suffice.
    """
    require_whole(most=most)
    require(0, 1, open_low=True, share=share)
    policy = policy or Policy()

    def enough(count: int) -> bool:
        result = simulate(requests, service, replace(policy, replicas=count, autoscale=None))
        good = result.met(ttft_limit_s, tpot_limit_s) & (result.wait_s <= wait_limit_s)
        return bool(np.mean(good) >= share)

    high = 1
    while not enough(high):
        if high >= most:
            raise ValueError(f"{most} replicas do not meet the targets for {share:.0%} of the requests; an idle "
                             "replica may already be too slow. Loosen a target, or raise most.")
        high = min(2 * high, most)
    return _least(enough, high // 2, high)


def _least(enough: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least whole number above `low` that is enough, given that `high` is."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def highest_rate(requests: Requests, service: Service, policy: Policy | None = None, *, ttft_limit_s: float,
                 tpot_limit_s: float, share: float = 0.99, tolerance: float = 0.01) -> float:
    """Rate at which enough requests still meet their targets.

    Parameters
    ----------
    requests : Requests
        Of an open process, at any rate; they are sent faster or more slowly as they are.
    service, policy
        As in `simulate`.
    ttft_limit_s, tpot_limit_s : float
        The targets. [s]
    share : float
        Share of the requests that must meet both. [1]
    tolerance : float
        Of the answer, relative. [1]

    Returns
    -------
    float
        0 where not even single requests meet the targets. [1/s]
    """
    require_positive(tolerance=tolerance)
    if requests.users or not np.isfinite(requests.request_per_s):
        raise ValueError("highest_rate needs requests of an open process; see `process` and `trace`.")

    def enough(factor: float) -> bool:
        result = simulate(requests.faster(factor), service, policy)
        return bool(np.mean(result.met(ttft_limit_s, tpot_limit_s)) >= share)

    low = high = 1.0
    while enough(high):
        low, high = high, 2 * high
        if high > FACTOR_LIMIT:
            raise ValueError("the targets are met however fast requests come; give more requests, or targets.")
    while low == high or not enough(low):
        low, high = low / 2, low
        if low < 1 / FACTOR_LIMIT:
            return 0.0
    while high > low * (1 + tolerance):
        middle = (low + high) / 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low * requests.request_per_s


def queueing_error(model: Model | str, accelerator: Accelerator | str, *, precision: str = "fp8", tp: int = 1,
                   engine: str = calibration.TYPICAL, batch: int = 32, prompt_tok: float = 1024,
                   output_tok: float = 256, replicas: Sequence[int] = (1, 4), loads: Sequence[float] = (0.7, 0.9),
                   arrival_cvs: Sequence[float] = (1.0, 3.0), output_cvs: Sequence[float] = (0.0, 1.0),
                   patience_s: float = 1.0, late_share: float = 0.05, per_place: int = 100,
                   seed: int = 0) -> list[QueueingError]:
    """How far the formulas of `queueing` stand from the simulator, over a grid.

    The formulas take the service time at full batch from the calibrated model, all places of all replicas as one
    queue, Poisson arrivals and exponential service (M/M/c).

    Parameters
    ----------
    model, accelerator, precision, tp, engine
        As in `Deployment`.
    batch : int
        Places of one replica. [1]
    prompt_tok, output_tok : float
        Mean lengths; prompts are all equal. [token]
    replicas, loads, arrival_cvs, output_cvs : sequence
        The grid; see `QueueingError`. [1]
    patience_s, late_share : float
        The wait that is accepted, and the share of requests that may wait longer. [s], [1]
    per_place : int
        Requests per place in one run: the more, the less chance and the run's ends weigh. [1]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    list of QueueingError
        One per combination.
    """
    service = calibrated_service(model, accelerator, precision=precision, tp=tp, engine=engine,
                                 context_tok=prompt_tok + output_tok, max_batch=batch)
    point = Deployment(model, accelerator, tp, precision, engine).serve(Load(batch, prompt_tok, output_tok))
    if point.capacity < batch:
        raise ValueError(f"batch={batch}, but the cache holds {point.capacity:.0f} sequences of this length.")
    # a place is held from admission on, so the engine's fixed delay before it does not count
    service_s = float(point.ttft_s + (output_tok - 1) * point.tpot_s) - service.step_time.request_s
    rows = []
    for count in replicas:
        for load in loads:
            for arrival_cv in arrival_cvs:
                for output_cv in output_cvs:
                    places = count * batch
                    requests = process(load * places / service_s, per_place * places,
                                       Lengths(prompt_tok, output_tok, 0.0, output_cv), cv=arrival_cv, seed=seed)
                    rows.append(_row(requests, service, service_s, float(point.tpot_s), count, load, arrival_cv,
                                     output_cv, patience_s, late_share))
    return rows


def _row(requests: Requests, service: Service, service_s: float, tpot_s: float, count: int, load: float,
         arrival_cv: float, output_cv: float, patience_s: float, late_share: float) -> QueueingError:
    batch = service.max_batch
    offered = load * count * batch
    result = simulate(requests, service, Policy(replicas=count))
    # the run's first fifth fills the fleet
    kept = result.after(0.2 * result.arrival_s[-1])
    needed = 1
    while queueing.late_fraction(needed * batch, offered, service_s, patience_s) > late_share:
        needed += 1
    return QueueingError(
        count, load, arrival_cv, output_cv, tpot_s, float(np.nanmean(result.tpot_s[kept])),
        float(queueing.mean_wait_s(count * batch, offered, service_s)), float(np.mean(result.wait_s[kept])),
        float(queueing.late_fraction(count * batch, offered, service_s, patience_s)),
        float(np.mean(result.wait_s[kept] > patience_s)), needed,
        replicas_for(requests, service, wait_limit_s=patience_s, share=1 - late_share, most=64 * count))
