"""Reading a checkpoint of your own into the reference decoder.

Llama-style checkpoints, as published with a ``config.json`` beside one or more ``.safetensors`` files; also those of
DeepSeek-V3's shape. Nothing is downloaded. A model of N parameters takes 4 N bytes: the decoder computes in float32.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, deserialize

from ..quantities.checks import lookup
from .config import Config
from .decoder import Decoder
from .rope import Scaling

_NUMBERS = {"F64": np.float64, "F32": np.float32, "F16": np.float16}
_MODEL_TYPES = {"llama": "gqa", "mistral": "gqa", "deepseek_v3": "mla"}
# name in config.json, name here
_SCALING = {"factor": "factor", "original_max_position_embeddings": "original_tok", "beta_fast": "fast_rotations",
            "beta_slow": "slow_rotations", "low_freq_factor": "low_frequency_factor",
            "high_freq_factor": "high_frequency_factor", "mscale": "mscale", "mscale_all_dim": "mscale_all_dim"}
_LATENT = {"kv_lora_rank": "kv_lora", "q_lora_rank": "q_lora", "qk_rope_head_dim": "rope_dim",
           "v_head_dim": "v_head_dim", "qk_nope_head_dim": "head_dim", "n_routed_experts": "experts",
           "num_experts_per_tok": "experts_active", "n_shared_experts": "experts_shared",
           "moe_intermediate_size": "expert_hidden", "first_k_dense_replace": "dense_layers",
           "n_group": "expert_groups", "topk_group": "expert_groups_active", "routed_scaling_factor": "routed_scale"}


def load(path, config=None, dtype=np.float32) -> Decoder:
    """Load a checkpoint.

    Parameters
    ----------
    path : str or pathlib.Path
        A ``.safetensors`` file, or a folder that holds one or several.
    config : Config, optional
        Shape of the model. Default: from ``config.json`` beside the weights.
    dtype : str or numpy.dtype
        Type to compute in: float32 or float64.

    Returns
    -------
    Decoder
        Ready to `prefill` and `step`.

    Raises
    ------
    ValueError
        When a file is missing or damaged, the configuration asks for what the decoder does not do, or names or shapes
        of weights differ; the message says which.
    """
    path = Path(path)
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise ValueError(f"no .safetensors file at {str(path)!r}; give such a file or the folder that holds it.")
    if config is None:
        config = read_config((path if path.is_dir() else path.parent) / "config.json")
    weights = {}
    for file in files:
        weights |= read_weights(file)
    # a tied checkpoint may carry the output head all the same; it is the embedding once more
    if config.tied:
        weights.pop("lm_head.weight", None)
    # older checkpoints also stored the rotary frequencies, which follow from the configuration
    weights = {name: array for name, array in weights.items() if not name.endswith("rotary_emb.inv_freq")}
    return Decoder(config, weights, dtype)


def read_weights(file) -> dict[str, np.ndarray]:
    """Read one ``.safetensors`` file.

    Parameters
    ----------
    file : str or pathlib.Path
        The file.

    Returns
    -------
    dict
        Name to array. bf16, which numpy lacks, becomes float32 without loss.
    """
    try:
        stored = deserialize(Path(file).read_bytes())
    except SafetensorError as error:
        raise ValueError(f"{str(file)!r} is not a safetensors file, or is cut short: {error}.") from None
    return {name: _array(name, item) for name, item in stored}


def _array(name, item):
    if item["dtype"] == "BF16":
        # bf16 is the upper half of a float32
        wide = np.frombuffer(item["data"], np.uint16).astype(np.uint32) << 16
        return wide.view(np.float32).reshape(item["shape"])
    if item["dtype"] not in _NUMBERS:
        raise ValueError(f"{name} is stored as {item['dtype']}; accepted: BF16, {', '.join(_NUMBERS)}. "
                         "Convert quantised weights to bf16 first.")
    return np.frombuffer(item["data"], _NUMBERS[item["dtype"]]).reshape(item["shape"])


def read_config(file) -> Config:
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
    try:
        raw = json.loads(Path(file).read_text())
    except OSError:
        raise ValueError(f"no config.json at {str(file)!r}; put it there, or pass config=Config(...).") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{str(file)!r} is not JSON: {error}.") from None
    return config_from(raw)


def config_from(raw) -> Config:
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
        When a field is missing, or asks for what the decoder does not do.
    """
    attention = lookup("model_type", raw.get("model_type"), _MODEL_TYPES)
    _refuse(raw)
    try:
        hidden, q_heads = raw["hidden_size"], raw["num_attention_heads"]
        fields = {
            "layers": raw["num_hidden_layers"], "hidden": hidden, "q_heads": q_heads,
            "kv_heads": raw.get("num_key_value_heads") or q_heads, "ffn_hidden": raw["intermediate_size"],
            "head_dim": raw.get("head_dim") or hidden // q_heads, "vocab": raw["vocab_size"], "attention": attention,
            "norm_eps": raw.get("rms_norm_eps", 1e-6), "window_tok": raw.get("sliding_window") or 0,
            "tied": raw.get("tie_word_embeddings", False),
        }
        if attention == "mla":
            fields |= {ours: raw[theirs] or 0 for theirs, ours in _LATENT.items()}
    except KeyError as error:
        raise ValueError(f"config.json lacks {error}.") from None
    # Transformers 5 gathers base and scaling in one entry; earlier versions keep them apart
    rope = raw.get("rope_parameters") or {**(raw.get("rope_scaling") or {}), "rope_theta": raw.get("rope_theta")}
    return Config(**fields, rope_theta=rope.get("rope_theta") or 10000.0, rope_scaling=_scaling(rope, raw))


def _refuse(raw):
    """Say what the decoder does not do, instead of computing something else."""
    if raw.get("hidden_act", "silu") != "silu":
        raise ValueError(f"hidden_act={raw['hidden_act']!r}; the decoder's gated FFN has silu.")
    for name in ("attention_bias", "mlp_bias"):
        if raw.get(name):
            raise ValueError(f"{name}=true; the decoder has no biases.")
    if raw.get("model_type") == "deepseek_v3":
        if not raw.get("rope_interleave", True):
            raise ValueError("rope_interleave=false; the decoder's latent attention has interleaved pairs.")
        if not raw.get("norm_topk_prob", True):
            raise ValueError("norm_topk_prob=false; the decoder's experts have weights that sum to one.")


def _scaling(rope, raw):
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default":
        return None
    lookup("rope_type", kind, dict.fromkeys(("default", "linear", "dynamic", "yarn", "llama3")))
    given = {ours: rope[theirs] for theirs, ours in _SCALING.items() if rope.get(theirs)}
    if kind in ("dynamic", "yarn", "llama3"):
        given.setdefault("original_tok", raw.get("max_position_embeddings", 0))
    return Scaling(kind, **given)
