"""Drafts: a published table, and where they stop paying."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import serving

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
    assert serving.verification_cost(8, 0, 0.01, 1e-5) == 1


def test_drafting_stops_paying_in_large_batches():
    verify = serving.verification_cost(np.array([1.0, 16.0, 2048.0]), 4, 0.01, 1e-5, 0.002)
    gain = serving.speculative_speedup(0.7, 4, 0.05, verify)
    assert np.all(np.diff(gain) <= 0)
    assert gain[0] > 2
    assert gain[-1] < 1
