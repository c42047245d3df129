"""A configuration in the decoder's words: each key is honoured, known to change nothing, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics.decoder import checkpoint, hf_config
from inference_economics.decoder.rope import Scaling

LLAMA = {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 24, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 31, "rms_norm_eps": 1e-5,
         "rope_theta": 10000.0}
YARN = {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 64}


@pytest.mark.parametrize(("rope", "message"), [
    ({"truncate": False}, "truncate=false; the decoder rounds"),
    ({"attention_factor": 1.5}, "attention_factor=1.5; the decoder computes"),
    ({"partial_rotary_factor": 0.5}, "partial_rotary_factor=0.5; the decoder turns whole heads"),
    ({"low_freq_factor": 1}, "'low_freq_factor' not understood with rope_type='yarn'"),
    ({"short_factor": [1, 2]}, "one set of rotary frequencies"),
    ({"beta_fast": "32"}, "beta_fast='32' is not a number"),
    ({"factor": None}, "factor missing"),
    ({"factor": float("nan")}, "factor=nan is not a number"),
    ({"factor": 0.5}, "factor=0.5 is outside"),
    ({"type": "linear"}, "type='linear' contradicts rope_type='yarn'"),
    ({"rope_type": "llama3"}, "low_freq_factor, high_freq_factor missing"),
    ({"rope_type": "default"}, "not understood with rope_type='default'"),
    ({"rope_theta": 5}, "rope_theta=10000.0 contradicts rope_theta=5"),
])
def test_every_key_of_rope_scaling_is_honoured_or_refused(rope, message):
    with pytest.raises(ValueError, match=message):
        checkpoint.config_from({**LLAMA, "rope_scaling": {**YARN, **rope}})


def test_keys_of_rope_scaling_that_say_what_the_decoder_does_are_taken():
    said = {**YARN, "truncate": True, "attention_factor": 0.1 * np.log(4) + 1, "beta_fast": 16, "beta_slow": None}
    assert checkpoint.config_from({**LLAMA, "rope_scaling": said}).rope_scaling == Scaling(
        "yarn", 4, 64, fast_rotations=16)
    assert checkpoint.config_from({**LLAMA, "rope_scaling": {"rope_type": "default"}}).rope_scaling is None


@pytest.mark.parametrize(("change", "message"), [
    ({"attention_multiplier": 0.5}, "not understood: 'attention_multiplier'"),
    ({"use_rope": False}, "not understood: 'use_rope'"),
    ({"quantization_config": {"quant_method": "fp8"}}, "quantization_config is set; convert"),
    ({"quantization": {"bits": 4, "group_size": 64}}, "quantization is set; convert"),
    ({"compression_config": {"format": "marlin-24"}}, "compression_config is set; convert"),
    ({"rope_interleaved": True}, "rope_interleaved=true; the decoder computes only rope_interleaved=false"),
    ({"partial_rotary_factor": 0.5}, "partial_rotary_factor=0.5"),
    ({"attention_bias": 0}, "attention_bias=0"),
    ({"layer_types": ["full_attention", "sliding_attention"]}, "layer_types=.*; the decoder's layers all have one"),
    ({"layer_types": "full"}, "layer_types='full' is not a list"),
    ({"tie_word_embeddings": "yes"}, "tie_word_embeddings='yes' is neither true nor false"),
    ({"hidden_size": "24"}, "hidden_size='24' is not a whole number"),
    ({"hidden_size": [24]}, r"hidden_size=\[24\] is not a whole number"),
    ({"hidden_size": 24.5}, "hidden_size=24.5 is not a whole number"),
    ({"rms_norm_eps": float("inf")}, "rms_norm_eps=inf is not a number"),
    ({"num_hidden_layers": 10**9}, "layers=1e.09 is outside"),
    ({"num_hidden_layers": True}, "num_hidden_layers=True is not a whole number"),
    ({"rope_scaling": 4}, "rope_scaling=4; the decoder has one set"),
    ({"rope_parameters": {"full_attention": {"rope_theta": 5}}}, "rope_parameters=.*; the decoder has one set"),
    ({"rope_parameters": {"rope_theta": 7.0}}, "rope_theta=10000.0 contradicts rope_theta=7.0"),
])
def test_what_would_change_the_result_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        checkpoint.config_from(LLAMA | change)


def test_what_changes_nothing_is_passed_over():
    assert checkpoint.config_from(LLAMA | {"bos_token_id": 1, "pruned_heads": {}, "my_note": None}) == (
        checkpoint.config_from(LLAMA))
    derived = {"unsloth_fixed": True, "neftune_noise_alpha": 5, "rope_interleaved": False, "_commit_hash": "abc",
               "layer_types": ["full_attention"] * 2}
    assert checkpoint.config_from(LLAMA | derived) == checkpoint.config_from(LLAMA)
    full = {"sliding_window": 8, "layer_types": ["full_attention"] * 2}
    assert checkpoint.config_from(LLAMA | full).window_tok == 0
    assert checkpoint.config_from(LLAMA | full | {"layer_types": ["sliding_attention"] * 2}).window_tok == 8


@pytest.mark.parametrize(("change", "message"), [
    ({"model_type": "gpt2"}, "unknown model_type 'gpt2'; known: llama, mistral, deepseek_v3"),
    ({"model_type": None}, "unknown model_type None"),
    ({"hidden_act": "gelu"}, "hidden_act='gelu'"),
    ({"attention_bias": True}, "attention_bias=true"),
    ({"mlp_bias": True}, "mlp_bias=true"),
    ({"model_type": "deepseek_v3"}, "lacks 'kv_lora_rank'"),
    ({"model_type": "deepseek_v3", "rope_interleave": False}, "rope_interleave=false"),
    ({"model_type": "deepseek_v3", "norm_topk_prob": False}, "norm_topk_prob=false"),
    ({"rope_scaling": {"rope_type": "longrope", "factor": 2}}, "unknown rope_type 'longrope'"),
    ({"rope_scaling": {"type": "yarn", "factor": 2}}, "needs original_tok"),
    ({"num_key_value_heads": 3}, "kv_heads=3 does not divide"),
])
def test_what_the_decoder_cannot_do_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        checkpoint.config_from(LLAMA | change)


@pytest.mark.parametrize("name", ["num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size",
                                  "vocab_size"])
def test_a_missing_field_is_named(name):
    raw = {key: value for key, value in LLAMA.items() if key != name}
    with pytest.raises(ValueError, match=f"config.json lacks '{name}'"):
        checkpoint.config_from(raw)


def test_old_and_new_ways_to_write_rope_mean_the_same():
    old = {"rope_theta": 5e5, "rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 1,
                                               "high_freq_factor": 4, "original_max_position_embeddings": 8192}}
    new = {"rope_theta": None, "rope_parameters": {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8,
                                                   "low_freq_factor": 1, "high_freq_factor": 4,
                                                   "original_max_position_embeddings": 8192}}
    read = [checkpoint.config_from(LLAMA | change) for change in (old, new)]
    assert read[0] == read[1]
    assert read[0].rope_scaling == Scaling("llama3", 8, 8192)
    assert read[0].rope_theta == 5e5


def test_defaults_of_old_configurations():
    config = checkpoint.config_from({key: value for key, value in LLAMA.items() if key != "num_key_value_heads"})
    assert (config.kv_heads, config.head_dim, config.tied, config.window_tok) == (4, 6, False, 0)
    assert checkpoint.config_from(LLAMA | {"sliding_window": 99}).window_tok == 99


@pytest.mark.parametrize("wrong", [1_000_000_000, 4097, -1, 1.5, "x", [1], True, float("nan"), 10**400])
def test_layers_that_predict_further_tokens_are_a_small_whole_number(wrong):
    with pytest.raises(ValueError, match="num_nextn_predict_layers="):
        hf_config.predicting_layers({"num_nextn_predict_layers": wrong})


@pytest.mark.parametrize(("said", "layers"), [({}, 0), ({"num_nextn_predict_layers": None}, 0),
                                              ({"num_nextn_predict_layers": 1}, 1)])
def test_layers_that_predict_further_tokens_are_counted(said, layers):
    assert hf_config.predicting_layers(said) == layers


@pytest.mark.parametrize("change", [{"max_position_embeddings": -1}, {"max_position_embeddings": "x"},
                                    {"max_position_embeddings": 1.5}, {"layer_types": ["full_attention"] * 3},
                                    {"layer_types": ["full_attention"]}])
def test_what_contradicts_the_shape_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        checkpoint.config_from(LLAMA | change)
