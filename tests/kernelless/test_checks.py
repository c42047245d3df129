"""Whether a value is known, how a message shows it, and which name was meant."""

from __future__ import annotations

import re

import numpy as np
import pytest

from kernelless import checks
from kernelless.trace import Graph

TRACED = Graph().parameter("batch")


def test_only_traced_values_are_traced():
    assert checks.is_traced(TRACED)
    assert not any(map(checks.is_traced, (1.0, None, "text", np.arange(3), object())))


def test_a_value_is_shown_on_one_short_line():
    assert checks.shown("5") == "'5'"
    assert "\n" not in checks.shown(np.eye(30))
    assert len(checks.shown("x" * 1000)) < 130
    assert checks.shown(10**5000) == "<int too large to write>"


def test_lookup_returns_the_row_or_names_the_nearest():
    table = {"h100-sxm": 1, "h200-sxm": 2, "b200": 3}
    assert checks.lookup("accelerator", "b200", table) == 3
    message = "unknown accelerator 'h100sxm'; known: h100-sxm, h200-sxm, b200. Did you mean 'h100-sxm'?"
    with pytest.raises(ValueError, match=re.escape(message)):
        checks.lookup("accelerator", "h100sxm", table)
    with pytest.raises(ValueError, match=re.escape("unknown accelerator None; known: h100-sxm, h200-sxm, b200.")):
        checks.lookup("accelerator", None, table)


def test_a_key_that_cannot_be_one_is_unknown():
    for key in ([1], {"a": 1}):
        with pytest.raises(ValueError, match=r"unknown accelerator .*; known: b200\."):
            checks.lookup("accelerator", key, {"b200": 1})
