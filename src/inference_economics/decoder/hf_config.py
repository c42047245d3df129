"""Translating a ``config.json`` into the decoder's words: each key is honoured, known to change nothing, or refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ..quantities.checks import file_path, lookup, shown
from ..quantities.config_labels import labels
from .config import Config
from .hf_values import as_json, number, read_json, says, truth
from .rope import Scaling, yarn_attention_factor

MOST_LAYERS = 4096  # of layers that predict further tokens: published models have one to three
_MODEL_TYPES = {"llama": "gqa", "mistral": "gqa", "deepseek_v3": "mla"}
_LATENT = {"kv_lora_rank": "kv_lora", "q_lora_rank": "q_lora", "qk_rope_head_dim": "rope_dim",
           "v_head_dim": "v_head_dim", "qk_nope_head_dim": "head_dim", "n_routed_experts": "experts",
           "num_experts_per_tok": "experts_active", "n_shared_experts": "experts_shared",
           "moe_intermediate_size": "expert_hidden", "first_k_dense_replace": "dense_layers",
           "n_group": "expert_groups", "topk_group": "expert_groups_active", "routed_scaling_factor": "routed_scale"}
_SHAPE = {"num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads", "intermediate_size",
          "head_dim", "vocab_size", "rms_norm_eps", "sliding_window", "layer_types", "tie_word_embeddings",
          "max_position_embeddings", "rope_theta", "rope_scaling", "rope_parameters", "model_type"}
# Keys with the one value that the decoder computes.
_ONLY = {"hidden_act": "silu", "hidden_activation": "silu", "attention_bias": False, "mlp_bias": False,
         "partial_rotary_factor": 1, "rope_interleaved": False, "is_encoder_decoder": False,
         "add_cross_attention": False, "tie_encoder_decoder": False}
_ONLY_LATENT = {"rope_interleave": True, "norm_topk_prob": True, "scoring_func": "sigmoid", "topk_method": "noaux_tc",
                "moe_layer_freq": 1, "qk_head_dim": None, "num_nextn_predict_layers": None}
_QUANTISED = ("quantization_config", "compression_config", "quantization", "sparsity_config")  # the third is MLX's
# of rope_scaling or rope_parameters: name in config.json, name here; by method
_RAMP = {"beta_fast": "fast_rotations", "beta_slow": "slow_rotations", "mscale": "mscale",
         "mscale_all_dim": "mscale_all_dim"}
_BANDS = {"low_freq_factor": "low_frequency_factor", "high_freq_factor": "high_frequency_factor"}
_FACTOR, _ORIGINAL = {"factor": "factor"}, {"original_max_position_embeddings": "original_tok"}
_SCALING = {"default": {}, "linear": _FACTOR, "dynamic": _FACTOR | _ORIGINAL, "yarn": _FACTOR | _ORIGINAL | _RAMP,
            "llama3": _FACTOR | _ORIGINAL | _BANDS}
_ROPE = {"rope_type", "type", "rope_theta", "partial_rotary_factor"}


def read_config(file: str | Path) -> Config:
    """Read a ``config.json``.

    Parameters
    ----------
    file : str or pathlib.Path
        The file, as published beside the weights.

    Returns
    -------
    Config
        The same shape in the decoder's words.
    """
    file = file_path(file)
    if not file.is_file():
        raise ValueError(f"no config.json at {str(file)!r}; put it there, or pass config=Config(...).")
    raw = read_json(file)
    try:
        return config_from(raw)
    except ValueError as error:
        raise ValueError(f"{str(file)!r}: {error}") from None


def config_from(raw: dict[str, Any]) -> Config:
    """Translate the contents of a ``config.json``.

    Parameters
    ----------
    raw : dict
        As read from the file.

    Returns
    -------
    Config
        The same shape in the decoder's words.

    Raises
    ------
    ValueError
        When a field is missing, is not understood, or asks for what the decoder does not do.
    """
    attention = lookup("model_type", raw.get("model_type"), _MODEL_TYPES)
    _refuse(raw, _ONLY | (_ONLY_LATENT if attention == "mla" else {}), _LATENT if attention == "mla" else {})
    hidden, q_heads = number(raw, "hidden_size", whole=True), number(raw, "num_attention_heads", whole=True)
    usual_dim = hidden // q_heads if q_heads else 0
    fields: dict[str, Any] = {
        "layers": number(raw, "num_hidden_layers", whole=True), "hidden": hidden, "q_heads": q_heads,
        "kv_heads": number(raw, "num_key_value_heads", q_heads, whole=True), "attention": attention,
        "ffn_hidden": number(raw, "intermediate_size", whole=True), "vocab": number(raw, "vocab_size", whole=True),
        "head_dim": number(raw, "head_dim", usual_dim, whole=True), "window_tok": _window(raw),
        "norm_eps": number(raw, "rms_norm_eps", 1e-6), "tied": truth(raw, "tie_word_embeddings"),
    }
    if attention == "mla":
        fields |= {ours: number(raw, theirs, 0 if theirs in raw else None, whole=theirs != "routed_scaling_factor")
                   for theirs, ours in _LATENT.items()}
    number(raw, "max_position_embeddings", 1, whole=True, low=1)
    predicting_layers(raw)
    kinds = raw.get("layer_types")
    if kinds and len(kinds) != fields["layers"]:
        raise ValueError(f"layer_types has {len(kinds)} entries for {fields['layers']} layers; it names one for each.")
    theta, scaling = _rope(raw)
    return Config(**fields, rope_theta=theta, rope_scaling=scaling)


def predicting_layers(raw: dict[str, Any]) -> int:
    """Return how many layers past the last one predict further tokens.

    Parameters
    ----------
    raw : dict
        The contents of a ``config.json``.

    Returns
    -------
    int
        0 where it does not say. [1]

    Raises
    ------
    ValueError
        When it is no whole number of 0..4096.
    """
    name = "num_nextn_predict_layers"
    layers: int = number(raw, name, 0, whole=True, low=0)
    if layers > MOST_LAYERS:
        raise ValueError(f"{name}={shown(layers)} is outside 0..{MOST_LAYERS}.")
    return layers


def _refuse(raw: dict[str, Any], only: dict[str, Any], latent: dict[str, str]) -> None:
    """Say what the decoder does not do, instead of computing something else."""
    for name, accepted in only.items():
        value = raw.get(name)
        if value is not None and accepted is not None and (
                value != accepted or isinstance(value, bool) is not isinstance(accepted, bool)):
            raise ValueError(f"{name}={as_json(value)}; the decoder computes only {name}={as_json(accepted)}.")
    for name in _QUANTISED:
        if says(raw.get(name)):
            raise ValueError(f"{name} is set; convert quantised weights to bf16 first.")
    known = {*_SHAPE, *only, *latent, *labels(), *_QUANTISED}
    unknown = [name for name, value in raw.items() if name not in known and says(value)]
    if unknown:
        raise ValueError(f"not understood: {', '.join(map(shown, unknown[:5]))}. If the decoder computes the same "
                         "without, take it out of the file, or pass config=Config(...).")


def _window(raw: dict[str, Any]) -> int:
    """Return the window of all layers; layers that differ are refused."""
    window, kinds = int(number(raw, "sliding_window", 0, whole=True)), raw.get("layer_types")
    if not isinstance(kinds, list) and kinds is not None:
        raise ValueError(f"layer_types={shown(kinds)} is not a list.")
    if not kinds:
        return window
    if kinds == ["full_attention"] * len(kinds):
        return 0
    if window and kinds == ["sliding_attention"] * len(kinds):
        return window
    raise ValueError(f"layer_types={shown(kinds)}; the decoder's layers all have one window, or none.")


def _rope(raw: dict[str, Any]) -> tuple[float, Scaling | None]:
    """Read the rotary embedding. Transformers 5 gathers base and scaling in one entry; earlier ones keep them apart."""
    given = {name: raw[name] for name in ("rope_parameters", "rope_scaling") if says(raw.get(name))}
    for name, rope in given.items():
        if not isinstance(rope, dict) or any(isinstance(value, (dict, list)) for value in rope.values()):
            raise ValueError(f"{name}={shown(rope)}; the decoder has one set of rotary frequencies for all layers.")
    new, old = (given.get(name, {}) for name in ("rope_parameters", "rope_scaling"))
    outer = {"rope_theta": raw["rope_theta"]} if raw.get("rope_theta") is not None else {}
    rope = {**outer, **old, **new}
    for source in (outer, old, new):
        for name, value in source.items():
            if value is not rope[name] and value != rope[name]:
                raise ValueError(f"{name}={shown(value)} contradicts {name}={shown(rope[name])} in rope_parameters.")
    return number(rope, "rope_theta", 10000.0), _scaling(rope, raw)


def _scaling(rope: dict[str, Any], raw: dict[str, Any]) -> Scaling | None:
    kind = rope.get("rope_type") or rope.get("type") or "default"
    names = lookup("rope_type", kind, _SCALING)
    honoured = {*names, *_ROPE, *(("truncate", "attention_factor") if kind == "yarn" else ())}
    unknown = [name for name, value in rope.items() if name not in honoured and says(value)]
    if unknown:
        raise ValueError(f"rope_scaling: {', '.join(map(shown, unknown[:5]))} not understood with rope_type={kind!r}; "
                         f"known: {', '.join(sorted(honoured))}.")
    if rope.get("partial_rotary_factor") not in (None, 1):
        said = shown(rope["partial_rotary_factor"])
        raise ValueError(f"partial_rotary_factor={said}; the decoder turns whole heads.")
    if rope.get("type", kind) not in (kind, None):
        raise ValueError(f"rope_scaling: type={shown(rope['type'])} contradicts rope_type={kind!r}.")
    if kind == "default":
        return None
    given = {ours: number(rope, theirs, whole=ours == "original_tok") for theirs, ours in names.items()
             if rope.get(theirs) is not None}
    if kind in ("dynamic", "yarn"):
        given.setdefault("original_tok", number(raw, "max_position_embeddings", 0, whole=True))
    missing = [theirs for theirs, ours in names.items() if ours not in given and theirs not in _RAMP]
    if missing:
        raise ValueError(f"rope_scaling: {', '.join(missing)} missing with rope_type={kind!r}.")
    scaling = Scaling(kind, **given)
    if kind == "yarn":
        _refuse_yarn(rope, scaling)
    return scaling


def _refuse_yarn(rope: dict[str, Any], scaling: Scaling) -> None:
    """Refuse what a file may say of YaRN that the decoder does not compute."""
    if rope.get("truncate") not in (None, True):
        raise ValueError(f"rope_scaling: truncate={as_json(rope['truncate'])}; the decoder rounds the ends of the ramp "
                         "to whole pairs.")
    said = rope.get("attention_factor")
    if said is None:
        return
    usual = float(yarn_attention_factor(scaling.factor))
    if scaling.mscale or scaling.mscale_all_dim or not math.isclose(number(rope, "attention_factor"), usual,
                                                                     rel_tol=1e-6):
        raise ValueError(f"rope_scaling: attention_factor={shown(said)}; the decoder computes 0.1 ln(factor) + 1 = "
                         f"{usual:.6g}.")
