"""Answers that take many runs."""

import numpy as np
import pytest
from serving.simulation.stubs import FLAT, SLOPED

from inference_economics.serving.simulation import (
    Lengths,
    Policy,
    Service,
    StepTime,
    Targets,
    burst,
    process,
    simulate,
    trace,
)
from inference_economics.serving.simulation.benchmark import server_against_offline
from inference_economics.serving.simulation.study import highest_rate, replicas_for

LENGTHS = Lengths(200, 50, 0.5, 0.5)


def test_one_replica_fewer_is_too_few():
    requests, service = process(150, 1500, LENGTHS, seed=1), Service(SLOPED, 800, max_batch=16)
    count = replicas_for(requests, service, Targets(0.2, 0.03))
    met = [np.mean(simulate(requests, service, Policy(replicas=n)).met(Targets(0.2, 0.03))) for n in (count - 1, count)]
    assert met[0] < 0.99 <= met[1]


def test_the_highest_rate_meets_the_targets_and_a_higher_one_does_not():
    requests, service = process(1, 1500, LENGTHS, seed=2), Service(SLOPED, 800)
    rate = highest_rate(requests, service, Targets(0.3, 0.03))
    met = [np.mean(simulate(requests.faster(factor * rate / requests.request_per_s), service).met(Targets(0.3, 0.03)))
           for factor in (1.0, 1.05)]
    assert met[1] < 0.99 <= met[0]
    assert highest_rate(requests, service, Targets(1e-6, 1)) == 0


def test_looser_targets_bear_more():
    service = Service(SLOPED, 800)
    tight, loose = (server_against_offline(service, LENGTHS, Targets(limit, 1), duration_s=20)
                    for limit in (0.1, 5.0))
    assert 0 < tight.ratio < loose.ratio < 1.01
    assert tight.offline_tok_per_s == loose.offline_tok_per_s


@pytest.mark.parametrize(("build", "message"), [
    (lambda: replicas_for(burst(5, LENGTHS), Service(FLAT, 100), Targets(1e-9), most=4), "4 replicas do not meet"),
    (lambda: replicas_for(burst(5, LENGTHS), Service(FLAT, 100), Targets(share=0)), "share=0"),
    (lambda: highest_rate(burst(5, LENGTHS), Service(FLAT, 100), Targets(1, 1)), "an open process"),
    (lambda: highest_rate(process(1, 5, LENGTHS), Service(FLAT, 100), Targets(9, 9)), "however fast"),
])
def test_questions_without_an_answer_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_policy_of_its_own_reaches_the_runs():
    requests = trace("mooncake-conversation").first(1000)
    busy = StepTime(decode_s=lambda batch, context_tok: 1e-3 + 0 * context_tok, prefill_s=lambda tok: 1e-5 * tok)
    service = Service(busy, 5000, block_tok=512)
    targets = Targets(2.0, 1.0, share=0.9)
    assert highest_rate(requests, service, targets, Policy(prefix_cache=True)) > 1.02 * highest_rate(
        requests, service, targets)


@pytest.mark.parametrize("guess", [1, 2, 3, 5, 40])
def test_a_guess_does_not_change_the_answer(guess):
    requests, service = process(150, 800, LENGTHS, seed=1), Service(SLOPED, 800, max_batch=16)
    targets = Targets(0.2, 0.03)
    assert replicas_for(requests, service, targets, guess=guess) == replicas_for(requests, service, targets)


@pytest.mark.parametrize(("ask", "message"), [
    (lambda r, s: replicas_for(r, s, Targets(), warm_up_s=1e6), r"warm_up_s=1e\+06, but the last request comes after"),
    (lambda r, s: replicas_for(r, s, Targets(), guess=[1, 2]), r"guess=\[1, 2\] must be one whole number"),
    (lambda r, s: replicas_for(r, s, "x"), "targets='x' is no Targets"),
    (lambda r, s: replicas_for(r, s, Targets(), "x"), "policy='x' is no Policy"),
    (lambda r, s: highest_rate("x", s, Targets()), "requests='x' is no Requests"),
    (lambda r, s: highest_rate(r, s, None), "targets=None is no Targets"),
])
def test_questions_without_an_answer_are_refused_by_name(ask, message):
    requests = process(5.0, 20, Lengths(10, 5))
    with pytest.raises(ValueError, match=message):
        ask(requests, Service(FLAT, 500))


def test_guesses_of_any_kind_give_whole_replicas():
    requests = burst(100, Lengths(100, 50))
    asked = Targets(ttft_limit_s=0.05)
    for kind in (float, np.int8):
        assert replicas_for(requests, Service(FLAT, 40), asked, guess=kind(2), most=kind(64)) == \
            replicas_for(requests, Service(FLAT, 40), asked)
