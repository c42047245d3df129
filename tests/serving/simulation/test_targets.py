"""What a service promises."""

import numpy as np
import pytest

from inference_economics.serving.simulation import Targets


@pytest.mark.parametrize(("given", "message"), [
    ({"ttft_limit_s": 0}, "ttft_limit_s=0"), ({"tpot_limit_s": -1}, "tpot_limit_s=-1"),
    ({"wait_limit_s": np.nan}, "wait_limit_s"), ({"share": 0}, "share=0"), ({"share": 99}, "share=99"),
])
def test_promises_that_are_none_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Targets(**given)


def test_nobody_is_promised_anything_unless_it_is_said():
    assert Targets() == Targets(np.inf, np.inf, np.inf, 0.99)
