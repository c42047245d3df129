"""The little language of the table of keys: whole-number arithmetic, and nothing else."""

from __future__ import annotations

import pytest

from inference_economics.models.formula import evaluate, parse


@pytest.mark.parametrize(("text", "value"), [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 - 2 - 1", 4), ("7 // 2", 3), ("(1 - 4) % 3", 0), ("(1 - 4) // 2", -2),
    ("2 > 1", 1), ("2 * (3 == 3) - 1", 1), ("a * b", 6), ("1 < 2 == 1", 1)])
def test_a_formula_is_whole_number_arithmetic(text, value):
    assert evaluate(parse(text), {"a": 2, "b": 3}.get) == value


@pytest.mark.parametrize("text", ["", "1 +", "(1", "1)", "1 2", "a.b", "2 ** 3", "f(1)", "'x'", "1.5", "-1", "a; b"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(ValueError, match="formula"):
        parse(text)
