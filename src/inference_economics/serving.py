"""From a step to a service: batches that fit, latency targets, replicas for a demand, and what a token costs.

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

from .kv_cache import cache_room_bytes, capacity_sequences
from .quantities.checks import require_positive
from .quantities.limits import check, checked
from .queueing import Provision, column, daily_curve, erlang_c, mean_wait_s, provision, servers_for

__all__ = ["Best", "Frontier", "Pools", "Provision", "TokenCost", "best_batch", "calibrated_token_cost", "daily_curve",
           "erlang_c", "expected_tokens", "frontier", "largest_batch", "mean_wait_s", "pools", "prefill_tok",
           "prefix_cached_fraction", "provision", "replicas_for", "servers_for", "speculative_speedup", "token_cost",
           "usd_per_output_token", "verification_cost"]

SECONDS_PER_HOUR = 3600.0


class Frontier(NamedTuple):
    """Latency against throughput, one entry per batch.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Time per output token and to the first one. [s]
    user_tok_per_s, throughput_tok_per_s : numeric
        Output speed of one request, and of the whole replica. [token/s]
    """

    tpot_s: object
    ttft_s: object
    user_tok_per_s: object
    throughput_tok_per_s: object


class Best(NamedTuple):
    """The best batch of a grid.

    Parameters
    ----------
    batch, throughput_tok_per_s : numeric
        Both 0 where no batch meets the targets. [1], [token/s]
    feasible : bool or array
        Whether one does.
    """

    batch: object
    throughput_tok_per_s: object
    feasible: object


class Pools(NamedTuple):
    """Machines of a service with separate prefill and decode.

    Parameters
    ----------
    prefill, decode : numeric
        Machines, before rounding. [1]
    """

    prefill: object
    decode: object


class TokenCost(NamedTuple):
    """What tokens cost.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        By the machine time that each takes. [USD/token]
    request_usd : numeric
        Both for one request. [USD]
    """

    input_usd_per_token: object
    output_usd_per_token: object
    request_usd: object


# -- batches ----------------------------------------------------------------------------------------------------------


@checked
def largest_batch(hbm_bytes, n_chips, param_bytes, kv_bytes_per_sequence, reserve_fraction=0.1):
    """Whole sequences that fit beside the weights.

    Parameters
    ----------
    hbm_bytes : numeric
        Memory of one chip. [B]
    n_chips : numeric
        Chips that share the weights and the cache. [1]
    param_bytes, kv_bytes_per_sequence : numeric
        Weights of one copy; cache of one sequence at its full length. [B]
    reserve_fraction : numeric
        Memory kept for activations, graphs and fragmentation; engines keep about a tenth. [1]

    Returns
    -------
    numeric
        0 where the weights alone do not fit. [1]
    """
    room = cache_room_bytes(hbm_bytes, param_bytes, n_chips, reserve_fraction)
    return capacity_sequences(room, kv_bytes_per_sequence)


@checked
def frontier(batch, decode_step_s, prefill_time_s, output_tok, queue_share=0.0):
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


@checked
def best_batch(batch, tpot_s, ttft_s, tpot_limit_s, ttft_limit_s, largest=np.inf):
    """Batch of a grid with the highest throughput that meets both latency targets and fits.

    Parameters
    ----------
    batch : array
        The grid, along the last axis. [1]
    tpot_s, ttft_s : array
        Latencies at each batch. [s]
    tpot_limit_s, ttft_limit_s : numeric
        The targets. [s]
    largest : numeric
        The batch that memory allows. [1]

    Returns
    -------
    Best
        Reduced over the last axis.
    """
    meets = np.logical_and(np.logical_and(tpot_s <= tpot_limit_s, ttft_s <= ttft_limit_s), batch <= largest)
    throughput = np.where(meets, batch / tpot_s, 0.0)
    best = np.max(throughput, axis=-1)
    reached = np.logical_and(meets, throughput >= column(best))
    return Best(np.max(np.where(reached, batch, 0.0), axis=-1), best, best > 0)


# -- prompts ----------------------------------------------------------------------------------------------------------


@checked
def prefill_tok(prompt_tok, cached_fraction=0.0):
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
def prefix_cached_fraction(prefix_tok, prompt_tok, uses_per_prefix):
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
def pools(input_tok_per_s, output_tok_per_s, prefill_tok_per_s, decode_tok_per_s):
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


# -- speculative decoding ---------------------------------------------------------------------------------------------


@checked
def expected_tokens(acceptance, draft_tok):
    """Tokens that one verification step yields on average [1]_.

    Parameters
    ----------
    acceptance : numeric
        Chance that a drafted token is accepted, each independently of the others. [1]
    draft_tok : numeric
        Tokens drafted. [token]

    Returns
    -------
    numeric
        (1 − α^(γ+1)) / (1 − α): 1 without luck, γ + 1 when every draft is right. [token]
    """
    miss = np.maximum(1 - acceptance, 1e-300)
    return np.where(acceptance < 1, (1 - np.power(acceptance, draft_tok + 1)) / miss, draft_tok + 1)


@checked
def verification_cost(batch, draft_tok, weights_s, compute_per_token_s, other_s=0.0):
    """Verification step over a plain step: free while reading weights is the bottleneck, dear in large batches.

    Parameters
    ----------
    batch : numeric
        Sequences. [1]
    draft_tok : numeric
        Tokens drafted for each. [token]
    weights_s : numeric
        Time to read the weights. [s]
    compute_per_token_s : numeric
        Arithmetic for one token. [s]
    other_s : numeric
        Rest of the step: cache, launches, communication. [s]

    Returns
    -------
    numeric
        At least 1. [1]
    """
    plain = other_s + np.maximum(weights_s, batch * compute_per_token_s)
    return (other_s + np.maximum(weights_s, batch * (draft_tok + 1) * compute_per_token_s)) / plain


@checked
def speculative_speedup(acceptance, draft_tok, draft_cost, verify_cost=1.0):
    """Tokens per unit of time with drafts over without [1]_.

    Parameters
    ----------
    acceptance, draft_tok : numeric
        As in `expected_tokens`.
    draft_cost : numeric
        A step of the draft model over a step of the target. [1]
    verify_cost : numeric
        As from `verification_cost`; Leviathan et al. take 1, a machine with arithmetic to spare. [1]

    Returns
    -------
    numeric
        Below 1 where drafting loses. [1]
    """
    return expected_tokens(acceptance, draft_tok) / (draft_tok * draft_cost + verify_cost)


# -- replicas at a stated utilisation ---------------------------------------------------------------------------------


@checked(utilisation="(0, 1]")
def replicas_for(demand_tok_per_s, throughput_tok_per_s, utilisation=1.0):
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


# -- dollars ----------------------------------------------------------------------------------------------------------


@checked(utilisation="(0, 1]")
def usd_per_output_token(price_usd_per_hour, n_chips, throughput_tok_per_s, utilisation=1.0):
    """All cost on the output tokens.

    Parameters
    ----------
    price_usd_per_hour : numeric
        One chip for one hour. [USD/h]
    n_chips : numeric
        Chips of one replica. [1]
    throughput_tok_per_s : numeric
        Output tokens of the replica at full load. [token/s]
    utilisation : numeric
        Share of that which is sold. [1]

    Returns
    -------
    numeric
        Cost. [USD/token]
    """
    return price_usd_per_hour * n_chips / (SECONDS_PER_HOUR * throughput_tok_per_s * utilisation)


@checked(utilisation="(0, 1]")
def token_cost(price_usd_per_hour, n_chips, batch, prompt_tok, output_tok, prefill_time_s, decode_step_s,
               utilisation=1.0, cached_fraction=0.0):
    """Cost of input and output tokens, by the machine time that each takes.

    Parameters
    ----------
    price_usd_per_hour, n_chips : numeric
        One chip for one hour; chips of one replica. [USD/h], [1]
    batch : numeric
        Sequences that run together. [1]
    prompt_tok, output_tok : numeric
        Lengths. [token]
    prefill_time_s : numeric
        Machine time of one whole prompt. [s]
    decode_step_s : numeric
        Decode step at that batch, without other requests' prefill. [s]
    utilisation : numeric
        Share of the capacity that is sold. [1]
    cached_fraction : numeric
        Share of the prompt found in the prefix cache, taken to cost nothing. [1]

    Returns
    -------
    TokenCost
        A prompt occupies the machine for its prefill; an output token for a step shared by the whole batch.
    """
    usd_per_s = price_usd_per_hour * n_chips / (SECONDS_PER_HOUR * utilisation)
    input_usd = usd_per_s * prefill_time_s * prefill_tok(prompt_tok, cached_fraction) / np.square(prompt_tok)
    output_usd = usd_per_s * decode_step_s / np.maximum(batch, 1.0)
    return TokenCost(input_usd, output_usd, input_usd * prompt_tok + output_usd * output_tok)


def calibrated_token_cost(model, accelerator, price_usd_per_hour, *, utilisation=1.0, cached_fraction=0.0, **load):
    """Cost of input and output tokens with the fitted constants.

    Parameters
    ----------
    model, accelerator, **load
        As in `calibration.calibrated`.
    price_usd_per_hour : numeric
        One chip for one hour. [USD/h]
    utilisation, cached_fraction : numeric
        As in `token_cost`. [1]

    Returns
    -------
    TokenCost
        Sums to the price of the chips over the requests served; infinite where the model does not fit.
    """
    from .calibration import calibrated

    load = {"concurrency": 1, "prompt_tok": 1024, "output_tok": 1024, "tp": 1} | load
    check(price_usd_per_hour=price_usd_per_hour, utilisation=utilisation, cached_fraction=cached_fraction)
    require_positive(utilisation=utilisation)
    point = calibrated(model, accelerator, **load)
    prompt_tok, output_tok = (np.asarray(load[name], float) for name in ("prompt_tok", "output_tok"))
    usd_per_s = price_usd_per_hour * np.asarray(load["tp"], float) / (SECONDS_PER_HOUR * utilisation)
    serves = point.output_tok_per_s > 0
    request_usd = np.where(serves, usd_per_s * output_tok / np.where(serves, point.output_tok_per_s, 1.0), np.inf)
    decode_s = output_tok * (point.weights_s + point.cache_s + point.communication_s + point.launch_s
                             + point.sequences_s) / point.batch
    of_prompt = point.prompt_s / (point.prompt_s + decode_s)
    input_usd = request_usd * of_prompt * (1 - cached_fraction)
    output_usd = request_usd * (1 - of_prompt)
    return TokenCost(input_usd / prompt_tok, output_usd / output_tok, input_usd + output_usd)
