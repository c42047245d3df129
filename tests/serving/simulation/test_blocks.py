"""Blocks counted in closed form, against blocks counted one sequence at a time."""

from hypothesis import given
from hypothesis import strategies as st

from inference_economics.serving.simulation.blocks import Blocks

LENGTHS = st.lists(st.integers(1, 200), min_size=1, max_size=12)


@given(lengths=LENGTHS, block_tok=st.sampled_from([1, 4, 16]), steps=st.integers(0, 100))
def test_growing_sequences_take_a_block_at_each_multiple(lengths, block_tok, steps):
    blocks = Blocks(10_000, block_tok)
    for tok in lengths:
        blocks.grow(tok)
    held = sum(-(-(tok + steps) // block_tok) for tok in lengths)
    assert blocks.private(steps) == held
    for tok in lengths:
        blocks.stop(tok)
    assert blocks.private(steps) == 0


@given(lengths=LENGTHS, block_tok=st.sampled_from([1, 4, 16]), spare=st.integers(0, 40), wanted=st.integers(1, 100))
def test_as_many_steps_fit_as_the_free_blocks_allow(lengths, block_tok, spare, wanted):
    blocks = Blocks(sum(-(-tok // block_tok) for tok in lengths) + spare, block_tok)
    for tok in lengths:
        blocks.grow(tok)
    count = blocks.steps_that_fit(0, wanted)
    assert 0 <= count <= wanted
    assert blocks.private(count) <= blocks.capacity
    if count < wanted:
        assert blocks.private(count + 1) > blocks.capacity


def test_a_prompt_gives_back_what_it_took():
    blocks = Blocks(10, 16)
    blocks.hold(33)
    assert blocks.room(0) == 7
    blocks.drop(33)
    assert blocks.room(0) == 10


def test_named_blocks_stay_until_their_room_is_needed_and_the_end_of_a_prompt_goes_first():
    blocks = Blocks(4, 16, named_tok=16)
    for names in (("a", "b"), ("c",)):
        blocks.hold(16 * len(names))
        blocks.share(names)
        blocks.release(names)
        blocks.drop(16 * len(names))
    assert blocks.room(0) == 4
    assert blocks.used(0) == 3
    assert blocks.matched(("a", "b", "x", "c"), 9) == (2, 2)
    blocks.hold(32)
    blocks.evict(0)
    assert blocks.used(0) == 4
    assert blocks.matched(("a", "b"), 9) == (1, 1)
    assert blocks.matched(("c",), 9) == (1, 1)
