"""What a replica is, and how a fleet schedules: settings that cannot be are refused."""

import numpy as np
import pytest
from serving.simulation.stubs import FLAT

from inference_economics.serving import Deployment, Layout
from inference_economics.serving.simulation import (
    Autoscale,
    Lengths,
    Policy,
    Service,
    StepTime,
    burst,
    calibrated_service,
    simulate,
)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: calibrated_service(Deployment("llama-3.1-405b", "h100-sxm")),
     r"leaves no room for a cache on 1 × 'h100-sxm'"),
    (lambda: calibrated_service(Deployment("llama-3.1-8b", "h100-sxm", Layout(pp=2))), "pp=2.*a pipeline runs several"),
    (lambda: calibrated_service(Deployment("llama-3.1-8b", "l40s", 16)), "join at most 8 chips"),
    (lambda: calibrated_service(Deployment("llama-3.1-8b", "h100-sxm"), token_budget=0), "token_budget"),
])
def test_services_that_cannot_be_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("build", "message"), [
    (lambda: Service(FLAT, 100, token_budget=10), r"token_budget=10 is below max_batch=1024"),
    (lambda: Service(FLAT, 0), "kv_blocks"),
    (lambda: Policy(router="random"), r"unknown router 'random'; known: least-loaded"),
    (lambda: Policy(replicas=0), "replicas"),
    (lambda: Policy(replicas=9, autoscale=Autoscale(3, 1.0)), r"max_replicas=3 is below replicas=9"),
    (lambda: Policy(prefill_replicas=1, autoscale=Autoscale(3, 1.0)), "autoscale works on one pool"),
])
def test_settings_that_cannot_be_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("build", "message"), [
    (lambda: Policy(autoscale=1.5), r"autoscale=1\.5 is no Autoscale; give Autoscale\(max_replicas"),
    (lambda: Policy(chunked="no"), r"chunked='no' is neither True nor False"),
    (lambda: Policy(prefix_cache=2), "prefix_cache=2 is neither True nor False"),
    (lambda: Policy(replicas=[1, 2]), r"replicas=\[1, 2\] must be one whole number"),
    (lambda: Policy(reserve_fraction=[0.1]), r"reserve_fraction=\[0\.1\] must be one number"),
    (lambda: Autoscale(3, [1.0]), r"target_in_flight=\[1\.0\] must be one number"),
    (lambda: Service(None, 100), r"step_time=None is no StepTime"),
    (lambda: Service(FLAT, [100, 200]), r"kv_blocks=\[100, 200\] must be one whole number"),
    (lambda: calibrated_service("x"), r"deployment='x' is no Deployment; give Deployment\(model, chip"),
    (lambda: calibrated_service(Deployment("llama-3.1-8b", "h100-sxm"), context_tok=[1, 2]),
     r"context_tok=\[1, 2\] must"),
    (lambda: simulate(None, None), r"requests=None is no Requests"),
    (lambda: simulate(burst(1, Lengths()), None), r"service=None is no Service"),
    (lambda: simulate(burst(1, Lengths()), Service(FLAT, 1000), 0), r"policy=0 is no Policy"),
    (lambda: simulate(burst(1, Lengths()), Service(FLAT, 1000), timeline="yes"), r"timeline='yes' is neither"),
])
def test_what_is_no_record_number_or_truth_is_refused_by_name(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("kind", [float, np.int8, np.uint8, np.float16])
def test_whole_numbers_of_any_kind_make_a_service_and_a_fleet(kind):
    requests = burst(20, Lengths(90, 30))
    plain = Service(FLAT, 100, 16, 64, 8, 2), Policy(replicas=1, autoscale=Autoscale(3, 4.0, 0.01, 0.01))
    given = (Service(FLAT, kind(100), kind(16), kind(64), kind(8), kind(2)),
             Policy(replicas=kind(1), autoscale=Autoscale(kind(3), 4.0, 0.01, 0.01)))
    assert given == plain
    assert simulate(requests, *given).summary() == simulate(requests, *plain).summary()
    apart = Policy(replicas=kind(2), prefill_replicas=kind(2))
    assert simulate(requests, given[0], apart).summary() == simulate(requests, plain[0], Policy(2, prefill_replicas=2)
                                                                      ).summary()


@pytest.mark.parametrize("interval_s", [0, 1e-17, 1e-9, np.nan])
def test_a_fleet_looked_at_more_often_than_it_steps_is_refused(interval_s):
    with pytest.raises(ValueError, match=r"interval_s=.* is outside \[0\.001, inf\)"):
        Autoscale(3, 1.0, interval_s=interval_s)


def test_a_service_whose_steps_take_no_time_is_refused():
    still = StepTime(lambda batch, context_tok: 0 * context_tok, lambda tok: 0 * tok, request_s=0.1)
    with pytest.raises(ValueError, match=r"no step takes any time.*give a step_time"):
        simulate(burst(3, Lengths(5, 5)), Service(still, 100))


def test_a_link_too_slow_to_end_is_refused():
    service = Service(FLAT, 100, kv_bytes_per_tok=1e5)
    with pytest.raises(ValueError, match=r"goes on beyond 1e\+12 s"):
        simulate(burst(3, Lengths(5, 5)), service, Policy(prefill_replicas=1, transfer_bytes_per_s=1e-320))
