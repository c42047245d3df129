"""Arithmetic of a model: two per weight read, attention by what it sees, and one answer over the whole catalogue."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import models

CATALOGUE = models.load()


@pytest.mark.parametrize("name", CATALOGUE)
def test_reading_a_prompt_of_one_token_is_writing_one(name):
    m = CATALOGUE[name]
    decode, prefill = models.decode_flop_per_token(m, 1), models.prefill_flop_per_token(m, 1)
    # latent attention works on the compressed cache in decode, and on its heads in prefill
    latent = m.pair_flop_decode_global - m.pair_flop_prefill_global
    latent = latent + m.pair_flop_decode_sparse * m.sparse_share - m.pair_flop_prefill_sparse * m.sparse_share
    assert decode - prefill == pytest.approx(latent, abs=1e-9 * decode)


@pytest.mark.parametrize("name", [n for n, m in CATALOGUE.items() if m.attention == "gqa" and not m.state_layers])
def test_attention_of_a_model_and_of_a_layer_in_plain_numbers_is_one(name):
    m, context = CATALOGUE[name], 100
    width = m.q_heads * m.head_dim
    attention = 4 * context * m.layers * width
    assert models.decode_flop_per_token(m, context) == models.linear_flop(1, m.n_params_read) + attention
    full = models.attention_flop_prefill(context, m.layers, width, causal_fraction=(context + 1) / (2 * context))
    weights = models.linear_flop(context, m.n_params_read - m.n_params_head) + models.linear_flop(1, m.n_params_head)
    assert context * models.prefill_flop_per_token(m, context) == pytest.approx(weights + full, rel=1e-12)


def test_attention_crosses_the_linear_layers_where_the_shape_says():
    shape = {"hidden": 4096, "q_heads": 32, "kv_heads": 8, "head_dim": 128, "ffn_hidden": 14336}
    assert models.attention_crossover_tok(**shape, causal=False) == 26624
    assert models.attention_crossover_tok(**shape) == 53248


def test_decode_flops_are_two_per_weight_plus_attention():
    m = CATALOGUE["llama-3.1-8b"]
    assert models.decode_flop_per_token(m, 0) == 2 * (m.n_params - m.vocab * m.hidden)
    assert models.decode_flop_per_token(m, 1000) - models.decode_flop_per_token(m, 0) == 1000 * 32 * 4 * 4096


def test_prefill_is_the_mean_over_the_prompt():
    """Sum attention token by token; compare with the closed form, window included."""
    for name in ("llama-3.1-8b", "gpt-oss-120b", "gemma-3-27b", "deepseek-v3", "deepseek-v3.2"):
        m, prompt = CATALOGUE[name], 3000
        seen = np.arange(1, prompt + 1)
        whole = (m.layers - m.window_layers) * np.minimum(seen, m.attend_tok or prompt)
        local = m.window_layers * np.minimum(seen, m.window_tok)
        indexer = 2 * m.layers * 64 * 128 * seen if name == "deepseek-v3.2" else 0
        attention = m.pair_flop_prefill * (whole + local) + indexer
        linear = 2 * (m.n_params_read - m.n_params_head + m.n_params_head / prompt)
        assert_allclose(models.prefill_flop_per_token(m, prompt), linear + attention.mean(), rtol=1e-12)


def test_latent_attention_trades_flops_for_bytes_in_decode():
    m = CATALOGUE["deepseek-v3"]
    assert m.pair_flop_decode == 2 * 128 * (512 + 64 + 512)
    assert m.pair_flop_decode > 3 * m.pair_flop_prefill


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_mean_causal_context_is_the_mean(prompt, window):
    seen = np.minimum(np.arange(1, prompt + 1), window)
    assert_allclose(models.mean_causal_context(prompt, window), seen.mean(), rtol=1e-12)


def test_flops_broadcast():
    m = CATALOGUE["gpt-oss-20b"]
    contexts = np.array([1, 128, 129, 5000])
    assert_allclose(models.decode_flop_per_token(m, contexts),
                    [models.decode_flop_per_token(m, float(c)) for c in contexts])


@pytest.mark.parametrize(("call", "message"), [
    (lambda: models.mean_causal_context(0), "prompt_tok=0 is outside"),
    (lambda: models.mean_causal_context(10, 0), "window_tok=0 is outside"),
    (lambda: models.mean_causal_context(float("nan")), "prompt_tok=nan is outside"),
    (lambda: models.decode_flop_per_token(CATALOGUE["gpt2"], -1), "context_tok=-1 is outside"),
    (lambda: models.prefill_flop_per_token(CATALOGUE["gpt2"], 0.5), "prompt_tok=0.5 is outside"),
    (lambda: models.attention_crossover_tok(0, 1, 1, 1, 1), "hidden=0 is outside"),
    (lambda: models.attention_crossover_tok(1, -1, 1, 1, 1), "q_heads=-1 is outside"),
    (lambda: models.attention_crossover_tok(1, 1, 0, 1, 1), "kv_heads=0 is outside"),
    (lambda: models.attention_crossover_tok(1, 1, 1, math.inf, 1), "head_dim=inf is outside"),
    (lambda: models.attention_crossover_tok(1, 1, 1, 1, "wide"), "ffn_hidden='wide' is not a number"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_prefill_of_a_sparse_model_counts_its_indexer():
    """DeepSeek-V3.2 over 131,072 tokens on eight H100 in fp8: 1.23 s at the peak, of which 0.54 are the indexer's."""
    m, prompt, peak = CATALOGUE["deepseek-v3.2"], 131_072, 8 * 1.9789e15
    time_s = prompt * models.prefill_flop_per_token(m, prompt) / peak
    indexer_s = prompt * m.pair_flop_indexer * (prompt + 1) / 2 / peak
    assert_allclose((time_s, indexer_s), (1.232, 0.542), atol=5e-4)
