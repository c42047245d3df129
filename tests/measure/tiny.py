"""A plan that takes no time."""

from __future__ import annotations

from inference_economics import measure

TINY = measure.Plan(array_bytes=1 << 16, library_n=16, compiled_n=12, python_n=8, layers=2, hidden=32, q_heads=4,
                    head_dim=8, ffn_hidden=48, vocab=16, kv_heads=(4, 1), batches=(1, 3), context_tok=10, repeats=2)
LONG_S = 3600.0  # so that a busy machine leaves nothing out
