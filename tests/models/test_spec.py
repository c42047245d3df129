"""Models: exact parameter counts, cache values and FLOPs, and what loading refuses."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import kv_cache, models
from inference_economics.models import keys, spec

CATALOGUE = models.load()
CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
COUNTS = json.loads((CONFIGS / "counts.json").read_text())["counts"]
SHAPE = {"layers": 4, "hidden": 64, "q_heads": 8, "kv_heads": 2, "head_dim": 16, "ffn_hidden": 128, "vocab": 1000}
BY_HAND = {name: m for name, m in CATALOGUE.items() if json.loads(m.config)["model_type"] == "by_hand"}


def model(**changes):
    return models.from_config({"model_type": "by_hand", **SHAPE, **changes})


def tensors(row):
    """List every weight tensor as a state dictionary would: a second derivation, shape by shape."""
    usual = {"attention": "gqa", "ffn": "gated", "norm": "rms", "qk_norm": "none", "norms_per_layer": 2, "moe_every": 1}
    nothing = dict.fromkeys(keys.table()["families"]["by_hand"]["keys"], 0)
    m = SimpleNamespace(**{**nothing, **usual, **json.loads(row.config)})
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


@pytest.mark.parametrize("name", [n for n, m in BY_HAND.items() if m.exact])
def test_count_equals_the_sum_of_its_tensors(name):
    assert CATALOGUE[name].n_params == sum(math.prod(shape) for shape in tensors(CATALOGUE[name]))


@pytest.mark.parametrize("name", sorted(COUNTS.keys() & CATALOGUE.keys()))
def test_count_equals_what_transformers_builds(name):
    assert CATALOGUE[name].n_params == COUNTS[name]["n_params"]
    assert CATALOGUE[name].n_params_experts == COUNTS[name]["experts"]


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


def test_catalogue_covers_every_kind_of_attention():
    assert any(m.kv_heads == m.q_heads and m.attention == "gqa" for m in CATALOGUE.values())
    assert any(m.kv_heads == 1 and m.attention == "gqa" for m in CATALOGUE.values())
    assert any(m.attention == "mla" for m in CATALOGUE.values())
    assert any(m.window_tok for m in CATALOGUE.values())
    assert len(CATALOGUE) >= 36
    assert {name for name, m in CATALOGUE.items() if not m.exact} == {"kimi-k3"}
    assert {name for name, m in CATALOGUE.items() if m.indexer_values_per_token} == {
        "deepseek-v3.2", "glm-5", "deepseek-v4-pro"}


def test_dense_models_are_all_active():
    m = CATALOGUE["llama-3.1-8b"]
    assert m.n_params_active == m.n_params
    assert m.n_params_expert == 0


def test_experts_sum_to_the_difference_between_total_and_active():
    m = CATALOGUE["mixtral-8x7b"]
    assert m.n_params - m.n_params_active == 6 * m.n_params_expert == 6 * 32 * 3 * 4096 * 14336


# -- every pair of functions that answers one question, over the whole catalogue --------------------------------------


@pytest.mark.parametrize("name", CATALOGUE)
def test_parts_of_a_model_sum_to_the_whole(name):
    m = CATALOGUE[name]
    shared = m.n_params - m.n_params_embedding - m.n_params_experts
    assert m.n_params_experts == m.experts * m.n_params_expert
    assert m.n_params_resting == (m.experts - m.experts_active) * m.n_params_expert
    assert m.n_params_active == shared + m.n_params_embedding + m.experts_active * m.n_params_expert
    looked_up = m.n_params_embedding - m.n_params_head
    assert m.n_params_read == m.n_params_active - looked_up
    assert m.n_params_non_embedding + m.n_params_embedding == m.n_params
    assert shared > 0


@pytest.mark.parametrize("name", CATALOGUE)
def test_cache_from_the_model_and_from_plain_numbers_is_one(name):
    m = CATALOGUE[name]
    for context in (0, 1, 5000, 10**6):
        growing = m.kv_values_per_token_global + m.indexer_values_per_token * (1 + 4 / 128)
        plain = 7 * (growing * context + m.kv_values_per_token_window * min(context, m.window_tok) + 2 * m.state_values)
        assert kv_cache.of_model(m, context, 7, 1) == plain
    if not (m.window_tok or m.state_values or m.indexer_values_per_token):
        assert kv_cache.of_model(m, 1000) == 1000 * kv_cache.kv_bytes_per_token(m.kv_values_per_token)
    assert m.kv_values_per_token_global_on_chip(1) == m.kv_values_per_token_global
    assert m.kv_values_per_token_window_on_chip(1) == m.kv_values_per_token_window


@given(st.integers(1, 6))
def test_fewer_key_value_heads_mean_fewer_parameters_and_less_cache(power):
    heads = [model(q_heads=64, kv_heads=2**p) for p in (power - 1, power)]
    assert heads[0].n_params < heads[1].n_params
    assert 2 * heads[0].kv_values_per_token == heads[1].kv_values_per_token


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
    ("layers = 0", "num_hidden_layers=0 is not a whole number of 1..10,000,000"),
    ("layers = 4000", "num_hidden_layers=4000 is outside 1..1000"),
    ("layers = 1_000_000_000", "layers=1000000000 is not a whole number of 1..10,000,000"),
    ('layers = "2"', "layers='2' is not a whole number"),
    ("layers = true", "layers=True is not a whole number"),
    ("layers = 2.5", "layers=2.5 is not a whole number"),
    ("layers = nan", "layers=nan is not a whole number"),
    ("layers = inf", "layers=inf is not a whole number"),
    ("layers = [2]", "layers=a list of 1 is not a whole number"),
    ("layers = {}", "layers=an object of 0 is not a whole number"),
    ("hidden = 0", "hidden=0 is not a whole number of 1"),
    ("kv_heads = 3", "kv_heads=3 does not divide q_heads=4"),
    ("layer = 2", "unknown field 'layer'; known: .*Did you mean 'layers'"),
    ('attention = "gqqa"', "unknown attention 'gqqa'; known: gqa, mla"),
    ('attention = "mla"', 'attention = "mla" needs kv_lora, rope_dim and v_head_dim'),
    ('attention = "other"', "unknown attention 'other'"),
    ('ffn = "swiglu"', "unknown ffn 'swiglu'; known: gated, plain"),
    ('qk_norm = "yes"', "unknown qk_norm 'yes'"),
    ('norm = "batch"', "unknown norm 'batch'; known: rms, layer"),
    ('tied = "no"', "tied='no' is neither true nor false"),
    ("window_tok = 128", "window_tok and window_layers belong together"),
    ("window_tok = 128\nwindow_layers = 3", "window_layers and linear_layers together exceed layers"),
    ("experts = 8\nexperts_active = 9\nexpert_hidden = 32", "experts_active=9 is outside 1..8"),
    ("experts = 8\nexperts_active = 2", "experts needs experts_active and expert_hidden"),
    ("experts_active = 2", "experts_active, .* belong to experts"),
    ("dense_layers = 3", "dense_layers, .* belong to experts"),
    ("kv_lora = 512", "kv_lora, q_lora, rope_dim and v_head_dim belong to attention"),
    ("v_head_dim = 64", "kv_lora, q_lora, rope_dim and v_head_dim belong to attention"),
    ("rope_dim = 64", "kv_lora, q_lora, rope_dim and v_head_dim belong to attention"),
    ("attend_tok = 2048", "indexer_heads, indexer_dim and attend_tok belong together"),
    ("indexer_dim = 128", "indexer_heads, indexer_dim and attend_tok belong together"),
    ("cache_values = 99", "unknown field 'cache_values'"),
    ("expert_input = 32", "expert_input, .* belong to experts"),
    ("shared_hidden = 32", "shared_hidden, .* belong to experts"),
    ("linear_layers = 1", "linear_layers and linear_value_heads belong together"),
    ("linear_key_dim = 8", "belong to linear_layers"),
    ('published_n_params = "70B"', "published_n_params='70B', but the architecture gives"),
    ('published_n_params = "70 billion"', "'70 billion' is not a rounded count"),
    ("published_n_params = 70", "published_n_params=70 is not text"),
    ('date = "last year"', "date='last year' is not a date"),
    ('source = ""', "source is empty"),
    ('confidence = "memory"', "unknown confidence mark 'memory'; known: primary, secondary"),
    ("training_tok = -1", "training_tok=-1 is outside"),
    ("training_tok = nan", "training_tok=nan is outside"),
    ("training_tok = inf", "training_tok=inf is outside"),
    ("training_tok = [1]\ntraining_hours = [[1], [2, 3]]", "training_"),
    ("max_context_tok = 1.5", "max_context_tok=1.5 is not a whole number"),
    ("max_context_tok = [1]", r"max_context_tok=\[1\] is not a whole number"),
    ("reference_n_params = true", "reference_n_params=True is not a whole number"),
    ("title = 7", "title=7 is not text"),
    ("config = 7", "config is a table that holds the whole shape"),
    ('config = { model_type = "llama" }', "config is a table that holds the whole shape"),
])
def test_loading_names_file_row_and_field(tmp_path, line, message):
    field = line.partition(" ")[0]
    kept = [text for text in ROW.splitlines() if not text.startswith(f"{field} ")]
    file = tmp_path / "mine.toml"
    file.write_text("\n".join([*kept, line]))
    with pytest.raises(ValueError, match=message) as caught:
        models.load(file)
    assert "mine.toml, row [mine]" in str(caught.value)


def test_a_missing_field_is_named(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[mine]\ntitle = "M"\n')
    with pytest.raises(ValueError, match=r"mine.toml, row \[mine\]: num_hidden_layers is missing in a by_hand"):
        models.load(file)


def test_a_row_needs_no_source_and_may_hold_a_configuration(tmp_path):
    file = tmp_path / "mine.toml"
    config = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
              "intermediate_size": 96, "vocab_size": 100, "max_position_embeddings": 4096}
    lines = [f"{key} = {json.dumps(value)}" for key, value in config.items()]
    file.write_text("\n".join(["[mine.config]", *lines]))
    mine, same = models.load(file)["mine"], models.from_config(config)
    assert mine == replace(same, name="mine", title="mine")
    assert (mine.title, mine.source, mine.max_context_tok) == ("mine", "", 4096)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"unknown model 'llama-3.1-7b'; known: .*Did you mean 'llama-3.1-70b'\?"):
        models.get("llama-3.1-7b")


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.toml: no such catalogue file"):
        models.load(tmp_path / "nowhere.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[a\n")
    with pytest.raises(ValueError, match=r"broken\.toml: not readable as TOML"):
        models.load(broken)
    (tmp_path / "bytes.toml").write_bytes(b'[a]\ntitle = "\xff"\n')
    with pytest.raises(ValueError, match=r"bytes\.toml: not readable as TOML"):
        models.load(tmp_path / "bytes.toml")
    (tmp_path / "twice.toml").write_text("[a]\nlayers = 2\nlayers = 3\n")
    with pytest.raises(ValueError, match=r"twice\.toml: not readable as TOML"):
        models.load(tmp_path / "twice.toml")
    (tmp_path / "deep.toml").write_text("[a]\nlayers = " + "[" * 100_000)
    with pytest.raises(ValueError, match=r"deep\.toml: not readable as TOML"):
        models.load(tmp_path / "deep.toml")
    loose = tmp_path / "loose.toml"
    loose.write_text("layers = 2\n")
    with pytest.raises(ValueError, match="'layers' stands outside a row"):
        models.load(loose)


def test_no_argument_is_changed():
    config = {"model_type": "by_hand", **SHAPE}
    before = dict(config)
    models.from_config(config)
    assert config == before


def test_models_are_frozen_and_load_returns_a_copy():
    with pytest.raises(AttributeError):
        CATALOGUE["gpt2"].hidden = 3
    models.load().clear()
    assert models.get("gpt2").layers == 12
    assert hash(models.get("gpt2")) == hash(CATALOGUE["gpt2"])


# -- own models -------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(monkeypatch):
    monkeypatch.setattr(spec, "_OWN", {})


@pytest.mark.usefixtures("own")
def test_a_registered_model_is_known_by_its_name():
    mine = models.register(model())
    assert mine.name == "by_hand"
    assert models.get("by_hand") is mine
    assert "by_hand" not in models.load()
    assert models.register(model()) == mine
    with pytest.raises(ValueError, match=r"another model is registered as 'by_hand'.*replace=True"):
        models.register(model(layers=2))
    assert models.register(model(layers=2), replace=True).layers == models.get("by_hand").layers == 2
    with pytest.raises(ValueError, match=r"'gpt2' is in the catalogue; give yours another name"):
        models.register(replace(mine, name="gpt2"), replace=True)
    with pytest.raises(ValueError, match=r"is not a Model; make one with models\.from_config"):
        models.register("gpt2")
    with pytest.raises(ValueError, match=r"unknown model 'by_hnd'.*Did you mean 'by_hand'"):
        models.get("by_hnd")


def test_a_name_comes_from_the_call_the_file_or_its_folder(tmp_path):
    config = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
              "intermediate_size": 96, "vocab_size": 100}
    folder = tmp_path / "tiny-llama"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    assert models.from_config(config).name == "llama"
    assert models.from_config(folder).name == models.from_config(folder / "config.json").name == "tiny-llama"
    assert models.from_config({**config, "_name_or_path": "me/tiny"}).name == "tiny"
    named = models.from_config(config, name="mine", title="My own", max_context_tok=99, org="me")
    assert (named.name, named.title, named.max_context_tok, named.org) == ("mine", "My own", 99, "me")
    with pytest.raises(ValueError, match=r"config: unknown field 'colour'; known: .*title"):
        models.from_config(config, colour="red")
    with pytest.raises(ValueError, match="config: max_position_embeddings=-1 is not a whole number of 1"):
        models.from_config({**config, "max_position_embeddings": -1})


def test_a_model_may_be_given_as_layers():
    groups = models.get("llama-3.1-8b").groups
    mine = models.Model(name="mine", hidden=4096, vocab=128_256, groups=groups, vector_params=4096)
    assert mine.n_params == 8_030_261_248
    assert mine.title == "mine"
    assert {field.name for field in fields(models.Architecture)} <= {field.name for field in fields(models.Model)}
    with pytest.raises(ValueError, match="name is empty"):
        models.Model(name=" ", hidden=4096, vocab=128_256, groups=groups)
    with pytest.raises(ValueError, match="groups is a tuple of LayerGroup"):
        models.Model(name="mine", hidden=4096, vocab=128_256, groups=list(groups))


def test_what_cannot_be_counted_is_stated_once():
    mixture = {"model_type": "by_hand", **SHAPE, "experts": 8, "experts_active": 2, "expert_hidden": 32}
    m = models.from_config(mixture, stated_n_params_active=500_000)
    assert not m.exact
    assert (m.n_params_active, m.n_params) == (500_000, 500_000 + 6 * m.n_params_expert)
