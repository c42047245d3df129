"""Inside the block: hands that turn with a token's place, and a gate that lets a channel through."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Arrows, Axis, Blocks, Explorer, Figure, Label, Line, Play, Point, Readout, Slider, explore

from ...decoder import rope
from ...decoder.block import silu
from ...models.ffn import n_params_ffn
from ..kit import model_choice, you_are_here

HEAD_DIM = 128  # of most models in the catalogue
PAIRS = np.array([0, 4, 8, 12, 16, 24, 32, 63])  # of 64, fastest first
ACROSS, DOWN = 2.6 * (np.arange(8) % 4), -2.9 * (np.arange(8) // 4)
TURN = np.linspace(0, 2 * np.pi, 61)


def rows(x: Any) -> Any:
    """Return one path of eight pieces: a gap after each row."""
    return np.ravel(np.concatenate([x, np.full((len(PAIRS), 1), np.nan)], axis=1))


def turning_hands() -> Explorer:
    """Show a query and a key that turn as they move through the text together, and the angle between, which stays.

    Angles are of `rope.frequencies`, turns of `rope.wavelengths_tok`. The score is that of two vectors that were equal
    before turning, over all 64 pairs: the mean cosine of the angles between.

    Returns
    -------
    Explorer
    """

    def figure(t: Any, distance_tok: Any, theta: Any) -> Figure:
        frequency = rope.frequencies(HEAD_DIM, theta)
        drawn = np.take(frequency, PAIRS)
        key, query = t * drawn, (t + distance_tok) * drawn
        apart = np.remainder((query - key) + np.pi, 2 * np.pi) - np.pi
        between = np.linspace(0, 1, 31) * apart[:, None] + key[:, None]
        arc = (rows(ACROSS[:, None] + 0.5 * np.cos(between)), rows(DOWN[:, None] + 0.5 * np.sin(between)))
        wavelength: Any = rope.wavelengths_tok(frequency)
        tips = [(ACROSS + np.cos(angle), DOWN + np.sin(angle)) for angle in (query, key)]
        return Figure(
            x=Axis.blank(-1.2, ACROSS[-1] + 1.2), y=Axis.blank(-4.5, 1.6), equal=True,
            marks=[
                Line(rows(ACROSS[:, None] + np.cos(TURN)), rows(DOWN[:, None] + np.sin(TURN)), "one turn", color=0),
                Line(*arc, "angle between", color=3),
                Arrows(ACROSS, DOWN, *tips[0], "query's hand", color=2), Point(*tips[0], "query", color=2),
                Arrows(ACROSS, DOWN, *tips[1], "key's hand", color=1), Point(*tips[1], "key", color=1),
                Label(-1.1, 1.25, "below each pair: the tokens of one turn"),
                *(Label(x - 0.6, y - 1.45, "", np.take(wavelength, pair), "tok")
                  for x, y, pair in zip(ACROSS, DOWN, PAIRS.tolist(), strict=True)),
            ],
            readouts=[
                Readout("Place of the key", t, "tokens"), Readout("Place of the query", t + distance_tok, "tokens"),
                Readout("Score of equal vectors", np.mean(np.cos(distance_tok * frequency)), "%"),
                Readout("The slowest of 64 pairs turns in", wavelength[-1], "tokens"),
            ],
        )

    return explore(
        figure, name="turning-hands", title="Two tokens walk through the text",
        watch="Play: both hands turn, pair by pair. What happens to the angle between them, and to the score?",
        alt="Eight circles with two hands each, a query's and a key's. In the first the hands stand far apart, in the "
            "later ones closer and closer, until they coincide.",
        t=Play(0, 60, value=12, unit="tokens", label="Place of the key", seconds=12),
        distance_tok=Slider(0, 64, value=4, unit="tokens", label="Distance of the query"),
        theta=Slider(1000, 10_000_000, value=500_000, scale="log", label="Base θ", whole=True),
        presets={"Neighbours": {"distance_tok": 1}, "Far apart": {"distance_tok": 64},
                 "First Llama": {"theta": 10_000}},
    )


def gate() -> Explorer:
    """Show one channel of SwiGLU: the gate's number passes SiLU and multiplies what the other matrix says.

    The curve is `decoder.block.silu`; weights are of `ffn.n_params_ffn`.

    Returns
    -------
    Explorer
    """
    x = np.linspace(-8, 8, 129)

    def figure(gate_sum: Any, up: Any, model: Any) -> Figure:
        opened = silu(gate_sum)
        boxes = Blocks(np.array([-6.6, -3.6, -6.6, -0.9]), np.array([16.4, 16.4, 8.6, 12.5]), "channel",
                       words=("gate", "SiLU", "up", "out"), width=2.3, height=6.4,
                       value=np.stack([gate_sum, opened, up, opened * up]), color=5)
        return Figure(
            x=Axis("what the gate's matrix gives", (-8, 8)), y=Axis("what the channel passes on", (-20, 20)),
            marks=[
                Line(x, silu(x) * up, "with this value of up", color=0),
                Line(x, silu(x), "with 1: SiLU alone", color=5),
                boxes,
                Arrows(np.array([-5.45, -2.45, -5.45]), np.array([16.4, 15.4, 8.6]), np.array([-4.75, -2.05, -2.05]),
                       np.array([16.4, 13.6, 11.4]), "then"),
                you_are_here(gate_sum, opened * up),
            ],
            readouts=[
                Readout("The gate lets through", np.where(gate_sum == 0, 0.5, opened / gate_sum), "%"),
                Readout("Channels like this in a layer", model.ffn_hidden),
                Readout("Weights of the part in a layer", n_params_ffn(model.hidden, model.ffn_hidden, 3)),
            ],
        )

    return explore(
        figure, name="gate", title="One channel and its gate",
        watch="Drag the gate from left to right. Where does the channel open, and what does up do to an open one?",
        alt="A curve that is zero on the left and rises on the right, with a point on it. Above it boxes: gate leads "
            "to SiLU, which meets up in a product.",
        gate_sum=Slider(-6.0, 6.0, value=2.5, label="Gate"),
        up=Slider(-3.0, 3.0, value=2.0, label="Up"),
        model=model_choice("llama-3.1-70b", "llama-3.1-8b", "qwen3-32b", "gemma-3-27b", label="Model in the numbers"),
        presets={"Shut": {"gate_sum": -6.0}, "Open, and negative": {"gate_sum": 5.0, "up": -2.0}},
    )
