"""Prompts and answers on chips of their own: a pool of copies that prefill, a pool that decodes, and caches that move.

No measured point of this kind is fitted: the constants are those of `calibration`, and `calibration.unseen` holds the
errors under ``disaggregated``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..quantities.checks import is_traced
from ..quantities.limits import checked_fields
from ..quantities.numeric import Numeric
from .communication import check_joined, link_bytes_per_s
from .constants import Constants
from .deployment import Deployment
from .layout import ONE_CHIP, Layout
from .load import Load
from .memory import cached_bytes_per_chip
from .prefill import fixed_prefill_s
from .setups import Setup
from .step import Serving, serve

PASS_TOK = 8192.0  # tokens of one forward pass: vLLM's and TensorRT-LLM's default on chips of this size


@dataclass(frozen=True)
class Pool:
    """Equal copies of a model that do one thing.

    Parameters
    ----------
    setup, constants : Setup, Constants
        Model and chip, and what was measured of them.
    layout : Layout
        How each copy is cut.
    workers : numeric
        Copies. [1]

    Raises
    ------
    ValueError
        When `workers` is no whole number of them, or no link joins the chips of a copy.
    """

    setup: Setup
    constants: Constants
    layout: Layout = ONE_CHIP
    workers: Numeric = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be, and hold the number as float64."""
        checked_fields(self)
        check_joined(self.setup, self.layout.n_chips)

    @classmethod
    def of(cls, deployment: Deployment, workers: Numeric = 1.0) -> Pool:
        """Return so many copies of a deployment."""
        layout = deployment.layout if isinstance(deployment.layout, Layout) else Layout.of(deployment.layout)
        return cls(deployment.setup, deployment.constants, layout, workers)


class Disaggregated(NamedTuple):
    """A service whose prompts and answers run on pools of their own.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Mean time per output token, and to the first one; NaN where nothing can run. [s]
    batch : numeric
        Sequences that one decoding copy runs. [1]
    transfer_s : numeric
        The part of `ttft_s` in which the cache of a prompt moves to its decoding copy. [s]
    prefill_busy : numeric
        Share of time in which the prefill pool works. [1]
    output_tok_per_s : numeric
        Throughput of all copies together. [token/s]
    """

    tpot_s: Numeric
    ttft_s: Numeric
    batch: Numeric
    transfer_s: Numeric
    prefill_busy: Numeric
    output_tok_per_s: Numeric


def serve_pools(prefill: Pool, decode: Pool, load: Load) -> Disaggregated:
    """Evaluate a service with one pool of copies for prompts and one for answers.

    Parameters
    ----------
    prefill, decode : Pool
        The copies that read prompts, and those that answer: of one model, on one chip or on two.
    load : Load
        What is asked of the whole service.

    Returns
    -------
    Disaggregated

    Raises
    ------
    ValueError
        When the pools run two models.

    Notes
    -----
    Requests circulate: a queue before the prefill pool (Schweitzer's approximation of a closed network, the pool's many
    servers as one fast one and a delay), the transfer, and the answer without interference. Prompts of fewer than
    `PASS_TOK` tokens share the launches of a forward pass. The cache moves over one chip's share of the prefill pool's
    links at `Constants.bulk_share`.
    """
    s, c = prefill.setup, prefill.constants
    _check_one_model(s, decode.setup)
    output_tok = load.output_tok
    read = serve(s, c, Load(1.0, load.prompt_tok, 1.0), prefill.layout)
    # prompts that fit into one forward pass share its launches
    work_s = read.prompt_s + c.queue_launch_share * fixed_prefill_s(s, c) * np.minimum(load.prompt_tok / PASS_TOK, 1.0)
    link = np.where(np.isnan(s.link_bytes_per_s), s.far_link_bytes_per_s, link_bytes_per_s(s, 2.0))
    transfer = cached_bytes_per_chip(s, load.prompt_tok, prefill.layout) / (link * c.bulk_share)
    # the pool as one server that is as fast as all of them, and the rest of a prompt's own time as a delay
    demand = work_s / prefill.workers
    # two engines each take the request in
    aside = read.ttft_s + c.request_s + transfer - demand

    def answer(decoding: Numeric) -> Serving:
        # prompts are read elsewhere, so nothing interferes
        each = replace(load, concurrency=np.maximum(decoding / decode.workers, 1.0), arrival="burst")
        return serve(decode.setup, decode.constants, each, decode.layout)

    answered = answer(load.concurrency)
    for _ in range(2):
        # what waits for its prompt does not decode; what cannot run is worked out for a step of a second, and left out
        delay = np.where(np.logical_and(read.runs, answered.runs), aside + output_tok * answered.tpot_s, output_tok)
        half = (delay - np.where(read.runs, demand, 0.0) * load.concurrency) / 2
        queue = np.sqrt(half * half + np.where(read.runs, demand, 0.0) * delay) - half
        share = np.minimum(np.where(answered.runs, output_tok * answered.tpot_s, 0.0) / (delay + queue), 1.0)
        answered = answer(load.concurrency * np.where(read.runs, share, 1.0))
    runs = np.logical_and(read.runs, answered.runs)
    rate = np.where(runs, load.concurrency / (aside + queue + output_tok * answered.tpot_s), 0.0)
    # whoever finds no room to decode waits with a first token already out; those who run write no faster for it
    most = decode.workers * answered.batch / np.where(runs, output_tok * answered.tpot_s, 1.0)
    rate = np.minimum(rate, np.where(runs, most, 0.0))
    return Disaggregated(np.where(runs, answered.tpot_s, np.nan), np.where(runs, aside + queue, np.nan), answered.batch,
                         np.where(runs, transfer, np.nan), np.where(runs, np.minimum(rate * demand, 1.0), 0.0),
                         rate * output_tok)


def _check_one_model(prefill: Setup, decode: Setup) -> None:
    shapes = [(s.layers, s.hidden, s.experts, s.shared_params) for s in (prefill, decode)]
    if not is_traced(shapes[0][0]) and not is_traced(shapes[1][0]) and not all(map(np.array_equal, *shapes)):
        raise ValueError("prefill and decode run two models: give pools of the same one.")
