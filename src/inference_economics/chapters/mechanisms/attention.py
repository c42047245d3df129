"""Attention as reads of a cache: all of it in every step, or a window of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Axis, Cells, Explorer, Figure, Play, Readout, Slider, Spans, explore

from ...models import kv_cache
from ..kit import model_choice, precision_choice

STEPS, PROMPT = 12, 7.0  # answer tokens drawn; width of the prompt, in tokens of the answer
READ = {"read": 0, "computed and written": 1}


def reading_the_cache() -> Explorer:
    """Show what each step reads and writes: the prompt at once, then for every token all that came before.

    Numbers are of `kv_cache.of_model` and the model's ``n_params_read``.

    Returns
    -------
    Explorer
    """
    step, column = (axis.ravel() for axis in np.indices((STEPS, STEPS)))
    step, column = (axis[column <= step] for axis in (step, column))
    # the prompt's row, then the prompt in the row of each token, then the tokens of the answer
    lane = np.concatenate([np.arange(STEPS + 1), step + 1])
    left = np.concatenate([np.full(STEPS + 1, -PROMPT), column])
    right = np.concatenate([np.zeros(STEPS + 1), column + 1]) - 0.1
    wrote = np.concatenate([np.arange(STEPS + 1) == 0, column == step])
    words = ("all at once", *("prompt",) * STEPS, *("",) * len(step))

    def figure(t: Any, model: Any, batch: Any, prompt_tok: Any, bytes_per_param: Any) -> Figure:
        weights = model.n_params_read * bytes_per_param
        cached = kv_cache.of_model(model, prompt_tok + t, batch)
        return Figure(
            x=Axis.blank(-PROMPT - 0.1, STEPS),
            y=Axis("", categories=("prompt", *(f"token {k + 1}" for k in range(STEPS)))),
            marks=[Spans(lane, np.where(lane <= t, left, np.nan), right, "tokens", kinds=READ,
                         kind=np.where(wrote, 1.0, 0.0), words=words, height=0.86)],
            readouts=[
                Readout("Tokens in each cache", prompt_tok + t, "tokens"),
                Readout("Cache that this step reads or writes", cached, "B"),
                Readout("Weights that it reads", weights, "B"),
                Readout("Cache's share", cached / (cached + weights), "%"),
            ],
        )

    return explore(
        figure, name="reading-the-cache", title="Every token reads all that came before",
        watch="Play. Each row is a step: how does what it reads grow? Then lengthen the prompt until the cache "
              "outweighs the weights.",
        alt="A staircase. The first row writes the whole prompt; each later row reads the prompt and all answer "
            "tokens before, and writes one more.",
        t=Play(0, STEPS, unit="tokens", label="Answer tokens so far", seconds=8),
        model=model_choice("llama-3.1-8b", "llama-3.1-70b", "llama-2-13b", "deepseek-v3"),
        batch=Slider(1, 256, value=8, scale="log", unit="sequences", label="Sequences in the step"),
        prompt_tok=Slider(16, 131_072, value=2048, scale="log", unit="tokens", label="Prompt of each"),
        bytes_per_param=precision_choice(2, 1, label="Weight precision"),
        presets={"One short chat": {"batch": 1, "prompt_tok": 128},
                 "Many long ones": {"batch": 64, "prompt_tok": 32_768}},
    )


TOKENS = 24
KEPT = {"read from the window": 0, "read from the sinks": 3, "dropped from the cache": None}


def window_and_sinks() -> Explorer:
    """Show which tokens a layer with a window still reads, and the first ones, kept as sinks.

    Numbers are of `kv_cache.of_model`, and of `kv_cache.kv_bytes` for the same model as if nothing were dropped.

    Returns
    -------
    Explorer
    """
    key = np.arange(TOKENS)

    def figure(t: Any, window_tok: Any, sink_tok: Any, model: Any, context_tok: Any) -> Figure:
        query = key[:, None]
        kind = np.where(query - key < window_tok, 0.0, np.where(key < sink_tok, 1.0, 2.0))
        kind = np.where((key <= query) & (query <= t), kind, np.nan)
        newest = np.where((key <= t) & ((t - key < window_tok) | (key < sink_tok)), 1.0, 0.0)
        built = kv_cache.of_model(model, context_tok)
        full = kv_cache.kv_bytes(context_tok, 1, model.kv_values_per_token)
        return Figure(
            x=Axis("token that is read", (-0.6, TOKENS - 0.4)), y=Axis("token that reads", (-0.6, TOKENS - 0.4)),
            marks=[Cells(kind, "keys", kinds=KEPT)],
            readouts=[
                Readout("Tokens before the newest, and itself", t + 1, "tokens"),
                Readout("Kept for it here", np.sum(newest), "tokens"),
                Readout("Cache of the model, as built", built, "B"),
                Readout("If its layers dropped nothing", full, "B"),
                Readout("What its windows save", 1 - built / full, "%"),
            ],
        )

    return explore(
        figure, name="window-and-sinks", title="A window that slides, and sinks that stay",
        watch="Play with a window of 8. Where does the band stop growing? Then see what a real model's windows save.",
        alt="A triangle of cells, tokens that read against tokens that are read. A band eight tokens wide runs along "
            "its edge, two columns stay filled at the left, and the cells between are empty.",
        t=Play(0, TOKENS - 1, unit="", label="Newest token", seconds=8),
        window_tok=Slider(1, TOKENS, value=8, unit="tokens", label="Window drawn"),
        sink_tok=Slider(0, 4, value=2, unit="tokens", label="Sinks drawn"),
        model=model_choice("gemma-3-27b", "gpt-oss-120b", "llama-3.1-70b", label="Model in the numbers"),
        context_tok=Slider(128, 131_072, value=32_768, scale="log", unit="tokens", label="Its context"),
        presets={"No window": {"window_tok": TOKENS, "sink_tok": 0}, "No sinks": {"sink_tok": 0}},
    )
