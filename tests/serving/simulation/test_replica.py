"""One engine: chunks, preemption, prompts that were seen."""

import numpy as np
import pytest
from serving.simulation.stubs import FLAT, SLOPED

from inference_economics.serving.simulation import (
    Policy,
    Requests,
    Service,
    simulate,
)


def test_chunks_keep_decoding_smooth_and_whole_prompts_stop_it():
    """One request decodes while a long prompt arrives: whole, it stands still; in chunks it goes on, more slowly."""
    requests = Requests([0, 0.5], [10, 8000], [1000, 2])
    service = Service(SLOPED, 2000, token_budget=100, max_batch=8)
    chunked, whole = (simulate(requests, service, Policy(chunked=way), timeline=True) for way in (True, False))
    assert whole.ttft_s[1] < chunked.ttft_s[1]
    assert chunked.gap_s[0] < 0.1 * whole.gap_s[0]
    assert whole.gap_s[0] > SLOPED.prefill_alone_s(8000)
    # by hand: the first prompt, its steps alone until the second is there, 80 chunks of 99 tokens, the last of 80
    now, context = SLOPED.request_s + SLOPED(0, 10, 10, 0, first_tokens=1), 10
    while now < 0.5 + SLOPED.request_s:
        context += 1
        now += SLOPED(1, context)
    assert chunked.start_s[1] == pytest.approx(now)
    for done in range(0, 7920, 99):
        context += 1
        now += SLOPED(1, context, 99, done)
    now += SLOPED(1, context + 1 + 8000, 80, 7920, first_tokens=1)
    assert chunked.first_s[1] == pytest.approx(now)


def test_without_blocks_the_last_request_loses_its_own_and_starts_again():
    service = Service(FLAT, kv_blocks=8, block_tok=4, token_budget=100, max_batch=10)
    result = simulate(Requests([0, 0], [8, 8], [20, 20]), service, Policy(reserve_fraction=0), timeline=True)
    # 2 × 2 blocks at first; both need a fifth block after 8 tokens each
    assert result.preemptions.tolist() == [0, 1]
    assert np.sum(result.events["request"] == 1) == 4  # prefill, decode, prefill, decode
    assert result.first_s[1] == result.first_s[0]
    assert result.finish_s[1] > result.finish_s[0]


def test_a_prompt_that_was_seen_costs_only_its_end():
    requests = Requests([0, 5], [1000, 1000], [5, 5], prefix_blocks=((1, 2, 3), (1, 2, 4)), prefix_block_tok=320)
    service = Service(SLOPED, 1000, block_tok=16)
    cold, warm = simulate(requests, service), simulate(requests, service, Policy(prefix_cache=True))
    assert warm.cached_tok.tolist() == [0, 640]
    assert cold.cached_tok.tolist() == [0, 0]
    saved = SLOPED.prefill_alone_s(640)
    assert cold.ttft_s[1] - warm.ttft_s[1] == pytest.approx(saved)
