"""Answers that take many runs."""

import numpy as np
import pytest
from serving.simulation.stubs import FLAT, SLOPED

from inference_economics.serving.queueing import late_fraction
from inference_economics.serving.simulation import Lengths, Policy, Service, StepTime, burst, process, simulate, trace
from inference_economics.serving.simulation.benchmark import server_against_offline
from inference_economics.serving.simulation.study import highest_rate, queueing_error, replicas_for

LENGTHS = Lengths(200, 50, 0.5, 0.5)


def test_one_replica_fewer_is_too_few():
    requests, service = process(150, 1500, LENGTHS, seed=1), Service(SLOPED, 800, max_batch=16)
    count = replicas_for(requests, service, ttft_limit_s=0.2, tpot_limit_s=0.03)
    met = [np.mean(simulate(requests, service, Policy(replicas=n)).met(0.2, 0.03)) for n in (count - 1, count)]
    assert met[0] < 0.99 <= met[1]


def test_the_highest_rate_meets_the_targets_and_a_higher_one_does_not():
    requests, service = process(1, 1500, LENGTHS, seed=2), Service(SLOPED, 800)
    rate = highest_rate(requests, service, ttft_limit_s=0.3, tpot_limit_s=0.03)
    met = [np.mean(simulate(requests.faster(factor * rate / requests.request_per_s), service).met(0.3, 0.03))
           for factor in (1.0, 1.05)]
    assert met[1] < 0.99 <= met[0]
    assert highest_rate(requests, service, ttft_limit_s=1e-6, tpot_limit_s=1) == 0


def test_looser_targets_bear_more():
    service = Service(SLOPED, 800)
    tight, loose = (server_against_offline(service, LENGTHS, ttft_limit_s=limit, tpot_limit_s=1, duration_s=20)
                    for limit in (0.1, 5.0))
    assert 0 < tight.ratio < loose.ratio < 1.01
    assert tight.offline_tok_per_s == loose.offline_tok_per_s


def test_late_fraction_at_no_patience_is_erlangs():
    assert late_fraction(10, 8, 2.0, 0.0) == pytest.approx(0.4092, abs=1e-4)
    assert late_fraction(10, 8, 2.0, 1.0) == pytest.approx(0.4092 * np.exp(-1), abs=1e-4)
    assert late_fraction(10, 12, 2.0, 1.0) == 1


def test_formulas_and_simulator_agree_where_the_formulas_hold_and_bursts_break_them():
    rows = queueing_error("llama-3.1-70b", "h100-sxm", tp=4, batch=32, replicas=(4,), loads=(0.9,),
                          arrival_cvs=(1.0, 3.0), output_cvs=(1.0,), per_place=30)
    poisson, bursty = rows
    assert poisson.wait_s == bursty.wait_s
    assert bursty.simulated_wait_s > 3 * poisson.simulated_wait_s
    assert poisson.simulated_tpot_s == pytest.approx(poisson.tpot_s, rel=0.12)
    assert abs(poisson.simulated_replicas_needed - poisson.replicas_needed) <= 1
    assert bursty.simulated_replicas_needed > bursty.replicas_needed


@pytest.mark.parametrize(("build", "message"), [
    (lambda: replicas_for(burst(5, LENGTHS), Service(FLAT, 100), ttft_limit_s=1e-9, most=4), "4 replicas do not meet"),
    (lambda: replicas_for(burst(5, LENGTHS), Service(FLAT, 100), share=0), "share=0"),
    (lambda: highest_rate(burst(5, LENGTHS), Service(FLAT, 100), ttft_limit_s=1, tpot_limit_s=1), "an open process"),
    (lambda: highest_rate(process(1, 5, LENGTHS), Service(FLAT, 100), ttft_limit_s=9, tpot_limit_s=9), "however fast"),
    (lambda: queueing_error("llama-3.1-8b", "h100-sxm", batch=4096), "the cache holds"),
])
def test_questions_without_an_answer_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_policy_of_its_own_reaches_the_runs():
    requests = trace("mooncake-conversation").first(1000)
    busy = StepTime(decode_s=lambda batch, context_tok: 1e-3 + 0 * context_tok, prefill_s=lambda tok: 1e-5 * tok)
    service = Service(busy, 5000, block_tok=512)
    limits = {"ttft_limit_s": 2.0, "tpot_limit_s": 1.0, "share": 0.9}
    assert highest_rate(requests, service, Policy(prefix_cache=True), **limits) > 1.02 * highest_rate(
        requests, service, **limits)
