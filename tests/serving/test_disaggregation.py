"""Prompts and answers on pools of their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics.serving import Deployment, Layout, Load, Pool, serve_pools

LOAD = Load(32, 4000, 500)
FOUR_H100, FOUR_B200 = (Deployment("llama-3.1-70b", chip, 4) for chip in ("h100-sxm", "b200"))


def test_pools_decode_without_interference():
    apart = serve_pools(Pool.of(FOUR_H100), Pool.of(FOUR_H100, 2), Load(2, 4000, 500))
    alone = FOUR_H100.serve(Load(1, 4000, 500))
    assert apart.tpot_s == pytest.approx(alone.tpot_s, rel=1e-9)
    assert apart.ttft_s > alone.ttft_s  # its cache moves, and another prompt may be ahead
    assert 0 < apart.transfer_s < 0.1 * apart.ttft_s


@given(st.integers(1, 8), st.integers(1, 8), st.floats(8, 400))
@settings(max_examples=40, deadline=None)
def test_pools_obey_littles_law(prefill, decode, concurrency):
    load, answers = Load(concurrency, 4000, 500), Pool.of(FOUR_B200, decode)
    p = serve_pools(Pool.of(FOUR_B200, prefill), answers, load)
    rate = p.output_tok_per_s / 500
    assert rate * (p.ttft_s + 500 * p.tpot_s) <= concurrency * 1.001
    assert 0 < p.prefill_busy <= 1
    assert p.batch * decode <= max(concurrency, decode) * (1 + 1e-9)
    assert serve_pools(Pool.of(FOUR_B200, prefill + 1), answers, load).ttft_s <= p.ttft_s * (1 + 1e-9)


def test_prompts_may_run_on_other_chips():
    """Decoding reads memory: an H200 in its place is faster, and prompts take as long as before."""
    h200 = Deployment("llama-3.1-70b", "h200-sxm", 4)
    same, mixed = (serve_pools(Pool.of(FOUR_H100), Pool.of(decode), LOAD) for decode in (FOUR_H100, h200))
    assert mixed.tpot_s < same.tpot_s
    assert mixed.transfer_s == same.transfer_s


def test_pools_that_cannot_hold_the_model_serve_nothing():
    one, many = (Deployment("deepseek-v3", "h100-sxm", n) for n in (1, 16))
    p = serve_pools(Pool.of(one), Pool.of(many, 2), LOAD)
    assert np.isnan(p.tpot_s)
    assert p.output_tok_per_s == 0


@pytest.mark.parametrize(("call", "message"), [
    (lambda: Pool.of(FOUR_H100, 1.5), "^workers"), (lambda: Pool.of(FOUR_H100, 0), "^workers"),
    (lambda: Pool.of(Deployment("llama-3.1-8b", "m3-ultra", 2)), "n_chips=2, but the catalogue has no link"),
    (lambda: Pool(FOUR_H100.setup, FOUR_H100.constants, Layout(4), "two"), "^workers"),
    (lambda: serve_pools(Pool.of(FOUR_H100), Pool.of(Deployment("llama-3.1-8b", "h100-sxm")), LOAD), "two models"),
])
def test_pools_that_cannot_be(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_short_prompts_share_a_forward_pass():
    """A pool that reads 512 tokens a prompt starts a sixteenth of its kernels for each, so it serves more of them."""
    rows = [serve_pools(Pool.of(FOUR_H100), Pool.of(FOUR_H100, 8), Load(4000, tok, 100)) for tok in (512, 8192)]
    c, s = FOUR_H100.constants, FOUR_H100.setup
    for p, tok, share in zip(rows, (512, 8192), (1 / 16, 1), strict=True):
        rate = p.output_tok_per_s / 100
        read = FOUR_H100.serve(Load(1, tok, 1)).prompt_s
        work = read + share * c.queue_launch_share * s.layers * c.request_layer_s
        assert rate == pytest.approx(1 / work, rel=0.02)


def test_a_pool_that_is_full_writes_no_more_for_those_who_wait():
    """One copy that answers: beyond the sequences that it holds, more requests bring no more tokens."""
    prompts, answers = Pool.of(FOUR_H100, 7), Pool.of(FOUR_H100)
    p = serve_pools(prompts, answers, Load(np.array([400.0, 4000.0]), 3000, 1000))
    most = FOUR_H100.sequences_that_fit(Load(1, 3000, 1000)) / p.tpot_s
    assert np.all(p.output_tok_per_s <= most * 1.3)  # caches grow with the answers, so somewhat more run
    assert p.output_tok_per_s[1] == pytest.approx(p.output_tok_per_s[0], rel=0.05)
