"""A service at a rate of arrivals: beside the simulator, beside a closed loop, and at its ends."""

import numpy as np
import pytest

from inference_economics import calibration, queueing, serving
from inference_economics.serving import Deployment, Load, arrivals, step
from inference_economics.serving.simulation import Lengths, calibrated_service, process, simulate

S, C = serving.setup("llama-3.1-8b", "h100-sxm", "bf16"), calibration.constants("h100-sxm")


@pytest.mark.parametrize("share", [0.1, 0.6, 0.8])
@pytest.mark.parametrize(("model", "chip", "precision", "tp"), [
    ("llama-3.1-8b", "h100-sxm", "bf16", 1), ("deepseek-v3", "h200-sxm", "fp8", 8)])
def test_it_is_what_the_simulator_says(model, chip, precision, tp, share):
    prompt, output = 1024, 512
    one = Deployment(model, chip, tp, precision)
    rate = share * one.serve(Load(400, prompt, output)).output_tok_per_s / output
    found = one.serve_open(rate, prompt, output)
    service = calibrated_service(one, context_tok=prompt + output)
    run, kept = simulate(process(float(rate), 900, Lengths(prompt, output), seed=3), service), slice(150, 750)
    assert found.tpot_s == pytest.approx(np.mean(run.tpot_s[kept]), rel=0.06)
    assert found.ttft_s == pytest.approx(np.mean(run.ttft_s[kept]), rel=0.15)
    assert found.output_tok_per_s == pytest.approx(rate * output)


def test_little_and_the_others():
    """Whoever runs sees the mean number of others; together they are served as fast as they come."""
    rates = np.geomspace(0.01, 20, 9)
    found = arrivals.serve_open(S, C, rates, 1000, 300)
    np.testing.assert_allclose(found.in_flight, rates * (found.ttft_s - found.wait_s + 300 * found.tpot_s), rtol=1e-9)
    among = step.serve(S, C, Load(found.in_flight + 1, 1000, 300))
    np.testing.assert_allclose(found.tpot_s, among.tpot_s, rtol=1e-6)
    assert np.all(np.diff(found.tpot_s) > 0)
    assert np.all(np.diff(found.ttft_s) > 0)
    alone = arrivals.serve_open(S, C, 0.0, 1000, 300)
    assert alone.tpot_s == pytest.approx(step.serve(S, C, Load(1, 1000, 300)).tpot_s)
    assert (alone.in_flight, alone.wait_s, alone.output_tok_per_s) == (0, 0, 0)


def test_a_full_cache_lets_requests_wait_as_erlang_says():
    """Long sequences leave few places: close to what they serve, requests wait, the more so the more answers differ."""
    top = step.serve(S, C, Load(4000, 60_000, 2000)).output_tok_per_s / 2000
    equal, exponential = (arrivals.serve_open(S, C, 0.9 * top, 60_000, 2000, output_cv=cv) for cv in (0.0, 1.0))
    assert equal.places == np.floor(step.capacity(S, C, 60_000 + C.held_share * 2000))
    assert 0 < exponential.wait_s == pytest.approx(2 * equal.wait_s)
    offered = exponential.in_flight
    assert exponential.wait_s == pytest.approx(queueing.mean_wait_s(equal.places, offered, offered / (0.9 * top)))


def test_more_than_it_serves():
    found = arrivals.serve_open(S, C, 1e4, 1000, 300)
    assert found.ttft_s == found.wait_s == np.inf
    assert found.in_flight == found.places
    assert np.isfinite(found.tpot_s)
    assert 0 < found.output_tok_per_s < 1e4 * 300


def test_what_cannot_run_has_no_latency():
    found = arrivals.serve_open(serving.setup("llama-3.1-405b", "h100-sxm"), C, 1.0, 1000, 300)
    assert np.isnan([found.tpot_s, found.ttft_s, found.wait_s]).all()
    assert (found.in_flight, found.places, found.output_tok_per_s) == (0, 0, 0)


@pytest.mark.parametrize("bad", [-1, np.nan, "often", None])
def test_a_rate_that_cannot_be(bad):
    with pytest.raises(ValueError, match=r"^request_per_s"):
        arrivals.serve_open(S, C, bad, 1000, 300)
