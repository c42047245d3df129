import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import accept_and_reject, experts_awake
from inference_economics.chapters.mechanisms.drafting import LUCK, TOKENS, waking
from inference_economics.models import expert_bytes_read, experts_touched, get
from inference_economics.serving import expected_tokens, speculative_speedup

DRAFTS, EXPERTS = accept_and_reject(), experts_awake()
MIXTURES = ["deepseek-v3", "gpt-oss-120b", "qwen3-235b-a22b", "mixtral-8x7b", "kimi-k2"]


@pytest.mark.parametrize("explorer", [DRAFTS, EXPERTS], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


@pytest.mark.parametrize("acceptance", [0.3, 0.6, 0.8, 0.98])
@pytest.mark.parametrize("drafts", [1, 4, 8])
@pytest.mark.parametrize("t", [1, 5, 12])
def test_a_wrong_guess_spoils_those_after_it(acceptance, drafts, t):
    setting = {"acceptance": acceptance, "draft_tok": drafts, "t": t}
    kind = mark(DRAFTS, "guesses", **setting).value
    tokens = 0
    for step in range(t):
        wanted, spoilt = [], False
        for place in range(drafts):
            right = LUCK[step, place] < acceptance
            wanted.append(2 if spoilt else 0 if right else 1)
            spoilt = spoilt or not right
        np.testing.assert_array_equal(kind[step, :drafts], wanted)
        tokens += wanted.count(0) + 1
    assert np.isnan(kind[:, drafts:]).all()
    assert np.isnan(kind[t:]).all()
    seen = readings(DRAFTS, **setting)
    assert seen["Tokens so far"] == tokens
    assert seen["Tokens per step on average"] == expected_tokens(acceptance, drafts)
    assert seen["Speed-up"] == speculative_speedup(acceptance, drafts, 0.05)


@pytest.mark.parametrize("acceptance", np.arange(0.3, 0.99, 0.04))
@pytest.mark.parametrize("drafts", [2, 4, 6, 8])
def test_the_draw_is_a_fair_example(acceptance, drafts):
    seen = readings(DRAFTS, acceptance=acceptance, draft_tok=drafts)
    assert seen["Tokens per step here"] == pytest.approx(seen["Tokens per step on average"], rel=0.13)


@pytest.mark.parametrize("model", MIXTURES)
def test_each_token_wakes_no_more_than_it_chooses(model):
    one = get(model)
    first = waking(one.experts, one.experts_active)
    assert np.sum(~np.isnan(first)) == one.experts
    new = [np.sum(first == token) for token in range(1, TOKENS + 1)]
    assert new[0] == one.experts_active
    assert max(new) <= one.experts_active
    assert sum(new) == np.sum(np.isfinite(first))


@pytest.mark.parametrize("model", MIXTURES)
@pytest.mark.parametrize("t", [1, 8, 64])
def test_awake_is_counted_as_drawn_and_near_the_mean(model, t):
    one = get(model)
    cells, seen = mark(EXPERTS, "experts of a layer", model=model, t=t), readings(EXPERTS, model=model, t=t)
    assert seen["Awake here"] == np.sum(cells.value >= 1)
    mean = experts_touched(t, one.experts, one.experts_active)
    assert seen["Awake on average"] == mean
    assert abs(seen["Awake here"] - mean) <= 3 * np.sqrt(mean * (1 - mean / one.experts) + 1)
    assert seen["Expert weights read in the step"] == expert_bytes_read(t, one.experts, one.experts_active,
                                                                        one.n_params_expert, 1.0)
