"""A model in some format on some chip, unpacked into the plain numbers of the step's formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..hardware.accelerators import Accelerator
from ..models.head_sharing import check_heads, n_params_key_value
from ..models.kv_cache import kv_bytes_per_token, kv_values_per_token
from ..models.spec import Model
from ..quantities.checks import is_traced
from ..quantities.limits import check, checked
from ..quantities.numeric import Numeric
from .engines import TYPICAL
from .formats import SHORT, WIDE_BYTES, Formats, arithmetic_flop_per_s, load_formats
from .queueing import column
from .unpacked import cache_bytes_per_value, chip_of, of_chip, of_model

EMBEDDING_BYTES = WIDE_BYTES  # published checkpoints leave embeddings and output head in bf16
# what one stored weight takes, by the names that `setup` accepts: scales included, what stays in 16 bits left out
BYTES_PER_PARAM = {name: row.bytes_per_value for name, row in (
    *((short, load_formats()[slug]) for short, slug in SHORT.items()), *load_formats().items())
    if row.holds == "weights"}
LINKS = ("link_bytes_per_s", "link_chips", "link_mesh", "far_link_bytes_per_s", "far_link_chips")


@dataclass(frozen=True)
class Setup:
    """A model in some format on some chip, as plain numbers in base units; arrays broadcast.

    Parameters
    ----------
    layers, expert_layers, shared_expert_layers, quantised_layers : numeric
        Layers; those with experts, with an expert that every token passes besides, with quantised activations in dense
        weights. [1]
    latent_layers, state_layers, summed_norm_layers : numeric
        Layers with latent attention; with a fixed state in place of a cache; with queries and keys normalised over all
        heads together, which chips that share them have to sum first. [1]
    hidden, experts, experts_active : numeric
        Width; routed experts of a layer (1 in a dense model) and those of one token (0). [1]
    shared_params, head_params, expert_params : numeric
        Weights every token passes, without the head; the head; one expert over all layers. [1]
    attention_params : numeric
        Those of `shared_params` that attend, or mix tokens otherwise: the part that groups copy. [1]
    fp8_shared, block_scaled, fp4_shared, fp4_experts, widened : numeric
        1 where the chip multiplies in fp8 with one scale per tensor, in fp8 scaled by blocks (mixtures), in four bits
        (shared weights; experts), or widens experts in int4; 0 elsewhere. [1]
    resident_bytes : numeric
        Shared weights, head and embedding as stored. [B]
    shared_bytes_per_param, head_bytes_per_param, expert_bytes_per_param : numeric
        As stored, on average. [B]
    attention_bytes_per_param : numeric
        Matrices of attention, as stored. [B]
    cache_bytes_per_tok, sparse_bytes_per_tok, window_bytes_per_tok, state_bytes : numeric
        Cache per token that grows for ever; the part of it that is read sparsely; cache per token that a window of
        `window_tok` bounds; fixed state. [B]
    indexer_bytes_per_tok : numeric
        Keys of a sparse attention's indexer, which every step reads in full. [B]
    window_tok, attend_tok : numeric
        Window, and tokens among which a sparse attention still reads everything; very large without. [token]
    kv_heads, cache_shares, sparse_shares, window_shares, kv_params : array
        Along the last axis, one entry for each number of key-value heads that layers have (1 for a latent), by which
        chips cut a cache: that number; its share of `cache_bytes_per_tok`, of `sparse_bytes_per_tok` and of
        `window_bytes_per_tok`; and the weights that make its keys and values, with the other matrices that every chip
        holds whole (of a compressed query, of an indexer) in the row of one head. [1]
    q_heads : array
        Along the last axis, the numbers of query heads that layers have, by which chips cut attention; zeros fill it
        up. [1]
    state_heads : numeric
        Heads by which a fixed state is cut. [1]
    pair_flop_global, pair_flop_sparse, pair_flop_window : numeric
        Attention arithmetic of prefill per pair of tokens, all layers: on what stays for good (indexers included), on
        what an indexer chose, and within a window. [FLOP]
    decode_pair_flop_global, decode_pair_flop_sparse, decode_pair_flop_window : numeric
        The same of one more token in decode, where latent attention works on the compressed cache. [FLOP]
    indexer_pair_flop, decode_indexer_pair_flop : numeric
        The indexers' part of `pair_flop_global` and of `decode_pair_flop_global`: every chip that shares a layer does
        all of it, because each holds the indexer whole. Its projections, and others that every chip holds whole, count
        as cut. [FLOP]
    hbm_bytes, hbm_bytes_per_s, shared_flop_per_s, expert_flop_per_s : numeric
        One chip. [B], [B/s], [FLOP/s], [FLOP/s]
    link_bytes_per_s, link_chips, link_mesh : numeric
        Its nearest tier of links: speed (NaN without), chips that it joins (1 without), and 1 where every two chips
        have a wire of their own. See `links.tier_bytes_per_s`. [B/s], [1], [1]
    far_link_bytes_per_s, far_link_chips : numeric
        The next tier, the same. [B/s], [1]
    """

    layers: Numeric
    expert_layers: Numeric
    latent_layers: Numeric
    quantised_layers: Numeric
    shared_expert_layers: Numeric
    state_layers: Numeric
    summed_norm_layers: Numeric
    hidden: Numeric
    experts: Numeric
    experts_active: Numeric
    shared_params: Numeric
    head_params: Numeric
    expert_params: Numeric
    attention_params: Numeric
    fp8_shared: Numeric
    block_scaled: Numeric
    fp4_shared: Numeric
    fp4_experts: Numeric
    widened: Numeric
    resident_bytes: Numeric
    shared_bytes_per_param: Numeric
    head_bytes_per_param: Numeric
    expert_bytes_per_param: Numeric
    attention_bytes_per_param: Numeric
    cache_bytes_per_tok: Numeric
    sparse_bytes_per_tok: Numeric
    window_bytes_per_tok: Numeric
    state_bytes: Numeric
    indexer_bytes_per_tok: Numeric
    window_tok: Numeric
    attend_tok: Numeric
    kv_heads: Numeric
    cache_shares: Numeric
    sparse_shares: Numeric
    window_shares: Numeric
    kv_params: Numeric
    q_heads: Numeric
    state_heads: Numeric
    pair_flop_global: Numeric
    pair_flop_sparse: Numeric
    pair_flop_window: Numeric
    decode_pair_flop_global: Numeric
    decode_pair_flop_sparse: Numeric
    decode_pair_flop_window: Numeric
    indexer_pair_flop: Numeric
    decode_indexer_pair_flop: Numeric
    hbm_bytes: Numeric
    hbm_bytes_per_s: Numeric
    shared_flop_per_s: Numeric
    expert_flop_per_s: Numeric
    link_bytes_per_s: Numeric
    link_chips: Numeric
    link_mesh: Numeric
    far_link_bytes_per_s: Numeric
    far_link_chips: Numeric


def setup(model: Model | str, chip: Accelerator | str, precision: str | Formats = "fp8",
          bytes_per_value: Numeric | None = None, link_bytes_per_s: Numeric | None = None,
          engine: str = TYPICAL) -> Setup:
    """Unpack a model and a chip into the plain numbers of the formulas.

    Parameters
    ----------
    model : Model or str
        What runs.
    chip : Accelerator or str
        One chip.
    precision : str or Formats
        Format of the weights: a row of ``catalog/formats.toml``, such as ``w8a16``, or ``bf16``, ``fp8``, ``int8``,
        ``fp4`` (NVFP4), ``awq`` (W4A16). Each keeps in 16 bits what its published checkpoints keep. Or the formats of
        weights, cache, state and arithmetic together. A chip that lacks the arithmetic multiplies in 16 bits.
    bytes_per_value : numeric, optional
        Bytes of one cached value; by default what the engine chooses for such a checkpoint: eight-bit weights alone do
        not halve the cache. [B]
    link_bytes_per_s : numeric, optional
        Link of one chip, one direction, to any number of others, in place of the catalogue's links. [B/s]
    engine : str
        Whose defaults hold: a row of ``catalog/engines.toml``, or ``typical``.

    Returns
    -------
    Setup

    Raises
    ------
    ValueError
        For names that are not known, and for a chip without memory, or without any peak that the format can use.
    """
    m, one = of_model(model, precision), of_chip(chip, precision)
    if bytes_per_value is None:
        bytes_per_value = cache_bytes_per_value(precision, engine)
    per_value: Numeric = check(bytes_per_value=bytes_per_value)
    known = not (is_traced(m.wide_share) or is_traced(one.wide_flop_per_s))
    if known and m.wide_share > 0 and np.isnan(one.wide_flop_per_s):
        arithmetic_flop_per_s(chip_of(chip), "bf16", "what this format keeps in 16 bits")
    links = {name: getattr(one, name) for name in LINKS}
    if link_bytes_per_s is not None:
        # a speed given in place of the catalogue's reaches everywhere
        links |= {"link_bytes_per_s": check(link_bytes_per_s=link_bytes_per_s), "link_chips": np.inf, "link_mesh": 0.0}
    # parts in two formats take turns: the mean of their peaks is the harmonic one
    wide_s = np.where(m.wide_share > 0, m.wide_share / one.wide_flop_per_s, 0.0)
    return Setup(
        layers=m.layers, expert_layers=m.expert_layers, latent_layers=m.latent_layers,
        quantised_layers=m.dense_layers * one.quantises, shared_expert_layers=m.shared_expert_layers,
        state_layers=m.state_layers, summed_norm_layers=m.summed_norm_layers, hidden=m.hidden, experts=m.experts,
        experts_active=m.experts_active, shared_params=m.shared_params, head_params=m.head_params,
        expert_params=m.expert_params, attention_params=m.attention_params,
        fp8_shared=m.fp8_tensor * one.native, block_scaled=m.fp8_block * one.native,
        fp4_shared=m.fp4_dense * one.native, fp4_experts=m.fp4_mixture * one.native, widened=m.widened,
        resident_bytes=m.resident_bytes, shared_bytes_per_param=m.shared_bytes_per_param,
        head_bytes_per_param=m.head_bytes_per_param, expert_bytes_per_param=m.expert_bytes_per_param,
        attention_bytes_per_param=m.attention_bytes_per_param,
        cache_bytes_per_tok=m.cache_values * per_value,
        sparse_bytes_per_tok=m.sparse_values * per_value, window_bytes_per_tok=m.window_values * per_value,
        state_bytes=m.state_bytes, indexer_bytes_per_tok=m.indexer_bytes_per_tok, window_tok=m.window_tok,
        attend_tok=m.attend_tok, kv_heads=m.kv_heads, cache_shares=m.cache_shares, sparse_shares=m.sparse_shares,
        window_shares=m.window_shares, kv_params=m.kv_params, q_heads=m.q_heads, state_heads=m.state_heads,
        pair_flop_global=m.pair_flop_global, pair_flop_sparse=m.pair_flop_sparse,
        pair_flop_window=m.pair_flop_window, decode_pair_flop_global=m.decode_pair_flop_global,
        decode_pair_flop_sparse=m.decode_pair_flop_sparse, decode_pair_flop_window=m.decode_pair_flop_window,
        indexer_pair_flop=m.indexer_pair_flop, decode_indexer_pair_flop=m.indexer_pair_flop,
        hbm_bytes=one.hbm_bytes, hbm_bytes_per_s=one.hbm_bytes_per_s,
        shared_flop_per_s=1 / (wide_s + (1 - m.wide_share) / one.flop_per_s),
        expert_flop_per_s=one.flop_per_s, **links)


@checked
def setup_with_kv_heads(s: Setup, model: Model, kv_heads: Numeric, bytes_per_value: Numeric | None = None) -> Setup:
    """Return the plain numbers of a setup for another number of key-value heads.

    Parameters
    ----------
    s : Setup
        From `setup` for the same model.
    model : Model
        What runs. All its layers keep keys and values of the same heads for good.
    kv_heads : numeric
        Key-value heads, at most the query heads; may be an array, one entry per configuration. [1]
    bytes_per_value : numeric, optional
        Bytes of one cached value; by default those of `s`. [B]

    Returns
    -------
    Setup
        Weights, cache per token and the heads that a cache can be cut by have changed.

    Raises
    ------
    ValueError
        For a model with latent attention, sliding windows, an indexer, a state in place of a cache, or layers of
        different shape: another number of heads is not one number for it.
    """
    check_heads(model.q_heads, kv_heads)
    if not is_traced(s) and not is_traced(model.layers):  # a figure's model stands for several
        _check_alike(model)
    if bytes_per_value is None:
        bytes_per_value = s.cache_bytes_per_tok / model.kv_values_per_token_global
    per_token = kv_bytes_per_token(kv_values_per_token(model.layers, kv_heads, model.head_dim), bytes_per_value)
    made = n_params_key_value(model.layers, model.hidden, kv_heads, model.head_dim)
    more = made - n_params_key_value(model.layers, model.hidden, model.kv_heads, model.head_dim)
    params, more_bytes = s.shared_params + more, more * s.attention_bytes_per_param
    shared_bytes = s.shared_params * s.shared_bytes_per_param + more_bytes
    alone = np.ones(1)
    return replace(s, cache_bytes_per_tok=per_token, kv_heads=column(kv_heads) * alone, cache_shares=alone,
                   sparse_shares=0 * alone, window_shares=0 * alone, kv_params=column(made) * alone,
                   shared_params=params, attention_params=s.attention_params + more,
                   shared_bytes_per_param=shared_bytes / params, resident_bytes=s.resident_bytes + more_bytes)


def _check_alike(model: Model) -> None:
    """Refuse a model in which the number of key-value heads is not one number that all layers share."""
    kinds = {"latent attention": any(group.kv_lora for group in model.groups),
             "a sliding window": any(group.window_tok for group in model.groups),
             "an indexer": model.indexer_values_per_token > 0,
             "layers without keys and values": any(not group.kv_values for group in model.groups),
             "layers of different heads": len({(group.q_heads, group.kv_heads, group.qk_dim, group.v_dim)
                                               for group in model.groups}) > 1}
    found = [name for name, there in kinds.items() if there]
    if found:
        raise ValueError(f"{model.title} has {' and '.join(found)}: key-value heads are not one number for it. Give a "
                         "model whose layers all keep the keys and values of the same heads, such as llama-3.1-70b.")
