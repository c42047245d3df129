"""What a cache takes up beside its contents: reservations, blocks, prefixes kept once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import kv_cache as kv


def test_contiguous_reservation_wastes_what_is_not_used():
    assert kv.contiguous_waste_fraction(512, 2048) == 0.75
    assert kv.contiguous_waste_fraction(2048, 2048) == 0


@given(st.integers(1, 100_000), st.integers(1, 512))
def test_blocks_waste_less_than_one_block(context, block):
    held = kv.paged_tok(context, block)
    assert context <= held < context + block
    assert held % block == 0


@pytest.mark.parametrize("block", [1, 16, 128])
def test_expected_waste_is_the_mean_over_lengths(block):
    lengths = np.arange(1000 * block + 1, 2000 * block + 1)
    held = kv.paged_tok(lengths, block)
    waste = 1 - lengths.sum() / held.sum()
    assert_allclose(kv.expected_block_waste_fraction(lengths.mean(), block), waste, rtol=1e-9, atol=1e-15)


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(1, 500))
def test_sharing_saves_all_but_one_prefix(prefix, own, batch):
    context = prefix + own
    shared = kv.shared_prefix_bytes(prefix, context, batch, 1000)
    assert shared == 1000 * (batch * context - (batch - 1) * prefix)
    saving = kv.shared_prefix_saving(prefix, context, batch)
    assert saving + 1e-12 >= 0
    assert saving < prefix / context + 1e-12


def test_sharing_with_nobody_saves_nothing():
    assert kv.shared_prefix_saving(100, 200, 1) == 0
    assert kv.shared_prefix_bytes(100, 200, 0, 1000) == 0


@pytest.mark.parametrize(("call", "message"), [
    (lambda: kv.contiguous_waste_fraction(10, 0), "max_context_tok=0 is outside"),
    (lambda: kv.contiguous_waste_fraction(-1, 10), "context_tok=-1 is outside"),
    (lambda: kv.contiguous_waste_fraction(11, 10), "context_tok exceeds max_context_tok"),
    (lambda: kv.paged_tok(-1, 16), "context_tok=-1 is outside"),
    (lambda: kv.paged_tok(1, 0), "block_tok=0 is outside"),
    (lambda: kv.expected_block_waste_fraction(0, 16), "mean_context_tok=0 is outside"),
    (lambda: kv.expected_block_waste_fraction(1, 2.5), r"block_tok=.*2.5.* must be a whole number"),
    (lambda: kv.shared_prefix_bytes(-1, 1, 1, 1), "prefix_tok=-1 is outside"),
    (lambda: kv.shared_prefix_bytes(2, 1, 1, 1), "prefix_tok exceeds context_tok"),
    (lambda: kv.shared_prefix_bytes(1, 1, -1, 1), "batch=-1 is outside"),
    (lambda: kv.shared_prefix_bytes(1, 1, 1, 0), "kv_bytes_per_token=0 is outside"),
    (lambda: kv.shared_prefix_saving(1, 0, 1), "context_tok=0 is outside"),
    (lambda: kv.shared_prefix_saving(1, 1, 0), "batch=0 is outside"),
    (lambda: kv.shared_prefix_saving(3, 1, 1), "prefix_tok exceeds context_tok"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
