"""Formats and engines as data: the formats' rules give the bytes of published checkpoints. Reads TOML only."""

import tomllib
from math import ceil
from pathlib import Path

import pytest

CATALOG = Path(__file__).parents[2] / "src" / "inference_economics" / "catalog"


def rows(name):
    return tomllib.loads((CATALOG / name).read_text(encoding="utf-8"))


FORMATS, ENGINES, CHECKPOINTS = rows("formats.toml"), rows("engines.toml"), rows("checkpoint_bytes.toml")
MODELS = rows("models.toml")
ABOUT = {"title", "source", "date", "confidence"}
PARTS = {"embedding", "head", "norm", "router", "bias", "attention", "shared"}


def bits(row):
    group = row.get("group", 0)
    return row["bits"] + ((row.get("scale_bits", 0) + row.get("zero_bits", 0)) / group if group else 0)


def dense_bytes(model, form):
    """Bytes of a dense Llama: linear weights in the format, all else in 16 bits where the format keeps it."""
    total, wide = model["reference_n_params"], 2 * model["vocab"] * model["hidden"]
    norms = (2 * model["layers"] + 1) * model["hidden"]
    if "embedding" not in form["keeps_16_bit"]:
        return total * bits(form) / 8
    return (total - wide - norms) * bits(form) / 8 + (wide + norms) * 2


def gpt_oss_bytes(model, form):
    """Bytes of gpt-oss: the experts' matrices in the format, all else in 16 bits."""
    experts = model["layers"] * model["experts"] * 3 * model["hidden"] * model["expert_hidden"]
    return experts * bits(form) / 8 + (model["reference_n_params"] - experts) * 2


def deepseek_bytes(m, form):
    """Bytes of DeepSeek-V3 with its extra layer: fp8 matrices, a scale per started block, all else in 16 bits."""
    h, heads = m["hidden"], m["q_heads"]
    attention = [(m["q_lora"], h), (heads * (m["head_dim"] + m["rope_dim"]), m["q_lora"]),
                 (m["kv_lora"] + m["rope_dim"], h), (heads * (m["head_dim"] + m["v_head_dim"]), m["kv_lora"]),
                 (h, heads * m["v_head_dim"])]
    layers, dense = m["layers"] + 1, m["dense_layers"]
    groups = [(layers, attention), (dense, [(m["ffn_hidden"], h)] * 3),
              ((layers - dense) * (m["experts"] + m["experts_shared"]), [(m["expert_hidden"], h)] * 3)]
    weights = sum(n * sum(o * i for o, i in shapes) for n, shapes in groups)
    side = round(form["group"] ** 0.5)
    scales = sum(n * sum(ceil(o / side) * ceil(i / side) for o, i in shapes) for n, shapes in groups)
    norms = layers * (2 * h + m["q_lora"] + m["kv_lora"]) + h
    wide = norms + (layers - dense) * m["experts"] * h + 4 * m["vocab"] * h + 2 * h * h + 3 * h
    return weights * form["bits"] / 8 + scales * form["scale_bits"] / 8 + wide * 2 + (layers - dense) * m["experts"] * 4


COUNTS = {"gpt-oss-120b": gpt_oss_bytes, "deepseek-v3": deepseek_bytes}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_formats_weigh_what_checkpoints_weigh(name):
    row = CHECKPOINTS[name]
    count = COUNTS.get(row["model"], dense_bytes)(MODELS[row["model"]], FORMATS[row["format"]])
    assert count == pytest.approx(row["bytes"], rel=max(row["tolerance"], 1e-12))
    assert row["boundary"] in {"tensors", "files", "count"}
    assert row.keys() >= ABOUT


@pytest.mark.parametrize(("name", "expected"), [
    ("w16a16", 16), ("w8a8-fp8", 8), ("w8a8-fp8-block", 8 + 1 / 512), ("w4a16", 4.15625), ("nvfp4", 4.5),
    ("mxfp4", 4.25), ("kv16", 16), ("kv8", 8), ("kv4", 4.5),
])
def test_bits_per_value(name, expected):
    assert bits(FORMATS[name]) == expected


def test_a_four_bit_70b_is_nearer_to_43_than_to_35_gb():
    published = CHECKPOINTS["llama-3.1-70b-q4-k-m"]["bytes"], CHECKPOINTS["llama-3.1-70b-nvfp4"]["bytes"]
    assert all(42.4e9 < size < 42.8e9 for size in published)
    assert MODELS["llama-3.1-70b"]["reference_n_params"] / 2 < 35.3e9


@pytest.mark.parametrize("name", FORMATS)
def test_format_rows_are_whole(name):
    row = FORMATS[name]
    assert row.keys() >= ABOUT | {"holds", "bits"}
    assert row["holds"] in {"weights", "cache", "state"}
    assert (row.get("scale_bits", 0) > 0) == (row.get("group", 0) > 0)
    if row["holds"] == "weights":
        assert row["arithmetic"] in {"bf16", "fp8", "int8", "fp4"}
        assert row["otherwise"] in {"bf16", "fp16"}
        assert {*row["keeps_16_bit"], *row.get("mixtures_keep_16_bit", [])} <= PARTS
    else:
        assert not {"arithmetic", "otherwise", "keeps_16_bit"} & row.keys()


def test_arithmetic_is_not_the_width_of_the_weights():
    assert FORMATS["w8a16"]["arithmetic"] == FORMATS["w4a16"]["arithmetic"] == FORMATS["mxfp4"]["arithmetic"] == "bf16"
    assert FORMATS["nvfp4"]["arithmetic"] == "fp4"


@pytest.mark.parametrize("name", ENGINES)
def test_engine_rows_are_whole(name):
    row = ENGINES[name]
    assert row.keys() >= ABOUT | {"version", "cache_format", "cache_from_checkpoint", "chunked_prefill"}
    assert FORMATS[row["cache_format"]]["holds"] == "cache"
    assert ("memory_fraction" in row) == ("memory_of" in row)
    assert row.get("memory_of", "total") in {"total", "free", "reserve"}
    assert ("memory_of" in row) == ("reserve_base_mib" in row) == ("reserve_source" in row)
    assert row.get("reserve_basis", "rule") in {"rule", "measured", "assumed"}
    assert 0.5 < row.get("memory_fraction", 0.9) <= 1
    for key in ("chunks", "max_sequences", "graph_sequences"):
        steps = row.get(key, [[0, 1]])
        assert steps[0][0] == 0
        assert steps == sorted(steps)


def test_eight_bit_weights_do_not_halve_the_cache():
    assert {ENGINES[name]["cache_format"] for name in ENGINES} == {"kv16"}
