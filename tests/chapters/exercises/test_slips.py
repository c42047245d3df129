"""The commonest slips."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.buying import ownership
from inference_economics.chapters.exercises import everything, slips


def test_each_slip_is_what_somebody_would_compute():
    assert slips.gain_for_ratio(2.5)[0] == 1.5
    assert slips.ratio_for_gain(0.5)[0] == 1.5
    assert slips.inverted(4)[0] == 0.25
    assert slips.unrounded(13653, "round up to a multiple") == (13653, "Nearly: now round up to a multiple.")
    even = ownership.capital_usd_per_year(100.0, 5, 0.0)
    assert slips.straight_line(even)[0] == pytest.approx(20)
    assert "annuity" in slips.straight_line(even)[1]


@pytest.mark.parametrize(("unit", "answer", "wrong", "said"), [
    ("B", 8e9, 64e9, "bits"), ("B", 8e9, 1e9, "bytes"), ("%", 0.4, 40, "0.4"), ("%", 0.4, 0.004, "40%"),
    ("×", 2.5, 1.5, "gain"), ("×", 2.5, 0.4, "the other way round"), ("×", 2.5, 250, "per cent"),
    ("s", 60, 1, "unit of time"),
    ("s", 1, 3600, "3,600"), ("USD", 5, 500, "cents"), ("tokens/s", 50, 0.02, "seconds for a token"),
])
def test_what_a_unit_invites(unit, answer, wrong, said):
    assert any(value == pytest.approx(wrong) and said in reply for value, reply in slips.of_unit(answer, unit))


@given(st.floats(-1e9, 1e9).filter(lambda answer: abs(answer) > 1e-9),
       st.sampled_from(["B", "%", "×", "s", "days", "USD", "tokens/s", "users", ""]))
def test_no_slip_is_the_answer_itself(answer, unit):
    for value, reply in slips.of_unit(answer, unit):
        assert math.isfinite(value)
        assert value != answer or answer in (-1, 1)  # which is its own inverse
        assert reply.endswith(".")


def test_a_large_ratio_is_not_taken_for_its_gain():
    assert not any("gain" in reply for _, reply in slips.of_unit(29.5, "×"))


@pytest.mark.parametrize(("name", "typed", "said"), [
    ("buy-2", "$0.728/h", "use the annuity"), ("stk-4", "167%", "ratio of new to old"), ("stk-3", "0.29×", "the gain"),
    ("blk-1", "13,653", "round up to a multiple of 256"), ("kv-3", "88", "round down"), ("kv-1", "53.7 GB", "bits"),
    ("own-2", "0.0849", "seconds for a token"), ("tok-1", "0.869 s", "unit of time"), ("stk-1", "0.404%", "40%"),
])
def test_the_chapters_answer_the_commonest_slips(name, typed, said):
    words, settled = everything()[name].reply(typed)
    assert said in words
    assert not settled
