"""Prompts and answers on chips of their own: a pool of copies that prefill, a pool that decodes, and caches that move.

No measured point of this kind is fitted: the constants are those of `calibration`, and `calibration.unseen` holds the
errors under ``disaggregated``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..hardware.accelerators import Accelerator
from ..models import Model
from ..quantities.checks import require_whole
from ..quantities.numeric import Numeric
from .calibration import TYPICAL, constants, layout_of
from .formats import Formats
from .layout import Layout
from .load import _check_load
from .measurements import BUILT
from .setups import Setup, setup
from .step import Constants, cached_bytes, link_bytes_per_s, serve, window_copies_bytes


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


def disaggregated(model: Model | str, accelerator: Accelerator | str, *, prefill_workers: Numeric, prefill_tp: Numeric,
                  decode_workers: Numeric, decode_tp: Numeric, decode_attention_dp: Numeric = 1,
                  expert_parallel: Numeric = 1, precision: str | Formats = "fp8", concurrency: Numeric = 1,
                  prompt_tok: Numeric = 1024, output_tok: Numeric = 1024, engine: str = TYPICAL,
                  bytes_per_value: float | None = None, link_bytes_per_s: float | None = None,
                  harness: str = "inferencex", built: float = BUILT) -> Disaggregated:
    """Evaluate a service with one pool of copies for prompts and one for answers.

    Parameters
    ----------
    model, accelerator, precision, concurrency, prompt_tok, output_tok, engine, harness, built
        As in `calibrated`; `concurrency` counts the whole service.
    prefill_workers, decode_workers : numeric
        Copies in each pool. [1]
    prefill_tp, decode_tp : numeric
        Chips of one copy. [1]
    decode_attention_dp, expert_parallel : numeric
        Of a decoding copy, as in `calibrated`. [1]
    bytes_per_value, link_bytes_per_s : float, optional
        As in `calibrated`.

    Returns
    -------
    Disaggregated

    Notes
    -----
    Requests circulate: a queue before the prefill pool (Schweitzer's approximation of a closed network, the pool's many
    servers as one fast one and a delay), the transfer, and the answer without interference. The cache moves over one
    chip's share of the links at `Constants.bulk_share`.
    """
    s = setup(model, accelerator, precision, bytes_per_value, link_bytes_per_s)
    require_whole(prefill_workers=prefill_workers, decode_workers=decode_workers)
    _check_load(s, concurrency, prompt_tok, output_tok, decode_tp, decode_attention_dp)
    _check_load(s, concurrency, prompt_tok, output_tok, prefill_tp, 1)
    c = constants(accelerator, engine, harness, built)
    return serve_pools(s, c, concurrency, prompt_tok, output_tok, prefill_workers, layout_of(prefill_tp),
                       decode_workers, layout_of(decode_tp, decode_attention_dp, expert_parallel))


def serve_pools(s: Setup, c: Constants, concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric,
                prefill_workers: Numeric, prefill: Layout, decode_workers: Numeric, decode: Layout) -> Disaggregated:
    """Evaluate `disaggregated` in plain numbers.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    concurrency, prompt_tok, output_tok : numeric
        As in `disaggregated`. [1], [token], [token]
    prefill_workers, decode_workers : numeric
        Copies in each pool. [1]
    prefill, decode : Layout
        How a copy of each is cut.

    Returns
    -------
    Disaggregated
    """
    read = serve(s, c, 1.0, prompt_tok, 1.0, layout=prefill)
    fixed = s.layers * c.request_layer_s + s.latent_layers * c.latent_layer_s
    work_s = read.prompt_s + c.queue_launch_share * fixed
    link = np.where(np.isnan(s.link_bytes_per_s), s.far_link_bytes_per_s, link_bytes_per_s(s, 2.0))
    cached = cached_bytes(s, prompt_tok) + window_copies_bytes(s, prompt_tok, prefill)
    transfer = cached / prefill.cache_shards(s.cache_shards) / (link * c.bulk_share)
    # the pool as one server that is as fast as all of them, and the rest of a prompt's own time as a delay
    aside = read.ttft_s + transfer - work_s / prefill_workers
    load = (prompt_tok, output_tok)
    answered = serve(s, c, np.maximum(concurrency / decode_workers, 1.0), *load, layout=decode, burst=1.0)
    demand = work_s / prefill_workers
    for _ in range(2):
        # what waits for its prompt does not decode; what cannot run is worked out for a step of a second, and left out
        delay = np.where(np.logical_and(read.runs, answered.runs), aside + output_tok * answered.tpot_s, output_tok)
        half = (delay - np.where(read.runs, demand, 0.0) * concurrency) / 2
        queue = np.sqrt(half * half + np.where(read.runs, demand, 0.0) * delay) - half
        share = np.minimum(np.where(answered.runs, output_tok * answered.tpot_s, 0.0) / (delay + queue), 1.0)
        decoding = np.maximum(concurrency * np.where(read.runs, share, 1.0) / decode_workers, 1.0)
        answered = serve(s, c, decoding, *load, layout=decode, burst=1.0)
    runs = np.logical_and(read.runs, answered.runs)
    rate = np.where(runs, concurrency / (aside + queue + output_tok * answered.tpot_s), 0.0)
    # whoever finds no room to decode waits with a first token already out
    return Disaggregated(np.where(runs, answered.tpot_s, np.nan), np.where(runs, aside + queue, np.nan), answered.batch,
                         np.where(runs, transfer, np.nan), np.where(runs, np.minimum(rate * demand, 1.0), 0.0),
                         rate * output_tok)
