"""How wrong the averages and formulas are: `queueing` and the steady state beside the simulator, over grids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from ...quantities.checks import require_fraction, require_one, require_positive, require_whole, whole
from ...quantities.limits import check_records
from .. import queueing
from ..deployment import Deployment
from ..load import Load
from .fleet import simulate
from .requests import Lengths, Requests, closed_loop, process
from .service import Policy, Service, calibrated_service
from .study import replicas_for
from .targets import Targets

WARM_UP = 0.2  # share of a run that fills the fleet and is not judged


@dataclass(frozen=True)
class Study:
    """A grid of loads, and what is asked of each.

    Parameters
    ----------
    replicas : tuple of int
        Copies of the model. [1]
    loads : tuple of float
        Busy places over all places, by the formula. [1]
    arrival_cvs, output_cvs : tuple of float
        Variation of the gaps between requests, and of the answers' lengths: standard deviation over mean. [1]
    patience_s, late_share : float
        The wait that is accepted, and the share of requests that may wait longer. [s], [1]
    per_place : int
        Requests per place in one run: the more, the less chance and the run's ends weigh. [1]
    seed : int
        Equal seeds give equal requests.
    """

    replicas: tuple[int, ...] = (1, 4)
    loads: tuple[float, ...] = (0.7, 0.9)
    arrival_cvs: tuple[float, ...] = (1.0, 3.0)
    output_cvs: tuple[float, ...] = (0.0, 1.0)
    patience_s: float = 1.0
    late_share: float = 0.05
    per_place: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse grids without meaning."""
        require_whole(replicas=self.replicas, per_place=self.per_place)
        require_positive(loads=self.loads, patience_s=self.patience_s)
        require_fraction(late_share=self.late_share)


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


class Steady(NamedTuple):
    """A closed loop of users, by the steady state and by the simulator.

    Parameters
    ----------
    users : int
        Requests in flight. [1]
    ttft_s, simulated_ttft_s, tpot_s, simulated_tpot_s : float
        Mean time to the first token, and per further token. [s]
    output_tok_per_s, simulated_output_tok_per_s : float
        Throughput. [token/s]
    """

    users: int
    ttft_s: float
    simulated_ttft_s: float
    tpot_s: float
    simulated_tpot_s: float
    output_tok_per_s: float
    simulated_output_tok_per_s: float


def steady_error(deployment: Deployment, load: Load, users: Iterable[int], *, length_cv: float = 0.3,
                 seed: int = 1) -> list[Steady]:
    """How far the steady state of `Deployment.serve` stands from the simulator, with a fixed number of users.

    Parameters
    ----------
    deployment : Deployment
        A model on machines.
    load : Load
        Mean lengths; the concurrency is not used.
    users : iterable of int
        Users who each send the next request when the last is answered. [1]
    length_cv : float
        Variation of the lengths of prompts and of answers. [1]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    list of Steady
    """
    check_records(deployment=(deployment, Deployment), load=(load, Load))
    users = [whole(users=number) for number in np.atleast_1d(np.asarray(users, dtype=object))]
    prompt_tok, output_tok = float(load.prompt_tok), float(load.output_tok)
    service = calibrated_service(deployment, context_tok=prompt_tok + output_tok)
    rows = []
    for number in users:
        steady = deployment.serve(Load(number, prompt_tok, output_tok))
        count = max(12 * number, 40)
        result = simulate(closed_loop(number, count, Lengths(prompt_tok, output_tok, length_cv, length_cv), seed=seed),
                          service)
        kept = slice(2 * number, count - 2 * number)  # beginning and end of the run are not steady
        ends = np.sort(result.finish_s)
        low, high = count // 4, 3 * count // 4
        rate = (high - low) / (ends[high] - ends[low]) * np.mean(result.requests.output_tok)
        rows.append(Steady(number, float(steady.ttft_s), float(np.mean(result.ttft_s[kept])), float(steady.tpot_s),
                           float(np.nanmean(result.tpot_s[kept])), float(steady.output_tok_per_s), float(rate)))
    return rows


def queueing_error(deployment: Deployment, load: Load, study: Study | None = None) -> list[QueueingError]:
    """How far the formulas of `queueing` stand from the simulator, over a grid.

    The formulas take the service time at full batch from the calibrated model, all places of all replicas as one
    queue, Poisson arrivals and exponential service (M/M/c).

    Parameters
    ----------
    deployment : Deployment
        A model on machines.
    load : Load
        Places of one replica as its concurrency, and mean lengths; prompts are all equal.
    study : Study, optional
        The grid.

    Returns
    -------
    list of QueueingError
        One per combination.
    """
    study = Study() if study is None else study
    check_records(deployment=(deployment, Deployment), load=(load, Load), study=(study, Study))
    batch = whole(concurrency=np.asarray(load.concurrency).tolist())
    prompt_tok, output_tok = float(load.prompt_tok), float(load.output_tok)
    service = calibrated_service(deployment, context_tok=prompt_tok + output_tok, max_batch=batch)
    point = deployment.serve(load)
    if point.capacity < batch:
        raise ValueError(f"concurrency={batch}, but the cache holds {point.capacity:.0f} sequences of this length.")
    # a place is held from admission on, so the engine's fixed delay before it does not count
    service_s = float(point.ttft_s + (output_tok - 1) * point.tpot_s) - service.step_time.request_s
    rows = []
    for count, busy, arrival_cv, output_cv in product(study.replicas, study.loads, study.arrival_cvs,
                                                      study.output_cvs):
        places = count * batch
        requests = process(busy * places / service_s, study.per_place * places,
                           Lengths(prompt_tok, output_tok, 0.0, output_cv), cv=arrival_cv, seed=study.seed)
        rows.append(_compared(requests, service, (service_s, float(point.tpot_s)), (count, busy, arrival_cv, output_cv),
                              study))
    return rows


def _compared(requests: Requests, service: Service, steady_s: tuple[float, float],
              at: tuple[int, float, float, float], study: Study) -> QueueingError:
    """Return what the formulas and the simulator say of one point, given service time and TPOT of a full batch."""
    (count, busy, arrival_cv, output_cv), (service_s, tpot_s) = at, steady_s
    batch, patience_s = service.max_batch, study.patience_s
    offered = busy * count * batch
    result = simulate(requests, service, Policy(replicas=count))
    warm_up_s = WARM_UP * float(result.arrival_s[-1])
    kept = result.after(warm_up_s)
    needed = replicas_by_formula(batch, offered, service_s, patience_s, study.late_share)
    simulated = replicas_for(requests, service, Targets(wait_limit_s=patience_s, share=1 - study.late_share),
                             warm_up_s=warm_up_s, guess=needed, most=64 * count)
    return QueueingError(
        count, busy, arrival_cv, output_cv, tpot_s, float(np.nanmean(result.tpot_s[kept])),
        float(queueing.mean_wait_s(count * batch, offered, service_s)), float(np.mean(result.wait_s[kept])),
        float(queueing.late_fraction(count * batch, offered, service_s, patience_s)),
        float(np.mean(result.wait_s[kept] > patience_s)), needed, simulated)


def replicas_by_formula(batch: int, offered_load: float, service_s: float, patience_s: float,
                        late_share: float) -> int:
    """Fewest replicas with which, by M/M/c, few enough requests wait longer than their patience.

    Parameters
    ----------
    batch : int
        Places of one replica. [1]
    offered_load : float
        Mean number in service. [1]
    service_s, patience_s : float
        Mean time in service; the wait that is accepted. [s]
    late_share : float
        Share of requests that may wait longer. [1]

    Returns
    -------
    int
        [1]

    Raises
    ------
    ValueError
        If no number does: with exponential times, none keeps everybody.
    """
    batch = whole(batch=batch)
    require_one(0, np.inf, open_high=True, offered_load=offered_load)
    require_one(0, 1, hint="give a fraction, not a percentage.", late_share=late_share)
    least = int(np.floor(offered_load / batch)) + 1
    # beyond the least, headroom grows with the root of the load
    counts = least + np.arange(int(8 * np.sqrt(offered_load) / batch) + 8)
    late = queueing.late_fraction(counts * batch, offered_load, service_s, patience_s)
    if not np.any(late <= late_share):
        raise ValueError(f"late_share={late_share:g}: by M/M/c more wait longer than that with any number of replicas; "
                         "allow a larger share, or ask the simulator.")
    return int(counts[np.argmax(late <= late_share)])
