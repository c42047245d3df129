"""A decode step: its causes and its floor."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import calibration, models, serving, step
from inference_economics.models.flop import decode_flop_per_token
from inference_economics.serving import Layout, decode

S = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")
C = calibration.constants("h100-sxm")


def test_the_sum_of_a_step_is_its_parts():
    parts = decode.decode_step(S, C, 32.0, 2000.0, Layout(8))
    assert parts.total_s == sum(parts)
    assert parts.weights_s == decode.weights_time_s(S, C, 32.0, Layout(8))
    assert parts.cache_s == decode.cache_time_s(S, C, 32.0, 2000.0, Layout(8))
    assert parts.launch_s == decode.launch_time_s(S, C)


def test_the_floor_overlaps_what_the_step_does_in_turn():
    """8B in bf16, 512 sequences of 512 tokens: 14.7 ms, where the scaling book's formula gives 18.0."""
    s = serving.setup("llama-3.1-8b", "h100-sxm", "bf16")
    assert decode.decode_floor_s(s, 512, 512) == pytest.approx(14.7e-3, abs=0.1e-3)
    assert decode.decode_step(s, step.IDEAL, 512, 512).total_s == pytest.approx(18.0e-3, abs=0.1e-3)


@given(st.floats(1, 1000), st.floats(1.01, 10))
def test_a_larger_batch_takes_no_less(batch, more):
    few, many = (decode.decode_step(S, C, n, 1000.0, Layout(4)) for n in (batch, batch * more))
    assert all(after >= before for before, after in zip(few, many, strict=True))


def test_every_chip_looks_through_its_keys_with_a_whole_indexer():
    """vLLM and SGLang hold an indexer's matrices whole on each chip: only cutting the keys shares its arithmetic."""
    s = dataclasses.replace(serving.setup("deepseek-v3.2", "h200-sxm", "fp8"), hbm_bytes_per_s=1e30)
    whole, looked = decode.attention_flop(s, 50_000.0), s.decode_indexer_pair_flop * 50_000
    assert 0 < looked < whole
    for layout, part in ((Layout(1), whole), (Layout(8), (whole - looked) / 8 + looked),
                         (Layout(8, cp=8), whole / 8), (Layout(tp=1, attention_dp=8), whole / 8)):
        flop = decode.cache_time_s(s, step.IDEAL, 16.0, 50_000.0, layout) * s.shared_flop_per_s / 16
        assert flop == pytest.approx(part)
        assert decode.decode_floor_s(s, 16.0, 50_000.0, layout) >= flop * 16 / s.shared_flop_per_s
    assert S.decode_indexer_pair_flop == S.indexer_pair_flop == 0


def test_quantised_arithmetic_reaches_less_of_its_peak():
    dense, expert = decode.matrix_mfu(S, C)
    assert dense == C.dense_mfu * C.fp8_share
    assert expert == C.expert_mfu
    assert decode.matrix_mfu(serving.setup("llama-3.1-70b", "h100-sxm", "bf16"), C)[0] == C.dense_mfu


def test_attention_counts_what_the_model_counts():
    m, s = models.get("deepseek-v3.2"), serving.setup("deepseek-v3.2", "b200")
    for context in (100, 2048, 100_000):
        weights = 2 * (s.shared_params + s.head_params + s.experts_active * s.expert_params)
        assert weights + decode.attention_flop(s, context) == pytest.approx(decode_flop_per_token(m, context))


def test_a_latent_cache_may_be_slower_to_work_on_than_to_read():
    """DeepSeek-V3 in 8 bits does 484 operations on each byte of its cache; an H100 has 295 for each in 16 bits."""
    s = serving.setup("deepseek-v3", "h100-sxm", "bf16", 1)
    read = 64 * step.cached_bytes(s, 8192.0) / s.hbm_bytes_per_s
    work = 64 * decode.attention_flop(s, 8192.0) / s.shared_flop_per_s
    assert decode.cache_time_s(s, step.IDEAL, 64, 8192) == pytest.approx(work)
    assert work / read == pytest.approx(484 / 295, rel=0.02)
    # with two bytes a value, reading it is slower
    wide = serving.setup("deepseek-v3", "h100-sxm", "bf16", 2)
    assert decode.cache_time_s(wide, step.IDEAL, 64, 8192) == pytest.approx(2 * read)


def test_drafts_multiply_the_arithmetic_of_attention():
    s = serving.setup("deepseek-v3", "h100-sxm", "bf16", 1)
    plain, check = (decode.checking_step(s, step.IDEAL, 64, 8192, drafted).cache_s for drafted in (0, 3))
    assert check == pytest.approx(4 * plain)  # already slower than reading


def test_the_floor_holds_all_arithmetic():
    s = serving.setup("falcon-40b", "m3-ultra", "bf16")
    work = 2 * (s.shared_params + s.head_params) + decode.attention_flop(s, 4096.0)
    assert decode.decode_floor_s(s, 64, 4096) == pytest.approx(64 * work / s.shared_flop_per_s)


@pytest.mark.parametrize("name", ["batch", "context_tok"])
@pytest.mark.parametrize("bad", [-1, np.nan, np.inf, "many"])
def test_steps_that_cannot_be(name, bad):
    with pytest.raises(ValueError, match=f"^{name}"):
        decode.decode_step(S, C, **{"batch": 1, "context_tok": 100, name: bad})


def test_a_step_starts_more_in_shared_experts_and_fixed_states():
    c = calibration.constants("b200", "sglang")
    without = dataclasses.replace(c, shared_expert_s=0.0, state_launch_s=0.0)
    for name, shared, states in (("gpt-oss-120b", 0, 0), ("deepseek-v3", 58, 0), ("qwen3.5-397b-a17b", 60, 45)):
        s = serving.setup(name, "b200")
        more = decode.launch_time_s(s, c) - decode.launch_time_s(s, without)
        assert more == pytest.approx((shared * c.shared_expert_s + states * c.state_launch_s) * c.mixture_launch), name


@given(batch=st.floats(1, 300), drafted=st.integers(0, 8), tp=st.sampled_from([1, 2, 8]))
def test_checking_drafts_reads_each_cache_once(batch, drafted, tp):
    plain, check = (decode.checking_step(S, C, batch, 2000.0, n, Layout(tp)) for n in (0, drafted))
    assert plain == decode.decode_step(S, C, batch, 2000.0, Layout(tp))
    assert check.cache_s == pytest.approx(plain.cache_s)
    assert check.sequences_s == pytest.approx(plain.sequences_s * (1 + drafted))
    ratio = decode.check_over_plain(S, C, batch, 2000.0, drafted, Layout(tp))
    assert ratio == pytest.approx(check.total_s / plain.total_s)
    assert ratio >= 1 - 1e-12


def test_reading_all_that_a_batch_wakes_is_the_reading_of_its_floor():
    """gpt-oss-120b on one B200, 32 tokens: with the experts touched it is the floor, and one more expert its bytes."""
    s = serving.setup("gpt-oss-120b", "b200", "mxfp4")
    awake = models.experts_touched(32, 128, 4)
    time = decode.reading_time_s(s, awake, 32.0, 1500.0)
    assert time == pytest.approx(decode.decode_floor_s(s, 32.0, 1500.0))
    more = decode.reading_time_s(s, awake + 1, 32.0, 1500.0) - time
    assert more * s.hbm_bytes_per_s == pytest.approx(s.expert_params * s.expert_bytes_per_param)
