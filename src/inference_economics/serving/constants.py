"""What the roofline does not know about a chip generation and an engine, and what a machine without losses has."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from ..quantities.numeric import Numeric


@dataclass(frozen=True)
class Constants:
    """What the roofline does not know about one chip generation and one engine.

    Parameters
    ----------
    weight_mbu, expert_mbu, cache_mbu : numeric
        Share of the memory bandwidth reached on shared weights, on experts, on the cache. [1]
    dense_mfu, expert_mfu : numeric
        Share of the bf16 peak reached by shared weights and attention, and by experts. [1]
    fp8_share, block_share, fp4_share : numeric
        Share of that reached of the peak in fp8 with one scale per tensor, in fp8 scaled by blocks, in four bits. [1]
    message_share, bulk_share : numeric
        Share of the link bandwidth reached by a decode step's messages, and in prefill. [1]
    collective_s : numeric
        Latency of one round of messages between two chips; each doubling of the chips adds half of it. [s]
    layer_s, expert_layer_s, shared_expert_s : numeric
        Launch time of a layer; of its router and experts; of the expert that every token passes besides. [s]
    latent_launch_s, state_launch_s : numeric
        Launch time that latent attention adds, and that a fixed state (linear attention, Mamba) adds. [s]
    quantise_s, block_s, widen_s : numeric
        Launch time of quantising the activations of a layer whose dense weights have four bits; of one in fp8 scaled by
        blocks; of widening experts in int4. [s]
    mixture_launch : numeric
        Launch time of a mixture as a share of what it was at `calibration.BUILT`: engines improve. [1]
    mixture_prefill : numeric
        The same for the part of a mixture's prefill that no length explains, which fell faster. [1]
    sequence_s : numeric
        Scheduling and sampling, per sequence and step. [s]
    layer_passes, expert_passes : numeric
        Times that prefill moves a token's activations through the memory of every chip: per layer, and per layer and
        chosen expert. [1]
    interference : numeric
        Time by which one second of another request's prefill delays a decoding one. [1]
    request_s, request_layer_s, latent_layer_s, state_layer_s : numeric
        Time to first token that no prompt length explains: per request, per layer (prefill runs without captured
        graphs), per layer of latent attention, and per layer with a fixed state. [s]
    held_steps : numeric
        Decode steps that a scheduler lets pass before it takes a new request in; 0 unless it is told to wait. [1]
    queue_share : numeric
        Mean number of prompts ahead of a new one, per other request in flight. [1]
    queue_launch_share : numeric
        Share of their layers' launches, besides their arithmetic, that a new prompt waits for. [1]
    memory_share, cache_share : numeric
        Share of the memory that the engine takes; of what weights and reserve leave of it, the cache's share. [1]
    held_share : numeric
        Share of its answer for which a running sequence holds room: 1 where the engine sets all of it aside, 1/2 where
        the cache grows with the answer. [1]
    reserve_bytes, reserve_bytes_per_chip : numeric
        What one chip keeps back of that for activations, captured graphs and libraries: always, and for each chip of a
        copy. [B]
    """

    weight_mbu: Numeric
    expert_mbu: Numeric
    cache_mbu: Numeric
    dense_mfu: Numeric
    fp8_share: Numeric
    block_share: Numeric
    fp4_share: Numeric
    expert_mfu: Numeric
    message_share: Numeric
    bulk_share: Numeric
    collective_s: Numeric
    layer_s: Numeric
    expert_layer_s: Numeric
    shared_expert_s: Numeric
    latent_launch_s: Numeric
    state_launch_s: Numeric
    quantise_s: Numeric
    block_s: Numeric
    widen_s: Numeric
    mixture_launch: Numeric
    mixture_prefill: Numeric
    sequence_s: Numeric
    layer_passes: Numeric
    expert_passes: Numeric
    interference: Numeric
    request_s: Numeric
    request_layer_s: Numeric
    latent_layer_s: Numeric
    state_layer_s: Numeric
    held_steps: Numeric
    queue_share: Numeric
    queue_launch_share: Numeric
    memory_share: Numeric
    cache_share: Numeric
    held_share: Numeric
    reserve_bytes: Numeric
    reserve_bytes_per_chip: Numeric

    def bound(self) -> Constants:
        """Return the constants of a machine without losses that keeps as much of its memory free."""
        return replace(IDEAL, **{name: getattr(self, name) for name in MEMORY})


# by the rules of engines.toml
MEMORY = ("memory_share", "cache_share", "held_share", "reserve_bytes", "reserve_bytes_per_chip")
_WHOLE = ("interference", "memory_share", "cache_share", "held_share", "fp8_share", "block_share", "fp4_share",
          "mixture_launch", "mixture_prefill")
# nothing but the hardware: every share 1, nothing launched, links without end
IDEAL = Constants(**{field.name: 1.0 if field.name.endswith(("_mbu", "_mfu")) or field.name in _WHOLE else 0.0
                     for field in fields(Constants)} | {"message_share": np.inf, "bulk_share": np.inf})
