"""The calibrated model: its physics, its ranges, pools of their own, and what it refuses."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import accelerators, calibration, measurements, models, serving, step
from inference_economics.serving.layout import Layout
from inference_economics.serving.load import floor_s
from kernelless.trace import Graph

LOAD = {"precision": "fp8", "concurrency": 16, "prompt_tok": 1024, "output_tok": 1024, "tp": 2, "engine": "vllm"}


# -- the physics ------------------------------------------------------------------------------------------------------


def test_parts_add_up():
    p = calibration.calibrated("llama-3.1-70b", "h100-sxm", **LOAD)
    parts = p.weights_s + p.cache_s + p.communication_s + p.launch_s + p.sequences_s + p.prefill_s
    assert parts == pytest.approx(p.tpot_s)
    assert calibration.calibrated_tpot_s("llama-3.1-70b", "h100-sxm", **LOAD) == p.tpot_s
    assert p.output_tok_per_s == pytest.approx(16 * 1024 / (p.ttft_s + 1024 * p.tpot_s))


@pytest.mark.parametrize("name", sorted(models.load()))
def test_every_model_on_every_chip(name):
    """A latency exactly where something runs; never below the bound, and the bound never below the floor."""
    tried, refused = 0, set()
    for chip in accelerators.load():
        for precision in ("bf16", "fp8", "fp4"):
            load = {"precision": precision, "concurrency": np.array([1.0, 8, 64]), "link_bytes_per_s": 100e9, "tp": 8}
            try:
                p = calibration.calibrated(name, chip, **load)
            except ValueError as refusal:
                refused |= {"peak" if " peak" in str(refusal) else str(refusal)}
                continue
            tried += 1
            runs = p.output_tok_per_s > 0
            bound, floor = (function(name, chip, **load) for function in (calibration.bound_tpot_s, floor_s))
            assert np.array_equal(np.isfinite(p.tpot_s), runs), (chip, precision)
            assert np.array_equal(np.isfinite(p.ttft_s), runs), (chip, precision)
            assert np.all(p.tpot_s[runs] >= bound[runs]), (chip, precision)
            free = runs & (p.wait_s == 0)  # the floor lets more run where memory is full
            assert np.all(bound[free] >= floor[free] * (1 - 1e-9)), (chip, precision)
    assert tried > 60
    assert {reason for reason in refused if "no memory size" not in reason} <= {"peak"}


@given(concurrency=st.floats(1, 500), prompt=st.floats(1, 30_000), k=st.floats(1.05, 4))
@settings(max_examples=60)
def test_more_work_takes_longer(concurrency, prompt, k):
    load = {**LOAD, "concurrency": concurrency, "prompt_tok": prompt}
    base = calibration.calibrated("gpt-oss-120b", "h200-sxm", **load)
    for more in ("concurrency", "prompt_tok"):
        other = calibration.calibrated("gpt-oss-120b", "h200-sxm", **{**load, more: load[more] * k})
        assert other.ttft_s >= base.ttft_s * (1 - 1e-9)
    if base.wait_s == 0:
        busier = calibration.calibrated("gpt-oss-120b", "h200-sxm", **{**load, "concurrency": concurrency * k})
        assert busier.tpot_s >= base.tpot_s


@given(concurrency=st.floats(1, 4000))
@settings(max_examples=40)
def test_the_batch_stops_where_the_cache_is_full(concurrency):
    load = {**LOAD, "tp": 1, "prompt_tok": 8192}
    p = calibration.calibrated("llama-3.1-70b", "h200-sxm", **{**load, "concurrency": concurrency})
    full = calibration.calibrated("llama-3.1-70b", "h200-sxm", **{**load, "concurrency": 1e4})
    assert p.batch == pytest.approx(min(concurrency, full.capacity))
    assert p.tpot_s <= full.tpot_s * (1 + 1e-9)
    assert (p.wait_s > 0) == (concurrency > full.capacity)


def test_narrow_caches_hold_more():
    wide = calibration.calibrated("llama-3.1-70b", "h200-sxm", **{**LOAD, "bytes_per_value": 2})
    narrow = calibration.calibrated("llama-3.1-70b", "h200-sxm", **{**LOAD, "bytes_per_value": 1})
    assert narrow.capacity == pytest.approx(2 * wide.capacity)
    assert narrow.cache_s == pytest.approx(wide.cache_s / 2)


def test_attention_groups_cut_the_sequences_not_the_layers():
    load = {**LOAD, "tp": 8, "concurrency": 256}
    cut = calibration.calibrated("deepseek-v3", "h200-sxm", **load)
    grouped = calibration.calibrated("deepseek-v3", "h200-sxm", **{**load, "attention_dp": 8})
    # a latent cache is copied on every chip when layers are cut, and held once when sequences are
    assert grouped.cache_s == pytest.approx(cut.cache_s / 8)
    assert grouped.weights_s > cut.weights_s


def test_a_model_that_does_not_fit_has_no_latency():
    p = calibration.calibrated("llama-3.1-70b", "h100-sxm", precision="bf16", tp=[1, 2, 4])
    assert np.isnan(p.tpot_s[0])
    assert np.isfinite(p.tpot_s[2])
    assert np.array_equal(np.isnan(p.tpot_s), p.capacity < 1)
    assert p.output_tok_per_s[0] == 0


def test_without_constants_only_the_hardware_is_left():
    s = serving.setup("llama-3.1-8b", "h100-sxm", "bf16")
    p = step.serve(s, step.IDEAL, 1.0, 1000.0, 2.0, 1.0)
    m = models.get("llama-3.1-8b")
    read = 2 * (m.n_params - m.hidden * m.vocab) + 2 * m.kv_values_per_token * 1001
    assert p.tpot_s == pytest.approx(read / 3.35e12)


def test_chips_and_engines_that_were_not_measured_lie_between_those_that_were():
    assert calibration.generation("mi300x") == "other"
    assert calibration.constants("h200-sxm", "vllm") == calibration.constants("h100-sxm", "vllm")
    for family in ("h100-sxm", "b200", "mi300x"):
        each = [calibration.constants(family, engine) for engine in calibration.ENGINES]
        typical = calibration.constants(family)
        for name in ("layer_s", "expert_layer_s", "cache_mbu", "interference"):
            values = [getattr(c, name) for c in each]
            assert 0.99 * min(values) <= getattr(typical, name) <= 1.01 * max(values), name
    for name in ("weight_mbu", "dense_mfu", "layer_s"):
        low, ours, high = (getattr(calibration.constants(chip, "vllm"), name)
                           for chip in ("b200", "mi300x", "h100-sxm"))
        assert min(low, high) <= ours <= max(low, high), name


def test_no_pair_takes_an_absurd_launch():
    """One pair's expert launch was three times the others': a mixture's layer now costs much the same everywhere."""
    layers = [getattr(calibration.constants(chip, engine), name) for chip in ("h100-sxm", "b200")
              for engine in calibration.ENGINES for name in ("layer_s", "expert_layer_s")]
    assert 1e-5 < min(layers) < max(layers) < 8e-5
    for name in ("layer_s", "expert_layer_s"):
        values = [getattr(calibration.constants(chip, engine), name) for chip in ("h100-sxm", "b200")
                  for engine in calibration.ENGINES]
        assert max(values) < 1.3 * min(values), name


def test_constants_mean_what_they_say():
    shares = [f.name for f in fields(step.Constants) if f.name.endswith(("_mbu", "_mfu", "_share"))
              and f.name not in ("queue_share", "queue_launch_share")]
    for engine in (*calibration.ENGINES, calibration.TYPICAL):
        for chip in ("h100-sxm", "b200", "mi300x"):
            c = calibration.constants(chip, engine)
            assert all(0 < getattr(c, name) < 1 for name in shares)
            assert 1e-6 < c.collective_s < 30e-6
            assert 1e-6 < c.layer_s < 100e-6
            assert 0.5 < c.interference < 1.5
            assert 0 < c.queue_share < 0.5
            assert c.mixture_launch == 1


def test_engines_improve():
    load = {**LOAD, "concurrency": 4, "engine": "sglang", "tp": 8}
    then, now = (calibration.calibrated("deepseek-v3", "b200", **load, built=year)
                 for year in (2025.8, calibration.BUILT))
    assert then.launch_s > 1.2 * now.launch_s
    assert then.cache_s == now.cache_s
    dense = [calibration.calibrated("llama-3.1-70b", "b200", **load, built=year).tpot_s for year in (2025.8, 2026.2)]
    assert dense[0] == dense[1]


# -- arrivals, drafts, harnesses --------------------------------------------------------------------------------------


def test_a_burst_reads_all_prompts_first():
    steady = calibration.calibrated("llama-3.1-70b", "h100-sxm", **LOAD)
    burst = calibration.calibrated("llama-3.1-70b", "h100-sxm", **LOAD, arrival="burst")
    assert burst.tpot_s == pytest.approx(steady.tpot_s - steady.prefill_s)
    assert burst.prefill_s == 0
    assert burst.ttft_s > steady.ttft_s + 5 * steady.prompt_s  # 7.5 prompts are ahead of the mean one
    alone = {**LOAD, "concurrency": 1}
    assert calibration.calibrated("llama-3.1-70b", "h100-sxm", **alone, arrival="burst") == calibration.calibrated(
        "llama-3.1-70b", "h100-sxm", **alone)


def test_drafts_cost_arithmetic_and_save_steps():
    s, c = serving.setup("llama-3.1-70b", "h100-sxm"), calibration.constants("h100-sxm", "vllm")
    plain = step.serve(s, c, 4.0, 1000.0, 500.0, 4.0)
    one = step.serve(s, c, 4.0, 1000.0, 500.0, 4.0, tokens_per_step=1.0)
    drafted = step.serve(s, c, 4.0, 1000.0, 500.0, 4.0, tokens_per_step=2.5, draft_tok=3.0)
    assert one.tpot_s == pytest.approx(plain.tpot_s)
    assert drafted.cache_s == pytest.approx(plain.cache_s / 2.5)  # a sequence's cache is read once for all its drafts
    assert drafted.sequences_s == pytest.approx(plain.sequences_s * 4 / 2.5)
    assert plain.tpot_s / 2.5 < drafted.tpot_s < plain.tpot_s


def test_a_harness_changes_the_first_token_only():
    each = {name: calibration.calibrated("llama-3.1-70b", "h100-sxm", **LOAD, harness=name)
            for name in measurements.HARNESSES}
    assert len({point.tpot_s for point in each.values()}) == 1
    assert each["other"].ttft_s > each["inferencex"].ttft_s


def test_whole_experts_exchange_tokens_between_groups():
    s, c = serving.setup("deepseek-v3", "h200-sxm"), calibration.constants("h200-sxm", "sglang")
    few = step.communication_time_s(s, c, 64.0, layout=Layout(tp=8.0, ep=1.0))
    many = step.communication_time_s(s, c, 512.0, layout=Layout(attention_dp=8.0, ep=8.0, imbalance=1.0))
    more = step.communication_time_s(s, c, 1024.0, layout=Layout(attention_dp=8.0, ep=8.0, imbalance=1.0))
    assert few > 0
    assert many < more < 2 * many


# -- ranges -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chip", "engine", "source"), [("h200-sxm", "vllm", "fitted"), ("b200", "typical", "shrunk"),
                                                         ("mi300x", "vllm", "shrunk")])
@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3"])
def test_every_prediction_has_a_range(model, chip, engine, source):
    load = {**LOAD, "tp": 8, "engine": engine}
    point, span = calibration.calibrated(model, chip, **load), calibration.interval(model, chip, **load)
    assert span.source == source
    assert (span.tpot_s, span.ttft_s) == (point.tpot_s, point.ttft_s)
    assert 0.4 * point.tpot_s < span.tpot_low_s < span.tpot_s < span.tpot_high_s < 2 * point.tpot_s
    assert span.ttft_low_s < span.ttft_s < span.ttft_high_s


@pytest.mark.parametrize("engine", sorted(calibration.UNFITTED))
def test_engines_that_are_not_fitted_get_the_bound_and_say_so(engine):
    load = {key: value for key, value in LOAD.items() if key != "engine"}
    span = calibration.interval("llama-3.1-70b", "h100-sxm", engine=engine, **load)
    bound = calibration.bound_tpot_s("llama-3.1-70b", "h100-sxm", **load)
    assert span.source == "unfitted"
    assert span.tpot_s == span.tpot_low_s == bound
    assert span.tpot_high_s > 1.5 * bound
    assert np.isnan([span.ttft_s, span.ttft_low_s, span.ttft_high_s]).all()
    with pytest.raises(ValueError, match="not fitted: leave it out"):
        calibration.interval("llama-3.1-70b", "h100-sxm", engine=engine, built=2023.5, **load)
    with pytest.raises(ValueError, match="unknown engine"):
        calibration.calibrated("llama-3.1-70b", "h100-sxm", engine=engine, **load)


def test_specs_and_slugs_are_the_same():
    spec = calibration.calibrated(models.get("llama-3.1-8b"), accelerators.get("b200"), **LOAD)
    assert spec == calibration.calibrated("llama-3.1-8b", "b200", **LOAD)


def test_a_chip_of_ones_own():
    doubled = replace(accelerators.get("h100-sxm"), name="mine", hbm_bytes_per_s=6.7e12)
    assert calibration.calibrated_tpot_s("llama-3.1-8b", doubled) < calibration.calibrated_tpot_s(
        "llama-3.1-8b", "tpu-v5p")


def test_a_million_configurations_are_one_call():
    grid = np.linspace(1, 512, 1_000_000)
    p = calibration.calibrated("llama-3.1-8b", "h100-sxm", concurrency=grid)
    assert p.tpot_s.shape == grid.shape
    assert p.tpot_s[-1] == calibration.calibrated_tpot_s("llama-3.1-8b", "h100-sxm", concurrency=512)


def test_the_step_traces():
    graph = Graph()
    s = serving.setup("gpt-oss-120b", "h100-sxm", "mxfp4")
    c = calibration.constants("h100-sxm", "vllm")
    sliders = ("concurrency", "prompt_tok", "output_tok", "n_chips", "attention_dp")
    p = step.serve(s, c, *map(graph.parameter, sliders))
    assert all(getattr(p, name).__traced__ for name in ("tpot_s", "ttft_s", "output_tok_per_s"))


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [calibration.calibrated, calibration.bound_tpot_s, floor_s])
@pytest.mark.parametrize("name", ["concurrency", "prompt_tok", "output_tok", "tp"])
@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf"), "many"])
def test_loads_that_cannot_be(function, name, bad):
    with pytest.raises(ValueError, match=name):
        function("llama-3.1-8b", "h100-sxm", **{name: bad})


@pytest.mark.parametrize(("change", "message"), [
    ({"tp": 1.5}, "whole"),
    ({"tp": 4, "attention_dp": 3}, "attention_dp=3 does not divide tp=4"),
    ({"attention_dp": 0}, "attention_dp"),
    ({"precision": "fp6"}, "unknown precision 'fp6'; known: bf16, fp8"),
    ({"engine": "llama.cpp"}, "unknown engine 'llama.cpp'; known: trtllm, vllm, sglang, typical"),
    ({"bytes_per_value": 16.5}, "bytes, not bits"),
    ({"link_bytes_per_s": 450.0}, "GB/s"),
])
def test_settings_that_cannot_be(change, message):
    with pytest.raises(ValueError, match=message):
        calibration.calibrated("llama-3.1-8b", "h100-sxm", **change)


def test_unknown_names():
    with pytest.raises(ValueError, match="unknown model 'llama'"):
        calibration.calibrated("llama", "h100-sxm")
    with pytest.raises(ValueError, match="unknown accelerator 'h100'"):
        calibration.calibrated("llama-3.1-8b", "h100")


@pytest.mark.parametrize(("arguments", "message"), [((7, "h100-sxm"), "model=7 is neither"),
                                                     (("llama-3.1-8b", None), "accelerator=None is neither")])
def test_specs_that_are_none(arguments, message):
    with pytest.raises(ValueError, match=message):
        calibration.calibrated(*arguments)


@pytest.mark.parametrize("name", ["concurrency", "prompt_tok", "output_tok", "n_chips", "attention_dp"])
@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf")])
def test_the_step_refuses_what_cannot_be(name, bad):
    load = {"concurrency": 1, "prompt_tok": 100, "output_tok": 100, "n_chips": 1, "attention_dp": 1, name: bad}
    with pytest.raises(ValueError, match=name):
        step.serve(serving.setup("llama-3.1-8b", "h100-sxm"), step.IDEAL, **load)


def test_chips_with_gaps():
    with pytest.raises(ValueError, match="no link bandwidth for this accelerator; use tp=1"):
        calibration.calibrated("llama-3.1-8b", "trainium1", tp=2)
    assert np.isfinite(calibration.calibrated_tpot_s("llama-3.1-8b", "trainium1", tp=2, link_bytes_per_s=50e9))
    with pytest.raises(ValueError, match=r"no \w+ peak"):
        calibration.calibrated("llama-3.1-8b", "mi455x", precision="bf16")


@pytest.mark.parametrize(("change", "message"), [
    ({"arrival": "poisson"}, "unknown arrival 'poisson'; known: steady, burst"),
    ({"harness": "mine"}, "unknown harness 'mine'; known: inferencex"),
    ({"expert_parallel": 3, "tp": 4}, "ep=3 does not divide"),
])
def test_services_that_cannot_be(change, message):
    with pytest.raises(ValueError, match=message):
        calibration.calibrated("deepseek-v3", "h200-sxm", **{**LOAD, **change})
