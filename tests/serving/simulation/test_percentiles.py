"""The table of percentiles: against the simulator, against its own ends, and in a figure's program."""

import numpy as np
import pytest

from inference_economics.serving import Deployment, Load
from inference_economics.serving.simulation import Lengths, calibrated_service, process, simulate
from inference_economics.serving.simulation.percentiles import (
    AXES,
    Unevenness,
    means,
    table,
    tail_latency,
)

LLAMA = Deployment("llama-3.1-70b", "h100-sxm", 4)


def test_the_table_is_whole_and_in_order():
    assert table()["tpot_p50"].shape == tuple(map(len, AXES.values()))
    for part in ("tpot", "first"):
        low, middle, high = (table()[f"{part}_p{percent}"] for percent in (50, 95, 99))
        assert np.all((low > 0) & (low <= middle) & (middle <= high))
    # what waiting adds to a percentile, which need not grow from one to the next
    assert all(np.all(table()[f"wait_p{percent}"] >= 0) for percent in (50, 95, 99))


@pytest.mark.parametrize("at", [(1, 0.3), (1, 0.85), (3, 0.7)])
def test_at_a_knot_it_is_the_cell(at):
    arrival_cv, occupancy = at
    load = Load(48 * occupancy, 1024, 256)
    uneven = Unevenness(arrival_cv, 1.0)
    tail, mean = tail_latency(LLAMA, load, 48, uneven), means(LLAMA, load, 1.0)
    place = (1, 1, AXES["arrival_cv"].index(arrival_cv), 1, AXES["occupancy"].index(occupancy))
    assert tail.tpot_s == pytest.approx(table()["tpot_p95"][place] * mean.tpot_s)
    assert tail.wait_s == pytest.approx(table()["wait_p95"][place] * mean.service_s)
    assert tail.ttft_s == pytest.approx(table()["first_p95"][place] * mean.ttft_s + tail.wait_s)


def test_a_deployment_it_was_not_made_from_is_met():
    """Between the knots, too: 24 places, prompts of six answers, gaps of variation 2."""
    load, uneven = Load(15, 1536, 256), Unevenness(2.0, 0.5)
    mean = means(LLAMA, load, 0.5)
    requests = process(float(mean.request_per_s), 6000, Lengths(1536, 256, 0.5, 0.5), cv=2.0, seed=5)
    result = simulate(requests, calibrated_service(LLAMA, context_tok=1792, max_batch=24))
    kept = result.after(0.2 * result.arrival_s[-1])
    tail = tail_latency(LLAMA, load, 24, uneven)
    assert tail.tpot_s == pytest.approx(np.nanpercentile(result.tpot_s[kept], 95), rel=0.15)
    assert tail.ttft_s == pytest.approx(np.percentile(result.ttft_s[kept], 95), rel=0.5)


def test_uneven_answers_are_longer_in_flight():
    load = Load(64, 1024, 2048)
    even, uneven = means(LLAMA, load, 0.0), means(LLAMA, load, 1.0)
    point = LLAMA.serve(load)
    assert even.tpot_s == pytest.approx(point.tpot_s)
    assert uneven.tpot_s > 1.02 * even.tpot_s
    assert even.request_per_s == pytest.approx(point.output_tok_per_s / 2048)


def test_it_takes_arrays_and_is_undefined_where_all_places_are_taken():
    tail = tail_latency(LLAMA, Load(np.array([1.0, 10.0, 47.0, 48.0]), 1024, 256), 48)
    assert np.isfinite(tail.ttft_s).tolist() == [True, True, False, False]
    assert tail.tpot_s[1] > tail.tpot_s[0]
    assert tail_latency(LLAMA, Load(10, 1024, 256), 48, percent=99).tpot_s > tail.tpot_s[1]


@pytest.mark.parametrize(("build", "message"), [
    (lambda: tail_latency(LLAMA, Load(1), 48, percent=90), "unknown percent 90; known: 50, 95, 99"),
    (lambda: tail_latency(LLAMA, Load(1), 0.5), "places=0.5"),
    (lambda: Unevenness(arrival_cv=5), "arrival_cv=5"),
    (lambda: Unevenness(length_cv=2), "length_cv=2"),
])
def test_what_the_table_does_not_hold_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_figure_can_ask_for_it():
    """Traced, with load, places and burstiness known only in the browser."""
    from kernelless.trace import Graph

    graph = Graph()
    uneven = Unevenness(graph.parameter("arrival_cv"), 1.0)
    tail = tail_latency(LLAMA, Load(graph.parameter("in_flight"), 1024, 256), graph.parameter("places"), uneven)
    assert [part.shape for part in tail] == [(), (), ()]
    assert len(graph.nodes) < 1500
