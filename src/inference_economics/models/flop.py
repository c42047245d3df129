"""Arithmetic of a model: what a token costs to read and to write."""

from __future__ import annotations

import numpy as np

from ..quantities.checks import is_traced
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .architecture import Architecture
from .spec import model_of

FLOP_PER_PARAM = 2.0  # one multiplication and one addition per weight and token

# -- of a model -------------------------------------------------------------------------------------------------------


@checked(window_tok="[1, inf]")
def mean_causal_context(prompt_tok: Numeric, window_tok: Numeric = np.inf) -> Numeric:
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
    seen: Numeric = np.minimum(prompt_tok, window_tok)
    # the first `seen` tokens see 1, 2, … seen; each of the rest sees `seen`
    return seen - seen * (seen - 1) / (2 * prompt_tok)


@checked
def decode_flop_per_token(model: Architecture | str, context_tok: Numeric) -> Numeric:
    """FLOPs to generate one token with a given context.

    Parameters
    ----------
    model : Model, Architecture or str
        What runs; a slug of the catalogue, or a model of your own.
    context_tok : numeric
        Tokens attended to. [token]

    Returns
    -------
    numeric
        Two per weight read, plus attention and its indexer. [FLOP]

    Notes
    -----
    Norms, activations and softmax are left out (under 1%). Linear-attention and Mamba layers count only through their
    weights: for models that have them this is a lower bound.
    """
    model = model_of(model)
    chosen = np.minimum(model.sparse_share * context_tok, model.attend_tok)
    attention = (model.pair_flop_decode_global * context_tok + model.pair_flop_decode_sparse * chosen
                 + model.pair_flop_decode_window * np.minimum(context_tok, model.window_tok)
                 + model.pair_flop_indexer * context_tok)
    return FLOP_PER_PARAM * model.n_params_read + attention


@checked
def prefill_flop_per_token(model: Architecture | str, prompt_tok: Numeric) -> Numeric:
    """Mean FLOPs per prompt token when a prompt is read at once.

    Parameters
    ----------
    model : Model, Architecture or str
        What runs; a slug of the catalogue, or a model of your own.
    prompt_tok : numeric
        Prompt length. [token]

    Returns
    -------
    numeric
        Two per weight (the output head once per prompt, rows of an embedding that are only looked up not at all), plus
        causal attention and its indexer. [FLOP]

    Notes
    -----
    Causal attention reads half the square; a kernel that computes all of it and masks does twice that part.
    """
    model = model_of(model)
    weights = n_params_prefilled(model.n_params_read, model.n_params_head, prompt_tok)
    seen = mean_causal_context(prompt_tok)
    # an entry may stand for several tokens: the choice then is full after as many times more of them
    share = model.sparse_share + (model.sparse_share == 0)
    chosen = model.sparse_share * mean_causal_context(prompt_tok, np.maximum(model.attend_tok / share, 1))
    windowed = mean_causal_context(prompt_tok, np.maximum(model.window_tok, 1))
    attention = ((model.pair_flop_prefill_global + model.pair_flop_indexer) * seen
                 + model.pair_flop_prefill_sparse * chosen + model.pair_flop_prefill_window * windowed)
    return FLOP_PER_PARAM * weights + attention


# -- of a layer in plain numbers --------------------------------------------------------------------------------------


@checked
def attention_crossover_tok(hidden: Numeric, q_heads: Numeric, kv_heads: Numeric, head_dim: Numeric,
                            ffn_hidden: Numeric, causal: bool = True) -> Numeric:
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
    weights = hidden * head_dim * (2 * q_heads + 2 * kv_heads) + 3 * hidden * ffn_hidden
    return (2 if causal else 1) * FLOP_PER_PARAM * weights / (2 * FLOP_PER_PARAM * q_heads * head_dim)


@checked
def linear_flop(batch_tok: Numeric, n_params: Numeric) -> Numeric:
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


@checked(prompt_tok="[1, 1e9]")
def n_params_prefilled(n_params: Numeric, n_params_head: Numeric, prompt_tok: Numeric) -> Numeric:
    """Weights that a prompt's token passes on average: the output head only after the last one.

    Parameters
    ----------
    n_params : numeric
        Weights that a generated token passes. [1]
    n_params_head : numeric
        The output head among them; 0 for a stack that has none. [1]
    prompt_tok : numeric
        Prompt length. [token]

    Returns
    -------
    numeric
        Weights per token. [1]
    """
    if not (is_traced(n_params) or is_traced(n_params_head)) and np.any(np.greater(n_params_head, n_params)):
        raise ValueError(f"n_params_head={np.max(n_params_head):g} exceeds n_params={np.min(n_params):g}, of which it "
                         "is a part; give models' n_params_read and n_params_head.")
    return n_params - n_params_head * (1 - 1 / prompt_tok)


@checked
def attention_flop_prefill(prompt_tok: Numeric, layers: Numeric, attention_width: Numeric,
                           causal_fraction: Numeric = 0.5) -> Numeric:
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
def attention_intensity_decode(q_heads: Numeric, kv_heads: Numeric, bytes_per_value: Numeric = 2.0) -> Numeric:
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
