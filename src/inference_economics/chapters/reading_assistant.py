"""The reading assistant of chapters 4 to 7, simulated request by request: what its readers send, and what they get.

Fifty thousand people ask it eight times a day. It runs on copies of Llama-3.1 70B, each on four H100 and with 128
places. What is not known of it, how its requests come and how long they are, is taken from real hours of other services
(`simulation.traces`), at this service's rate and with its mean lengths. All runs are kept, so figures and sentences
speak of the same ones.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..quantities.checks import lookup, whole
from ..quantities.units import SECONDS_PER_DAY
from ..serving import Deployment, Load, queueing, simulation
from ..serving.simulation import Lengths, Policy, Requests, Result, Service, Targets
from ..serving.simulation.study import replicas_for
from ..serving.step import Serving

READERS, PROMPTS_A_DAY = 50_000, 8
REQUESTS_PER_DAY = float(READERS * PROMPTS_A_DAY)
PROMPT_TOK, OUTPUT_TOK = 2048.0, 512.0
CHIPS, PLACES, COPIES = 4, 128, 2
PEAK_TO_MEAN = 2.0
PEAK_PER_S = PEAK_TO_MEAN * REQUESTS_PER_DAY / SECONDS_PER_DAY
PROMISE = Targets(ttft_limit_s=2.0, tpot_limit_s=0.06, share=0.99)

COUNT, SEED = 2000, 0  # requests of one run
KINDS = ("equal", "uneven", "conversation", "bursts", "coding")
RATES_PER_S = (5.0, 6.0, 7.0, 8.0, 9.0, PEAK_PER_S, 10.0, 11.0)

CASE_TOK, CASE_ANSWER_TOK, CASE_EVERY_S = 130_572, 500, 60.0
BUSY_PER_S = 6.0
ROUTERS = {"fewest requests": "least-loaded", "fewest tokens to read": "prefix"}
SHARES = np.linspace(0.0, 100.0, 41)


@functools.cache
def deployment() -> Deployment:
    """Return one copy of the service's model."""
    return Deployment("llama-3.1-70b", "h100-sxm", CHIPS, "fp8")


@functools.cache
def service() -> Service:
    """Return one copy as the simulator takes it."""
    one = simulation.calibrated_service(deployment(), context_tok=PROMPT_TOK + OUTPUT_TOK)
    return replace(one, max_batch=PLACES)


def full_copy() -> Serving:
    """Return the steady state of a copy whose places are all taken."""
    return deployment().serve(Load(PLACES, PROMPT_TOK, OUTPUT_TOK))


def stay_s() -> float:
    """Return for how long a request keeps its place in a full copy [s]."""
    full = full_copy()
    return float(full.ttft_s + OUTPUT_TOK * full.tpot_s)


@functools.cache
def requests(kind: str) -> Requests:
    """Return requests of one kind, at any rate.

    Parameters
    ----------
    kind : str
        ``equal``: independent of each other, and all of the mean lengths. ``uneven``: the same with the lengths of a
        real conversation service. ``conversation``: that service's arrivals as well. ``bursts``: its lengths, and gaps
        that vary three times as much as independent ones. ``coding``: its lengths, at the arrivals of a coding service.

    Returns
    -------
    Requests
    """
    lookup("kind", kind, dict.fromkeys(KINDS))
    plain = Lengths(PROMPT_TOK, OUTPUT_TOK)
    if kind == "equal":
        return simulation.process(1.0, COUNT, plain, seed=SEED)
    real = simulation.trace("azure-2023-conversation").first(COUNT)
    prompt_tok, output_tok = (np.maximum(np.rint(tok * (mean / np.mean(tok))), 1).astype(int) for tok, mean in
                              ((real.prompt_tok, PROMPT_TOK), (real.output_tok, OUTPUT_TOK)))
    coding = simulation.trace("azure-2023-code").first(COUNT)
    arrival_s = {"uneven": simulation.process(1.0, COUNT, plain, seed=SEED).arrival_s, "conversation": real.arrival_s,
                 "bursts": simulation.process(1.0, COUNT, plain, cv=3.0, seed=SEED).arrival_s,
                 "coding": coding.arrival_s}[kind]
    return Requests(arrival_s, prompt_tok, output_tok)


@functools.cache
def run(kind: str, copies: int, request_per_s: float) -> Result:
    """Serve a kind of requests at some rate.

    Parameters
    ----------
    kind : str
        As in `requests`.
    copies : int
        Of the model. [1]
    request_per_s : float
        Of all copies together. [1/s]

    Returns
    -------
    Result
    """
    sent = requests(kind)
    return simulation.simulate(sent.faster(request_per_s / sent.request_per_s), service(),
                               Policy(replicas=whole(copies=copies)))


class Promised(NamedTuple):
    """How a promise is kept, rate by rate.

    Parameters
    ----------
    met : array
        Share of the requests that meet it. [1]
    ttft_s, tpot_s : array
        99th percentiles. [s]
    """

    met: np.ndarray
    ttft_s: np.ndarray
    tpot_s: np.ndarray


@functools.cache
def promised(kind: str, copies: int, targets: Targets = PROMISE, rates_per_s: tuple[float, ...] = RATES_PER_S
             ) -> Promised:
    """Tell how a promise is kept at each of some rates.

    Parameters
    ----------
    kind, copies
        As in `run`.
    targets : Targets
        What is promised.
    rates_per_s : tuple of float
        Requests per second of all copies together. [1/s]

    Returns
    -------
    Promised
    """
    results = [run(kind, copies, rate) for rate in rates_per_s]
    return Promised(np.array([np.mean(result.met(targets)) for result in results]),
                    *(np.array([float(result.percentile(name, 99)) for result in results])
                      for name in ("ttft_s", "tpot_s")))


@functools.cache
def copies_needed(kind: str, request_per_s: float = PEAK_PER_S, targets: Targets = PROMISE) -> int:
    """Return the fewest copies that keep a promise [1].

    Parameters
    ----------
    kind, request_per_s, targets
        As in `run` and `promised`.
    """
    sent = requests(kind)
    return replicas_for(sent.faster(request_per_s / sent.request_per_s), service(), targets, guess=COPIES + 1)


def copies_by_rule(request_per_s: float = PEAK_PER_S, wait_probability: float = 0.05) -> int:
    """Return the copies that square-root staffing asks for [1].

    Parameters
    ----------
    request_per_s : float
        In the busiest hour. [1/s]
    wait_probability : float
        Share of the requests that may wait for a place. [1]
    """
    return int(queueing.replicas_for(request_per_s * stay_s(), PLACES, wait_probability))


class Pauses(NamedTuple):
    """What case files do to the others who read.

    Parameters
    ----------
    longest_s : array
        Longest time between two tokens of an answer, in the order of `SHARES`. [s]
    ttft_s : array
        Median and 99th percentile of the others' time to the first token. [s]
    case_ttft_s : float
        Mean of the case files' own; NaN without any. [s]
    """

    longest_s: np.ndarray
    ttft_s: np.ndarray
    case_ttft_s: float


@functools.cache
def pauses(chunk_tok: int, router: str, case_files: bool = True) -> Pauses:
    """Serve a busy hour with a case file every minute.

    Parameters
    ----------
    chunk_tok : int
        Tokens of one step at most, decoded and prefilled together; 0 reads whole prompts while answers stand still.
    router : str
        As in `Policy`.
    case_files : bool
        Whether the case files come.

    Returns
    -------
    Pauses
    """
    others = simulation.process(BUSY_PER_S, COUNT, Lengths(PROMPT_TOK, OUTPUT_TOK, 1.0, 1.0), seed=SEED)
    at_s = np.arange(CASE_EVERY_S / 2, others.arrival_s[-1], CASE_EVERY_S) if case_files else np.zeros(0)
    case = np.concatenate([np.zeros(COUNT, bool), np.ones(at_s.size, bool)])
    arrival_s, prompt_tok, output_tok = (
        np.concatenate([own, np.full(at_s.size, given) if np.ndim(given) == 0 else given]) for own, given in
        ((others.arrival_s, at_s), (others.prompt_tok, CASE_TOK), (others.output_tok, CASE_ANSWER_TOK)))
    order = np.argsort(arrival_s, kind="stable")
    one = replace(service(), token_budget=chunk_tok) if chunk_tok else service()
    result = simulation.simulate(Requests(arrival_s[order], prompt_tok[order], output_tok[order]), one,
                                 Policy(replicas=COPIES, router=router, chunked=chunk_tok > 0))
    case = case[order]
    # rounded to what can be seen: pages carry it
    return Pauses(np.round(np.percentile(result.gap_s[~case], SHARES), 3),
                  np.round(np.percentile(result.ttft_s[~case], (50, 99)), 3),
                  round(float(np.mean(result.ttft_s[case])), 2) if at_s.size else np.nan)
