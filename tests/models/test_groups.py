"""One row of a model: what a layer holds, keeps and computes, and what is refused."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from inference_economics import models
from inference_economics.models.groups import LayerGroup
from inference_economics.models.keys import table

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
GQA = LayerGroup(layers=2, q_heads=8, kv_heads=2, qk_dim=16, v_dim=12, ffn_width=64, vector_params=256)


def test_a_layer_that_reads_an_earlier_cache_keeps_none():
    shared = replace(GQA, kv_shared=1)
    assert shared.kv_values == 0
    assert shared.pair_flop_decode == GQA.pair_flop_decode
    assert GQA.n_params_attention(128) - shared.n_params_attention(128) == 128 * 2 * (16 + 12)


@pytest.mark.parametrize(("change", "words"), [
    ({"layers": -1}, "layers=-1"), ({"layers": 1.5}, "layers=1.5"), ({"qk_dim": float("nan")}, "qk_dim=nan"),
    ({"ffn_width": float("inf")}, "ffn_width=inf"), ({"q_heads": "8"}, "q_heads='8'"),
    ({"layers": True}, "layers=True"), ({"layers": None}, "layers=None"),
    ({"layers": 10**400}, "layers=1000"), ({"layers": [2]}, r"layers=\[2\]"),
    ({"kept_share": "all"}, "kept_share='all'"),
    ({"kv_heads": 3}, "kv_heads=3 does not divide q_heads=8"),
    ({"q_heads": 0}, "kv_heads=2 describes nothing without q_heads"),
    ({"kv_heads": 0}, "q_heads=8 describes nothing without kv_heads or kv_lora or kv_shared"),
    ({"rope_dim": 4}, "rope_dim=4 describes nothing without kv_lora"),
    ({"indexer_dim": 4}, "indexer_dim=4 describes nothing without attend_tok"),
    ({"state_heads": 4}, "state_heads=4 describes nothing without state_out"),
    ({"conv_tok": 4}, "conv_tok=4 describes nothing without conv_width"),
    ({"expert_width": 4}, "expert_width=4 describes nothing without experts"),
    ({"experts": 4, "expert_width": 8, "router_width": 4, "experts_active": 5}, "experts_active=5 is outside 1..4"),
    ({"experts": 4, "expert_width": 8, "router_width": 4}, "experts_active=0 is outside 1..4"),
    ({"experts": 4, "expert_width": 8, "experts_active": 2}, "experts=4 needs router_width"),
    ({"experts": 4, "expert_width": 8, "experts_active": 2, "router_width": 3}, "router_width=3 is less than"),
    ({"qk_dim": 0}, "q_heads=8 needs qk_dim"), ({"v_dim": 0}, "q_heads=8 needs v_dim"),
    ({"kv_lora": 512}, "kv_heads=2 and kv_lora=512 exclude each other"),
    ({"state_heads": 4, "state_out": 8, "state_in": 8}, "state_heads=4 needs state_key_dim"),
    ({"state_heads": 4, "state_out": 8, "state_key_dim": 2, "state_value_dim": 2}, "state_heads=4 needs state_in"),
    ({"attend_tok": 8, "indexer_dim": 4}, "indexer_dim=4 needs indexer_heads"),
    ({"v_from_k": 2}, "v_from_k=2 is neither 0 nor 1"), ({"kv_shared": 3}, "kv_shared=3 is neither 0 nor 1"),
    ({"v_from_k": 1, "kv_tied": 2}, "kv_tied=2 is neither"),
    ({"indexer_even": 1}, "describes nothing without indexer_heads"),
    ({"out_lora": 8, "out_groups": 3}, "out_groups=3 does not divide q_heads=8"),
    ({"ffn_matrices": 4}, "ffn_matrices=4 is neither 2 nor 3"),
    ({"kept_share": 2}, "kept_share=2 is outside"), ({"kept_share": 0}, "attention without a cache"),
    ({"window_tok": 128}, "window_tok=128 adds nothing to kept_share=1"),
    ({"kv_heads": 0, "kv_lora": 8, "rope_dim": 20}, "rope_dim=20 exceeds qk_dim=16"),
])
def test_a_row_that_cannot_be_is_refused_by_name(change, words):
    with pytest.raises(ValueError, match=words):
        replace(GQA, **change)


def test_the_fields_of_a_row_are_those_that_the_table_may_set():
    named = {name for family in table()["families"].values() for name in family["row"]}
    assert named <= {field.name for field in fields(LayerGroup)}
    assert {field.name for field in fields(LayerGroup)} - named == {"layers"}  # which is counted


def test_a_model_is_data(tmp_path):
    model = models.from_config(CONFIGS / "jamba-v0.1.json")
    rows = [{field.name: getattr(group, field.name) for field in fields(LayerGroup)} for group in model.groups]
    again = tuple(LayerGroup(**row) for row in json.loads(json.dumps(rows)))
    assert again == model.groups


def test_a_layer_counts_as_on_paper():
    assert GQA.n_params_attention(128) == 128 * 8 * 16 + 128 * 2 * (16 + 12) + 8 * 12 * 128
    assert GQA.n_params_per_layer(128) == GQA.n_params_attention(128) + 3 * 128 * 64 + 256
    assert GQA.kv_values == 2 * (16 + 12)
    assert GQA.pair_flop_prefill == GQA.pair_flop_decode == 2 * 8 * (16 + 12)


def test_heads_are_dealt_out_to_chips_and_a_latent_is_copied():
    assert [GQA.kv_values_on_chip(tp) for tp in (1, 2, 8)] == [56, 28, 28]
    latent = LayerGroup(layers=1, q_heads=8, qk_dim=24, v_dim=16, kv_lora=32, rope_dim=8)
    assert [latent.kv_values_on_chip(tp) for tp in (1, 8)] == [40, 40]


NUMBERS = {"layers": 80, "q_heads": 64, "kv_heads": 8, "qk_dim": 128, "v_dim": 128, "ffn_width": 28672}
PLAIN = models.Model(name="plain", hidden=8192, vocab=128256, groups=(LayerGroup(**NUMBERS),))


@pytest.mark.parametrize("kind", [np.int32, np.uint16, np.int64, np.float32, np.float64, float,
                                  lambda value: np.array(value, np.int32)])
def test_short_numbers_do_not_overflow(kind):
    group = LayerGroup(**{name: kind(value) for name, value in NUMBERS.items()})
    m = models.Model(name="plain", hidden=kind(8192), vocab=np.int32(128256), groups=(group,))
    assert m.n_params == PLAIN.n_params > 2**32
    assert isinstance(m.n_params, int)


def test_short_arrays_do_not_overflow():
    group = LayerGroup(**{name: np.array([value, value], np.int32) for name, value in NUMBERS.items()})
    m = models.Architecture(hidden=np.array([8192, 8192], np.int16), vocab=128256, groups=(group,))
    assert list(m.n_params) == [PLAIN.n_params] * 2


@pytest.mark.parametrize("wrong", [{"layers": np.array([-1, 2])}, {"layers": np.array([1.5, 2])},
                                   {"q_heads": np.array([np.nan])}, {"kept_share": np.array([0.5, 1.5])},
                                   {"layers": np.array(["1", "2"])}, {"layers": np.array([True, False])},
                                   {"layers": np.float16("inf")}, {"layers": np.int8(-1)}])
def test_arrays_are_looked_at_too(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LayerGroup(**wrong)


def test_a_model_has_layers():
    with pytest.raises(ValueError, match="no layers"):
        models.Architecture(hidden=8, vocab=8, groups=(LayerGroup(),))
