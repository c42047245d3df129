"""The chips' rows as data: memory counted once, links in order, peaks that belong together. Reads TOML only."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

CATALOG = Path(__file__).parents[2] / "src" / "inference_economics" / "catalog"
CHIPS = tomllib.loads((CATALOG / "accelerators.toml").read_text(encoding="utf-8"))
MEASURED = {name: row for name, row in CHIPS.items() if row["usable_basis"] != "nominal"}
LINKED = {name: row for name, row in CHIPS.items() if "links" in row}
UNITS = {"usable_mib": 2**20, "usable_gib": 2**30, "usable_bytes": 1}


def usable_bytes(row):
    given = [row[key] * unit for key, unit in UNITS.items() if key in row]
    return given[0] if given else nominal_bytes(row)


def nominal_bytes(row):
    return row["hbm_gib"] * 2**30 if "hbm_gib" in row else row["hbm_gb"] * 1e9


@pytest.mark.parametrize(("name", "gb"), [
    ("a100-sxm-80gb", 85.9), ("h100-sxm", 85.52), ("h200-sxm", 150.75), ("b200", 192.27), ("gb200", 198.67),
    ("b300", 288.40), ("gb300", 298.01), ("l40s", 48.31), ("rtx-5090", 34.19), ("mi300x", 206.14), ("mi355x", 309.22),
    ("tpu-v4", 34.36), ("tpu-v5p", 102.8), ("m2-ultra", 154.62), ("m3-ultra", 461.8), ("m4-max", 115.45),
    ("tpu-v6e", 33.55), ("tpu-v7x", 203.47), ("groq-lpu", 0.23),
])
def test_usable_memory(name, gb):
    assert usable_bytes(CHIPS[name]) / 1e9 == pytest.approx(gb, abs=0.006)


@pytest.mark.parametrize("name", MEASURED)
def test_a_gigabyte_of_memory_is_a_gibibyte(name):
    """What a tool counts is the vendor's figure in GiB, less a sixteenth, or a quarter that a computer keeps."""
    row = CHIPS[name]
    assert sum(key in row for key in UNITS) == 1
    least = 3 / 4 if row["memory"] == "unified memory" else 15 / 16
    assert least - 1e-3 < usable_bytes(row) / (row["hbm_gib"] * 2**30) <= 1
    assert row["usable_source"]
    assert row["usable_date"]
    assert row["usable_confidence"] in {"primary", "secondary", "derived"}


@pytest.mark.parametrize("name", sorted(CHIPS.keys() - MEASURED.keys()))
def test_uncounted_memory_says_so(name):
    row = CHIPS[name]
    assert not {*UNITS, "usable_source", "usable_date", "usable_confidence"} & row.keys()
    assert ("hbm_gb" in row) == (row["memory"] == "SRAM")


def test_one_reserve_runs_through_nvidias_servers():
    """Evidence that 180, 186, 270 and 279 "GB" are GiB: the driver keeps the same half per cent of each."""
    shares = [usable_bytes(CHIPS[n]) / nominal_bytes(CHIPS[n]) for n in ("b200", "gb200", "b300", "gb300")]
    assert max(shares) - min(shares) < 1e-4


@pytest.mark.parametrize("name", LINKED)
def test_links_slow_down_as_they_widen(name):
    row = CHIPS[name]
    for near, far in pairwise(row["links"]):
        assert far["gb_per_s"] < near["gb_per_s"]
        assert near["chips"] < far.get("chips", float("inf"))
    for tier in row["links"]:
        assert tier["kind"] in {"switch", "mesh", "bridge", "torus2d", "torus3d", "pcie", "network"}
        assert tier.get("measured_gb_per_s", 0) < tier["gb_per_s"]
        assert tier.get("chips", 2) >= 2
    assert row["links_source"]
    assert row["links_confidence"] in {"primary", "secondary", "derived"}
    assert "link_gb_per_s" not in row


@pytest.mark.parametrize(("name", "kind", "chips", "gb_per_s"), [
    ("h100-sxm", "switch", 8, 450), ("gb200", "switch", 72, 900), ("h100-pcie", "bridge", 2, 300),
    ("mi300x", "mesh", 8, 448), ("l40s", "pcie", 8, 32), ("tpu-v5e", "torus2d", 256, 200),
    ("rubin", "switch", 72, 1800),
])
def test_fastest_link(name, kind, chips, gb_per_s):
    first = CHIPS[name]["links"][0]
    assert (first["kind"], first["chips"], first["gb_per_s"]) == (kind, chips, gb_per_s)


def test_a_bridge_joins_two_cards_and_pcie_the_rest():
    bridge, pcie = CHIPS["h100-pcie"]["links"]
    assert (bridge["chips"], bridge["measured_gb_per_s"], pcie["kind"], pcie["gb_per_s"]) == (2, 116, "pcie", 64)


@pytest.mark.parametrize("name", CHIPS)
def test_every_chip_can_multiply(name):
    """A row without any peak cannot be used at all, as the M2 Ultra's could not."""
    assert {"bf16_tflops", "fp8_tflops", "int8_tflops", "fp4_tflops"} & CHIPS[name].keys()


@pytest.mark.parametrize("name", CHIPS)
def test_narrower_floats_are_not_slower(name):
    peaks = [CHIPS[name][key] for key in ("bf16_tflops", "fp8_tflops", "fp4_tflops") if key in CHIPS[name]]
    assert all(wide <= narrow < 5.1 * wide for wide, narrow in pairwise(peaks))


def test_blackwell_ultra_is_two_chips():
    hgx, rack = CHIPS["b300"], CHIPS["gb300"]
    assert (hgx["power_w"], hgx["links"][0]["chips"]) == (1100, 8)
    assert (rack["power_w"], rack["links"][0]["chips"]) == (1400, 72)
    assert hgx["int8_tflops"] < hgx["bf16_tflops"] / 10
    assert rack["fp4_tflops"] * 72 == 1.08e6


def test_bandwidth_as_shipped():
    """A B200 drives 7,680 of 8,192 bits at 3,996 MHz, twice a clock."""
    assert CHIPS["b200"]["hbm_tb_per_s"] == pytest.approx(7680 / 8 * 3996e6 * 2 / 1e12, rel=0.005)
    assert CHIPS["b200"]["hbm_tb_per_s"] <= CHIPS["b300"]["hbm_tb_per_s"]
