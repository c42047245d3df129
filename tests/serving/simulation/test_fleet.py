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


def test_chunks_keep_decoding_smooth_and_whole_prompts_stop_it():
    """One request decodes while a long prompt arrives: whole, it stands still; in chunks it goes on, more slowly."""
    requests = Requests([0, 0.5], [10, 8000], [1000, 2])
    service = Service(SLOPED, 2000, token_budget=100, max_batch=8)
    chunked, whole = (simulate(requests, service, Policy(chunked=way), timeline=True) for way in (True, False))
    assert whole.ttft_s[1] < chunked.ttft_s[1]
    assert chunked.gap_s[0] < 0.1 * whole.gap_s[0]
    assert whole.gap_s[0] > SLOPED.prefill_alone_s(8000)
    # by hand: the first prompt, its steps alone until the second is there, 80 chunks of 99 tokens, the last of 80
    now, context = SLOPED.request_s + SLOPED(0, 10, 10, 0, first_tokens=1), 10
    while now < 0.5 + SLOPED.request_s:
        context += 1
        now += SLOPED(1, context)
    assert chunked.start_s[1] == pytest.approx(now)
    for done in range(0, 7920, 99):
        context += 1
        now += SLOPED(1, context, 99, done)
    now += SLOPED(1, context + 1 + 8000, 80, 7920, first_tokens=1)
    assert chunked.first_s[1] == pytest.approx(now)


def test_without_blocks_the_last_request_loses_its_own_and_starts_again():
    service = Service(FLAT, kv_blocks=8, block_tok=4, token_budget=100, max_batch=10)
    result = simulate(Requests([0, 0], [8, 8], [20, 20]), service, Policy(reserve_fraction=0), timeline=True)
    # 2 × 2 blocks at first; both need a fifth block after 8 tokens each
    assert result.preemptions.tolist() == [0, 1]
    assert np.sum(result.events["request"] == 1) == 4  # prefill, decode, prefill, decode
    assert result.first_s[1] == result.first_s[0]
    assert result.finish_s[1] > result.finish_s[0]


def test_a_prompt_that_was_seen_costs_only_its_end():
    requests = Requests([0, 5], [1000, 1000], [5, 5], prefix_blocks=((1, 2, 3), (1, 2, 4)), prefix_block_tok=320)
    service = Service(SLOPED, 1000, block_tok=16)
    cold, warm = simulate(requests, service), simulate(requests, service, Policy(prefix_cache=True))
    assert warm.cached_tok.tolist() == [0, 640]
    assert cold.cached_tok.tolist() == [0, 0]
    saved = SLOPED.prefill_alone_s(640)
    assert cold.ttft_s[1] - warm.ttft_s[1] == pytest.approx(saved)


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


def test_a_fleet_follows_its_load_and_pays_for_cold_starts():
    quiet, busy = process(2, 200, Lengths(100, 100), seed=4), process(60, 3000, Lengths(100, 100), seed=5)
    arrivals = np.concatenate([quiet.arrival_s, quiet.arrival_s[-1] + busy.arrival_s,
                               quiet.arrival_s[-1] + busy.arrival_s[-1] + quiet.arrival_s])
    count = len(arrivals)
    requests = Requests(arrivals, np.full(count, 100), np.full(count, 100))
    service = Service(SLOPED, 1000, max_batch=8, token_budget=1000)

    def scaled(cold_start_s):
        return simulate(requests, service, Policy(autoscale=Autoscale(8, 6, cold_start_s, 1.0, 10.0)))

    quick, slow, full, one = scaled(0.0), scaled(20.0), simulate(requests, service, Policy(replicas=8)), simulate(
        requests, service)
    sizes = quick.fleet[:, 1]
    assert sizes[0] == 1
    assert 2 < np.max(sizes) <= 8
    assert sizes[-1] < np.max(sizes)
    assert quick.chip_s < 0.7 * full.chip_s
    assert full.percentile("ttft_s", 99) < quick.percentile("ttft_s", 99) < slow.percentile("ttft_s", 99)
    assert slow.percentile("ttft_s", 99) < one.percentile("ttft_s", 99)
    # the size over time is what is paid for
    edges = np.append(quick.fleet[:, 0], quick.finish_s.max())
    assert np.sum(np.diff(edges) * sizes) == pytest.approx(quick.replica_s)


def test_dollars_follow_from_time_and_tokens():
    service = Service(SLOPED, 1000, n_chips=4)
    result = simulate(burst(100, Lengths(100, 50)), service, Policy(replicas=2))
    assert result.chip_s == pytest.approx(8 * result.duration_s)
    assert result.usd_per_million_tok(3.0) == pytest.approx(3 / 3600 * 8 * result.duration_s / (100 * 50 / 1e6))
    assert result.usd_per_million_tok(3.0, output_only=False) == pytest.approx(result.usd_per_million_tok(3.0) / 3)


def test_goodput_counts_requests_that_meet_both_targets():
    result = simulate(process(60, 300, Lengths(200, 50, 1, 1), seed=6), Service(SLOPED, 500))
    limit = float(result.percentile("ttft_s", 50))
    assert np.mean(result.met(limit, np.inf)) == pytest.approx(0.5, abs=0.01)
    assert result.goodput_per_s(limit, np.inf) == pytest.approx(0.5 * 300 / result.duration_s, rel=0.02)
    assert not np.any(result.met(np.inf, 1e-6) & (result.requests.output_tok > 1))
    single = simulate(burst(3, Lengths(10, 1)), Service(SLOPED, 500))
    assert np.isnan(single.percentile("tpot_s", 99))
    assert np.all(single.met(np.inf, 1e-9))


@pytest.mark.parametrize(("build", "message"), [
    (lambda: simulate(burst(1, Lengths(100, 100)), Service(FLAT, 2)), r"request 0 grows to 199 tokens.*holds 32"),
    (lambda: Service(FLAT, 100, token_budget=10), r"token_budget=10 is below max_batch=1024"),
    (lambda: Service(FLAT, 0), "kv_blocks"),
    (lambda: Policy(router="random"), r"unknown router 'random'; known: least-loaded"),
    (lambda: Policy(replicas=0), "replicas"),
    (lambda: Policy(replicas=9, autoscale=Autoscale(3, 1.0)), r"max_replicas=3 is below replicas=9"),
    (lambda: Policy(prefill_replicas=1, autoscale=Autoscale(3, 1.0)), "autoscale works on one pool"),
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
