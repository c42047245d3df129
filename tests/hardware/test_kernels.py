"""Bytes of attention stored and fused, and Amdahl's law."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import kernels

TOKENS = st.integers(1, 1 << 20)
DIMS = st.sampled_from([64, 128, 256])


def test_stored_bytes_are_the_arrays_of_algorithm_0():
    n, d = 48, 8
    q = np.ones((n, d), np.float16)
    scores = np.ones((n, n), np.float16)
    by_hand = 4 * q.nbytes + 4 * scores.nbytes  # Q, K, V, O; S out, S in, P out, P in
    assert kernels.attention_bytes_stored(n, 1, d) == by_hand
    assert kernels.attention_bytes_stored(n, 12, d) == 12 * by_hand


def test_fused_bytes_count_what_a_blocked_loop_reads():
    n, d, rows = 100, 16, 32
    moved = 0
    for start in range(0, n, rows):
        block = min(rows, n - start)
        moved += 2 * block * d + 2 * n * d  # queries in, result out; all keys and values in
    assert kernels.attention_bytes_fused(n, 1, d, rows) == 2 * moved


@given(TOKENS, DIMS, st.integers(1, 4096))
def test_fusing_saves_when_the_block_is_wider_than_half_a_head(prompt_tok, head_dim, query_tok):
    stored = kernels.attention_bytes_stored(prompt_tok, 1, head_dim)
    fused = kernels.attention_bytes_fused(prompt_tok, 1, head_dim, query_tok)
    if query_tok >= head_dim / 2:
        assert fused <= stored
    # the floor: every tensor once
    assert fused >= 4 * prompt_tok * head_dim * 2


@given(st.floats(1e3, 1e9), DIMS)
def test_four_blocks_fit(sram_bytes, head_dim):
    rows = kernels.query_tok_in_sram(sram_bytes, head_dim)
    assert rows == 1 or 4 * rows * head_dim * 2 <= sram_bytes
    assert 4 * (rows + 1) * head_dim * 2 > sram_bytes


def test_an_a100_core_holds_the_blocks_of_the_paper():
    # 192 KB of L1 on an A100 core: 384 rows of 64 channels in two bytes
    assert kernels.query_tok_in_sram(192 * 1024, 64) == 384


@given(st.floats(0, 1), st.floats(0.01, 1e6))
def test_the_whole_lies_between_no_gain_and_the_parts(part_fraction, part_speedup):
    whole = kernels.end_to_end_speedup(part_fraction, part_speedup)
    low, high = sorted((1.0, part_speedup))
    assert low * (1 - 1e-12) <= whole <= high * (1 + 1e-12)


def test_half_the_time_twice_as_fast():
    assert kernels.end_to_end_speedup(0.5, 2) == pytest.approx(4 / 3)
    assert kernels.end_to_end_speedup(0.5, 1e9) == pytest.approx(2)


@given(st.floats(0, 1), st.floats(1.01, 100))
def test_the_part_behind_a_gain_explains_it(part, speedup):
    whole = kernels.end_to_end_speedup(part, speedup)
    assert kernels.part_fraction_behind(whole, speedup) == pytest.approx(part, abs=1e-9)


def test_a_part_that_is_no_faster_explains_nothing():
    assert np.isnan(kernels.part_fraction_behind(1.5, 1.0))
    assert kernels.part_fraction_behind(2.0, 1.5) > 1  # more than the part can have given


GOOD = {"prompt_tok": 10, "q_heads": 2, "head_dim": 8, "query_tok": 4, "bytes_per_value": 2.0, "sram_bytes": 1e5,
        "part_fraction": 0.5, "part_speedup": 2.0, "whole_speedup": 1.5}
FUNCTIONS = [kernels.attention_bytes_stored, kernels.attention_bytes_fused, kernels.query_tok_in_sram,
             kernels.end_to_end_speedup, kernels.part_fraction_behind]
CASES = [(function, name) for function in FUNCTIONS for name in inspect.signature(function).parameters]


@pytest.mark.parametrize(("function", "name"), CASES)
@pytest.mark.parametrize("bad", [-1, float("nan"), "5", None, 1e20])
def test_bad_input_is_named(function, name, bad):
    arguments = {key: GOOD[key] for key in inspect.signature(function).parameters}
    with pytest.raises(ValueError, match=f"{name}="):
        function(**arguments | {name: bad})


def test_arrays_broadcast():
    assert kernels.attention_bytes_fused(np.array([[10.0], [20.0]]), 2, 8, np.array([4.0, 8.0, 16.0])).shape == (2, 3)


def test_the_first_versions_order_counted_block_by_block():
    n, d, held = 96, 8, 16
    moved = 0
    for _ in range(n // held):  # outside: a block of keys and of values
        moved += 2 * held * d
        for _ in range(n // held):  # inside: queries, and the result so far in and out
            moved += 3 * held * d
    assert kernels.attention_bytes_keys_outside(n, 1, d, held) == 2 * moved
    assert kernels.attention_bytes_keys_outside(n, 1, d, held) > kernels.attention_bytes_fused(n, 1, d, held)
