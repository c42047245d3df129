"""A service that requests reach at a rate, whatever it does: what benchmarks with a server's load send, and people.

A closed loop holds the number of requests in flight; here it follows from the rate, by Little's law. Requests come as a
Poisson process, so one that runs sees the mean number of others beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .constants import Constants
from .layout import ONE_CHIP, Layout
from .load import Load
from .memory import capacity
from .prefill import fixed_prefill_s
from .queueing import mean_wait_s
from .setups import Setup
from .step import serve

HALVINGS = 24  # of the interval that holds the number in flight


class OpenService(NamedTuple):
    """A service at a rate of arrivals.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Mean time per output token, and to the first one; NaN where nothing can run. `ttft_s` is infinite where requests
        come faster than they are served. [s]
    in_flight : numeric
        Mean number that runs. [1]
    places : numeric
        Most that can run: whole sequences, at the length for which the engine keeps room for each. [1]
    wait_s, prompts_wait_s : numeric
        The parts of `ttft_s` spent waiting for room in the cache, and for the prompts of others. [s]
    output_tok_per_s : numeric
        Throughput of all chips together: the rate, or the most that is served. [token/s]
    """

    tpot_s: Numeric
    ttft_s: Numeric
    in_flight: Numeric
    places: Numeric
    wait_s: Numeric
    prompts_wait_s: Numeric
    output_tok_per_s: Numeric


@checked
def serve_open(s: Setup, c: Constants, request_per_s: Numeric, prompt_tok: Numeric, output_tok: Numeric,
               layout: Layout = ONE_CHIP, output_cv: Numeric = 0.0) -> OpenService:
    """Evaluate a service that requests reach at a rate.

    Parameters
    ----------
    s, c : Setup, Constants
        As in `step.serve`.
    request_per_s : numeric
        Poisson arrivals. [1/s]
    prompt_tok, output_tok : numeric
        Mean lengths. [token]
    layout : Layout
        How the copy is cut.
    output_cv : numeric
        Standard deviation of the answers' lengths over their mean; how long a place is taken varies alike. [1]

    Returns
    -------
    OpenService

    Notes
    -----
    * In flight: n = rate · time in service of one among n + 1, by halving an interval `HALVINGS` times.
    * Room in the cache: M/M/c for c places [1]_, times (1 + cv²)/2 for other answers than exponential ones.
    * Prompts: one after the other on all chips, each as long as the others: M/D/1.
    * Beside the simulator, up to eight tenths of what a closed loop serves: `tpot_s` within 6%, `ttft_s` within 15%.
      With data-parallel attention `ttft_s` is up to twice the simulator's, which has all groups read a prompt together.

    References
    ----------
    .. [1] `queueing.mean_wait_s`; Allen, "Probability, Statistics and Queueing Theory", 2nd ed. 1990, section 5.2.
    """
    alone = replace(c, queue_share=0.0)  # fitted to closed loops, whose requests start together

    def among(batch: Numeric) -> tuple[Numeric, Numeric, Numeric]:
        point = serve(s, alone, Load(batch, prompt_tok, output_tok), layout)
        # one prompt's share of the machine, and the line before it: never more than all others
        prompt = point.prompt_s + c.queue_launch_share * fixed_prefill_s(s, c)
        served = batch / (point.ttft_s + output_tok * point.tpot_s)
        busy = np.minimum(np.minimum(request_per_s, served) * prompt, 1 - 1e-9)
        ahead = prompt * np.minimum(busy / (2 * (1 - busy)), batch - 1)
        return point.tpot_s, point.ttft_s + ahead, ahead

    whole = capacity(s, c, prompt_tok + output_tok, layout)
    places = np.where(whole >= 1, np.floor(capacity(s, c, prompt_tok + c.held_share * output_tok, layout)), 0.0)
    places = places + np.zeros_like(request_per_s * prompt_tok, dtype=float)[()]
    most = np.maximum(places, 1.0)
    low, high = np.zeros_like(most), np.log(most)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        tpot, first, _ = among(np.exp(middle))
        few = np.exp(middle) - 1 < request_per_s * (first + output_tok * tpot)
        low, high = np.where(few, middle, low), np.where(few, high, middle)
    tpot, first, ahead = among(np.exp(high))
    in_service = first + output_tok * tpot
    runs = np.isfinite(in_service)
    offered = np.where(runs, np.minimum(request_per_s * in_service, most), 0.0)  # more than all places is as bad
    wait = mean_wait_s(most, offered, np.where(runs, in_service, 1.0)) * (1 + np.square(output_cv)) / 2
    wait = np.where(runs, wait, np.nan)
    rate = np.where(runs, np.minimum(request_per_s, most / np.where(runs, in_service, 1.0)), 0.0)
    return OpenService(tpot, (first + wait)[()], offered[()], places, wait[()], ahead, (rate * output_tok)[()])
