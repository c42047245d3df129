"""What a model holds and computes: parameters, cache and arithmetic, counted from its architecture."""

# May import: quantities, catalog.

from ..quantities.faces import handing_on
from .architecture import Architecture
from .experts import expert_bytes_read, experts_touched
from .flop import (
    FLOP_PER_PARAM,
    attention_crossover_tok,
    attention_flop_prefill,
    attention_intensity_decode,
    decode_flop_per_token,
    linear_flop,
    mean_causal_context,
    n_params_prefilled,
    prefill_flop_per_token,
)
from .groups import LayerGroup
from .spec import Model, from_config, get, load, register

__all__ = [
    "FLOP_PER_PARAM",
    "Architecture",
    "LayerGroup",
    "Model",
    "attention_crossover_tok",
    "attention_flop_prefill",
    "attention_intensity_decode",
    "decode_flop_per_token",
    "expert_bytes_read",
    "experts_touched",
    "from_config",
    "get",
    "linear_flop",
    "load",
    "mean_causal_context",
    "n_params_prefilled",
    "prefill_flop_per_token",
    "register",
]

__getattr__, __dir__ = handing_on(__name__)
