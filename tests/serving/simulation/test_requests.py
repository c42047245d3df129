"""Processes, traces and step times: what goes into the simulator."""

import lzma

import numpy as np
import pytest

from inference_economics import calibration, step
from inference_economics.serving.simulation import (
    TRACES,
    Lengths,
    Requests,
    burst,
    calibrated,
    calibrated_service,
    closed_loop,
    process,
    read,
    trace,
)
from inference_economics.serving.simulation.steps import StepTable


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0, 3.0])
def test_a_process_has_the_rate_and_the_variation_that_was_asked_for(cv):
    requests = process(20, 50_000, Lengths(100, 100), cv=cv, seed=1)
    gaps = np.diff(requests.arrival_s)
    assert requests.request_per_s == pytest.approx(20, rel=0.05)
    assert np.std(gaps) / np.mean(gaps) == pytest.approx(cv, rel=0.05, abs=1e-9)
    assert requests.arrival_s[0] == 0


@pytest.mark.parametrize("cv", [0.0, 0.3, 1.0])
def test_lengths_have_the_mean_and_the_variation_that_was_asked_for(cv):
    prompt, output = Lengths(2000, 300, cv, cv).draw(50_000, np.random.default_rng(2))
    assert np.mean(prompt) == pytest.approx(2000, rel=0.02)
    assert np.std(output) / np.mean(output) == pytest.approx(cv, rel=0.03, abs=1e-9)
    assert prompt.min() >= 1


def test_faster_and_first():
    requests = trace("mooncake-conversation")
    assert requests.faster(2).request_per_s == pytest.approx(2 * requests.request_per_s)
    few = requests.first(10)
    assert len(few) == len(few.prefix_blocks) == 10


# from the trace's own description; see `traces`
@pytest.mark.parametrize(("name", "count", "prompt_tok", "output_tok"), [
    ("azure-2023-code", 8819, 2048, 28), ("azure-2023-conversation", 19_366, 1155, 211),
    ("mooncake-conversation", 12_031, 12_035, 343)])
def test_a_shipped_trace_is_whole(name, count, prompt_tok, output_tok):
    requests = trace(name)
    assert len(requests) == count
    assert np.mean(requests.prompt_tok) == pytest.approx(prompt_tok, abs=0.5)
    assert np.mean(requests.output_tok) == pytest.approx(output_tok, abs=0.5)
    assert 3400 < requests.arrival_s[-1] < 3600
    assert (requests.prefix_blocks is not None) == name.startswith("mooncake")


def test_every_trace_is_described():
    assert set(TRACES) == {"azure-2023-code", "azure-2023-conversation", "mooncake-conversation"}
    from inference_economics.serving.simulation import traces
    assert all(f"``{name}``" in traces.__doc__ for name in TRACES)
    with pytest.raises(ValueError, match=r"unknown trace 'azure'"):
        trace("azure")


def test_a_trace_of_ones_own(tmp_path):
    text = "arrival_s,prompt_tok,output_tok,prefix_blocks\n0,600,5,1 2\n0.5,20,7,\n"
    (tmp_path / "plain.csv").write_text(text)
    (tmp_path / "packed.csv.xz").write_bytes(lzma.compress(text.encode()))
    for name in ("plain.csv", "packed.csv.xz"):
        requests = read(tmp_path / name)
        assert requests.prompt_tok.tolist() == [600, 20]
        assert requests.prefix_blocks == ((1, 2), ())


@pytest.mark.parametrize(("text", "message"), [
    ("", r"starts with nothing; a trace has the columns arrival_s, prompt_tok, output_tok"),
    ("time,prompt,output\n", r"starts with \['time', 'prompt', 'output'\]"),
    ("arrival_s,prompt_tok,output_tok\n", "there are no requests"),
    ("arrival_s,prompt_tok,output_tok\n0,1\n", r"line 2: 2 fields where the first line has 3"),
    ("arrival_s,prompt_tok,output_tok\n0,1,2\n1,x,2\n", r"line 3: prompt_tok='x' is not a number"),
    ("arrival_s,prompt_tok,output_tok\n0,1,2\n1,nan,2\n", "prompt_tok"),
    ("arrival_s,prompt_tok,output_tok\n0,1.5,2\n", "prompt_tok.*whole number"),
    ("arrival_s,prompt_tok,output_tok\n0,1,0\n", r"output_tok=0 is outside"),
    ("arrival_s,prompt_tok,output_tok\n5,1,2\n4,1,2\n", r"arrival_s falls after request 0"),
    ("arrival_s,prompt_tok,output_tok\n-1,1,2\n", r"arrival_s=-1 is outside"),
    ("arrival_s,prompt_tok,output_tok,prefix_blocks\n0,9,2,a b\n", "prefix_blocks holds a name that is not a whole"),
    ("arrival_s,prompt_tok,output_tok,prefix_blocks\n0,9,2,1 2\n", r"request 0 names 2 blocks of 512 tokens.*has 9"),
])
def test_a_broken_trace_is_refused(tmp_path, text, message):
    (tmp_path / "trace.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / "trace.csv")


@pytest.mark.parametrize(("build", "message"), [
    (lambda: Requests([0, 1], [5], [5, 5]), r"prompt_tok has shape \(1,\), arrival_s \(2,\)"),
    (lambda: Requests([0], [5], [5], prefix_blocks=((), ())), "names blocks of 2 prompts of 1"),
    (lambda: process(0, 5, Lengths()), "request_per_s=0"),
    (lambda: process(1, 2.5, Lengths()), "count"),
    (lambda: process(1, 5, Lengths(), cv=-1), "cv=-1"),
    (lambda: closed_loop(5, 4, Lengths()), "at least one request per user"),
    (lambda: Lengths(prompt_tok=0), "prompt_tok=0"),
    (lambda: burst(3, Lengths()).first(4), r"count=4 is outside \[1, 3\]"),
    (lambda: burst(3, Lengths()).faster(0), "factor=0"),
    (lambda: calibrated_service("llama-3.1-405b", "h100-sxm"), r"leaves no room for a cache on 1 × 'h100-sxm'"),
    (lambda: calibrated_service("llama-3.1-8b", "h100-sxm", tp=4, attention_dp=3), "attention_dp=3 does not divide"),
    (lambda: calibrated_service("llama-3.1-8b", "h100-sxm", token_budget=0), "token_budget"),
])
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("model", "chip", "precision", "tp"), [
    ("llama-3.1-8b", "h100-sxm", "bf16", 1), ("gemma-3-27b", "h200-sxm", "fp8", 2),
    ("gpt-oss-120b", "b200", "mxfp4", 2), ("deepseek-v3", "h200-sxm", "fp8", 8), ("deepseek-v3.2", "b200", "fp8", 8)])
def test_the_table_says_what_the_serving_model_says(model, chip, precision, tp):
    """Windows and sparse attention bend the line: the table must bend with them."""
    times = calibrated(model, chip, precision=precision, tp=tp)
    table = StepTable(times, 64, 20_000)
    for batch in (1, 7, 64):
        for mean in (1, 500, 1024, 1025, 5000, 19_999):
            fixed, slope = table.line(batch, batch * mean)
            assert fixed + slope * batch * mean == pytest.approx(float(times.decode_s(batch, batch * mean)), rel=1e-9)
    s, c = calibration.setup(model, chip, precision), calibration.constants(chip)
    for tok in (1, 100, 9000):
        assert table.prefill[tok] == pytest.approx(step.prefill_time_s(s, c, tok, tp, 1)[0], rel=1e-9)


def test_parts_of_a_step_add_up_to_the_serving_model():
    """A batch's time per token, less other prompts' prefill, is a decode step at the mean context."""
    point = calibration.calibrated("llama-3.1-70b", "h100-sxm", concurrency=32, prompt_tok=1000, output_tok=400, tp=4)
    times = calibrated("llama-3.1-70b", "h100-sxm", tp=4)
    assert times(32, 32 * 1200) == pytest.approx(point.tpot_s - point.prefill_s, rel=1e-12)
    one = calibration.calibrated("llama-3.1-70b", "h100-sxm", prompt_tok=1000, output_tok=400, tp=4)
    alone = times.request_s + times(0, 1200, 1000, first_tokens=1)
    assert alone == pytest.approx(one.ttft_s, rel=1e-12)


def test_chunks_of_a_prompt_cost_what_the_whole_does():
    times = calibrated("llama-3.1-8b", "h100-sxm", precision="bf16")
    whole = times(8, 8000, 16_000) - times(8, 8000)
    parts = [times(8, 8000, 2000, done) - times(8, 8000) for done in range(0, 16_000, 2000)]
    assert sum(parts) == pytest.approx(whole)
    # later chunks attend to more
    assert sorted(parts) == parts
    assert parts[-1] > 1.2 * parts[0]
