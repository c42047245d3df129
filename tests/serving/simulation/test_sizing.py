"""Fleets for a promise: by formula and by simulation, and over a day."""

from functools import cache

import numpy as np
import pytest
from serving.simulation.stubs import SLOPED

from inference_economics.serving import Deployment
from inference_economics.serving.simulation import (
    Autoscale,
    Lengths,
    Policy,
    Service,
    Targets,
    calibrated_service,
    simulate,
)
from inference_economics.serving.simulation.sizing import WAYS, Arrivals, follow_a_day, size_fleet

LLAMA = Deployment("llama-3.1-70b", "h100-sxm", 4)
LENGTHS = Lengths(2048, 512, 1, 1)
TARGETS, TIGHT = Targets(2.0, 0.04, share=0.95), Targets(2.0, 0.02, share=0.95)


@cache
def sized(rate, by, targets=TARGETS, cv=1.0):
    return size_fleet(LLAMA, Arrivals(rate, LENGTHS, cv), targets, by=by)


@pytest.mark.parametrize("by", WAYS)
def test_more_requests_and_tighter_targets_need_more(by):
    few, many, tight = sized(1, by), sized(10, by), sized(10, by, TIGHT)
    assert few.replicas < many.replicas
    assert tight.replicas > many.replicas
    assert tight.places < many.places
    for sizing in (few, many, tight):
        assert sizing.met_fraction >= 0.95
        assert 0 < sizing.utilisation < 1


def test_both_ways_agree_where_the_formula_holds_and_bursts_are_seen_by_one_alone():
    formula, simulated = (sized(10, by) for by in WAYS)
    assert formula.replicas == simulated.replicas
    assert formula.places == simulated.places
    formula, simulated = (sized(10, by, TIGHT, cv=3.0) for by in WAYS)
    assert formula == sized(10, "queueing", TIGHT)
    assert simulated.replicas > formula.replicas


def test_the_simulated_answer_is_the_least():
    """The same requests on one replica fewer break the promise."""
    sizing = sized(10, "simulation", TIGHT, cv=3.0)
    service = calibrated_service(LLAMA, context_tok=2560, max_batch=sizing.places)
    requests = Arrivals(10, LENGTHS, cv=3).draw(6000)
    met = [np.mean(simulate(requests, service, Policy(replicas=n)).met(TIGHT)[1200:])
           for n in (sizing.replicas - 1, sizing.replicas)]
    assert met[0] < 0.95 <= met[1]


def test_a_fleet_that_follows_the_day_costs_less_and_waits_for_machines():
    service = Service(SLOPED, 1000, token_budget=200, max_batch=8)
    arrivals = Arrivals(0.25, Lengths(200, 400, 0.5, 1))
    follows = follow_a_day(service, arrivals, Autoscale(9, 5.0, cold_start_s=120.0), peak_to_mean=2.5)
    most = int(np.max(follows.result.fleet[:, 1]))
    fixed = follow_a_day(service, arrivals, replicas=most, peak_to_mean=2.5)
    assert 1 < most <= 9
    assert fixed.replicas == pytest.approx(most)
    assert np.array_equal(fixed.request_per_s, follows.request_per_s)
    assert np.sum(follows.request_per_s) * 900 == len(follows.result.requests)
    assert follows.result.replica_s < 0.8 * fixed.result.replica_s
    # the bins add up to what is paid
    assert np.sum(follows.replicas) * 900 == pytest.approx(follows.result.replica_s, rel=0.02)
    assert np.nanmax(follows.ttft_s) > np.nanmax(fixed.ttft_s)
    busy = follows.request_per_s > np.mean(follows.request_per_s)
    assert np.mean(follows.replicas[busy]) > 1.3 * np.mean(follows.replicas[~busy])


@pytest.mark.parametrize(("build", "message"), [
    (lambda: size_fleet(LLAMA, Arrivals(2, LENGTHS), Targets(tpot_limit_s=0.001)), "no number of replicas meets"),
    (lambda: size_fleet(LLAMA, Arrivals(2, LENGTHS), Targets(ttft_limit_s=0.01), by="simulation"), "no number of"),
    (lambda: size_fleet(LLAMA, Arrivals(2, LENGTHS), TARGETS, by="guess"), "unknown by 'guess'; known: queueing"),
    (lambda: size_fleet(Deployment("llama-3.1-405b", "h100-sxm"), Arrivals(2, LENGTHS), TARGETS), "leaves no room"),
    (lambda: Arrivals(0, LENGTHS), "request_per_s=0"),
    (lambda: Arrivals(1, LENGTHS, cv=-1), "cv=-1"),
    (lambda: follow_a_day(Service(SLOPED, 99), Arrivals(1, LENGTHS, cv=2)), "give cv=1"),
])
def test_promises_that_cannot_be_kept_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("name", "other"), [
    ("deployment", None), ("deployment", "llama-3.1-8b"), ("arrivals", None), ("arrivals", 5.0), ("targets", {}),
    ("policy", 5)])
def test_what_is_no_part_of_a_question_is_refused(name, other):
    from inference_economics import serving
    from inference_economics.serving.simulation import requests, sizing, targets

    asked = {"deployment": serving.Deployment("llama-3.1-8b", "h100-sxm", 1),
             "arrivals": sizing.Arrivals(5.0, requests.Lengths(1000, 200)), "targets": targets.Targets(2.0, 0.05)}
    with pytest.raises(ValueError, match=f"^{name}=.* is no .*; give "):
        sizing.size_fleet(**(asked | {name: other}))
    with pytest.raises(ValueError, match=r"n_chips=.*must be one number"):
        sizing.size_fleet(**(asked | {"deployment": serving.Deployment("llama-3.1-8b", "h100-sxm", [1, 2])}))


@pytest.mark.parametrize("several", [[1.0], [1.0, 2.0], []])
def test_a_rate_and_a_target_are_one_number(several):
    from inference_economics.serving.simulation import requests, sizing, targets

    with pytest.raises(ValueError, match=r"request_per_s=.*must be one number"):
        sizing.Arrivals(several, requests.Lengths(1000, 200))
    with pytest.raises(ValueError, match=r"ttft_limit_s=.*must be one number"):
        targets.Targets(several)
    with pytest.raises(ValueError, match="lengths=5 is no Lengths"):
        sizing.Arrivals(1.0, 5)


def test_nobody_late_is_a_question_for_the_simulator_alone():
    everybody = Targets(2.0, 0.04, share=1.0)
    with pytest.raises(ValueError, match="with any number of replicas; allow a larger share, or ask the simulator"):
        sized(10, "queueing", everybody)
    found = sized(10, "simulation", everybody)
    assert found.met_fraction == 1
    assert found.replicas >= sized(10, "simulation").replicas


@pytest.mark.parametrize(("ask", "message"), [
    (lambda: follow_a_day("x", Arrivals(1, LENGTHS)), "service='x' is no Service"),
    (lambda: follow_a_day(Service(SLOPED, 100), 3), "arrivals=3 is no Arrivals"),
    (lambda: follow_a_day(Service(SLOPED, 100), Arrivals(1, LENGTHS), peak_to_mean=[1, 2]),
     r"peak_to_mean=.* must be one"),
    (lambda: follow_a_day(Service(SLOPED, 100), Arrivals(1, LENGTHS), replicas=1e300), r"replicas=1e\+300 is outside"),
])
def test_days_that_cannot_be_are_refused_by_name(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()
