"""Engines: what they do unless told otherwise."""

import numpy as np
import pytest

from inference_economics import accelerators, calibration
from inference_economics.serving import Deployment, Load, engines, load_engines, memory

ENGINES = load_engines()


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_every_row_says_what_its_cache_is_in_and_where_that_stands(name):
    row = ENGINES[name]
    assert row.cache_format == "kv16"
    assert row.source
    assert row.date
    assert row.version


# -- memory -----------------------------------------------------------------------------------------------------------

GIB = 2**30
H100 = accelerators.get("h100-sxm")
LOAD = Load(1, 1000, 1000)


def test_sglang_share_of_an_h100():
    """Eight H100: 512 + 1.5 x 8,192 + 2 x 512 + 128 x 8 MiB kept back of 81,559, so 0.818 holds weights and cache."""
    one = Deployment("llama-3.1-70b", H100, 8, engine="sglang")
    assert H100.hbm_bytes == 81_559 * 2**20
    assert round(memory.budget_bytes(one.setup, one.constants, one.layout) / H100.hbm_bytes, 3) == 0.818


def test_vllm_counts_weights_reserve_and_cache_within_its_share():
    one = Deployment("llama-3.1-8b", H100, 1, "bf16", "vllm")
    room = 0.92 * H100.hbm_bytes - 3123 * 2**20 - one.weight_bytes
    assert one.capacity(LOAD) == pytest.approx(room / one.cache_bytes(2000))
    # its own log on such a card, at 0.9 of 79.22 GiB: 14.96 + 1.79 + 1.26 GiB leave 53.29 GiB
    assert 0.9 * 79.22 * GIB - 3123 * 2**20 - one.weight_bytes == pytest.approx(53.29 * GIB, rel=1e-3)


def test_tensorrt_llm_takes_a_share_of_what_is_left():
    """Its fraction is of what weights leave, so it does not rule out weights that fill most of a chip."""
    one = Deployment("llama-3.1-8b", H100, 1, "bf16", "trtllm")
    room = 0.9 * (H100.hbm_bytes - 3123 * 2**20 - one.weight_bytes)
    assert one.capacity(LOAD) == pytest.approx(room / one.cache_bytes(2000))
    heavy = [Deployment("llama-3.1-70b", H100, 2, "bf16", engine) for engine in ("trtllm", "vllm")]
    assert [bool(one.verdict(LOAD).weights) for one in heavy] == [True, True]


@pytest.mark.parametrize("chip", ["h100-sxm", "b200", "rtx-5090", "mi300x", "tpu-v5e"])
def test_typical_is_the_mean_of_the_rules(chip):
    size = accelerators.get(chip).hbm_bytes
    rules = [engines.memory_rule(name, size) for name in ("vllm", "sglang", "trtllm")]
    mean = engines.memory_rule("typical", size)
    c = calibration.constants(chip)
    for key, value in mean.items():
        assert value == pytest.approx(np.mean([rule[key] for rule in rules]))
        assert getattr(c, key) == value
    assert 0.6 * size < mean["memory_share"] * size - mean["reserve_bytes"] < size


def test_whoever_asks_what_fits_gets_one_answer():
    for engine in ("vllm", "sglang", "trtllm", "typical", "llama-cpp"):
        one = Deployment("llama-3.1-70b", H100, [1, 2, 4, 8], "fp8", engine)
        room = one.capacity(LOAD)
        assert np.array_equal(room, one.serve(LOAD).capacity)
        assert np.array_equal(room > 0, one.verdict(LOAD).weights)
        assert np.array_equal(np.isnan(one.prefill_time_s(100)), room == 0)


def test_no_memory_and_no_rule():
    assert engines.memory_rule("sglang", None)["reserve_bytes"] > 0
    with pytest.raises(ValueError, match="unknown engine with a rule for memory 'mlx'"):
        engines.memory_rule("mlx", 1e11)
