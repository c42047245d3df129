"""What one chip holds and reads: weights, caches, and the sequences that fit beside the weights."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .constants import Constants
from .layout import ONE_CHIP, Layout
from .setups import Setup


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


def cached_bytes_per_chip(s: Setup, context_tok: Numeric, layout: Layout) -> Numeric:
    """Cache of one sequence that a chip of its group holds, all stages together [B]."""
    kept = s.cache_bytes_per_tok * context_tok * layout.held_share(s.kv_heads, s.cache_shares)
    window = s.window_bytes_per_tok * np.minimum(context_tok, s.window_tok)
    # every head of an indexer looks through the same keys
    return (kept + window * layout.held_share(s.kv_heads, s.window_shares)
            + s.indexer_bytes_per_tok * context_tok / layout.cache_shards(1.0)
            + s.state_bytes / layout.state_shards(s.state_heads))


def read_bytes_per_chip(s: Setup, context_tok: Numeric, layout: Layout) -> Numeric:
    """Cache of one sequence that a chip reads in a decode step [B]."""
    left_out = s.sparse_bytes_per_tok * np.maximum(context_tok - s.attend_tok, 0.0)
    return (cached_bytes_per_chip(s, context_tok, layout)
            - left_out * layout.held_share(s.kv_heads, s.sparse_shares))


def attention_bytes_per_chip(s: Setup, layout: Layout) -> Numeric:
    """Weights of attention that a chip of a stage holds and reads: its share, and copies where heads are copied [B]."""
    params = s.attention_params / layout.tp + layout.copied_params(s.kv_heads, s.kv_params)
    return params * s.attention_bytes_per_param


def shared_bytes_per_chip(s: Setup, layout: Layout) -> Numeric:
    """Attention, which groups copy, and the other shared weights that one chip of a stage reads, head aside [B]."""
    others = s.shared_params * s.shared_bytes_per_param - s.attention_params * s.attention_bytes_per_param
    return attention_bytes_per_chip(s, layout) + others / layout.stage_chips


@checked
def weight_bytes_per_chip(s: Setup, layout: Layout = ONE_CHIP) -> Numeric:
    """Weights that one chip holds.

    Parameters
    ----------
    s : Setup
        Model and chip.
    layout : Layout
        How a copy is cut.

    Returns
    -------
    numeric
        Its share of the attention, copied in every group, and of everything else; of the projections that make keys
        and values, whole heads, or the whole of what makes a latent. [B]
    """
    experts = s.experts * s.expert_params * s.expert_bytes_per_param
    others = s.resident_bytes - s.attention_params * s.attention_bytes_per_param + experts
    return (attention_bytes_per_chip(s, layout) + others / layout.stage_chips) / layout.pp


def budget_bytes(s: Setup, c: Constants, layout: Layout = ONE_CHIP) -> Numeric:
    """Memory of one chip that weights and cache share; below 0 where the engine's reserve alone is more [B]."""
    return c.memory_share * s.hbm_bytes - c.reserve_bytes - c.reserve_bytes_per_chip * layout.n_chips


def cache_room_bytes(s: Setup, c: Constants, layout: Layout = ONE_CHIP) -> Numeric:
    """Memory of one chip that caches get beside its weights; 0 where the weights alone do not fit [B]."""
    return c.cache_share * np.maximum(budget_bytes(s, c, layout) - weight_bytes_per_chip(s, layout), 0.0)


@checked(context_tok="(0, 1e9]")
def capacity(s: Setup, c: Constants, context_tok: Numeric, layout: Layout = ONE_CHIP) -> Numeric:
    """Sequences whose whole length fits beside the weights, over all chips.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    context_tok : numeric
        Their length at the end: prompt and answer. [token]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    numeric
        Not rounded; below 1 nothing runs, and 0 where the weights alone do not fit. A sequence is not spread over
        groups, nor over chips where `Layout.batch_sharded`: where none of them has room for a whole one, this is the
        share of one sequence that fits. [1]
    """
    sequence = cached_bytes_per_chip(s, context_tok, layout) / layout.pp
    total = layout.attention_dp * cache_room_bytes(s, c, layout) / sequence
    return np.where(total >= layout.holders, total, total / layout.holders)
