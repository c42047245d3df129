"""Models: exact parameter counts, cache values and FLOPs, and what loading refuses."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import models
from inference_economics.models import weights

CATALOGUE = models.load()
SHAPE = {"layers": 4, "hidden": 64, "q_heads": 8, "kv_heads": 2, "head_dim": 16, "ffn_hidden": 128, "vocab": 1000}
ABOUT = {"title": "T", "org": "O", "released": "2024", "source": "a test", "date": "2024-01", "confidence": "primary"}


def model(**changes):
    return models.Model(name="t", **{**SHAPE, **ABOUT, **changes})


def tensors(m):
    """List every weight tensor as a state dictionary would: a second derivation, shape by shape."""
    shapes = [(m.vocab, m.hidden), *([(m.positions, m.hidden)] if m.positions else [])]
    shapes += [] if m.tied else [(m.vocab, m.hidden)]
    norm = [(m.hidden,)] * (2 if m.norm == "layer" else 1)
    sparse = {i for i in range(m.dense_layers, m.layers) if m.experts and (i - m.dense_layers + 1) % m.moe_every == 0}
    period = m.layers // (m.layers - m.linear_layers) if m.linear_layers else 0
    for i in range(m.layers):
        linear = bool(period) and (i + 1) % period != 0
        shapes += linear_tensors(m) if linear else mla_tensors(m) if m.attention == "mla" else gqa_tensors(m)
        shapes += norm * m.norms_per_layer
        if i in sparse:
            shapes += [(m.experts, m.hidden)] + [(m.experts,)] * m.router_bias + [(1, m.hidden)] * m.shared_gate
            for _ in range(m.experts):
                shapes += ffn_tensors(m, m.expert_hidden)
            for _ in range(m.experts_shared):
                shapes += ffn_tensors(m, m.shared_hidden or m.expert_hidden)
        else:
            shapes += ffn_tensors(m, m.ffn_hidden)
    return shapes + norm


def gqa_tensors(m):
    q, kv = m.q_heads * m.head_dim, m.kv_heads * m.head_dim
    shapes = [(q * (2 if m.output_gate else 1), m.hidden), (kv, m.hidden), (kv, m.hidden), (m.hidden, q)]
    shapes += [(q,), (kv,), (kv,)] * m.qkv_bias + [(m.hidden,)] * m.out_bias + [(m.q_heads,)] * m.sinks
    return shapes + {"none": [], "head": [(m.head_dim,)] * 2, "full": [(q,), (kv,)]}[m.qk_norm]


def mla_tensors(m):
    per_head = m.head_dim + m.rope_dim
    shapes = [(m.q_lora, m.hidden), (m.q_lora,), (m.q_heads * per_head, m.q_lora),
              (m.kv_lora + m.rope_dim, m.hidden), (m.kv_lora,),
              (m.q_heads * (m.head_dim + m.v_head_dim), m.kv_lora), (m.hidden, m.q_heads * m.v_head_dim)]
    if m.indexer_heads:
        shapes += [(m.indexer_heads * m.indexer_dim, m.q_lora), (m.indexer_dim, m.hidden), (m.indexer_dim,),
                   (m.indexer_dim,), (m.indexer_heads, m.hidden)]
    return shapes


def linear_tensors(m):
    key, value = m.linear_key_heads * m.linear_key_dim, m.linear_value_heads * m.linear_value_dim
    rates = [(m.linear_value_heads, m.hidden)] * 2 + [(m.linear_value_heads,)] * 2
    return [(2 * key + value, m.hidden), (value, m.hidden), *rates, (2 * key + value, 1, m.linear_conv),
            (m.linear_value_dim,), (m.hidden, value)]


def ffn_tensors(m, width):
    up = [(width, m.hidden)] * (2 if m.ffn == "gated" else 1)
    return up + [(m.hidden, width)] + ([(width,)] * len(up) + [(m.hidden,)] if m.ffn_bias else [])


@pytest.mark.parametrize("name", [n for n, m in CATALOGUE.items() if m.reference_n_params])
def test_count_equals_the_reference_to_the_last_digit(name):
    assert CATALOGUE[name].n_params == CATALOGUE[name].reference_n_params


@pytest.mark.parametrize("name", [n for n, m in CATALOGUE.items() if m.reference_n_params_active])
def test_active_count_equals_the_reference(name):
    assert CATALOGUE[name].n_params_read == CATALOGUE[name].reference_n_params_active


@pytest.mark.parametrize("name", [n for n, m in CATALOGUE.items() if m.reference_n_params_non_embedding])
def test_count_without_embeddings_equals_the_reference(name):
    assert CATALOGUE[name].n_params_non_embedding == CATALOGUE[name].reference_n_params_non_embedding


@pytest.mark.parametrize("name", [n for n, m in CATALOGUE.items() if m.exact])
def test_count_equals_the_sum_of_its_tensors(name):
    assert CATALOGUE[name].n_params == sum(math.prod(shape) for shape in tensors(CATALOGUE[name]))


@pytest.mark.parametrize(("name", "values"), [
    ("gpt2", 18432), ("gpt2-xl", 153600), ("gpt3-175b", 2359296), ("llama-2-7b", 262144), ("llama-2-13b", 409600),
    ("llama-3.1-8b", 65536), ("llama-3.1-70b", 163840), ("llama-3.1-405b", 258048), ("gemma-3-27b", 253952),
    ("falcon-40b", 61440), ("palm-540b", 60416), ("deepseek-v3", 35136), ("gpt-oss-120b", 36864), ("kimi-k2", 35136),
    ("glm-4.5-air", 94208), ("qwen3-235b-a22b", 96256), ("phi-3-mini", 196608), ("mistral-large-2", 180224),
])
def test_cache_values_per_token(name, values):
    assert CATALOGUE[name].kv_values_per_token == values


def test_latent_cache_is_per_layer_not_per_head():
    m = CATALOGUE["deepseek-v3"]
    assert m.kv_values_per_token == m.layers * (512 + 64)
    assert m.kv_values_per_token * 56 < m.layers * 2 * m.q_heads * m.head_dim


def test_windowed_layers_are_counted_apart():
    gemma, oss = CATALOGUE["gemma-3-27b"], CATALOGUE["gpt-oss-120b"]
    assert gemma.kv_values_per_token_window == 52 * 2 * 16 * 128
    assert gemma.kv_values_per_token_global == 10 * 2 * 16 * 128
    assert oss.kv_values_per_token_window == oss.kv_values_per_token_global == 18 * 2 * 8 * 64


def test_linear_layers_keep_a_state_and_no_cache():
    m = CATALOGUE["qwen3.5-397b-a17b"]
    assert m.kv_values_per_token == 15 * 2 * 2 * 256
    assert m.state_values == 45 * (64 * 128 * 128 + 4 * (2 * 16 * 128 + 64 * 128))


def test_published_rounding_agrees_with_the_count():
    """Names round generously (32.8B is sold as 32B, 6.7B as 7B); nothing else separates count and publication."""
    for name, m in CATALOGUE.items():
        if m.published_n_params and m.exact:
            value, half = weights.rounded(m.published_n_params)
            assert abs(m.n_params - value) <= max(half, 0.03 * value), name


def test_catalogue_covers_every_kind_of_attention():
    assert any(m.kv_heads == m.q_heads and m.attention == "gqa" for m in CATALOGUE.values())
    assert any(m.kv_heads == 1 and m.attention == "gqa" for m in CATALOGUE.values())
    assert any(m.attention == "mla" for m in CATALOGUE.values())
    assert any(m.window_tok for m in CATALOGUE.values())
    assert len(CATALOGUE) >= 36
    assert {name for name, m in CATALOGUE.items() if not m.exact} == {"deepseek-v4-pro", "kimi-k3"}


def test_dense_models_are_all_active():
    m = CATALOGUE["llama-3.1-8b"]
    assert m.n_params_active == m.n_params
    assert m.n_params_expert == 0


def test_experts_sum_to_the_difference_between_total_and_active():
    m = CATALOGUE["mixtral-8x7b"]
    assert m.n_params - m.n_params_active == 6 * m.n_params_expert == 6 * 32 * 3 * 4096 * 14336


@given(st.integers(1, 6))
def test_fewer_key_value_heads_mean_fewer_parameters_and_less_cache(power):
    heads = [model(q_heads=64, kv_heads=2**p) for p in (power - 1, power)]
    assert heads[0].n_params < heads[1].n_params
    assert 2 * heads[0].kv_values_per_token == heads[1].kv_values_per_token


# -- FLOPs ------------------------------------------------------------------------------------------------------------


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
        whole = m.global_layers * np.minimum(seen, m.attend_tok or prompt)
        local = m.window_layers * np.minimum(seen, m.window_tok)
        indexer = 2 * m.layers * m.indexer_heads * m.indexer_dim * seen
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
    (lambda: models.get("llama-3.1-7b"), r"unknown model 'llama-3.1-7b'; known: .*Did you mean 'llama-3.1-70b'\?"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# -- loading ----------------------------------------------------------------------------------------------------------

ROW = """
[mine]
title = "Mine"
org = "me"
released = "2026"
layers = 2
hidden = 64
q_heads = 4
kv_heads = 2
head_dim = 16
ffn_hidden = 128
vocab = 500
source = "a file of my own"
date = "2026-11"
confidence = "primary"
"""


def test_a_model_of_your_own(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(ROW)
    mine = models.load(file)["mine"]
    per_layer = 64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 128 + 2 * 64
    assert mine.n_params == 2 * per_layer + 64 + 2 * 500 * 64
    assert mine.name == "mine"


@pytest.mark.parametrize(("line", "message"), [
    ("layers = 0", r"mine.toml, row \[mine\]: layers=0 is outside"),
    ("layers = 4000", "layers=4000 is outside .1, 1000.; layers are counted one by one"),
    ('layers = "2"', "layers='2' is not a whole number"),
    ("layers = true", "layers=True is not a whole number"),
    ("layers = 2.5", "layers=2.5 is not a whole number"),
    ("hidden = 4", "hidden=4 is outside"),
    ("kv_heads = 3", "kv_heads=3 does not divide q_heads=4"),
    ("layer = 2", "unknown field 'layer'; known: .*Did you mean 'layers'"),
    ('attention = "gqqa"', "unknown attention 'gqqa'; known: gqa, mla, other"),
    ('attention = "mla"', "attention='mla' needs kv_lora, rope_dim and v_head_dim"),
    ('attention = "other"', "needs stated_n_params and stated_n_params_active"),
    ('ffn = "swiglu"', "unknown ffn 'swiglu'; known: gated, plain"),
    ('qk_norm = "yes"', "unknown qk_norm 'yes'"),
    ('norm = "batch"', "unknown norm 'batch'; known: rms, layer"),
    ('tied = "no"', "tied='no' is not true or false"),
    ("window_tok = 128", "window_tok and window_layers belong together"),
    ("window_tok = 128\nwindow_layers = 3", "window_layers . linear_layers exceeds layers=2"),
    ("experts = 8\nexperts_active = 9\nexpert_hidden = 32", "experts_active=9 is outside 1..8"),
    ("experts = 8\nexperts_active = 2", "experts needs expert_hidden"),
    ("experts_active = 2", "experts=0, yet experts_active"),
    ("dense_layers = 3", "dense_layers=3 exceeds layers=2"),
    ('published_n_params = "70B"', "published_n_params='70B', but the architecture gives"),
    ('published_n_params = "70 billion"', "'70 billion' is not a rounded count"),
    ('date = "last year"', "date='last year' is not a date"),
    ('source = " "', "source is empty"),
    ('confidence = "memory"', "unknown confidence mark 'memory'; known: primary, secondary"),
    ("training_tok = -1", "training_tok=-1 is outside"),
])
def test_loading_names_file_row_and_field(tmp_path, line, message):
    field = line.partition(" ")[0]
    kept = [text for text in ROW.splitlines() if not text.startswith(f"{field} ")]
    file = tmp_path / "mine.toml"
    file.write_text("\n".join([*kept, line]))
    with pytest.raises(ValueError, match=message) as caught:
        models.load(file)
    assert "mine.toml, row [mine]" in str(caught.value)


def test_missing_fields_are_listed(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[mine]\ntitle = "M"\n')
    with pytest.raises(ValueError, match=r"row \[mine\]: missing confidence, date, .*, vocab"):
        models.load(file)


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.toml: no such catalogue file"):
        models.load(tmp_path / "nowhere.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[a\n")
    with pytest.raises(ValueError, match=r"broken\.toml: not readable as TOML"):
        models.load(broken)
    loose = tmp_path / "loose.toml"
    loose.write_text("layers = 2\n")
    with pytest.raises(ValueError, match="'layers' stands outside a row"):
        models.load(loose)


def test_models_are_frozen_and_load_returns_a_copy():
    with pytest.raises(AttributeError):
        CATALOGUE["gpt2"].layers = 3
    models.load().clear()
    assert models.get("gpt2").layers == 12
    assert replace(models.get("gpt2"), layers=24, published_n_params="", reference_n_params=0).n_params > 2e8


@pytest.mark.parametrize(("text", "value", "half"), [
    ("671B", 671e9, 0.5e9), ("540.35B", 540.35e9, 0.005e9), ("1558M", 1558e6, 0.5e6), ("1T", 1e12, 0.5e12),
])
def test_rounded(text, value, half):
    assert_allclose(weights.rounded(text), (value, half))


@pytest.mark.parametrize("text", ["", "B", "12", "1,000B", None, 7])
def test_rounded_refuses_anything_else(text):
    with pytest.raises(ValueError, match="is not a rounded count"):
        weights.rounded(text)
