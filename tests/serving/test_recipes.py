"""What the measured runs asked of their engines, and that the measurements agree."""

from dataclasses import replace

import numpy as np
import pytest

from inference_economics import calibration, measurements
from inference_economics.serving import fit, recipes


def point(model, chip, engine, **changes):
    found = next(p for p in measurements.load()
                 if (p.model, p.chip, p.engine) == (model, chip, engine) and p.harness == "inferencex")
    return replace(found, **changes)


@pytest.mark.parametrize(("model", "chip", "engine", "precision", "wide"), [
    ("gpt-oss-120b", "h200-sxm", "vllm", "mxfp4", True), ("gpt-oss-120b", "b200", "vllm", "mxfp4", False),
    ("deepseek-v3", "h200-sxm", "sglang", "fp8", True), ("deepseek-v3", "h200-sxm", "trtllm", "fp8", False),
    ("deepseek-v3", "b200", "sglang", "fp8", False), ("kimi-k2", "h200-sxm", "vllm", "int4", True),
    ("kimi-k2", "b200", "vllm", "fp4", False), ("minimax-m2.5", "h100-sxm", "vllm", "fp8", True),
    ("minimax-m2.5", "b200", "vllm", "fp8", False), ("llama-3.1-70b", "h100-sxm", "vllm", "fp8", False),
    ("qwen3.5-397b-a17b", "b200", "sglang", "bf16", True)])
def test_caches_as_the_scripts_ask(model, chip, engine, precision, wide):
    assert point(model, chip, engine, precision=precision).bytes_per_value == (2.0 if wide else 1.0)


def test_sweeps_of_the_source_leave_engines_their_defaults():
    for p in measurements.load():
        if p.harness == "other":
            assert p.bytes_per_value == (1.0 if p.precision == "fp4" else 2.0)
            assert recipes.held_steps(p) == 0


def test_a_wide_cache_is_what_was_measured():
    """Llama 8B in fp8 on one H200 reads its cache for half of a step: bytes halved, the step would be a third short."""
    points = [p for p in measurements.kept() if p.model == "llama-3.1-8b" and p.engine == "sglang" and p.n_chips == 1
              and p.output_tok >= 1000]
    assert len(points) >= 5
    data = fit.Data(points)
    out = data.predict(data.constants(fit.fit([p for p in measurements.kept() if p.model != "llama-3.1-8b"])))
    halved = out.tpot_s - out.cache_s / 2
    assert np.mean(out.tpot_s / data.tpot_s) == pytest.approx(1, abs=0.15)
    assert np.mean(halved / data.tpot_s) < 0.85


def test_requests_are_held_back_as_told():
    deepseek, llama = point("deepseek-v3", "b200", "sglang"), point("llama-3.1-70b", "b200", "trtllm")
    assert recipes.held_steps(replace(deepseek, concurrency=8)) == 4.5
    assert recipes.held_steps(replace(deepseek, concurrency=16)) == 14.5
    assert recipes.held_steps(replace(deepseek, chip="h200-sxm")) == 0
    short = replace(llama, prompt_tok=921.6, output_tok=921.6, n_chips=4, attention_dp=1)
    assert recipes.held_steps(short) == 20
    assert recipes.held_steps(replace(short, n_chips=8)) == recipes.held_steps(replace(short, output_tok=7372.8)) == 0
    assert recipes.held_steps(replace(short, n_chips=8, attention_dp=8)) == 20
    assert recipes.held_steps(replace(short, engine="vllm", attention_dp=8)) == 0
    for harness, steps in (("inferencex", 9.5), ("other", 0)):
        assert recipes.usual_held_steps("sglang", "blackwell", harness) == steps
    assert recipes.usual_held_steps("sglang", "hopper", "inferencex") == 0


def test_memory_as_the_scripts_ask():
    """671 GB in fp8 do not fit four B200 beside the engine's own reserve: those runs were told to keep less back."""
    eight, four = (point("deepseek-v3", "b200", "sglang", precision="fp8", n_chips=n) for n in (8, 4))
    assert [recipes.memory_rule(p)["memory_share"] for p in (eight, four)] == [0.82, 0.95]
    assert recipes.memory_rule(replace(eight, harness="other"))["memory_share"] == 1
    assert recipes.memory_rule(point("llama-3.1-70b", "h100-sxm", "vllm"))["memory_share"] == 0.9
    default = recipes.memory_rule(point("llama-3.1-70b", "h200-sxm", "vllm"))
    assert default["memory_share"] == 0.92
    data = fit.Data(measurements.kept())
    assert np.all(data.predict(data.constants(fit.fit(measurements.kept()[::5]))).capacity >= 1)


@pytest.mark.parametrize(("engine", "model", "chip", "tp", "concurrency", "prompt", "answer", "within"), [
    ("trtllm", "llama-3.1-70b", "h200-sxm", 1, 128, 1024, 8192, 0.1),
    ("trtllm", "llama-3.1-70b", "h200-sxm", 1, 64, 8192, 1024, 0.15),
    ("trtllm", "llama-3.1-70b", "b200", 1, 128, 1024, 8192, 0.15),
    ("vllm", "minimax-m2.5", "b200", 2, 256, 8192, 1024, 0.25),
    ("vllm", "minimax-m2.5", "h100-sxm", 4, 64, 1024, 8192, 0.8)])
def test_requests_wait_for_room_as_the_rules_say(engine, model, chip, tp, concurrency, prompt, answer, within):
    """Nothing of a rule is fitted: whole answers set aside, or caches that grow, make seconds or minutes of waiting."""
    rows = [p for p in measurements.kept() if (p.engine, p.model, p.chip, p.n_chips, p.concurrency) == (
        engine, model, chip, tp, concurrency) and (p.prompt_tok, p.output_tok) == (0.9 * prompt, 0.9 * answer)
        and p.precision == "fp8"]
    assert rows
    data = fit.Data(rows)
    out = data.predict(data.constants(calibration.fitted()))
    assert np.all(out.wait_s > 5)
    assert np.mean(out.ttft_s / data.ttft_s) == pytest.approx(1, abs=within)


def test_waiting_for_prompts_shows_in_the_first_token():
    """Llama 70B under TensorRT-LLM, 1k in and out: below 8 chips, told to wait, first tokens come steps later."""
    def fixed(n_chips, output_tok):
        rows = [p for p in measurements.kept() if p.model == "llama-3.1-70b" and p.engine == "trtllm"
                and p.chip == "b200" and p.n_chips == n_chips and p.concurrency <= 8 and p.prompt_tok < 1024
                and (p.output_tok < 1024) == (output_tok < 1024)]
        return np.mean([p.ttft_s / p.tpot_s for p in rows])

    assert fixed(4, 921) > fixed(4, 7372) + 12
    assert fixed(8, 921) == pytest.approx(fixed(8, 7372), abs=3)
