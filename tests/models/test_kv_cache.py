"""The cache: published sizes, linearity, bounds between attention kinds, capacity, paging, sharing."""

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


def test_capacity_by_hand():
    m = models.get("llama-3.1-8b")
    room = 80e9 * 0.9 - 2 * m.n_params
    assert kv.cache_room_bytes(80e9, 2 * m.n_params) == room
    assert kv.capacity_tok(room, 131072) == room // 131072
    assert kv.sequences_that_fit(m, 80e9, 8192) == room // (8192 * 131072)


def test_a_model_that_does_not_fit_serves_nobody():
    assert kv.cache_room_bytes(80e9, 140e9) == 0
    assert kv.sequences_that_fit(models.get("llama-3.1-70b"), 80e9, 1024) == 0
    assert kv.sequences_that_fit(models.get("llama-3.1-70b"), 80e9, 1024, n_chips=4) > 0


@given(st.integers(1, 16), st.integers(1, 100_000), st.sampled_from([0.5, 1, 2]))
def test_capacity_is_monotone(n_chips, context, bytes_per_value):
    m = models.get("qwen3-32b")
    fit = kv.sequences_that_fit(m, 141e9, context, n_chips, 1, bytes_per_value)
    assert kv.sequences_that_fit(m, 141e9, context, n_chips + 1, 1, bytes_per_value) >= fit
    assert kv.sequences_that_fit(m, 141e9, context + 1, n_chips, 1, bytes_per_value) <= fit
    room = kv.cache_room_bytes(141e9, m.n_params, n_chips)
    assert kv.of_model(m, context, fit, bytes_per_value) <= room < kv.of_model(m, context, fit + 1, bytes_per_value)


def test_cache_equals_weights_at_the_crossing():
    m = models.get("llama-3.1-70b")
    context = kv.context_where_cache_equals_weights(2 * m.n_params, 32, 2 * m.kv_values_per_token)
    assert_allclose(kv.of_model(m, context, 32), 2 * m.n_params)


def test_contiguous_reservation_wastes_what_is_not_used():
    assert kv.contiguous_waste_fraction(512, 2048) == 0.75
    assert kv.contiguous_waste_fraction(2048, 2048) == 0


@given(st.integers(1, 100_000), st.integers(1, 512))
def test_blocks_waste_less_than_one_block(context, block):
    held = kv.paged_tok(context, block)
    assert context <= held < context + block
    assert held % block == 0


@pytest.mark.parametrize("block", [1, 16, 128])
def test_expected_waste_is_the_mean_over_lengths(block):
    lengths = np.arange(1000 * block + 1, 2000 * block + 1)
    held = kv.paged_tok(lengths, block)
    waste = 1 - lengths.sum() / held.sum()
    assert_allclose(kv.expected_block_waste_fraction(lengths.mean(), block), waste, rtol=1e-9, atol=1e-15)


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(1, 500))
def test_sharing_saves_all_but_one_prefix(prefix, own, batch):
    context = prefix + own
    shared = kv.shared_prefix_bytes(prefix, context, batch, 1000)
    assert shared == 1000 * (batch * context - (batch - 1) * prefix)
    saving = kv.shared_prefix_saving(prefix, context, batch)
    assert saving + 1e-12 >= 0
    assert saving < prefix / context + 1e-12


def test_sharing_with_nobody_saves_nothing():
    assert kv.shared_prefix_saving(100, 200, 1) == 0
    assert kv.shared_prefix_bytes(100, 200, 0, 1000) == 0


def test_everything_broadcasts():
    context, batch = np.array([1, 1000, 100_000])[:, None], np.array([1, 64])
    m = models.get("gemma-3-27b")
    got = kv.of_model(m, context, batch)
    assert got.shape == (3, 2)
    assert got[1, 1] == kv.of_model(m, 1000, 64)
    assert kv.sequences_that_fit(m, np.array([80e9, 141e9]), context).shape == (3, 2)


M = models.get("gpt2")


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
    (lambda: kv.kv_bytes(1, 1, -1), "kv_values_per_token_global=-1 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, 0), "bytes_per_value=0 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, 2, -1), "kv_values_per_token_window=-1 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, 2, 1, -1), "window_tok=-1 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, 2, 1, 1, -1), "state_values=-1 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, state_values=1, bytes_per_state_value=0), "bytes_per_state_value=0 is outside"),
    (lambda: kv.kv_bytes(1, 1, 1, indexer_values_per_token=-1), "indexer_values_per_token=-1 is outside"),
    (lambda: kv.of_model(M, "long"), "context_tok='long' is not a number"),
    (lambda: kv.cache_room_bytes(80, 1), r"hbm_bytes=80 is outside .*was it given in GB\?"),
    (lambda: kv.cache_room_bytes(80e9, -1), "param_bytes=-1 is outside"),
    (lambda: kv.cache_room_bytes(80e9, 1, 1.5), r"n_chips=.*1.5.* must be a whole number"),
    (lambda: kv.cache_room_bytes(80e9, 1, 1, 10), "reserve_fraction=10 is outside .*not a percentage"),
    (lambda: kv.capacity_tok(-1, 1), "room_bytes=-1 is outside"),
    (lambda: kv.capacity_tok(1, 0), "kv_bytes_per_token=0 is outside"),
    (lambda: kv.capacity_sequences(math.inf, 1), "room_bytes=inf is outside"),
    (lambda: kv.capacity_sequences(1, 0), "kv_bytes_per_sequence=0 is outside"),
    (lambda: kv.sequences_that_fit(M, 80, 1), "hbm_bytes=80 is outside"),
    (lambda: kv.sequences_that_fit(M, 80e9, 0), "kv_bytes_per_sequence=0 is outside"),
    (lambda: kv.sequences_that_fit(M, 80e9, 1, 0), "n_chips=0 is outside"),
    (lambda: kv.sequences_that_fit(M, 80e9, 1, 1, 17), "bytes_per_param=17 is outside"),
    (lambda: kv.sequences_that_fit(M, 80e9, 1, 1, 2, 17), "bytes_per_value=17 is outside"),
    (lambda: kv.context_where_cache_equals_weights(0, 1, 1), "param_bytes=0 is outside"),
    (lambda: kv.context_where_cache_equals_weights(1, 0, 1), "batch=0 is outside"),
    (lambda: kv.context_where_cache_equals_weights(1, 1, 0), "kv_bytes_per_token=0 is outside"),
    (lambda: kv.contiguous_waste_fraction(10, 0), "max_context_tok=0 is outside"),
    (lambda: kv.contiguous_waste_fraction(-1, 10), "context_tok=-1 is outside"),
    (lambda: kv.contiguous_waste_fraction(11, 10), "context_tok exceeds max_context_tok"),
    (lambda: kv.paged_tok(-1, 16), "context_tok=-1 is outside"),
    (lambda: kv.paged_tok(1, 0), "block_tok=0 is outside"),
    (lambda: kv.expected_block_waste_fraction(0, 16), "mean_context_tok=0 is outside"),
    (lambda: kv.expected_block_waste_fraction(1, 2.5), r"block_tok=.*2.5.* must be a whole number"),
    (lambda: kv.shared_prefix_bytes(-1, 1, 1, 1), "prefix_tok=-1 is outside"),
    (lambda: kv.shared_prefix_bytes(2, 1, 1, 1), "prefix_tok exceeds context_tok"),
    (lambda: kv.shared_prefix_bytes(1, 1, -1, 1), "batch=-1 is outside"),
    (lambda: kv.shared_prefix_bytes(1, 1, 1, 0), "kv_bytes_per_token=0 is outside"),
    (lambda: kv.shared_prefix_saving(1, 0, 1), "context_tok=0 is outside"),
    (lambda: kv.shared_prefix_saving(1, 1, 0), "batch=0 is outside"),
    (lambda: kv.shared_prefix_saving(3, 1, 1), "prefix_tok exceeds context_tok"),
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
    "sequences_that_fit": (lambda x: kv.sequences_that_fit(LLAMA, 80e9, x, 8), "context_tok"),
    "capacity_tok": (lambda x: kv.capacity_tok(1e12, x), "kv_bytes_per_token"),
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
    for module in (kv, models):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_") and name not in ("load", "get"):
                assert set(inspect.signature(function).parameters) - {"model"} <= glossary.load().keys(), name


def test_a_slug_stands_for_its_model():
    m = models.get("llama-3.1-70b")
    assert kv.of_model("llama-3.1-70b", 10) == kv.of_model(m, 10)
    assert kv.sequences_that_fit("llama-3.1-70b", 80e9, 8192, 8) == kv.sequences_that_fit(m, 80e9, 8192, 8)
    assert models.prefill_flop_per_token("llama-3.1-70b", 10) == models.prefill_flop_per_token(m, 10)
    assert models.decode_flop_per_token("llama-3.1-70b", 10) == models.decode_flop_per_token(m, 10)


@pytest.mark.parametrize("call", [lambda m: kv.of_model(m, 10), lambda m: models.prefill_flop_per_token(m, 10),
                                  lambda m: models.decode_flop_per_token(m, 10),
                                  lambda m: kv.sequences_that_fit(m, 80e9, 10)])
def test_what_is_no_model_is_refused(call):
    with pytest.raises(ValueError, match="unknown model 'llama'"):
        call("llama")
    with pytest.raises(ValueError, match="model=7 is neither a slug"):
        call(7)
