"""Predictions with a range."""

import numpy as np
import pytest

from inference_economics import calibration, serving
from inference_economics.serving import Deployment, Load

LOAD = Load(16)


@pytest.mark.parametrize(("chip", "engine", "source"), [("h200-sxm", "vllm", "fitted"), ("b200", "typical", "shrunk"),
                                                         ("mi300x", "vllm", "shrunk")])
@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3"])
def test_every_prediction_has_a_range(model, chip, engine, source):
    one = Deployment(model, chip, 8, engine=engine)
    point, span = one.serve(LOAD), serving.interval(one, LOAD)
    assert span.source == source
    assert span.fitted == (source == "fitted")
    assert (span.tpot_s, span.ttft_s) == (point.tpot_s, point.ttft_s)
    assert 0.4 * point.tpot_s < span.tpot_low_s < span.tpot_s < span.tpot_high_s < 2 * point.tpot_s
    assert span.ttft_low_s < span.ttft_s < span.ttft_high_s
    early = calibration.constants(chip, engine, built=2025.0)
    assert serving.interval(one, LOAD, early).tpot_s == one.serve(LOAD, early).tpot_s


@pytest.mark.parametrize("engine", ["llama-cpp", "mlx"])
def test_engines_that_are_not_fitted_get_the_bound_and_say_so(engine):
    one = Deployment("llama-3.1-70b", "h100-sxm", 2, engine=engine)
    span, bound = serving.interval(one, LOAD), one.in_turn(LOAD).tpot_s
    assert span.source == "unfitted"
    assert not span.fitted
    assert span.tpot_s == span.tpot_low_s == bound
    assert span.tpot_high_s > 1.5 * bound
    assert np.isnan([span.ttft_s, span.ttft_low_s, span.ttft_high_s]).all()
    with pytest.raises(ValueError, match="not fitted: leave them out"):
        serving.interval(one, LOAD, one.constants)


@pytest.mark.parametrize(("deployment", "load", "message"), [
    ("llama-3.1-8b", LOAD, r"deployment='llama-3\.1-8b' is no Deployment; give Deployment\(model, chip"),
    (None, LOAD, "deployment=None is no Deployment"),
    (Deployment("llama-3.1-8b", "h100-sxm"), 16, "load=16 is no Load; give Load"),
])
def test_what_is_no_deployment_or_load_is_refused_by_name(deployment, load, message):
    with pytest.raises(ValueError, match=message):
        serving.interval(deployment, load)
