"""Sums over rows of layers: in whole numbers, in arrays over models, and in a page's program."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import kv_cache, models
from inference_economics.models.architecture import Architecture, stack
from inference_economics.models.groups import LayerGroup
from inference_economics.models.layers import Layers
from inference_economics.models.spec import from_config
from kernelless.trace import Graph, Traced

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
MODELS = {name: from_config(CONFIGS / f"{name}.json") for name in (
    "gpt2", "llama-3.1-8b", "mistral-7b-v0.1", "gemma-4-26b-a4b", "gpt-oss-120b", "llama-4-maverick", "mimo-v2-flash",
    "deepseek-v3", "deepseek-v3.2", "deepseek-v4-pro", "glm-5.2", "qwen3-next-80b-a3b", "jamba-v0.1", "nemotron-h-8b",
    "nemotron-3-super-120b-a12b", "falcon-h1-0.5b", "gemma-3n-e4b", "kimi-linear-48b-a3b", "minimax-m3",
    "lfm2-8b-a1b")}
GQA = LayerGroup(layers=2, q_heads=8, kv_heads=2, qk_dim=16, v_dim=12, ffn_width=64, vector_params=256)
DENSE = Architecture(hidden=128, vocab=1000, groups=(GQA,), vector_params=128)
SUMS = [name for name, value in {**vars(Layers), **vars(Architecture)}.items() if isinstance(value, property)]
WORK = [kv_cache.of_model, models.decode_flop_per_token, models.prefill_flop_per_token]


def sums(model):
    """Return every derived quantity, or what is said where a model's layers do not agree on it."""
    found = {}
    for law in SUMS:
        try:
            found[law] = getattr(model, law)
        except ValueError as error:
            found[law] = str(error)
    return found


def attention_decode(model, context_tok):
    """Return the FLOPs of attention for one new token."""
    return models.decode_flop_per_token(model, context_tok) - 2 * model.n_params_read


def attended(group, context_tok):
    """Return the entries that a new token attends to in one layer, in so many words."""
    kept = group.kept_share * context_tok
    chosen = np.minimum(kept, group.attend_tok) if group.attend_tok else kept
    return chosen + np.minimum(context_tok, group.window_tok)


def test_a_small_model_counts_as_on_paper():
    attention = 128 * 8 * 16 + 128 * 2 * (16 + 12) + 8 * 12 * 128
    assert DENSE.n_params == 2 * (attention + 3 * 128 * 64 + 256) + 2 * 128 * 1000 + 128
    assert DENSE.n_params_read == DENSE.n_params - 128 * 1000
    assert replace(DENSE, tied=1).n_params == DENSE.n_params - 128 * 1000
    assert DENSE.kv_values_per_token_global == 2 * 2 * (16 + 12)
    assert attention_decode(DENSE, 100) == 2 * 100 * 2 * 8 * (16 + 12)
    weights = DENSE.n_params_read - 128 * 1000 * 99 / 100
    assert models.prefill_flop_per_token(DENSE, 100) == 2 * weights + 2 * 50.5 * 2 * 8 * (16 + 12)


def test_work_on_the_latent_is_what_the_weights_of_deepseek_v3_say():
    model = MODELS["deepseek-v3"]
    assert model.kv_values_per_token_global == model.latent_values_per_token == 61 * 576
    assert attention_decode(model, 1000) == 61 * 1000 * 2 * 128 * (2 * 512 + 64)
    assert model.pair_flop_prefill_global == 61 * 2 * 128 * (192 + 128)


def test_an_indexer_reads_everything_and_attention_what_it_picks():
    model = MODELS["deepseek-v3.2"]
    pair, indexer = 61 * 2 * 128 * (2 * 512 + 64), 61 * 2 * 64 * 128
    assert attention_decode(model, 100_000) == 2048 * pair + 100_000 * indexer
    assert attention_decode(model, 1000) == 1000 * (pair + indexer)


def test_a_window_bounds_cache_and_work():
    model = MODELS["mistral-7b-v0.1"]
    assert kv_cache.of_model(model, 100_000) == kv_cache.of_model(model, 4096) == 2 * 4096 * 32 * 2 * 8 * 128
    assert attention_decode(model, 100_000) == attention_decode(model, 4096)


def test_entries_left_by_several_tokens_beside_a_window():
    row = LayerGroup(layers=3, q_heads=4, kv_lora=448, rope_dim=64, qk_dim=512, v_dim=512, kept_share=1 / 4,
                     window_tok=128, attend_tok=100)
    model = Architecture(hidden=64, vocab=10, groups=(row,))
    assert kv_cache.of_model(model, 1000) == 3 * 2 * 512 * (250 + 128)
    assert attention_decode(model, 1000) == 3 * (100 + 128) * 2 * 4 * (2 * 448 + 64)
    seen = attended(row, np.arange(1, 1001)).mean() * 3 * row.pair_flop_prefill
    weights = model.n_params_read - model.n_params_head * 999 / 1000
    # the mean is that of a ramp, so it may differ by one entry at the bend
    assert models.prefill_flop_per_token(model, 1000) - 2 * weights == pytest.approx(
        seen, abs=3 * row.pair_flop_prefill)


def test_copies_of_a_cache_that_is_cut_by_heads():
    assert GQA.kv_values_on_chip(2) == GQA.kv_values / 2
    assert GQA.kv_values_on_chip(8) == GQA.kv_values / 2
    latent = MODELS["deepseek-v3"]
    assert latent.kv_values_per_token_global_on_chip(8) == latent.kv_values_per_token_global == 61 * 576
    windowed = MODELS["gpt-oss-120b"]
    assert windowed.kv_values_per_token_window_on_chip(16) == windowed.kv_values_per_token_window / 8


def test_active_parameters_leave_out_the_experts_that_rest():
    model = MODELS["gpt-oss-120b"]
    assert model.n_params_read == 5_132_849_472
    assert model.n_params - model.n_params_active == model.n_params_experts * 124 // 128


@pytest.mark.parametrize("name", MODELS)
def test_order_and_splitting_of_rows_change_no_sum(name):
    model = MODELS[name]
    halves = [replace(group, layers=layers) for group in model.groups
              for layers in (group.layers // 2, group.layers - group.layers // 2)]
    other = replace(model, groups=tuple(reversed(halves)))
    assert sums(other) == sums(model)


@given(context=st.integers(1, 10**7), name=st.sampled_from(sorted(MODELS)))
def test_cache_and_work_grow_with_the_context(context, name):
    model = MODELS[name]
    for work in (kv_cache.of_model, attention_decode):
        assert work(model, context) <= work(model, context + 1)
    most = 2 * context * (model.kv_values_per_token + model.indexer_values_per_token) + 2 * model.state_values
    assert kv_cache.of_model(model, context) <= most


@given(context=st.integers(0, 10**6), name=st.sampled_from(sorted(MODELS)))
def test_attention_in_decode_is_the_sum_over_rows(context, name):
    """In plain numbers for a page's program; here layer by layer."""
    model = MODELS[name]
    by_row = sum(group.layers * (group.pair_flop_decode * attended(group, context)
                                 + group.pair_flop_indexer * group.kept_share * context) for group in model.groups)
    assert attention_decode(model, context) == pytest.approx(by_row, rel=1e-9, abs=1e-3 * model.n_params_read**0.5)
    kept = sum(group.layers * group.kv_values * (group.kept_share * context + min(context, group.window_tok))
               for group in model.groups)
    other = kv_cache.INDEXER_BYTES_PER_VALUE * model.indexer_values_per_token * context + 2 * model.state_values
    assert kv_cache.of_model(model, context) == pytest.approx(2 * kept + other, rel=1e-12)


@given(prompt=st.integers(1, 300), name=st.sampled_from(sorted(MODELS)))
@settings(max_examples=50)
def test_attention_in_prefill_is_the_mean_over_its_tokens(prompt, name):
    model, tokens = MODELS[name], np.arange(1.0, prompt + 1)
    rows = [(group.layers * group.pair_flop_prefill, attended(group, tokens).mean()) for group in model.groups]
    indexer = model.pair_flop_indexer * (prompt + 1) / 2
    weights = model.n_params_read - model.n_params_head * (1 - 1 / prompt)
    found = models.prefill_flop_per_token(model, prompt) - 2 * weights - indexer
    # where one entry stands for several tokens, a ramp stands for steps
    slack = sum(layer for (layer, _), group in zip(rows, model.groups, strict=True) if group.kept_share not in (0, 1))
    exact = sum(layer * seen for layer, seen in rows)
    assert found == pytest.approx(exact, rel=1e-9, abs=slack + 1e-9 * 2 * weights)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "float16", "float32", "float64"])
def test_a_narrow_number_does_not_overflow(kind):
    model = MODELS["llama-3.1-8b"]
    context = np.array([1, 100], kind)
    for work in WORK:
        np.testing.assert_allclose(work(model, context), [work(model, 1), work(model, 100)])


def test_models_side_by_side_give_what_each_gives_alone():
    many, alone = stack(list(MODELS.values())), list(MODELS.values())
    for index, model in enumerate(alone):
        for name, value in sums(model).items():
            assert isinstance(value, str) or getattr(many, name)[index] == value, name
    for work in WORK:
        together = work(many, np.array([[1000], [50_000]]))
        assert together.shape == (2, len(alone))
        np.testing.assert_allclose(together[1], [work(model, 50_000) for model in alone], rtol=1e-12)


def test_rows_trace_into_a_program():
    """Every sum of a model whose fields are known only in the browser is one value of a program."""
    graph = Graph()
    rows = tuple(LayerGroup(**{field.name: graph.parameter(f"{field.name}{index}") for field in fields(LayerGroup)})
                 for index in range(2))
    numbers = ("hidden", "vocab", "tied", "positions", "lookup_params", "vector_params")
    plain = {name: graph.parameter(name) for name in numbers}
    model = Architecture(groups=rows, mtp=rows[:1], **plain)
    context = graph.parameter("context_tok")
    for value in [getattr(model, name) for name in SUMS] + [work(model, context) for work in WORK]:
        assert isinstance(value, Traced)
        assert value.shape == ()


@pytest.mark.parametrize(("row", "name"), [
    ("llama-4-scout", "llama-4-scout"), ("llama-4-maverick", "llama-4-maverick"), ("gemma-3-27b", "gemma-3-27b"),
    ("gpt-oss-20b", "gpt-oss-20b"), ("deepseek-v3.2", "deepseek-v3.2"), ("kimi-k2", "kimi-k2"), ("glm-5", "glm-5"),
    ("minimax-m2.5", "minimax-m2.5"), ("qwen3.5-397b-a17b", "qwen3.5-397b-a17b"), ("falcon-40b", "falcon-40b"),
    ("glm-4.5-air", "glm-4.5-air")])
def test_a_row_of_the_catalogue_and_the_published_file_are_one_model(row, name):
    hand = models.get(row)
    read = from_config(CONFIGS / f"{name}.json")
    assert {**sums(hand), "n_params_mtp": 0} == {**sums(read), "n_params_mtp": 0}
    for work in WORK:
        assert work(hand, 9999) == pytest.approx(work(read, 9999), rel=1e-15)
