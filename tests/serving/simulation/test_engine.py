"""The engine: what it logs of its steps adds up to what it counts."""

import numpy as np
import pytest
from serving.simulation.stubs import SLOPED

from inference_economics.serving.simulation import Lengths, Policy, Service, process, simulate


@pytest.mark.parametrize("chunked", [True, False])
def test_the_steps_add_up_to_the_run(chunked):
    requests = process(60, 200, Lengths(150, 40, 1, 1), seed=3)
    service = Service(SLOPED, 120, block_tok=8, token_budget=100, max_batch=16)
    result = simulate(requests, service, Policy(chunked=chunked, replicas=2), timeline=True)
    steps = result.steps
    span = steps["end_s"] - steps["start_s"]
    assert np.sum(result.preemptions) > 0
    assert np.sum(span) == pytest.approx(result.busy_s)
    assert span == pytest.approx(steps["count"] * (steps["first_s"] + steps["rise_s"] * (steps["count"] - 1) / 2))
    assert np.sum(span * (steps["blocks"] + steps["blocks_after"]) / 2) == pytest.approx(result.block_s)
    assert steps["blocks_after"].max() <= service.kv_blocks
    for replica in (0, 1):
        own = steps[steps["replica"] == replica]
        assert np.all(own["start_s"][1:] >= own["end_s"][:-1])


def test_every_token_but_the_first_is_decoded():
    requests = process(60, 200, Lengths(150, 40, 1, 1), seed=3)
    steps = simulate(requests, Service(SLOPED, 10_000, token_budget=100, max_batch=16), timeline=True).steps
    assert np.sum(steps["count"] * steps["decoding"]) == np.sum(requests.output_tok - 1)


def test_nothing_is_kept_unless_asked_for():
    result = simulate(process(60, 20, Lengths(15, 4), seed=3), Service(SLOPED, 120))
    assert result.steps.size == result.events.size == 0
