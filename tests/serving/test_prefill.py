"""Prefill: every pair once, and the time of short and long prompts."""

import dataclasses
from pathlib import Path

import pytest

from inference_economics import calibration, models, serving, step
from inference_economics.models.flop import mean_causal_context, prefill_flop_per_token
from inference_economics.serving import Layout, prefill

FIXTURES, BOOK = Path(__file__).parents[1] / "fixtures", Path(__file__).parents[2] / "book"
S = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")
C = calibration.constants("h100-sxm")


def test_prefill_counts_every_pair_once():
    shared, expert = prefill.prefill_flop(S, 1.0)
    assert (shared, expert) == (2 * (S.shared_params + S.head_params) + S.pair_flop_global, 0)
    shared, expert = prefill.prefill_flop(S, 5000.0)
    assert shared + expert == pytest.approx(5000 * prefill_flop_per_token(models.get("llama-3.1-70b"), 5000))


def test_short_prompts_still_read_every_weight():
    taken, alone = prefill.prefill_time_s(S, step.IDEAL, 1.0)
    read = S.shared_params * S.shared_bytes_per_param / S.hbm_bytes_per_s
    assert taken < alone == pytest.approx(read)


def test_only_a_mixture_starts_a_prompt_sooner_in_a_newer_build():
    c = dataclasses.replace(calibration.constants("h200-sxm", "sglang"), mixture_prefill=3.0)
    assert prefill.fixed_prefill_s(S, c) == pytest.approx(S.layers * c.request_layer_s)
    s = serving.setup("deepseek-v3.2", "h200-sxm", "fp8")
    assert prefill.fixed_prefill_s(s, c) == pytest.approx(
        3 * (s.layers * c.request_layer_s + s.latent_layers * c.latent_layer_s))


def test_chips_that_share_a_prompt_repeat_its_indexer():
    s = serving.setup("deepseek-v3.2", "h200-sxm", "fp8")
    looked = s.indexer_pair_flop * 64_000 * mean_causal_context(64_000) / s.shared_flop_per_s
    one, eight = (prefill.prefill_time_s(s, step.IDEAL, 64_000.0, Layout(n))[0] for n in (1, 8))
    assert eight == pytest.approx((one + 7 * looked) / 8)
    assert looked > one / 20


def test_an_indexer_takes_the_share_of_a_long_prompt_that_was_measured():
    """DeepSeek-V4-Flash on eight H100 in vLLM, 131,072 tokens: 15.9% of the time on GPUs (vllm-project/vllm#53691)."""
    config = (FIXTURES / "configs" / "deepseek-v4-flash.json").read_text(encoding="utf-8")
    s, c = serving.setup(models.from_config(config), "h100-sxm", "fp8"), calibration.constants("h100-sxm", "vllm")
    blind = dataclasses.replace(s, pair_flop_global=s.pair_flop_global - s.indexer_pair_flop, indexer_pair_flop=0.0)
    whole, rest = (prefill.prefill_time_s(one, c, 131_072.0, Layout(8))[0] for one in (s, blind))
    assert 0.159 / 1.5 < 1 - rest / whole < 0.159 * 1.5


def test_the_errata_say_what_a_prompt_takes():
    s = serving.setup("deepseek-v3.2", "h200-sxm", "fp8")
    taken, _ = prefill.prefill_time_s(s, step.IDEAL, 8192.0, Layout(8))
    assert f"needs {taken * 1e3:.2f} ms for 8,192 tokens" in (BOOK / "errata.md").read_text(encoding="utf-8")


def test_groups_take_prompts_of_their_own():
    cut, groups = (prefill.prefill_time_s(S, C, 4000.0, Layout.of(8, n)) for n in (1, 8))
    assert groups[0] < cut[0]  # nothing is summed over all chips
    assert groups[1] > cut[1]  # one prompt has one chip


def test_a_pipeline_takes_as_much_and_lasts_as_long():
    whole, staged = (prefill.prefill_time_s(S, step.IDEAL, 1000.0, Layout(tp=4, pp=n)) for n in (1, 2))
    assert staged[0] == pytest.approx(whole[0] / 2)
    assert staged[1] == pytest.approx(whole[1])


@pytest.mark.parametrize("bad", [0, -1, float("nan"), "long"])
def test_prompts_that_cannot_be(bad):
    with pytest.raises(ValueError, match=r"^prompt_tok"):
        prefill.prefill_time_s(S, C, bad)
