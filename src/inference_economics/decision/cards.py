"""A ``config.json`` as the few numbers of a model's card, by arithmetic that a page can run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..quantities.checks import shown
from ..quantities.numeric import Numeric
from .own import Shape

# what the card needs: the keys of config.json that hold it, the first that is there; and what stands in where none is
KEYS: dict[str, tuple[tuple[str, ...], float]] = {
    "hidden": (("hidden_size", "n_embd", "d_model"), np.nan),
    "layers": (("num_hidden_layers", "n_layer"), np.nan),
    "q_heads": (("num_attention_heads", "n_head"), np.nan),
    "kv_heads": (("num_key_value_heads",), 0.0),
    "head_dim": (("head_dim",), 0.0),
    "inner": (("intermediate_size", "n_inner"), np.nan),
    "vocab": (("vocab_size",), np.nan),
    "context": (("max_position_embeddings", "n_positions"), 0.0),
    "experts": (("num_experts", "n_routed_experts", "num_local_experts"), 0.0),
    "chosen": (("num_experts_per_tok", "experts_per_token", "num_experts_per_token"), 0.0),
    "expert_inner": (("moe_intermediate_size",), 0.0),
    "shared_experts": (("n_shared_experts", "num_shared_experts"), 0.0),
    "dense_layers": (("first_k_dense_replace",), 0.0),
    "kv_lora": (("kv_lora_rank",), 0.0),
    "q_lora": (("q_lora_rank",), 0.0),
    "rope_dim": (("qk_rope_head_dim",), 0.0),
    "nope_dim": (("qk_nope_head_dim",), 0.0),
    "v_dim": (("v_head_dim",), 0.0),
    "tied": (("tie_word_embeddings",), 0.0)}
# kinds whose layers are all of the form that is counted below, as the tests compare them with exact counts
COUNTED = ("deepseek_v2", "deepseek_v3", "deepseek_v32", "dots1", "ernie4_5", "glm4", "glm4_moe", "glm4_moe_lite",
           "glm_moe_dsa", "granite", "granitemoe", "hunyuan_v1_dense", "kimi_k2", "llama", "minimax_m2", "ministral3",
           "mistral", "mixtral", "olmo", "olmo2", "olmoe", "qwen2", "qwen3", "qwen3_moe", "seed_oss", "smollm3",
           "stablelm")
POSITIVE = ("hidden", "layers", "q_heads", "vocab")
WINDOWED = "sliding_window"  # counted in no kind but those that switch it off
NEEDED = tuple(name for name, (_, default) in KEYS.items() if np.isnan(default))


def read_card(config: Mapping[str, Any]) -> dict[str, float]:
    """Return what a card needs of a configuration.

    Parameters
    ----------
    config : mapping
        From ``config.json``; of a model that also sees, its text part.

    Returns
    -------
    dict
        By the names of `KEYS`.

    Raises
    ------
    ValueError
        For a kind of model that is not counted here, and for a configuration without one of `NEEDED`, with a part
        of a head, or with more experts for a token than there are, or with experts and none for a token.
    """
    whole: Any = config
    part = whole.get("text_config") if isinstance(whole, Mapping) else None
    config = whole if part is None else part
    if not isinstance(config, Mapping):
        raise ValueError(f"config={shown(config)} is no configuration; give a whole config.json, read by json.loads.")
    kind = str(config.get("model_type") or "")
    if not kind:
        raise ValueError("the configuration names no model_type; paste a whole config.json.")
    if kind not in COUNTED:
        raise ValueError(f"models of the kind {kind!r} are not counted here; type the numbers of its card instead.")
    if config.get(WINDOWED) and config.get("use_sliding_window", True):
        raise ValueError("its layers look at a window, which is not counted here; type the numbers of its card "
                         "instead.")
    found = {}
    for name, (keys, default) in KEYS.items():
        given = next((config[key] for key in keys if config.get(key) is not None), default)
        if not isinstance(given, (bool, int, float)) or not 0 <= given < 1e12 or given % 1:
            raise ValueError(f"the configuration says no whole number for any of {', '.join(keys)}.")
        found[name] = float(given)
    for name in POSITIVE:
        if not found[name]:
            raise ValueError(f"the configuration says 0 for {KEYS[name][0][0]}; no model has that.")
    _check_experts(found["experts"], found["chosen"])
    return found


def _check_experts(experts: float, chosen: float) -> None:
    if experts and not chosen:
        raise ValueError(f"the configuration has {experts:g} experts, and none of {', '.join(KEYS['chosen'][0])} says "
                         "to how many of them a token is sent.")
    if 0 < experts < chosen:
        raise ValueError(f"the configuration sends a token to {chosen:g} of {experts:g} experts.")


def shape_of(card: Mapping[str, Numeric]) -> tuple[Shape, Numeric]:
    """Return the shape of a model, and the context that it was made for.

    Parameters
    ----------
    card : mapping
        From `read_card`; numbers, or values that only a page will know. [1]

    Returns
    -------
    tuple
        Shape, and tokens of the context. [token]

    Notes
    -----
    Counts gated layers of three matrices, and leaves norms and biases out, which are a thousandth. Layers with windows
    or with a state are counted as full attention.
    """
    c = dict(card)
    kv_heads = np.where(c["kv_heads"] > 0, c["kv_heads"], c["q_heads"])
    head_dim = np.where(c["head_dim"] > 0, c["head_dim"], c["hidden"] / c["q_heads"])
    latent = c["kv_lora"] > 0
    grouped = c["hidden"] * head_dim * (2 * c["q_heads"] + 2 * kv_heads)
    q_width = c["q_heads"] * (c["nope_dim"] + c["rope_dim"])
    query = np.where(c["q_lora"] > 0, c["q_lora"] * (c["hidden"] + q_width), c["hidden"] * q_width)
    compressed = (query + c["hidden"] * (c["kv_lora"] + c["rope_dim"])
                  + c["q_heads"] * (c["kv_lora"] * (c["nope_dim"] + c["v_dim"]) + c["v_dim"] * c["hidden"]))
    attention = np.where(latent, compressed, grouped)
    width = np.where(c["expert_inner"] > 0, c["expert_inner"], c["inner"])
    one = 3 * c["hidden"] * width
    mixed = np.where(c["experts"] > 0, c["layers"] - c["dense_layers"], 0.0)
    plain = (c["layers"] - mixed) * 3 * c["hidden"] * c["inner"]
    fixed = (c["layers"] * attention + plain + mixed * (c["shared_experts"] * one + c["hidden"] * c["experts"])
             + c["vocab"] * c["hidden"])
    embedding = np.where(c["tied"] > 0, 0.0, c["vocab"] * c["hidden"])
    cached = np.where(latent, c["kv_lora"] + c["rope_dim"], 2 * kv_heads * head_dim)
    return Shape(fixed + embedding + mixed * c["experts"] * one, fixed + mixed * c["chosen"] * one, c["layers"],
                 c["hidden"], cached, np.where(latent, 1.0, kv_heads), np.maximum(c["experts"], 1.0),
                 np.where(c["experts"] > 0, c["chosen"], 0.0)), c["context"]
