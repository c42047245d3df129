"""Configurations as others publish them: quantised, retrained, merged, rewritten by newer tools. The counts stay."""

from __future__ import annotations

import pytest

from inference_economics.models import from_config

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 14336,
         "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 128256,
         "head_dim": 128, "rms_norm_eps": 1e-5, "hidden_act": "silu", "attention_bias": False, "mlp_bias": False,
         "max_position_embeddings": 131072, "eos_token_id": [128001, 128008, 128009], "tie_word_embeddings": False}
LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
          "rope_type": "llama3"}
N_LLAMA = 8_030_261_248
FULL = ["full_attention"] * 32
MISTRAL = {"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
           "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 32000, "max_position_embeddings": 32768}
N_MISTRAL = 7_241_732_096
QWEN3 = {"model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_attention_heads": 16,
         "num_hidden_layers": 28, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936,
         "tie_word_embeddings": True, "attention_bias": False, "use_sliding_window": False, "sliding_window": None,
         "max_window_layers": 28, "layer_types": ["full_attention"] * 28}
N_QWEN3 = 596_049_920
SMOLLM2 = {"model_type": "llama", "_name_or_path": "HuggingFaceTB/SmolLM2-135M", "attention_bias": False,
           "attention_dropout": 0.0, "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 576,
           "initializer_range": 0.041666666666666664, "intermediate_size": 1536, "is_llama_config": True,
           "max_position_embeddings": 8192, "mlp_bias": False, "num_attention_heads": 9, "num_hidden_layers": 30,
           "num_key_value_heads": 3, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_interleaved": False,
           "rope_scaling": None, "rope_theta": 100000, "tie_word_embeddings": True, "torch_dtype": "bfloat16",
           "transformers.js_config": {"kv_cache_dtype": {"q4f16": "float16", "fp16": "float16"}},
           "transformers_version": "4.40.1", "use_cache": True, "vocab_size": 49152}
MINIMAX = {"model_type": "minimax_m2", "hidden_size": 3072, "num_hidden_layers": 62, "num_attention_heads": 48,
           "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 1536, "num_local_experts": 256,
           "num_experts_per_tok": 8, "vocab_size": 200064, "use_qk_norm": True, "qk_norm_type": "per_layer",
           "use_routing_bias": True, "attn_type_list": [1] * 62, "rotary_dim": 64, "shared_intermediate_size": 0,
           "scoring_func": "sigmoid", "tie_word_embeddings": False}
QUANTISED = {
    "gptq": {"bits": 4, "group_size": 128, "desc_act": True, "sym": True, "quant_method": "gptq",
             "checkpoint_format": "gptq", "meta": {"quantizer": ["gptqmodel:1.4"]}},
    "awq": {"bits": 4, "group_size": 128, "modules_to_not_convert": None, "quant_method": "awq", "version": "gemm"},
    "fp8": {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [128, 128]},
    "compressed-tensors": {
        "config_groups": {"group_0": {"input_activations": {"num_bits": 8}, "weights": {"num_bits": 8}}},
        "format": "float-quantized", "ignore": ["lm_head"], "quant_method": "compressed-tensors"},
    "bitsandbytes": {"_load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "quant_method": "bitsandbytes"},
    "modelopt": {"quant_algo": "NVFP4", "quant_method": "modelopt", "kv_cache_scheme": {"num_bits": 8}},
    "exl2": {"quant_method": "exl2", "bits": 4.0, "head_bits": 6, "calibration": {"rows": 115, "length": 2048}},
    "torchao": {"quant_method": "torchao", "quant_type": {"default": {"_type": "Int4WeightOnlyConfig"}}},
    "auto-round": {"bits": 4, "data_type": "int", "group_size": 128, "quant_method": "auto-round"},
}


@pytest.mark.parametrize("method", QUANTISED)
def test_a_format_is_named_as_left_out_and_changes_no_count(method):
    model = from_config({**LLAMA, "quantization_config": QUANTISED[method]})
    assert (model.n_params, model.left_out) == (N_LLAMA, ("quantization_config",))


@pytest.mark.parametrize(("base", "added", "n_params"), [
    (SMOLLM2, {}, 134_515_008),
    (LLAMA, {"rope_theta": 5e5, "rope_scaling": LLAMA3}, N_LLAMA),
    (LLAMA, {"rope_parameters": {**LLAMA3, "rope_theta": 5e5}, "dtype": "bfloat16", "layer_types": FULL}, N_LLAMA),
    (LLAMA, {"quantization": {"group_size": 64, "bits": 4}, "quantization_config": {"bits": 4}}, N_LLAMA),
    (LLAMA, {"unsloth_version": "2024.12.4", "unsloth_fixed": True, "_attn_implementation": "sdpa"}, N_LLAMA),
    (LLAMA, {"_commit_hash": "abc", "attn_implementation": "sdpa", "neftune_noise_alpha": 5}, N_LLAMA),
    (LLAMA, {"compression_config": {"format": "marlin-24"}, "sparsity_config": {"format": "dense"}}, N_LLAMA),
    (LLAMA, {"_flash_attn_2_enabled": True, "attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0}, N_LLAMA),
    (LLAMA, {"layer_types": []}, N_LLAMA),
    (MISTRAL, {"sliding_window": None, "layer_types": FULL, "quantization_config": QUANTISED["awq"]}, N_MISTRAL),
    (QWEN3, {"quantization_config": QUANTISED["fp8"]}, N_QWEN3),
    (QWEN3, {"rope_parameters": {"rope_theta": 1000000, "rope_type": "default"}, "dtype": "bfloat16"}, N_QWEN3),
    (QWEN3, {"unsloth_fixed": True, "quantization_config": QUANTISED["bitsandbytes"]}, N_QWEN3),
    (MINIMAX, {"mlp_intermediate_size": 8192}, 228_689_764_864),
    (MINIMAX, {"mlp_intermediate_size": 8192, "layernorm_full_attention_beta": 1.0, "layernorm_mlp_beta": 1.0,
               "layernorm_linear_attention_beta": 1.0, "router_aux_loss_coef": 0.001}, 228_689_764_864),
])
def test_what_tools_add_changes_no_count(base, added, n_params):
    assert from_config({**base, **added}).n_params == n_params


@pytest.mark.parametrize(("outer", "inner", "n_params"), [
    ("mistral3", {**MISTRAL, "sliding_window": None, "layer_types": FULL}, N_MISTRAL),
    ("llava_next", {**MISTRAL, "sliding_window": None, "vocab_size": 32064}, N_MISTRAL + 64 * 2 * 4096),
    ("llava", LLAMA, N_LLAMA),
])
def test_a_decoder_inside_a_model_that_sees(outer, inner, n_params):
    """Newer tools give the decoder's part alone its keys, and quantise it there or outside."""
    nested = {"model_type": outer, "text_config": {**inner, "unsloth_fixed": True}, "vision_config": {"hidden_size": 8},
              "quantization": {"bits": 4, "group_size": 64}, "transformers_version": "5.0.0", "_commit_hash": "abc"}
    assert from_config(nested).n_params == n_params


@pytest.mark.parametrize(("config", "message"), [
    ({**LLAMA, "layer_types": [*FULL[1:], "sliding_attention"]},
     "layer_types: 'sliding_attention' is not understood in a llama, only 'full_attention'"),
    ({**LLAMA, "layer_types": FULL[1:]}, "layer_types has 31 entries for 32 layers"),
    ({**MISTRAL, "sliding_window": 4096, "layer_types": FULL}, "layer_types says full_attention of every layer, but"),
    ({**MISTRAL, "layer_types": FULL}, "layer_types says full_attention of every layer, but a mistral"),
    ({**LLAMA, "medusa_num_heads": 3}, "'medusa_num_heads': not understood in a llama"),
    ({**LLAMA, "lora_alpha": 16}, "'lora_alpha': not understood in a llama"),
])
def test_what_changes_a_count_or_a_cache_is_refused(config, message):
    with pytest.raises(ValueError, match=message):
        from_config(config)
