"""Bounds against published arithmetic, and what physics demands of them whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import accelerators, models, roofline
from inference_economics.hardware import links
from kernelless.trace import Graph

STEP = {"batch": 8.0, "context_tok": 4096.0, "kv_bytes_per_token": 131072.0, "param_bytes": 16e9, "n_params": 8e9,
        "hbm_bytes_per_s": 3.35e12, "flop_per_s": 989e12}
PREFILL = {"batch": 1.0, "prompt_tok": 2048.0, "param_bytes": 16e9, "n_params": 8e9, "layers": 32.0,
           "attention_width": 4096.0, "n_params_head": 0.5e9, "hbm_bytes_per_s": 3.35e12, "flop_per_s": 989e12}
# the scaling book's quiz: 30B parameters in int8 with bf16 arithmetic, 100 kB of cache per token, 16 TPU v5e
QUIZ = {"context_tok": 8192, "kv_bytes_per_token": 100e3, "param_bytes": 30e9, "n_params": 30e9,
        "hbm_bytes_per_s": 16 * 8.1e11, "flop_per_s": 16 * 1.97e14}
sizes = st.floats(1, 1e6)
factors = st.floats(1.01, 100)


def split(inputs):
    """Return the inputs of a step's work, and those of the roof over it."""
    roof = {name: value for name, value in inputs.items() if name in ("hbm_bytes_per_s", "flop_per_s", "mfu", "mbu")}
    return {name: value for name, value in inputs.items() if name not in roof}, roof


def decode_bounds(*args, **inputs):
    work, roof = split(inputs)
    return roofline.bounds(roofline.decode_work(*args, **work), roofline.Roof(**roof))


def decode_estimate_s(*args, **inputs):
    work, roof = split(inputs)
    return roofline.estimate_s(roofline.decode_work(*args, **work), roofline.Roof(**roof))


def prefill_bounds(*args, **inputs):
    work, roof = split(inputs)
    return roofline.bounds(roofline.prefill_work(*args, **work), roofline.Roof(**roof))


@given(flop=st.floats(1, 1e20), moved=st.floats(1, 1e15))
def test_the_share_of_the_peak_is_arithmetic_over_the_slower_of_two_times(flop, moved):
    share = roofline.peak_share(flop, moved, 989e12, 3.35e12)
    slower_s = max(flop / 989e12, moved / 3.35e12)
    assert share == pytest.approx(flop / 989e12 / slower_s)
    assert 0 < share <= 1
    assert roofline.peak_share(flop, 0, 989e12, 3.35e12) == 1


@pytest.mark.parametrize(("batch", "reported_ms"), [(4, 2.57), (256, 21.05)])
def test_scaling_book_quiz(batch, reported_ms):
    assert round(decode_estimate_s(batch, **QUIZ) * 1e3, 2) == reported_ms


@pytest.mark.parametrize(("chip", "bytes_per_param", "reported"),
                         [("tpu-v5e", 2, 240), ("tpu-v5e", 1, 120), ("h100-sxm", 2, 295), ("a100-sxm-80gb", 2, 153)])
def test_critical_batch(chip, bytes_per_param, reported):
    spec = accelerators.get(chip)
    batch = roofline.critical_batch(spec.bf16_flop_per_s, spec.hbm_bytes_per_s, bytes_per_param)
    assert batch == pytest.approx(reported, abs=1)


def test_critical_batch_of_a100_with_the_older_memory():
    assert roofline.critical_batch(312e12, 1.5e12) == pytest.approx(208)


@pytest.mark.parametrize(("peak", "bandwidth", "reported"), [(177e12, 204.8e9, 864), (177e12, 2.7e12, 65.6)])
def test_ridge_of_mtia_2i(peak, bandwidth, reported):
    assert roofline.ridge_flop_per_byte(peak, bandwidth) == pytest.approx(reported, rel=1e-3)


def test_llama_2_7b_on_mtia_2i_misses_its_target():
    floor = decode_bounds(1, 0, 0, 13.5e9, 6.74e9, hbm_bytes_per_s=204.8e9, flop_per_s=177e12).overlapped_s
    assert round(floor * 1e3) == 66
    assert floor > 60e-3


@pytest.mark.parametrize(("causal_fraction", "reported_tok"), [(1.0, 26_624), (0.5, 53_248)])
def test_attention_passes_the_weights_where_the_scaling_book_says(causal_fraction, reported_tok):
    m = models.get("llama-3.1-8b")
    layer = m.hidden * m.head_dim * (2 * m.q_heads + 2 * m.kv_heads) + 3 * m.hidden * m.ffn_hidden
    attention = models.attention_flop_prefill(reported_tok, m.layers, m.q_heads * m.head_dim, causal_fraction)
    assert attention == pytest.approx(models.linear_flop(reported_tok, layer * m.layers))


PALM = {"hbm_bytes_per_s": 64 * 1.2e12, "flop_per_s": 64 * 2.75e14}


@pytest.mark.parametrize(("batch", "reported_s", "mfu"), [(1, 0.29, 0.43), (512, 85.2, 0.76)])
def test_palm_prefill_is_above_the_bound_by_its_mfu(batch, reported_s, mfu):
    m = models.get("palm-540b")
    low, high = prefill_bounds(batch, 2048, m.n_params, m.n_params_non_embedding, m.layers,
                                        m.q_heads * m.head_dim, 0.0, **PALM)
    assert low < reported_s
    assert low <= high
    assert low / reported_s == pytest.approx(mfu, abs=0.03)


@pytest.mark.parametrize(("batch", "bytes_per_param", "reported_s"), [(64, 1, 1.82), (512, 2, 6.0)])
def test_palm_decode_is_above_the_bound(batch, bytes_per_param, reported_s):
    m = models.get("palm-540b")
    low, _ = decode_bounds(batch, 2048 + 32, 2 * m.kv_values_per_token, bytes_per_param * m.n_params,
                                         m.n_params, **PALM)
    assert 0.15 < 64 * low / reported_s < 1


def test_palm_bandwidth_floor():
    m = models.get("palm-540b")
    floor = decode_bounds(64, 2048, 2 * m.kv_values_per_token, m.n_params, m.n_params, **PALM).overlapped_s
    assert round(floor * 1e3, 1) == 7.2
    assert 28.4e-3 / floor == pytest.approx(4, abs=0.1)


@given(batch=sizes, k=factors)
def test_bounds_are_ordered_and_grow_with_the_batch(batch, k):
    low, high = decode_bounds(**{**STEP, "batch": batch})
    assert low <= high <= 2 * low
    assert decode_bounds(**{**STEP, "batch": batch * k}).overlapped_s > low


@given(k=factors)
def test_units_scale_as_they_must(k):
    # a byte half as large: every size and every bandwidth doubles and no time changes
    scaled = {name: value * (k if "bytes" in name else 1) for name, value in STEP.items()}
    assert decode_estimate_s(**scaled) == pytest.approx(decode_estimate_s(**STEP))
    faster = {**STEP, "hbm_bytes_per_s": STEP["hbm_bytes_per_s"] * k, "flop_per_s": STEP["flop_per_s"] * k}
    assert decode_estimate_s(**faster) == pytest.approx(decode_estimate_s(**STEP) / k)
    assert prefill_bounds(**{**PREFILL, "mfu": 1 / k}).overlapped_s >= (
        prefill_bounds(**PREFILL).overlapped_s)


def test_batch_one_reads_the_weights_once():
    alone = decode_estimate_s(**{**STEP, "batch": 1, "context_tok": 0})
    assert alone == pytest.approx(STEP["param_bytes"] / STEP["hbm_bytes_per_s"])


def test_efficiencies_divide_the_bound():
    half = decode_estimate_s(**STEP, mfu=0.5, mbu=0.5)
    assert half == pytest.approx(2 * decode_estimate_s(**STEP))


@given(batch=st.integers(1, 10_000), experts=st.integers(1, 512), k=st.integers(1, 16))
def test_experts_touched_lie_between_those_of_one_token_and_all(batch, experts, k):
    k = min(k, experts)
    touched = models.experts_touched(batch, experts, k)
    assert k * (1 - 1e-9) <= touched <= experts * (1 + 1e-9)
    assert touched <= batch * k * (1 + 1e-9)


def test_experts_touched_agrees_with_a_draw():
    rng = np.random.default_rng(3)
    drawn = [len({e for _ in range(32) for e in rng.choice(128, 4, replace=False)}) for _ in range(2000)]
    assert models.experts_touched(32, 128, 4) == pytest.approx(np.mean(drawn), rel=0.01)


def test_expert_bytes_of_deepseek():
    m = models.get("deepseek-v3")
    every = models.expert_bytes_read(1e6, m.experts, m.experts_active, m.n_params_expert, 1)
    assert every == pytest.approx(m.experts * m.n_params_expert)


@given(message=st.floats(1, 1e9), n=st.integers(2, 64))
def test_all_reduce_approaches_twice_the_message(message, n):
    time = links.all_reduce_time_s(message, links.Group(n, 450e9))
    assert message / 450e9 <= time * (1 + 1e-12)
    assert time < 2 * message / 450e9


def test_one_chip_sends_nothing():
    assert links.all_reduce_time_s(1e9, links.Group(1, 450e9, 1e-5)) == 0
    assert links.tensor_parallel_time_s(64, 8192, 80, links.Group(1, 450e9, 1e-5)) == 0


def test_latency_dominates_decode_and_bandwidth_prefill():
    latency = 2 * 80 * 1e-5
    assert links.tensor_parallel_time_s(1, 8192, 80, links.Group(8, 450e9, 1e-5)) == pytest.approx(latency, rel=0.02)
    assert links.tensor_parallel_time_s(8192, 8192, 80, links.Group(8, 450e9, 1e-5)) > 10 * latency


def test_roofline_meets_at_the_ridge():
    ridge = roofline.ridge_flop_per_byte(989e12, 3.35e12)
    assert roofline.attainable_flop_per_s(ridge, 989e12, 3.35e12) == pytest.approx(989e12)
    assert roofline.attainable_flop_per_s(ridge / 2, 989e12, 3.35e12) == pytest.approx(989e12 / 2)


def test_intensity():
    assert roofline.arithmetic_intensity(10, 5) == 2
    assert roofline.arithmetic_intensity(10, 0) == np.inf
    assert models.attention_intensity_decode(64, 8) == 8 * models.attention_intensity_decode(64, 64)


def test_a_list_is_an_array():
    assert models.linear_flop([1, 2], 1e9) == pytest.approx([2e9, 4e9])
    assert decode_estimate_s(**{**STEP, "batch": [1, 2, 4]}).shape == (3,)


@given(batch=st.floats(1, 4096), context=st.floats(0, 1e5))
def test_the_floor_is_at_most_the_estimate_and_that_at_most_the_sum(batch, context):
    step = {**STEP, "batch": batch, "context_tok": context}
    bounds, estimate = decode_bounds(**step), decode_estimate_s(**step)
    floor = bounds.overlapped_s
    assert floor <= estimate * (1 + 1e-12)
    assert estimate <= bounds.serial_s * (1 + 1e-12) <= 3 * floor
    weights_bound = STEP["param_bytes"] / STEP["hbm_bytes_per_s"] >= 2 * batch * STEP["n_params"] / STEP["flop_per_s"]
    if weights_bound:
        assert floor == pytest.approx(estimate)


@pytest.mark.parametrize(("name", "slip", "hint"),
                         [("hbm_bytes_per_s", 3.35, "TB/s"), ("flop_per_s", 989.0, "TFLOP/s")])
def test_unit_slips_are_named(name, slip, hint):
    with pytest.raises(ValueError, match=hint):
        decode_estimate_s(**{**STEP, name: slip})


@pytest.mark.parametrize(("call", "name"), [
    (lambda: models.experts_touched(-1, 8, 2), "batch"),
    (lambda: models.experts_touched(1, 0, 2), "experts"),
    (lambda: models.experts_touched(1, 8, 0), "experts_active"),
    (lambda: models.expert_bytes_read(1, 8, 2, -1.0), "n_params_expert"),
    (lambda: links.all_reduce_time_s(-1, links.Group(8, 450e9)), "message_bytes"),
    (lambda: links.all_reduce_time_s(1, links.Group(0, 450e9)), "n_chips"),
    (lambda: links.all_reduce_time_s(1, links.Group(8, 450)), "link_bytes_per_s"),
    (lambda: links.all_reduce_time_s(1, links.Group(8, 450e9, 10)), "collective_latency_s"),
    (lambda: decode_estimate_s(**STEP, mfu=60), "fraction"),
    (lambda: decode_estimate_s(**STEP, mbu=0), "mbu"),
    (lambda: roofline.critical_batch(989e12, 3.35e12, 0), "bytes_per_param"),
    (lambda: models.attention_intensity_decode(0, 8), "q_heads"),
    (lambda: roofline.attainable_flop_per_s(-1, 1e12, 1e12), "intensity"),
    (lambda: roofline.arithmetic_intensity(1, -1), "moved_bytes"),
    (lambda: models.linear_flop(1, float("nan")), "n_params"),
    (lambda: models.n_params_prefilled(1e9, 2e9, 100), r"n_params_head=2e.09 exceeds n_params=1e.09"),
    (lambda: models.n_params_prefilled(1e9, 1e8, 0.5), "prompt_tok=0.5 is outside"),
])
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_formulas_trace():
    graph = Graph()
    step = {name: graph.parameter(name) for name in STEP}
    assert decode_bounds(**step).serial_s is not None
    assert prefill_bounds(**{name: graph.parameter(name) for name in PREFILL}).overlapped_s is not None
    assert models.experts_touched(graph.parameter("batch"), 128, 4) is not None
    group = links.Group(graph.parameter("n_chips"), 450e9, 1e-5)
    assert links.tensor_parallel_time_s(step["batch"], 8192, 80, group) is not None


@pytest.mark.parametrize("name", ["hbm_bytes_per_s", "flop_per_s", "mfu", "mbu"])
@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf"), "many"])
def test_a_roof_refuses_what_cannot_be(name, bad):
    with pytest.raises(ValueError, match=name):
        roofline.Roof(**{"hbm_bytes_per_s": 3.35e12, "flop_per_s": 989e12, name: bad})
