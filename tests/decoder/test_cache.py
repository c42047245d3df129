"""The KV cache: its bytes are those of the formula, and smaller numbers change little."""

from __future__ import annotations

import numpy as np
import pytest
from decoder.kinds import KINDS, TINY, tokens
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.decoder import Decoder
from inference_economics.decoder.cache import Cache, quantise


@given(kind=st.sampled_from(list(KINDS)), batch=st.integers(1, 4), count=st.integers(1, 12),
       dtype=st.sampled_from(["float64", "float32", "float16", "int8"]))
def test_cache_bytes_are_those_of_the_formula(kind, batch, count, dtype):
    model = Decoder.random(KINDS[kind])
    cache = model.cache(batch, 12, dtype)
    model.prefill(tokens(model.config, count, batch), cache)
    kept = min(count, model.config.window_tok or count)
    assert cache.kept_tok == kept
    assert cache.used_bytes == batch * kept * model.config.kv_values_per_token * cache.bytes_per_value
    assert cache.allocated_bytes == cache.used_bytes / kept * cache.slots
    assert model.n_params == model.config.n_params
    assert model.param_bytes == 4 * model.n_params


def test_bytes_per_value():
    sizes = {dtype: Cache(TINY, 1, 4, dtype).bytes_per_value for dtype in ("float64", "float32", "float16", "int8")}
    assert sizes == {"float64": 8, "float32": 4, "float16": 2, "int8": 1 + 2 / TINY.head_dim}


@given(seed=st.integers(0, 99), scale=st.floats(1e-3, 1e3))
def test_int8_is_within_half_a_step(seed, scale):
    x = np.random.default_rng(seed).standard_normal((3, 5, 16)) * scale
    values, scales = quantise(x)
    step = scales.astype(float)
    # half a step of rounding, and the step's own rounding to float16 at the largest value
    bound = step * (0.5 + 127 * 2**-11)
    assert np.all(np.abs(values * step - x) <= bound)


def test_int8_keeps_zeros_and_refuses_nothing_small():
    values, scales = quantise(np.array([[0.0, 0.0], [1e-30, -1e-30]]))
    assert not values.any()
    assert np.isfinite(scales).all()


@pytest.mark.parametrize(("dtype", "bound"), [("float16", 5e-3), ("int8", 0.1)])
@pytest.mark.parametrize("kind", ["mha", "gqa", "mqa", "mla", "window"])
def test_a_smaller_cache_moves_the_logits_a_little(kind, dtype, bound):
    """The logits have a spread of about one, so the bound is relative to it."""
    model = Decoder.random(KINDS[kind], 0)
    text = tokens(model.config, 24)
    cache = model.cache(2, 24, dtype)
    model.prefill(text[:, :10], cache)
    got = [model.step(text[:, i], cache) for i in range(10, 24)]
    gap = np.abs(np.stack(got, 1) - model.logits(text)[:, 10:]).max()
    assert 0 < gap < bound


def test_int8_is_coarser_than_float16():
    model = Decoder.random(TINY, 0)
    text = tokens(TINY, 24)
    exact = model.logits(text)[:, -1]
    gap = {dtype: np.abs(model.prefill(text, model.cache(2, 24, dtype)) - exact).max() for dtype in ("float16", "int8")}
    assert gap["int8"] > 10 * gap["float16"]


MODEL = Decoder.random(TINY)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: MODEL.cache(0, 4), "batch=0"),
    (lambda: MODEL.cache(1, 0), "capacity_tok=0"),
    (lambda: MODEL.cache(1, 4, "int4"), "unknown cache dtype 'int4'"),
    (lambda: MODEL.cache(1, 2.5), "capacity_tok=2.5 must be a whole number"),
    (lambda: MODEL.cache([1, 2], 2), r"batch=\[1, 2\] must be one whole number"),
    (lambda: MODEL.cache(None, 2), "batch=None is not a number"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.float16, float])
def test_a_size_may_be_any_kind_of_whole_number(kind):
    assert MODEL.cache(kind(2), kind(5)).allocated_bytes == MODEL.cache(2, 5).allocated_bytes


def test_a_pretended_cache_is_written_memory():
    cache = Decoder.random(TINY).cache(2, 9, "int8")
    cache.pretend(5)
    assert cache.kept_tok == 5
    assert cache.used_bytes == 2 * 5 * TINY.kv_values_per_token * cache.bytes_per_value
    assert np.all(cache._values)
    with pytest.raises(ValueError, match="length_tok=10 exceeds capacity_tok=9"):
        cache.pretend(10)
    with pytest.raises(ValueError, match="length_tok=-1"):
        cache.pretend(-1)
