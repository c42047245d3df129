"""The shape of a reference decoder: what can be configured, and which weights that asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..quantities.checks import lookup, require, require_positive, require_whole
from .rope import Scaling, frequencies

FFN = ("swiglu", "relu", "gelu")
ATTENTION = ("gqa", "mla")
Shapes = dict[str, tuple[int, ...]]
# Words of a catalogue row that this decoder has fields for, those that other checks below look at, and those that must
# have one value.
_FIELDS = ("layers", "hidden", "q_heads", "kv_heads", "head_dim", "ffn_hidden", "vocab", "attention", "window_tok",
           "tied", "kv_lora", "q_lora", "rope_dim", "v_head_dim", "experts", "experts_active", "experts_shared",
           "expert_hidden", "dense_layers")
_SHARED = (*_FIELDS, "ffn", "window_layers", "router_bias")
_REQUIRED = {"qkv_bias": False, "out_bias": False, "ffn_bias": False, "sinks": False, "qk_norm": "none", "norm": "rms",
             "norms_per_layer": 2, "positions": 0, "linear_layers": 0, "indexer_heads": 0, "output_gate": False,
             "shared_gate": False, "moe_every": 1, "head_bias": False, "embedding_norm": False}


@dataclass(frozen=True)
class Config:
    """Shape of a decoder. Fields that a `Model` of the catalogue also has carry the same names.

    Parameters
    ----------
    layers, hidden, q_heads, kv_heads, head_dim, ffn_hidden, vocab : int
        The shape. `head_dim` is the part of a head without rotation where attention is ``mla``. [1]
    ffn : str
        ``swiglu`` (gated, three matrices), ``relu`` or ``gelu`` (plain, two matrices).
    attention : str
        ``gqa``, or ``mla`` (latent attention).
    rope_theta : float
        Base of the rotary embedding. [1]
    rope_scaling : rope.Scaling, optional
        How it is stretched.
    norm_eps : float
        Added to the mean square in RMSNorm. [1]
    window_tok : int
        Sliding window in every layer: a token sees this many, itself included. Zero: all before it. [token]
    tied : bool
        The output head is the input embedding.
    kv_lora, q_lora, rope_dim, v_head_dim : int
        ``mla`` only: width of the latent, of the compressed query (0: none), of the rotary part, of a value head. [1]
    experts, experts_active, experts_shared, expert_hidden, dense_layers : int
        Mixture of experts in the layers after the first `dense_layers`. Zero experts: none. [1]
    expert_groups, expert_groups_active : int
        Experts are chosen within this many best groups only. [1]
    routed_scale : float
        Factor on the weights of the chosen experts. [1]
    """

    layers: int
    hidden: int
    q_heads: int
    kv_heads: int
    head_dim: int
    ffn_hidden: int
    vocab: int
    ffn: str = "swiglu"
    attention: str = "gqa"
    rope_theta: float = 10000.0
    rope_scaling: Scaling | None = None
    norm_eps: float = 1e-5
    window_tok: int = 0
    tied: bool = False
    kv_lora: int = 0
    q_lora: int = 0
    rope_dim: int = 0
    v_head_dim: int = 0
    experts: int = 0
    experts_active: int = 0
    experts_shared: int = 0
    expert_hidden: int = 0
    dense_layers: int = 0
    expert_groups: int = 1
    expert_groups_active: int = 1
    routed_scale: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a shape that cannot be."""
        require_whole(layers=self.layers, hidden=self.hidden, q_heads=self.q_heads, kv_heads=self.kv_heads,
                      head_dim=self.head_dim, ffn_hidden=self.ffn_hidden, vocab=self.vocab,
                      expert_groups=self.expert_groups, expert_groups_active=self.expert_groups_active)
        require_whole(0, **{name: getattr(self, name) for name in (
            "window_tok", "kv_lora", "q_lora", "rope_dim", "v_head_dim", "experts", "experts_active",
            "experts_shared", "expert_hidden", "dense_layers")})
        # every weight has a name, so a slip in these would fill the memory before a weight is missed
        require(1, 1000, hint="layers are named one by one.", layers=self.layers)
        require(0, 10_000, hint="experts are named one by one.", experts=self.experts)
        require_positive(norm_eps=self.norm_eps, routed_scale=self.routed_scale)
        lookup("ffn", self.ffn, dict.fromkeys(FFN))
        lookup("attention", self.attention, dict.fromkeys(ATTENTION))
        if self.attention == "gqa" and self.q_heads % self.kv_heads:
            raise ValueError(f"kv_heads={self.kv_heads} does not divide q_heads={self.q_heads}.")
        if self.attention == "mla" and not (self.kv_lora and self.rope_dim and self.v_head_dim):
            raise ValueError("attention='mla' needs kv_lora, rope_dim and v_head_dim.")
        _check_experts(self)
        frequencies(self.rotary_dim, self.rope_theta)  # raises for an odd head

    @classmethod
    def of(cls, model: Any, **changes: Any) -> Config:
        """Return the shape of a catalogue model, some fields changed: fewer layers, say, so that it fits a laptop.

        Parameters
        ----------
        model : models.Model
            From `models.get`.
        **changes
            Fields of this class to set otherwise.

        Returns
        -------
        Config

        Raises
        ------
        ValueError
            When the model has parts that this decoder lacks; the message names them.
        """
        words = json.loads(model.config or "{}")
        if words.pop("model_type", None) != "by_hand":
            raise ValueError(f"{model.name} was not entered by hand; read its config.json with checkpoint.read_config.")
        order = [*_REQUIRED, *(name for name in words if name not in _REQUIRED)]
        lacking = [f"{name}={words[name]!r}" for name in order
                   if name in words and name not in _SHARED and words[name] != _REQUIRED.get(name)]
        if words.pop("window_layers", 0) not in (0, words["layers"]):
            lacking.append(f"window_layers={model.window_layers} of {words['layers']}")
        if words.get("experts") and not (words.get("attention") == "mla" and words.pop("router_bias", False)):
            lacking.append("experts routed otherwise than in DeepSeek-V3")
        if lacking:
            raise ValueError(f"{model.name} has parts that this decoder lacks: {', '.join(lacking)}.")
        fields = {name: value for name, value in words.items() if name in _FIELDS}
        return cls(**{**fields, "ffn": "swiglu" if model.ffn == "gated" else "gelu", **changes})

    @property
    def rotary_dim(self) -> int:
        """Dimensions of a head that are turned [1]."""
        return self.rope_dim if self.attention == "mla" else self.head_dim

    @property
    def cache_shape(self) -> tuple[int, int, int]:
        """What one token leaves in one layer: streams, heads, width [1]."""
        return (1, 1, self.kv_lora + self.rope_dim) if self.attention == "mla" else (2, self.kv_heads, self.head_dim)

    @property
    def kv_values_per_token(self) -> int:
        """Cache values per token over all layers [1]."""
        return self.layers * int(np.prod(self.cache_shape))

    @property
    def n_params(self) -> int:
        """All parameters, summed over `shapes` [1]."""
        return sum(int(np.prod(shape)) for shape in shapes(self).values())


def shapes(config: Config) -> Shapes:
    """Name and shape of every weight, as in a Llama or DeepSeek checkpoint.

    Parameters
    ----------
    config : Config
        The model.

    Returns
    -------
    dict
        Name to shape. Matrices are (outputs, inputs).
    """
    c = config
    table: Shapes = {"model.embed_tokens.weight": (c.vocab, c.hidden), "model.norm.weight": (c.hidden,)}
    if not c.tied:
        table["lm_head.weight"] = (c.vocab, c.hidden)
    for layer in range(c.layers):
        block: Shapes = {"input_layernorm": (c.hidden,), "post_attention_layernorm": (c.hidden,)}
        if c.attention == "mla":
            block |= _latent_shapes(c)
        else:
            block |= _grouped_shapes(c)
        if c.experts and layer >= c.dense_layers:
            block |= _expert_shapes(c)
        else:
            block |= _ffn_shapes(c.ffn, c.hidden, c.ffn_hidden)
        table |= {f"model.layers.{layer}.{name}" + ("" if name.endswith("_bias") else ".weight"): shape
                  for name, shape in block.items()}
    return table


def _grouped_shapes(c: Config) -> Shapes:
    """Attention of the usual block: only the number of K and V heads changes from MHA over GQA to MQA."""
    q, kv = c.q_heads * c.head_dim, c.kv_heads * c.head_dim
    return {"self_attn.q_proj": (q, c.hidden), "self_attn.k_proj": (kv, c.hidden),
            "self_attn.v_proj": (kv, c.hidden), "self_attn.o_proj": (c.hidden, q)}


def _ffn_shapes(kind: str, hidden: int, ffn_hidden: int) -> Shapes:
    """Shapes of one FFN: a gated one has a third matrix."""
    gate: Shapes = {"mlp.gate_proj": (ffn_hidden, hidden)} if kind == "swiglu" else {}
    return gate | {"mlp.up_proj": (ffn_hidden, hidden), "mlp.down_proj": (hidden, ffn_hidden)}


def _latent_shapes(c: Config) -> Shapes:
    """Shapes of latent attention."""
    q_out = c.q_heads * (c.head_dim + c.rope_dim)
    q = {"self_attn.q_a_proj": (c.q_lora, c.hidden), "self_attn.q_a_layernorm": (c.q_lora,),
         "self_attn.q_b_proj": (q_out, c.q_lora)} if c.q_lora else {"self_attn.q_proj": (q_out, c.hidden)}
    return q | {"self_attn.kv_a_proj_with_mqa": (c.kv_lora + c.rope_dim, c.hidden),
                "self_attn.kv_a_layernorm": (c.kv_lora,),
                "self_attn.kv_b_proj": (c.q_heads * (c.head_dim + c.v_head_dim), c.kv_lora),
                "self_attn.o_proj": (c.hidden, c.q_heads * c.v_head_dim)}


def _expert_shapes(c: Config) -> Shapes:
    """Shapes of one mixture of experts."""
    table: Shapes = {"mlp.gate": (c.experts, c.hidden), "mlp.gate.e_score_correction_bias": (c.experts,)}
    for expert in range(c.experts):
        table |= {name.replace("mlp.", f"mlp.experts.{expert}."): shape
                  for name, shape in _ffn_shapes("swiglu", c.hidden, c.expert_hidden).items()}
    if c.experts_shared:
        table |= {name.replace("mlp.", "mlp.shared_experts."): shape for name, shape in
                  _ffn_shapes("swiglu", c.hidden, c.experts_shared * c.expert_hidden).items()}
    return table


def _check_experts(c: Config) -> None:
    """Refuse a mixture that cannot be."""
    if not c.experts:
        if c.experts_active or c.experts_shared or c.expert_hidden:
            raise ValueError("experts=0, yet experts_active, experts_shared or expert_hidden is set.")
        return
    if not 1 <= c.experts_active <= c.experts:
        raise ValueError(f"experts_active={c.experts_active} is outside 1..{c.experts}.")
    if not c.expert_hidden:
        raise ValueError("experts needs expert_hidden, the width of one expert.")
    if c.ffn != "swiglu":
        raise ValueError(f"experts are gated here; ffn={c.ffn!r} is not supported with experts.")
    if c.experts % c.expert_groups or (c.expert_groups > 1 and c.experts // c.expert_groups < 2):
        raise ValueError(f"expert_groups={c.expert_groups} must divide experts={c.experts} into groups of 2 or more.")
    if not 1 <= c.expert_groups_active <= c.expert_groups:
        raise ValueError(f"expert_groups_active={c.expert_groups_active} is outside 1..{c.expert_groups}.")
    if c.experts_active > c.expert_groups_active * (c.experts // c.expert_groups):
        raise ValueError(f"experts_active={c.experts_active} is more than the chosen groups hold.")


def check_weights(config: Config, weights: Mapping[str, Any]) -> None:
    """Raise `ValueError` unless `weights` holds exactly the names and shapes that the model needs."""
    need = shapes(config)
    missing = [f"{name} {need[name]}" for name in need if name not in weights]
    unknown = [name for name in weights if name not in need]
    wrong = [f"{name} is {tuple(np.shape(weights[name]))}, expected {need[name]}" for name in need
             if name in weights and tuple(np.shape(weights[name])) != need[name]]
    problems = [f"{title}: {'; '.join(names[:4])}{f' and {len(names) - 4} more' if len(names) > 4 else ''}"
                for title, names in (("missing", missing), ("unknown", unknown), ("wrong shape", wrong)) if names]
    if problems:
        raise ValueError("these weights do not fit the configuration. " + ". ".join(problems) + ".")
