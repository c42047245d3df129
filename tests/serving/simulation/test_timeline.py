"""Timelines: bars and blocks against what the run itself counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving.simulation.stubs import FLAT, SLOPED, occupancy
from serving.simulation.test_oracle import random_requests

from inference_economics.serving.simulation import (
    Lengths,
    Policy,
    Requests,
    Service,
    burst,
    closed_loop,
    process,
    simulate,
)
from inference_economics.serving.simulation.paging import pages
from inference_economics.serving.simulation.timeline import (
    DECODE,
    IDLE,
    PREFILL,
    WAIT,
    side_by_side,
    spans,
    static_spans,
)


def length_s(bars, kind):
    return np.sum((bars.end_s - bars.start_s)[bars.kind == kind])


@settings(deadline=None, max_examples=60, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 25), spare=st.integers(0, 30), chunked=st.booleans(),
       replicas=st.integers(1, 2), max_batch=st.sampled_from([1, 3, 8]))
def test_bars_fill_a_run_and_no_place_holds_two(seed, count, spare, chunked, replicas, max_batch):
    requests = random_requests(seed, count, 50, 60, shared=False)
    blocks = int(-(-np.max(requests.prompt_tok + requests.output_tok) // 4)) + spare
    service = Service(SLOPED, blocks, block_tok=4, token_budget=32, max_batch=max_batch)
    result = simulate(requests, service, Policy(chunked=chunked, replicas=replicas), timeline=True)
    bars = spans(result)
    assert np.max(bars.lane) < replicas * max_batch
    assert length_s(bars, IDLE) == 0
    for index in range(count):  # from arrival to end without a gap
        own = [bars.start_s[bars.request == index], bars.end_s[bars.request == index]]
        assert np.min(own[0]) == result.arrival_s[index]
        assert np.max(own[1]) == result.finish_s[index]
        assert np.sum(own[1] - own[0]) == pytest.approx(result.finish_s[index] - result.arrival_s[index])
    served = bars.kind != WAIT
    for lane in np.unique(bars.lane):
        at = served & (bars.lane == lane)
        assert np.all(bars.start_s[at][1:] >= bars.end_s[at][:-1])
    for replica in np.unique(result.events["replica"]):
        check_pages(result, service, replica)


def check_pages(result, service, replica):
    """As many blocks are held as the replica counted, at each of its times."""
    held, line = pages(result, service.block_tok, replica), occupancy(result, replica)
    assert np.max(held.block) < service.kv_blocks
    for block in np.unique(held.block):
        at = held.block == block
        assert np.all(held.start_s[at][1:] >= held.end_s[at][:-1])
    for time_s, blocks in zip(line.time_s[::2], line.blocks[::2], strict=True):
        assert np.sum((held.start_s <= time_s) & (held.end_s > time_s)) == blocks


def test_static_batches_start_and_end_together():
    requests = Requests([0, 0, 0, 0.001], [1, 1, 1, 1], [10, 100, 50, 5])
    bars = static_spans(requests, Service(FLAT, 1000, max_batch=2, token_budget=10))
    # two batches of two; a prompt and n - 1 further tokens take n milliseconds
    ends = {index: np.max(bars.end_s[bars.request == index]) for index in range(4)}
    assert [ends[index] for index in range(4)] == pytest.approx([0.1, 0.1, 0.15, 0.15])
    assert length_s(bars, IDLE) == pytest.approx(0.09 + 0.045)
    assert length_s(bars, WAIT) == pytest.approx(0.1 + 0.099)
    assert length_s(bars, PREFILL) == pytest.approx(0.004)
    assert length_s(bars, DECODE) == pytest.approx(0.009 + 0.099 + 0.049 + 0.004)


def test_continuous_batching_serves_the_same_sooner():
    static, continuous = side_by_side(burst(40, Lengths(100, 50, 0, 1), seed=2),
                                      Service(SLOPED, 2000, token_budget=200, max_batch=8))
    assert set(static.request) == set(continuous.request) == set(range(40))
    assert np.max(continuous.end_s) < 0.8 * np.max(static.end_s)
    assert continuous.busy_fraction > 1.2 * static.busy_fraction
    # equal answers lose nothing
    static, continuous = side_by_side(burst(16, Lengths(1, 50)), Service(FLAT, 2000, token_budget=200, max_batch=8))
    assert np.max(static.end_s) == pytest.approx(np.max(continuous.end_s), rel=0.01)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: static_spans(closed_loop(2, 4, Lengths(9, 9)), Service(FLAT, 99)), "a closed loop sends by the answers"),
    (lambda: static_spans(burst(2, Lengths(90, 90)), Service(FLAT, 3)), "request 0 needs 12 blocks.*has 3"),
    (lambda: spans(simulate(burst(2, Lengths(9, 9)), Service(FLAT, 9))), "timeline=True"),
    (lambda: spans(simulate(burst(2, Lengths(9, 9)), Service(FLAT, 9), Policy(prefill_replicas=1), timeline=True)),
     "prefill_replicas=0"),
])
def test_what_cannot_be_drawn_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_equal_seeds_give_equal_bars():
    def once():
        return spans(simulate(process(30, 30, Lengths(100, 20, 1, 1), seed=4), Service(SLOPED, 300), timeline=True))

    assert all(np.array_equal(a, b) for a, b in zip(once(), once(), strict=True))


@pytest.mark.parametrize(("ask", "message"), [
    (lambda: spans(3), "result=3 is no Result"),
    (lambda: side_by_side(None, Service(FLAT, 10)), "requests=None is no Requests"),
    (lambda: static_spans(burst(2, Lengths(8, 3)), "x"), "service='x' is no Service"),
])
def test_what_cannot_be_drawn_is_refused_by_name(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()
