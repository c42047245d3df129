"""A copy whose prompts are partly cached: as much memory, less to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import calibration, serving
from inference_economics.decision.prefixes import with_cached_prefix
from inference_economics.serving.batching import prefill_tok
from inference_economics.serving.memory import cached_bytes
from inference_economics.serving.replica import best_replica

SETUPS = {name: serving.setup(name, "h200-sxm") for name in ("llama-3.1-70b", "gpt-oss-120b", "deepseek-v3")}


@given(st.sampled_from(sorted(SETUPS)), st.floats(0, 1), st.floats(100, 1e5), st.floats(10, 5000))
def test_a_sequence_takes_the_same_memory(name, cached, prompt, output):
    whole, part = SETUPS[name], with_cached_prefix(SETUPS[name], prompt, output, cached)
    unread = prefill_tok(prompt, cached)
    assert cached_bytes(part, unread + output) == pytest.approx(cached_bytes(whole, prompt + output))


@pytest.mark.parametrize("name", SETUPS)
def test_nothing_cached_changes_nothing(name):
    assert with_cached_prefix(SETUPS[name], 1000.0, 200.0, 0.0) == SETUPS[name]


def rate(cached: float) -> float:
    s = with_cached_prefix(SETUPS["gpt-oss-120b"], 30_000.0, 500.0, cached)
    return best_replica(s, calibration.constants("h200-sxm"), prefill_tok(30_000.0, cached), 500.0, 5.0,
                        0.05).requests_per_s_per_chip


def test_hits_serve_more_of_long_prompts():
    """Reading is most of the work of 30,000 tokens in and 500 out: nine tenths found make several times as many."""
    assert rate(0.0) < rate(0.5) < rate(0.9)
    assert 2 < rate(0.9) / rate(0.0) < 12
