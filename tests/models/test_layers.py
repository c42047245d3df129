"""Rows of layers: how many of each sort, of which shape, and what is said where they do not agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference_economics.models.architecture import Architecture
from inference_economics.models.groups import LayerGroup
from inference_economics.models.layers import Layers
from inference_economics.models.spec import from_config

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
GQA = LayerGroup(layers=2, q_heads=8, kv_heads=2, qk_dim=16, v_dim=12, ffn_width=64, vector_params=256)


@pytest.mark.parametrize(("name", "layers"), [
    # all, that keep everything, with a window, with a state, with a latent, with experts
    ("llama-3.1-8b", (32, 32, 0, 0, 0, 0)),
    ("gemma-3-27b", (62, 10, 52, 0, 0, 0)),
    ("deepseek-v3", (61, 61, 0, 0, 61, 58)),
    ("qwen3-next-80b-a3b", (48, 12, 0, 36, 0, 48)),
    ("jamba-v0.1", (32, 4, 0, 28, 0, 16)),
    ("nemotron-h-8b", (52, 4, 0, 24, 0, 0)),
    ("falcon-h1-0.5b", (36, 36, 0, 36, 0, 0)),
    ("deepseek-v4-pro", (61, 61, 61, 0, 0, 61)),
])
def test_layers_of_each_sort(name, layers):
    m = from_config(CONFIGS / f"{name}.json")
    assert (m.layers, m.global_layers, m.window_layers, m.state_layers, m.latent_layers, m.moe_layers) == layers


def test_a_quantity_of_a_layer_is_summed_over_all():
    two = Layers(hidden=64, vocab=10, groups=(GQA, replace(GQA, layers=3, q_heads=4)))
    assert two.total(lambda group: group.q_heads) == 2 * 8 + 3 * 4
    assert two.common("kv_heads") == 2
    assert two.common("experts") == 0


def test_layers_that_do_not_agree_are_said_to():
    model = from_config(CONFIGS / "mimo-v2-flash.json")
    with pytest.raises(ValueError, match="kv_heads differs between layers: 4, 8; look at the groups"):
        _ = model.kv_heads
    assert model.q_heads == 64
    with pytest.raises(ValueError, match="window_tok differs between layers: 100, 200"):
        Architecture(hidden=64, vocab=10, groups=tuple(
            replace(GQA, kept_share=0, window_tok=window) for window in (100, 200)))
    sparse = replace(GQA, attend_tok=10)
    with pytest.raises(ValueError, match=r"kept_share differs between the layers that have attend_tok: .0\.5, 1."):
        Architecture(hidden=64, vocab=10, groups=(sparse, replace(sparse, kept_share=0.5)))


@pytest.mark.parametrize(("field", "value", "message"), [
    ("hidden", 0, "hidden=0 is not a whole number of 1.."), ("vocab", 1.5, "vocab=1.5 is not a whole number"),
    ("tied", 2, "tied=2 is not a whole number of 0..1"), ("positions", -1, "positions=-1 is not"),
    ("vector_params", float("nan"), "vector_params=nan is not"), ("hidden", "64", "hidden='64' is not"),
    ("groups", (), "groups is empty"), ("groups", [GQA], "groups is a tuple of LayerGroup"),
    ("groups", (replace(GQA, layers=0),), "groups have no layers"), ("mtp", GQA, "mtp is a tuple of LayerGroup"),
    ("left_out", "vision_config", "left_out is a tuple of text"), ("left_out", (7,), "left_out is a tuple"),
    ("hidden", 2**52, "parameters are more than 1,000,000,000,000,000"),
    ("hidden", None, "hidden=None is not"), ("vocab", True, "vocab=True is not"),
])
def test_what_cannot_be_is_refused_by_name(field, value, message):
    with pytest.raises(ValueError, match=message):
        Architecture(**{"hidden": 64, "vocab": 10, "groups": (GQA,), field: value})


def test_numbers_of_numpy_are_held_as_numbers():
    m = Layers(hidden=np.int16(64), vocab=np.float32(10), groups=(GQA,), tied=np.array(1))
    assert (m.hidden, m.vocab, m.tied) == (64, 10, 1)
    assert all(type(value) is int for value in (m.hidden, m.vocab, m.tied))
