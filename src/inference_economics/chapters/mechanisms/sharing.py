"""How heads share keys and values: groups of query heads, and a latent that all heads read."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Axis, Band, Blocks, Explorer, Figure, Label, Readout, Slider, explore

from ...models import attention_intensity_decode, kv_cache
from ..kit import model_choice, precision_choice

MOST_HEADS = 64
COLOURS = {"one group": 0, "the next group": 1}


def heads_and_groups() -> Explorer:
    """Show which query heads read which keys: one head each (MHA), groups (GQA), one for all (MQA).

    Numbers are of `kv_cache.kv_values_per_token`, `kv_cache.kv_bytes` and `models.attention_intensity_decode`.

    Returns
    -------
    Explorer
    """

    def figure(model: Any, group_heads: Any, context_tok: Any, bytes_per_value: Any) -> Figure:
        kv_heads = model.q_heads / group_heads
        values = kv_cache.kv_values_per_token(model.layers, kv_heads, model.head_dim)
        head = np.arange(MOST_HEADS) + 0.0
        pitch = MOST_HEADS / model.q_heads  # the model with fewer heads has wider ones
        query = np.where(head < model.q_heads, (head + 0.5) * pitch, np.nan)
        key = np.where(head < kv_heads, (head + 0.5) * pitch * group_heads, np.nan)
        group = np.floor(head / group_heads)
        middle = (head + 0.5) * pitch * group_heads  # of a group; its readers narrow to one key
        edge = np.array([-0.5, 0.0, 0.0, 0.5])
        narrow = np.array([0.0, -0.4, 0.4, 0.0])
        fan = np.ravel(np.where(head < kv_heads, middle, np.nan)[:, None] + pitch * (edge * group_heads + narrow))
        fan_low = np.ravel(np.where(head < kv_heads, 1.0, np.nan)[:, None] * np.array([4.2, 1.8, 1.8, 4.2]))
        return Figure(
            x=Axis.blank(-1, MOST_HEADS + 1), y=Axis.blank(0, 6),
            marks=[
                Blocks(query, 4.6, "query heads", width=0.8 * pitch, height=0.8, kinds=COLOURS,
                       kind=np.remainder(group, len(COLOURS))),
                Blocks(key, 1.4, "key-value heads", width=0.8 * pitch, height=0.8, kinds=COLOURS,
                       kind=np.remainder(head, len(COLOURS))),
                Band(fan, fan_low, 4.2 + 0 * fan, "reads", color=5),
                Label(0, 5.4, "Query heads:", model.q_heads), Label(0, 0.4, "Heads with keys and values:", kv_heads),
            ],
            readouts=[
                Readout("Key-value heads", kv_heads),
                Readout("Cache per token", kv_cache.kv_bytes_per_token(values, bytes_per_value), "B"),
                Readout("Cache of one sequence", kv_cache.kv_bytes(context_tok, 1, values, bytes_per_value), "B"),
                Readout("Arithmetic per byte read", attention_intensity_decode(model.q_heads, kv_heads,
                                                                               bytes_per_value), "FLOP/B"),
            ],
        )

    return explore(
        figure, name="heads-and-groups", title="Which head reads which keys",
        watch="Let more query heads share one key-value head. What happens to the row below, and to the cache?",
        alt="A row of 64 query heads above a row of eight key-value heads. A funnel leads from eight query heads to "
            "the one whose keys and values they read.",
        model=model_choice("llama-3.1-70b", "llama-3.1-8b", "qwen3-32b"),
        group_heads=Slider(1, 32, value=8, stops=(1, 2, 4, 8, 16, 32), label="Query heads that share a key-value head"),
        context_tok=Slider(128, 131_072, value=8192, scale="log", unit="tokens", label="Context"),
        bytes_per_value=precision_choice(2, 1, label="Cache precision"),
        presets={"Multi-head": {"group_heads": 1}, "As in Llama 3.1 8B": {"model": "llama-3.1-8b", "group_heads": 4},
                 "Nearly one for all": {"group_heads": 32}},
    )

