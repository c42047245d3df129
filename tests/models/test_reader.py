"""Reading a config.json: exact against transformers' own count, and nothing understood by halves.

The counts in tests/fixtures/configs/ come from tools/oracle_counts.py, which builds each model with transformers.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference_economics.models.architecture import Architecture
from inference_economics.models.keys import table
from inference_economics.models.spec import from_config

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
COUNTS = json.loads((CONFIGS / "counts.json").read_text())["counts"]
VARIANTS = json.loads((CONFIGS / "variants.json").read_text())
SOURCES = tomllib.loads((CONFIGS / "sources.toml").read_text())
LLAMA = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
         "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256}
HAND = {"model_type": "by_hand", "layers": 32, "hidden": 4096, "q_heads": 32, "kv_heads": 8, "head_dim": 128,
        "ffn_hidden": 14336, "vocab": 128256}


def parts(model: Architecture) -> dict:
    """Return what the oracle counts."""
    return {"n_params": model.n_params, "embedding": model.n_params_embedding, "experts": model.n_params_experts}


def shape(model: Architecture) -> Architecture:
    """Return a model without its name and the words that it was read from."""
    return Architecture(**{field.name: getattr(model, field.name) for field in fields(Architecture)})


def read(name: str) -> Architecture:
    """Read a published configuration."""
    return from_config(CONFIGS / f"{name}.json")


# -- exact ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COUNTS)
def test_a_published_configuration_counts_as_transformers_counts_it(name):
    assert parts(read(name)) == COUNTS[name]


@pytest.mark.parametrize("name", [name for name in SOURCES if SOURCES[name]["published_n_params"]])
def test_the_count_agrees_with_what_the_publisher_rounds(name):
    text = SOURCES[name]["published_n_params"]
    scale = {"M": 1e6, "B": 1e9, "T": 1e12}[text[-1]]
    half_a_digit = 0.5 * 10.0 ** -len(text[:-1].partition(".")[2]) * scale
    # what publishers count besides (a predicting layer) or leave out (an embedding) stays below 1 %
    assert abs(COUNTS[name]["n_params"] - float(text[:-1]) * scale) <= half_a_digit + 0.01 * float(text[:-1]) * scale


def test_every_configuration_has_a_count_and_a_source():
    files = {file.stem for file in CONFIGS.glob("*.json")} - {"counts", "variants"}
    assert files == COUNTS.keys() == SOURCES.keys()
    assert len(files) >= 160


@pytest.mark.parametrize("kind", sorted({variant["config"]["model_type"] for variant in VARIANTS}))
def test_shapes_that_nobody_published_count_as_transformers_counts_them(kind):
    wrong = []
    for variant in VARIANTS:
        if variant["config"]["model_type"] == kind:
            counted = {part: variant[part] for part in ("n_params", "embedding", "experts")}
            if parts(from_config(variant["config"])) != counted:
                wrong.append(variant["config"])
    assert wrong == []


def test_every_family_is_tried():
    tried = {variant["config"]["model_type"] for variant in VARIANTS}
    tried |= {json.loads((CONFIGS / f"{name}.json").read_text()).get("model_type") for name in COUNTS}
    # inside qwen3-vl-2b, qwen3-vl-30b-a3b and what a later transformers writes of qwen2-vl-7b and qwen2.5-vl-7b
    nested = {"qwen3_vl_text", "qwen3_vl_moe_text", "qwen2_vl_text", "qwen2_5_vl_text"}
    assert table()["types"].keys() - tried == nested | {"by_hand"}
    assert len(VARIANTS) >= 570


def test_glm_45_air_has_the_biases_that_its_configuration_sets():
    assert read("glm-4.5-air").n_params == 106_852_251_264


def test_the_predicting_layer_of_deepseek_v3_is_counted_apart():
    model = read("deepseek-v3")
    # the repository states 685B: the model, this layer, and its own copies of embedding and head
    assert round((model.n_params + model.n_params_mtp + 2 * model.n_params_head) / 1e9) in (684, 685)
    assert read("kimi-k2").n_params_mtp == 0


# -- cache, state, patterns -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kept", "windowed", "state"), [
    ("llama-3.1-8b", 32 * 2 * 8 * 128, 0, 0),
    ("mistral-7b-v0.1", 0, 32 * 2 * 8 * 128, 0),
    ("mistral-7b-v0.3", 32 * 2 * 8 * 128, 0, 0),
    ("qwen2.5-72b", 80 * 2 * 8 * 128, 0, 0),
    ("gemma-3-27b", 10 * 2 * 16 * 128, 52 * 2 * 16 * 128, 0),
    ("gpt-oss-120b", 18 * 2 * 8 * 64, 18 * 2 * 8 * 64, 0),
    ("llama-4-scout", 12 * 2 * 8 * 128, 36 * 2 * 8 * 128, 0),
    ("mimo-v2-flash", 9 * 4 * (192 + 128), 39 * 8 * (192 + 128), 0),
    ("deepseek-v3.2", 61 * 576, 0, 0),
    ("qwen3-next-80b-a3b", 12 * 2 * 2 * 256, 0, 36 * (32 * 128 * 128 + 4 * 8192)),
    ("jamba-v0.1", 4 * 2 * 8 * 128, 0, 28 * (8192 * 16 + 4 * 8192)),
    ("nemotron-h-8b", 4 * 2 * 8 * 128, 0, 24 * (128 * 64 * 128 + 4 * (8192 + 2 * 8 * 128))),
    ("falcon-h1-0.5b", 36 * 2 * 2 * 64, 0, 36 * (24 * 64 * 128 + 4 * 1792)),
    ("falcon-7b", 32 * 2 * 64, 0, 0),
    ("gemma-4-26b-a4b", 5 * 2 * 2 * 512, 25 * 2 * 8 * 256, 0),
    ("deepseek-v4-pro", 512 * (30 / 4 + 31 / 128), 61 * 512, 0),
    # of 35 layers the last 15 read an earlier cache; of the other 20 four see everything
    ("gemma-3n-e4b", 4 * 2 * 2 * 256, 16 * 2 * 2 * 256, 0),
    ("kimi-linear-48b-a3b", 7 * 576, 0, 20 * (32 * 128 * 128 + 4 * 3 * 4096)),
    ("minimax-m3", 60 * 2 * 4 * 128, 0, 0),
    ("lfm2-1.2b", 6 * 2 * 8 * 64, 0, 10 * 3 * 2048),
    ("exaone-4.0-32b", 16 * 2 * 8 * 128, 48 * 2 * 8 * 128, 0),
    ("starcoder-15.5b", 40 * 2 * 128, 0, 0),
])
def test_what_a_token_leaves_in_the_cache(name, kept, windowed, state):
    model = read(name)
    assert (model.kv_values_per_token_global, model.kv_values_per_token_window, model.state_values) == (
        kept, windowed, state)


def test_an_indexer_is_kept_only_where_a_layer_has_one():
    assert read("deepseek-v3.2").indexer_values_per_token == 61 * 128
    kinds = json.loads((CONFIGS / "glm-5.2.json").read_text())["indexer_types"]
    assert 0 < kinds.count("full") < 78
    assert read("glm-5.2").indexer_values_per_token == 128 * kinds.count("full")
    assert {group.attend_tok for group in read("glm-5.2").groups} == {2048}


def test_blocks_that_an_indexer_chooses():
    model = read("minimax-m3")
    assert (model.attend_tok, model.indexer_values_per_token) == (16 * 128, 57 * 128)
    assert model.moe_layers == 57
    assert model.kv_values_per_token_sparse == 57 * 2 * 4 * 128


def test_tables_for_each_layer_are_looked_up_and_not_read():
    model = read("gemma-3n-e4b")
    tables = 262_144 * 35 * 256
    assert model.lookup_params == tables
    assert model.n_params_read == model.n_params - tables
    assert round(model.n_params_read / 1e9, 1) == 4.5


def test_a_width_may_be_given_for_each_layer():
    model = read("gemma-3n-e2b")
    config = json.loads(model.config)["text_config"]
    widths = [8 * n for n in range(1, 31)]
    assert {group.ffn_width for group in from_config({**config, "intermediate_size": widths}).groups} == set(widths)
    for wrong, words in [([8] * 29, "intermediate_size has 29 entries for 30 layers"), ([], "has 0 entries"),
                         ([8] * 29 + ["x"], "intermediate_size='x' is not a whole number"),
                         ([8] * 29 + [8.5], "8.5 is neither a word nor a whole number"),
                         ([8] * 29 + [None], "None is neither")]:
        with pytest.raises(ValueError, match=words):
            from_config({**config, "intermediate_size": wrong})


@pytest.mark.parametrize(("change", "words"), [
    ({"kda_layers": [1]}, "together do not name every layer once"),
    ({"full_attn_layers": [0, 8, 12, 16, 20, 24, 27]}, "0 is no layer of 1..27"),
    ({"full_attn_layers": [4, 8, 12, 16, 20, 24, 28]}, "28 is no layer of 1..27"),
    ({"num_heads": "32"}, "linear_num_heads='32'"),
    ({"my_gate": 3}, r"'linear_attn_config\.my_gate': not understood"),
])
def test_keys_inside_a_key_are_understood_or_refused(change, words):
    config = json.loads(read("kimi-linear-48b-a3b").config)
    with pytest.raises(ValueError, match=words):
        from_config({**config, "linear_attn_config": {**config["linear_attn_config"], **change}})


@pytest.mark.parametrize("wrong", [3, "x", [1], True])
def test_a_key_that_holds_keys_is_no_number(wrong):
    config = json.loads(read("kimi-linear-48b-a3b").config)
    with pytest.raises(ValueError, match=r"linear_attn_config=.* is not a set of keys and values"):
        from_config({**config, "linear_attn_config": wrong})


def test_layers_with_one_mixer_only_are_rows_of_their_own():
    assert sorted(group.layers for group in read("nemotron-h-8b").groups) == [4, 24, 24]


def test_what_stands_beside_the_text_decoder_is_named():
    assert read("gemma-3-27b").left_out == ("vision_config",)
    assert read("deepseek-v4-pro").left_out == ("quantization_config", "num_nextn_predict_layers")
    assert "use_mtp" in read("minimax-m2.5").left_out
    assert read("devstral-2-123b").left_out == ("quantization_config",)
    assert read("llama-3.1-8b").left_out == ()


# -- sources ----------------------------------------------------------------------------------------------------------


def test_a_dict_its_text_its_file_and_its_folder_are_one_source(tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(LLAMA))
    first, *others = [from_config(source) for source in (
        LLAMA, json.dumps(LLAMA), json.dumps(LLAMA).encode(), file, str(file), tmp_path)]
    assert all(shape(other) == shape(first) for other in others)
    assert first.n_params == 8_030_261_248
    assert shape(from_config(HAND)) == shape(first)


def test_a_model_by_hand_refuses_what_does_not_apply_to_it():
    for extra, words in [({"kv_lora": 512}, "belong to attention"), ({"rope_dim": 64}, "belong to attention"),
                         ({"v_head_dim": 64}, "belong to attention"), ({"linear_layers": 28}, "linear_value_heads"),
                         ({"linear_key_dim": 8}, "belong to linear_layers"), ({"attend_tok": 9}, "belong together"),
                         ({"expert_input": 9}, "belong to experts"), ({"dense_layers": 2}, "belong to experts"),
                         ({"window_tok": 9}, "belong together"), ({"cache_values": 9}, "cache_values"),
                         ({"attention": "mla"}, "needs kv_lora"),
                         ({"attention": "mqa"}, "unknown attention 'mqa'; known: gqa, mla")]:
        with pytest.raises(ValueError, match=words):
            from_config({**HAND, **extra})


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "words"), [
    ({"model_type": "lama"}, "Did you mean 'llama'.*by_hand"),
    ({"model_type": "mamba_next"}, "'mamba_next' is not known.*by_hand"),
    ({"model_type": None}, "model_type=None"),
    ({"model_type": 7}, "model_type=7"),
    ({"hidden_size": None}, "hidden_size is missing in a llama"),
    ({"num_hidden_layers": 10**9}, "num_hidden_layers=1000000000"),
    ({"num_hidden_layers": 10**7}, "num_hidden_layers=10000000 is outside 1..1000"),
    ({"num_hidden_layers": 0}, "num_hidden_layers=0"),
    ({"hidden_size": -1}, "hidden_size=-1"),
    ({"hidden_size": float("nan")}, "hidden_size=nan"),
    ({"hidden_size": float("inf")}, "hidden_size=inf"),
    ({"hidden_size": 10**400}, "more than 30 digits"),
    ({"hidden_size": 0.5}, "hidden_size=0.5"),
    ({"hidden_size": "4096"}, "hidden_size='4096'"),
    ({"hidden_size": [4096]}, "hidden_size=a list of 1"),
    ({"hidden_size": {"a": 1}}, "hidden_size=an object of 1"),
    ({"hidden_size": True}, "hidden_size=True"),
    ({"num_attention_heads": 0}, "num_attention_heads=0 is not a whole number of 1.."),
    ({"head_dim": 0}, "head_dim=0 is not a whole number of 1.."),
    ({"intermediate_size": 0}, "intermediate_size=0 is not a whole number of 1.."),
    ({"num_key_value_heads": 0}, "num_key_value_heads=0 is not a whole number of 1.."),
    ({"num_key_value_heads": 5}, "kv_heads=5 does not divide q_heads=32"),
    ({"attention_bias": 1}, "attention_bias=1 is neither true nor false"),
    ({"tie_word_embeddings": "no"}, "tie_word_embeddings='no'"),
    ({"n_experts_of_mine": 4}, "'n_experts_of_mine': not understood in a llama.*ignore="),
    ({"num_local_experts": 8}, "'num_local_experts': not understood in a llama"),
    ({"hidden_size": 10**7, "vocab_size": 10**7, "intermediate_size": 10**7, "num_hidden_layers": 1000},
     "parameters are more than"),
    ({"text_config": 3}, "text_config=3"),
    ({"pruned_heads": {"0": [1]}}, "'pruned_heads': not understood in a llama"),
    ({"is_encoder_decoder": True}, "is_encoder_decoder=True is not understood in a llama"),
])
def test_one_refusal_names_the_field_and_what_to_do(change, words):
    with pytest.raises(ValueError, match=words):
        from_config({**LLAMA, **change})


def test_a_key_that_is_known_to_change_nothing_can_be_ignored():
    assert shape(from_config({**LLAMA, "my_colour": "red"}, ignore=("my_colour",))) == shape(from_config(LLAMA))
    for nothing in (None, {}, []):
        config = {**LLAMA, "my_colour": nothing, "pruned_heads": nothing}
        assert shape(from_config(config)) == shape(from_config(LLAMA))


def test_zero_stands_for_a_part_that_is_missing_and_for_nothing_else():
    """Of every family a published file, each number set to 0: refused by its name, or a smaller model."""
    accepted, kinds = set(), {}
    for name in COUNTS:
        config = json.loads((CONFIGS / f"{name}.json").read_text())
        kinds.setdefault((config.get("text_config") or config).get("model_type"), config)
    for kind, config in kinds.items():
        groups, inner = from_config(config).groups, config.get("text_config") or config
        names = {name: key for key, spec in table()["families"][table()["types"].get(kind, "llama")]["keys"].items()
                 for name in (key, *spec.get("also", ()))}
        for key in [key for key, value in inner.items() if type(value) is int and value and key in names]:
            changed = {**inner, key: 0}
            try:
                smaller = from_config({**config, "text_config": changed} if "text_config" in config else changed)
            except ValueError:
                continue
            if smaller.groups != groups:
                accepted.add(names[key])
    may = {*table()["none"]["keys"], "moe_layer_end_index"}
    also = {key for family in table()["families"].values() for key, spec in family["keys"].items()
            if spec.get("default", 0) == 0}
    assert len(kinds) >= 70
    assert accepted <= may | also
    assert {"sliding_window", "n_shared_experts"} <= accepted


@pytest.mark.parametrize("ignore", [7, None, [None], {"a": 1}, b"x", (1,)])
def test_keys_to_ignore_are_names(ignore):
    with pytest.raises(ValueError, match=r"config: ignore=.* is no list of keys"):
        from_config(LLAMA, ignore=ignore)


@pytest.mark.parametrize(("config", "words"), [
    ({"model_type": "qwen3_next", "layer_types": ["linear_attention"]}, "layer_types has 1 entries for 2 layers"),
    ({"model_type": "gemma3_text", "layer_types": ["full_attention", "striped"]}, "'striped' is not understood"),
    ({"model_type": "gemma3_text", "layer_types": "x" * 2000}, "layer_types='xxx"),
    ({"model_type": "gemma3_text", "layer_types": [["full_attention"], None]}, "neither a word nor a whole number"),
    ({"model_type": "qwen3_moe", "mlp_only_layers": [5]}, "5 is no layer of 0..1"),
    ({"model_type": "qwen3_moe", "decoder_sparse_step": 0}, "decoder_sparse_step=0 is not a whole number of 1.."),
    ({"model_type": "phi3", "attention_bias": True}, "attention_bias=True is not understood in a phi3"),
    ({"model_type": "minimax_m2", "qk_norm_type": "per_head"}, "unknown qk_norm_type 'per_head'; known: per_layer"),
    ({"model_type": "deepseek_v3", "moe_layer_freq": 2, "n_routed_experts": 8}, "moe_layer_freq=2"),
    ({"model_type": "mixtral", "num_experts_per_tok": 9}, "experts_active=9 is outside 1..8"),
    ({"model_type": "gpt2", "n_layer": 3}, "n_layer=3 contradicts num_hidden_layers=2"),
])
def test_patterns_and_values_outside_a_family_are_refused(config, words):
    base = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "intermediate_size": 96, "moe_intermediate_size": 32, "vocab_size": 100}
    known = table()["families"][table()["types"][config["model_type"]]]
    kept = {key: value for key, value in base.items() if key in known["keys"] or key in known["ignored"]}
    with pytest.raises(ValueError, match=words):
        from_config({**kept, **config})


def test_values_nested_without_end_are_refused_and_not_compared():
    first, second = [], []
    for _ in range(100_000):
        first, second = [first], [second]
    for config in ({"hidden_size": first, "n_embd": second}, {"hidden_size": first}, {"n_embd": second, "n_head": 8},
                   {"hidden_size": 8, "n_embd": second},
                   {"text_config": {"tie_word_embeddings": first}, "tie_word_embeddings": second}):
        with pytest.raises(ValueError, match=r"^config: "):
            from_config({"model_type": "gpt2", **config})


def refused_or_counted(config):
    """Read a configuration that may be anything: one ValueError that says where, or a model that can be."""
    try:
        model = from_config(config)
    except ValueError as error:
        words = str(error)
    else:
        assert 0 < model.n_params <= 10**15
        return
    assert words.startswith("config: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8)
NAMES = st.sampled_from(sorted({key for family in table()["families"].values() for key in family["keys"]}))


@given(kind=st.sampled_from(sorted(table()["types"])),
       keys=st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=8))
@settings(max_examples=300, deadline=None)
def test_anything_is_a_model_or_one_refusal(kind, keys):
    refused_or_counted({**keys, "model_type": kind})


@given(variant=st.sampled_from(VARIANTS), key=NAMES, value=JSON)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_good_configuration_with_one_bad_value_is_a_model_or_one_refusal(variant, key, value):
    refused_or_counted({**variant["config"], key: value})


PLAIN_LLAMA = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
               "intermediate_size": 128, "vocab_size": 100}


def test_heads_of_no_stated_size_share_the_width():
    with pytest.raises(ValueError, match="num_attention_heads=4 does not divide hidden_size=66"):
        from_config(PLAIN_LLAMA | {"hidden_size": 66})
    assert from_config(PLAIN_LLAMA | {"hidden_size": 66, "head_dim": 16}).hidden == 66
