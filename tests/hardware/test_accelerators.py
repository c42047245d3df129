"""Accelerators: units on loading, plausibility, precision fall-back, ridge points."""

import pytest
from numpy.testing import assert_allclose

from inference_economics import accelerators, serving

CHIPS = accelerators.load()
ABOUT = {"name": "x", "title": "X1", "vendor": "V", "segment": "merchant", "source": "a test", "date": "2024",
         "confidence": "primary"}


def chip(**changes):
    return accelerators.Accelerator(**{**ABOUT, **changes})


def test_units_become_base_units():
    h100 = accelerators.get("h100-sxm")
    assert h100.hbm_bytes == 81559 * 2**20 == 85_520_809_984
    assert h100.nominal_bytes == 80 * 2**30
    assert h100.hbm_bytes_per_s == 3.35e12
    assert h100.bf16_flop_per_s == 989.4e12
    assert h100.link_bytes_per_s == 450e9
    assert h100.sram_bytes == 50e6
    assert accelerators.get("a100-sxm-80gb").hbm_bytes_per_s == 2_039_000_000_000
    assert accelerators.get("tpu-v7x").nominal_bytes == 192 * 2**30


@pytest.mark.parametrize(("name", "ridge"), [
    ("tpu-v5e", 240.5), ("h100-sxm", 295.3), ("a100-sxm-80gb", 153.0), ("mtia-2i", 864.3), ("h200-sxm", 206.1),
    ("mi300x", 246.7), ("b200", 292.2), ("tpu-v4", 229.2), ("mtia-300", 91.8), ("trainium2", 230.0),
])
def test_ridge_points(name, ridge):
    assert_allclose(CHIPS[name].ridge_flop_per_byte, ridge, atol=0.051)


def test_on_chip_memory_has_a_ridge_of_its_own():
    mtia = CHIPS["mtia-2i"]
    assert_allclose(mtia.bf16_flop_per_s / mtia.sram_bytes_per_s, 65.6, atol=0.05)


def test_peaks_are_dense():
    """FP8 runs at one to five times the BF16 rate; a sparse BF16 figure would bring it below one."""
    for name, a in CHIPS.items():
        if a.bf16_flop_per_s and a.fp8_flop_per_s:
            assert 1 <= a.fp8_flop_per_s / a.bf16_flop_per_s < 5, name
    assert CHIPS["h100-sxm"].fp8_flop_per_s == 1979e12
    assert CHIPS["cerebras-wse3"].bf16_flop_per_s == 15e15


def test_precision_falls_back_to_the_next_wider_format():
    assert CHIPS["h100-sxm"].flop_per_s("fp4") == CHIPS["h100-sxm"].fp8_flop_per_s
    assert CHIPS["a100-sxm-80gb"].flop_per_s("fp8") == CHIPS["a100-sxm-80gb"].bf16_flop_per_s
    assert CHIPS["b200"].flop_per_s("fp4") == 9e15
    assert CHIPS["tpu-v5e"].flop_per_s("int8") == 393e12


@pytest.mark.parametrize(("call", "message"), [
    (lambda: CHIPS["maia-200"].flop_per_s("bf16"), "Maia 200 has no bf16 peak in the catalogue; known: fp4, fp8"),
    (lambda: chip().flop_per_s("fp8"), "X1 has no fp8 peak in the catalogue; known: none"),
    (lambda: CHIPS["b200"].flop_per_s("fp6"), "unknown precision 'fp6'; known: fp4, fp8, int8, bf16"),
    (lambda: accelerators.get("h100"), "unknown accelerator 'h100'; known: .*Did you mean 'h100-sxm'"),
    (lambda: chip(hbm_bytes=80), r"X1: hbm_bytes=80 is outside 1e8..1e14 bytes; was it given in GB\?"),
    (lambda: chip(hbm_bytes_per_s=3.35), r"hbm_bytes_per_s=3.35 is outside .* was it given in GB/s or TB/s\?"),
    (lambda: chip(bf16_flop_per_s=989), r"bf16_flop_per_s=989 is outside .* was it given in TFLOP/s\?"),
    (lambda: chip(fp8_flop_per_s=-1e15), "fp8_flop_per_s=-1e.15 is outside"),
    (lambda: chip(int8_flop_per_s=float("nan")), "int8_flop_per_s=nan is outside"),
    (lambda: chip(fp4_flop_per_s=float("inf")), "fp4_flop_per_s=inf is outside"),
    (lambda: chip(link_bytes_per_s=450), r"link_bytes_per_s=450 is outside .* was it given in GB/s\?"),
    (lambda: chip(sram_bytes=50), r"sram_bytes=50 is outside .* was it given in MB\?"),
    (lambda: chip(sram_bytes_per_s="2.7"), "sram_bytes_per_s=.2.7. is outside"),
    (lambda: chip(power_w=0.7), r"power_w=0.7 is outside 5..1e5 W; was it given in kW\?"),
    (lambda: chip(die_area_mm2=8.14), r"die_area_mm2=8.14 is outside .* was it given in cm2\?"),
    (lambda: chip(dies=0), "dies=0 is outside"),
    (lambda: chip(dies=True), "dies=True is outside"),
    (lambda: chip(segment="gpu"), "unknown segment 'gpu'; known: merchant, cloud"),
    (lambda: chip(source=""), "source is empty"),
    (lambda: chip(date="2024-1"), "date='2024-1' is not a date"),
    (lambda: chip(confidence="memory"), "unknown confidence mark 'memory'"),
    (lambda: accelerators.PricePoint(30000, 25000, "2024", ""), "or its ends are swapped"),
    (lambda: accelerators.PricePoint(30, 30, "2024", ""), "is outside 100..1e7 USD"),
])
def test_wrong_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


ROW = """
[mine]
title = "My chip"
vendor = "me"
segment = "internal"
hbm_gb = 64
hbm_tb_per_s = 2.0
bf16_tflops = 400
prices = [{ usd = [9000, 11000], date = "2026-01", note = "a quote" }]
source = "a file of my own"
date = "2026-11"
confidence = "estimate"
"""


def test_a_chip_of_your_own_needs_no_source():
    mine = accelerators.Accelerator("mine", hbm_bytes=64e9, hbm_bytes_per_s=2e12, bf16_flop_per_s=4e14)
    assert (mine.title, mine.segment, mine.ridge_flop_per_byte) == ("mine", "own", 200)
    with pytest.raises(ValueError, match="source is empty"):
        accelerators.Accelerator("mine", confidence="primary")


OWN = """
[mine]
hbm_gb = 64
hbm_tb_per_s = 2.0
bf16_tflops = 400
links = [
    { kind = "bridge", chips = 2, gb_per_s = 300, name = "a bridge" },
    { kind = "pcie", chips = 8, gb_per_s = 64, name = "PCIe 5" },
]
"""


def test_a_chip_of_your_own_with_links_serves_without_any_source(tmp_path):
    file = tmp_path / "chips.toml"
    file.write_text(OWN)
    mine = accelerators.load(file)["mine"]
    assert list(mine.group_bytes_per_s([2, 8])) == [300e9, 64e9]
    two, eight = (serving.Deployment("llama-3.1-8b", mine, n, "bf16") for n in (2, 8))
    assert two.verdict(serving.Load()).runs
    assert eight.setup.link_bytes_per_s == two.setup.link_bytes_per_s == 300e9
    file.write_text(OWN + 'source = "a sheet"\ndate = "2026"\nconfidence = "estimate"\n')
    with pytest.raises(ValueError, match=r"row \[mine\]: source is empty"):
        accelerators.load(file)


def test_the_speed_of_a_group_follows_the_topology():
    """A bridge joins two H100 PCIe cards; eight talk through PCIe. A mesh of eight gives a pair one wire of seven."""
    assert list(CHIPS["h100-pcie"].group_bytes_per_s([2, 3, 8])) == [300e9, 64e9, 64e9]
    assert CHIPS["h100-sxm"].group_bytes_per_s(8) == 450e9
    assert CHIPS["mi300x"].group_bytes_per_s(2) == 448e9 / 7
    assert chip(link_bytes_per_s=1e11).group_bytes_per_s(64) == 1e11
    with pytest.raises(ValueError, match="n_chips=16: the links of NVIDIA H100 PCIe 80GB join at most 8 chips"):
        CHIPS["h100-pcie"].group_bytes_per_s(16)
    with pytest.raises(ValueError, match="has no link"):
        CHIPS["m3-ultra"].group_bytes_per_s(2)


def test_a_chip_of_your_own(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(ROW)
    mine = accelerators.load(file)["mine"]
    assert (mine.hbm_bytes, mine.price_usd, mine.ridge_flop_per_byte) == (64e9, 10000, 200)
    assert mine.link_bytes_per_s is None


@pytest.mark.parametrize(("line", "message"), [
    ("hbm_gb = 64e9", r"My chip: hbm_bytes=6.4e.19 is outside"),
    ('hbm_gb = "64"', "hbm_gb='64' is not a number"),
    ("hbm_gib = 64", r"hbm_bytes is given twice \(as hbm_gib the second time\)"),
    ("hbm = 64", "unknown field 'hbm'"),
    ("power_w = 0", "power_w=0 is outside"),
    ('prices = [{ usd = 9000, date = "2026-01" }]', "needs usd .a number or .low, high.., date and note"),
    ('prices = [{ usd = [], date = "2026-01", note = "" }]', "needs usd"),
    ('prices = [{ usd = [900, 200], date = "2026-01", note = "" }]', "ends are swapped"),
])
def test_loading_names_file_row_and_field(tmp_path, line, message):
    field = line.partition(" ")[0]
    kept = [text for text in ROW.splitlines() if not text.startswith(f"{field} ")]
    file = tmp_path / "mine.toml"
    file.write_text("\n".join([*kept, line]))
    with pytest.raises(ValueError, match=message) as caught:
        accelerators.load(file)
    assert "mine.toml, row [mine]" in str(caught.value)


def test_catalogue_is_complete_enough():
    assert len(CHIPS) >= 49
    needed = {"h100-sxm", "h200-sxm", "b200", "mi300x", "tpu-v5e", "trainium2", "mtia-2i", "mtia-300", "l40s",
              "m3-ultra"}
    assert needed <= CHIPS.keys()
    for a in CHIPS.values():
        assert a.hbm_bytes
        assert a.hbm_bytes_per_s
        assert [p.date for p in a.prices] == sorted(p.date for p in a.prices)


def test_no_chip_holds_more_than_its_vendor_names():
    with pytest.raises(ValueError, match=r"usable memory .* is 1.1 of the vendor's figure .* change both"):
        accelerators.Accelerator("mine", hbm_bytes=1.1e11, nominal_bytes=1e11)
    assert accelerators.Accelerator("mine", hbm_bytes=5e10, nominal_bytes=1e11).hbm_bytes == 5e10
    assert all(one.hbm_bytes <= one.nominal_bytes for one in CHIPS.values())


def test_rows_without_prices_or_peaks_say_none():
    assert CHIPS["mtia-2i"].price_usd is None
    assert CHIPS["maia-200"].ridge_flop_per_byte is None


def test_a_number_too_large_to_write_is_refused():
    with pytest.raises(ValueError, match=r"hbm_bytes=.* is outside"):
        accelerators.Accelerator(name="mine", hbm_bytes=10**400)
