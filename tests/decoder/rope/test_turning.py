"""Rotary embeddings: the turning, and what it promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import rope

EVEN = st.integers(2, 64).map(lambda n: 2 * n)
THETA = st.floats(10, 1e6)


@given(seed=st.integers(0, 99), head_dim=EVEN, theta=THETA, shift=st.integers(0, 5000), interleaved=st.booleans())
def test_scores_depend_on_relative_position_only(seed, head_dim, theta, shift, interleaved):
    q, k = np.random.default_rng(seed).standard_normal((2, 1, 5, head_dim))
    frequency = rope.frequencies(head_dim, theta)

    def scores(start):
        positions = start + np.arange(5)
        return (rope.rotate(q, positions, frequency, interleaved=interleaved)
                @ rope.rotate(k, positions, frequency, interleaved=interleaved).swapaxes(-1, -2))

    np.testing.assert_allclose(scores(shift), scores(0), atol=1e-9 * head_dim)


def test_scores_do_depend_on_the_distance():
    q, k = np.random.default_rng(0).standard_normal((2, 1, 1, 16))
    frequency = rope.frequencies(16)
    near, far = (float((rope.rotate(q, np.array([p]), frequency) * k).sum()) for p in (1, 2))
    assert abs(near - far) > 0.01


@given(seed=st.integers(0, 99), head_dim=EVEN)
def test_a_rotation_keeps_lengths_and_leaves_position_zero(seed, head_dim):
    x = np.random.default_rng(seed).standard_normal((2, 3, head_dim))
    turned = rope.rotate(x, np.array([0, 7, 4096]), rope.frequencies(head_dim))
    np.testing.assert_allclose((turned**2).sum(-1), (x**2).sum(-1))
    np.testing.assert_array_equal(turned[:, 0], x[:, 0])


def test_a_pair_is_turned_by_its_angle():
    x = np.array([[[3.0, 0.0]]])
    np.testing.assert_allclose(rope.rotate(x, np.array([2]), np.array([0.5])), [[[3 * np.cos(1), 3 * np.sin(1)]]])


def test_both_layouts_turn_the_same_pairs():
    x = np.random.default_rng(0).standard_normal((1, 4, 8))
    positions, frequency = np.arange(4), rope.frequencies(8)
    neighbours = np.empty_like(x)
    neighbours[..., 0::2], neighbours[..., 1::2] = x[..., :4], x[..., 4:]
    np.testing.assert_array_equal(rope.rotate(neighbours, positions, frequency, interleaved=True),
                                  rope.rotate(x, positions, frequency))


def test_frequencies_are_those_of_the_paper():
    # RoFormer: theta_i = 10000^(-2(i-1)/d), i = 1 … d/2
    expected = [10000 ** (-2 * (i - 1) / 128) for i in range(1, 65)]
    np.testing.assert_allclose(rope.frequencies(128), expected)
    assert rope.wavelengths_tok(rope.frequencies(128))[0] == pytest.approx(2 * np.pi)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: rope.frequencies(7), "head_dim=7 must be even"),
    (lambda: rope.frequencies(0), "head_dim"),
    (lambda: rope.frequencies(8, 1), "theta=1"),
    (lambda: rope.frequencies(8, np.nan), "theta=nan"),
    (lambda: rope.wavelengths_tok(0), "frequency=0"),
    (lambda: rope.rotate(np.ones((1, 3, 8)), np.arange(3), np.ones(3)), r"need \(..., 3, 6\)"),
    (lambda: rope.rotate(np.ones((1, 3, 8)), np.arange(2), np.ones(4)), r"need \(..., 2, 8\)"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
