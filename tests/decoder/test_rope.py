"""Rotary embeddings: what they promise, and the published definition of each way to stretch them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parity import harness

from inference_economics import rope

EVEN = st.integers(2, 64).map(lambda n: 2 * n)
FACTOR = st.floats(1, 64)
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


@given(head_dim=EVEN, factor=FACTOR, theta=THETA, position=st.integers(0, 10**6))
def test_position_interpolation_divides_positions(head_dim, factor, theta, position):
    np.testing.assert_allclose(position * rope.interpolated(head_dim, factor, theta),
                               position / factor * rope.frequencies(head_dim, theta))


@given(head_dim=EVEN, factor=FACTOR, theta=THETA)
def test_ntk_keeps_the_fastest_pair_and_interpolates_the_slowest(head_dim, factor, theta):
    fast, base = rope.frequencies(head_dim, rope.ntk_theta(head_dim, factor, theta)), rope.frequencies(head_dim, theta)
    assert fast[0] == base[0] == 1
    assert fast[-1] == pytest.approx(base[-1] / factor, rel=1e-9)
    assert np.all(fast <= base * (1 + 1e-12))


def test_dynamic_ntk_starts_where_training_ends():
    inside = rope.dynamic_ntk_theta(64, 2, original_tok=2048, context_tok=np.array([1, 2048]))
    np.testing.assert_allclose(inside, 10000)
    # twice the trained context at factor 2: stretch 2 · 2 − 1 = 3
    assert rope.dynamic_ntk_theta(64, 2, 2048, 4096) == pytest.approx(10000 * 3 ** (64 / 62))


@given(factor=st.floats(1.01, 64), head_dim=EVEN.filter(lambda d: d >= 16))
def test_yarn_keeps_fast_pairs_and_interpolates_slow_ones(factor, head_dim):
    base = rope.frequencies(head_dim)
    ratio = rope.yarn(head_dim, factor, original_tok=4096) / base
    turns = 4096 / rope.wavelengths_tok(base)
    step = 2 * np.log(10000) / head_dim  # the rounded ends may lie one pair further out
    np.testing.assert_allclose(ratio[turns > 32 * np.exp(step)], 1)
    np.testing.assert_allclose(ratio[turns < 1 / np.exp(step)], 1 / factor)
    assert np.all(np.diff(ratio) <= 1e-12)


def test_yarn_ramp_is_linear_in_the_pair():
    # ends, by the authors' code: pair 128·ln(4096/(2π·32))/(2 ln 10000) = 20.9 and, for one turn, 45.03
    ratio = rope.yarn(128, 4, original_tok=4096) / rope.frequencies(128)
    pair = np.arange(64)
    np.testing.assert_allclose(ratio, 1 - 0.75 * np.clip((pair - 20) / (46 - 20), 0, 1))


def test_yarn_sharpens_attention():
    # the paper's rule for Llama: sqrt(1/t) = 0.1 ln(s) + 1, so at s = 16 the temperature t is 0.613
    factor = rope.yarn_attention_factor(16)
    assert factor == pytest.approx(1.2773, abs=1e-4)
    assert 1 / factor**2 == pytest.approx(0.613, abs=1e-3)
    assert rope.yarn_attention_factor(1) == 1
    assert rope.Scaling("yarn", 16, 4096).rotary_factor == factor
    assert rope.Scaling("linear", 16).rotary_factor == rope.Scaling("linear", 16).score_factor == 1


def test_llama3_scaling_matches_a_transcription_of_the_original():
    def scaled(frequency, factor=8, low=1, high=4, old=8192):  # llama-models, apply_scaling
        wavelength = 2 * np.pi / frequency
        if wavelength < old / high:
            return frequency
        if wavelength > old / low:
            return frequency / factor
        smooth = (old / wavelength - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency

    expected = [scaled(f) for f in rope.frequencies(128, 500000.0)]
    np.testing.assert_allclose(rope.llama3(128, 8, 8192), expected)


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


@pytest.mark.parametrize(("call", "message"), [
    (lambda: rope.frequencies(7), "head_dim=7 must be even"),
    (lambda: rope.frequencies(0), "head_dim"),
    (lambda: rope.frequencies(8, 1), "theta=1"),
    (lambda: rope.frequencies(8, np.nan), "theta=nan"),
    (lambda: rope.wavelengths_tok(0), "frequency=0"),
    (lambda: rope.interpolated(8, 0.5), "factor=0.5"),
    (lambda: rope.ntk_theta(8, 0), "factor=0"),
    (lambda: rope.ntk_theta(2, 2), "head_dim=2"),
    (lambda: rope.ntk_theta(8, 2, 0), "theta=0"),
    (lambda: rope.dynamic_ntk_theta(8, 2, 0, 10), "original_tok=0"),
    (lambda: rope.dynamic_ntk_theta(8, 2, 10, -1), "context_tok=-1"),
    (lambda: rope.dynamic_ntk_theta(8, 0.5, 10, 5), "factor=0.5"),
    (lambda: rope.yarn(8, 2, 0), "original_tok=0"),
    (lambda: rope.yarn(8, 2, 10, fast_rotations=0), "fast_rotations=0"),
    (lambda: rope.yarn(8, 2, 10, slow_rotations=-1), "slow_rotations=-1"),
    (lambda: rope.yarn_attention_factor(0.9), "factor=0.9"),
    (lambda: rope.yarn_attention_factor(2, -1), "mscale=-1"),
    (lambda: rope.llama3(8, 2, 0), "original_tok=0"),
    (lambda: rope.llama3(8, 2, 10, low_frequency_factor=0), "low_frequency_factor=0"),
    (lambda: rope.llama3(8, 2, 10, high_frequency_factor=1), "must exceed low_frequency_factor"),
    (lambda: rope.Scaling("yarm", 2, 10), "unknown RoPE scaling method 'yarm'.*Did you mean 'yarn'"),
    (lambda: rope.Scaling("linear", 0.5), "factor=0.5"),
    (lambda: rope.Scaling("yarn", 2), "'yarn' needs original_tok"),
    (lambda: rope.rotate(np.ones((1, 3, 8)), np.arange(3), np.ones(3)), r"need \(..., 3, 6\)"),
    (lambda: rope.rotate(np.ones((1, 3, 8)), np.arange(2), np.ones(4)), r"need \(..., 2, 8\)"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("formula", [
    lambda factor, theta: rope.yarn(128, factor, 8192, theta),
    lambda factor, theta: rope.llama3(128, factor, 8192, theta),
    lambda factor, theta: rope.frequencies(128, rope.dynamic_ntk_theta(128, factor, 8192, 32768 * factor, theta)),
    lambda factor, theta: rope.wavelengths_tok(rope.interpolated(64, factor, theta)),
], ids=["yarn", "llama3", "dynamic", "linear"])
def test_the_page_turns_as_numpy_does(node, formula):
    for factor, theta in ((1.0, 1e4), (4.0, 5e5), (32.0, 1e4)):
        np.testing.assert_allclose(harness.page(node).evaluate(formula, factor, theta), formula(factor, theta),
                                   rtol=1e-12)
