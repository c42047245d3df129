"""Counting a transformer's weights, and refusing shapes that cannot be.

Whole numbers only, one function per part of the block. `models.Model` adds the parts up; `m` is that model everywhere.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from ..quantities.checks import lookup, require, require_non_negative, require_whole

if TYPE_CHECKING:
    from .spec import Model

ATTENTION = {"gqa": "grouped-query, from multi-head to multi-query", "mla": "multi-head latent", "other": "not counted"}
FFN = {"gated": "three matrices (SwiGLU, GeGLU)", "plain": "two matrices (GELU, ReLU)"}
QK_NORM = {"none": "", "head": "one weight per head dimension", "full": "one weight per projected value"}
NORM = {"rms": 1, "layer": 2}


def attention(m: Model) -> int:
    """Weights of one attention layer."""
    return mla(m) if m.attention == "mla" else gqa(m)


def gqa(m: Model) -> int:
    """Multi-head, grouped-query or multi-query attention; they differ only in the number of key-value heads."""
    q, kv = m.q_heads * m.head_dim, m.kv_heads * m.head_dim
    weights = m.hidden * (q * (1 + m.output_gate) + 2 * kv) + q * m.hidden
    biases = (q + 2 * kv) * m.qkv_bias + m.hidden * m.out_bias
    norms = {"none": 0, "head": 2 * m.head_dim, "full": q + kv}[m.qk_norm]
    return weights + biases + norms + m.q_heads * m.sinks


def mla(m: Model) -> int:
    """Multi-head latent attention, with its sparse-attention indexer where there is one."""
    head = m.head_dim + m.rope_dim
    # each compression is followed by an RMS norm of the compressed width
    q = m.q_lora * (m.hidden + 1 + m.q_heads * head) if m.q_lora else m.hidden * m.q_heads * head
    kv = m.hidden * (m.kv_lora + m.rope_dim) + m.kv_lora * (1 + m.q_heads * (m.head_dim + m.v_head_dim))
    out = m.q_heads * m.v_head_dim * m.hidden
    # indexer: query and key projections, a layer norm on the key, one weight per head
    indexer = m.indexer_dim * (m.q_lora * m.indexer_heads + m.hidden + 2) + m.hidden * m.indexer_heads
    return q + kv + out + indexer


def linear_width(m: Model) -> int:
    """Width of queries, keys and values of a linear-attention layer together."""
    return 2 * m.linear_key_heads * m.linear_key_dim + m.linear_value_heads * m.linear_value_dim


def linear(m: Model) -> int:
    """Gated delta rule: projections to q, k, v, gate and two rates per head, convolution, norm, output."""
    value = m.linear_value_heads * m.linear_value_dim
    rates = 2 * m.linear_value_heads
    return (m.hidden * (linear_width(m) + 2 * value + rates) + m.linear_conv * linear_width(m) + rates
            + m.linear_value_dim)


def ffn(m: Model, width: int, inputs: int = 0) -> int:
    """One FFN, or one expert, of a given width, that reads and writes `inputs` channels (by default all)."""
    inputs = inputs or m.hidden
    matrices = 3 if m.ffn == "gated" else 2
    return matrices * inputs * width + ((matrices - 1) * width + inputs) * m.ffn_bias


def norm(m: Model) -> int:
    """One normalisation of the residual stream."""
    return NORM[m.norm] * m.hidden


def check(m: Model) -> None:
    """Raise `ValueError` for a row that is incomplete, impossible, or at odds with itself or with its publisher."""
    _check_types(m)
    for field, table in (("attention", ATTENTION), ("ffn", FFN), ("qk_norm", QK_NORM), ("norm", NORM)):
        lookup(field, getattr(m, field), table)
    _check_shape(m)
    _check_experts(m)
    _check_published(m)


def _check_types(m: Model) -> None:
    accepted = {"int": (int, "a whole number"), "float": ((int, float), "a number"), "bool": (bool, "true or false"),
                "str": (str, "text in quotes")}
    for field in fields(m):
        kind, words = accepted[field.type]
        value = getattr(m, field.name)
        # bool is an int in Python, but `layers = true` is a slip
        if not isinstance(value, kind) or (isinstance(value, bool) and field.type != "bool"):
            raise ValueError(f"{field.name}={value!r} is not {words}.")


def _check_shape(m: Model) -> None:
    require_whole(layers=m.layers, hidden=m.hidden, q_heads=m.q_heads, kv_heads=m.kv_heads, head_dim=m.head_dim,
                  ffn_hidden=m.ffn_hidden, vocab=m.vocab, norms_per_layer=m.norms_per_layer, moe_every=m.moe_every)
    counts = ("positions", "window_tok", "window_layers", "linear_layers", "kv_lora", "q_lora", "rope_dim",
              "v_head_dim", "indexer_heads", "indexer_dim", "attend_tok", "experts", "experts_active",
              "experts_shared", "expert_hidden", "shared_hidden", "expert_input", "dense_layers",
              "max_context_tok", "linear_key_heads", "linear_value_heads", "linear_key_dim", "linear_value_dim",
              "linear_conv")
    require_whole(0, **{name: getattr(m, name) for name in counts})
    require_non_negative(cache_values=m.cache_values, cache_window_values=m.cache_window_values,
                         stated_n_params=m.stated_n_params, stated_n_params_active=m.stated_n_params_active,
                         training_tok=m.training_tok, training_hours=m.training_hours)
    require(1, 1000, hint="layers are counted one by one.", layers=m.layers)
    require(16, 1e6, hint="hidden is the width of the residual stream.", hidden=m.hidden)
    if m.attention == "gqa" and m.q_heads % m.kv_heads:
        raise ValueError(f"kv_heads={m.kv_heads} does not divide q_heads={m.q_heads}.")
    if m.window_layers + m.linear_layers > m.layers:
        raise ValueError(f"window_layers + linear_layers exceeds layers={m.layers}.")
    if bool(m.window_layers) != bool(m.window_tok):
        raise ValueError("window_tok and window_layers belong together; give both or neither.")
    if m.attention == "mla" and not (m.kv_lora and m.rope_dim and m.v_head_dim):
        raise ValueError("attention='mla' needs kv_lora, rope_dim and v_head_dim.")
    if m.attention == "other" and not (m.stated_n_params and m.stated_n_params_active):
        raise ValueError("attention='other' needs stated_n_params and stated_n_params_active.")


def _check_experts(m: Model) -> None:
    if m.experts and not 1 <= m.experts_active <= m.experts:
        raise ValueError(f"experts_active={m.experts_active} is outside 1..{m.experts}.")
    if m.experts and not m.expert_hidden:
        raise ValueError("experts needs expert_hidden, the width of one expert.")
    if not m.experts and (m.experts_active or m.experts_shared or m.expert_hidden):
        raise ValueError("experts=0, yet experts_active, experts_shared or expert_hidden is set.")
    if m.dense_layers > m.layers:
        raise ValueError(f"dense_layers={m.dense_layers} exceeds layers={m.layers}.")


def _check_published(m: Model) -> None:
    """Catch a slip in the shape: the count must agree with what the publisher rounds."""
    # published counts differ by what they include (embedding, vision tower), never by more than this
    slack = 0.07
    for name, counts in (("published_n_params", (m.n_params,)),
                         ("published_n_params_active", (m.n_params_read, m.n_params_active))):
        if not getattr(m, name):
            continue
        value, half = rounded(getattr(m, name))
        if min(abs(count - value) for count in counts) > half + slack * value:
            raise ValueError(f"{name}={getattr(m, name)!r}, but the architecture gives {counts[0]:,}; check the shape.")


def rounded(text: str) -> tuple[float, float]:
    """Read a published count with its rounding.

    Parameters
    ----------
    text : str
        A number with K, M, B or T, such as ``540.35B``.

    Returns
    -------
    tuple of float
        The value, and half a unit of its last digit.
    """
    scale = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    try:
        digits, unit = text[:-1], scale[text[-1]]
        value = float(digits)
    except (KeyError, IndexError, ValueError, TypeError):
        raise ValueError(f"{text!r} is not a rounded count; write for example 671B or 1.5B.") from None
    decimals = len(digits.partition(".")[2])
    return value * unit, 0.5 * 10.0**-decimals * unit
