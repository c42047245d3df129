"""A choice of method with its constants: slower or as before, never faster."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import rope

EVEN = st.integers(2, 64).map(lambda n: 2 * n)
FACTOR = st.floats(1, 64)


@pytest.mark.parametrize("method", rope.METHODS)
@settings(max_examples=25)
@given(factor=FACTOR, head_dim=EVEN)
def test_a_scaling_never_turns_faster(method, factor, head_dim):
    scaled = rope.Scaling(method, factor, 2048).frequencies(head_dim, 10000.0, 8192)
    assert np.all(scaled <= rope.frequencies(head_dim) * (1 + 1e-12))
    assert np.all(scaled > 0)


@pytest.mark.parametrize("method", ["linear", "ntk", "yarn", "llama3"])
def test_a_factor_of_one_changes_nothing(method):
    scaling = rope.Scaling(method, 1, 2048)
    np.testing.assert_allclose(scaling.frequencies(64, 10000.0, 8192), rope.frequencies(64))
    assert scaling.rotary_factor == 1


def test_only_yarn_sharpens_attention():
    assert rope.Scaling("yarn", 16, 4096).rotary_factor == rope.yarn_attention_factor(16)
    assert rope.Scaling("linear", 16).rotary_factor == rope.Scaling("linear", 16).score_factor == 1


@pytest.mark.parametrize(("call", "message"), [
    (lambda: rope.Scaling("yarm", 2, 10), "unknown RoPE scaling method 'yarm'.*Did you mean 'yarn'"),
    (lambda: rope.Scaling("linear", 0.5), "factor=0.5"),
    (lambda: rope.Scaling("yarn", 2), "'yarn' needs original_tok"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
