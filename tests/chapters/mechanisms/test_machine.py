import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.catalog import prices
from inference_economics.chapters.mechanisms import bill_of_a_token, marching_over_the_roofline, memory_of_one_gpu
from inference_economics.hardware import accelerators, roofline
from inference_economics.models import decode_flop_per_token, get, kv_cache, prefill_flop_per_token
from inference_economics.serving import Layout, Load, calibration, ladder, memory, setup

MARCH, MEMORY, BILL = marching_over_the_roofline(), memory_of_one_gpu(), bill_of_a_token()
H100 = accelerators.get("h100-sxm")


@pytest.mark.parametrize("explorer", [MARCH, MEMORY, BILL], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


def test_the_march_is_the_rooflines():
    llama = get("llama-3.1-8b")
    weights = 2 * llama.n_params_read
    prefill = mark(MARCH, "prefill: tokens of a prompt", t=6)
    decode = mark(MARCH, "decode: one of each sequence", t=6)
    assert np.sum(np.isfinite(prefill.x)) == np.sum(np.isfinite(decode.x)) == 7
    for k in range(7):
        n = 2.0**k
        read = n * prefill_flop_per_token(llama, n) / (weights + kv_cache.of_model(llama, n))
        write = n * decode_flop_per_token(llama, 2048) / (weights + kv_cache.of_model(llama, 2048, n))
        np.testing.assert_allclose([prefill.x[k], decode.x[k]], [read, write])
        np.testing.assert_allclose(prefill.y[k], min(H100.bf16_flop_per_s, read * H100.hbm_bytes_per_s))
    seen = readings(MARCH, t=6)
    assert seen["Tokens that pass together"] == 64
    assert seen["Decode, share of the peak"] == pytest.approx(
        roofline.attainable_flop_per_s(write, H100.bf16_flop_per_s, H100.hbm_bytes_per_s) / H100.bf16_flop_per_s)


def test_decode_stops_where_memory_is_full():
    fit = readings(MARCH)["Sequences that fit"]
    decode = mark(MARCH, "decode: one of each sequence", t=12)
    assert np.sum(np.isfinite(decode.x)) == np.floor(np.log2(fit)) + 1
    assert np.isnan(readings(MARCH, t=12)["Decode, share of the peak"])
    assert not MARCH.figure(t=12).states[0].ok


@pytest.mark.parametrize("n_chips", [1, 2, 8])
@pytest.mark.parametrize("batch", [1, 16])
def test_parts_of_the_memory(n_chips, batch):
    s, c = setup("llama-3.1-70b", "h100-sxm"), calibration.constants("h100-sxm")
    stack = mark(MEMORY, "memory", n_chips=n_chips, batch=batch)
    kept, weights, caches = stack.value * s.hbm_bytes
    assert weights == pytest.approx(memory.weight_bytes_per_chip(s, Layout(tp=n_chips)))
    assert caches == pytest.approx(batch * kv_cache.of_model("llama-3.1-70b", 8192) / n_chips)
    # what is kept back is what neither weights nor the sequences that fit may have
    sequences = memory.capacity(s, c, 8192, Layout(tp=n_chips))
    most = sequences * kv_cache.of_model("llama-3.1-70b", 8192) / n_chips
    assert kept == pytest.approx(max(H100.hbm_bytes - weights - most,
                                     H100.hbm_bytes - memory.budget_bytes(s, c, Layout(tp=n_chips))))
    free = mark(MEMORY, "free", n_chips=n_chips, batch=batch)
    total = np.sum(stack.value) + free.value
    assert total == pytest.approx(1)
    fits = readings(MEMORY, n_chips=n_chips, batch=batch)["Sequences that fit"]
    assert (free.value >= 0) == (batch <= fits) == bool(MEMORY.figure(n_chips=n_chips, batch=batch).states[0].ok)
    assert np.isnan(free.start) == (free.value <= 0)


def test_the_bill_is_the_ladder():
    s, c = setup("llama-3.1-70b", "h100-sxm"), calibration.constants("h100-sxm")
    price = prices.rental_usd_per_hour("h100-sxm")
    rungs = ladder(s, c, Load(64, 2048, 512), Layout(tp=4), get("llama-3.1-70b").n_params_read, price, 0.6)
    np.testing.assert_allclose([value / 1e6 for value in readings(BILL).values()], rungs)
    np.testing.assert_allclose(mark(BILL, "share").value, np.diff([0, *rungs]) / rungs[-1])


@pytest.mark.parametrize("model", ["llama-3.1-70b", "llama-3.1-8b", "gpt-oss-120b", "qwen3-235b-a22b"])
@pytest.mark.parametrize("concurrency", [1, 16, 256])
def test_every_loss_costs_something_and_all_make_the_price(model, concurrency):
    shares = mark(BILL, "share", model=model, concurrency=concurrency, n_chips=8, utilisation=0.5).value
    assert np.all(shares > 0)
    assert np.sum(shares) == pytest.approx(1)
    assert shares[3] == pytest.approx(0.5)  # half of the hours are idle
