"""The shape of a decoder: what it may be, and that it counts as the catalogue does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from decoder.kinds import TINY

from inference_economics import models
from inference_economics.decoder import Decoder
from inference_economics.decoder.config import Config, check_weights


@pytest.mark.parametrize("slug", ["llama-2-13b", "llama-3.1-8b", "llama-3.1-70b", "mistral-7b", "deepseek-v3"])
def test_parameters_and_cache_equal_those_of_the_catalogue(slug):
    model = models.get(slug)
    config = Config.of(model)
    assert config.n_params == model.n_params
    assert config.kv_values_per_token == model.kv_values_per_token


def test_a_catalogue_shape_runs_when_cut_down():
    config = Config.of(models.get("llama-3.1-8b"), layers=1, hidden=64, ffn_hidden=96, vocab=50)
    assert (config.q_heads, config.kv_heads, config.head_dim) == (32, 8, 128)
    assert Decoder.random(config).generate([1, 2], 3).shape == (3,)


@pytest.mark.parametrize(("slug", "message"), [
    ("gpt2", "gpt2 has parts that this decoder lacks: qkv_bias=True, .*norm='layer'"),
    ("mixtral-8x7b", "experts routed otherwise than in DeepSeek-V3"),
    ("gemma-3-27b", "window_layers="),
])
def test_a_catalogue_model_with_other_parts_is_refused(slug, message):
    with pytest.raises(ValueError, match=message):
        Config.of(models.get(slug))


@pytest.mark.parametrize(("change", "message"), [
    ({"layers": 0}, "layers=0"), ({"hidden": 1.5}, "hidden=1.5"), ({"q_heads": -1}, "q_heads=-1"),
    ({"kv_heads": 3}, "kv_heads=3 does not divide q_heads=4"), ({"head_dim": 7}, "must be even"),
    ({"ffn_hidden": 0}, "ffn_hidden=0"), ({"vocab": 0}, "vocab=0"), ({"window_tok": -1}, "window_tok=-1"),
    ({"ffn": "swigloo"}, "unknown ffn 'swigloo'.*swiglu"), ({"attention": "gaq"}, "unknown attention 'gaq'"),
    ({"rope_theta": 0}, "theta=0"), ({"norm_eps": 0}, "norm_eps=0"),
    ({"attention": "mla"}, "needs kv_lora, rope_dim and v_head_dim"),
    ({"experts_active": 2}, "experts=0, yet"), ({"experts": 4, "expert_hidden": 8}, "experts_active=0"),
    ({"experts": 4, "experts_active": 2}, "needs expert_hidden"),
    ({"experts": 4, "experts_active": 2, "expert_hidden": 8, "ffn": "relu"}, "ffn='relu' is not supported"),
    ({"experts": 4, "experts_active": 2, "expert_hidden": 8, "expert_groups": 3}, "must divide experts=4"),
    ({"experts": 4, "experts_active": 2, "expert_hidden": 8, "expert_groups": 2, "expert_groups_active": 3},
     "expert_groups_active=3"),
    ({"experts": 4, "experts_active": 3, "expert_hidden": 8, "expert_groups": 2}, "more than the chosen groups hold"),
    ({"routed_scale": 0}, "routed_scale=0"),
])
def test_an_impossible_shape_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(TINY, **change)


MODEL = Decoder.random(TINY)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: check_weights(TINY, {}), r"missing: model.embed_tokens.weight \(31, 24\); .* and 17 more"),
    (lambda: check_weights(TINY, MODEL.weights | {"x": 1}), "unknown: x"),
    (lambda: check_weights(TINY, MODEL.weights | {"model.norm.weight": np.ones(3)}),
     r"wrong shape: model.norm.weight is \(3,\), expected \(24,\)"),])
def test_weights_of_another_shape_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
