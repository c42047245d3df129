"""Formats: bytes with scales, parts that stay in 16 bits, peaks of the arithmetic, defaults of engines."""

import tomllib

import pytest

from inference_economics import accelerators, catalog, models
from inference_economics.serving import Formats, UnsupportedFormatError, engines, formats, stored

CHECKPOINTS = tomllib.loads(catalog.path("checkpoint_bytes.toml").read_text(encoding="utf-8"))
# with its extra layer, which the model leaves out
COUNTED = sorted(set(CHECKPOINTS) - {"deepseek-v3"})


@pytest.mark.parametrize("name", COUNTED)
def test_checkpoints_weigh_what_they_weigh(name):
    row = CHECKPOINTS[name]
    m = models.get(row["model"])
    held = stored.stored(m, formats.get(row["format"]))
    total = held.bytes_per_copy + m.experts * held.expert_bytes
    assert total == pytest.approx(row["bytes"], rel=max(row["tolerance"], 1e-12))


def test_deepseek_without_its_extra_layer():
    m = models.get("deepseek-v3")
    held = stored.stored(m, formats.get("w8a8-fp8-block"))
    assert held.bytes_per_copy + m.experts * held.expert_bytes == pytest.approx(673.2e9, rel=1e-4)


@pytest.mark.parametrize("name", sorted(models.load()))
def test_sixteen_bits_are_two_bytes_a_weight(name):
    m = models.get(name)
    held = stored.stored(m, formats.get("bf16"))
    assert held.bytes_per_copy + m.experts * held.expert_bytes == pytest.approx(2 * m.n_params, rel=1e-12)
    assert held.shared_params + held.head_params > 0


def test_bytes_hold_their_scales():
    assert formats.get("nvfp4").bytes_per_value == 0.5625
    assert formats.get("int4").bytes_per_value == 0.5625
    assert formats.get("w4a16").bytes_per_value == pytest.approx(4.15625 / 8)
    assert formats.get("kv4", "cache").bytes_per_value == 0.5625


def test_the_arithmetic_is_the_format_asked_for_or_sixteen_bits():
    h100, b200, a100 = (accelerators.get(name) for name in ("h100-sxm", "b200", "a100-sxm-80gb"))
    assert Formats("fp8").flop_per_s(h100) == h100.fp8_flop_per_s
    assert Formats("w8a16").flop_per_s(h100) == h100.bf16_flop_per_s
    assert Formats("fp8").flop_per_s(a100) == a100.bf16_flop_per_s
    assert Formats("nvfp4").flop_per_s(b200) == b200.fp4_flop_per_s
    assert Formats("w4a16", arithmetic="fp8").flop_per_s(b200) == b200.fp8_flop_per_s
    # blocks that matrix units scale need no widening: InferenceX runs gpt-oss on Blackwell in MXFP8
    assert Formats("mxfp4").flop_per_s(b200) == b200.fp8_flop_per_s
    assert Formats("mxfp4").flop_per_s(h100) == h100.bf16_flop_per_s
    assert Formats("mxfp4", arithmetic="bf16").flop_per_s(b200) == b200.bf16_flop_per_s
    assert Formats("int8").flop_per_s(accelerators.get("b300")) == 150e12


@pytest.mark.parametrize(("form", "words"), [
    ("w16a16", "no bf16 peak in the catalogue"), ("int8", "neither a int8 nor a bf16 peak"),
])
def test_no_narrower_peak_stands_in(form, words):
    with pytest.raises(UnsupportedFormatError, match=f"Maia 200 has {words}.*known: fp8, fp4"):
        Formats(form).flop_per_s(accelerators.get("maia-200"))


def test_engines_choose_the_cache():
    fp8, nvfp4 = formats.get("fp8"), formats.get("nvfp4")
    assert {formats.default_cache(fp8, engine).name for engine in engines.load_engines()} == {"kv16"}
    assert formats.default_cache(nvfp4).name == "kv8"
    assert formats.default_cache(nvfp4, "trtllm").name == "kv8"
    assert formats.default_cache(nvfp4, "mlx").name == "kv16"


def test_what_is_asked_for_holds():
    assert Formats("fp8", "kv4").cache_bytes_per_value() == 0.5625
    assert Formats("bf16", 1.0).cache_bytes_per_value() == 1.0
    assert Formats(state="state32").state_bytes_per_value == 4


ROW = {"name": "x", "title": "X", "holds": "weights", "bits": 4, "arithmetic": "bf16", "otherwise": "fp16"}


@pytest.mark.parametrize(("call", "message"), [
    (lambda: formats.get("fp6"), "unknown precision 'fp6'; known: bf16, fp8"),
    (lambda: formats.get("kv8"), "unknown precision 'kv8'"),
    (lambda: formats.get("fp8", "cache"), "unknown cache format 'fp8'; known: kv16"),
    (lambda: Formats(cache="kv5"), "unknown cache format 'kv5'"),
    (lambda: Formats(weights=formats.get("kv8", "cache")), "this format holds cache"),
    (lambda: Formats(arithmetic="fp6"), "unknown arithmetic 'fp6'"),
    (lambda: formats.Format(**ROW | {"bits": 0.5}), "give bits, not bytes"),
    (lambda: formats.Format(**ROW | {"group": 32}), "go together"),
    (lambda: formats.Format(**ROW | {"holds": "cache"}), "does not go with a format that holds cache"),
    (lambda: formats.Format(**ROW | {"keeps_16_bit": ("heads",)}), "unknown part of a model 'heads'"),
    (lambda: formats.default_cache(formats.get("fp8"), "tgi"), "unknown engine 'tgi'"),
])
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
