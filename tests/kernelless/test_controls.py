"""Sliders and choices: what they refuse, and what whatever is given to them becomes."""

# ruff: noqa: PLW0108 (a lambda here is a figure function or a call that must fail)
from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity.synthetic import SPECS

from kernelless import Choice, Slider

SLIDERS = {
    "text": (("1", 2, 1), {}, r"Slider: low='1' must be a finite number"),
    "none": ((1, None, 1), {}, r"Slider: high=None must be a finite number"),
    "nan": ((0, 1, math.nan), {}, r"Slider: value=nan must be a finite number"),
    "inf": ((0, math.inf, 1), {}, r"Slider: high=inf must be a finite number"),
    "bool": ((False, True, True), {}, r"Slider: low=False must be a finite number"),
    "huge": ((0, 10**400, 1), {}, r"must be a finite number"),
    "scale": ((0, 1, 0), {"scale": "loglog"}, r"unknown scale 'loglog'; known: linear, log"),
    "upside down": ((2, 1, 1), {}, r"low=2 must be below high=1"),
    "empty": ((1, 1, 1), {}, r"low=1 must be below high=1"),
    "log from zero": ((0, 10, 1), {"scale": "log"}, r"low=0 must be above 0 on a log scale; use scale='linear'"),
    "default outside": ((1, 10, 11), {}, r"the default 11 is outside 1\.\.10"),
    "whole": ((1, 10, 2.5), {"whole": True}, r"low, high and value \(1, 10, 2\.5\) must be whole"),
    "whole ends": ((0.5, 10, 2), {"whole": True}, r"must be whole numbers, as whole=True says"),
    "unit": ((0, 1, 0), {"unit": 3}, r"unit=3 must be text"),
    "label": ((0, 1, 0), {"label": None}, r"label=None must be text"),
    "stops fall": ((1, 3, 1), {"stops": (1, 0.5, 3)}, r"stops \(1\.0, 0\.5, 3\.0\) must rise from low=1 to high=3"),
    "stops elsewhere": ((1, 3, 1), {"stops": (1, 2)}, r"must rise from low=1 to high=3"),
    "one stop": ((1, 3, 1), {"stops": (1,)}, r"must rise from low=1 to high=3"),
    "default no stop": ((1, 3, 2), {"stops": (1, 3)}, r"the default 2 is not one of the stops"),
    "stop no number": ((1, 3, 1), {"stops": (1, "2", 3)}, r"stops='2' must be a finite number"),
    "stop not whole": ((1, 3, 1), {"stops": (1, 2.5, 3), "whole": True}, r"stops .* must be whole numbers"),
}


@pytest.mark.parametrize("name", SLIDERS)
def test_a_slider_refuses(name):
    ends, options, message = SLIDERS[name]
    with pytest.raises(ValueError, match=message):
        Slider(*ends, **options)


@pytest.mark.parametrize(("given", "message"), [
    (lambda: Choice("a"), r"needs two or more different options, but has \['a'\]"),
    (lambda: Choice(), r"needs two or more"),
    (lambda: Choice({}), r"needs two or more"),
    (lambda: Choice("a", "a"), r"two or more different options, but has \['a', 'a'\]"),
    (lambda: Choice(SPECS[0], dataclasses.replace(SPECS[1], title="Small 1")), r"two or more different options"),
    (lambda: Choice("a", "b", value="c"), r"unknown option 'c'; known: a, b"),
    (lambda: Choice("a", "b", value=1), r"unknown option '1'; known: a, b"),
    (lambda: Choice("a", "b", label=3), r"label=3 must be text"),
    (lambda: Choice("a", "b", renamed={"a": ("b", "gone")}), r"renamed='a' must be no option"),
    (lambda: Choice("a", "b", renamed={"c": ("d", "gone")}), r"renamed='c' must be no option, and 'd' must be one"),
    (lambda: Choice("a", "b", renamed={"c": ("b", "")}), r"renamed='c' .*with words"),
])
def test_a_choice_refuses(given, message):
    with pytest.raises(ValueError, match=message):
        given()


def test_numbers_of_numpy_are_accepted_and_become_pythons():
    slider = Slider(np.int64(1), np.float64(8.0), value=np.int32(2))
    assert json.loads(json.dumps(slider.spec()))["high"] == 8.0
    assert type(slider.low) is int


def test_a_choice_receives_keys_things_and_defaults():
    choice = Choice(*SPECS, value="mid-2")
    assert choice.titles == {"small-1": "Small 1", "mid-2": "Mid & 2 <x>", "big-3": 'Big "3"'}
    assert choice.argument("big-3") is SPECS[2]
    assert Choice(1, 2, 4, value=2).value == "2"
    assert Choice("spot", "reserved").titles == {"spot": "spot", "reserved": "reserved"}
    assert choice.find(SPECS[0]) == "small-1"


def test_a_choice_that_was_renamed_leads_to_what_it_became():
    choice = Choice("a", "b", renamed={"c": ("b", "it is b now")})
    assert [choice.snap(key) for key in ("a", "c", "d")] == ["a", "b", "a"]
    assert choice.without_own().spec()["renamed"] == [("c", "b", "it is b now")]
    assert "renamed" not in Choice("a", "b").spec()
    with pytest.raises(ValueError, match="unknown option 'c'"):
        choice.find("c")


@given(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans(), st.lists(st.integers(), max_size=2)))
def test_whatever_is_given_snaps_to_what_a_control_can_hold(value):
    for slider in (Slider(-3.0, 7.0, value=1.0), Slider(1, 1024, value=32, scale="log"),
                   Slider(0.5, 4.0, value=1.0, stops=(0.5, 1, 4))):
        snapped = slider.snap(value)
        assert type(snapped) is float
        assert slider.low <= snapped <= slider.high
        assert slider.snap(snapped) == snapped
        assert not slider.whole or snapped == int(snapped)
        assert not slider.stops or snapped in slider.stops
        assert math.copysign(1, snapped) == 1 or snapped < 0
    choice = Choice("a", "b", "7")
    assert choice.snap(value) in choice.options


@pytest.mark.parametrize(("given", "snapped"), [
    (10**400, 7.0), (-(10**400), -3.0), (np.float32(2.5), 2.5), (np.int64(4), 4.0), (np.nan, 1.0), (np.inf, 7.0),
    ("1e999", 7.0), ("-1e999", -3.0), (" 2", 1.0), ("2", 2.0), ("1_0", 1.0), ("٣", 1.0), (b"2", 1.0), (1j, 1.0),
    (np.bool_(True), 1.0), (-0.0, 0.0), (object(), 1.0),
])
def test_hostile_values_snap(given, snapped):
    assert Slider(-3.0, 7.0, value=1.0).snap(given) == snapped
