"""What a model holds and computes: parameters, cache and arithmetic, counted from its architecture."""

# May import: quantities, catalog.

from ..quantities.faces import handing_on
from .experts import expert_bytes_read, experts_touched
from .flop import (
    FLOP_PER_PARAM,
    attention_crossover_tok,
    attention_flop_decode,
    attention_flop_prefill,
    attention_intensity_decode,
    decode_flop_per_token,
    linear_flop,
    mean_causal_context,
    prefill_flop_per_token,
)
from .spec import Model, get, load

__all__ = [
    "FLOP_PER_PARAM",
    "Model",
    "attention_crossover_tok",
    "attention_flop_decode",
    "attention_flop_prefill",
    "attention_intensity_decode",
    "decode_flop_per_token",
    "expert_bytes_read",
    "experts_touched",
    "get",
    "linear_flop",
    "load",
    "mean_causal_context",
    "prefill_flop_per_token",
]

__getattr__, __dir__ = handing_on(__name__)
