"""What changes when query heads share keys and values: weights, cache per chip, arithmetic per byte.

Multi-head attention keeps a key and a value for every query head, multi-query attention one for all, grouped-query
attention something between. Latent attention keeps one compressed vector, and works on it like multi-query attention
with one very wide head. The functions about numbers trace; `with_kv_heads` makes a model that nobody published.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..quantities.checks import is_traced, require_non_negative, require_positive, require_whole
from .flop import FLOP_PER_PARAM
from .spec import Model

MATRICES_GATED = 3


def _check_heads(q_heads, kv_heads):
    require_whole(q_heads=q_heads, kv_heads=kv_heads)
    if not (is_traced(q_heads) or is_traced(kv_heads)) and np.any(np.asarray(kv_heads) > np.asarray(q_heads)):
        raise ValueError(f"kv_heads={kv_heads!r} exceeds q_heads={q_heads!r}: no query head would read the rest.")


def with_kv_heads(model: Model, kv_heads: int, equal_size: bool = False) -> Model:
    """Return the same model with another number of key-value heads: a hypothetical one, which nobody has trained.

    Parameters
    ----------
    model : Model
        A model with ``gqa`` attention.
    kv_heads : int
        Key-value heads; must divide the query heads. [1]
    equal_size : bool
        Let a gated FFN grow or shrink by what K and V give up or take, as its authors would when comparing.

    Returns
    -------
    Model
        Published figures, which no longer apply, are dropped.
    """
    if model.attention != "gqa":
        raise ValueError(f"{model.title} has {model.attention!r} attention; only plain attention has key-value heads.")
    _check_heads(model.q_heads, kv_heads)
    ffn_hidden = model.ffn_hidden
    if equal_size:
        if model.ffn != "gated" or model.experts:
            raise ValueError(f"equal_size needs a dense model with a gated FFN; {model.title} is not one.")
        ffn_hidden += round(2 * model.head_dim * (model.kv_heads - kv_heads) / MATRICES_GATED)
    return replace(model, kv_heads=int(kv_heads), ffn_hidden=ffn_hidden, published_n_params="",
                   published_n_params_active="", reference_n_params=0, reference_n_params_active=0,
                   reference_n_params_non_embedding=0)


def n_params_key_value(layers, hidden, kv_heads, head_dim):
    """Weights of the key and value projections, all layers: what sharing heads saves besides cache.

    Parameters
    ----------
    layers, hidden, kv_heads, head_dim : numeric
        Layers, width of the residual stream, key-value heads, channels per head. [1]

    Returns
    -------
    numeric
        Parameters, without biases. [1]
    """
    require_positive(layers=layers, hidden=hidden, kv_heads=kv_heads, head_dim=head_dim)
    return 2 * layers * hidden * kv_heads * head_dim


def equal_size_multiplier(q_heads, kv_heads, ffn_ratio=8 / 3):
    """Factor by which a gated FFN may widen so that a block with shared heads keeps the size of a multi-head one.

    Parameters
    ----------
    q_heads, kv_heads : numeric
        Query heads; key-value heads. [1]
    ffn_ratio : numeric
        Width of the gated FFN over that of the residual stream, before widening. [1]

    Returns
    -------
    numeric
        At least 1. [1]

    Notes
    -----
    Assumes that the query heads together are as wide as the residual stream, as in most models.
    """
    _check_heads(q_heads, kv_heads)
    require_positive(ffn_ratio=ffn_ratio)
    return 1 + 2 * (1 - kv_heads / q_heads) / (MATRICES_GATED * ffn_ratio)


def latent_as_kv_heads(kv_lora, rope_dim, head_dim):
    """Key-value heads whose cache is as large as a latent one.

    Parameters
    ----------
    kv_lora, rope_dim, head_dim : numeric
        Width of the latent, of its rotary key, and of one head. [1]

    Returns
    -------
    numeric
        Heads; need not be whole. [1]

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V2", arXiv:2405.04434, 2024, Table 1: 9/4 heads.
    """
    require_positive(kv_lora=kv_lora, head_dim=head_dim)
    require_non_negative(rope_dim=rope_dim)
    return (kv_lora + rope_dim) / (2 * head_dim)


def kv_heads_per_chip(kv_heads, tp):
    """Key-value heads that each chip holds when a layer is cut across chips.

    Parameters
    ----------
    kv_heads : numeric
        Key-value heads; 1 for a latent cache, which is one head to all. [1]
    tp : numeric
        Tensor-parallel degree: chips that share a layer. [1]

    Returns
    -------
    numeric
        At least 1: with more chips than heads, heads are copied. [1]
    """
    require_whole(kv_heads=kv_heads, tp=tp)
    return np.ceil(kv_heads / tp)


def cache_copies(kv_heads, tp):
    """Bytes of cache that all chips hold together, over the bytes of one cache.

    Parameters
    ----------
    kv_heads, tp : numeric
        As in `kv_heads_per_chip`. [1]

    Returns
    -------
    numeric
        1 while every head has one home. [1]
    """
    return tp * kv_heads_per_chip(kv_heads, tp) / kv_heads


def latent_intensity_decode(q_heads, kv_lora, rope_dim, bytes_per_value=2.0):
    """Arithmetic per byte of latent cache when one token attends, on the compressed vectors themselves.

    Parameters
    ----------
    q_heads, kv_lora, rope_dim : numeric
        Query heads; width of the latent and of its rotary key. [1]
    bytes_per_value : numeric
        Bytes of one cached value. [B]

    Returns
    -------
    numeric
        Every head multiplies with the whole latent, once for scores and once for values. [FLOP/B]
    """
    require_whole(q_heads=q_heads)
    require_positive(kv_lora=kv_lora, bytes_per_value=bytes_per_value)
    require_non_negative(rope_dim=rope_dim)
    return FLOP_PER_PARAM * q_heads * (2 * kv_lora + rope_dim) / ((kv_lora + rope_dim) * bytes_per_value)
