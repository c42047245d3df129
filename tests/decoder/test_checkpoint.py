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
    extra = {"lm_head.weight": weights(tied)["model.embed_tokens.weight"],
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
    with pytest.raises(ValueError, match=r"config\.json.* is not JSON"):
        checkpoint.load(folder)


# -- which files, and what is in them ---------------------------------------------------------------------------------

INDEX = "model.safetensors.index.json"


def sharded(folder, count=3):
    """Write the model in parts with an index, as published; return the table."""
    (folder / "model.safetensors").unlink()
    names, table = list(weights()), {}
    for number in range(count):
        file = f"model-{number + 1:05}-of-{count:05}.safetensors"
        part = {name: weights()[name] for name in names[number::count]}
        save_file(part, folder / file)
        table |= dict.fromkeys(part, file)
    (folder / INDEX).write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": table}))
    return table


def test_what_the_index_says_is_what_is_read(folder):
    table = sharded(folder)
    # neither a publisher's own format nor a stale part counts
    save_file({"tok_embeddings.weight": np.ones((31, 24), np.float32)}, folder / "consolidated.safetensors")
    save_file({name: 0 * array for name, array in weights().items()}, folder / "model-old.safetensors")
    np.testing.assert_array_equal(checkpoint.load(folder).logits(TEXT), Decoder(CONFIG, weights()).logits(TEXT))
    name, file = next(iter(table.items()))
    other = next(place for place in table.values() if place != file)
    (folder / INDEX).write_text(json.dumps({"weight_map": table | {name: other}}))
    with pytest.raises(ValueError, match=f"not in {other}, though the index says so: {name}"):
        checkpoint.load(folder)
    (folder / INDEX).write_text(json.dumps({"weight_map": {key: file for key, file in table.items() if key != name}}))
    with pytest.raises(ValueError, match=f"in {file}, but not in the index: {name}"):
        checkpoint.load(folder)


@pytest.mark.parametrize(("text", "message"), [
    ("{", "is not JSON"), ("[]", "is not JSON of keys and values"), ("{}", "weight_map is not a table"),
    ('{"weight_map": []}', "weight_map is not a table"), ('{"weight_map": {"a": 1}}', "weight_map is not a table"),
    ('{"weight_map": {"a": "../b.safetensors"}}', r"outside the folder, says the index: \.\./b\.safetensors"),
    ('{"weight_map": {"a": "no.safetensors"}}', r"no\.safetensors.* is missing, though the index names it"),
    ('{"weight_map": {"a": "x", "a": "y"}}', "the key 'a' stands there twice"),
    ('{"a": ' * 100_000, "is not JSON"),
])
def test_an_index_that_cannot_be_is_refused(folder, text, message):
    (folder / INDEX).write_text(text)
    with pytest.raises(ValueError, match=message):
        checkpoint.load(folder)


def test_without_an_index_a_weight_counts_once_and_a_missing_part_is_named(folder):
    save_file({"model.norm.weight": np.ones(24, np.float32)}, folder / "model-more.safetensors")
    with pytest.raises(ValueError, match=r"stored in two files.*: model\.norm\.weight"):
        checkpoint.load(folder)
    sharded_files = sorted(folder.glob("*.safetensors"))
    sharded_files[0].unlink()
    save_file(weights(), folder / "model-00001-of-00003.safetensors")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="missing parts: 2, 3"):
        checkpoint.load(folder)


def test_a_consolidated_file_beside_the_model_is_left_alone(folder):
    save_file({"tok_embeddings.weight": np.ones((31, 24), np.float32)}, folder / "consolidated.safetensors")
    assert checkpoint.load(folder).n_params == CONFIG.n_params


def test_a_bare_decoder_has_no_prefix(folder):
    bare = {name.removeprefix("model."): array for name, array in weights().items()}
    save_file(bare, folder / "model.safetensors")
    np.testing.assert_array_equal(checkpoint.load(folder).logits(TEXT), Decoder(CONFIG, weights()).logits(TEXT))


def test_a_tied_model_may_store_only_its_head(folder):
    tied = replace(CONFIG, tied=True)
    stored = {"lm_head.weight" if "embed" in name else name: array for name, array in weights(tied).items()}
    save_file(stored, folder / "model.safetensors")
    np.testing.assert_array_equal(checkpoint.load(folder, tied).logits(TEXT), Decoder(tied, weights(tied)).logits(TEXT))
    save_file(weights(tied) | {"lm_head.weight": np.ones((31, 24), np.float32)}, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"lm_head\.weight differs from model\.embed_tokens\.weight"):
        checkpoint.load(folder, tied)


def test_layers_that_predict_further_tokens_are_left_out_where_the_configuration_names_them(tmp_path):
    config = replace(CONFIG, attention="mla", kv_lora=8, rope_dim=4, v_head_dim=6, kv_heads=4)
    raw = {**LLAMA, "model_type": "deepseek_v3", "kv_lora_rank": 8, "q_lora_rank": None, "qk_rope_head_dim": 4,
           "v_head_dim": 6, "qk_nope_head_dim": 6, "n_routed_experts": None, "num_experts_per_tok": None,
           "n_shared_experts": None, "moe_intermediate_size": None, "first_k_dense_replace": 0, "n_group": 1,
           "topk_group": 1, "routed_scaling_factor": 1.0, "num_key_value_heads": 4}
    extra = {"model.layers.2.enorm.weight": np.ones(24, np.float32)}
    save_file(weights(config) | extra, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(raw | {"num_nextn_predict_layers": 1}))
    assert checkpoint.load(tmp_path).n_params == config.n_params
    (tmp_path / "config.json").write_text(json.dumps(raw))
    with pytest.raises(ValueError, match=r"unknown: model\.layers\.2\.enorm\.weight"):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_named(folder, bad):
    broken = weights() | {"model.norm.weight": np.array([bad] + [1] * 23, np.float32)}
    save_file(broken, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"model\.norm\.weight holds 1 of 24 numbers that are not finite"):
        checkpoint.load(folder)


def test_a_name_twice_in_one_file_is_refused(tmp_path):
    entry = '"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}'
    header = ("{" + entry + ", " + entry + "}").encode()
    (tmp_path / "twice.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(ValueError, match=r"twice|not a safetensors file"):
        checkpoint.read_weights(tmp_path / "twice.safetensors")


def test_every_name_of_a_real_llama_checkpoint_is_known():
    """The first and last layer of Llama-2-7B, as its published index lists them."""
    names = shapes(replace(CONFIG, layers=32))
    for layer in (0, 31):
        parts = ("input_layernorm", "mlp.down_proj", "mlp.gate_proj", "mlp.up_proj", "post_attention_layernorm",
                 "self_attn.k_proj", "self_attn.o_proj", "self_attn.q_proj", "self_attn.v_proj")
        assert {f"model.layers.{layer}.{part}.weight" for part in parts} <= set(names)
    assert len(names) == 3 + 32 * 9
