"""A fleet that follows its load."""

import numpy as np
import pytest
from serving.simulation.stubs import SLOPED

from inference_economics.serving.simulation import (
    Autoscale,
    Lengths,
    Policy,
    Requests,
    Service,
    process,
    simulate,
)


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
