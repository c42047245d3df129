"""A service: its parts, its limits, arrivals, drafts, and what cannot run."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import accelerators, calibration, models, serving, step
from inference_economics.serving import Deployment, Drafts, Formats, Layout, Load, UnsupportedFormatError
from kernelless.trace import Graph

S = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")
C = calibration.constants("h100-sxm")
PAIR = Deployment("llama-3.1-70b", "h100-sxm", 2, engine="vllm")


def test_parts_add_up():
    p = PAIR.serve(Load(16))
    parts = p.weights_s + p.cache_s + p.communication_s + p.launch_s + p.sequences_s + p.prefill_s
    assert parts == pytest.approx(p.tpot_s)
    assert p.output_tok_per_s == pytest.approx(16 * 1024 / (p.ttft_s + 1024 * p.tpot_s))
    point = step.serve(S, C, Load(32.0, 1500.0, 1000.0), Layout(8))
    assert point[4:9] == step.decode_step(S, C, 32.0, 2000.0, Layout(8))


@pytest.mark.parametrize("name", sorted(models.load()))
def test_every_model_on_every_chip(name):
    """A latency exactly where something runs; never below the bound, and the bound never below the floor."""
    tried, refused = 0, set()
    load, layout = Load(np.array([1.0, 8, 64])), Layout(np.gcd(8, models.get(name).q_heads or 8))
    for chip in accelerators.load():
        for precision in ("bf16", "fp8", "fp4"):
            one = Deployment(name, chip, layout, precision, link_bytes_per_s=100e9)
            try:
                p = one.serve(load)
                s = one.setup
            except UnsupportedFormatError:
                assert not np.any(p.output_tok_per_s), (chip, precision)
                assert np.all(np.isnan(p.tpot_s) & np.isnan(p.ttft_s)), (chip, precision)
                continue
            except ValueError as refusal:
                refused |= {"peak" if " peak" in str(refusal) else str(refusal)}
                continue
            tried += 1
            runs, bound = p.output_tok_per_s > 0, one.in_turn(load).tpot_s
            floor = step.serving_floor_s(s, step.IDEAL, load, layout)
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
    one = Deployment("gpt-oss-120b", "h200-sxm", 2, engine="vllm")
    base = one.serve(Load(concurrency, prompt))
    assert one.serve(Load(concurrency * k, prompt)).ttft_s >= base.ttft_s * (1 - 1e-9)
    assert one.serve(Load(concurrency, prompt * k)).ttft_s >= base.ttft_s * (1 - 1e-9)
    if base.wait_s == 0:
        assert one.serve(Load(concurrency * k, prompt)).tpot_s >= base.tpot_s


@given(concurrency=st.floats(1, 4000))
@settings(max_examples=40)
def test_the_batch_stops_where_the_cache_is_full(concurrency):
    one = Deployment("llama-3.1-70b", "h200-sxm", engine="vllm")
    p, full = one.serve(Load(concurrency, 8192)), one.serve(Load(1e4, 8192))
    assert full.batch > full.capacity  # vLLM lets caches grow with their answers
    assert p.batch == pytest.approx(min(concurrency, full.batch))
    assert p.tpot_s <= full.tpot_s * (1 + 1e-9)
    assert (p.wait_s > 0) == (concurrency > full.batch)


def test_narrow_caches_hold_more():
    wide, narrow = (Deployment("llama-3.1-70b", "h200-sxm", 2, Formats("fp8", width)).serve(Load(16))
                    for width in (2, 1))
    assert narrow.capacity == pytest.approx(2 * wide.capacity)
    assert narrow.cache_s == pytest.approx(wide.cache_s / 2)


def test_attention_groups_cut_the_sequences_not_the_layers():
    cut, grouped = (Deployment("deepseek-v3", "h200-sxm", Layout.of(8, groups)).serve(Load(256)) for groups in (1, 8))
    # a latent cache is copied on every chip when layers are cut, and held once when sequences are
    assert grouped.cache_s == pytest.approx(cut.cache_s / 8)
    assert grouped.weights_s > cut.weights_s


def test_a_model_that_does_not_fit_has_no_latency():
    p = Deployment("llama-3.1-70b", "h100-sxm", [1, 2, 4], "bf16").serve(Load())
    assert np.isnan(p.tpot_s[0])
    assert np.isfinite(p.tpot_s[2])
    assert np.array_equal(np.isnan(p.tpot_s), p.capacity < 1)
    assert p.output_tok_per_s[0] == 0


def test_what_does_not_fit_is_undefined_and_serves_nothing():
    layout, load = Layout.of([1, 8, 8], [1, 1, 8]), Load(4.0, 1e6, 1000.0)
    point, room = step.serve(S, C, load, layout), step.capacity(S, C, load.context_tok, layout)
    assert np.all(room >= 0)
    assert np.array_equal(np.isnan(point.tpot_s), room < 1)
    assert np.array_equal(point.output_tok_per_s == 0, room < 1)
    assert np.array_equal(point.batch == 0, room < 1)


def test_chips_that_no_link_joins_serve_nothing():
    alone = serving.setup("llama-3.1-8b", "m3-ultra", "bf16")
    point = step.serve(alone, C, Load(4.0, 1000.0, 100.0), Layout([1, 2]))
    assert list(point.runs) == [True, False]
    assert list(np.isnan(point.tpot_s)) == [False, True]


def test_eight_cards_behind_pcie():
    """70B in 8 bits with 16-bit arithmetic over eight H100 PCIe: about 280 tokens/s, 615 were the bridge among all."""
    real = serving.setup("llama-3.1-70b", "h100-pcie", "w8a16", 1)
    dream = serving.setup("llama-3.1-70b", "h100-pcie", "w8a16", 1, link_bytes_per_s=300e9)
    c, load = calibration.constants("h100-pcie"), Load(32.0, 8192.0, 512.0)
    fast, slow = (step.serve(s, c, load, Layout(8)).output_tok_per_s for s in (dream, real))
    assert slow == pytest.approx(280, rel=0.15)
    assert fast == pytest.approx(615, rel=0.15)


def test_without_constants_only_the_hardware_is_left():
    s = serving.setup("llama-3.1-8b", "h100-sxm", "bf16")
    p = step.serve(s, step.IDEAL, Load(1.0, 1000.0, 2.0))
    m = models.get("llama-3.1-8b")
    read = 2 * (m.n_params - m.hidden * m.vocab) + 2 * m.kv_values_per_token * 1001
    assert p.tpot_s == pytest.approx(read / 3.35e12)


def test_the_floor_overlaps_prefill_too():
    one = Deployment("llama-3.1-8b", "h100-sxm")
    floor = one.floor_tpot_s(Load([1, 8, 64], 8000, 100))
    assert np.all(floor > 0)
    assert floor[2] > floor[0]


# -- arrivals and drafts ----------------------------------------------------------------------------------------------


def test_a_burst_reads_all_prompts_first():
    steady, burst = (PAIR.serve(Load(16, arrival=arrival)) for arrival in ("steady", "burst"))
    assert burst.tpot_s == pytest.approx(steady.tpot_s - steady.prefill_s)
    assert burst.prefill_s == 0
    assert burst.ttft_s > steady.ttft_s + 5 * steady.prompt_s  # 7.5 prompts are ahead of the mean one
    assert PAIR.serve(Load(1, arrival="burst")) == PAIR.serve(Load(1))


def test_drafts_cost_arithmetic_and_save_steps():
    load, layout = Load(4.0, 1000.0, 500.0), Layout(4)
    plain = step.serve(S, C, load, layout)
    one = step.serve(S, C, load, layout, Drafts())
    drafted = step.serve(S, C, load, layout, Drafts(3.0, 2.5))
    assert one.tpot_s == pytest.approx(plain.tpot_s)
    assert drafted.cache_s == pytest.approx(plain.cache_s / 2.5)  # a sequence's cache is read once for all its drafts
    assert drafted.sequences_s == pytest.approx(plain.sequences_s * 4 / 2.5)
    assert plain.tpot_s / 2.5 < drafted.tpot_s < plain.tpot_s


# -- arrays, programs -------------------------------------------------------------------------------------------------


def test_a_million_configurations_are_one_call():
    grid = np.linspace(1, 512, 1_000_000)
    one = Deployment("llama-3.1-8b", "h100-sxm")
    p = one.serve(Load(grid))
    assert p.tpot_s.shape == grid.shape
    assert p.tpot_s[-1] == one.serve(Load(512)).tpot_s


def test_the_step_traces():
    graph = Graph()
    s = serving.setup("gpt-oss-120b", "h100-sxm", "mxfp4")
    c = calibration.constants("h100-sxm", "vllm")
    load = Load(*map(graph.parameter, ("concurrency", "prompt_tok", "output_tok")))
    p = step.serve(s, c, load, Layout.of(graph.parameter("n_chips"), graph.parameter("attention_dp")))
    assert all(getattr(p, name).__traced__ for name in ("tpot_s", "ttft_s", "output_tok_per_s"))


def test_a_chip_of_ones_own():
    doubled = replace(accelerators.get("h100-sxm"), name="mine", hbm_bytes_per_s=6.7e12)
    ours, theirs = (Deployment("llama-3.1-8b", chip).serve(Load()).tpot_s for chip in (doubled, "tpu-v5p"))
    assert ours < theirs


def test_a_held_request_waits_for_so_many_steps():
    held = replace(C, held_steps=20.0)
    now, later = (step.serve(S, c, Load(8.0, 1000.0, 1000.0), Layout(4)) for c in (replace(C, held_steps=0.0), held))
    parts = now.tpot_s - now.prefill_s
    assert later.ttft_s - now.ttft_s == pytest.approx(20 * parts)
    assert later.tpot_s == now.tpot_s
