"""Training cost: golden values, identities and units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import training as tr

sizes = st.floats(8, 12).map(lambda x: 10**x)
token_counts = st.floats(9, 14).map(lambda x: 10**x)


def test_gpt3_compute():
    assert tr.training_flop(175e9, 300e9) == pytest.approx(3.15e23)


def test_llama3_405b_compute_and_mfu():
    flop = tr.training_flop(405e9, 15.6e12)
    assert flop == pytest.approx(3.79e25, rel=5e-4)
    assert tr.training_mfu(flop, 30.84e6, 989e12) == pytest.approx(0.345, abs=5e-4)


def test_deepseek_v3_dollars_and_mfu():
    hours = 2664e3 + 119e3 + 5e3
    assert tr.training_usd(hours, 2) == 5_576_000
    assert tr.training_mfu(tr.training_flop(37e9, 14.8e12), 2.79e6, 1.513e15) == pytest.approx(0.216, abs=5e-4)


def test_deepseek_v2_saving_over_the_dense_67b():
    assert 1 - tr.training_usd(172.8e3, 2) / tr.training_usd(300.6e3, 2) == pytest.approx(0.425, abs=5e-4)


@given(n=sizes, tokens=token_counts, rate=st.floats(1e13, 1e16), use=st.floats(0.05, 1), price=st.floats(0.5, 10))
def test_hours_mfu_and_dollars_are_inverse_and_linear(n, tokens, rate, use, price):
    flop = tr.training_flop(n, tokens)
    hours = tr.training_gpu_hours(flop, rate, use)
    assert tr.training_mfu(flop, hours, rate) == pytest.approx(use)
    assert tr.training_usd(2 * hours, price) == pytest.approx(2 * tr.training_usd(hours, price))


def test_attention_and_recomputation_add_to_6nd():
    plain = tr.training_flop(8e9, 1e12)
    assert tr.training_flop_with_attention(8e9, 1e12, 32, 4096, 1) == pytest.approx(plain, rel=1e-4)
    # 26,624 tokens of full attention cost as much as the linear layers of this shape.
    linear = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336)
    twice = 2 * tr.training_flop(linear, 1e12)
    assert tr.training_flop_with_attention(linear, 1e12, 32, 4096, 26_624) == pytest.approx(twice)
    assert tr.training_flop_with_attention(linear, 1e12, 32, 4096, 53_248, 0.5) == pytest.approx(twice)
    full = tr.training_flop_with_attention(8e9, 1e12, 32, 4096, 8192, recompute_fraction=1)
    assert full == pytest.approx(4 / 3 * tr.training_flop_with_attention(8e9, 1e12, 32, 4096, 8192))


def test_zero_hours_is_infinitely_fast_and_a_whole_programme_costs_more():
    assert tr.training_mfu(1e20, 0, 1e15) == np.inf
    assert tr.programme_usd(5.576e6, 0.1) == pytest.approx(5.576e7)


def test_whole_numbers_do_not_overflow_and_lists_do_not_repeat():
    assert tr.training_flop(np.array([7_000_000_000, 405_000_000_000]), 15_600_000_000_000)[1] == pytest.approx(
        3.79e25, rel=5e-4)
    assert tr.training_flop([7e9, 8e9], 1e12).tolist() == [4.2e22, 4.8e22]


def test_a_slip_of_unit_is_named():
    with pytest.raises(ValueError, match=r"n_params=70 is outside .* given in billions\?"):
        tr.training_flop(70, 1e12)
    with pytest.raises(ValueError, match=r"flop_per_s=989 is outside .* given in TFLOP/s\?"):
        tr.training_mfu(1e24, 1e6, 989)
    with pytest.raises(ValueError, match=r"mfu=40 is outside \(0, 1\]; give a fraction, not a percentage"):
        tr.training_gpu_hours(1e24, 989e12, 40)


def test_a_wrong_call_is_left_to_python():
    with pytest.raises(TypeError, match="multiple values for argument 'n_params'"):
        tr.training_flop(1e9, n_params=1e9)
    with pytest.raises(TypeError, match="takes from 2 to 3 positional"):
        tr.training_flop(1e9, 1e9, 6, 6)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'training_tok'"):
        tr.training_flop(1e9)


def test_a_small_model_may_think_for_what_the_larger_one_costs():
    small, ratio, training_tok, served_tok = 7e9, 14.0, 1e12, 3e11
    factor = tr.thinking_factor(ratio, training_tok, served_tok)
    larger = tr.training_flop(ratio * small, training_tok) + tr.serving_flop(ratio * small, served_tok)
    smaller = tr.training_flop(small, training_tok) + tr.serving_flop(small, factor * served_tok)
    assert smaller == pytest.approx(larger)
    assert tr.thinking_factor(1.0, training_tok, served_tok) == 1.0
