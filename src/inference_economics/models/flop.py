"""Arithmetic of a model: what a token costs to read and to write."""

from __future__ import annotations

import numpy as np

from ..quantities.checks import require, require_non_negative, require_positive
from ..quantities.limits import checked
from .spec import Model

# -- work per token ---------------------------------------------------------------------------------------------------


def mean_causal_context(prompt_tok, window_tok=np.inf):
    """Mean number of tokens that a prompt token attends to, itself included.

    Parameters
    ----------
    prompt_tok : numeric
        Prompt length, at least 1. [token]
    window_tok : numeric
        Window; the default attends to everything before. At least 1. [token]

    Returns
    -------
    numeric
        Mean over the prompt: (P + 1) / 2 without a window. [token]
    """
    require(1, np.inf, open_high=True, prompt_tok=prompt_tok)
    require(1, np.inf, window_tok=window_tok)
    seen = np.minimum(prompt_tok, window_tok)
    # the first `seen` tokens see 1, 2, … seen; each of the rest sees `seen`
    return seen - seen * (seen - 1) / (2 * prompt_tok)


def decode_flop_per_token(model: Model, context_tok):
    """FLOPs to generate one token with a given context.

    Parameters
    ----------
    model : Model
        What runs.
    context_tok : numeric
        Tokens attended to. [token]

    Returns
    -------
    numeric
        Two per weight read, plus attention. [FLOP]

    Notes
    -----
    Norms, activations and softmax are left out (under 1%). Linear-attention layers count only through their weights,
    and attention of kind ``other`` only where its fields describe it: for those models this is a lower bound.
    """
    require_non_negative(context_tok=context_tok)
    attended = np.where(model.attend_tok > 0, np.minimum(context_tok, model.attend_tok), context_tok)
    whole = model.global_layers * attended
    windowed = model.window_layers * np.minimum(context_tok, model.window_tok)
    indexer = 2 * model.layers * model.indexer_heads * model.indexer_dim * context_tok
    return 2 * model.n_params_read + model.pair_flop_decode * (whole + windowed) + indexer


def prefill_flop_per_token(model: Model, prompt_tok):
    """Mean FLOPs per prompt token when a prompt is read at once.

    Parameters
    ----------
    model : Model
        What runs.
    prompt_tok : numeric
        Prompt length. [token]

    Returns
    -------
    numeric
        Two per weight (the output head once per prompt), plus causal attention. [FLOP]

    Notes
    -----
    Causal attention reads half the square; a kernel that computes all of it and masks does twice that part.
    """
    require(1, np.inf, open_high=True, prompt_tok=prompt_tok)
    attend = np.where(model.attend_tok > 0, np.maximum(model.attend_tok, 1), prompt_tok)
    window = np.where(model.window_tok > 0, np.maximum(model.window_tok, 1), prompt_tok)
    whole = model.global_layers * mean_causal_context(prompt_tok, attend)
    windowed = model.window_layers * mean_causal_context(prompt_tok, window)
    indexer = 2 * model.layers * model.indexer_heads * model.indexer_dim * mean_causal_context(prompt_tok)
    weights = model.n_params_read - model.n_params_head + model.n_params_head / prompt_tok
    return 2 * weights + model.pair_flop_prefill * (whole + windowed) + indexer


def attention_crossover_tok(hidden, q_heads, kv_heads, head_dim, ffn_hidden, causal=True):
    """Context at which attention costs as many FLOPs as the weights of a gated dense layer.

    Parameters
    ----------
    hidden, q_heads, kv_heads, head_dim, ffn_hidden : numeric
        Shape of the layer. [1]
    causal : bool
        Whether prompt tokens see only what stands before them (half the pairs).

    Returns
    -------
    numeric
        Prompt length. [token]
    """
    require_positive(hidden=hidden, q_heads=q_heads, kv_heads=kv_heads, head_dim=head_dim, ffn_hidden=ffn_hidden)
    weights = hidden * head_dim * (2 * q_heads + 2 * kv_heads) + 3 * hidden * ffn_hidden
    return (2 if causal else 1) * 2 * weights / (4 * q_heads * head_dim)

FLOP_PER_PARAM = 2.0  # one multiplication and one addition per weight and token


@checked
def linear_flop(batch_tok, n_params):
    """Arithmetic of the weights for some tokens.

    Parameters
    ----------
    batch_tok : numeric
        Tokens. [token]
    n_params : numeric
        Weights each token passes (the active ones). [1]

    Returns
    -------
    numeric
        Two per weight and token. [FLOP]
    """
    return FLOP_PER_PARAM * batch_tok * n_params


@checked
def attention_flop_prefill(prompt_tok, layers, attention_width, causal_fraction=0.5):
    """Arithmetic of scores and weighted sums for one prompt.

    Parameters
    ----------
    prompt_tok : numeric
        Prompt length. [token]
    layers : numeric
        Attention layers that see the whole prompt. [1]
    attention_width : numeric
        Query heads times head size. [1]
    causal_fraction : numeric
        Share of the square that counts: 1/2 causal, 1 in full. [1]

    Returns
    -------
    numeric
        Two products over the square of the prompt. [FLOP]
    """
    return 2 * FLOP_PER_PARAM * causal_fraction * layers * attention_width * np.square(prompt_tok)


@checked
def attention_flop_decode(context_tok, layers, attention_width):
    """Arithmetic of attention for one new token.

    Parameters
    ----------
    context_tok : numeric
        Tokens it attends to. [token]
    layers, attention_width : numeric
        Attention layers; query heads times head size. [1]

    Returns
    -------
    numeric
        Arithmetic. [FLOP]
    """
    return 2 * FLOP_PER_PARAM * layers * attention_width * context_tok


@checked
def attention_intensity_decode(q_heads, kv_heads, bytes_per_value=2.0):
    """Arithmetic per byte of cache when one token attends: what grouping heads improves.

    Parameters
    ----------
    q_heads, kv_heads : numeric
        Query heads, and key-value heads they share. [1]
    bytes_per_value : numeric
        Bytes of one cached value. [B]

    Returns
    -------
    numeric
        Two operations per query head and cached value, whatever the context. [FLOP/B]
    """
    return FLOP_PER_PARAM * q_heads / (kv_heads * bytes_per_value)
