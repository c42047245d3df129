"""Drafts: a published table, and where they stop paying."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import calibration, serving, step

# draft length, acceptance, draft cost, predicted speed-up: Leviathan et al., Table 2, the rows that state a cost
LEVIATHAN = [(7, 0.75, 0.02, 3.2), (7, 0.80, 0.04, 3.3), (7, 0.82, 0.11, 2.5), (7, 0.62, 0.02, 2.3),
             (5, 0.68, 0.04, 2.4), (3, 0.71, 0.11, 2.0), (5, 0.65, 0.02, 2.4), (5, 0.73, 0.04, 2.6),
             (3, 0.74, 0.11, 2.0)]


@pytest.mark.parametrize(("draft", "acceptance", "cost", "reported"), LEVIATHAN)
def test_leviathan_table_2(draft, acceptance, cost, reported):
    # acceptance is printed with two digits, so the product moves by a few in the second
    slack = 0.05 + abs(serving.speculative_speedup(acceptance + 0.005, draft, cost)
                       - serving.speculative_speedup(acceptance - 0.005, draft, cost))
    assert serving.speculative_speedup(acceptance, draft, cost) == pytest.approx(reported, abs=slack)


@given(acceptance=st.floats(0, 1), draft=st.integers(0, 32))
def test_expected_tokens_is_the_sum_of_its_series(acceptance, draft):
    series = sum(acceptance**i for i in range(draft + 1))
    assert serving.expected_tokens(acceptance, draft) == pytest.approx(series, rel=1e-6)
    assert serving.expected_tokens(acceptance, draft) * (1 + 1e-9) >= 1
    assert serving.expected_tokens(acceptance, draft) <= (draft + 1) * (1 + 1e-9)


def test_no_draft_no_change():
    assert serving.speculative_speedup(0.9, 0, 0.1) == 1


def test_drafting_stops_paying_in_large_batches():
    """Arithmetic is free in a small batch and dear in a large one: the step of five tokens a sequence against one."""
    s, c = serving.setup("llama-3.1-70b", "h100-sxm"), calibration.constants("h100-sxm")
    batch, layout = np.array([1.0, 64.0, 2048.0]), serving.Layout(4)
    plain, check = (step.weights_time_s(s, c, n, layout) for n in (batch, 5 * batch))
    gain = serving.speculative_speedup(0.7, 4, 0.05, check / plain)
    assert np.all(np.diff(gain) <= 0)
    assert gain[0] > 2
    assert gain[-1] < 1


@given(acceptance=st.floats(0, 1), draft=st.integers(0, 32))
def test_drafts_keep_what_acceptance_says(acceptance, draft):
    drafts = serving.Drafts(draft, serving.expected_tokens(acceptance, draft))
    assert 1 <= drafts.tokens_per_step * (1 + 1e-9) <= (draft + 1) * (1 + 1e-8)


@pytest.mark.parametrize(("arguments", "message"), [
    ((3, 4.5), "tokens_per_step=4.5 is more than draft_tok"), ((-1, 1), "^draft_tok"), ((3, 0.5), "^tokens_per_step"),
    ((3, None), "^tokens_per_step"), (("3", 1), "^draft_tok"),
])
def test_drafts_that_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        serving.Drafts(*arguments)


def test_a_service_with_drafts_gains_what_the_formula_says():
    """The draft's own steps are counted: the time per token of one user is the plain one over the speed-up."""
    s, c = serving.setup("llama-3.1-70b", "h100-sxm", "fp8"), calibration.constants("h100-sxm")
    layout = serving.Layout(4)
    load = serving.Load(1.0, 2000.0, 1000.0)
    for drafted, cost in ((1, 0.0), (4, 0.05), (8, 0.3)):
        kept = serving.expected_tokens(0.8, drafted)
        plain, faster = (step.serve(s, c, load, layout, d) for d in (None, serving.Drafts(drafted, kept, cost)))
        verify = step.check_over_plain(s, c, 1.0, 2500.0, drafted, layout)
        assert plain.tpot_s / faster.tpot_s == pytest.approx(serving.speculative_speedup(0.8, drafted, cost, verify))
