"""From a step to a service: latency targets, prompts already cached, pools, and replicas for a demand.

The chain is demand → places → replicas → utilisation → dollars; the middle of it is in `queueing`, and its functions
can be called from here too. Times of steps and prompts come from `roofline` (bounds) or `calibration` (fitted);
everything here takes plain numbers.

References
----------
.. [1] Leviathan, Kalman, Matias, "Fast Inference from Transformers via Speculative Decoding", arXiv:2211.17192, 2023.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.checks import is_traced, number
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .queueing import column


class Frontier(NamedTuple):
    """Latency against throughput, one entry per batch.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Time per output token and to the first one. [s]
    user_tok_per_s, throughput_tok_per_s : numeric
        Output speed of one request, and of the whole replica. [token/s]
    """

    tpot_s: Numeric
    ttft_s: Numeric
    user_tok_per_s: Numeric
    throughput_tok_per_s: Numeric


class Best(NamedTuple):
    """The best batch of a grid.

    Parameters
    ----------
    batch, throughput_tok_per_s : numeric
        Both 0 where no batch meets the targets. [1], [token/s]
    feasible : bool or array
        Whether one does.
    """

    batch: Numeric
    throughput_tok_per_s: Numeric
    feasible: Numeric


class Pools(NamedTuple):
    """Machines of a service with separate prefill and decode.

    Parameters
    ----------
    prefill, decode : numeric
        Machines, before rounding. [1]
    """

    prefill: Numeric
    decode: Numeric


# -- batches ----------------------------------------------------------------------------------------------------------


@checked
def frontier(batch: Numeric, decode_step_s: Numeric, prefill_time_s: Numeric, output_tok: Numeric,
             queue_share: Numeric = 0.0) -> Frontier:
    """Latency and throughput of a replica that prefills and decodes on the same chips.

    Parameters
    ----------
    batch : numeric
        Sequences that run together. [1]
    decode_step_s : numeric
        Decode step at that batch. [s]
    prefill_time_s : numeric
        Prefill of one prompt. [s]
    output_tok : numeric
        Tokens generated per request. [token]
    queue_share : numeric
        Prompts ahead of a new one, per other request in flight. Zero for arrivals that never meet. [1]

    Returns
    -------
    Frontier
        In steady state every other sequence is prefilled once per answer, so (batch − 1) / output_tok prefills stand
        between two tokens.

    Notes
    -----
    With one prefill in the way of all decoding the machine's time is fully used: prefill · batch + step · output per
    `batch` answers. Chunked prefill spreads the wait evenly but does not remove it.
    """
    tpot = decode_step_s + np.maximum(batch - 1, 0) / output_tok * prefill_time_s
    ttft = prefill_time_s * (1 + queue_share * np.maximum(batch - 1, 0)) + decode_step_s
    return Frontier(tpot, ttft, 1 / tpot, batch / tpot)


@checked(tpot_s="[0, inf] undefined", ttft_s="[0, inf] undefined")
def best_batch(batch: Numeric, tpot_s: Numeric, ttft_s: Numeric, tpot_limit_s: Numeric, ttft_limit_s: Numeric,
               largest: Numeric = np.inf) -> Best:
    """Batch of a grid with the highest throughput that meets both latency targets and fits.

    Parameters
    ----------
    batch : array
        The grid, along the last axis. [1]
    tpot_s, ttft_s : array
        Latencies at each batch; NaN where nothing runs, which meets no target. [s]
    tpot_limit_s, ttft_limit_s : numeric
        The targets. [s]
    largest : numeric
        The batch that memory allows. [1]

    Returns
    -------
    Best
        Reduced over the last axis.
    """
    tpot_s, ttft_s = _undefined_last("tpot_s", tpot_s), _undefined_last("ttft_s", ttft_s)
    return _best(batch, tpot_s, ttft_s, tpot_limit_s, ttft_limit_s, largest)


@checked(tpot_s="[0, inf] undefined", ttft_s="[0, inf] undefined")
def carried(batch: Numeric, tpot_s: Numeric, ttft_s: Numeric, tpot_limit_s: Numeric, ttft_limit_s: Numeric,
            largest: Numeric = np.inf, replicas: Numeric = 1.0) -> Numeric:
    """Requests at once that a machine carries within both latency targets.

    Parameters
    ----------
    batch, tpot_s, ttft_s : array
        As in `best_batch`, of one copy. [1], [s], [s]
    tpot_limit_s, ttft_limit_s, largest : numeric
        Likewise. [s], [s], [1]
    replicas : numeric
        Copies of the model that the machine holds. [1]

    Returns
    -------
    numeric
        The best batch of each copy, over all copies; 0 where not one request is in time. [1]
    """
    return best_batch(batch, tpot_s, ttft_s, tpot_limit_s, ttft_limit_s, largest).batch * replicas


def _undefined_last(name: str, time_s: Numeric) -> Numeric:
    """Return a latency with infinity where it is undefined, so that it meets no target."""
    if is_traced(time_s):
        return time_s
    time_s = number(name, time_s)
    return np.where(np.isnan(time_s), np.inf, time_s)


@checked(tpot_s="[0, inf]", ttft_s="[0, inf]")
def _best(batch: Numeric, tpot_s: Numeric, ttft_s: Numeric, tpot_limit_s: Numeric, ttft_limit_s: Numeric,
          largest: Numeric) -> Best:
    meets = np.logical_and(np.logical_and(tpot_s <= tpot_limit_s, ttft_s <= ttft_limit_s), batch <= largest)
    throughput = np.where(meets, batch / np.where(meets, tpot_s, 1.0), 0.0)
    best = np.max(throughput, axis=-1)
    reached = np.logical_and(meets, throughput >= column(best))
    return Best(np.max(np.where(reached, batch, 0.0), axis=-1), best, best > 0)


# -- prompts ----------------------------------------------------------------------------------------------------------


@checked
def prefill_tok(prompt_tok: Numeric, cached_fraction: Numeric = 0.0) -> Numeric:
    """Prompt tokens that still need arithmetic after the prefix cache.

    Parameters
    ----------
    prompt_tok : numeric
        Prompt length. [token]
    cached_fraction : numeric
        Share found in the cache. [1]

    Returns
    -------
    numeric
        Tokens to prefill; the last one always is, because it makes the first answer token. [token]
    """
    return np.maximum(prompt_tok * (1 - cached_fraction), 1.0)


@checked
def prefix_cached_fraction(prefix_tok: Numeric, prompt_tok: Numeric, uses_per_prefix: Numeric) -> Numeric:
    """Share of prompt tokens found in the cache when prompts repeat a prefix.

    Parameters
    ----------
    prefix_tok : numeric
        Length of the common beginning. [token]
    prompt_tok : numeric
        Whole prompt. [token]
    uses_per_prefix : numeric
        Prompts with this prefix before it is evicted; the first of them misses. At least 1. [1]

    Returns
    -------
    numeric
        (1 − 1/uses) · prefix / prompt. [1]
    """
    return (1 - 1 / uses_per_prefix) * np.minimum(prefix_tok / prompt_tok, 1.0)


@checked
def pools(input_tok_per_s: Numeric, output_tok_per_s: Numeric, prefill_tok_per_s: Numeric,
          decode_tok_per_s: Numeric) -> Pools:
    """Machines for prefill and for decode when the two run apart.

    Parameters
    ----------
    input_tok_per_s, output_tok_per_s : numeric
        Demand. [token/s]
    prefill_tok_per_s, decode_tok_per_s : numeric
        What one machine does of each. [token/s]

    Returns
    -------
    Pools
        DeepSeek's day of 608 and 168 billion tokens at 73.7k and 14.8k per second gives 95.5 + 131.4 nodes.
    """
    return Pools(input_tok_per_s / prefill_tok_per_s, output_tok_per_s / decode_tok_per_s)


# -- replicas at a stated utilisation ---------------------------------------------------------------------------------


@checked(utilisation="(0, 1]")
def replicas_for(demand_tok_per_s: Numeric, throughput_tok_per_s: Numeric, utilisation: Numeric = 1.0) -> Numeric:
    """Replicas for a steady demand at a stated utilisation.

    Parameters
    ----------
    demand_tok_per_s : numeric
        Output tokens asked for. [token/s]
    throughput_tok_per_s : numeric
        Output tokens of one replica at full load. [token/s]
    utilisation : numeric
        How full to run them. [1]

    Returns
    -------
    numeric
        Whole replicas. [1]
    """
    return np.ceil(demand_tok_per_s / (throughput_tok_per_s * utilisation))
