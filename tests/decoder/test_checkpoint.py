"""Loading a checkpoint of one's own: what transformers writes, and every way in which a file can be wrong."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from inference_economics import checkpoint
from inference_economics.decoder import Decoder
from inference_economics.decoder.config import Config, shapes
from inference_economics.decoder.rope import Scaling

SAVED = Path(__file__).resolve().parents[1] / "fixtures" / "checkpoint"
CONFIG = Config(layers=2, hidden=24, q_heads=4, kv_heads=2, head_dim=6, ffn_hidden=40, vocab=31)
LLAMA = {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 24, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 31, "rms_norm_eps": 1e-5,
         "rope_theta": 10000.0}
TEXT = [[1, 5, 7, 2, 30, 0, 4]]


def weights(config=CONFIG):
    return Decoder.random(config, 0).weights


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    save_file(weights(), tmp_path / "model.safetensors")
    return tmp_path


def test_a_checkpoint_saved_by_transformers_runs():
    """The file is the oracle's GQA model in bf16; bf16 keeps 8 bits, so the logits agree to about a hundredth."""
    model = checkpoint.load(SAVED)
    record = json.loads((SAVED.parent / "oracle.json").read_text())
    seed = list(record["cases"]).index("gqa")
    prompt = np.random.default_rng(seed).integers(model.config.vocab, size=(2, 40))
    with np.load(SAVED.parent / "oracle.npz") as stored:
        gap = np.abs(model.logits(prompt) - stored["logits/gqa"])
    assert 1e-4 < gap.max() < 0.1
    assert model.config.kv_heads == 2


def test_bf16_is_read_without_loss():
    array = checkpoint.read_weights(SAVED / "model.safetensors")["model.norm.weight"]
    assert array.dtype == np.float32
    assert array.shape == (32,)
    # bf16 is a float32 whose lower half is zero
    assert not (array.view(np.uint32) & 0xFFFF).any()
    assert 0.7 < array.min() < array.max() < 1.4


@pytest.mark.parametrize("kind", ["float64", "float32", "float16"])
def test_a_file_and_a_folder_give_the_same_model(folder, kind):
    save_file({name: array.astype(kind) for name, array in weights().items()}, folder / "model.safetensors")
    expected = Decoder(CONFIG, {name: array.astype(kind) for name, array in weights().items()}).logits(TEXT)
    for model in (checkpoint.load(folder), checkpoint.load(folder / "model.safetensors"),
                  checkpoint.load(str(folder), CONFIG)):
        np.testing.assert_array_equal(model.logits(TEXT), expected)


def test_a_model_in_several_files(folder):
    parts = list(weights().items())
    (folder / "model.safetensors").unlink()
    for number in range(3):
        save_file(dict(parts[number::3]), folder / f"model-0000{number + 1}-of-00003.safetensors")
    np.testing.assert_array_equal(checkpoint.load(folder).logits(TEXT), Decoder(CONFIG, weights()).logits(TEXT))


def test_a_tied_model_may_carry_its_head_and_old_files_their_frequencies(folder):
    tied = replace(CONFIG, tied=True)
    extra = {"lm_head.weight": np.ones((31, 24), np.float32),
             "model.layers.0.self_attn.rotary_emb.inv_freq": np.ones(3, np.float32)}
    save_file(weights(tied) | extra, folder / "model.safetensors")
    assert checkpoint.load(folder, tied).n_params == tied.n_params


def test_double_precision_on_request(folder):
    assert checkpoint.load(folder, dtype="float64").logits(TEXT).dtype == np.float64


def test_a_missing_weight_is_named(folder):
    kept = {name: array for name, array in weights().items() if "layers.1.mlp.up_proj" not in name}
    save_file(kept, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"missing: model.layers.1.mlp.up_proj.weight \(40, 24\)"):
        checkpoint.load(folder)


def test_a_wrong_shape_is_named(folder):
    with pytest.raises(ValueError, match=r"k_proj.weight is \(12, 24\), expected \(24, 24\)"):
        checkpoint.load(folder, replace(CONFIG, kv_heads=4))


def test_an_unknown_weight_is_named(folder):
    save_file(weights() | {"model.layers.0.self_attn.q_proj.bias": np.ones(24, np.float32)},
              folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"unknown: model.layers.0.self_attn.q_proj.bias"):
        checkpoint.load(folder)


def test_a_quantised_weight_is_refused(folder):
    save_file(weights() | {"lm_head.weight": np.ones((31, 24), np.int8)}, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"lm_head.weight is stored as I8; accepted: BF16, F64.*bf16 first"):
        checkpoint.load(folder)


def test_a_damaged_file_is_refused(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="not a safetensors file, or is cut short"):
        checkpoint.load(folder)


def test_missing_files(tmp_path, folder):
    with pytest.raises(ValueError, match=r"no .safetensors file at .*nowhere"):
        checkpoint.load(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no .safetensors file at"):
        checkpoint.load(tmp_path / "empty")
    (folder / "config.json").unlink()
    with pytest.raises(ValueError, match=r"no config.json at .*pass config="):
        checkpoint.load(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        checkpoint.load(folder)


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


def test_every_name_of_a_real_llama_checkpoint_is_known():
    """The first and last layer of Llama-2-7B, as its published index lists them."""
    names = shapes(replace(CONFIG, layers=32))
    for layer in (0, 31):
        parts = ("input_layernorm", "mlp.down_proj", "mlp.gate_proj", "mlp.up_proj", "post_attention_layernorm",
                 "self_attn.k_proj", "self_attn.o_proj", "self_attn.q_proj", "self_attn.v_proj")
        assert {f"model.layers.{layer}.{part}.weight" for part in parts} <= set(names)
    assert len(names) == 3 + 32 * 9
