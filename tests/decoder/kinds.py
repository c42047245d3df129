"""Small decoders of every kind, for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inference_economics.decoder.config import Config
from inference_economics.decoder.rope import Scaling

TINY = Config(layers=2, hidden=24, q_heads=4, kv_heads=2, head_dim=6, ffn_hidden=40, vocab=31)
MLA = replace(TINY, attention="mla", kv_heads=4, kv_lora=10, rope_dim=4, v_head_dim=5)
EXPERTS = replace(MLA, q_lora=14, experts=8, experts_active=3, experts_shared=1, expert_hidden=12, dense_layers=1,
                  expert_groups=4, expert_groups_active=2, routed_scale=2.5)
KINDS = {
    "mha": replace(TINY, kv_heads=4), "gqa": TINY, "mqa": replace(TINY, kv_heads=1), "mla": MLA, "experts": EXPERTS,
    "window": replace(TINY, window_tok=5), "mla-window": replace(MLA, window_tok=4), "relu": replace(TINY, ffn="relu"),
    "gelu": replace(TINY, ffn="gelu"), "tied": replace(TINY, tied=True),
    **{method: replace(TINY, rope_scaling=Scaling(method, 4, 8)) for method in ("linear", "ntk", "dynamic", "yarn",
                                                                                "llama3")},
}


def tokens(config, count, batch=2, seed=0):
    return np.random.default_rng(seed).integers(config.vocab, size=(batch, count))
