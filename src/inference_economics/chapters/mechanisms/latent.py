"""A cache of latents: what is kept of a token, and the two ways to attend to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Arrows, Axis, Blocks, Choice, Explorer, Figure, Label, Readout, Slider, explore

from ...models import head_sharing, kv_cache, linear_flop
from ..kit import model_choice, precision_choice

WAYS = {"absorbed into the query": 1, "expanded again": 0}
KINDS = {"kept in the cache": 1, "made once": 5, "made anew for each cached token": 0}


def latent_cache() -> Explorer:
    """Show what latent attention keeps of a token, and the two ways to attend to it: expand it again, or absorb.

    Numbers are of `head_sharing.latent_as_kv_heads`, `kv_cache.of_model`, `models.linear_flop` and the model's
    ``pair_flop_prefill`` (on expanded heads) and ``pair_flop_decode`` (on the latent).

    Returns
    -------
    Explorer
    """

    def figure(model: Any, absorbed: Any, context_tok: Any, bytes_per_value: Any) -> Figure:
        kept = model.kv_lora + model.rope_dim
        expanded = model.q_heads * (model.common("qk_dim") - model.rope_dim + model.common("v_dim"))
        # per cached token and layer: expand it and attend to every head's own, or attend to the latent itself
        expand_flop = linear_flop(1, model.kv_lora * expanded) + model.pair_flop_prefill
        flop = np.where(absorbed > 0, model.pair_flop_decode, expand_flop)
        turned = np.where(absorbed > 0, 1.0, 0.0)
        expanding = np.where(absorbed > 0, np.nan, 0.0)
        query = model.q_heads * np.where(absorbed > 0, kept, model.common("qk_dim"))
        boxes = Blocks(
            np.stack([1.25, 4.5, 4.5, 8.2, 8.2]), np.stack([3.2, 4.3, 2.0, 4.3 + expanding, 2.0 + 2.3 * turned]),
            "what a token becomes",
            words=("token's\nvector", "latent", "rotary\nkey", "keys and values\nof all heads", "query\nof all heads"),
            width=np.array([2.3, 2.0, 2.0, 3.0, 3.0]), height=np.array([1.5, 1.5, 1.5, 1.7, 1.7]),
            value=np.stack([1.0 * model.hidden, 1.0 * model.kv_lora, 1.0 * model.rope_dim, 1.0 * expanded, query]),
            kinds=KINDS, kind=np.stack([1.0, 0.0, 0.0, 2 + expanding, 1.0]))
        return Figure(
            x=Axis.blank(0, 10), y=Axis.blank(0.4, 5.6),
            marks=[
                boxes,
                Arrows(2.4, np.array([3.4, 3.0]), 3.5, np.array([4.3, 2.0]), "compressed"),
                Arrows(np.stack([8.2 - 1.5 * turned, 5.5 + expanding]), np.stack([2.85 + 1.45 * turned, 4.3]),
                       np.stack([8.2 - 2.7 * turned, 6.7]), np.stack([3.45 + 0.85 * turned, 4.3]), "attends to"),
                Label(3.5, 0.8, "kept per token and layer:", kept),
            ],
            readouts=[
                Readout("Kept per token and layer", kept, "values"),
                Readout("As many key-value heads", head_sharing.latent_as_kv_heads(
                    model.kv_lora, model.rope_dim, model.common("v_dim"))),
                Readout("Cache of one sequence", kv_cache.of_model(model, context_tok, 1, bytes_per_value), "B"),
                Readout("Work per cached token and layer", flop, "FLOP"),
                Readout("Work against absorbing", flop / model.pair_flop_decode, "×"),
            ],
        )

    return explore(
        figure, name="latent-cache", title="A latent in the cache, and who expands it",
        watch="Switch from absorbed to expanded again. What is made for every cached token, and how much more work is "
              "it?",
        alt="A token's vector leads to two small boxes that are kept, a latent and a rotary key. The query of all "
            "heads points straight at the latent.",
        model=model_choice("deepseek-v3", "kimi-k2", "glm-5", needs="kv_lora"),
        absorbed=Choice(WAYS, label="The way up from the latent"),
        context_tok=Slider(128, 131_072, value=8192, scale="log", unit="tokens", label="Context"),
        bytes_per_value=precision_choice(2, 1, label="Cache precision"),
    )
