"""Layouts: what each cut divides, what it copies, what it sends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import serving, step
from inference_economics.models import head_sharing
from inference_economics.serving import Layout, expert_imbalance

S70 = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")
DEEPSEEK = serving.setup("deepseek-v3", "h200-sxm", "fp8")


@given(kv_heads=st.integers(1, 128), tp=st.sampled_from([1, 2, 4, 8, 16, 64]))
def test_heads_are_copied_as_head_sharing_says(kv_heads, tp):
    shards = Layout(tp=tp).cache_shards(kv_heads)
    assert tp / shards == pytest.approx(head_sharing.cache_copies(kv_heads, tp))


@given(st.integers(0, 3), st.integers(0, 6))
def test_context_parallel_avoids_copies(heads, chips):
    """A lone head, or eight, over many chips: each part of the sequence has one home."""
    kv_heads, tp = 2**heads, 2**max(chips, heads)
    assert Layout(tp=tp, cp=tp / kv_heads).cache_shards(kv_heads) == tp


def test_a_cache_cut_by_sequence_has_no_copies():
    assert Layout(tp=64, batch_sharded=1).cache_shards(1) == 64
    assert Layout(tp=64).cache_shards(1) == 1


def test_a_latent_cache_is_held_once_with_any_of_three_layouts():
    c = step.IDEAL
    copied = step.cache_time_s(DEEPSEEK, c, 64.0, 4096.0, Layout(tp=8))
    for layout in (Layout(tp=8, cp=8), Layout(tp=8, batch_sharded=1), Layout(attention_dp=8)):
        assert step.cache_time_s(DEEPSEEK, c, 64.0, 4096.0, layout) == pytest.approx(copied / 8)


def test_what_avoids_copies_sends_messages():
    c = step.Constants(**{**vars(step.IDEAL), "collective_s": 1e-5, "message_share": 0.5, "bulk_share": 0.5})
    plain = step.communication_time_s(DEEPSEEK, c, 64.0, Layout(tp=8))
    for layout in (Layout(tp=8, cp=8), Layout(tp=8, batch_sharded=1), Layout(tp=8, ep=8), Layout(tp=8, pp=2)):
        assert step.communication_time_s(DEEPSEEK, c, 64.0, layout) != plain
    one = step.communication_time_s(DEEPSEEK, c, 64.0, Layout())
    assert one == 0


def test_a_pipeline_divides_the_memory_and_not_the_latency():
    c = step.IDEAL
    whole, staged = Layout(tp=4), Layout(tp=4, pp=2)
    assert step.weight_bytes_per_chip(S70, staged) == step.weight_bytes_per_chip(S70, whole) / 2
    assert step.capacity(S70, c, 1100.0, staged) > 2 * step.capacity(S70, c, 1100.0, whole)
    # each of two micro-batches passes all layers: a token of a batch of two takes as long as one alone
    assert step.decode_step(S70, c, 2.0, 1000.0, staged).total_s == pytest.approx(
        step.decode_step(S70, c, 1.0, 1000.0, whole).total_s)
    assert step.prefill_time_s(S70, c, 1000.0, staged)[0] == pytest.approx(
        step.prefill_time_s(S70, c, 1000.0, whole)[0] / 2)


def test_the_busiest_expert_chip_sets_the_pace():
    even, uneven = Layout(tp=8, ep=8, imbalance=1.0), Layout(tp=8, ep=8, imbalance=2.0)
    # the batch is large: experts compute
    slow, fast = (step.weights_time_s(DEEPSEEK, step.IDEAL, 1e5, layout) for layout in (uneven, even))
    assert fast < slow < 2 * fast
    by_chance = step.weights_time_s(DEEPSEEK, step.IDEAL, 1e5, Layout(tp=8, ep=8))
    assert fast < by_chance < 1.05 * fast


@given(choices=st.floats(1, 1e7), ep=st.integers(1, 512))
def test_imbalance_lies_between_even_and_all_on_one(choices, ep):
    busiest = expert_imbalance(choices, ep)
    assert 1 <= busiest <= ep
    assert expert_imbalance(choices * 4, ep) <= busiest


def test_imbalance_agrees_with_a_draw():
    rng = np.random.default_rng(5)
    drawn = rng.multinomial(8192, np.full(32, 1 / 32), size=2000).max(axis=1).mean() / 256
    assert expert_imbalance(8192, 32) == pytest.approx(drawn, rel=0.04)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"tp": 8, "cp": 3}, "cp=3 does not divide tp=8"), ({"tp": 2, "ep": 4}, "ep=4 does not divide"),
    ({"tp": 1.5}, "tp"), ({"pp": 0}, "pp=0"), ({"batch_sharded": 2}, "batch_sharded=2"),
    ({"tp": 4, "cp": 2, "batch_sharded": 1}, "exclude each other"), ({"imbalance": 0.5}, "imbalance=0.5"),
    ({"tp": None}, "tp=None"), ({"tp": "8"}, "tp="),
])
def test_what_cannot_be_laid_out_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Layout(**arguments)


def test_groups_must_divide_the_chips():
    assert Layout.of(8, 4) == Layout(tp=2.0, attention_dp=4.0)
    assert Layout.of(8, 4, 8, 1.0) == Layout(tp=2.0, attention_dp=4.0, ep=8, imbalance=1.0)
    with pytest.raises(ValueError, match="attention_dp=3 does not divide n_chips=8"):
        Layout.of(8, 3)


@pytest.mark.parametrize("layout", [Layout(tp=1, attention_dp=8), Layout(tp=8, batch_sharded=1)])
def test_a_sequence_is_not_spread_over_what_must_hold_it_whole(layout):
    """A million tokens of 70B take 328 GB in 16 bits; one chip has 60 GB beside its weights, eight have 480 GB."""
    long = serving.Load(1, 1e6, 1024)
    one = serving.Deployment("llama-3.1-70b", "h100-sxm", layout)
    assert one.sequences_that_fit(long) == 0
    assert one.capacity(long) < 1
    verdict = one.verdict(long)
    assert not verdict.runs
    assert verdict.fails == "cache"
    assert np.isnan(one.serve(long).tpot_s)
    # whole ones in each place: what eight places hold is a multiple of eight
    assert one.sequences_that_fit(serving.Load(1, 20_000, 1)) % 8 == 0
    assert serving.Deployment("llama-3.1-70b", "h100-sxm", 8).verdict(long).runs


@pytest.mark.parametrize("layout", [Layout(tp=1, attention_dp=8), Layout(tp=8, batch_sharded=1)])
def test_the_busiest_place_reads_a_whole_sequence(layout):
    one = serving.Deployment("llama-3.1-70b", "h100-sxm", layout)
    alone = one.decode_step(1, 2e4).cache_s
    assert alone == pytest.approx(one.decode_step(8, 2e4).cache_s, rel=1e-12)
    assert alone == pytest.approx(8 * serving.Deployment("llama-3.1-70b", "h100-sxm", 8).decode_step(1, 2e4).cache_s)
    assert one.decode_step(16, 2e4).cache_s == pytest.approx(2 * alone)
    assert one.decode_floor_s(1, 2e4) <= one.decode_step(1, 2e4).total_s


def test_short_numbers_and_lists_are_degrees_too():
    assert Layout(tp=np.int8(64), attention_dp=np.int8(4)).n_chips == 256
    assert list(Layout(tp=[1, 2], attention_dp=4).n_chips) == [4, 8]


@pytest.mark.parametrize("wrong", [{"batch_sharded": 0.5}, {"batch_sharded": [0, 0.5]}, {"tp": True}, {"tp": "8"},
                                   {"tp": -1}, {"tp": None}, {"tp": [1, 2.5]}, {"batch_sharded": None}])
def test_a_degree_is_whole_and_a_flag_is_one(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Layout(**wrong)
