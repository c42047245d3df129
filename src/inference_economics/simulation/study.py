"""Questions that take many runs: how much a replica can bear, how many a target needs, how wrong the averages are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from inference_economics import calibration, prices, queueing
from inference_economics._checks import lookup, require, require_positive, require_whole

from .fleet import simulate
from .requests import Lengths, Requests, burst, process
from .service import Policy, Service, calibrated_service

FACTOR_LIMIT = 2.0**20  # by which a rate is raised or lowered in search of a limit


class Server(NamedTuple):
    """Throughput under latency targets, beside throughput without.

    Parameters
    ----------
    request_per_s : float
        Highest rate of Poisson arrivals that meets the targets. [1/s]
    server_tok_per_s, offline_tok_per_s : float
        Output tokens at that rate, and when all requests are there from the start. [token/s]
    """

    request_per_s: float
    server_tok_per_s: float
    offline_tok_per_s: float

    @property
    def ratio(self) -> float:
        """Server over offline [1]."""
        return self.server_tok_per_s / self.offline_tok_per_s


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


def replicas_for(requests: Requests, service: Service, policy: Policy | None = None, *, ttft_limit_s=np.inf,
                 tpot_limit_s=np.inf, wait_limit_s=np.inf, share=0.99, most=1024) -> int:
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

    def enough(count):
        result = simulate(requests, service, replace(policy, replicas=count, autoscale=None))
        good = result.met(ttft_limit_s, tpot_limit_s) & (result.wait_s <= wait_limit_s)
        return np.mean(good) >= share

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


def highest_rate(requests: Requests, service: Service, policy: Policy | None = None, *, ttft_limit_s, tpot_limit_s,
                 share=0.99, tolerance=0.01) -> float:
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

    def enough(factor):
        result = simulate(requests.faster(factor), service, policy)
        return np.mean(result.met(ttft_limit_s, tpot_limit_s)) >= share

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


def server_against_offline(service: Service, lengths: Lengths, *, ttft_limit_s, tpot_limit_s, share=0.99,
                           duration_s=600.0, policy: Policy | None = None, seed=0) -> Server:
    """The two numbers of a benchmark: throughput with and without latency targets.

    Parameters
    ----------
    service, policy
        As in `simulate`.
    lengths : Lengths
        Of prompts and answers.
    ttft_limit_s, tpot_limit_s, share : float
        Targets, and the share of the requests that must meet both; MLPerf's limits are 99th percentiles. [s], [s], [1]
    duration_s : float
        About how long each run lasts; MLPerf asks for 600 at least. [s]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Server
        Both throughputs count from the first request to the last token, as the benchmark does.
    """
    require_positive(duration_s=duration_s)
    few = simulate(burst(2048, lengths, seed=seed), service, policy)
    count = max(int(2048 * duration_s / few.duration_s), 256)
    offline = simulate(burst(count, lengths, seed=seed), service, policy)
    requests = process(count / offline.duration_s, count, lengths, seed=seed)
    rate = highest_rate(requests, service, policy, ttft_limit_s=ttft_limit_s, tpot_limit_s=tpot_limit_s, share=share)
    if not rate:
        return Server(0.0, 0.0, offline.output_tok_per_s)
    served = simulate(requests.faster(rate / requests.request_per_s), service, policy)
    return Server(float(rate), served.output_tok_per_s, offline.output_tok_per_s)


def late_fraction(places, offered_load, service_s, patience_s):
    """Share of requests that wait longer than their patience for a place (M/M/c).

    Parameters
    ----------
    places, offered_load : numeric
        As `servers` and `offered_load` in `queueing.erlang_c`. [1]
    service_s, patience_s : numeric
        Mean time in service; the wait that is accepted. [s]

    Returns
    -------
    numeric
        C exp(−(c − a) t / s); 1 where the load reaches the places. [1]
    """
    spare = np.maximum(places - offered_load, 0.0)
    return queueing.erlang_c(places, offered_load) * np.exp(-spare * patience_s / service_s)


def queueing_error(model, accelerator, *, precision="fp8", tp=1, engine=calibration.TYPICAL, batch=32,
                   prompt_tok=1024, output_tok=256, replicas=(1, 4), loads=(0.7, 0.9), arrival_cvs=(1.0, 3.0),
                   output_cvs=(0.0, 1.0), patience_s=1.0, late_share=0.05, per_place=40, seed=0) -> list[QueueingError]:
    """How far the formulas of `queueing` stand from the simulator, over a grid.

    The formulas take the service time at full batch from the calibrated model, all places of all replicas as one
    queue, Poisson arrivals and exponential service (M/M/c).

    Parameters
    ----------
    model, accelerator, precision, tp, engine
        As in `calibration.calibrated`.
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
    point = calibration.calibrated(model, accelerator, precision=precision, concurrency=batch, prompt_tok=prompt_tok,
                                   output_tok=output_tok, tp=tp, engine=engine)
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


def _row(requests, service, service_s, tpot_s, count, load, arrival_cv, output_cv, patience_s, late_share):
    batch = service.max_batch
    offered = load * count * batch
    result = simulate(requests, service, Policy(replicas=count))
    # the run's first fifth fills the fleet
    kept = result.after(0.2 * result.arrival_s[-1])
    needed = 1
    while late_fraction(needed * batch, offered, service_s, patience_s) > late_share:
        needed += 1
    return QueueingError(
        count, load, arrival_cv, output_cv, tpot_s, float(np.nanmean(result.tpot_s[kept])),
        float(queueing.mean_wait_s(count * batch, offered, service_s)), float(np.mean(result.wait_s[kept])),
        float(late_fraction(count * batch, offered, service_s, patience_s)),
        float(np.mean(result.wait_s[kept] > patience_s)), needed,
        replicas_for(requests, service, wait_limit_s=patience_s, share=1 - late_share, most=64 * count))


class PublishedRatio(NamedTuple):
    """Server throughput over offline, as published and as simulated.

    Parameters
    ----------
    round, accelerator, precision : str
        Round of the benchmark, chip and format.
    n_chips, tp : int
        Chips of the system, and of one replica in the simulation. [1]
    published, simulated : float
        The ratio. [1]
    """

    round: str
    accelerator: str
    precision: str
    n_chips: int
    tp: int
    published: float
    simulated: float


def mlperf_ratios(model="llama-2-70b", *, prompt_tok=300, engine="trtllm", scenario="Server", rounds=("v5.1", "v6.0"),
                  accelerators=None, duration_s=600.0) -> list[PublishedRatio]:
    """MLPerf's server results over its offline results, beside the simulator's.

    One replica stands for the system: the ratio, unlike the throughput, hardly depends on their number.

    Parameters
    ----------
    model : str
        One whose mean answer the catalogue's rules of the benchmark give.
    prompt_tok : float
        Mean prompt: an assumption, as the rules do not give it. Lengths vary as in conversations, with a standard
        deviation of 0.8 of the mean for prompts and 0.7 for answers. [token]
    engine : str
        As in `calibration.constants`.
    scenario : str
        ``Server`` or ``Interactive``.
    rounds : sequence of str
        Rounds of the benchmark.
    accelerators : sequence of str, optional
        Chips; all that the constants were fitted to unless given.
    duration_s : float
        As in `server_against_offline`. [s]

    Returns
    -------
    list of PublishedRatio
        One per round, fitted chip and count with both results; one simulation serves all counts.
    """
    rules = {row[:2]: row[2:] for row in map(tuple, prices.published("mlperf-rules").rows)}
    ttft_limit_s, tpot_limit_s, output_tok = lookup("model and scenario", (model, scenario), rules)
    if not np.isfinite(output_tok):
        raise ValueError(f"the catalogue has no mean answer for {model!r}.")
    chips = tuple(chain(*calibration.GENERATIONS.values())) if accelerators is None else accelerators
    results = {}
    for round_, name, kind, chip, n_chips, precision, tok_per_s, _ in prices.published("mlperf").rows:
        if name == model and round_ in rounds and chip in chips:
            results[round_, kind, chip, n_chips, precision] = tok_per_s
    lengths, simulated, rows = Lengths(prompt_tok, output_tok, 0.8, 0.7), {}, []
    for (round_, kind, chip, n_chips, precision), tok_per_s in results.items():
        offline = results.get((round_, "Offline", chip, n_chips, precision))
        if kind != scenario or offline is None:
            continue
        if (chip, precision) not in simulated:
            tp = _best_tp(model, chip, precision, engine, prompt_tok, output_tok)
            service = calibrated_service(model, chip, precision=precision, tp=tp, engine=engine,
                                         context_tok=prompt_tok + output_tok)
            simulated[chip, precision] = tp, server_against_offline(
                service, lengths, ttft_limit_s=ttft_limit_s, tpot_limit_s=tpot_limit_s, duration_s=duration_s).ratio
        tp, ratio = simulated[chip, precision]
        rows.append(PublishedRatio(round_, chip, precision, n_chips, tp, tok_per_s / offline, ratio))
    return rows


def _best_tp(model, chip, precision, engine, prompt_tok, output_tok) -> int:
    """Return the chips per replica with the highest offline throughput per chip."""
    def per_chip(tp):
        return calibration.calibrated(model, chip, precision=precision, concurrency=1024, prompt_tok=prompt_tok,
                                      output_tok=output_tok, tp=tp, engine=engine).output_tok_per_s / tp

    return max((1, 2, 4, 8), key=per_chip)
