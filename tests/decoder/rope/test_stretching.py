"""Ways to stretch a rotary embedding: the published definition of each, in numpy and on the page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness

from inference_economics import rope

EVEN = st.integers(2, 64).map(lambda n: 2 * n)
FACTOR = st.floats(1, 64)
THETA = st.floats(10, 1e6)


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


@given(theta=st.floats(1e3, 1e7), original_tok=st.floats(512, 65_536), stretch=st.floats(1.0, 64))
def test_a_raised_base_stays_within_seen_angles_and_no_lower_one_does(theta, original_tok, stretch):
    base, trained = rope.raised_base(128, original_tok, original_tok * stretch, theta), rope.frequencies(128, theta)
    slow = original_tok * trained < 2 * np.pi
    if not slow.any():
        assert base == theta
        return
    furthest = original_tok * stretch * rope.frequencies(128, base) / (original_tok * trained)
    assert furthest[slow].max() == pytest.approx(1, rel=1e-9)


def test_a_raised_base_by_hand():
    # 64 pairs, base 10,000, 4,096 tokens: pair 46 is the first that takes longer; 8^(128 / 92) = 18.05
    assert rope.raised_base(128, 4096, 32_768, 10_000.0) == pytest.approx(10_000 * 8 ** (128 / 92))
    assert rope.raised_base(128, 4096, 2048, 10_000.0) == 10_000


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


@pytest.mark.parametrize(("call", "message"), [
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


STRETCHES = {
    "frequencies": lambda theta: rope.frequencies(64, theta),
    "interpolated": lambda theta: rope.interpolated(64, 4, theta),
    "yarn": lambda theta: rope.yarn(64, 4, 4096, theta),
    "llama3": lambda theta: rope.llama3(64, 4, 4096, theta),
}


@pytest.mark.parametrize("name", STRETCHES)
def test_several_bases_stand_in_a_column(name):
    stretch = STRETCHES[name]
    both = stretch(np.array([[1e4], [5e5]]))
    np.testing.assert_allclose(both, [stretch(1e4), stretch(5e5)])
    for several in ([8, 8], np.full(32, 8.0)):
        with pytest.raises(ValueError, match=r"^theta has shape \((2|32),\), and the pairs of a head lie along"):
            stretch(several)


@pytest.mark.parametrize(("call", "names"), [
    (lambda: rope.dynamic_ntk_theta(64, [2, 3, 4], 4096, [1, 2]),
     r"factor of shape \(3,\) and context_tok of shape \(2,\)"),
    (lambda: rope.ntk_theta(64, [2, 3, 4], [8, 8]), r"factor of shape \(3,\) and theta of shape \(2,\)"),
])
def test_shapes_that_do_not_go_together_are_named(call, names):
    with pytest.raises(ValueError, match=f"^{names} cannot be combined; give one number"):
        call()
