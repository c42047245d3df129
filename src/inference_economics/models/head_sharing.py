"""What changes when query heads share keys and values: weights, cache per chip, arithmetic per byte.

Multi-head attention keeps a key and a value for every query head, multi-query attention one for all, grouped-query
attention something between. Latent attention keeps one compressed vector, and works on it like multi-query attention
with one very wide head. The functions about numbers trace; `with_kv_heads` makes a model that nobody published.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace

import numpy as np

from ..quantities.checks import is_traced
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .flop import FLOP_PER_PARAM
from .spec import Model, from_config

MATRICES_GATED = 3


_WHOLE = "[1, 1e5] whole"


@checked(q_heads=_WHOLE, kv_heads=_WHOLE)
def check_heads(q_heads: Numeric, kv_heads: Numeric) -> None:
    """Raise `ValueError` unless both are whole and there are no more key-value heads than query heads.

    Parameters
    ----------
    q_heads, kv_heads : numeric
        Query heads; key-value heads. [1]
    """
    if not (is_traced(q_heads) or is_traced(kv_heads)) and np.any(np.asarray(kv_heads) > np.asarray(q_heads)):
        raise ValueError(f"kv_heads={kv_heads} exceeds q_heads={q_heads}: no query head would read the rest.")


def with_kv_heads(model: Model, kv_heads: Numeric, equal_size: bool = False) -> Model:
    """Return the same model with another number of key-value heads: a hypothetical one, which nobody has trained.

    Parameters
    ----------
    model : Model
        A model with grouped keys and values, entered by hand as the catalogue's are.
    kv_heads : int
        Key-value heads; must divide the query heads. [1]
    equal_size : bool
        Let a gated FFN grow or shrink by what K and V give up or take, as its authors would when comparing.

    Returns
    -------
    Model
        Published figures, which no longer apply, are dropped.
    """
    words = json.loads(model.config or "{}")
    if model.attention != "gqa":
        raise ValueError(f"{model.title} has {model.attention!r} attention; only plain attention has key-value heads.")
    if words.get("model_type") != "by_hand":
        raise ValueError(f"{model.title} was not entered by hand; change the heads in its configuration.")
    check_heads(model.q_heads, kv_heads)
    words["kv_heads"] = int(kv_heads)
    if equal_size:
        if model.ffn != "gated" or model.experts:
            raise ValueError(f"equal_size needs a dense model with a gated FFN; {model.title} is not one.")
        given_up = 2 * model.head_dim * (model.kv_heads - kv_heads)
        words["ffn_hidden"] = int(model.ffn_hidden + np.rint(given_up / MATRICES_GATED))
    return from_config(words, name=model.name, title=model.title, org=model.org, released=model.released,
                       max_context_tok=model.max_context_tok, source=model.source, date=model.date,
                       confidence=model.confidence, note=model.note)


def unshared(model: Model) -> Model:
    """Return the same model with a key and a value for every query head, of whatever layers it has.

    Parameters
    ----------
    model : Model
        Any; also one whose numbers only a page knows. A latent stays as it is, and biases are as many as before.

    Returns
    -------
    Model
        Published figures, which no longer apply, are dropped.
    """
    groups = tuple(replace(group, kv_heads=(group.kv_heads > 0) * group.q_heads) for group in model.groups)
    if not is_traced(model.hidden):
        return replace(model, groups=groups, published_n_params="", published_n_params_active="")
    found = copy(model)
    object.__setattr__(found, "groups", groups)
    return found


@checked
def n_params_key_value(layers: Numeric, hidden: Numeric, kv_heads: Numeric, head_dim: Numeric) -> Numeric:
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
    return 2 * layers * hidden * kv_heads * head_dim


@checked
def equal_size_multiplier(q_heads: Numeric, kv_heads: Numeric, ffn_ratio: Numeric = 8 / 3) -> Numeric:
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
    check_heads(q_heads, kv_heads)
    return 1 + 2 * (1 - kv_heads / q_heads) / (MATRICES_GATED * ffn_ratio)


@checked
def latent_as_kv_heads(kv_lora: Numeric, rope_dim: Numeric, head_dim: Numeric) -> Numeric:
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
    return (kv_lora + rope_dim) / (2 * head_dim)


@checked(kv_heads=_WHOLE, tp=_WHOLE)
def kv_heads_per_chip(kv_heads: Numeric, tp: Numeric) -> Numeric:
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
    return np.ceil(kv_heads / tp)


@checked(kv_heads=_WHOLE, tp=_WHOLE)
def cache_copies(kv_heads: Numeric, tp: Numeric) -> Numeric:
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


@checked(q_heads=_WHOLE)
def latent_intensity_decode(q_heads: Numeric, kv_lora: Numeric, rope_dim: Numeric,
                            bytes_per_value: Numeric = 2.0) -> Numeric:
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
    return FLOP_PER_PARAM * q_heads * (2 * kv_lora + rope_dim) / ((kv_lora + rope_dim) * bytes_per_value)
