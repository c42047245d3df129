"""What efficiency and a smaller model save: a point where they tie, and bad input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.decision import savings


def test_a_doubling_and_a_routing_that_save_alike():
    saved = savings.saved_by_efficiency(2.0, 0.8)
    assert saved == pytest.approx(0.4)
    assert savings.saved_by_smaller_model(saved / (1 - 1 / 3.2), 3.2) == pytest.approx(saved)
    assert savings.saved_by_efficiency(1.0) == 0


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
