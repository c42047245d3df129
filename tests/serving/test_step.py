"""The step's formulas: bounds, parts, links, and what a deployment that cannot run gives."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import calibration, serving, step
from inference_economics.hardware import links

S = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")
C = calibration.constants("h100-sxm")


def test_the_bound_keeps_only_the_share_of_memory():
    assert C.bound() == replace(step.IDEAL, memory_share=C.memory_share)


def test_the_sum_of_a_step_is_its_parts():
    parts = step.decode_step(S, C, 32.0, 2000.0, 8)
    assert step.decode_step_s(S, C, 32.0, 2000.0, 8) == parts.total_s == sum(parts)
    point = step.serve(S, C, 32.0, 1500.0, 1000.0, 8)
    assert point[4:9] == parts


@given(n=st.sampled_from([2, 4, 8]), batch=st.floats(1, 1000))
def test_all_reduces_are_those_of_links(n, batch):
    quiet = replace(C, collective_s=0.0, message_share=1.0)
    assert step.communication_time_s(S, quiet, batch, n) == pytest.approx(
        links.tensor_parallel_time_s(batch, S.hidden, S.layers, links.Group(n, 450e9)))


def test_the_floor_overlaps_what_the_step_does_in_turn():
    """8B in bf16, 512 sequences of 512 tokens: 14.7 ms, where the scaling book's formula gives 18.0."""
    s = serving.setup("llama-3.1-8b", "h100-sxm", "bf16")
    assert step.decode_floor_s(s, 512, 512) == pytest.approx(14.7e-3, abs=0.1e-3)
    assert step.decode_step_s(s, step.IDEAL, 512, 512) == pytest.approx(18.0e-3, abs=0.1e-3)


def test_what_does_not_fit_is_undefined_and_serves_nothing():
    point = step.serve(S, C, 4.0, 1e6, 1000.0, [1, 8, 8], [1, 1, 8])
    room = step.capacity(S, C, 1e6, 1000.0, [1, 8, 8], [1, 1, 8])
    assert np.all(room >= 0)
    assert np.array_equal(np.isnan(point.tpot_s), room < 1)
    assert np.array_equal(point.output_tok_per_s == 0, room < 1)
    assert np.array_equal(point.batch == 0, room < 1)


def test_chips_that_no_link_joins_serve_nothing():
    alone = serving.setup("llama-3.1-8b", "m3-ultra", "bf16")
    point = step.serve(alone, C, 4.0, 1000.0, 100.0, np.array([1, 2]))
    assert list(point.runs) == [True, False]
    assert list(np.isnan(point.tpot_s)) == [False, True]
    assert np.isnan(step.link_bytes_per_s(alone, 2))


def test_eight_cards_behind_pcie():
    """70B in 8 bits with 16-bit arithmetic over eight H100 PCIe: about 280 tokens/s, 615 were the bridge among all."""
    real = serving.setup("llama-3.1-70b", "h100-pcie", "w8a16", 1)
    dream = serving.setup("llama-3.1-70b", "h100-pcie", "w8a16", 1, link_bytes_per_s=300e9)
    fast, slow = (step.serve(s, calibration.constants("h100-pcie"), 32.0, 8192.0, 512.0, 8).output_tok_per_s
                  for s in (dream, real))
    assert slow == pytest.approx(280, rel=0.15)
    assert fast == pytest.approx(615, rel=0.15)


def test_prefill_counts_every_pair_once():
    shared, expert = step.prefill_flop(S, 1.0)
    assert (shared, expert) == (2 * (S.shared_params + S.head_params) + S.pair_flop_global, 0)
