"""A model and a chip unpacked: the numbers that each decides once a format is chosen."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import cast

import numpy as np

from ..hardware import accelerators
from ..hardware.accelerators import Accelerator
from ..models import spec
from ..models.kv_cache import INDEXER_BYTES_PER_VALUE
from ..models.spec import Model
from ..quantities.choices import tabulated
from .formats import WIDE_BYTES, Formats
from .stored import stored

ENDLESS_TOK = 1e12  # stands for "no window" and "reads everything"
ALONE = 1.0  # chips that a chip without links joins
HEAD_ROWS = 4  # of different numbers of key-value heads; a model with more has longer rows than others


def model_of(model: Model | str) -> Model:
    """Return a model of the catalogue by its slug, or the model itself; anything else is refused."""
    return cast(Model, spec.model_of(model))


def chip_of(chip: Accelerator | str) -> Accelerator:
    """Return a chip of the catalogue by its slug, or the chip itself; anything else is refused."""
    if isinstance(chip, str):
        return accelerators.get(chip)
    if not hasattr(chip, "hbm_bytes_per_s"):
        raise ValueError(f"chip={chip!r} is neither a slug of the catalogue nor an Accelerator.")
    return chip


def _links(chip: Accelerator) -> dict[str, float]:
    """Speed and reach of the two nearest tiers."""
    tiers = [(t.bytes_per_s, np.inf if t.chips is None else float(t.chips), float(t.kind == "mesh"))
             for t in chip.tiers]
    if len(tiers) > 2 or any(mesh for _, _, mesh in tiers[1:]):
        raise ValueError(f"{chip.title} has {len(tiers)} tiers of links; give two at most, a mesh only as the first.")
    none = (np.nan, ALONE, 0.0)
    near, far = (*tiers, none, none)[:2]
    return {"link_bytes_per_s": near[0], "link_chips": near[1], "link_mesh": near[2], "far_link_bytes_per_s": far[0],
            "far_link_chips": far[1]}


def _formats(precision: str | Formats) -> Formats:
    return precision if isinstance(precision, Formats) else Formats(precision)


@tabulated
def cache_bytes_per_value(precision: str | Formats, engine: str) -> float:
    """Bytes of one cached value in a format under an engine [B]."""
    return _formats(precision).cache_bytes_per_value(engine)


@tabulated
def of_model(model: Model | str, precision: str | Formats) -> SimpleNamespace:
    """The numbers that a model and a format decide."""
    m, form = model_of(model), _formats(precision)
    held = stored(m, form.stored)
    mixture = bool(m.experts)
    mixers = sum(group.layers * (group.n_params_attention(m.hidden) + group.n_params_state(m.hidden))
                 for group in m.groups)
    arithmetic = form.arithmetic or form.stored.arithmetic
    # published mixtures in fp8 are scaled by blocks (DeepSeek, Qwen, MiniMax, GLM); dense models by tensor or channel
    blocks = arithmetic == "fp8" and (mixture or form.stored.group > 0)
    return SimpleNamespace(
        attention_params=min(mixers, held.shared_params), fp8_block=float(blocks),
        fp8_tensor=float(arithmetic == "fp8" and not blocks), fp4_dense=float(arithmetic == "fp4" and not mixture),
        fp4_mixture=float(arithmetic == "fp4" and mixture),
        widened=float(mixture and arithmetic == "bf16" and form.stored.bits <= 4 and form.stored.name != "mxfp4"),
        layers=m.layers, expert_layers=m.moe_layers, latent_layers=m.latent_layers,
        shared_expert_layers=sum(group.layers for group in m.groups if group.experts and group.shared_width),
        state_layers=sum(group.layers for group in m.groups if group.state_heads),
        summed_norm_layers=m.layers if _sums_norms(m) else 0,
        # activations are quantised layer by layer where dense weights are multiplied in four bits
        dense_layers=0 if m.experts else m.layers, hidden=m.hidden, experts=max(m.experts, 1),
        experts_active=m.experts_active, shared_params=held.shared_params, head_params=held.head_params,
        expert_params=held.expert_params, resident_bytes=held.bytes_per_copy,
        shared_bytes_per_param=held.shared_bytes / held.shared_params,
        head_bytes_per_param=held.head_bytes / held.head_params,
        expert_bytes_per_param=held.expert_bytes / held.expert_params if m.experts else form.stored.bytes_per_value,
        attention_bytes_per_param=(WIDE_BYTES if "attention" in form.stored.kept(bool(m.experts > 0))
                                   else form.stored.bytes_per_value),
        wide_share=held.shared_wide_params / held.shared_params, cache_values=m.kv_values_per_token_global,
        sparse_values=m.kv_values_per_token_sparse, window_values=m.kv_values_per_token_window,
        state_bytes=m.state_values * form.state_bytes_per_value,
        indexer_bytes_per_tok=m.indexer_values_per_token * INDEXER_BYTES_PER_VALUE,
        window_tok=m.window_tok or ENDLESS_TOK,
        # an entry may stand for several tokens: the choice then is full after as many times more of them
        attend_tok=m.attend_tok / m.sparse_share if m.attend_tok else ENDLESS_TOK,
        state_heads=max(float(max(group.state_heads for group in m.groups)), 1.0), q_heads=query_heads(m),
        **_by_heads(m),
        indexer_pair_flop=m.pair_flop_indexer,
        pair_flop_global=m.pair_flop_prefill_global + m.pair_flop_indexer,
        pair_flop_sparse=m.sparse_share * m.pair_flop_prefill_sparse, pair_flop_window=m.pair_flop_prefill_window,
        decode_pair_flop_global=m.pair_flop_decode_global + m.pair_flop_indexer,
        decode_pair_flop_sparse=m.sparse_share * m.pair_flop_decode_sparse,
        decode_pair_flop_window=m.pair_flop_decode_window)


def _sums_norms(m: Model) -> bool:
    """Say whether queries and keys are normalised over all heads together, as in MiniMax-M2 and OLMo 2."""
    words = json.loads(m.config or "{}")
    return (words.get("qk_norm") == "full" or words.get("qk_norm_type") == "per_layer"
            or words.get("model_type") in ("olmo2", "olmo3"))


def query_heads(m: Model) -> np.ndarray:
    """Numbers of query heads that layers have, by which chips cut attention, filled up with zeros."""
    found = sorted({float(np.max(group.q_heads)) for group in m.groups} - {0.0})
    return np.array(found + [0.0] * (HEAD_ROWS - len(found)))


def _by_heads(m: Model) -> dict[str, np.ndarray]:
    """Rows of key-value heads: the share of each in what is kept, chosen from and windowed, and the weights behind it.

    A latent is one head to all: every chip makes it for itself. So it does with the compressed query and with an
    indexer's keys and choice: engines hold the matrices of all three whole on every chip.
    """
    rows: dict[float, np.ndarray] = {}
    for group in m.groups:
        own, width = 1 - group.kv_shared, group.kv_heads
        grouped = (own * width * (group.qk_dim + group.v_dim * (1 - group.kv_tied)),
                   own * width * (group.qk_dim + group.v_dim * (1 - group.v_from_k)))
        latent = own * (group.kv_lora + group.rope_dim)
        alone = m.hidden * (latent + group.q_lora) + group.n_params_indexer(m.hidden)
        for heads, values, params in ((width, grouped[0], m.hidden * grouped[1]), (1, latent, alone)):
            if params:
                rows[float(heads)] = rows.get(float(heads), np.zeros(4)) + float(group.layers) * np.array([
                    group.kept_share * values, (group.attend_tok > 0) * group.kept_share * values,
                    (group.window_tok > 0) * values, params], float)
    sorts = sorted(rows, reverse=True)
    sorts += [1.0] * (HEAD_ROWS - len(sorts))
    table = np.array([rows.pop(count, np.zeros(4)) for count in sorts])
    shares = table[:, :3] / np.maximum(table[:, :3].sum(axis=0), 1.0)
    return {"kv_heads": np.array(sorts), "cache_shares": shares[:, 0], "sparse_shares": shares[:, 1],
            "window_shares": shares[:, 2], "kv_params": table[:, 3]}


@tabulated
def of_chip(chip: Accelerator | str, precision: str | Formats) -> SimpleNamespace:
    """The numbers that a chip and a format decide; no 16-bit peak is NaN here, because not every model needs it."""
    found, form = chip_of(chip), _formats(precision)
    if found.hbm_bytes is None or found.hbm_bytes_per_s is None:
        raise ValueError(f"{found.title} has no memory size or bandwidth in the catalogue; choose another chip.")
    native = form.native(found) and (form.arithmetic or form.stored.arithmetic) == "fp4"
    return SimpleNamespace(
        hbm_bytes=found.hbm_bytes, hbm_bytes_per_s=found.hbm_bytes_per_s, flop_per_s=form.flop_per_s(found),
        wide_flop_per_s=np.nan if found.bf16_flop_per_s is None else found.bf16_flop_per_s,
        quantises=1.0 if native else 0.0, native=1.0 if form.native(found) else 0.0, **_links(found))
