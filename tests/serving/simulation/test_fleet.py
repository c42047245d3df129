"""Fleets: routers, pools, autoscaling, priorities; what must hold in every one of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving.simulation.stubs import FLAT, SLOPED
from serving.simulation.test_oracle import random_requests

from inference_economics.serving.simulation import (
    Autoscale,
    Lengths,
    Policy,
    Requests,
    Service,
    StepTime,
    burst,
    closed_loop,
    process,
    simulate,
    trace,
)
from inference_economics.serving.simulation.replica import Replica


@st.composite
def policies(draw):
    pools = draw(st.integers(0, 2))
    scale = Autoscale(5, draw(st.sampled_from([1.0, 3.0])), cold_start_s=0.05, interval_s=0.02, cooldown_s=0.05)
    return Policy(replicas=draw(st.integers(1, 3)), chunked=draw(st.booleans()), prefix_cache=draw(st.booleans()),
                  router=draw(st.sampled_from(["least-loaded", "round-robin", "prefix"])), prefill_replicas=pools,
                  transfer_bytes_per_s=draw(st.sampled_from([np.inf, 1e4])),
                  autoscale=None if pools or draw(st.booleans()) else scale)


@settings(deadline=None, max_examples=80, derandomize=True)
@given(policy=policies(), seed=st.integers(0, 10**6), count=st.integers(1, 40), rate=st.sampled_from([20, 200, 2000]),
       spare=st.integers(0, 20), users=st.integers(0, 5))
def test_every_request_ends_and_no_block_is_lost(policy, seed, count, rate, spare, users):
    requests = random_requests(seed, count, rate, 50, shared=True)
    if 0 < users <= count:
        requests = Requests(np.zeros(count), requests.prompt_tok, requests.output_tok, requests.priority,
                            requests.prefix_blocks, 8, users, 0.01)
    blocks = int(-(-np.max(requests.prompt_tok + requests.output_tok) // 4)) + spare
    service = Service(SLOPED, blocks, block_tok=4, token_budget=40, max_batch=8, kv_bytes_per_tok=10)
    replicas = set()

    def audited(replica, now, start=Replica.start):
        start(replica, now)
        replicas.add(replica)
        assert 0 <= replica.blocks.used(replica.steps) <= replica.blocks.capacity
        assert replica.queued_tok >= 0
        assert replica.blocks.growing == sum(job.decoding for job in replica.running.values())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Replica, "start", audited)
        result = simulate(requests, service, policy, timeline=True)
    assert np.all(result.arrival_s + SLOPED.request_s <= result.start_s + 1e-12)
    assert np.all(result.start_s < result.first_s)
    assert np.all((result.first_s < result.finish_s) == (requests.output_tok > 1))
    assert 0 < result.utilisation <= 1
    assert 0 <= result.kv_utilisation <= 1
    assert np.all(result.cached_tok < requests.prompt_tok)
    for replica in replicas:  # empty again, but for idle named blocks
        assert replica.blocks.private(replica.steps) == replica.queued_tok == replica.in_flight == 0
        assert replica.context_tok == 0
        assert not any(replica.blocks.users.values())
        assert set(replica.blocks.idle) == set(replica.blocks.users)
    check_events(result)


def check_events(result):
    """A request is in one place at a time, from its admission to its end, and starts again once per preemption."""
    for index in range(len(result.requests)):
        rows = np.sort(result.events[result.events["request"] == index], order=["start_s", "end_s"])
        assert rows["start_s"][0] == result.start_s[index]
        assert rows["end_s"][-1] == result.finish_s[index]
        assert np.all(rows["start_s"][1:] >= rows["end_s"][:-1])
        if not result.preemptions[index]:
            assert np.sum(rows["phase"] == 0) == 1


def test_equal_seeds_give_equal_runs():
    def once():
        requests = process(30, 500, Lengths(300, 100, 1, 1), cv=2, seed=7)
        return simulate(requests, Service(SLOPED, 2000), Policy(replicas=2))

    first, second = once(), once()
    assert np.array_equal(first.finish_s, second.finish_s)
    assert first.summary() == second.summary()


def test_two_replicas_in_turn_are_two_services():
    requests = process(40, 400, Lengths(200, 50, 1, 1), seed=1)
    service = Service(SLOPED, 400)
    both = simulate(requests, service, Policy(replicas=2, router="round-robin"))
    for half in (0, 1):
        alone = simulate(Requests(requests.arrival_s[half::2], requests.prompt_tok[half::2],
                                  requests.output_tok[half::2]), service)
        assert both.finish_s[half::2] == pytest.approx(alone.finish_s, rel=1e-12)


def test_a_closed_loop_keeps_its_users_and_their_thoughts():
    result = simulate(closed_loop(5, 200, Lengths(50, 20, 0, 1), think_s=0.1), Service(SLOPED, 1000))
    times = np.sort(np.concatenate([result.arrival_s, result.finish_s + 1e-12]))
    in_flight = np.searchsorted(np.sort(result.arrival_s), times, "right") - np.searchsorted(
        np.sort(result.finish_s), times, "right")
    assert np.max(in_flight) == 5
    assert np.sort(result.arrival_s)[5:] == pytest.approx(np.sort(result.finish_s)[:195] + 0.1)


def test_the_lowest_priority_number_goes_first():
    plain = process(60, 600, Lengths(200, 60, 1, 1), seed=2)
    urgent = np.arange(600) % 4 == 0
    requests = Requests(plain.arrival_s, plain.prompt_tok, plain.output_tok, np.where(urgent, 0, 1))
    service = Service(SLOPED, 500, max_batch=16)
    equal, ranked = simulate(plain, service), simulate(requests, service)
    assert np.mean(ranked.ttft_s[urgent]) < 0.5 * np.mean(equal.ttft_s[urgent])
    assert np.mean(ranked.ttft_s[~urgent]) > np.mean(equal.ttft_s[~urgent])


def test_a_router_that_knows_prefixes_hits_more():
    requests = trace("mooncake-conversation").first(1500)
    service = Service(FLAT, 4000, block_tok=512, token_budget=10**6)
    hits = {router: simulate(requests, service, Policy(replicas=8, prefix_cache=True, router=router)).cached_fraction
            for router in ("round-robin", "prefix")}
    assert hits["prefix"] > 1.5 * hits["round-robin"]


def test_separate_pools_decode_without_interference_and_wait_for_the_transfer():
    requests = process(10, 300, Lengths(500, 50, 0.5, 0.5), seed=3)
    heavy = StepTime(decode_s=lambda batch, context_tok: 5e-3 + 0 * context_tok, prefill_s=lambda tok: 2e-4 * tok)
    service = Service(heavy, 10_000, kv_bytes_per_tok=1e5)
    mixed = simulate(requests, service, Policy(replicas=4))
    pools = Policy(replicas=2, prefill_replicas=2, transfer_bytes_per_s=1e10)
    apart = simulate(requests, service, pools, timeline=True)
    assert apart.percentile("tpot_s", 95) < 0.8 * mixed.percentile("tpot_s", 95)
    assert apart.replica_s == pytest.approx(4 * apart.duration_s)
    sent = apart.events[apart.events["phase"] == 2]
    assert sent["end_s"] - sent["start_s"] == pytest.approx(requests.prompt_tok[sent["request"]] * 1e5 / 1e10)
    slow = simulate(requests, service, Policy(replicas=2, prefill_replicas=2, transfer_bytes_per_s=1e8))
    assert np.all(slow.finish_s > apart.first_s)
    assert np.mean(slow.tpot_s) > np.mean(apart.tpot_s)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: simulate(burst(1, Lengths(100, 100)), Service(FLAT, 2)), r"request 0 grows to 199 tokens.*holds 32"),
    (lambda: simulate(Requests([0], [99], [1], prefix_blocks=((1,),), prefix_block_tok=100), Service(FLAT, 99),
                      Policy(prefix_cache=True)), r"prefix_block_tok=100 is not a multiple of block_tok=16"),
    (lambda: simulate(burst(1, Lengths(100, 9)), Service(StepTime(lambda b, k: k**2, lambda tok: 0 * tok), 99)),
     r"not a straight line"),
    (lambda: simulate(burst(1, Lengths(100, 9)), Service(StepTime(lambda b, k: np.inf + k, lambda tok: 0 * tok), 99)),
     r"decode_s must be finite"),
    (lambda: simulate(burst(1, Lengths(100, 9)), Service(StepTime(lambda b, k: 1 + 0 * k, lambda tok: -tok), 99)),
     r"prefill_s must be finite, and must not fall"),
    (lambda: simulate(burst(1, Lengths(9, 9)), Service(FLAT, 9), Policy(prefix_cache=True)), "needs requests with"),
    (lambda: simulate(burst(1, Lengths(9, 9)), Service(FLAT, 9), prefill_service=Service(FLAT, 9)),
     "prefill_replicas=0"),
    (lambda: simulate(burst(1, Lengths(9, 9)), Service(FLAT, 9), Policy(prefill_replicas=1, transfer_bytes_per_s=1e9)),
     "needs the service's kv_bytes_per_tok"),
    (lambda: simulate(burst(1, Lengths(1, 1)), Service(FLAT, 9)).percentile("latency", 9), r"name='latency'"),
])
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
