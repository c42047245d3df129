"""One decode step by its causes: weights, cache, links, launches, scheduling; and the least time that it can take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..models.experts import experts_touched
from ..models.flop import FLOP_PER_PARAM
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .communication import communication_time_s
from .constants import Constants
from .layout import ONE_CHIP, Layout
from .memory import read_bytes_per_chip, shared_bytes_per_chip
from .setups import Setup


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


def _shared_read(s: Setup, layout: Layout) -> Numeric:
    """Bytes of shared weights, the head among them, that a chip reads in a step."""
    return shared_bytes_per_chip(s, layout) + s.head_params * s.head_bytes_per_param / layout.stage_chips


def _weights(s: Setup, batch: Numeric, layout: Layout) -> tuple[Numeric, Numeric, Numeric, Numeric]:
    """Bytes that a chip reads of shared weights and of experts in a step, and its arithmetic with each."""
    batch = layout.micro_batch(batch)
    group = batch / layout.attention_dp
    # groups copy attention; everything else is cut over all chips
    others = s.shared_params - s.attention_params
    shared = _shared_read(s, layout)
    work = FLOP_PER_PARAM * (group * s.attention_params / layout.tp
                             + batch * (others + s.head_params) / layout.stage_chips)
    # a dense model has one expert without weights, which may as well be chosen
    touched = experts_touched(batch, s.experts, np.maximum(s.experts_active, 1)) * s.expert_params / layout.stage_chips
    busiest = layout.busiest(batch * s.experts_active)
    expert_work = FLOP_PER_PARAM * batch * s.experts_active * s.expert_params / layout.stage_chips
    return shared, touched * s.expert_bytes_per_param * busiest, work, expert_work * busiest


def matrix_mfu(s: Setup, c: Constants) -> tuple[Numeric, Numeric]:
    """Share of their formats' peaks that shared weights and experts reach; the flags of `Setup` are 0 or 1."""
    block = c.block_share ** s.block_scaled
    return (c.dense_mfu * block * c.fp8_share ** s.fp8_shared * c.fp4_share ** s.fp4_shared,
            c.expert_mfu * block * c.fp4_share ** s.fp4_experts)


@checked
def weights_time_s(s: Setup, c: Constants, batch: Numeric, layout: Layout = ONE_CHIP) -> Numeric:
    """Shared weights and touched experts: read, or worked through, whichever is slower.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    numeric
        Time in one decode step; that of the busiest chip where whole experts are spread. [s]
    """
    shared, experts, work, expert_work = _weights(s, batch, layout)
    dense_mfu, expert_mfu = matrix_mfu(s, c)
    return np.maximum(shared / (s.hbm_bytes_per_s * c.weight_mbu), work / (s.shared_flop_per_s * dense_mfu)) + (
        np.maximum(experts / (s.hbm_bytes_per_s * c.expert_mbu), expert_work / (s.expert_flop_per_s * expert_mfu)))


@checked
def reading_time_s(s: Setup, experts_awake: Numeric, batch: Numeric, context_tok: Numeric,
                   layout: Layout = ONE_CHIP) -> Numeric:
    """Time to read the shared weights, some experts of each layer and the caches once, at full bandwidth.

    Parameters
    ----------
    s : Setup
        Model and chip.
    experts_awake : numeric
        Routed experts of a layer that are read. [1]
    batch, context_tok : numeric
        Sequences decoded together, and the length of each. [1], [token]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    numeric
        With `experts_touched` experts, the reading of one decode step; with those of one token, or with all, what two
        common estimates say. [s]
    """
    experts = experts_awake * s.expert_params * s.expert_bytes_per_param / layout.stage_chips
    caches = layout.held_sequences(batch) * read_bytes_per_chip(s, context_tok, layout)
    return (_shared_read(s, layout) + experts + caches) / s.hbm_bytes_per_s


@checked
def attention_flop(s: Setup, context_tok: Numeric) -> Numeric:
    """Arithmetic of one sequence's attention when it gets one more token.

    Parameters
    ----------
    s : Setup
        Model and chip.
    context_tok : numeric
        Its length. [token]

    Returns
    -------
    numeric
        On everything that stays, what an indexer chose and the indexer itself, and within windows; weights aside. With
        them, what `models.decode_flop_per_token` counts. [FLOP]
    """
    return (s.decode_pair_flop_global * context_tok
            + s.decode_pair_flop_sparse * np.minimum(context_tok, s.attend_tok)
            + s.decode_pair_flop_window * np.minimum(context_tok, s.window_tok))


def _chip_attention_flop(s: Setup, context_tok: Numeric, layout: Layout) -> Numeric:
    """One chip's part of `attention_flop`: its heads, and an indexer on all keys that it holds."""
    indexer = s.decode_indexer_pair_flop * context_tok
    return (attention_flop(s, context_tok) - indexer) / layout.tp + indexer / layout.cache_shards(1.0)


@checked
def cache_time_s(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, layout: Layout = ONE_CHIP,
                 new_tok: Numeric = 1.0) -> Numeric:
    """Attention on the sequences that one chip helps to decode: their cache read, or its arithmetic, if that is slower.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    context_tok : numeric
        Length of each. [token]
    layout : Layout
        How a copy is cut.
    new_tok : numeric
        Tokens of each sequence that attend together, which read its cache once. [token]

    Returns
    -------
    numeric
        Time in one decode step. [s]
    """
    held, read = layout.held_sequences(batch), read_bytes_per_chip(s, context_tok, layout)
    # a latent cache is read by so many heads that this may be slower; its share of the peak is that of 16-bit kernels
    work_s = new_tok * held * _chip_attention_flop(s, context_tok, layout) / (s.shared_flop_per_s * c.dense_mfu)
    return np.maximum(held * read / (s.hbm_bytes_per_s * c.cache_mbu), work_s)


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
    mixing = s.latent_layers * c.latent_launch_s + s.state_layers * c.state_launch_s
    experts = s.expert_layers * (c.expert_layer_s + s.widened * c.widen_s) + s.shared_expert_layers * c.shared_expert_s
    once = s.layers * (c.layer_s + s.block_scaled * c.block_s) + mixing + experts + s.quantised_layers * c.quantise_s
    return once * np.where(s.expert_layers > 0, c.mixture_launch, 1.0)


@checked
def decode_step(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, layout: Layout = ONE_CHIP) -> DecodeStep:
    """One decode step by its causes.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    batch : numeric
        Sequences decoded together, over all chips. [1]
    context_tok : numeric
        Length of each. [token]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    DecodeStep
    """
    return DecodeStep(weights_time_s(s, c, batch, layout), cache_time_s(s, c, batch, context_tok, layout),
                      communication_time_s(s, c, batch, layout), launch_time_s(s, c),
                      c.sequence_s * layout.micro_batch(batch) / layout.attention_dp)


@checked
def checking_step(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, draft_tok: Numeric,
                  layout: Layout = ONE_CHIP) -> DecodeStep:
    """One decode step that also checks drafts.

    Parameters
    ----------
    s, c, batch, context_tok, layout
        As in `decode_step`.
    draft_tok : numeric
        Tokens guessed for each sequence. [token]

    Returns
    -------
    DecodeStep
        That of as many tokens more, except that the drafts of a sequence read its cache once.
    """
    parts = decode_step(s, c, batch * (1 + draft_tok), context_tok, layout)
    return parts._replace(cache_s=cache_time_s(s, c, batch, context_tok, layout, 1 + draft_tok))


@checked
def check_over_plain(s: Setup, c: Constants, batch: Numeric, context_tok: Numeric, draft_tok: Numeric,
                     layout: Layout = ONE_CHIP) -> Numeric:
    """What checking drafts adds to a step.

    Parameters
    ----------
    s, c, batch, context_tok, draft_tok, layout
        As in `checking_step`.

    Returns
    -------
    numeric
        The step with drafts over one without, for `speculative_speedup`. [1]
    """
    return (checking_step(s, c, batch, context_tok, draft_tok, layout).total_s
            / decode_step(s, c, batch, context_tok, layout).total_s)


@checked
def decode_floor_s(s: Setup, batch: Numeric, context_tok: Numeric, layout: Layout = ONE_CHIP) -> Numeric:
    """Least time of a decode step: all reading at full bandwidth under all arithmetic at the full peak.

    Parameters
    ----------
    s : Setup
        Model and chip.
    batch, context_tok : numeric
        Sequences decoded together, and the length of each. [1], [token]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    numeric
        Never above `decode_step`, which lets them take turns. [s]
    """
    read, compute = floor_parts_s(s, batch, context_tok, layout)
    return np.maximum(read, compute)


def floor_parts_s(s: Setup, batch: Numeric, context_tok: Numeric, layout: Layout) -> tuple[Numeric, Numeric]:
    """All reading, and all arithmetic, of a decode step [s]."""
    shared, experts, work, expert_work = _weights(s, batch, layout)
    held = layout.held_sequences(batch)
    cache = held * read_bytes_per_chip(s, context_tok, layout)
    attention = held * _chip_attention_flop(s, context_tok, layout)
    return ((shared + experts + cache) / s.hbm_bytes_per_s,
            (work + attention) / s.shared_flop_per_s + expert_work / s.expert_flop_per_s)
