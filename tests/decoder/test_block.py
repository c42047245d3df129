"""The parts of the block: normalisation, activations, attention."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from decoder.kinds import KINDS, TINY, tokens
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import decoder_block, decoder_deepseek, rope
from inference_economics.decoder import Decoder


@dataclass
class Nothing:
    """A cache that keeps nothing: new tokens see each other only, wherever they stand."""

    positions: np.ndarray

    def extend(self, _layer, new):
        return new, self.positions


@pytest.mark.parametrize("kind", ["mha", "gqa", "mqa", "mla", "window", "linear", "ntk", "yarn", "llama3"])
@settings(max_examples=10)
@given(seed=st.integers(0, 99), shift=st.integers(1, 5000))
def test_attention_depends_on_relative_position_only(kind, seed, shift):
    model = Decoder.random(KINDS[kind], seed, "float64")
    c = model.config
    x = np.random.default_rng(seed).standard_normal((1, 6, c.hidden))
    scaling = c.rope_scaling
    frequency = scaling.frequencies(c.rotary_dim, 1e4, 99) if scaling else rope.frequencies(c.rotary_dim)
    attention = decoder_deepseek.latent_attention if c.attention == "mla" else decoder_block.grouped_query
    here, there = (attention(c, model.weights, "model.layers.0.self_attn.", x,
                             decoder_block.Place(at, frequency, Nothing(at), 0))
                   for at in (np.arange(6), shift + np.arange(6)))
    np.testing.assert_allclose(here, there, atol=1e-10)


def test_grouped_heads_equal_repeated_heads():
    """GQA is MHA whose key and value heads are copies within a group."""
    model = Decoder.random(TINY, 3, "float64")
    weights = dict(model.weights)
    for name, array in model.weights.items():
        if "k_proj" in name or "v_proj" in name:
            weights[name] = array.reshape(2, 6, 24).repeat(2, axis=0).reshape(24, 24)
    mha = Decoder(replace(TINY, kv_heads=4), weights, "float64")
    text = tokens(TINY, 9)
    np.testing.assert_allclose(mha.logits(text), model.logits(text), atol=1e-12)


def test_activations_have_known_values():
    assert decoder_block.silu(np.array([0.0, 1.0, -1000.0])).tolist() == pytest.approx([0, 0.7310585786, 0])
    # exact GELU(1) is 0.8413; the tanh form gives 0.8412
    assert decoder_block.gelu(np.array([0.0, 1.0])).tolist() == pytest.approx([0, 0.8411919906])
    assert decoder_block.ACTIVATION["relu"](np.array([-1.0, 2.0])).tolist() == [0, 2]


def test_rms_norm_makes_the_mean_square_one():
    x = np.random.default_rng(0).standard_normal((3, 50)) * 7
    np.testing.assert_allclose((decoder_block.rms_norm(x, np.ones(50), 0.0) ** 2).mean(-1), 1)
