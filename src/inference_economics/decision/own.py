"""A model or a chip of the reader's own, from the few numbers of a model card or a data sheet."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from ..quantities.limits import checked, checked_fields
from ..quantities.numeric import Numeric, Truth
from ..serving.setups import EMBEDDING_BYTES, Setup

VOCABULARY = 128_000.0  # entries, of a model whose card is not asked for them; assumed


@dataclass(frozen=True, eq=False)
class Shape:
    """A model in the few numbers of its card.

    Parameters
    ----------
    n_params, n_params_active : numeric
        In all, and those of one token. [1]
    layers, hidden : numeric
        Layers, and their width. [1]
    kv_values, kv_heads : numeric
        Values that one token leaves in the cache of one layer, and the heads by which chips cut it. [1]
    experts, experts_active : numeric
        Of a layer, and of one token; 1 and 0 of a dense model. [1]
    """

    n_params: Numeric
    n_params_active: Numeric
    layers: Numeric
    hidden: Numeric
    kv_values: Numeric
    kv_heads: Numeric
    experts: Numeric = 1.0
    experts_active: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits; a dense model has no experts to choose."""
        checked_fields(self, experts_active="[0, 1e6]")


def own_setup(shape: Shape, dense: Setup, mixture: Setup) -> Setup:
    """Return a model of the reader's own as the plain numbers of the step's formulas.

    Parameters
    ----------
    shape : Shape
        The model.
    dense, mixture : Setup
        A model of each kind on the chip and in the format that are wanted: how formats are stored and multiplied is
        taken from the one that is alike.

    Returns
    -------
    Setup

    Notes
    -----
    =====================================  =======================================================
    assumed                                if false
    =====================================  =======================================================
    queries are as wide as the layers      attention works a little more, or less
    every layer has the same cache         windows and sparse attention read less of it
    a vocabulary of 128,000, and the head  a small model's head weighs otherwise
    is not the embedding
    all layers of a mixture have experts   shared weights are a little more
    =====================================  =======================================================
    """
    has_experts = shape.experts > 1

    def alike(name: str) -> Numeric:
        chosen: Numeric = np.where(has_experts, getattr(mixture, name), getattr(dense, name))
        return chosen

    head = VOCABULARY * shape.hidden
    resting = np.maximum(shape.experts - shape.experts_active, 1.0)
    expert = np.where(has_experts, np.maximum(shape.n_params - shape.n_params_active, 0.0) / resting, 0.0)
    shared = np.maximum(shape.n_params_active - shape.experts_active * expert - head, head)
    attention = np.minimum(shape.layers * shape.hidden * (2 * shape.hidden + shape.kv_values), shared)
    pairs = 4 * shape.layers * shape.hidden
    alone = np.array([1.0, 0.0, 0.0, 0.0])
    values = {one.name: alike(one.name) for one in fields(Setup)}
    per_value = dense.cache_bytes_per_tok / 163_840  # llama-3.1-70b keeps so many values of a token
    values |= {
        "layers": shape.layers, "expert_layers": np.where(has_experts, shape.layers, 0.0), "latent_layers": 0.0,
        "quantised_layers": np.where(has_experts, 0.0, np.where(dense.quantised_layers > 0, shape.layers, 0.0)),
        "shared_expert_layers": 0.0, "state_layers": 0.0, "summed_norm_layers": 0.0, "hidden": shape.hidden,
        "experts": np.maximum(shape.experts, 1.0), "experts_active": shape.experts_active, "shared_params": shared,
        "head_params": head, "expert_params": expert, "attention_params": attention,
        "resident_bytes": shared * alike("shared_bytes_per_param") + head * (alike("head_bytes_per_param")
                                                                            + EMBEDDING_BYTES),
        "cache_bytes_per_tok": shape.layers * shape.kv_values * per_value, "sparse_bytes_per_tok": 0.0,
        "window_bytes_per_tok": 0.0, "state_bytes": 0.0, "indexer_bytes_per_tok": 0.0,
        "window_tok": dense.window_tok, "attend_tok": dense.attend_tok, "kv_heads": alone * (shape.kv_heads - 1) + 1.0,
        "cache_shares": alone, "sparse_shares": 0 * alone, "window_shares": 0 * alone,
        "kv_params": alone * (shape.layers * shape.hidden * shape.kv_values), "state_heads": 1.0,
        "pair_flop_global": pairs, "pair_flop_sparse": 0.0, "pair_flop_window": 0.0,
        "decode_pair_flop_global": pairs, "decode_pair_flop_sparse": 0.0, "decode_pair_flop_window": 0.0,
        "indexer_pair_flop": 0.0, "decode_indexer_pair_flop": 0.0}
    return Setup(**values)


@checked
def on_own_chip(s: Setup, hbm_bytes: Numeric, hbm_bytes_per_s: Numeric, flop_per_s: Numeric) -> Setup:
    """Return a setup on a chip of the reader's own, with the links of the one it was made for.

    Parameters
    ----------
    s : Setup
        Model and another chip.
    hbm_bytes, hbm_bytes_per_s, flop_per_s : numeric
        Memory, its bandwidth, and arithmetic in eight bits. [B], [B/s], [FLOP/s]

    Returns
    -------
    Setup
    """
    return replace(s, hbm_bytes=hbm_bytes, hbm_bytes_per_s=hbm_bytes_per_s, shared_flop_per_s=flop_per_s,
                   expert_flop_per_s=flop_per_s)


def either(choice: Truth, first: Setup, second: Setup) -> Setup:
    """Return the first setup where the choice is true, else the second."""
    return Setup(**{one.name: np.where(choice, getattr(first, one.name), getattr(second, one.name))
                    for one in fields(Setup)})
