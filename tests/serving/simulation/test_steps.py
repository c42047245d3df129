"""What a step takes: as the serving model says, and as lists of numbers."""

import pytest

from inference_economics import step
from inference_economics.serving import Deployment, Load
from inference_economics.serving.simulation import StepTime, step_time
from inference_economics.serving.simulation.steps import StepTable


@pytest.mark.parametrize(("model", "chip", "precision", "tp"), [
    ("llama-3.1-8b", "h100-sxm", "bf16", 1), ("gemma-3-27b", "h200-sxm", "fp8", 2),
    ("gpt-oss-120b", "b200", "mxfp4", 2), ("deepseek-v3", "h200-sxm", "fp8", 8), ("deepseek-v3.2", "b200", "fp8", 8)])
def test_the_table_says_what_the_serving_model_says(model, chip, precision, tp):
    """Windows and sparse attention bend the line: the table must bend with them."""
    deployment = Deployment(model, chip, tp, precision)
    times = step_time(deployment)
    table = StepTable(times, 64, 20_000)
    for batch in (1, 7, 64):
        for mean in (1, 500, 1024, 1025, 5000, 19_999):
            fixed, slope = table.line(batch, batch * mean)
            assert fixed + slope * batch * mean == pytest.approx(float(times.decode_s(batch, batch * mean)), rel=1e-9)
    for tok in (1, 100, 9000):
        whole_s, _ = step.prefill_time_s(deployment.setup, deployment.constants, tok, layout=deployment.layout)
        assert table.prefill[tok] == pytest.approx(whole_s, rel=1e-9)


def test_parts_of_a_step_add_up_to_the_serving_model():
    """A batch's time per token, less other prompts' prefill, is a decode step at the mean context."""
    deployment = Deployment("llama-3.1-70b", "h100-sxm", 4)
    point, one = (deployment.serve(Load(users, 1000, 400)) for users in (32, 1))
    times = step_time(deployment)
    assert times(32, 32 * 1200) == pytest.approx(point.tpot_s - point.prefill_s, rel=1e-12)
    alone = times.request_s + times(0, 1200, 1000, first_tokens=1)
    assert alone == pytest.approx(one.ttft_s, rel=1e-12)


def test_chunks_of_a_prompt_cost_what_the_whole_does():
    times = step_time(Deployment("llama-3.1-8b", "h100-sxm", formats="bf16"))
    whole = times(8, 8000, 16_000) - times(8, 8000)
    parts = [times(8, 8000, 2000, done) - times(8, 8000) for done in range(0, 16_000, 2000)]
    assert sum(parts) == pytest.approx(whole)
    # later chunks attend to more
    assert sorted(parts) == parts
    assert parts[-1] > 1.2 * parts[0]


@pytest.mark.parametrize(("curves", "name"), [((1, 2), "decode_s"), ((max, None), "prefill_s"), ((max, max, "x"),
                                                                                              "prefill_alone_s")])
def test_step_times_that_are_no_functions_are_refused(curves, name):
    with pytest.raises(ValueError, match=f"{name}=.* is no function; give one of tokens"):
        StepTime(*curves)


def test_one_knee_is_a_knee():
    assert StepTime(max, max, knees_tok=40).knees_tok == StepTime(max, max, knees_tok=[40]).knees_tok == (40.0,)
