"""Formulas in the console."""

from __future__ import annotations

import pytest

from inference_economics.chapters.exercises.plain import plain


@pytest.mark.parametrize(("words", "shown"), [
    (r"\( 2\pi \cdot 10000^{126/128} \) = 54,410 tokens", "2π × 10000^(126/128) = 54,410 tokens"),
    (r"\( \lfloor \tfrac23 \times 4 \times 5120 \rfloor \) = 13,653", "⌊2/3 × 4 × 5120⌋ = 13,653"),
    (r"\( \lceil 8/16 \rceil = 1 \) head", "⌈8/16⌉ = 1 head"),
    (r"over \( 10^{15} \times 86{,}400 \)", "over 10¹⁵ × 86,400"),
    (r"\( 141.1\,\text{GB} / 4.8\,\text{TB/s} \)", "141.1 GB / 4.8 TB/s"),
    (r"\( 2 \times 80 \times 15\,\mu\text{s} \)", "2 × 80 × 15 µs"),
    (r"\( 4\,e^{-0.25^2/2 + 1.645 \times 0.25} \)", "4 e^(-0.25²/2 + 1.645 × 0.25)"),
    (r"\( \ln(1 + kT)/k \) years", "ln(1 + kT)/k years"),
    (r"\( \frac{14}{8} x_{max} \)", "14/8 x_max"),
    (r"\( 10^{-3} \) and \( b^2 \)", "10⁻³ and b²"),
    ("one\n  line\n\n and another", "one line\n\nand another"),
    ("`queueing.servers_for` {kept}", "`queueing.servers_for` {kept}"),
])
def test_formulas_are_written_in_signs(words, shown):
    assert plain(words) == shown
