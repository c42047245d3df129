"""Prompts and answers on pools of their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import calibration
from inference_economics.serving import disaggregation

POOLS = {"prefill_workers": 1, "prefill_tp": 4, "decode_workers": 2, "decode_tp": 4, "concurrency": 32,
         "prompt_tok": 4000, "output_tok": 500}


def test_pools_decode_without_interference():
    apart = disaggregation.disaggregated("llama-3.1-70b", "h100-sxm", **{**POOLS, "concurrency": 2})
    alone = calibration.calibrated("llama-3.1-70b", "h100-sxm", tp=4, prompt_tok=4000, output_tok=500)
    assert apart.tpot_s == pytest.approx(alone.tpot_s, rel=1e-9)
    assert apart.ttft_s > alone.ttft_s  # its cache moves, and another prompt may be ahead
    assert 0 < apart.transfer_s < 0.1 * apart.ttft_s


@given(st.integers(1, 8), st.integers(1, 8), st.floats(8, 400))
@settings(max_examples=40, deadline=None)
def test_pools_obey_littles_law(prefill, decode, concurrency):
    load = {**POOLS, "prefill_workers": prefill, "decode_workers": decode, "concurrency": concurrency}
    p = disaggregation.disaggregated("llama-3.1-70b", "b200", **load)
    rate = p.output_tok_per_s / 500
    assert rate * (p.ttft_s + 500 * p.tpot_s) <= concurrency * 1.001
    assert 0 < p.prefill_busy <= 1
    assert p.batch * decode <= max(concurrency, decode) * (1 + 1e-9)
    assert disaggregation.disaggregated("llama-3.1-70b", "b200", **{**load, "prefill_workers": prefill + 1}).ttft_s <= (
        p.ttft_s * (1 + 1e-9))


def test_pools_that_cannot_hold_the_model_serve_nothing():
    p = disaggregation.disaggregated("deepseek-v3", "h100-sxm", **{**POOLS, "prefill_tp": 1, "decode_tp": 16})
    assert np.isnan(p.tpot_s)
    assert p.output_tok_per_s == 0
    with pytest.raises(ValueError, match="decode_workers"):
        disaggregation.disaggregated("deepseek-v3", "h100-sxm", **{**POOLS, "decode_workers": 1.5})
