"""A model and a chip unpacked: the numbers that each decides once a format is chosen."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ..hardware import accelerators
from ..hardware.accelerators import Accelerator
from ..models import spec
from ..models.groups import LayerGroup
from ..models.kv_cache import INDEXER_BYTES_PER_VALUE
from ..models.spec import Model
from ..quantities.checks import is_traced
from ..quantities.choices import tabulated
from ..quantities.numeric import Numeric
from .formats import WIDE_BYTES, Formats
from .stored import stored, wide_parts

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
    mixture = m.experts > 0
    mixers = m.total(lambda group: group.n_params_attention(m.hidden) + group.n_params_state(m.hidden))
    arithmetic = form.arithmetic or form.stored.arithmetic
    in_fp8, in_fp4 = float(arithmetic == "fp8"), float(arithmetic == "fp4")
    # published mixtures in fp8 are scaled by blocks (DeepSeek, Qwen, MiniMax, GLM); dense models by tensor or channel
    blocks = np.where(mixture, in_fp8, in_fp8 * (form.stored.group > 0))
    from_int4 = arithmetic == "bf16" and form.stored.bits <= 4 and form.stored.name != "mxfp4"
    return SimpleNamespace(
        attention_params=np.minimum(mixers, held.shared_params), fp8_block=blocks, fp8_tensor=in_fp8 - blocks,
        fp4_dense=np.where(mixture, 0.0, in_fp4), fp4_mixture=np.where(mixture, in_fp4, 0.0),
        widened=np.where(mixture, float(from_int4), 0.0),
        layers=m.layers, expert_layers=m.moe_layers, latent_layers=m.latent_layers,
        shared_expert_layers=m.total(lambda group: (group.experts > 0) * (1 * (group.shared_width > 0))),
        state_layers=m.state_layers, summed_norm_layers=m.summed_norms * m.layers,
        # activations are quantised layer by layer where dense weights are multiplied in four bits
        dense_layers=np.where(mixture, 0, m.layers), hidden=m.hidden, experts=np.maximum(m.experts, 1),
        experts_active=m.experts_active, shared_params=held.shared_params, head_params=held.head_params,
        expert_params=held.expert_params, resident_bytes=held.bytes_per_copy,
        shared_bytes_per_param=held.shared_bytes / held.shared_params,
        head_bytes_per_param=held.head_bytes / held.head_params,
        expert_bytes_per_param=np.where(mixture, held.expert_bytes / np.maximum(held.expert_params, 1),
                                        form.stored.bytes_per_value),
        attention_bytes_per_param=np.where(wide_parts(m, form.stored)["attention"], WIDE_BYTES,
                                           form.stored.bytes_per_value),
        wide_share=held.shared_wide_params / held.shared_params, cache_values=m.kv_values_per_token_global,
        sparse_values=m.kv_values_per_token_sparse, window_values=m.kv_values_per_token_window,
        state_bytes=m.state_values * form.state_bytes_per_value,
        indexer_bytes_per_tok=m.indexer_values_per_token * INDEXER_BYTES_PER_VALUE,
        window_tok=np.where(m.window_tok > 0, m.window_tok, ENDLESS_TOK),
        # an entry may stand for several tokens: the choice then is full after as many times more of them
        attend_tok=np.where(m.attend_tok > 0, m.attend_tok / np.where(m.attend_tok > 0, m.sparse_share, 1.0),
                            ENDLESS_TOK),
        state_heads=np.maximum(np.max(m.each(lambda group: group.state_heads), axis=-1), 1.0), q_heads=query_heads(m),
        **_by_heads(m),
        indexer_pair_flop=m.pair_flop_indexer,
        pair_flop_global=m.pair_flop_prefill_global + m.pair_flop_indexer,
        pair_flop_sparse=m.sparse_share * m.pair_flop_prefill_sparse, pair_flop_window=m.pair_flop_prefill_window,
        decode_pair_flop_global=m.pair_flop_decode_global + m.pair_flop_indexer,
        decode_pair_flop_sparse=m.sparse_share * m.pair_flop_decode_sparse,
        decode_pair_flop_window=m.pair_flop_decode_window)


def query_heads(m: Model) -> npt.NDArray[Any]:
    """Numbers of query heads that layers have, by which chips cut attention, filled up with zeros."""
    return _different(m.each(lambda group: group.q_heads))


def _different(heads: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the different numbers of heads above zero, the largest first, then zeros: `HEAD_ROWS` or more."""
    rows = HEAD_ROWS if is_traced(heads) else max(HEAD_ROWS, len(set(heads.tolist()) - {0.0}))
    found: list[npt.NDArray[Any]] = []
    for _ in range(rows):
        found.append(np.max(heads, axis=-1))
        heads = np.where(heads < found[-1], heads, 0.0)
    return np.stack(found, axis=-1)


def _by_heads(m: Model) -> dict[str, Numeric]:
    """Rows of key-value heads: the share of each in what is kept, chosen from and windowed, and the weights behind it.

    A latent is one head to all: every chip makes it for itself. So it does with the compressed query and with an
    indexer's keys and choice: engines hold the matrices of all three whole on every chip.
    """
    def width(group: LayerGroup) -> Numeric:
        return (1 - group.kv_shared) * group.kv_heads

    def latent(group: LayerGroup) -> Numeric:
        return (1 - group.kv_shared) * (group.kv_lora + group.rope_dim)

    def cached(group: LayerGroup) -> Numeric:
        return width(group) * (group.qk_dim + group.v_dim * (1 - group.kv_tied))

    def shared_params(group: LayerGroup) -> Numeric:
        return m.hidden * (width(group) * (group.qk_dim + group.v_dim * (1 - group.v_from_k)))

    def whole_params(group: LayerGroup) -> Numeric:
        return m.hidden * (latent(group) + group.q_lora) + group.n_params_indexer(m.hidden)

    # in each group what its heads share, then what is one to all
    layers = _both(m, lambda group: group.layers, lambda group: group.layers)
    values, params = _both(m, cached, latent), _both(m, shared_params, whole_params)
    kept, chosen, windowed = (_both(m, one, one) for one in (
        lambda group: group.kept_share, lambda group: (group.attend_tok > 0) * group.kept_share,
        lambda group: 1 * (group.window_tok > 0)))
    of_groups = _both(m, lambda group: group.kv_heads, lambda _: 1)
    heads = np.where(params > 0, of_groups, 0.0)
    sorts = _different(heads)
    mine = np.logical_and(heads == sorts[..., np.newaxis], heads > 0)
    rows = [np.sum(np.where(mine, layers * each, 0.0), axis=-1)
            for each in (kept * values, chosen * values, windowed * values, params)]
    shares = [row / np.maximum(np.sum(row, axis=-1), 1.0) for row in rows[:3]]
    return {"kv_heads": np.where(sorts > 0, sorts, 1.0), "cache_shares": shares[0], "sparse_shares": shares[1],
            "window_shares": shares[2], "kv_params": rows[3]}


def _both(m: Model, first: Callable[[LayerGroup], Any], second: Callable[[LayerGroup], Any]) -> npt.NDArray[Any]:
    return np.stack([m.each(first), m.each(second)], axis=-1).reshape(-1)


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
