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


def window_copies_bytes(s: Setup, context_tok: Numeric, layout: Layout) -> Numeric:
    """Bytes that layers with a window add where they have other heads: all is divided by the others' chips [B]."""
    chips = layout.cache_shards(s.cache_shards) / layout.cache_shards(s.window_shards)
    return s.window_bytes_per_tok * np.minimum(context_tok, s.window_tok) * (chips - 1)


def read_bytes_per_chip(s: Setup, context_tok: Numeric, layout: Layout) -> Numeric:
    """Cache of one sequence that a chip reads in a decode step [B]."""
    copies = window_copies_bytes(s, context_tok, layout)
    return (read_bytes(s, context_tok) + copies) / layout.cache_shards(s.cache_shards)


def shared_bytes_per_chip(s: Setup, layout: Layout) -> Numeric:
    """Attention, which groups copy, and the other shared weights that one chip of a stage reads, head aside [B]."""
    attention = s.attention_params * s.attention_bytes_per_param
    return attention / layout.tp + (s.shared_params * s.shared_bytes_per_param - attention) / layout.stage_chips


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
        Its share of the attention, copied in every group, and of everything else. [B]
    """
    experts = s.experts * s.expert_params * s.expert_bytes_per_param
    attention = s.attention_params * s.attention_bytes_per_param
    return (attention / layout.tp + (s.resident_bytes - attention + experts) / layout.stage_chips) / layout.pp


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
    room = np.maximum(c.memory_share * s.hbm_bytes - weight_bytes_per_chip(s, layout), 0.0)
    held = cached_bytes(s, context_tok) + window_copies_bytes(s, context_tok, layout)
    sequence = held / (layout.cache_shards(s.cache_shards) * layout.pp)
    total = layout.attention_dp * room / sequence
    return np.where(total >= layout.holders, total, total / layout.holders)
