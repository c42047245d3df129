"""One chip at work: its two ceilings, its memory, and the bill of a token."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import (
    Axis,
    Bracket,
    Explorer,
    Figure,
    Line,
    Note,
    Play,
    Point,
    Readout,
    Rule,
    Slider,
    Stack,
    State,
    Waterfall,
    explore,
)

from ...catalog import prices
from ...hardware import roofline
from ...models import decode_flop_per_token, kv_cache, prefill_flop_per_token
from ...serving import Layout, Load, ladder, memory
from ..kit import chip_choice, chips_slider, engine, model_choice, precision_choice, room_of

CHIP = "h100-sxm"
DOUBLINGS = 12
LOW, HIGH = 0.1, 1e5  # arithmetic per byte, from one end of the chart to the other


def marching_over_the_roofline() -> Explorer:
    """Show prefill and decode under a chip's two ceilings as more tokens pass through the weights together.

    The same number of tokens either come from one prompt, or one each from so many sequences. Numbers are of
    `roofline.arithmetic_intensity`, `roofline.attainable_flop_per_s`, `models.prefill_flop_per_token`,
    `models.decode_flop_per_token` and `kv_cache.of_model`.

    Returns
    -------
    Explorer
    """
    steps = np.arange(DOUBLINGS + 1)

    def figure(t: Any, model: Any, chip: Any, context_tok: Any, bytes_per_param: Any) -> Figure:
        peak, bandwidth = chip.bf16_flop_per_s, chip.hbm_bytes_per_s
        ridge = roofline.ridge_flop_per_byte(peak, bandwidth)
        weights = model.n_params_read * bytes_per_param
        fit = room_of(model, chip, 1, context_tok, bytes_per_param).sequences

        def decode(batch: Any) -> Any:
            moved = weights + kv_cache.of_model(model, context_tok, batch)
            return roofline.arithmetic_intensity(batch * decode_flop_per_token(model, context_tok), moved)

        def prefill(tok: Any) -> Any:
            moved = weights + kv_cache.of_model(model, tok)
            return roofline.arithmetic_intensity(tok * prefill_flop_per_token(model, tok), moved)

        def rate(intensity: Any) -> Any:
            return roofline.attainable_flop_per_s(intensity, peak, bandwidth)

        together, trail = np.exp2(t), np.exp2(steps)
        write, read = decode(trail), prefill(trail)
        held = fit >= 1
        return Figure(
            x=Axis("arithmetic per byte moved", (LOW, HIGH), "FLOP/B", "log"),
            y=Axis("arithmetic rate, at most", (1e11, 1e16), "FLOP/s", "log"),
            marks=[
                Line(np.stack([LOW, ridge]), rate(np.stack([LOW, ridge])), "memory's ceiling", color=0),
                Line(np.stack([ridge, HIGH]), rate(np.stack([ridge, HIGH])), "arithmetic's ceiling", color=3),
                Point(np.where((steps <= t) & held, read, np.nan), rate(read), "prefill: tokens of a prompt", color=2),
                Point(np.where((steps <= t) & (trail <= fit), write, np.nan), rate(write),
                      "decode: one of each sequence", color=1),
                Note("prefill", np.where(held, prefill(together), np.nan), rate(prefill(together)), dx=-18, dy=-24),
                Note("decode", np.where(together <= fit, decode(together), np.nan), rate(decode(together)),
                     dx=16, dy=26),
                Rule("ridge", x=ridge),
            ],
            readouts=[
                Readout("Tokens that pass together", together, "tokens"),
                Readout("Prefill, share of the peak", np.where(held, rate(prefill(together)) / peak, np.nan), "%"),
                Readout("Decode, share of the peak",
                        np.where(together <= fit, rate(decode(together)) / peak, np.nan), "%"),
                Readout("Sequences that fit", fit),
            ],
            states=[State(together <= fit, "So many sequences fit in the chip's memory.",
                          "Out of memory: so many sequences do not fit.")],
        )

    return explore(
        figure, name="marching-over-the-roofline", title="Prefill and decode march up the roofline",
        watch="Play: each step doubles the tokens. Who reaches the flat ceiling, and what stops the other on its way?",
        alt="On logarithmic axes a slope that turns level at a dashed rule. Two rows of points climb the slope "
            "together, prefill a little ahead of decode.",
        t=Play(0, DOUBLINGS, value=5, label="Doublings", seconds=9),
        model=model_choice("llama-3.1-8b", "qwen3-8b", "llama-2-13b", "gemma-3-27b"),
        chip=chip_choice("h100-sxm", "h200-sxm", "b200", "mi300x", "a100-sxm-80gb"),
        context_tok=Slider(64, 32_768, value=2048, scale="log", unit="tokens", label="Context of each sequence"),
        bytes_per_param=precision_choice(2, 1, label="Weight precision"),
        presets={"Short contexts": {"context_tok": 128}, "Long contexts": {"context_tok": 16_384}},
    )


PARTS = ("kept back", "weights", "caches")


def memory_of_one_gpu() -> Explorer:
    """Show what one chip's memory is full of, as shares of it.

    Numbers are of `kit.room_of`, with what engines keep back, and of `serving.memory.cached_bytes_per_chip`.

    Returns
    -------
    Explorer
    """

    def figure(model: Any, chip: Any, n_chips: Any, batch: Any, context_tok: Any) -> Figure:
        s, layout = engine(model, chip).setup, Layout.of(n_chips)
        room = room_of(model, chip, layout, context_tok)
        sequence = memory.cached_bytes_per_chip(s, context_tok, layout)
        weights, kept, caches = room.weight_bytes / n_chips, room.kept_bytes / n_chips, batch * sequence
        free = s.hbm_bytes - kept - weights - caches
        parts = np.stack([kept, weights, caches]) / s.hbm_bytes
        in_use = (kept + weights + caches) / s.hbm_bytes
        return Figure(
            x=Axis.blank(-0.5, 1.5), y=Axis("share of one chip's memory", (0, 1.4), "%"),
            marks=[
                Stack(parts, "memory", words=PARTS, unit="%"),
                Rule("all of it", y=1),
                Bracket("free", np.where(free > 0, in_use, np.nan), 1.0, 1.0, value=free / s.hbm_bytes, unit="%"),
            ],
            readouts=[
                Readout("Memory of a chip", s.hbm_bytes, "B"), Readout("Weights on it", weights, "B"),
                Readout("Cache of one sequence on it", sequence, "B"), Readout("In use", in_use, "%"),
                Readout("Sequences that fit", room.sequences),
            ],
            states=[State(batch <= room.sequences, "The batch fits.", "Out of memory: so many sequences do not fit.")],
        )

    return explore(
        figure, name="memory-of-one-gpu", title="What a GPU's memory is full of",
        watch="Raise the sequences until the stack meets the line. Then double the chips: which part halves, and which "
              "one grows?",
        alt="A stack of three parts against a dashed line at all of the memory: a thin one kept back, weights, "
            "caches. A bracket beside it marks what is free.",
        model=model_choice("llama-3.1-70b", "llama-3.1-8b", "gpt-oss-120b", "qwen3-235b-a22b"),
        chip=chip_choice("h100-sxm", "h200-sxm", "b200", "mi300x"),
        n_chips=chips_slider(2),
        batch=Slider(1, 512, value=16, scale="log", unit="sequences", label="Sequences at once"),
        context_tok=Slider(128, 131_072, value=8192, scale="log", unit="tokens", label="Context of each"),
        presets={"One chip": {"n_chips": 1}, "A long document": {"batch": 1, "context_tok": 131_072}},
    )


def bill_of_a_token() -> Explorer:
    """Show a token's price as a sum of losses: what arithmetic costs, and what each further thing adds.

    The four prices are of `serving.ladder`; the price of a chip is today's of `catalog.prices`.

    Returns
    -------
    Explorer
    """

    def figure(model: Any, n_chips: Any, concurrency: Any, utilisation: Any, price_usd_per_hour: Any) -> Figure:
        s, c, _ = engine(model, CHIP)
        layout, load = Layout.of(n_chips), Load(concurrency, 2048.0, 512.0)
        peak, bound, engines, used = ladder(s, c, load, layout, model.n_params_read, price_usd_per_hour, utilisation)
        steps = np.stack([peak, bound - peak, engines - bound, used - engines])
        fits = memory.capacity(s, c, load.context_tok, layout)
        return Figure(
            x=Axis("share of the price", (0, 1.15), "%"),
            y=Axis("", categories=("arithmetic at its peak", "memory and attention", "engine and links", "idle hours",
                                   "the price")),
            marks=[Waterfall(steps / used, "share", totals=(4,), unit="%")],
            readouts=[
                Readout("At peak", np.where(fits >= 1, peak, np.nan) * 1e6, "USD/Mtok"),
                Readout("At the bound", bound * 1e6, "USD/Mtok"), Readout("As engines run", engines * 1e6, "USD/Mtok"),
                Readout("The price", used * 1e6, "USD/Mtok"),
            ],
            states=[State(fits >= 1, "The model fits.", "Out of memory: not one request fits.")],
        )

    return explore(
        figure, name="bill-of-a-token", title="What a token's price is made of",
        watch="Go from 64 requests to one. Which bar all but vanishes? Then sell every hour: what is left of the last "
              "one?",
        alt="Bars that continue one another from left to right: a short one for arithmetic, then memory, engine and "
            "links, idle hours. A last bar spans the whole price.",
        model=model_choice("llama-3.1-70b", "llama-3.1-8b", "gpt-oss-120b", "qwen3-235b-a22b"),
        n_chips=chips_slider(4),
        concurrency=Slider(1, 256, value=64, scale="log", unit="requests", label="Requests at once"),
        utilisation=Slider(0.05, 1.0, value=0.6, unit="%", label="Share of the hours that is sold"),
        price_usd_per_hour=Slider(0.5, 20.0, value=prices.rental_usd_per_hour(CHIP), scale="log", unit="USD/h",
                                  label="Price of an H100"),
        presets={"One user": {"concurrency": 1}, "Always busy": {"utilisation": 1.0, "concurrency": 256}},
    )
