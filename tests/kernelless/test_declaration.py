"""What an explorer is declared with: what is refused, and by which words."""

# ruff: noqa: PLW0108 (a lambda here is a figure function or a call that must fail)
from __future__ import annotations

import math

import pytest
from small_figures import args, declare, simple

from kernelless import Choice, Slider, explore

DECLARATIONS = {
    "slider not a parameter": (args(a=Slider(0, 1, value=0), d=Slider(0, 1, value=0)),
                               r"control 'd' is not a parameter of simple; its parameters are a, b, c"),
    "no title": (args(title=""), r"title='' must be text"),
    "title no text": (args(title=3), r"title=3 must be text"),
    "no watch": (args(watch=" "), r"watch=' ' must be text"),
    "bad name": (args(name="Bad Name"), r"name='Bad Name' must be lower-case letters, digits and hyphens"),
    "name no text": (args(name=7), r"name=7 must be lower-case"),
    "unknown preset": (args(presets={"P": {"z": 1}}), r"preset 'P': z=1 is not a value that a control can hold"),
    "preset outside": (args(presets={"P": {"a": 99}}), r"preset 'P': a=99 is not a value"),
    "preset not whole": (args(presets={"P": {"b": 2.5}}), r"preset 'P': b=2\.5 is not a value"),
    "preset nan": (args(presets={"P": {"a": math.nan}}), r"preset 'P': a=nan is not a value"),
    "preset of another type": (args(presets={"P": {"a": "spot"}}), r"preset 'P': a='spot' is not a value"),
    "dead control": (args(a=Slider(0.5, 5.0, value=1.0), c=Slider(0, 1, value=0)),
                     r"control 'c' moves nothing in the figure; use it or leave it out"),
    "equal options": (args(a=Choice({"x": 2.0, "y": 2.0})), r"control 'a' moves nothing in the figure"),
    "labels twice": (args(a=Slider(0.5, 5.0, value=1.0, label="B"), b=Slider(0, 9, value=2)),
                     r"two controls are called 'B'; give each its own label"),
    "not callable": (args(function=3), r"function=3 must be a function"),
    "lambda without a name": (args(function=lambda a: simple(a)), r"name='<lambda>' must be lower-case"),
    "precompute without stops": (args(precompute=True), r"precompute=True needs stops: a=Slider\(…, stops=\(…\)\)"),
}


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_declaration_refuses(name):
    given, message = DECLARATIONS[name]
    with pytest.raises(ValueError, match=message):
        declare(**given)


def test_a_control_must_be_a_control():
    with pytest.raises(ValueError, match=r"control 'a' must be a Slider or a Choice, but is 3"):
        explore(simple, title="T", watch="W", a=3)


def test_a_parameter_needs_a_control_or_a_default():
    def needs(a, b):
        return simple(a, b)

    with pytest.raises(ValueError, match=r"parameter 'b' of needs has no control and no default"):
        declare(needs, a=Slider(0.5, 5.0, value=1.0))


def test_the_number_of_controls_has_a_limit():
    names = [f"p{i}" for i in range(101)]
    scope = {"simple": simple}
    exec(f"def many({', '.join(names)}): return simple({' + '.join(names)}, 0)", scope)
    controls = {name: Slider(0.01, 0.1, value=0.05) for name in names}
    with pytest.raises(ValueError, match=r"many has 101 controls; 1 to 100 are accepted"):
        declare(scope["many"], **controls)
    with pytest.raises(ValueError, match=r"simple has 0 controls; 1 to 100"):
        explore(simple, title="T", watch="W")


@pytest.mark.parametrize("sources", ["a text", [3], ["  "], [None]])
def test_sources_are_texts(sources):
    with pytest.raises(ValueError, match=r"sources=.* must be a sequence of texts, one for each source"):
        declare(sources=sources)


def test_a_page_has_the_sources_of_what_may_be_chosen():
    class Chip:
        def __init__(self, name, watts, **known):
            self.name, self.watts = name, watts
            self.__dict__ |= known

    chips = [Chip("a", 1.0, source="sheet", date="2026"), Chip("b", 2.0, source="talk", date=None), Chip("c", 3.0),
             Chip("d", 4.0, source=7)]
    made = explore(lambda chip: simple(chip.watts, 1.0), title="T", watch="W", name="sourced", chip=Choice(*chips),
                   sources=["survey"])
    options = {"chip": {"a": "sheet (2026)", "b": "talk"}}
    assert made.spec["sources"] == {"figure": ("survey",), "options": options}
    assert "sources" not in declare().spec
