"""One row of a model: what a layer holds, keeps and computes, and how many layers are like it.

There is no list of attention kinds: a field that a layer has no use for is zero. Fields may be whole numbers (what
follows from them is then exact), arrays over models (see `architecture.stack`) or values known only in the browser:
nothing here branches on a field, except to refuse a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from numbers import Real
from typing import Any

import numpy as np

from ..quantities.checks import is_traced, number, shown
from ..quantities.numeric import Numeric

# A field that is set stands beside one of these, or describes nothing.
NEEDS = {
    "q_heads": ("kv_heads", "kv_lora", "kv_shared"), "kv_heads": ("q_heads",), "kv_lora": ("q_heads",),
    "kv_shared": ("q_heads",), "qk_dim": ("q_heads",), "v_dim": ("q_heads",), "gate_width": ("q_heads",),
    "v_from_k": ("kv_heads",), "kv_tied": ("v_from_k",), "out_lora": ("out_groups",), "out_groups": ("out_lora",),
    "q_lora": ("q_heads",), "rope_dim": ("kv_lora",), "window_tok": ("q_heads",), "attend_tok": ("q_heads",),
    "indexer_heads": ("indexer_dim",), "indexer_dim": ("attend_tok",), "indexer_even": ("indexer_heads",),
    "state_heads": ("state_out",), "state_key_dim": ("state_heads",), "state_value_dim": ("state_heads",),
    "state_in": ("state_heads",), "state_out": ("state_heads",), "conv_width": ("conv_tok",),
    "conv_tok": ("conv_width",), "experts": ("expert_width",), "experts_active": ("experts",),
    "expert_width": ("experts",), "expert_input": ("experts",), "expert_vector_params": ("experts",),
    "router_width": ("experts",),
}
# A field that is set needs every one of these.
NEEDS_ALL = {
    "q_heads": ("qk_dim", "v_dim"), "state_heads": ("state_key_dim", "state_value_dim", "state_in"),
    "experts": ("router_width",), "indexer_dim": ("indexer_heads",),
}
FLAGS = ("v_from_k", "kv_tied", "kv_shared", "indexer_even")


@dataclass(frozen=True)
class LayerGroup:
    """Layers that are alike. A field that they have no use for is zero.

    Parameters
    ----------
    layers : int
        How many. [1]
    q_heads, kv_heads, qk_dim, v_dim : int
        Query heads; key-value heads (none where a latent stands for them); width of one query or key, rotary part
        included; width of one value. [1]
    gate_width : int
        Columns of a gate on the attention output. [1]
    v_from_k, kv_tied : int
        1 where values have no projection of their own but are made from the keys'; 1 where, besides, one cached entry
        serves as both. [1]
    out_lora, out_groups : int
        Output projection through a narrow matrix for each group of heads; zero projects at once. [1]
    q_lora, kv_lora, rope_dim : int
        Latent attention: width of the compressed query, of the cached latent, and of the rotary key cached beside it.
        [1]
    kept_share : float
        Share of all tokens whose keys and values stay for good: 1 in a layer that sees everything, 0 in one with a
        window only, 1/4 where four tokens leave one entry. [1]
    window_tok : int
        Last tokens kept besides. [token]
    attend_tok : int
        Entries that are read of those kept for good, chosen by an indexer; zero reads all. [token]
    indexer_heads, indexer_dim, indexer_even : int
        Shape of that indexer; zero in a layer that follows the choice of an earlier one; 1 where its heads count alike,
        without weights made from the token. [1]
    kv_shared : int
        1 where the layer reads the cache of an earlier one and has no keys and values of its own. [1]
    state_heads, state_key_dim, state_value_dim : int
        Fixed state in place of a cache (linear attention, Mamba): heads, and rows and columns of a head's state. [1]
    state_in, state_out : int
        Columns of the projections into that mixer; rows of the projection out of it. [1]
    conv_width, conv_tok : int
        Channels and taps of its short convolution. [1], [token]
    ffn_width, ffn_matrices : int
        Width of a dense feed-forward; 3 where it is gated, 2 where it is plain, for the experts too. [1]
    experts, experts_active, expert_width, shared_width, router_width : int
        Mixture of experts: how many, how many per token, width of one, width of what every token passes besides,
        and columns of the router (with the gate of the shared expert). [1]
    expert_input : int
        Width that the experts read and write, where a projection narrows it first. [1]
    matrix_params : int
        Weights of further matrices that every token passes (Mamba's inner projections). [1]
    vector_params, expert_vector_params : int
        Weights that are no matrix: norms, biases, sinks, decay rates; those of one expert. [1]

    Raises
    ------
    ValueError
        When a field is no number, stands alone, or contradicts another.
    """

    layers: Numeric = 0
    q_heads: Numeric = 0
    kv_heads: Numeric = 0
    qk_dim: Numeric = 0
    v_dim: Numeric = 0
    gate_width: Numeric = 0
    v_from_k: Numeric = 0
    kv_tied: Numeric = 0
    out_lora: Numeric = 0
    out_groups: Numeric = 0
    q_lora: Numeric = 0
    kv_lora: Numeric = 0
    rope_dim: Numeric = 0
    kept_share: Numeric = 1
    window_tok: Numeric = 0
    attend_tok: Numeric = 0
    indexer_heads: Numeric = 0
    indexer_dim: Numeric = 0
    indexer_even: Numeric = 0
    kv_shared: Numeric = 0
    state_heads: Numeric = 0
    state_key_dim: Numeric = 0
    state_value_dim: Numeric = 0
    state_in: Numeric = 0
    state_out: Numeric = 0
    conv_width: Numeric = 0
    conv_tok: Numeric = 0
    ffn_width: Numeric = 0
    ffn_matrices: Numeric = 3
    experts: Numeric = 0
    experts_active: Numeric = 0
    expert_width: Numeric = 0
    shared_width: Numeric = 0
    router_width: Numeric = 0
    expert_input: Numeric = 0
    matrix_params: Numeric = 0
    vector_params: Numeric = 0
    expert_vector_params: Numeric = 0

    def __post_init__(self) -> None:
        """Hold numbers as Python's and arrays as float64, which do not overflow; refuse a row that cannot be."""
        hold_exact(self, [field.name for field in fields(self)], shares=("kept_share",))
        if is_plain(getattr(self, field.name) for field in fields(self)):
            _check_row(self)

    # -- weights of one layer -----------------------------------------------------------------------------------------

    def n_params_attention(self, hidden: Numeric) -> Numeric:
        """Matrices of one layer's attention, indexer included, at a given width of the residual stream [1]."""
        inputs = _either(self.q_lora, hidden)
        query = hidden * self.q_lora + inputs * self.q_heads * self.qk_dim
        grouped = hidden * self.kv_heads * (self.qk_dim + self.v_dim * (1 - self.v_from_k)) * (1 - self.kv_shared)
        latent = hidden * (self.kv_lora + self.rope_dim) * (1 - self.kv_shared)
        latent = latent + self.kv_lora * self.q_heads * (self.qk_dim - self.rope_dim + self.v_dim)
        out = self.q_heads * self.v_dim * _either(self.out_lora, hidden) + self.out_groups * self.out_lora * hidden
        return query + grouped + latent + out + hidden * self.gate_width + self.n_params_indexer(hidden)

    def n_params_indexer(self, hidden: Numeric) -> Numeric:
        """Matrices of one layer's indexer, which every chip holds whole [1]."""
        inputs = _either(self.q_lora, hidden)
        return (self.indexer_dim * (inputs * self.indexer_heads + hidden)
                + hidden * self.indexer_heads * (1 - self.indexer_even))

    def n_params_state(self, hidden: Numeric) -> Numeric:
        """Matrices and convolution of one layer's linear attention or Mamba [1]."""
        return hidden * (self.state_in + self.state_out) + self.conv_width * self.conv_tok

    def n_params_expert(self, hidden: Numeric) -> Numeric:
        """One routed expert of one layer [1]."""
        return self.ffn_matrices * _either(self.expert_input, hidden) * self.expert_width + self.expert_vector_params

    def n_params_per_layer(self, hidden: Numeric) -> Numeric:
        """All weights of one layer, experts included [1]."""
        feed_forward = self.ffn_matrices * hidden * (self.ffn_width + self.shared_width)
        routing = hidden * (self.router_width + 2 * self.expert_input)
        return (self.n_params_attention(hidden) + self.n_params_state(hidden) + feed_forward + routing
                + self.experts * self.n_params_expert(hidden) + self.matrix_params + self.vector_params)

    # -- what one layer keeps -----------------------------------------------------------------------------------------

    @property
    def kv_values(self) -> Numeric:
        """Values of one cache entry of one layer: keys and values, or the latent and its rotary key [1]."""
        grouped = self.kv_heads * (self.qk_dim + self.v_dim * (1 - self.kv_tied))
        return (grouped + self.kv_lora + self.rope_dim) * (1 - self.kv_shared)

    def kv_values_on_chip(self, tp: Numeric) -> Numeric:
        """Values of one cache entry that one of `tp` chips holds: heads are dealt out, a latent is copied [1]."""
        grouped = np.ceil(self.kv_heads / tp) * (self.qk_dim + self.v_dim * (1 - self.kv_tied))
        return (grouped + self.kv_lora + self.rope_dim) * (1 - self.kv_shared)

    # -- work of one layer --------------------------------------------------------------------------------------------

    @property
    def pair_flop_prefill(self) -> Numeric:
        """FLOPs on one pair of query and key in prefill: score and weighted sum, all heads [FLOP]."""
        return 2 * self.q_heads * (self.qk_dim + self.v_dim)

    @property
    def pair_flop_decode(self) -> Numeric:
        """As `pair_flop_prefill`, in decode, where latent attention works on the compressed cache [FLOP]."""
        latent = 2 * self.kv_lora + self.rope_dim
        return 2 * self.q_heads * _either(latent, self.qk_dim + self.v_dim)

    @property
    def pair_flop_indexer(self) -> Numeric:
        """FLOPs of the indexer on one pair of query and key [FLOP]."""
        return 2 * self.indexer_heads * self.indexer_dim


def is_plain(values: Iterable[object]) -> bool:
    """Tell whether no value is an array or traced: then they can be looked at."""
    return not any(isinstance(value, np.ndarray) or is_traced(value) for value in values)


def hold_exact(spec: object, names: Iterable[str], shares: tuple[str, ...] = ()) -> None:
    """Hold a spec's numbers in types that do not overflow: whole ones as int, arrays as float64.

    Parameters
    ----------
    spec : object
        A frozen dataclass; call this from its `__post_init__`.
    names : iterable of str
        Its fields that are numbers.
    shares : tuple of str
        Those of them that need not be whole.

    Raises
    ------
    ValueError
        When an array holds anything but whole numbers, or shares, of at least 0.
    """
    for name in names:
        value = getattr(spec, name)
        if type(value) is int or is_traced(value):
            continue
        if isinstance(value, np.ndarray) and value.ndim:
            held: Any = number(name, value)
            wrong = ~(held >= 0) | ((held % 1 != 0) if name not in shares else held > 1)
            if wrong.any():
                kind = "shares of 0..1" if name in shares else "whole numbers of at least 0"
                raise ValueError(f"{name}={shown(value)} holds {float(held[wrong][0])!r}; only {kind} are accepted.")
        else:
            held = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
            held = int(held) if whole(held) else held
        if held is not value:
            object.__setattr__(spec, name, held)


def whole(value: Any, low: int = 0, high: int = 2**53) -> bool:
    """Tell whether a value is a whole number within limits, and no truth value."""
    return _is_number(value) and bool(low <= value <= high and value % 1 == 0)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _either(value: Numeric, otherwise: Numeric) -> Numeric:
    """Return `value`, or `otherwise` where it is zero; whole numbers stay exact, which np.where does not promise."""
    return value + (value == 0) * otherwise


def _check_row(row: LayerGroup) -> None:
    """Refuse a row of plain numbers that cannot be."""
    for field in fields(row):
        value = getattr(row, field.name)
        share = field.name == "kept_share" and _is_number(value) and value >= 0
        if not share and not whole(value):
            raise ValueError(f"{field.name}={shown(value)} is not a whole number of 0..2**53.")
    _check_partners(row)
    refusals = {
        f"kv_heads={row.kv_heads} and kv_lora={row.kv_lora} exclude each other: a latent stands for all heads":
            row.kv_heads and row.kv_lora,
        f"out_groups={row.out_groups} does not divide q_heads={row.q_heads}":
            row.out_groups and row.q_heads % row.out_groups,
        f"router_width={row.router_width} is less than experts={row.experts}": row.router_width < row.experts,
        f"kv_heads={row.kv_heads} does not divide q_heads={row.q_heads}": row.kv_heads and row.q_heads % row.kv_heads,
        f"rope_dim={row.rope_dim} exceeds qk_dim={row.qk_dim}": row.rope_dim > row.qk_dim,
        f"kept_share={row.kept_share} is outside 0..1": row.kept_share > 1,
        f"window_tok={row.window_tok} adds nothing to kept_share=1": row.window_tok and row.kept_share == 1,
        "attention without a cache: give kept_share or window_tok":
            row.q_heads and not row.kept_share and not row.window_tok,
        f"ffn_matrices={row.ffn_matrices} is neither 2 nor 3": row.ffn_matrices not in (2, 3),
        f"experts_active={row.experts_active} is outside 1..{row.experts}":
            row.experts and not 1 <= row.experts_active <= row.experts,
    }
    for words, wrong in refusals.items():
        if wrong:
            raise ValueError(f"{words}.")


def _check_partners(row: LayerGroup) -> None:
    """Refuse a field that is set without what it belongs to, and a flag that is none."""
    for name, partners in NEEDS.items():
        if getattr(row, name) and not any(getattr(row, partner) for partner in partners):
            raise ValueError(f"{name}={getattr(row, name)!r} describes nothing without {' or '.join(partners)}.")
    for name, partners in NEEDS_ALL.items():
        for partner in partners:
            if getattr(row, name) and not getattr(row, partner):
                raise ValueError(f"{name}={getattr(row, name)!r} needs {partner}.")
    for name in FLAGS:
        if getattr(row, name) > 1:
            raise ValueError(f"{name}={getattr(row, name)!r} is neither 0 nor 1.")
