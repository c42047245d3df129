"""Argument checks: what they let through, and what they say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import accelerators, catalog, models
from inference_economics.decoder import checkpoint, hf_config, hf_values
from inference_economics.quantities import checks
from inference_economics.serving.simulation import traces
from kernelless import Choice
from kernelless.trace import Graph

TRACED = Graph().parameter("batch")


@pytest.mark.parametrize("check", [checks.require, checks.require_positive, checks.require_non_negative,
                                   checks.require_fraction, checks.require_whole])
def test_a_traced_value_passes_every_check(check):
    check(batch=TRACED)
    check(spec=Choice("a", "b").traced(Graph(), "spec"))


@pytest.mark.parametrize("check", [checks.require, checks.require_positive, checks.require_non_negative,
                                   checks.require_fraction, checks.require_whole])
@pytest.mark.parametrize("value", [None, "5", "five", [1, "2"], {}, object, 1j, np.datetime64("2026-01-01")], ids=repr)
def test_what_is_not_a_number_is_refused_by_name(check, value):
    with pytest.raises(ValueError, match=re.escape(f"batch={value!r} is not a number or an array of numbers.")):
        check(batch=value)


@pytest.mark.parametrize("check", [checks.require, checks.require_positive, checks.require_non_negative,
                                   checks.require_fraction, checks.require_whole])
@pytest.mark.parametrize("value", [np.nan, [1.0, np.nan]], ids=repr)
def test_nan_is_never_accepted(check, value):
    with pytest.raises(ValueError, match=r"batch=nan is outside"):
        check(batch=value)


@given(st.floats(allow_nan=False), st.booleans(), st.booleans())
def test_limits_are_open_or_closed_as_told(value, open_low, open_high):
    inside = (value > 0 if open_low else value >= 0) and (value < 10 if open_high else value <= 10)
    if inside:
        checks.require(0, 10, open_low=open_low, open_high=open_high, x=value)
    else:
        span = f"{'(' if open_low else '['}0, 10{')' if open_high else ']'}"
        with pytest.raises(ValueError, match=re.escape(f"x={value:g} is outside {span}.")):
            checks.require(0, 10, open_low=open_low, open_high=open_high, x=value)


def test_the_first_bad_element_and_the_hint_are_named():
    with pytest.raises(ValueError, match=r"hbm_bytes=80 is outside \[1e\+09, 1e\+13\]; was it given in GB\?"):
        checks.require(1e9, 1e13, hint="was it given in GB?", hbm_bytes=np.array([[2e9, 80.0], [1.0, 3e9]]))


@pytest.mark.parametrize(("check", "good", "bad", "message"), [
    (checks.require_positive, [1e-300, 5, np.arange(1, 3)], [0, -0.0, -1, np.inf], r"x=.* is outside \(0, inf\)"),
    (checks.require_non_negative, [0, -0.0, 5], [-1e-300, np.inf, -np.inf], r"x=.* is outside \[0, inf\)"),
    (checks.require_fraction, [0, 1, 0.5, [0.1, 1]], [1.0001, -0.1, 45], r"x=.* is outside \[0, 1\]; give a fraction"),
    (checks.require_whole, [1, 2.0, np.int32(7), [1, 3]], [0, -3, np.inf], r"x=.* is outside \[1, inf\)"),
    (checks.require_whole, [1], [1.5, [1, 2.5]], r"x=.* must be a whole number"),
])
def test_each_check_accepts_and_refuses(check, good, bad, message):
    for value in good:
        assert check(x=value) is None
    for value in bad:
        with pytest.raises(ValueError, match=message):
            check(x=value)


def test_whole_numbers_start_where_told():
    checks.require_whole(0, layers=0)
    with pytest.raises(ValueError, match=r"layers=1 is outside \[2, inf\); two at least"):
        checks.require_whole(2, hint="two at least", layers=1)


def test_one_whole_number_becomes_an_int():
    for value in (3, 3.0, np.int8(3), np.float16(3), np.array(3)):
        assert type(checks.whole(layers=value)) is int
    for value, words in ((2.5, "must be a whole number"), (0, "outside"), ([3, 4], "must be one whole number"),
                         (True, "is not a number"), (10**400, "is not a number"), (np.inf, "outside")):
        with pytest.raises(ValueError, match=f"layers=.*{words}"):
            checks.whole(layers=value)


def test_numbers_become_float64_and_keep_their_shape():
    for value in ([1, 2], (1, 2), np.array([1, 2], "int8"), np.array([1, 2], object)):
        array = checks.number("x", value)
        assert array.dtype == np.float64
        assert array.tolist() == [1, 2]
    assert checks.number("x", 7).shape == ()
    assert np.isnan(checks.number("x", np.nan))


def test_a_path_is_a_text_or_a_path():
    assert checks.file_path("a/b.json") == checks.file_path(Path("a/b.json")) == Path("a/b.json")


@pytest.mark.parametrize("wrong", [0, 3, True, None, 2.5, b"config.json", "", "  ", "a\0b", [], {}, "a" * 5_000])
@pytest.mark.parametrize("ask", [checks.file_path, catalog.read_tables, models.load, accelerators.load, checkpoint.load,
                                 checkpoint.read_weights, hf_config.read_config, hf_values.read_json, traces.read])
def test_what_is_no_path_is_refused_wherever_a_file_is_read(ask, wrong):
    """A number is an open file to Python: 0 would read what the reader types."""
    if wrong is None and ask in (models.load, accelerators.load):
        return  # the package's own catalogue
    with pytest.raises(ValueError, match=r"^path=.* is no path of a file; give a text or a pathlib\.Path"):
        ask(wrong)
