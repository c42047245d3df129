"""Rows of layers: every sum follows from them, in whole numbers, in arrays over models, and in a page's program."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import catalog
from inference_economics.explore.trace import Graph, Traced
from inference_economics.models.architecture import Architecture, stack
from inference_economics.models.reader import table
from inference_economics.models.spec import from_config
from inference_economics.models.groups import LayerGroup

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
MODELS = {name: from_config(CONFIGS / f"{name}.json") for name in (
    "gpt2", "llama-3.1-8b", "mistral-7b-v0.1", "gemma-4-26b-a4b", "gpt-oss-120b", "llama-4-maverick", "mimo-v2-flash",
    "deepseek-v3", "deepseek-v3.2", "deepseek-v4-pro", "glm-5.2", "qwen3-next-80b-a3b", "jamba-v0.1", "nemotron-h-8b",
    "nemotron-3-super-120b-a12b", "falcon-h1-0.5b")}
GQA = LayerGroup(layers=2, q_heads=8, kv_heads=2, qk_dim=16, v_dim=12, ffn_width=64, vector_params=256)
DENSE = Architecture(hidden=128, vocab=1000, groups=(GQA,), vector_params=128)
SUMS = [name for name, value in vars(Architecture).items() if isinstance(value, property)]
WORK = ["kv_values", "attention_flop_decode", "attention_flop_prefill", "decode_flop_per_token",
        "prefill_flop_per_token"]


# -- one model, by hand -----------------------------------------------------------------------------------------------


def test_a_small_model_counts_as_on_paper():
    attention = 128 * 8 * 16 + 128 * 2 * (16 + 12) + 8 * 12 * 128
    assert DENSE.n_params == 2 * (attention + 3 * 128 * 64 + 256) + 2 * 128 * 1000 + 128
    assert DENSE.n_params_read == DENSE.n_params - 128 * 1000
    assert replace(DENSE, tied=1).n_params == DENSE.n_params - 128 * 1000
    assert DENSE.kv_values_per_token_global == 2 * 2 * (16 + 12)
    assert DENSE.attention_flop_decode(100) == 2 * 100 * 2 * 8 * (16 + 12)
    assert DENSE.attention_flop_prefill(100) == 2 * 50.5 * 2 * 8 * (16 + 12)


def test_work_on_the_latent_is_what_the_weights_of_deepseek_v3_say():
    model = MODELS["deepseek-v3"]
    assert model.kv_values_per_token_global == model.latent_values_per_token == 61 * 576
    assert model.attention_flop_decode(1000) == 61 * 1000 * 2 * 128 * (2 * 512 + 64)
    assert model.attention_flop_prefill(999) == 61 * 500 * 2 * 128 * (192 + 128)


def test_an_indexer_reads_everything_and_attention_what_it_picks():
    model = MODELS["deepseek-v3.2"]
    pair, indexer = 61 * 2 * 128 * (2 * 512 + 64), 61 * 2 * 64 * 128
    assert model.attention_flop_decode(100_000) == 2048 * pair + 100_000 * indexer
    assert model.attention_flop_decode(1000) == 1000 * (pair + indexer)


def test_a_window_bounds_cache_and_work():
    model = MODELS["mistral-7b-v0.1"]
    assert model.kv_values(100_000) == model.kv_values(4096) == 4096 * 32 * 2 * 8 * 128
    assert model.attention_flop_decode(100_000) == model.attention_flop_decode(4096)


def test_entries_left_by_several_tokens_beside_a_window():
    row = LayerGroup(layers=3, q_heads=4, kv_lora=448, rope_dim=64, qk_dim=512, v_dim=512, kept_share=1 / 4,
                     window_tok=128, attend_tok=100)
    assert row.kv_values * row.kept_tok(1000) == 512 * (250 + 128)
    assert row.attended_tok(1000) == 100 + 128
    prompt = np.arange(1, 1001)
    seen = np.minimum(prompt / 4, 100) + np.minimum(prompt, 128)
    # the mean is that of a ramp, so it may differ by one entry at the bend
    assert row.mean_attended_tok(1000) == pytest.approx(seen.mean(), abs=1)


def test_a_layer_that_reads_an_earlier_cache_keeps_none():
    shared = replace(GQA, kv_shared=1)
    assert shared.kv_values == 0
    assert shared.pair_flop_decode == GQA.pair_flop_decode
    assert GQA.n_params_attention(128) - shared.n_params_attention(128) == 128 * 2 * (16 + 12)


def test_active_parameters_leave_out_the_experts_that_rest():
    model = MODELS["gpt-oss-120b"]
    assert model.n_params_read == 5_132_849_472
    assert model.n_params - model.n_params_active == model.n_params_experts * 124 // 128


# -- laws -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_order_and_splitting_of_rows_change_no_sum(name):
    model = MODELS[name]
    halves = [replace(group, layers=layers) for group in model.groups
              for layers in (group.layers // 2, group.layers - group.layers // 2)]
    other = replace(model, groups=tuple(reversed(halves)))
    assert {law: getattr(other, law) for law in SUMS} == {law: getattr(model, law) for law in SUMS}


@given(context=st.integers(1, 10**7), name=st.sampled_from(sorted(MODELS)))
@settings(deadline=None)
def test_cache_and_work_grow_with_the_context(context, name):
    model = MODELS[name]
    assert model.kv_values(context) <= model.kv_values(context + 1)
    assert model.attention_flop_decode(context) <= model.attention_flop_decode(context + 1)
    assert model.kv_values(context) <= context * (
        model.kv_values_per_token_global + model.kv_values_per_token_window)


@given(prompt=st.integers(1, 300), name=st.sampled_from(sorted(MODELS)))
@settings(deadline=None, max_examples=50)
def test_prefill_is_the_mean_of_what_its_tokens_attend_to(prompt, name):
    for group in MODELS[name].groups:
        seen = group.attended_tok(np.arange(1.0, prompt + 1)).mean()
        # where one entry stands for several tokens, a ramp stands for steps
        assert group.mean_attended_tok(prompt) == pytest.approx(seen, abs=1e-9 if group.kept_share in (0, 1) else 1)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "float32", "float64"])
def test_a_narrow_number_does_not_overflow(kind):
    model = MODELS["llama-3.1-8b"]
    context = np.array([1, 100], kind)
    for name in WORK:
        np.testing.assert_allclose(getattr(model, name)(context), [getattr(model, name)(1), getattr(model, name)(100)])


# -- arrays and programs ----------------------------------------------------------------------------------------------


def test_models_side_by_side_give_what_each_gives_alone():
    many, alone = stack(list(MODELS.values())), list(MODELS.values())
    for name in SUMS:
        assert np.array_equal(getattr(many, name), [getattr(model, name) for model in alone]), name
    for name in WORK:
        together = getattr(many, name)(np.array([[1000], [50_000]]))
        assert together.shape == (2, len(alone))
        np.testing.assert_allclose(together[1], [getattr(model, name)(50_000) for model in alone], rtol=1e-15)


def test_rows_trace_into_a_program():
    """Every sum of a model whose fields are known only in the browser is one value of a program."""
    graph = Graph()
    rows = tuple(LayerGroup(**{field.name: graph.parameter(f"{field.name}{index}") for field in fields(LayerGroup)})
                 for index in range(2))
    plain = {name: graph.parameter(name) for name in ("hidden", "vocab", "tied", "positions", "vector_params")}
    model = Architecture(groups=rows, mtp=rows[:1], **plain)
    context = graph.parameter("context_tok")
    for value in [getattr(model, name) for name in SUMS] + [getattr(model, name)(context) for name in WORK]:
        assert isinstance(value, Traced)
        assert value.shape == ()


# -- the catalogue ----------------------------------------------------------------------------------------------------


KEYS = {"layers", *table()["families"]["by_hand"]["keys"]}
ROWS = {name: row for name, row in tomllib.loads(catalog.path("models.toml").read_text(encoding="utf-8")).items()
        if row.get("attention") != "other"}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_catalogue_is_a_model_by_hand(name):
    row = ROWS[name]
    model = from_config({"model_type": "by_hand", **{key: value for key, value in row.items() if key in KEYS}})
    if "reference_n_params" in row:
        assert model.n_params == row["reference_n_params"]
    if "reference_n_params_active" in row:
        assert model.n_params_read == row["reference_n_params_active"]


@pytest.mark.parametrize(("row", "name"), [
    ("llama-4-scout", "llama-4-scout"), ("llama-4-maverick", "llama-4-maverick"), ("gemma-3-27b", "gemma-3-27b"),
    ("gpt-oss-20b", "gpt-oss-20b"), ("deepseek-v3.2", "deepseek-v3.2"), ("kimi-k2", "kimi-k2"), ("glm-5", "glm-5"),
    ("minimax-m2.5", "minimax-m2.5"), ("qwen3.5-397b-a17b", "qwen3.5-397b-a17b"), ("falcon-40b", "falcon-40b")])
def test_a_row_of_the_catalogue_and_the_published_file_are_one_model(row, name):
    hand = from_config({"model_type": "by_hand", **{key: value for key, value in ROWS[row].items() if key in KEYS}})
    read = from_config(CONFIGS / f"{name}.json")
    for law in set(SUMS) - {"n_params_mtp"}:
        assert getattr(hand, law) == getattr(read, law), law
    for law in WORK:
        assert getattr(hand, law)(9999) == pytest.approx(getattr(read, law)(9999), rel=1e-15), law


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "words"), [
    ({"layers": -1}, "layers=-1"), ({"layers": 1.5}, "layers=1.5"), ({"qk_dim": float("nan")}, "qk_dim=nan"),
    ({"ffn_width": float("inf")}, "ffn_width=inf"), ({"q_heads": "8"}, "q_heads='8'"),
    ({"layers": True}, "layers=True"), ({"kv_heads": 3}, "kv_heads=3 does not divide q_heads=8"),
    ({"q_heads": 0}, "kv_heads=2 describes nothing without q_heads"),
    ({"kv_heads": 0}, "q_heads=8 describes nothing without kv_heads or kv_lora or kv_shared"),
    ({"rope_dim": 4}, "rope_dim=4 describes nothing without kv_lora"),
    ({"indexer_dim": 4}, "indexer_dim=4 describes nothing without attend_tok"),
    ({"state_heads": 4}, "state_heads=4 describes nothing without state_out"),
    ({"conv_tok": 4}, "conv_tok=4 describes nothing without conv_width"),
    ({"expert_width": 4}, "expert_width=4 describes nothing without experts"),
    ({"experts": 4, "expert_width": 8, "experts_active": 5}, "experts_active=5 is outside 1..4"),
    ({"experts": 4, "expert_width": 8}, "experts_active=0 is outside 1..4"),
    ({"ffn_matrices": 4}, "ffn_matrices=4 is neither 2 nor 3"),
    ({"kept_share": 2}, "kept_share=2 is outside"), ({"kept_share": 0}, "attention without a cache"),
    ({"window_tok": 128}, "window_tok=128 adds nothing to kept_share=1"),
    ({"kv_lora": 8, "rope_dim": 20}, "rope_dim=20 exceeds qk_dim=16"),
])
def test_a_row_that_cannot_be_is_refused_by_name(change, words):
    with pytest.raises(ValueError, match=words):
        replace(GQA, **change)


def test_the_fields_of_a_row_are_those_that_the_table_may_set():
    named = {name for family in table()["families"].values() for name in family["row"]}
    assert named <= {field.name for field in fields(LayerGroup)}
    assert {field.name for field in fields(LayerGroup)} - named == {"layers"}  # which is counted


def test_a_model_is_data(tmp_path):
    model = MODELS["jamba-v0.1"]
    rows = [{field.name: getattr(group, field.name) for field in fields(LayerGroup)} for group in model.groups]
    again = tuple(LayerGroup(**row) for row in json.loads(json.dumps(rows)))
    assert again == model.groups
