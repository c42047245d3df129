"""How many bytes: published sizes, linearity, bounds between attention kinds, and one door for every number."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import ffn, glossary, head_sharing, models
from inference_economics import kv_cache as kv

contexts = st.integers(0, 2_000_000)
batches = st.integers(0, 4096)
names = st.sampled_from(sorted(models.load()))
M = models.get("gpt2")


@pytest.mark.parametrize(("name", "context", "bytes_per_value", "published"), [
    ("llama-2-13b", 8192, 2, 6.71e9),
    ("llama-3-70b", 32768, 1, 5.37e9),
    ("llama-3.1-8b", 128 * 1024, 2, 17.2e9),
])
def test_published_sizes(name, context, bytes_per_value, published):
    assert_allclose(kv.of_model(models.get(name), context, bytes_per_value=bytes_per_value), published, rtol=5e-3)


def test_gigabytes_and_gibibytes_differ_by_seven_percent():
    size = kv.kv_bytes(8192, 1, kv.kv_values_per_token(40, 40, 128))
    assert size == 6_710_886_400 == 6.25 * 2**30


@given(names, contexts, batches)
def test_linear_in_batch(name, context, batch):
    one = kv.of_model(models.get(name), context)
    assert_allclose(kv.of_model(models.get(name), context, batch), batch * one, rtol=1e-12)


@given(names, contexts, st.integers(1, 4))
def test_context_grows_linearly_without_windows_and_slower_with(name, context, factor):
    m = models.get(name)
    state = 2 * m.state_values
    grown, base = kv.of_model(m, factor * context) - state, kv.of_model(m, context) - state
    assert grown <= factor * base
    if not m.window_tok:
        assert grown == factor * base


@given(names, contexts)
def test_windows_stop_growing(name, context):
    m = models.get(name)
    past = m.window_tok + context
    grown = 2 * m.kv_values_per_token_global + kv.INDEXER_BYTES_PER_VALUE * m.indexer_values_per_token
    assert_allclose(kv.of_model(m, past + 1000) - kv.of_model(m, past), 1000 * grown)


@given(st.integers(0, 7), st.integers(1, 200), st.sampled_from([64, 96, 128, 256]))
def test_grouped_query_lies_between_multi_query_and_multi_head(power, layers, head_dim):
    mqa, gqa, mha = (kv.kv_values_per_token(layers, heads, head_dim) for heads in (1, 2**power, 128))
    assert mqa <= gqa <= mha
    assert gqa * 128 == mha * 2**power


def test_latent_cache_is_smaller_than_eight_groups_and_larger_than_one():
    latent = kv.latent_values_per_token(61, 512, 64)
    assert latent == models.get("deepseek-v3").kv_values_per_token
    assert kv.kv_values_per_token(61, 2, 128) < latent < kv.kv_values_per_token(61, 8, 128)
    assert_allclose(latent / kv.kv_values_per_token(61, 1, 128), 2.25)


def test_two_derivations_agree():
    for m in models.load().values():
        if m.attention == "gqa":
            layers = m.layers - m.state_layers
            assert kv.kv_values_per_token(layers, m.kv_heads, m.head_dim) == m.kv_values_per_token
        if m.attention == "mla":
            assert kv.latent_values_per_token(m.latent_layers, m.kv_lora, m.rope_dim) == m.kv_values_per_token


def test_scales_cost_what_they_cost():
    assert kv.quantised_bytes_per_value(4, 32) == 0.5625
    assert kv.quantised_bytes_per_value(8) == 1
    assert kv.quantised_bytes_per_value(4, 16, 1) == 0.5625
    assert kv.quantised_bytes_per_value(4, 32, 4) == 0.625


@given(st.floats(1, 16), st.floats(1, 1024))
def test_quantisation_never_beats_its_bits(bits, group):
    assert kv.quantised_bytes_per_value(bits, group) > bits / 8


def test_everything_broadcasts():
    context, batch = np.array([1, 1000, 100_000])[:, None], np.array([1, 64])
    m = models.get("gemma-3-27b")
    got = kv.of_model(m, context, batch)
    assert got.shape == (3, 2)
    assert got[1, 1] == kv.of_model(m, 1000, 64)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: kv.kv_values_per_token(0, 8, 128), "layers=0 is outside"),
    (lambda: kv.kv_values_per_token(1, -8, 128), "kv_heads=-8 is outside"),
    (lambda: kv.kv_values_per_token(1, 8, math.nan), "head_dim=nan is outside"),
    (lambda: kv.latent_values_per_token(0, 512, 64), "layers=0 is outside"),
    (lambda: kv.latent_values_per_token(1, 0, 64), "kv_lora=0 is outside"),
    (lambda: kv.latent_values_per_token(1, 512, -1), "rope_dim=-1 is outside"),
    (lambda: kv.quantised_bytes_per_value(0.5), "bits=0.5 is outside .1, 32.; give bits, not bytes"),
    (lambda: kv.quantised_bytes_per_value(4, 0), "group_values=0 is outside"),
    (lambda: kv.quantised_bytes_per_value(4, 32, -1), "scale_bytes=-1 is outside"),
    (lambda: kv.kv_bytes_per_token(-1), "kv_values_per_token=-1 is outside"),
    (lambda: kv.kv_bytes_per_token(1, 17), "bytes_per_value=17 is outside .*give bytes, not bits"),
    (lambda: kv.kv_bytes(-1, 1, 1), "context_tok=-1 is outside"),
    (lambda: kv.kv_bytes(1, -1, 1), "batch=-1 is outside"),
    (lambda: kv.kv_bytes(1, 1, -1), "kv_values_per_token=-1 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, 0), "bytes_per_value=0 is outside"),
    (lambda: kv.of_model(M, "long"), "context_tok='long' is not a number"),
    (lambda: kv.of_model(M, 1, bytes_per_state_value=0), "bytes_per_state_value=0 is outside"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_short_format_of_the_cache_shrinks_neither_state_nor_indexer():
    hybrid, sparse = models.get("qwen3.5-397b-a17b"), models.get("deepseek-v3.2")
    assert kv.of_model(hybrid, 0, bytes_per_value=1) == kv.of_model(hybrid, 0) == 2 * hybrid.state_values
    assert kv.of_model(hybrid, 0, bytes_per_state_value=4) == 4 * hybrid.state_values
    keys = 61 * 132  # sgl-project/sglang issue 11309: 128 bytes of fp8 and a scale of 4, a layer and token
    assert kv.of_model(sparse, 1000, bytes_per_value=1) == 1000 * (61 * 576 + keys)
    assert kv.of_model(sparse, 1000) == 1000 * (2 * 61 * 576 + keys)


# -- one door ---------------------------------------------------------------------------------------------------------

LLAMA = models.get("llama-3.1-70b")
CALLS = {
    "of_model": (lambda x: kv.of_model(LLAMA, x), "context_tok"),
    "kv_bytes": (lambda x: kv.kv_bytes(x, 100, 163_840), "context_tok"),
    "kv_bytes_per_token": (kv.kv_bytes_per_token, "kv_values_per_token"),
    "kv_values_per_token": (lambda x: kv.kv_values_per_token(80, 8, x), "head_dim"),
    "latent_values_per_token": (lambda x: kv.latent_values_per_token(61, x, 64), "kv_lora"),
    "paged_tok": (lambda x: kv.paged_tok(x, 16), "context_tok"),
    "decode_flop_per_token": (lambda x: models.decode_flop_per_token(LLAMA, x), "context_tok"),
    "prefill_flop_per_token": (lambda x: models.prefill_flop_per_token(LLAMA, x), "prompt_tok"),
    "mean_causal_context": (models.mean_causal_context, "prompt_tok"),
    "experts_touched": (lambda x: models.experts_touched(x, 256, 8), "batch"),
    "n_params_ffn": (lambda x: ffn.n_params_ffn(4096, x, 3), "ffn_hidden"),
    "gated_width": (ffn.gated_width, "hidden"),
    "n_params_key_value": (lambda x: head_sharing.n_params_key_value(80, 8192, 8, x), "head_dim"),
    "latent_as_kv_heads": (lambda x: head_sharing.latent_as_kv_heads(x, 64, 128), "kv_lora"),
    "kv_heads_per_chip": (lambda x: head_sharing.kv_heads_per_chip(x, 4), "kv_heads"),
    "attention_crossover_tok": (lambda x: models.attention_crossover_tok(4096, 32, 8, 128, x), "ffn_hidden"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "int32", "int64", "float16", "float32", "float64"])
def test_a_number_of_any_kind_is_the_same_number(name, kind):
    call, _ = CALLS[name]
    expected = [call(float(number)) for number in (8, 100)]
    for given_as in (np.array([8, 100], kind), list(np.array([8, 100], kind))):
        result = call(given_as)
        assert result.dtype == np.float64
        assert_allclose(result, expected, rtol=1e-15)
    assert call(np.array(100, kind)) == call(np.array([100], kind).astype(object)[0]) == expected[1]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("value", [None, "8", math.nan, 10**400, -1, [8, None], [[1], [2, 3]], True, 1j, {}, object()])
def test_what_is_no_number_is_refused_by_name(name, value):
    call, argument = CALLS[name]
    with pytest.raises(ValueError, match=rf"{argument}=.* (is not a number|is outside)"):
        call(value)


def test_a_long_context_does_not_overflow():
    assert_allclose(kv.of_model(LLAMA, np.array([4096, 100_000], "int32")), [1_342_177_280, 32_768_000_000])


def test_every_argument_is_in_the_notation_table():
    """One name, one quantity: each argument of a public formula has its row, with unit and meaning."""
    readers = {models.from_config, models.get, models.load, models.register}
    formulas = {function for module in (kv, models) for _, function in inspect.getmembers(module, inspect.isfunction)
                if function.__name__[0] != "_" and function.__module__.startswith("inference_economics.models.")}
    assert len(formulas - readers) >= 20
    for function in formulas - readers:
        assert set(inspect.signature(function).parameters) - {"model"} <= glossary.load().keys(), function.__name__


def test_a_slug_stands_for_its_model():
    m = models.get("llama-3.1-70b")
    assert kv.of_model("llama-3.1-70b", 10) == kv.of_model(m, 10)
    assert models.prefill_flop_per_token("llama-3.1-70b", 10) == models.prefill_flop_per_token(m, 10)
    assert models.decode_flop_per_token("llama-3.1-70b", 10) == models.decode_flop_per_token(m, 10)


@pytest.mark.parametrize("call", [lambda m: kv.of_model(m, 10), lambda m: models.prefill_flop_per_token(m, 10),
                                  lambda m: models.decode_flop_per_token(m, 10)])
def test_what_is_no_model_is_refused(call):
    with pytest.raises(ValueError, match="unknown model 'llama'"):
        call("llama")
    with pytest.raises(ValueError, match="model=7 is neither a slug"):
        call(7)
