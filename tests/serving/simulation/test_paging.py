"""Blocks of a cache: test_timeline.py holds them to what a run counted; here by hand, and what is refused."""

import re

import numpy as np
import pytest
from serving.simulation.stubs import FLAT, occupancy

from inference_economics.serving.simulation import Lengths, Policy, Requests, Service, burst, simulate, trace
from inference_economics.serving.simulation.paging import pages


def test_blocks_are_taken_as_tokens_come_and_given_back_at_the_end():
    service = Service(FLAT, 10, block_tok=4, token_budget=100, max_batch=4)
    result = simulate(Requests([0, 0], [8, 3], [6, 2]), service, timeline=True)
    held = pages(result, 4)
    # two blocks of a prompt of 8 tokens; one more for tokens 9 to 12 after the first step, which the other gives back
    assert held.block[held.request == 0].tolist() == [0, 1, 2]
    assert held.start_s[held.request == 0] == pytest.approx([0, 0, 2e-3])
    assert np.sum(held.request == 1) == 1
    assert set(held.end_s[held.request == 0]) == {result.finish_s[0]}
    line = occupancy(result)
    assert line.blocks[0] == 3
    assert line.time_s[-1] == result.finish_s[0]


@pytest.mark.parametrize(("build", "message"), [
    (lambda: pages(simulate(burst(2, Lengths(9, 9)), Service(FLAT, 9)), 9), "timeline=True"),
    (lambda: pages(simulate(trace("mooncake-conversation").first(300), Service(FLAT, 9999, block_tok=512),
                            Policy(prefix_cache=True), timeline=True), 512), "no single holder"),
])
def test_what_cannot_be_drawn_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("changed", "message"), [
    ({"block_tok": 0}, "block_tok=0 is outside"), ({"block_tok": -1}, "block_tok=-1 is outside"),
    ({"block_tok": 1.5}, "block_tok=1.5 must be a whole number"), ({"block_tok": "x"}, "block_tok='x' is not a number"),
    ({"replica": -1}, "replica=-1 is outside"), ({"replica": 1}, "replica=1 served nothing in this run; give one of"),
    ({"result": 3}, "result=3 is no Result"),
])
def test_pages_that_are_not_there_are_refused(changed, message):
    result = simulate(burst(2, Lengths(8, 3)), Service(FLAT, 10, block_tok=4), timeline=True)
    with pytest.raises(ValueError, match=re.escape(message)):
        pages(**{"result": result, "block_tok": 4} | changed)
