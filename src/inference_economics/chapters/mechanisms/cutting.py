"""How a layer is cut over eight chips: by heads, by positions, by sequences, by experts."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Axis, Blocks, Cells, Choice, Explorer, Figure, Readout, Slider, State, explore

from ...models import head_sharing
from ...serving import Layout, memory
from ..kit import chip_choice, engine, model_choice

CHIPS, HEADS = 8, 8
LAYOUTS = {
    "8 chips cut every head and matrix (tp 8)": Layout(tp=8),
    "the same, and each cache in two by position (cp 2)": Layout(tp=8, cp=2),
    "the same, and each cache in eight by position (cp 8)": Layout(tp=8, cp=8),
    "the same as tp 8, but whole experts (ep 8)": Layout(tp=8, ep=8),
    "4 groups of two chips, whole experts (dp 4)": Layout(tp=2, attention_dp=4, ep=8),
    "8 groups of one chip, whole experts (dp 8)": Layout(tp=1, attention_dp=8, ep=8),
}
HELD = {"whole head": 0, "a part of its positions": 2, "copy of the head": 1}
WEIGHTS = {"slice of each feed-forward matrix": 4, "whole experts": 3}


def holdings(layout: Any, kv_heads: Any) -> np.ndarray:
    """Say what each chip holds of each head.

    Parameters
    ----------
    layout : Layout
        Of eight chips.
    kv_heads : int
        Key-value heads; 1 for a latent. Of more than eight the first eight are shown, as eight would be dealt out. [1]

    Returns
    -------
    array, shape (8 heads, 8 chips)
        Place in `HELD`; NaN where a chip holds nothing of the head.
    """
    head_chips = layout.tp / layout.cp
    kv_heads = np.minimum(kv_heads, HEADS)
    chip = np.arange(CHIPS) % layout.tp // layout.cp  # chips that differ in positions alone count as one
    each = head_sharing.kv_heads_per_chip(kv_heads, head_chips)
    first = np.floor(chip * kv_heads / head_chips)
    head = np.arange(HEADS)[:, None]
    held = np.logical_and(head >= first, head < first + each)
    copies = head_chips / np.minimum(kv_heads, head_chips)
    kind = np.where(chip % copies > 0, 2.0, np.where(layout.cp > 1, 1.0, 0.0))
    return np.where(held, kind, np.nan)


def layer_cut() -> Explorer:
    """Show what each of eight chips holds of a layer: heads and their copies, positions, sequences, experts.

    Cells follow `serving.Layout` and `head_sharing.kv_heads_per_chip`. Numbers are of
    `serving.memory.weight_bytes_per_chip`, `read_bytes_per_chip` and `capacity`, with constants fitted to engines.

    Returns
    -------
    Explorer
    """

    def figure(model: Any, layout: Any, chip: Any, context_tok: Any) -> Figure:
        s, c, _ = engine(model, chip)
        held = holdings(layout, model.kv_heads)
        whole = np.where(np.logical_and(model.experts > 0, layout.ep > 1), 1.0, 0.0)
        group = np.floor(np.arange(CHIPS) / layout.tp) + 1
        fits = memory.capacity(s, c, context_tok, layout)
        return Figure(
            x=Axis("chip", categories=tuple(str(k + 1) for k in range(CHIPS))),
            y=Axis("", categories=("serves group", *(f"KV head {k + 1}" for k in range(HEADS)), "feed-forward")),
            marks=[
                Blocks(np.arange(CHIPS), 0.0, "groups", width=0.92, height=0.9, value=group),
                Cells(held, "cache", kinds=HELD, at=(0, 1)),
                Cells(whole + np.zeros((1, CHIPS)), "weights", kinds=WEIGHTS, at=(0, HEADS + 1)),
            ],
            readouts=[
                Readout("Key-value heads of a layer", model.kv_heads),
                Readout("Weights on a chip", memory.weight_bytes_per_chip(s, layout), "B"),
                Readout("Cache of a sequence, read by a chip", memory.read_bytes_per_chip(s, context_tok, layout), "B"),
                Readout("Copies of a cache in its group", layout.tp * memory.cached_bytes_per_chip(
                    s, context_tok, layout) / memory.cached_bytes(s, context_tok), "×"),
                Readout("Sequences that fit on all chips", np.floor(fits)),
            ],
            states=[State(fits >= 1,
                          "Weights and at least one sequence fit.", "Out of memory: not one sequence fits.")],
        )

    return explore(
        figure, name="layer-cut", title="A layer, cut over eight chips",
        watch="Take the model with one latent for all heads. Which layouts copy it to every chip, and which do not?",
        alt="A grid of eight chips and eight key-value heads. Each of four heads stands on two neighbouring chips, "
            "once whole and once as a copy; every chip has a slice of the feed-forward part.",
        model=model_choice("qwen3-235b-a22b", "mixtral-8x7b", "deepseek-v3", needs="q_heads"),
        layout=Choice(LAYOUTS, label="How it is cut"),
        chip=chip_choice("h200-sxm", "b200", "mi300x", "h100-sxm"),
        context_tok=Slider(128, 131_072, value=8192, scale="log", unit="tokens", label="Context"),
    )
