"""What fits: room, sequences in it, and the context at which a cache is as large as the weights."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import kv_cache as kv
from inference_economics import models


def test_capacity_by_hand():
    m = models.get("llama-3.1-8b")
    room = 80e9 * 0.9 - 2 * m.n_params
    assert kv.cache_room_bytes(80e9, 2 * m.n_params) == room
    assert kv.capacity_sequences(room, 8192 * 131072) == room // (8192 * 131072)


def test_a_waiting_cache_costs_its_share_of_the_room_and_computing_it_all_of_the_machine():
    assert kv.hold_limit_s(0.5, 100e9, 2e9) == 25.0  # one of fifty places for 25 s is all places for half a second


def test_a_model_that_does_not_fit_serves_nobody():
    assert kv.cache_room_bytes(80e9, 140e9) == 0
    assert kv.capacity_sequences(kv.cache_room_bytes(80e9, 140e9), 1e9) == 0
    assert kv.capacity_sequences(kv.cache_room_bytes(80e9, 140e9, n_chips=4), 1e9) > 0


@given(st.integers(1, 16), st.integers(1, 100_000), st.sampled_from([0.5, 1, 2]))
def test_capacity_is_monotone(n_chips, context, bytes_per_value):
    m = models.get("qwen3-32b")

    def fits(context, n_chips):
        room = kv.cache_room_bytes(141e9, m.n_params, n_chips)
        return kv.capacity_sequences(room, kv.of_model(m, context, 1, bytes_per_value))

    fit = fits(context, n_chips)
    assert fits(context, n_chips + 1) >= fit
    assert fits(context + 1, n_chips) <= fit
    room = kv.cache_room_bytes(141e9, m.n_params, n_chips)
    assert kv.of_model(m, context, fit, bytes_per_value) <= room < kv.of_model(m, context, fit + 1, bytes_per_value)


def test_cache_equals_weights_at_the_crossing():
    m = models.get("llama-3.1-70b")
    context = kv.context_where_cache_equals_weights(2 * m.n_params, 32, 2 * m.kv_values_per_token)
    assert_allclose(kv.of_model(m, context, 32), 2 * m.n_params)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: kv.cache_room_bytes(80, 1), r"hbm_bytes=80 is outside .*was it given in GB\?"),
    (lambda: kv.cache_room_bytes(80e9, -1), "param_bytes=-1 is outside"),
    (lambda: kv.cache_room_bytes(80e9, 1, 1.5), r"n_chips=.*1.5.* must be a whole number"),
    (lambda: kv.cache_room_bytes(80e9, 1, 1, 10), "reserve_fraction=10 is outside .*not a percentage"),
    (lambda: kv.capacity_sequences(math.inf, 1), "room_bytes=inf is outside"),
    (lambda: kv.capacity_sequences(1, 0), "kv_bytes_per_sequence=0 is outside"),
    (lambda: kv.context_where_cache_equals_weights(0, 1, 1), "param_bytes=0 is outside"),
    (lambda: kv.context_where_cache_equals_weights(1, 0, 1), "batch=0 is outside"),
    (lambda: kv.context_where_cache_equals_weights(1, 1, 0), "kv_bytes_per_token=0 is outside"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
