"""The figure that all rivals draw: three lines of 200 points that move with two sliders."""

from __future__ import annotations

import numpy as np

from inference_economics import Axis, Figure, Line, Readout, Slider, explore

POINTS = 200
BATCH = np.geomspace(1, 2048, POINTS)
CACHE_BYTES, WEIGHT_BYTES, N_PARAMS = 327_680, 141e9, 70.6e9
BYTES_PER_S, FLOP_PER_S = 26.8e12, 7.9e15


def step_parts(context_tok, mfu):
    """Time of a decode step by cause against the batch, for eight chips and a model of 70 billion parameters."""
    cache_s = BATCH * context_tok * CACHE_BYTES / BYTES_PER_S
    compute_s = 2 * BATCH * N_PARAMS / (FLOP_PER_S * mfu)
    step_s = cache_s + np.maximum(WEIGHT_BYTES / BYTES_PER_S, compute_s)
    return Figure(
        x=Axis("sequences at once", (1, 2048), scale="log"),
        y=Axis("time", (1e-4, 10), unit="s", scale="log"),
        marks=[Line(BATCH, step_s, "one step"), Line(BATCH, cache_s, "cache"), Line(BATCH, compute_s, "arithmetic")],
        readouts=[Readout("One step at 2,048", step_s[-1], "s")],
    )


def explorer():
    return explore(
        step_parts,
        context_tok=Slider(500, 128_000, value=8000, scale="log", unit="tokens", label="Context"),
        mfu=Slider(0.1, 1.0, value=0.5, label="Share of peak"),
        title="One decode step by cause", watch="Drag the context to the right.",
    )
