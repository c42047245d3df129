"""Sharing heads: equal sizes, copies over chips, arithmetic per byte, and the wrong input of every argument."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import accelerators, catalog, models, roofline, serving
from inference_economics import head_sharing as hs
from inference_economics.models.rows import model_of_numbers, numbers_of

LLAMA = models.get("llama-3.1-70b")
POWER = st.integers(0, 6).map(lambda p: 2**p)


def test_a_hypothetical_model_differs_only_in_its_heads():
    assert hs.with_kv_heads(LLAMA, 8).n_params == LLAMA.n_params
    mha = hs.with_kv_heads(LLAMA, 64)
    extra = hs.n_params_key_value(LLAMA.layers, LLAMA.hidden, 64 - 8, LLAMA.head_dim)
    assert mha.n_params - LLAMA.n_params == extra == 9_395_240_960
    assert mha.kv_values_per_token == 8 * LLAMA.kv_values_per_token


def test_biases_and_norms_follow_the_heads():
    m = hs.with_kv_heads(models.get("qwen2.5-72b"), 16)
    assert m.n_params - models.get("qwen2.5-72b").n_params == 80 * 2 * 8 * 128 * (8192 + 1)


def test_a_model_that_was_not_entered_by_hand_is_changed_in_its_own_words():
    config = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
              "intermediate_size": 96, "vocab_size": 100}
    with pytest.raises(ValueError, match="llama was not entered by hand; change the heads in its configuration"):
        hs.with_kv_heads(models.from_config(config), 2)


@given(kv_heads=POWER)
def test_equal_size_is_equal_to_a_part_in_ten_thousand(kv_heads):
    assert hs.with_kv_heads(LLAMA, kv_heads, equal_size=True).n_params == pytest.approx(LLAMA.n_params, rel=1e-4)


def test_the_multiplier_is_what_equal_size_does():
    # Llama 2 widened by 1.3 and 1.33 where equal size asks for these
    assert hs.equal_size_multiplier(52, 8) == pytest.approx(1.2115, abs=5e-5)
    assert hs.equal_size_multiplier(52, 1) == pytest.approx(1.2452, abs=5e-5)
    assert hs.equal_size_multiplier(64, 64) == 1
    narrow = hs.with_kv_heads(LLAMA, 64, equal_size=True)
    ratio = narrow.ffn_hidden / narrow.hidden
    assert hs.equal_size_multiplier(64, 8, ratio) == pytest.approx(LLAMA.ffn_hidden / narrow.ffn_hidden, rel=1e-3)


def test_the_latent_of_deepseek_is_as_large_as_nine_quarters_of_a_head():
    assert hs.latent_as_kv_heads(512, 64, 128) == 2.25


@given(kv_heads=POWER, tp=POWER)
def test_copies_begin_where_chips_outnumber_heads(kv_heads, tp):
    copies = hs.cache_copies(kv_heads, tp)
    assert copies == max(1, tp / kv_heads)
    assert hs.kv_heads_per_chip(kv_heads, tp) == max(1, kv_heads / tp)


def test_heads_that_do_not_divide_leave_a_chip_with_more():
    assert hs.kv_heads_per_chip(10, 4) == 3
    assert hs.cache_copies(10, 4) == pytest.approx(1.2)


@pytest.mark.parametrize("name", ["deepseek-v3", "kimi-k2"])
def test_latent_intensity_is_the_models_own(name):
    m = models.get(name)
    assert hs.latent_intensity_decode(m.q_heads, m.kv_lora, m.rope_dim) == pytest.approx(
        roofline.arithmetic_intensity(m.pair_flop_decode, 2 * m.kv_values_per_token / m.layers))


def test_a_setup_with_the_models_own_heads_is_the_same():
    chip = accelerators.get("h100-sxm")
    plain = serving.setup(LLAMA, chip, "fp8")
    mha = serving.setup(hs.with_kv_heads(LLAMA, 64), chip, "fp8")
    for kv_heads, expected in ((8, plain), (64, mha)):
        found = serving.setup_with_kv_heads(plain, LLAMA, kv_heads)
        for name, value in vars(expected).items():
            # where kinds of layers are listed there is one kind, and the rest of the list is empty
            assert np.atleast_1d(vars(found)[name])[0] == pytest.approx(np.atleast_1d(value)[0], rel=1e-12), name


def test_published_rows_agree_with_the_formulas():
    row = catalog.published("cache-from-query-heads").records()[0]
    m = models.get(row["model"])
    assert m.q_heads / m.kv_heads == row["ratio"]
    table = catalog.published("llama2-table18")
    assert np.mean(table.column("mha")) == pytest.approx(44.15, abs=0.01)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hs.with_kv_heads(models.get("deepseek-v3"), 8), "has 'mla' attention"),
    (lambda: hs.with_kv_heads(LLAMA, 128), "kv_heads=128.* exceeds q_heads=64"),
    (lambda: hs.with_kv_heads(LLAMA, 5), "does not divide"),
    (lambda: hs.with_kv_heads(models.get("falcon-40b"), 4, equal_size=True), "needs a dense model with a gated FFN"),
    (lambda: hs.n_params_key_value(0, 1, 1, 1), "layers=0 is outside"),
    (lambda: hs.n_params_key_value(1, -1, 1, 1), "hidden=-1 is outside"),
    (lambda: hs.n_params_key_value(1, 1, 0, 1), "kv_heads=0 is outside"),
    (lambda: hs.n_params_key_value(1, 1, 1, 0), "head_dim=0 is outside"),
    (lambda: hs.equal_size_multiplier(0, 1), "q_heads=0 is outside"),
    (lambda: hs.equal_size_multiplier(8, 1.5), r"kv_heads=.*1\.5.* must be a whole number"),
    (lambda: hs.equal_size_multiplier(8, 1, 0), "ffn_ratio=0 is outside"),
    (lambda: hs.latent_as_kv_heads(0, 64, 128), "kv_lora=0 is outside"),
    (lambda: hs.latent_as_kv_heads(512, -1, 128), "rope_dim=-1 is outside"),
    (lambda: hs.latent_as_kv_heads(512, 64, 0), "head_dim=0 is outside"),
    (lambda: hs.kv_heads_per_chip(0, 8), "kv_heads=0 is outside"),
    (lambda: hs.kv_heads_per_chip(8, 0), "tp=0 is outside"),
    (lambda: hs.cache_copies(8, 0.5), "tp=0.5 is outside"),
    (lambda: hs.latent_intensity_decode(0, 512, 64), "q_heads=0 is outside"),
    (lambda: hs.latent_intensity_decode(8, 0, 64), "kv_lora=0 is outside"),
    (lambda: hs.latent_intensity_decode(8, 512, -1), "rope_dim=-1 is outside"),
    (lambda: hs.latent_intensity_decode(8, 512, 64, 0), "bytes_per_value=0 is outside"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", ["llama-3.1-70b", "qwen3-32b", "qwen3-235b-a22b", "mistral-large-2"])
def test_a_head_each_is_one_way_of_many_to_share(name):
    model = models.get(name)
    apart, row = hs.unshared(model), model_of_numbers(numbers_of(model))
    assert apart.groups == hs.with_kv_heads(model, model.q_heads).groups
    assert hs.unshared(row).kv_values_per_token == apart.kv_values_per_token > model.kv_values_per_token
    assert hs.unshared(row).n_params == apart.n_params
    assert row.kv_values_per_token == model.kv_values_per_token  # as it was
