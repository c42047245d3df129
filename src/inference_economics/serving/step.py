"""One step of a serving engine in plain numbers: the formulas behind `calibration`.

`Setup` holds what is known of a model on a chip, `Constants` what has to be measured; both may hold arrays, one entry
per configuration. Every function here is a few lines of arithmetic in base units, and traces.

Each step of a batch that decodes costs, on a chip that holds 1/n of the model:

* reading the shared weights or doing their arithmetic, whichever is slower; the same for the experts that the batch
  touches; reading each sequence's cache;
* for each layer a fixed time to launch it, more in a layer of experts, and two all-reduces when n > 1;
* a fixed time per sequence for scheduling and sampling.

Other requests' prefill takes its turn: per token generated, (batch − 1) / output of a prompt. Where more requests are
in flight than the cache holds, the batch stops growing and the rest wait: Little's law gives for how long.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from ..models.experts import experts_touched
from ..models.flop import FLOP_PER_PARAM
from ..quantities.limits import checked
from .deployment import EMBEDDING_BYTES, Setup

ACTIVATION_BYTES = 2.0


@dataclass(frozen=True)
class Constants:
    """What the roofline does not know about one chip generation and one engine.

    Parameters
    ----------
    weight_mbu, expert_mbu, cache_mbu : numeric
        Share of the memory bandwidth reached on shared weights, on experts, on the cache. [1]
    dense_mfu, expert_mfu : numeric
        Share of the peak reached by shared weights and attention, and by experts. [1]
    message_share, bulk_share : numeric
        Share of the link bandwidth reached by a decode step's small messages, and in prefill. [1]
    collective_s : numeric
        Latency of one all-reduce between two chips; each doubling of the chips adds half of it. [s]
    layer_s, expert_launch_s, quantise_s : numeric
        Launch time of a layer; of a layer of experts, per expert chosen; of quantising the activations of a layer whose
        dense weights have four bits. [s]
    sequence_s : numeric
        Scheduling and sampling, per sequence and step. [s]
    interference : numeric
        Time by which one second of another request's prefill delays a decoding one. [1]
    request_s, request_layer_s, latent_layer_s : numeric
        Time to first token that no prompt length explains: per request, per layer (prefill runs without captured
        graphs), and per layer of latent attention. [s]
    queue_share : numeric
        Mean number of prompts ahead of a new one, per other request in flight. [1]
    memory_share : numeric
        Share of the memory left to weights and cache. [1]
    """

    weight_mbu: object
    expert_mbu: object
    cache_mbu: object
    dense_mfu: object
    expert_mfu: object
    message_share: object
    bulk_share: object
    collective_s: object
    layer_s: object
    expert_launch_s: object
    quantise_s: object
    sequence_s: object
    interference: object
    request_s: object
    request_layer_s: object
    latent_layer_s: object
    queue_share: object
    memory_share: object


class Serving(NamedTuple):
    """A service at one load.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Mean time per output token, and to the first one; infinite where not even one sequence fits. [s]
    batch, capacity : numeric
        Sequences that run, and the most that the cache holds. [1]
    weights_s, cache_s, communication_s, launch_s, sequences_s, prefill_s : numeric
        The parts of `tpot_s`. [s]
    prompt_s : numeric
        Machine time of one prompt's prefill. [s]
    wait_s : numeric
        The part of `ttft_s` spent waiting for room in the cache. [s]
    output_tok_per_s, input_tok_per_s : numeric
        Throughput of all the chips together. [token/s]
    """

    tpot_s: object
    ttft_s: object
    batch: object
    capacity: object
    weights_s: object
    cache_s: object
    communication_s: object
    launch_s: object
    sequences_s: object
    prefill_s: object
    prompt_s: object
    wait_s: object
    output_tok_per_s: object
    input_tok_per_s: object


# -- the formulas, in plain numbers -----------------------------------------------------------------------------------


@checked
def cached_bytes(s: Setup, context_tok):
    """Cache of one sequence.

    Parameters
    ----------
    s : Setup
        Model and chip.
    context_tok : numeric
        Its length. [token]

    Returns
    -------
    numeric
        Growing, windowed and fixed part. [B]
    """
    return (s.cache_bytes_per_tok * context_tok + s.window_bytes_per_tok * np.minimum(context_tok, s.window_tok)
            + s.state_bytes)


@checked
def capacity(s: Setup, c: Constants, prompt_tok, output_tok, n_chips, attention_dp):
    """Sequences whose whole length fits beside the weights, over all chips.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    prompt_tok, output_tok : numeric
        Lengths. [token]
    n_chips, attention_dp : numeric
        As in `serve`. [1]

    Returns
    -------
    numeric
        Not rounded; below 1 nothing runs. [1]
    """
    tp = n_chips / attention_dp
    weights = s.resident_bytes / tp + s.experts * s.expert_params * s.expert_bytes_per_param / n_chips
    sequence = cached_bytes(s, prompt_tok + output_tok) / np.minimum(tp, s.cache_shards)
    return attention_dp * (c.memory_share * s.hbm_bytes - weights) / sequence


@checked
def weights_time_s(s: Setup, c: Constants, batch, n_chips, attention_dp):
    """Shared weights and touched experts: read, or worked through, whichever is slower.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    n_chips, attention_dp : numeric
        As in `serve`. [1]

    Returns
    -------
    numeric
        Time in one decode step. [s]
    """
    tp, group = n_chips / attention_dp, batch / attention_dp
    shared = (s.shared_params * s.shared_bytes_per_param + s.head_params * EMBEDDING_BYTES) / tp
    work = FLOP_PER_PARAM * group * (s.shared_params + s.head_params) / tp
    # unwrapped: a dense model has no experts to choose, which the checked formula refuses
    touched = experts_touched.__wrapped__(batch, s.experts, s.experts_active) * s.expert_params / n_chips
    expert_work = FLOP_PER_PARAM * batch * s.experts_active * s.expert_params / n_chips
    return np.maximum(shared / (s.hbm_bytes_per_s * c.weight_mbu), work / (s.shared_flop_per_s * c.dense_mfu)) + (
        np.maximum(touched * s.expert_bytes_per_param / (s.hbm_bytes_per_s * c.expert_mbu),
                   expert_work / (s.expert_flop_per_s * c.expert_mfu)))


@checked
def cache_time_s(s: Setup, c: Constants, batch, context_tok, n_chips, attention_dp):
    """Reading the cache of the sequences that one chip helps to decode.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    context_tok : numeric
        Length of each. [token]
    n_chips, attention_dp : numeric
        As in `serve`. [1]

    Returns
    -------
    numeric
        Time in one decode step. [s]
    """
    shards = np.minimum(n_chips / attention_dp, s.cache_shards)
    read = cached_bytes(s, np.minimum(context_tok, s.attend_tok))
    return batch / attention_dp * read / shards / (s.hbm_bytes_per_s * c.cache_mbu)


def _sent_time_s(s: Setup, batch_tok, n_chips, link_share):
    """Two all-reduces per layer: what each chip sends, latency aside."""
    sent = 2 * (n_chips - 1) / n_chips * batch_tok * s.hidden * ACTIVATION_BYTES
    return 2 * s.layers * sent / (s.link_bytes_per_s * link_share)


@checked
def communication_time_s(s: Setup, c: Constants, batch, n_chips, attention_dp):
    """Two all-reduces per layer of a decode step.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    n_chips, attention_dp : numeric
        As in `serve`. [1]

    Returns
    -------
    numeric
        Latency, and what each chip sends. [s]
    """
    # a constant was tried: it left a drift of 9 points between 2 and 8 chips
    hops = 0.5 + 0.5 * np.log2(n_chips)
    latency = np.where(n_chips > 1, 2 * s.layers * c.collective_s * hops, 0.0)
    return latency + _sent_time_s(s, batch / attention_dp, n_chips, c.message_share)


def launch_time_s(s: Setup, c: Constants):
    """Starting the kernels of a step.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.

    Returns
    -------
    numeric
        The same for every batch. [s]
    """
    return (s.layers * c.layer_s + s.expert_layers * s.experts_active * c.expert_launch_s
            + s.quantised_layers * c.quantise_s)


@checked
def prefill_time_s(s: Setup, c: Constants, prompt_tok, n_chips, attention_dp):
    """Prefill of one prompt.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    prompt_tok : numeric
        Its length. [token]
    n_chips, attention_dp : numeric
        As in `serve`. [1]

    Returns
    -------
    tuple of numeric
        Time that it takes from all chips together, and time until it is done. They differ where groups of chips work
        on different prompts, and for short prompts, which still read every weight once. [s]
    """
    tp = n_chips / attention_dp
    pairs = prompt_tok / 2 * s.whole_layers * np.minimum(1.0, 2 * s.attend_tok / prompt_tok) + (
        s.window_layers * np.minimum(prompt_tok / 2, s.window_tok))
    shared = prompt_tok * (FLOP_PER_PARAM * s.shared_params + s.pair_flop * pairs) / (s.shared_flop_per_s * c.dense_mfu)
    expert = FLOP_PER_PARAM * prompt_tok * s.experts_active * s.expert_params / (s.expert_flop_per_s * c.expert_mfu)
    sent = _sent_time_s(s, prompt_tok, n_chips, c.bulk_share)
    taken = (shared + expert) / n_chips + sent
    # short prompts still read every weight once
    experts = s.experts * s.expert_params * s.expert_bytes_per_param / n_chips
    read = s.shared_params * s.shared_bytes_per_param / tp / c.weight_mbu + experts / c.expert_mbu
    alone = np.maximum(shared / tp + expert / n_chips + sent, read / s.hbm_bytes_per_s)
    return taken, alone


@checked
def serve(s: Setup, c: Constants, concurrency, prompt_tok, output_tok, n_chips, attention_dp=1.0) -> Serving:
    """Evaluate a service in plain numbers: see the module's description.

    Parameters
    ----------
    s : Setup
        A model in some format on some chip.
    c : Constants
        What has to be measured; `IDEAL` gives the bound.
    concurrency : numeric
        Requests in flight, running or waiting. [1]
    prompt_tok, output_tok : numeric
        Mean lengths of prompts and answers. [token]
    n_chips : numeric
        Chips that share one copy of the model. [1]
    attention_dp : numeric
        Groups of them that each hold whole attention layers and a share of the sequences. [1]

    Returns
    -------
    Serving
    """
    room = capacity(s, c, prompt_tok, output_tok, n_chips, attention_dp)
    fits = room >= 1
    batch = np.minimum(concurrency, np.maximum(room, 1.0))
    taken, alone = prefill_time_s(s, c, prompt_tok, n_chips, attention_dp)
    weights = weights_time_s(s, c, batch, n_chips, attention_dp)
    cache_ = cache_time_s(s, c, batch, prompt_tok + output_tok / 2, n_chips, attention_dp)
    communication = communication_time_s(s, c, batch, n_chips, attention_dp)
    launch, sequences = launch_time_s(s, c), c.sequence_s * batch / attention_dp
    step = weights + cache_ + communication + launch + sequences
    prefill = c.interference * np.maximum(batch - 1, 0.0) / output_tok * taken
    tpot = step + prefill
    own = (c.request_s + s.layers * c.request_layer_s + s.latent_layers * c.latent_layer_s + step + alone
           + c.queue_share * np.maximum(batch - 1, 0.0) * taken)
    # Little's law: whoever finds no room waits for one of `batch` places, each held for a whole request
    wait = (concurrency - batch) / batch * (own + output_tok * tpot)
    rate = concurrency / (wait + own + output_tok * tpot)
    return Serving(np.where(fits, tpot, np.inf), np.where(fits, wait + own, np.inf), batch, room, weights, cache_,
                   communication, launch, sequences, prefill, taken, wait, np.where(fits, rate * output_tok, 0.0),
                   np.where(fits, rate * prompt_tok, 0.0))


# nothing but the hardware: every share 1, nothing launched, links without end
IDEAL = Constants(**{field.name: 1.0 if field.name.endswith(("_mbu", "_mfu")) else 0.0 for field in fields(Constants)}
                  | {"interference": 1.0, "memory_share": 1.0, "message_share": np.inf, "bulk_share": np.inf})
