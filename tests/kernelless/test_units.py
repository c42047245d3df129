"""Numbers as text: golden strings, and the same text in Python and on the page."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness

from kernelless.units import text

UNITS = ("B", "B/s", "B/token", "FLOP/s", "W", "Wh", "J", "bit/s", "iB", "s", "USD", "USD/Mtok", "USD/h", "%", "×",
         "°", "", "tokens", "years")

GOLDEN = [
    (6710886400, "B", "6.71 GB"), (6710886400, "iB", "6.25 GiB"), (3.35e12, "B/s", "3.35 TB/s"),
    (327680, "B/token", "328 kB/token"),
    (9.89e14, "FLOP/s", "989 TFLOP/s"), (700, "W", "700 W"), (1.2e6, "W", "1.2 MW"), (0.00105, "s", "1.05 ms"),
    (0.02105, "s", "21.1 ms"), (2.57e-3, "s", "2.57 ms"), (90, "s", "90 s"), (150, "s", "2.5 min"),
    (86400 * 3, "s", "3 days"),
    (7200, "s", "2 h"), (31536000 * 4.5, "s", "4.5 years"), (1.5e-7, "s", "150 ns"), (3e-5, "s", "30 µs"),
    (0, "s", "0 s"),
    (0.42, "USD/Mtok", "$0.42/Mtok"), (1.5, "USD", "$1.50"), (3, "USD", "$3"), (12.345, "USD", "$12.35"),
    (0.000123, "USD", "$1.23×10⁻⁴"), (4.3e9, "USD", "$4.3B"), (25000, "USD", "$25,000"), (1234567, "USD", "$1.23M"),
    (0.345, "%", "34.5%"), (1, "%", "100%"), (0.0005, "%", "0.05%"), (2.5, "×", "2.5×"), (10, "×", "10×"),
    (90, "°", "90°"),
    (15.6e12, "tokens", "15.6T tokens"), (8192, "tokens", "8,192 tokens"), (131072, "tokens", "131,072 tokens"),
    (999499, "", "999,499"), (999950, "", "1.00M"), (1e6, "", "1M"), (1e15, "", "1×10¹⁵"), (1e21, "", "1×10²¹"),
    (0.001, "", "0.001"), (0.00012345, "", "1.23×10⁻⁴"), (0, "", "0"), (-0.0, "B", "0 B"), (-2500, "B", "−2.5 kB"),
    (999.5, "", "1,000"), (999.4, "", "999"), (99.95, "", "100"),
    (0.9995, "", "1.00"), (999.995, "USD", "$1,000"), (999.994, "USD", "$999.99"), (0.5, "USD", "$0.50"),
    (1023, "iB", "1,023 B"), (1024, "iB", "1 KiB"), (1536, "iB", "1.5 KiB"), (2**60, "iB", "1,024 PiB"),
    (2**30, "iB", "1 GiB"),
    (math.nan, "B", "n/a"), (math.inf, "s", "∞"), (-math.inf, "USD", "−∞"), (1.7e308, "%", "∞%"),
    (5e-324, "", "4.94×10⁻³²⁴"),
    (1e-12, "B", "1×10⁻¹² B"), (57.00000000000001, "×", "57×"), (57.0000001, "×", "57.0×"),
    (1e24, "B", "1×10²⁴ B"), (1, "sequences", "1 sequence"), (1, "tokens/s", "1 tokens/s"), (172800, "s", "2 days"),
]


@pytest.mark.parametrize(("value", "unit", "words"), GOLDEN)
def test_golden_strings(value, unit, words):
    assert text(value, unit) == words


def test_digits_are_chosen():
    assert [text(math.pi * 1e9, "B", digits) for digits in (1, 2, 5)] == ["3 GB", "3.1 GB", "3.1416 GB"]


@pytest.mark.parametrize("value", ["abc", None, [1, 2], "12"])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match=re.escape(f"value={value!r} is not a number")):
        text(value, "B")


@pytest.mark.parametrize("digits", [0, -1, 18, 2.5, None, True])
def test_unusable_digits_are_refused(digits):
    with pytest.raises(ValueError, match=re.escape(f"digits={digits!r} must be a whole number in 1..17")):
        text(1, "B", digits)


@pytest.mark.parametrize("unit", [None, 3, b"B"])
def test_a_unit_that_is_not_text_is_refused(unit):
    with pytest.raises(ValueError, match=re.escape(f"unit={unit!r} must be text")):
        text(1, unit)


def values() -> np.ndarray:
    """Return every kind of number at which rounding could differ: ties, edges, both ends of the doubles."""
    rng = np.random.default_rng(3)
    edges = np.array([0.0, 1, 9.995, 9.5, 99.95, 99.5, 120, 172800, 7200, 999.5, 999.995, 999.994999, 9999.5, 999499.5,
                      999500, 999949.99, 1e6, 1e9, 1e12, 1e15, 1e18, 1e21, 1e22, 1e300, 1.7976931348623157e308,
                      5e-324, 2.2e-308,
                      63072000, 0.0009995, 0.00099949, 1e-3, 1e-6, 1e-9, 1e-12, 0.5, 2.5, 1.005, 1.015, 1.025, 0.125,
                      0.375,
                      1e-7, math.nan, math.inf])
    powers = np.concatenate([10.0 ** np.arange(-30, 31), 2.0 ** np.arange(-40, 81), 1024.0 ** np.arange(0, 8)])
    # Halves at every third digit, where exact ties are: k + 1/2 scaled by powers of two stays exact.
    ties = np.concatenate([(rng.integers(100, 1000, 300) + 0.5) * 2.0 ** rng.integers(-30, 40, 300),
                           (rng.integers(100, 1000, 400) * 10 + 5) * 10.0 ** rng.integers(0, 12, 400),
                           rng.integers(100, 10**7, 600) / 8])
    shorts = np.round(rng.uniform(0, 1000, 500), 3)
    spread = np.exp(rng.uniform(math.log(1e-13), math.log(1e26), 900))
    bits = rng.integers(0, 2**63, 300).view(np.float64)
    base = np.concatenate([edges, powers, ties, shorts, spread, np.abs(bits)])
    with np.errstate(all="ignore"):
        near = np.concatenate([base, np.nextafter(base, 0), np.nextafter(base, np.inf)])
    return np.concatenate([near, -near[::3]])


@pytest.mark.parametrize("unit", UNITS)
def test_the_page_writes_the_same_text(node, unit):
    numbers = values()
    assert len(numbers) > 10_000
    for digits in (3, 2, 5) if unit in ("", "s") else (3,):
        here = [text(value, unit, digits) for value in numbers]
        there = harness.page(node).texts(numbers, unit, digits)
        wrong = [(float(v), a, b) for v, a, b in zip(numbers, here, there, strict=True) if a != b]
        assert not wrong, f"{len(wrong)} differ (value, Python, page): {wrong[:6]}"


@given(st.floats(1e-9, 1e13), st.sampled_from(("B", "FLOP/s", "", "s")))
def test_three_digits_say_the_number_to_half_a_unit_in_the_third(value, unit):
    words = text(value, unit)
    prefix = {"n": 1e-9, "µ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12}
    sizes = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "days": 86400, "years": 31536000}
    superscript = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    number, power, rest = re.fullmatch(r"([\d.,]+)(?:×10([⁻⁰-⁹¹²³]+))? ?(.*)", words).groups()
    said = float(number.replace(",", "")) * (10.0 ** int(power.translate(superscript)) if power else 1)
    if unit == "s":
        said *= sizes[rest]
    elif unit == "":
        said *= {"M": 1e6, "B": 1e9, "T": 1e12}.get(rest, 1)
    else:
        said *= prefix.get(rest.removesuffix(unit), 1)
    assert said == pytest.approx(value, rel=0.0051)


@given(st.floats(allow_nan=False))
def test_a_negative_number_is_its_opposite_with_a_minus(value):
    assert text(-abs(value), "B") == (text(0, "B") if value == 0 else "−" + text(abs(value), "B"))
