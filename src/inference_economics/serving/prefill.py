"""Prefill: the arithmetic of a prompt, and how long it takes."""

from __future__ import annotations

import numpy as np

from ..models.flop import FLOP_PER_PARAM, mean_causal_context
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .communication import ACTIVATION_BYTES, experts_sent_s, sum_over_layers_s
from .constants import Constants
from .decode import matrix_mfu
from .layout import ONE_CHIP, Layout
from .memory import shared_bytes_per_chip
from .setups import Setup


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
def prefill_time_s(s: Setup, c: Constants, prompt_tok: Numeric, layout: Layout = ONE_CHIP) -> tuple[Numeric, Numeric]:
    """Prefill of one prompt.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    prompt_tok : numeric
        Its length. [token]
    layout : Layout
        How a copy is cut.

    Returns
    -------
    tuple of numeric
        Time that it takes from all chips together, and time until it is done. They differ where groups of chips work
        on different prompts, where stages follow each other, and for short prompts, which still read every weight once.
        [s]
    """
    shared_flop, expert_flop = prefill_flop(s, prompt_tok)
    dense_mfu, expert_mfu = matrix_mfu(s, c)
    # tokens attend to each other in bf16's kernels, whatever the weights
    linear = FLOP_PER_PARAM * (prompt_tok * s.shared_params + s.head_params)
    shared = (linear / dense_mfu + (shared_flop - linear) / c.dense_mfu) / s.shared_flop_per_s
    expert = expert_flop / (s.expert_flop_per_s * expert_mfu)
    expert = expert * layout.busiest(prompt_tok * s.experts_active)
    sent = sum_over_layers_s(s, prompt_tok, layout, c.bulk_share) + np.where(
        layout.ep > 1, experts_sent_s(s, prompt_tok, layout, c.bulk_share), 0.0)
    passes = s.layers * c.layer_passes + s.expert_layers * s.experts_active * c.expert_passes
    moved = prompt_tok * passes * s.hidden * ACTIVATION_BYTES / s.hbm_bytes_per_s
    # every chip that shares a layer looks through all keys with a whole indexer
    looked = s.indexer_pair_flop * prompt_tok * mean_causal_context(prompt_tok) / (s.shared_flop_per_s * c.dense_mfu)
    shared = shared + (layout.tp - 1) * looked
    taken = (shared + expert) / layout.n_chips + (sent + moved / layout.attention_dp) / layout.pp
    # short prompts still read every weight once
    experts = s.experts * s.expert_params * s.expert_bytes_per_param / layout.stage_chips
    read = shared_bytes_per_chip(s, layout) / c.weight_mbu + experts / c.expert_mbu
    alone = np.maximum(shared / layout.tp + expert / layout.stage_chips + sent + moved, read / s.hbm_bytes_per_s)
    return taken, alone


def fixed_prefill_s(s: Setup, c: Constants) -> Numeric:
    """Time of a prompt's forward pass that no length explains: kernels started one by one, without a captured graph.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.

    Returns
    -------
    numeric
        The same for every prompt. [s]
    """
    layers = s.layers * c.request_layer_s + s.latent_layers * c.latent_layer_s + s.state_layers * c.state_layer_s
    return layers * np.where(s.expert_layers > 0, c.mixture_prefill, 1.0)
