"""A model in some format on some chip, unpacked into the plain numbers of the step's formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .. import models
from ..hardware import accelerators
from ..models.head_sharing import _check_heads, n_params_key_value
from ..models.kv_cache import kv_bytes_per_token, kv_values_per_token
from ..models.spec import Model
from ..quantities.checks import lookup
from ..quantities.limits import check

EMBEDDING_BYTES = 2.0  # published checkpoints leave embeddings and output head in bf16


@dataclass(frozen=True)
class Setup:
    """A model in some format on some chip, as plain numbers in base units; arrays broadcast.

    Parameters
    ----------
    layers, expert_layers, latent_layers, quantised_layers : numeric
        Layers; those with experts, with latent attention, with quantised activations in dense weights. [1]
    hidden, experts, experts_active : numeric
        Width; routed experts of a layer (1 in a dense model) and those of one token (0). [1]
    shared_params, head_params, expert_params : numeric
        Weights every token passes, without the head; the head; one expert over all layers. [1]
    resident_bytes : numeric
        Shared weights, head and embedding as stored. [B]
    shared_bytes_per_param, expert_bytes_per_param : numeric
        As stored. [B]
    cache_bytes_per_tok, window_bytes_per_tok, state_bytes : numeric
        Cache per token that grows for ever, that a window of `window_tok` bounds, and fixed state. [B]
    window_tok, attend_tok : numeric
        Window, and tokens a sparse attention reads; very large without. [token]
    cache_shards : numeric
        Chips that the cache of one sequence can be cut over: key-value heads, or 1 for a latent cache. [1]
    pair_flop, whole_layers, window_layers : numeric
        Attention arithmetic per pair of tokens and layer; layers that see everything, and a window. [FLOP], [1]
    hbm_bytes, hbm_bytes_per_s, shared_flop_per_s, expert_flop_per_s, link_bytes_per_s : numeric
        One chip. [B], [B/s], [FLOP/s], [FLOP/s], [B/s]
    """

    layers: object
    expert_layers: object
    latent_layers: object
    quantised_layers: object
    hidden: object
    experts: object
    experts_active: object
    shared_params: object
    head_params: object
    expert_params: object
    resident_bytes: object
    shared_bytes_per_param: object
    expert_bytes_per_param: object
    cache_bytes_per_tok: object
    window_bytes_per_tok: object
    state_bytes: object
    window_tok: object
    attend_tok: object
    cache_shards: object
    pair_flop: object
    whole_layers: object
    window_layers: object
    hbm_bytes: object
    hbm_bytes_per_s: object
    shared_flop_per_s: object
    expert_flop_per_s: object
    link_bytes_per_s: object

# Four-bit formats carry a one-byte scale per block: of 16 weights in NVFP4 ("fp4"), of 32 in MXFP4 (gpt-oss).
BYTES_PER_PARAM = {"bf16": 2.0, "fp8": 1.0, "int8": 1.0, "fp4": 0.5 + 1 / 16, "mxfp4": 0.5 + 1 / 32}


# -- specs ------------------------------------------------------------------------------------------------------------


def _model(model):
    if isinstance(model, str):
        return models.get(model)
    if not hasattr(model, "kv_values_per_token"):
        raise ValueError(f"model={model!r} is neither a slug of the catalogue nor a Model.")
    return model


def _chip(accelerator):
    if isinstance(accelerator, str):
        return accelerators.get(accelerator)
    if not hasattr(accelerator, "hbm_bytes_per_s"):
        raise ValueError(f"accelerator={accelerator!r} is neither a slug of the catalogue nor an Accelerator.")
    return accelerator


def _peak(chip, precision: str) -> float:
    """Peak of the arithmetic: a chip without the format keeps it for storage only and computes in bf16."""
    native = getattr(chip, f"{precision.removeprefix('mx')}_flop_per_s")
    return native if native is not None else chip.flop_per_s("fp8" if chip.bf16_flop_per_s is None else "bf16")


def setup(model, accelerator, precision="fp8", bytes_per_value=None, link_bytes_per_s=None) -> Setup:
    """Unpack a model and a chip into the plain numbers of the formulas.

    Parameters
    ----------
    model : Model or str
        What runs.
    accelerator : Accelerator or str
        One chip.
    precision : str
        Format of the weights: ``bf16``, ``fp8``, ``int8``, ``fp4`` or ``mxfp4``. Embeddings and head stay in bf16; so
        do all weights but the experts of a mixture in four bits, as in the published checkpoints. A chip without a peak
        for the format computes in bf16.
    bytes_per_value : float, optional
        Bytes of one cached value; the default is 2 with ``bf16`` weights and 1 otherwise. [B]
    link_bytes_per_s : float, optional
        Link of one chip, one direction, in place of the catalogue's. [B/s]

    Returns
    -------
    Setup
    """
    m, chip = _model(model), _chip(accelerator)
    width = lookup("precision", precision, BYTES_PER_PARAM)
    if chip.hbm_bytes is None or chip.hbm_bytes_per_s is None:
        raise ValueError(f"{chip.title} has no memory size or bandwidth in the catalogue; choose another accelerator.")
    if bytes_per_value is None:
        bytes_per_value = 2.0 if precision == "bf16" else 1.0
    link = chip.link_bytes_per_s if link_bytes_per_s is None else link_bytes_per_s
    link = np.nan if link is None else link
    check(bytes_per_value=bytes_per_value, **({} if link_bytes_per_s is None else {"link_bytes_per_s": link}))
    mixture, four_bit = m.experts > 0, precision in ("fp4", "mxfp4")
    kept_wide = np.where(mixture, four_bit, False)
    shared = m.n_params - m.n_params_embedding - m.experts * m.n_params_expert
    shared_bytes = np.where(kept_wide, EMBEDDING_BYTES, width)
    peak, wide_peak = _peak(chip, precision), _peak(chip, "bf16")
    native_four_bit = 1.0 if four_bit and chip.fp4_flop_per_s is not None else 0.0
    return Setup(
        layers=m.layers, expert_layers=m.moe_layers, latent_layers=np.where(m.kv_lora > 0, m.layers, 0),
        quantised_layers=np.where(mixture, 0.0, native_four_bit) * m.layers, hidden=m.hidden,
        experts=np.maximum(m.experts, 1), experts_active=m.experts_active, shared_params=shared,
        head_params=m.n_params_head, expert_params=m.n_params_expert,
        resident_bytes=shared * shared_bytes + m.n_params_embedding * EMBEDDING_BYTES,
        shared_bytes_per_param=shared_bytes, expert_bytes_per_param=width,
        cache_bytes_per_tok=m.kv_values_per_token_global * bytes_per_value,
        window_bytes_per_tok=m.kv_values_per_token_window * bytes_per_value,
        state_bytes=m.state_values * EMBEDDING_BYTES,
        window_tok=np.where(m.window_tok > 0, m.window_tok, 1e12),
        attend_tok=np.where(m.attend_tok > 0, m.attend_tok, 1e12),
        cache_shards=np.where(m.kv_lora > 0, 1, m.kv_heads), pair_flop=m.pair_flop_prefill,
        whole_layers=m.global_layers, window_layers=m.window_layers, hbm_bytes=chip.hbm_bytes,
        hbm_bytes_per_s=chip.hbm_bytes_per_s, shared_flop_per_s=np.where(kept_wide, wide_peak, peak),
        expert_flop_per_s=peak, link_bytes_per_s=link)


def setup_with_kv_heads(setup: Setup, model: Model, kv_heads, bytes_per_value=1.0) -> Setup:
    """Return the plain numbers of `serving.setup` for another number of key-value heads.

    Parameters
    ----------
    setup : Setup
        From `serving.setup` for the same model. The model has no sliding windows.
    model : Model
        What runs.
    kv_heads : numeric
        Key-value heads, at most the query heads; may be an array, one entry per configuration. [1]
    bytes_per_value : numeric
        Bytes of one cached value. [B]

    Returns
    -------
    Setup
        Weights, cache per token and the chips that a cache can be cut over have changed.
    """
    _check_heads(model.q_heads, kv_heads)
    per_token = kv_bytes_per_token(kv_values_per_token(model.layers, kv_heads, model.head_dim), bytes_per_value)
    more = (n_params_key_value(model.layers, model.hidden, kv_heads, model.head_dim)
            - n_params_key_value(model.layers, model.hidden, model.kv_heads, model.head_dim))
    return replace(setup, cache_bytes_per_tok=per_token, cache_shards=kv_heads,
                   shared_params=setup.shared_params + more,
                   resident_bytes=setup.resident_bytes + more * setup.shared_bytes_per_param)
