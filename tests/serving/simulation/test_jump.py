"""Steps in a row: closed forms against sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.serving.simulation.jump import Jump

# a step takes at least what one more token of every sequence costs
jumps = st.builds(lambda count, first, part: Jump(count, first, part * first),
                  st.integers(1, 500), st.floats(1e-4, 1.0), st.floats(0, 1))


@given(jump=jumps)
def test_the_span_is_the_sum_of_the_steps(jump):
    steps = jump.first_s + jump.rise_s * np.arange(jump.steps)
    assert jump.span_s == pytest.approx(np.sum(steps), rel=1e-12)
    assert jump.last_s == pytest.approx(steps[-1], rel=1e-12)


@given(jump=jumps, part=st.floats(0, 1))
def test_a_cut_jump_ends_with_the_step_under_way(jump, part):
    gone_s = part * jump.span_s
    cut = jump.cut(gone_s)
    assert 1 <= cut.steps <= jump.steps
    assert cut.span_s >= gone_s * (1 - 1e-12)
    if cut.steps > 1:  # one step fewer would be too few, but for rounding
        assert cut._replace(steps=cut.steps - 1).span_s <= gone_s * (1 + 1e-9)
