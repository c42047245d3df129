"""What a replica is, and how a fleet schedules: settings that cannot be are refused."""

import pytest
from serving.simulation.stubs import FLAT

from inference_economics.serving import Deployment, Layout
from inference_economics.serving.simulation import Autoscale, Policy, Service, calibrated_service


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
