"""One step of a serving engine in plain numbers: the formulas behind `calibration`.

`Setup` holds what is known of a model on a chip, `Constants` what has to be measured; both may hold arrays, one entry
per configuration. Every function here is a few lines of arithmetic in base units, and traces.

Each step of a batch that decodes costs, on a chip that holds 1/n of the model:

* reading the shared weights or doing their arithmetic, whichever is slower; the same for the experts that the batch
  touches; reading each sequence's cache;
* for each layer a fixed time to launch it, more in a layer of experts, and two all-reduces when n > 1; what other
  layouts send instead (see `layout`);
* a fixed time per sequence for scheduling and sampling.

Other requests' prefill takes its turn: per token generated, (batch − 1) / output of a prompt. Where more requests are
in flight than the cache holds, the batch stops growing and the rest wait: Little's law gives for how long.

What cannot run has no latency and no price: those are NaN, which stands for "undefined" throughout (`units.text` writes
"n/a", a line has a gap there), while its capacity and its throughput are 0. `deployment.Deployment.verdict` names the
constraint that fails; a figure shows it as a State.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ..hardware.links import all_reduce_bytes, all_to_all_bytes, tier_bytes_per_s
from ..models.experts import experts_touched
from ..models.flop import FLOP_PER_PARAM, mean_causal_context
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .layout import Layout, expert_imbalance
from .setups import Setup

ACTIVATION_BYTES = 2.0
Truth: TypeAlias = bool | np.bool_ | npt.NDArray[Any]


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
        Share of the link bandwidth reached by a decode step's small messages, and in prefill. [1]
    collective_s : numeric
        Latency of one all-reduce between two chips; each doubling of the chips adds half of it. [s]
    layer_s, expert_layer_s, latent_launch_s : numeric
        Launch time of a layer; of its router and experts; of latent attention. [s]
    quantise_s, block_s, widen_s : numeric
        Launch time of quantising the activations of a layer whose dense weights have four bits; of one in fp8 scaled by
        blocks; of widening experts in int4. [s]
    mixture_launch : numeric
        Launch time of a mixture as a share of what it was at `calibration.BUILT`: engines improve. [1]
    sequence_s : numeric
        Scheduling and sampling, per sequence and step. [s]
    layer_passes, expert_passes : numeric
        Times that prefill moves a token's activations through the memory of every chip: per layer, and per layer and
        chosen expert. [1]
    interference : numeric
        Time by which one second of another request's prefill delays a decoding one. [1]
    request_s, request_layer_s, latent_layer_s : numeric
        Time to first token that no prompt length explains: per request, per layer (prefill runs without captured
        graphs), and per layer of latent attention. [s]
    queue_share : numeric
        Mean number of prompts ahead of a new one, per other request in flight. [1]
    queue_launch_share : numeric
        Share of their layers' launches, besides their arithmetic, that a new prompt waits for. [1]
    memory_share : numeric
        Share of the memory left to weights and cache. [1]
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
    latent_launch_s: Numeric
    quantise_s: Numeric
    block_s: Numeric
    widen_s: Numeric
    mixture_launch: Numeric
    sequence_s: Numeric
    layer_passes: Numeric
    expert_passes: Numeric
    interference: Numeric
    request_s: Numeric
    request_layer_s: Numeric
    latent_layer_s: Numeric
    queue_share: Numeric
    queue_launch_share: Numeric
    memory_share: Numeric

    def bound(self) -> Constants:
        """Return the constants of a machine without losses that keeps as much of its memory free."""
        return replace(IDEAL, memory_share=self.memory_share)


class DecodeStep(NamedTuple):
    """One decode step by its causes, which take turns.

    Parameters
    ----------
    weights_s, cache_s, communication_s, launch_s, sequences_s : numeric
        Weights read or worked through; cache read; links; kernels started; scheduling and sampling. [s]
    """

    weights_s: Numeric
    cache_s: Numeric
    communication_s: Numeric
    launch_s: Numeric
    sequences_s: Numeric

    @property
    def total_s(self) -> Numeric:
        """All of them [s]."""
        return self.weights_s + self.cache_s + self.communication_s + self.launch_s + self.sequences_s


class Serving(NamedTuple):
    """A service at one load.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Mean time per output token, and to the first one; NaN where nothing can run. [s]
    batch, capacity : numeric
        Sequences that run, and the most that the cache holds; both 0 where the weights alone do not fit, and the batch
        where not one sequence does. [1]
    weights_s, cache_s, communication_s, launch_s, sequences_s, prefill_s : numeric
        The parts of `tpot_s`. [s]
    prompt_s : numeric
        Machine time of one prompt's prefill. [s]
    wait_s : numeric
        The part of `ttft_s` spent waiting for room in the cache. [s]
    output_tok_per_s, input_tok_per_s : numeric
        Throughput of all the chips together; 0 where nothing can run. [token/s]
    """

    tpot_s: Numeric
    ttft_s: Numeric
    batch: Numeric
    capacity: Numeric
    weights_s: Numeric
    cache_s: Numeric
    communication_s: Numeric
    launch_s: Numeric
    sequences_s: Numeric
    prefill_s: Numeric
    prompt_s: Numeric
    wait_s: Numeric
    output_tok_per_s: Numeric
    input_tok_per_s: Numeric

    @property
    def runs(self) -> Truth:
        """Whether anything is served."""
        return self.output_tok_per_s > 0


def _cut(n_chips: Numeric, attention_dp: Numeric, layout: Layout | None) -> Layout:
    return layout if layout is not None else Layout(tp=n_chips / attention_dp, attention_dp=attention_dp)


# -- memory -----------------------------------------------------------------------------------------------------------


@checked
def cached_bytes(s: Setup, context_tok: Numeric) -> Numeric:
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
        Growing, windowed and fixed part, and an indexer's keys. [B]
    """
    return ((s.cache_bytes_per_tok + s.indexer_bytes_per_tok) * context_tok
            + s.window_bytes_per_tok * np.minimum(context_tok, s.window_tok) + s.state_bytes)


@checked
def read_bytes(s: Setup, context_tok: Numeric) -> Numeric:
    """Cache of one sequence that a decode step reads: of sparse attention what it chose, and all keys to choose by.

    Parameters
    ----------
    s : Setup
        Model and chip.
    context_tok : numeric
        Its length. [token]

    Returns
    -------
    numeric
        At most `cached_bytes`. [B]
    """
    return cached_bytes(s, context_tok) - s.sparse_bytes_per_tok * np.maximum(context_tok - s.attend_tok, 0.0)


def window_copies_bytes(s: Setup, context_tok: Numeric, cut: Layout) -> Numeric:
    """Bytes that layers with a window add where they have other heads: all is divided by the others' chips [B]."""
    chips = cut.cache_shards(s.cache_shards) / cut.cache_shards(s.window_shards)
    return s.window_bytes_per_tok * np.minimum(context_tok, s.window_tok) * (chips - 1)


def _read_per_chip(s: Setup, context_tok: Numeric, cut: Layout) -> Numeric:
    """Cache of one sequence that a chip reads in a decode step [B]."""
    return (read_bytes(s, context_tok) + window_copies_bytes(s, context_tok, cut)) / cut.cache_shards(s.cache_shards)


@checked
def weight_bytes_per_chip(s: Setup, n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0,
                          layout: Layout | None = None) -> Numeric:
    """Weights that one chip holds.

    Parameters
    ----------
    s : Setup
        Model and chip.
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        Its share of the attention, copied in every group, and of everything else. [B]
    """
    cut = _cut(n_chips, attention_dp, layout)
    experts = s.experts * s.expert_params * s.expert_bytes_per_param
    attention = s.attention_params * s.attention_bytes_per_param
    return (attention / cut.tp + (s.resident_bytes - attention + experts) / cut.stage_chips) / cut.pp


@checked
def capacity(s: Setup, c: Constants, prompt_tok: Numeric, output_tok: Numeric, n_chips: Numeric = 1.0,
             attention_dp: Numeric = 1.0, layout: Layout | None = None) -> Numeric:
    """Sequences whose whole length fits beside the weights, over all chips.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    prompt_tok, output_tok : numeric
        Lengths. [token]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        Not rounded; below 1 nothing runs, and 0 where the weights alone do not fit. A sequence is not spread over
        groups, nor over chips where `Layout.batch_sharded`: where none of them has room for a whole one, this is the
        share of one sequence that fits. [1]
    """
    cut = _cut(n_chips, attention_dp, layout)
    room = np.maximum(c.memory_share * s.hbm_bytes - weight_bytes_per_chip(s, layout=cut), 0.0)
    whole_tok = prompt_tok + output_tok
    held = cached_bytes(s, whole_tok) + window_copies_bytes(s, whole_tok, cut)
    sequence = held / (cut.cache_shards(s.cache_shards) * cut.pp)
    total = cut.attention_dp * room / sequence
    return np.where(total >= cut.holders, total, total / cut.holders)


# -- decode -----------------------------------------------------------------------------------------------------------


def _shared_bytes(s: Setup, cut: Layout) -> Numeric:
    """Bytes of attention, which groups copy, and of the other shared weights that one chip of a stage reads."""
    attention = s.attention_params * s.attention_bytes_per_param
    return attention / cut.tp + (s.shared_params * s.shared_bytes_per_param - attention) / cut.stage_chips


def _weights(s: Setup, batch: Numeric, cut: Layout) -> tuple[Numeric, Numeric, Numeric, Numeric]:
    """Bytes that a chip reads of shared weights and of experts in a step, and its arithmetic with each."""
    batch = cut.micro_batch(batch)
    group = batch / cut.attention_dp
    # groups copy attention; everything else is cut over all chips
    others = s.shared_params - s.attention_params
    shared = _shared_bytes(s, cut) + s.head_params * s.head_bytes_per_param / cut.stage_chips
    work = FLOP_PER_PARAM * (group * s.attention_params / cut.tp + batch * (others + s.head_params) / cut.stage_chips)
    # a dense model has one expert without weights, which may as well be chosen
    touched = experts_touched(batch, s.experts, np.maximum(s.experts_active, 1)) * s.expert_params / cut.stage_chips
    busiest = _imbalance(s, batch, cut)
    expert_work = FLOP_PER_PARAM * batch * s.experts_active * s.expert_params / cut.stage_chips
    return shared, touched * s.expert_bytes_per_param * busiest, work, expert_work * busiest


def _imbalance(s: Setup, batch: Numeric, cut: Layout) -> Numeric:
    even = expert_imbalance(batch * s.experts_active, cut.ep) if cut.imbalance is None else cut.imbalance
    return np.where(cut.ep > 1, even, 1.0)


def _mfu(s: Setup, c: Constants) -> tuple[Numeric, Numeric]:
    """Share of their formats' peaks that shared weights and experts reach; the flags of `Setup` are 0 or 1."""
    block = c.block_share ** s.block_scaled
    return (c.dense_mfu * block * c.fp8_share ** s.fp8_shared * c.fp4_share ** s.fp4_shared,
            c.expert_mfu * block * c.fp4_share ** s.fp4_experts)


@checked
def weights_time_s(s: Setup, c: Constants, batch: Numeric, n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0,
                   layout: Layout | None = None) -> Numeric:
    """Shared weights and touched experts: read, or worked through, whichever is slower.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        Time in one decode step; that of the busiest chip where whole experts are spread. [s]
    """
    shared, experts, work, expert_work = _weights(s, batch, _cut(n_chips, attention_dp, layout))
    dense_mfu, expert_mfu = _mfu(s, c)
    return np.maximum(shared / (s.hbm_bytes_per_s * c.weight_mbu), work / (s.shared_flop_per_s * dense_mfu)) + (
        np.maximum(experts / (s.hbm_bytes_per_s * c.expert_mbu), expert_work / (s.expert_flop_per_s * expert_mfu)))


@checked
def cache_time_s(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, n_chips: Numeric = 1.0,
                 attention_dp: Numeric = 1.0, layout: Layout | None = None) -> Numeric:
    """Reading the cache of the sequences that one chip helps to decode.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    context_tok : numeric
        Length of each. [token]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        Time in one decode step. [s]
    """
    cut = _cut(n_chips, attention_dp, layout)
    read = _read_per_chip(s, context_tok, cut)
    return cut.held_sequences(batch) * read / (s.hbm_bytes_per_s * c.cache_mbu)


@checked
def link_bytes_per_s(s: Setup, n_chips: Numeric) -> Numeric:
    """Link speed of one chip in a group; see `links.tier_bytes_per_s`.

    Parameters
    ----------
    s : Setup
        Model and chip.
    n_chips : numeric
        Size of the group. [1]

    Returns
    -------
    numeric
        NaN where no link joins so many. [B/s]
    """
    beyond = tier_bytes_per_s(n_chips, s.far_link_bytes_per_s, s.far_link_chips)
    return tier_bytes_per_s(n_chips, s.link_bytes_per_s, s.link_chips, s.link_mesh, beyond)


def joined(s: Setup, n_chips: Numeric) -> Truth:
    """Whether links join a group of chips; one chip needs none."""
    return np.logical_or(n_chips <= 1, n_chips <= np.maximum(s.link_chips, s.far_link_chips))


def _sent_s(s: Setup, sent_bytes: Numeric, n_chips: Numeric, group: Numeric, share: Numeric) -> Numeric:
    """Time to send something in each of the collectives of a group; nothing where it has one chip."""
    return np.where(group > 1, sent_bytes / (link_bytes_per_s(s, n_chips) * share), 0.0)


def _sum_over_layers_s(s: Setup, batch_tok: Numeric, cut: Layout, share: Numeric) -> Numeric:
    """Send two all-reduces per layer, latency aside; with whole experts on chips theirs is an all-to-all instead."""
    n = cut.stage_chips
    collectives = 2 * s.layers - np.where(cut.ep > 1, s.expert_layers, 0)
    sent = all_reduce_bytes(batch_tok * s.hidden * ACTIVATION_BYTES, n)
    return collectives * _sent_s(s, sent, n, n, share)


def _experts_sent_s(s: Setup, batch: Numeric, cut: Layout, share: Numeric) -> Numeric:
    """Send tokens to the chips of their experts and back; the busiest chip sets the pace."""
    message = batch / cut.stage_chips * s.experts_active * s.hidden * ACTIVATION_BYTES
    sent = 2 * all_to_all_bytes(message, cut.ep) * _imbalance(s, batch, cut)
    return s.expert_layers * _sent_s(s, sent, cut.stage_chips, cut.ep, share)


@checked
def communication_time_s(s: Setup, c: Constants, batch: Numeric, n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0,
                         layout: Layout | None = None) -> Numeric:
    """Collectives of a decode step: two all-reduces per layer, and what the layout needs besides or instead.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        Latency, and what each chip sends; NaN where no link joins the chips. [s]

    Notes
    -----
    Whole experts on chips: tokens to them and back in place of one all-reduce. A cache cut by position: one all-reduce
    of queries and partial results per layer. A cache cut by sequence: two all-to-alls per layer. A pipeline: one
    message per stage.
    """
    cut = _cut(n_chips, attention_dp, layout)
    batch, n = cut.micro_batch(batch), cut.stage_chips
    group = batch / cut.attention_dp
    # a constant was tried: it left a drift of 9 points between 2 and 8 chips
    one = c.collective_s * (0.5 + 0.5 * np.log2(n))
    further = np.where(cut.ep > 1, s.expert_layers, 0) + s.layers * (
        np.where(cut.cp > 1, 1, 0) + np.where(cut.batch_sharded > 0, 2, 0))
    latency = np.where(n > 1, (2 * s.layers + further) * one, 0.0)
    row = group * s.hidden * ACTIVATION_BYTES
    partial = all_reduce_bytes(row * cut.cp / cut.tp, cut.cp)
    by_position = s.layers * _sent_s(s, partial, cut.tp, cut.cp, c.message_share)
    by_sequence = 2 * s.layers * np.where(cut.batch_sharded > 0, _sent_s(
        s, all_to_all_bytes(row / cut.tp, cut.tp), cut.tp, cut.tp, c.message_share), 0.0)
    stages = np.where(cut.pp > 1, cut.pp, 0.0) * (
        c.collective_s + _sent_s(s, row / cut.tp, cut.n_chips, cut.pp, c.message_share))
    return (latency + _sum_over_layers_s(s, group, cut, c.message_share)
            + np.where(cut.ep > 1, _experts_sent_s(s, batch, cut, c.message_share), 0.0) + by_position + by_sequence
            + stages)


def launch_time_s(s: Setup, c: Constants) -> Numeric:
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
    once = s.layers * (c.layer_s + s.block_scaled * c.block_s) + s.latent_layers * c.latent_launch_s + (
        s.expert_layers * (c.expert_layer_s + s.widened * c.widen_s) + s.quantised_layers * c.quantise_s)
    return once * np.where(s.expert_layers > 0, c.mixture_launch, 1.0)


@checked
def decode_step(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, n_chips: Numeric = 1.0,
                attention_dp: Numeric = 1.0, layout: Layout | None = None) -> DecodeStep:
    """One decode step by its causes.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    context_tok : numeric
        Length of each. [token]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    DecodeStep
    """
    cut = _cut(n_chips, attention_dp, layout)
    return DecodeStep(weights_time_s(s, c, batch, layout=cut), cache_time_s(s, c, batch, context_tok, layout=cut),
                      communication_time_s(s, c, batch, layout=cut), launch_time_s(s, c),
                      c.sequence_s * cut.micro_batch(batch) / cut.attention_dp)


@checked
def decode_step_s(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, n_chips: Numeric = 1.0,
                  attention_dp: Numeric = 1.0, layout: Layout | None = None) -> Numeric:
    """One decode step: every sequence of the batch has one token more after it.

    Parameters
    ----------
    s, c, batch, context_tok, n_chips, attention_dp, layout
        As in `decode_step`.

    Returns
    -------
    numeric
        The sum of `decode_step`. [s]
    """
    return decode_step(s, c, batch, context_tok, n_chips, attention_dp, layout).total_s


@checked
def decode_floor_s(s: Setup, batch: Numeric, context_tok: Numeric, n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0,
                   layout: Layout | None = None) -> Numeric:
    """Least time of a decode step: all reading at full bandwidth under all arithmetic at the full peak.

    Parameters
    ----------
    s : Setup
        Model and chip.
    batch, context_tok : numeric
        Sequences decoded together, and the length of each. [1], [token]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        Never above `decode_step_s`, which lets them take turns. [s]
    """
    read, compute = _floor_parts_s(s, batch, context_tok, _cut(n_chips, attention_dp, layout))
    return np.maximum(read, compute)


def _floor_parts_s(s: Setup, batch: Numeric, context_tok: Numeric, cut: Layout) -> tuple[Numeric, Numeric]:
    """All reading, and all arithmetic, of a decode step [s]."""
    shared, experts, work, expert_work = _weights(s, batch, cut)
    cache = cut.held_sequences(batch) * _read_per_chip(s, context_tok, cut)
    return ((shared + experts + cache) / s.hbm_bytes_per_s,
            work / s.shared_flop_per_s + expert_work / s.expert_flop_per_s)


# -- prefill ----------------------------------------------------------------------------------------------------------


@checked
def prefill_flop(s: Setup, prompt_tok: Numeric) -> tuple[Numeric, Numeric]:
    """Arithmetic of one prompt.

    Parameters
    ----------
    s : Setup
        Model and chip.
    prompt_tok : numeric
        Its length. [token]

    Returns
    -------
    tuple of numeric
        With the shared weights, attention, indexer and (once) the head; with the experts. Together what
        `models.prefill_flop_per_token` counts. [FLOP]
    """
    pair = (s.pair_flop_global * mean_causal_context(prompt_tok)
            + s.pair_flop_sparse * mean_causal_context(prompt_tok, s.attend_tok)
            + s.pair_flop_window * mean_causal_context(prompt_tok, s.window_tok))
    shared = prompt_tok * (FLOP_PER_PARAM * s.shared_params + pair) + FLOP_PER_PARAM * s.head_params
    return shared, FLOP_PER_PARAM * prompt_tok * s.experts_active * s.expert_params


@checked
def prefill_time_s(s: Setup, c: Constants, prompt_tok: Numeric, n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0,
                   layout: Layout | None = None) -> tuple[Numeric, Numeric]:
    """Prefill of one prompt.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    prompt_tok : numeric
        Its length. [token]
    n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    tuple of numeric
        Time that it takes from all chips together, and time until it is done. They differ where groups of chips work
        on different prompts, where stages follow each other, and for short prompts, which still read every weight once.
        [s]
    """
    cut = _cut(n_chips, attention_dp, layout)
    shared_flop, expert_flop = prefill_flop(s, prompt_tok)
    dense_mfu, expert_mfu = _mfu(s, c)
    # tokens attend to each other in bf16's kernels, whatever the weights
    linear = FLOP_PER_PARAM * (prompt_tok * s.shared_params + s.head_params)
    shared = (linear / dense_mfu + (shared_flop - linear) / c.dense_mfu) / s.shared_flop_per_s
    expert = expert_flop / (s.expert_flop_per_s * expert_mfu)
    expert = expert * _imbalance(s, prompt_tok, cut)
    sent = _sum_over_layers_s(s, prompt_tok, cut, c.bulk_share) + np.where(
        cut.ep > 1, _experts_sent_s(s, prompt_tok, cut, c.bulk_share), 0.0)
    passes = s.layers * c.layer_passes + s.expert_layers * s.experts_active * c.expert_passes
    moved = prompt_tok * passes * s.hidden * ACTIVATION_BYTES / s.hbm_bytes_per_s
    taken = (shared + expert) / cut.n_chips + (sent + moved / cut.attention_dp) / cut.pp
    # short prompts still read every weight once
    experts = s.experts * s.expert_params * s.expert_bytes_per_param / cut.stage_chips
    read = _shared_bytes(s, cut) / c.weight_mbu + experts / c.expert_mbu
    alone = np.maximum(shared / cut.tp + expert / cut.stage_chips + sent + moved, read / s.hbm_bytes_per_s)
    return taken, alone


# -- a service --------------------------------------------------------------------------------------------------------


@checked
def serve(s: Setup, c: Constants, concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric,
          n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0, layout: Layout | None = None, burst: Numeric = 0.0,
          tokens_per_step: Numeric | None = None, draft_tok: Numeric = 0.0) -> Serving:
    """Evaluate a service in plain numbers: see the module's description.

    Parameters
    ----------
    s : Setup
        A model in some format on some chip.
    c : Constants
        What has to be measured; `IDEAL`, or `Constants.bound` of them, leaves only the hardware.
    concurrency : numeric
        Requests in flight, running or waiting. [1]
    prompt_tok, output_tok : numeric
        Mean lengths of prompts and answers. [token]
    n_chips : numeric
        Chips that share one copy of the model. [1]
    attention_dp : numeric
        Groups of them that each hold whole attention layers and a share of the sequences. [1]
    layout : Layout, optional
        How the copy is cut, in place of `n_chips` and `attention_dp`.
    burst : numeric
        1 where all requests arrive at once, and every prompt is read before the first answer goes on; 0 where they
        replace each other one by one. [1]
    tokens_per_step, draft_tok : numeric, optional
        With drafts: mean tokens kept of a step, and those guessed and checked in it. [token]

    Returns
    -------
    Serving
    """
    cut = _cut(n_chips, attention_dp, layout)
    room = capacity(s, c, prompt_tok, output_tok, layout=cut)
    runs = np.logical_and(room >= 1, joined(s, cut.n_chips))
    # what does not run is worked out for one sequence and then left out
    batch = np.minimum(concurrency, np.maximum(room, 1.0))
    taken, alone = prefill_time_s(s, c, prompt_tok, layout=cut)
    parts = decode_step(s, c, batch * (1 + draft_tok), prompt_tok + output_tok / 2, layout=cut)
    if tokens_per_step is not None:
        # the drafts of a sequence read its cache once
        once = parts._replace(cache_s=parts.cache_s / (1 + draft_tok))
        parts = DecodeStep(*(part / tokens_per_step for part in once))
    step, others = parts.total_s, np.maximum(batch - 1, 0.0)
    prefill = (1 - burst) * c.interference * others / output_tok * taken
    tpot = step + prefill
    layers = s.layers * c.request_layer_s + s.latent_layers * c.latent_layer_s
    # of a burst, half are ahead
    ahead = (c.queue_share + burst * (0.5 - c.queue_share)) * others
    own = c.request_s + layers + step + alone + ahead * (taken + c.queue_launch_share * layers)
    # Little's law: whoever finds no room waits for one of `batch` places, each held for a whole request
    wait = (concurrency - batch) / batch * (own + output_tok * tpot)
    rate = np.where(runs, concurrency / (wait + own + output_tok * tpot), 0.0)

    def defined(time_s: Numeric) -> Numeric:
        return np.where(runs, time_s, np.nan)

    return Serving(
        tpot_s=defined(tpot), ttft_s=defined(wait + own), batch=np.where(runs, batch, 0.0), capacity=room,
        weights_s=defined(parts.weights_s), cache_s=defined(parts.cache_s),
        communication_s=defined(parts.communication_s), launch_s=defined(parts.launch_s),
        sequences_s=defined(parts.sequences_s), prefill_s=defined(prefill), prompt_s=defined(taken),
        wait_s=defined(wait), output_tok_per_s=rate * output_tok, input_tok_per_s=rate * prompt_tok)


@checked
def serving_floor_s(s: Setup, c: Constants, concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric,
                    n_chips: Numeric = 1.0, attention_dp: Numeric = 1.0, layout: Layout | None = None) -> Numeric:
    """Time per output token that no machine of this kind beats.

    Parameters
    ----------
    s, c : Setup, Constants
        As in `serve`; of the constants only the share of memory counts, which says how many can run.
    concurrency, prompt_tok, output_tok, n_chips, attention_dp, layout
        As in `serve`.

    Returns
    -------
    numeric
        All reading of a decode step, or all arithmetic of it and of the prefill that falls to it, whichever takes
        longer; NaN where nothing can run. [s]
    """
    cut = _cut(n_chips, attention_dp, layout)
    # whoever finds no room waits, and costs the others nothing
    room = capacity(s, c, prompt_tok, output_tok, layout=cut)
    batch = np.minimum(concurrency, np.maximum(room, 1.0))
    read, compute = _floor_parts_s(s, batch, prompt_tok + output_tok / 2, cut)
    shared, expert = prefill_flop(s, prompt_tok)
    prompt = (shared / s.shared_flop_per_s + expert / s.expert_flop_per_s) / cut.n_chips
    floor: Numeric = np.maximum(read, compute + np.maximum(batch - 1, 0.0) / output_tok * prompt)
    return np.where(np.logical_and(room >= 1, joined(s, cut.n_chips)), floor, np.nan)


_WHOLE = ("interference", "memory_share", "fp8_share", "block_share", "fp4_share", "mixture_launch")
# nothing but the hardware: every share 1, nothing launched, links without end
IDEAL = Constants(**{field.name: 1.0 if field.name.endswith(("_mbu", "_mfu")) or field.name in _WHOLE else 0.0
                     for field in fields(Constants)} | {"message_share": np.inf, "bulk_share": np.inf})
