"""What efficiency and a smaller model save: a point where they tie, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.decision import savings


def test_a_doubling_and_a_routing_that_save_alike():
    saved = savings.saved_by_efficiency(2.0, 0.8)
    assert saved == pytest.approx(0.4)
    assert savings.saved_by_smaller_model(saved / (1 - 1 / 3.2), 3.2) == pytest.approx(saved)
    assert savings.saved_by_efficiency(1.0) == 0


@given(st.floats(0.001, 1), st.floats(1.01, 100))
def test_the_share_that_ties_saves_as_much(saved, ratio):
    share = savings.share_that_ties(saved, ratio)
    if np.isfinite(share):
        assert savings.saved_by_smaller_model(min(share, 1.0), ratio) == pytest.approx(saved)
    else:
        assert savings.saved_by_smaller_model(1.0, ratio) < saved


@given(st.floats(0, 1), st.floats(0, 1))
def test_both_levers_save_at_least_each_and_at_most_their_sum(one, other):
    both = savings.saved_by_both(one, other)
    assert max(one, other) - 1e-9 <= both <= min(one + other, 1) + 1e-9


def test_what_saves_nothing_cannot_tie():
    with pytest.raises(ValueError, match=r"price_ratio=1 is outside \(1, 1e\+09\]"):
        savings.share_that_ties(0.4, 1.0)
    with pytest.raises(ValueError, match=r"efficiency=2 is outside \[-1e\+09, 1\]"):
        savings.saved_by_both(2.0, 0.5)


@given(st.floats(1, 1e3), st.floats(0, 1), st.floats(1, 10))
def test_more_gain_and_more_reach_never_save_less(gain, reach, more):
    assert savings.saved_by_efficiency(gain * more, reach) >= savings.saved_by_efficiency(gain, reach)
    assert savings.saved_by_smaller_model(reach, gain) == savings.saved_by_efficiency(gain, reach)


@pytest.mark.parametrize(("function", "given_", "words"), [
    (savings.saved_by_efficiency, {"gain": 0}, "gain=0"),
    (savings.saved_by_efficiency, {"gain": 2, "reach": 80}, "reach=80"),
    (savings.saved_by_smaller_model, {"share": 58, "price_ratio": 2}, "share=58"),
    (savings.saved_by_smaller_model, {"share": 0.5, "price_ratio": 0}, "price_ratio=0"),
])
def test_bad_input(function, given_, words):
    with pytest.raises(ValueError, match=words):
        function(**given_)


def test_a_ratio_is_judged_by_the_name_it_was_given_by():
    """Each ratio has one span, so that no limit further in refuses it under another name."""
    assert savings.saved_by_smaller_model(0.5, 1e5) == pytest.approx(0.5 * (1 - 1e-5))
    assert savings.saved_by_efficiency(1e9) == pytest.approx(1)
    for call, name in ((lambda: savings.saved_by_smaller_model(0.5, 1e10), "price_ratio"),
                       (lambda: savings.saved_by_efficiency(1e10), "gain")):
        with pytest.raises(ValueError, match=f"^{name}=1e.10 is outside"):
            call()
