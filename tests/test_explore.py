"""Explorers: what a declaration refuses, what a choice may hold, and both forms, Jupyter's and the page's."""

# ruff: noqa: PLW0108 (a lambda here is a figure function or a call that must fail)
from __future__ import annotations

import dataclasses
import gzip
import json
import math
import re
import xml.etree.ElementTree as ET
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness
from parity.synthetic import SPECS, explorers

from inference_economics.explore import explorer as explorer_module
from inference_economics.explore import runtime
from inference_economics.explore.controls import Choice, Slider, tabulate
from inference_economics.explore.explorer import Explorer, explore
from inference_economics.explore.figure import Axis, Band, Bars, Figure, Line, Point, Readout, Rule, State
from inference_economics.explore.page import standalone
from inference_economics.explore.svg import matplotlib_svg, page_svg
from inference_economics.explore.trace import CannotBeTraced, NotSupportedYet

X = np.linspace(0, 10, 11)
args = dict  # parts by name, as the call under test writes them


def simple(a=1.0, b=2.0, c=None):
    return Figure(x=Axis("x", (0, 10)), y=Axis("y", (0, 100)), marks=[Line(X, a * X + b, "line")],
                  readouts=[Readout("Sum", a + b, "B")])


def declare(function=simple, **given):
    given = {"title": "A title", "watch": "Move it."} | given
    if not any(isinstance(value, (Slider, Choice)) for value in given.values()):
        given = {"a": Slider(0.5, 5.0, value=1.0), "b": Slider(0, 9, value=2)} | given
    return explore(function, **given)


def figure_of(**parts):
    """Declare an explorer whose figure is the simple one with other parts."""

    def changed(a):
        values = {key: value(a) if callable(value) else value for key, value in parts.items()}
        return dataclasses.replace(simple(a), **values)

    return declare(changed, a=Slider(0.5, 5.0, value=1.0))


# --- declaration -------------------------------------------------------------------------------------------------

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
])
def test_a_choice_refuses(given, message):
    with pytest.raises(ValueError, match=message):
        given()


def test_numbers_of_numpy_are_accepted_and_become_pythons():
    slider = Slider(np.int64(1), np.float64(8.0), value=np.int32(2))
    assert json.loads(json.dumps(slider.spec()))["high"] == 8.0
    assert type(slider.low) is int


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
    names = [f"p{i}" for i in range(31)]
    scope = {"simple": simple}
    exec(f"def many({', '.join(names)}): return simple({' + '.join(names)}, 0)", scope)
    controls = {name: Slider(0.01, 0.1, value=0.05) for name in names}
    with pytest.raises(ValueError, match=r"many has 31 controls; 1 to 30 are accepted"):
        declare(scope["many"], **controls)
    with pytest.raises(ValueError, match=r"simple has 0 controls; 1 to 30"):
        explore(simple, title="T", watch="W")


def test_all_thirty_controls_move_the_figure(node):
    names = [f"p{i}" for i in range(30)]
    scope = {"simple": simple}
    exec(f"def many({', '.join(names)}): return simple({' + '.join(names)}, 0)", scope)
    made = declare(scope["many"], **{name: Slider(0.01, 0.1, value=0.05) for name in names})
    steps = np.full((31, 30), 0.05)
    for i in range(30):
        steps[i + 1 :, i] = 0.1  # one more moves each time
    got = harness.page(node).run(made.program, [made.spec["readouts"][0]["value"]], steps)[:, 0]
    assert np.allclose(np.diff(got), 0.05)


def test_a_function_must_return_a_figure():
    def nothing(a):
        return a

    with pytest.raises(ValueError, match=r"nothing: the function must return a Figure, but returned Traced"):
        declare(nothing, a=Slider(0, 1, value=0))


def test_a_figure_that_fails_within_reach_is_refused():
    def checked(a, b):
        if not getattr(b, "__traced__", False) and b == 0:
            raise ValueError("b=0 is outside (0, inf).")
        return simple(a, b)

    with pytest.raises(ValueError, match=r"checked fails at \{'b': 0\.0\}: b=0 is outside \(0, inf\)"):
        declare(checked)


def test_an_untraceable_function_names_the_line_and_the_repair():
    def branches(a):
        return simple(a if a > 1 else 2)

    message = (r"`if`.*test_explore\.py, line \d+, in branches: `return simple\(a if a > 1 else 2\)`.*np\.where"
               r".*precompute=True")
    with pytest.raises(CannotBeTraced, match=message):
        declare(branches, a=Slider(0.5, 5.0, value=1.0))

    def sorts(a):
        return simple(np.sort(a * X)[0] + a)

    with pytest.raises(NotSupportedYet, match=r"in sorts: .*np\.sort; known besides arithmetic.*precompute=True"):
        declare(sorts, a=Slider(0.5, 5.0, value=1.0))


FIGURES = {
    "a line that never enters": (args(marks=lambda a: [Line(X, a * X, "in"), Line(X, a + 1e6, "out")]),
                                 r"'out' never enters the limits x 0\.\.10, y 0\.\.100 .* widen them"),
    "a rule outside": (args(marks=lambda a: [Line(X, a * X, "in"), Rule("wall", x=-a)]), r"'wall' never enters"),
    "a point outside": (args(marks=lambda a: [Line(X, a * X, "in"), Point(-a, 1, "dot")]), r"'dot' never enters"),
    "a band outside": (args(marks=lambda a: [Line(X, a * X, "in"), Band(X, 200 + a * X, 300, "b")]), r"'b' never"),
    "no marks": (args(marks=()), r"the figure has no marks"),
    "two marks alike": (args(marks=lambda a: [Line(X, a * X, "l"), Line(X, X, "l")]), r"two parts .* are called 'l'"),
    "two readouts alike": (args(readouts=lambda a: [Readout("r", a), Readout("r", 1)]), r"two parts .* are called 'r'"),
    "lengths": (args(marks=lambda a: [Line(X, a * X[:5], "l")]), r"line 'l' needs .* but has x \(11,\), y \(5,\)"),
    "a table": (args(marks=lambda a: [Line(X, a * np.ones((2, 11)), "l")]), r"line 'l' needs .* rows of one length"),
    "readout of many": (args(readouts=lambda a: [Readout("r", a * X)]), r"readout 'r': value must be one number.*11"),
    "state of many": (args(states=lambda a: [State(a > X, "yes", "no")]), r"state 'yes': ok must be one number"),
    "rule of many": (args(marks=lambda a: [Line(X, a * X, "l"), Rule("r", x=X)]), r"rule 'r': x must be one number"),
    "rule of both": (args(marks=lambda a: [Rule("r", x=a, y=1)]), r"rule 'r' needs either x or y"),
    "rule of none": (args(marks=lambda a: [Rule("r")]), r"rule 'r' needs either x or y"),
    "bars without categories": (args(marks=lambda a: [Bars(a * X, "b")]), r"bars 'b' needs an axis with categories"),
    "bars of another number": (args(x=Axis("x", categories=("p", "q")), marks=lambda a: [Bars(a * X, "b")]),
                               r"bars 'b': value has shape \(11,\) .* there are 2 categories"),
    "a mark among readouts": (args(readouts=lambda a: [Line(X, a * X, "l")]), r"is not a part that the figure can"),
    "no mark": (args(marks=lambda a: [a]), r"is not a part"),
    "no axis": (args(x=3), r"the figure needs two axes, but has x=3"),
    "label no text": (args(marks=lambda a: [Line(X, a * X, 3)]), r"line: label=3 must be text"),
    "no limits": (args(x=lambda a: Axis("x")), r"axis 'x' needs fixed limits, because they must not move"),
    "moving limits": (args(x=lambda a: Axis("x", (0, a))), r"axis 'x' needs fixed limits|limits 0\.\.1"),
    "limits reversed": (args(x=lambda a: Axis("x", (1, 0))), r"axis 'x': limits 1\.\.0 must be finite and rising"),
    "limits infinite": (args(x=lambda a: Axis("x", (0, math.inf))), r"limits 0\.\.inf must be finite and rising"),
    "log limits": (args(x=lambda a: Axis("x", (0, 1), scale="log")), r"limits 0\.\.1 must be above 0 on a log scale"),
    "axis scale": (args(x=lambda a: Axis("x", (0, 1), scale="cube")), r"unknown scale 'cube'; known: linear, log"),
    "axis label": (args(x=lambda a: Axis(None, (0, 1))), r"axis label None must be fixed text"),
    "categories as text": (args(x=lambda a: Axis("x", categories="abc")), r"categories 'abc' must be a list of names"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_refuses(name):
    parts, message = FIGURES[name]
    with pytest.raises(ValueError, match=message):
        figure_of(**parts)


@pytest.mark.parametrize("mark", [lambda s: Line(X, X, s.name), lambda s: Point(1, 1, s.name),
                                  lambda s: Band(X, X, X, s.name)])
def test_the_words_of_a_legend_stand_still(mark):
    def figure(spec, a):
        return dataclasses.replace(simple(a * spec.size), marks=[mark(spec)])

    with pytest.raises(ValueError, match=r"label=.* must stand still; only the words of a Rule, a Label or a State"):
        declare(figure, spec=Choice(*SPECS), a=Slider(0.5, 5.0, value=1.0))


def test_words_put_together_are_refused_with_the_repair():
    def figure(spec, a):
        return dataclasses.replace(simple(a * spec.size), marks=[Rule(f"the {spec.title}", y=a)])

    message = r"text or a dictionary key needs one of Small 1.*in figure: .*tabulate\(function, choice\)"
    with pytest.raises(CannotBeTraced, match=message):
        declare(figure, spec=Choice(*SPECS), a=Slider(0.5, 5.0, value=1.0))


# --- choices over specs ------------------------------------------------------------------------------------------


def test_a_choice_receives_keys_things_and_defaults():
    choice = Choice(*SPECS, value="mid-2")
    assert choice.titles == {"small-1": "Small 1", "mid-2": "Mid & 2 <x>", "big-3": 'Big "3"'}
    assert choice.argument("big-3") is SPECS[2]
    assert Choice(1, 2, 4, value=2).value == "2"
    assert Choice("spot", "reserved").titles == {"spot": "spot", "reserved": "reserved"}
    assert choice.find(SPECS[0]) == "small-1"


def readout_of(page, function, **controls):
    """Declare an explorer of one number, and return it at each option, in Python and in the page."""

    def number(a, **chosen):
        return dataclasses.replace(simple(a), readouts=[Readout("value", function(**chosen) + 0 * a)])

    # A function of its own, because the controls are read from the signature.
    names = ", ".join(controls)
    scope = {"number": number}
    exec(f"def made(a, {names}): return number(a, {', '.join(f'{k}={k}' for k in controls)})", scope)
    explorer = declare(scope["made"], a=Slider(0.5, 5.0, value=1.0), **controls)
    here, rows = [], []
    rng = np.random.default_rng(1)
    for _ in range(40):
        setting = {key: control.sample(rng) for key, control in explorer.controls_spec.items()}
        here.append(float(explorer.figure(**setting).readouts[0].value))
        rows.append([explorer.encode(**setting)[name] for name in explorer.program["inputs"]])
    there = page.run(explorer.program, [explorer.spec["readouts"][0]["value"]], np.array(rows))[:, 0]
    return np.array(here), there


PRICES = {("spot", "small-1"): 1.0, ("reserved", "small-1"): 2.0, ("spot", "mid-2"): 3.0, ("reserved", "mid-2"): 4.0,
          ("spot", "big-3"): 5.0, ("reserved", "big-3"): 6.0}
CHOICES = {
    "field": (lambda spec: spec.size, "spec"),
    "property": (lambda spec: spec.area, "spec"),
    "truth": (lambda spec: np.where(spec.fast & (spec.size > 2), 1.0, 0.0), "spec"),
    "array": (lambda spec: np.sum(spec.curve * np.array([1, 10, 100])), "spec"),
    "method": (lambda spec: spec.price("spot", factor=2.0), "spec"),
    "method of a number": (lambda spec: spec.price(spec.layers), "spec"),
    "method of a choice": (lambda spec, kind: spec.price(kind), "spec kind"),
    "check of the type": (lambda spec: spec.size if isinstance(spec, type(SPECS[0])) else -1.0, "spec"),
    "tabulate": (lambda spec, kind: tabulate(lambda s, k: PRICES[k, s.name], spec, kind), "spec kind"),
    "tabulate by name": (lambda spec, kind: tabulate(lambda s, k: PRICES[k, s.name], spec, k=kind), "spec kind"),
    "tabulate twice": (lambda spec: tabulate(lambda s, t: s.size * t.layers, spec, spec), "spec"),
    "tabulate a title": (lambda spec, kind: tabulate(lambda t, k: len(t) + len(k), spec.title, kind), "spec kind"),
    "tabulate a number": (lambda count: tabulate(lambda n: float(sum(range(int(n)))), count), "count"),
    "tabulate stops": (lambda stop: tabulate(lambda n: {1: 10.0, 2: 5.0, 4: 1.0}[n], stop), "stop"),
    "tabulate all": (lambda spec, stop: tabulate(lambda s, n: s.size ** int(n), spec, stop), "spec stop"),
    "numbers out of order": (lambda count: count * 1.0, "count"),
    "stop": (lambda stop: np.log2(stop), "stop"),
    "things that hold arrays": (lambda rows: tabulate(lambda row: float(np.sum(row["values"])), rows), "rows"),
}


@pytest.mark.parametrize("name", CHOICES)
def test_chosen_things_are_tables_in_the_browser(node, name):
    function, used = CHOICES[name]
    controls = {"spec": Choice(*SPECS), "kind": Choice("spot", "reserved"), "count": Choice(16, 2, 8),
                "stop": Slider(1, 4, value=2, stops=(1, 2, 4)),
                "rows": Choice({"a": {"values": np.arange(3.0)}, "b": {"values": np.arange(4.0)}})}
    here, there = readout_of(harness.page(node), function, **{key: controls[key] for key in used.split()})
    np.testing.assert_allclose(there, here, rtol=1e-15)
    assert len(set(here)) > 1


@pytest.mark.parametrize(("function", "message"), [
    (lambda spec: spec.rate, r"mid-2 has no rate \(.*in <lambda>.*leave it out of the Choice"),
    (lambda spec: 1.0 if spec.fast else 2.0, r"`if`.*np\.where"),
    (lambda spec: {"Small 1": 1.0}[spec.title], r"a dictionary key needs one of Small 1, Mid.*tabulate\("),
    (lambda spec: 1.0 if spec == 3 else 2.0, r"a comparison.*needs one of small-1, mid-2, big-3.*line \d+"),
    (lambda spec: spec * 2.0, r"arithmetic.*needs one of small-1, mid-2, big-3"),
    (lambda spec: np.log(spec), r"needs one of small-1, mid-2, big-3"),
    (lambda spec: float(len(spec.title)), r"needs one of Small 1"),
    (lambda spec: float(spec), r"needs one of small-1"),
])
def test_a_chosen_thing_refuses_what_it_cannot_mean(node, function, message):
    with pytest.raises(CannotBeTraced, match=message):
        readout_of(harness.page(node), function, spec=Choice(*SPECS))


def test_a_missing_attribute_is_an_attribute_error(node):
    with pytest.raises(AttributeError, match="colour"):
        readout_of(harness.page(node), lambda spec: spec.colour, spec=Choice(*SPECS))


def test_tabulate_refuses_a_smooth_slider_and_is_plain_outside_a_trace():
    def figure(a):
        return simple(tabulate(lambda v: v, a))

    message = r"works on choices and stops only, but .* a smooth slider \(.*in figure: .*give the slider"
    with pytest.raises(CannotBeTraced, match=message):
        declare(figure, a=Slider(0.5, 5.0, value=1.0))
    assert tabulate(lambda x, y: x + y, 1, y=2) == 3


# --- tabulated figures -------------------------------------------------------------------------------------------


def loop(a):
    return simple(1.0 + sum(1 for i in range(int(a)) if i % 2), 0.0)


def test_a_tabulated_figure_says_so_and_is_declared_once():
    made = explore(loop, title="T", watch="W", precompute=True, a=Slider(1, 4, value=2, stops=(1, 2, 3, 4)))
    assert "Tabulated" in made.html()
    assert "Tabulated" not in declare().html()


@pytest.mark.parametrize(("function", "stops", "message"), [
    (lambda a: simple(np.sin(np.arange(11) * a) @ np.ones(11) + a, a), range(1, 1 + 30_000),
     r"would tabulate 30,000 settings; 20,000 are accepted. Use fewer stops"),
    (lambda a: dataclasses.replace(simple(), marks=[Line(X, np.exp(X / 3) * math.sqrt(a), "l")]), range(1, 2000),
     r"the table takes [\d,]+ bytes of the page; 200,000 are accepted"),
    (lambda a: dataclasses.replace(simple(), marks=[Line(np.arange(a), np.arange(a) + a, "l")]), (1, 2, 3),
     r"y of a part changes its shape|x of a part changes its shape"),
    (lambda a: dataclasses.replace(simple(a), states=[State(a > 1, f"{a:.0f} fit", "no")]), (1, 2, 3),
     r"the words of the figure must be the same for every setting"),
])
def test_a_table_refuses(function, stops, message):
    stops = tuple(stops)
    with pytest.raises(ValueError, match=message):
        explore(function, name="table", title="T", watch="W", precompute=True,
                a=Slider(stops[0], stops[-1], value=stops[0], stops=stops))


# --- what it shows -----------------------------------------------------------------------------------------------


def test_figures_readouts_and_settings():
    made = declare()
    assert made.readouts(a=3, b=4) == {"Sum": "7 B"}
    assert made.settings(a=99) == {"a": 5.0, "b": 2.0}
    assert made.settings(a="3", b=2.6) == {"a": 3.0, "b": 3.0}
    assert made.values == {"a": 1.0, "b": 2.0}
    assert made.encode(a=2) == {"a": 2.0, "b": 2.0}
    assert made.alt == "A title. Sum: 3 B"
    assert declare(alt="Two lines").alt == "Two lines"
    assert repr(made) == "A title (a 1, b 2)\n  Sum: 3 B"
    assert made.draw(a=2).axes[0].get_xlabel() == "x"


@pytest.mark.parametrize(("given", "message"), [
    ({"z": 1}, r"unknown control 'z'; known: a, b"), ({"a": "x"}, r"A='x' is not a number; give one in 0\.5\.\.5"),
    ({"b": None}, r"B=None is not a number"), ({"a": math.nan}, r"A=nan is not a number"),
])
def test_settings_refuse_what_is_not_a_number(given, message):
    with pytest.raises(ValueError, match=message):
        declare().figure(**given)


def test_settings_take_a_spec_by_name_or_itself_and_refuse_others():
    def figure(spec):
        return simple(spec.layers / 10, 0)

    made = declare(figure, spec=Choice(*SPECS))
    assert made.readouts(spec="mid-2") == made.readouts(spec=SPECS[1]) == {"Sum": "1.6 B"}
    with pytest.raises(ValueError, match=r"unknown option 'big'; known: small-1, mid-2, big-3"):
        made.figure(spec="big")


def test_division_by_a_slider_at_zero_is_infinite_as_on_the_page():
    def divide(a, b):
        return simple(a / b, a)

    made = declare(divide, a=Slider(0.5, 5.0, value=1.0), b=Slider(0, 9, value=2))
    assert made.readouts(b=0) == {"Sum": "∞"}


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


# --- the page's form ---------------------------------------------------------------------------------------------


def in_a_kernel():
    return mock.patch.object(explorer_module, "_in_kernel", return_value=True)


@pytest.fixture(autouse=True)
def fresh_ids():
    explorer_module._shown.clear()


def test_the_bundle_has_a_widget_view_in_a_kernel_only():
    made = declare()
    assert set(made._repr_mimebundle_()) == {"text/plain", "text/html"}
    with in_a_kernel():
        bundle = made._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == made.widget.model_id
    assert bundle["text/plain"] == repr(made)


def ids(html):
    return re.findall(r'\bid="([^"]+)"', html)


def test_ids_are_deterministic_and_unique_when_shown_again():
    first = [explorer._repr_mimebundle_()["text/html"] for explorer in (*explorers(), *explorers()[:2])]
    explorer_module._shown.clear()
    again = [explorer._repr_mimebundle_()["text/html"] for explorer in (*explorers(), *explorers()[:2])]
    assert first == again
    found = [name for html in first for name in ids(html)]
    assert len(found) == len(set(found))
    assert "explorer-lines" in found
    assert "explorer-lines-2" in found


def test_a_document_may_hold_one_explorer_twice():
    made = declare()
    found = ids(standalone(made, made))
    assert len(found) == len(set(found))


def test_what_an_element_points_at_is_there():
    for explorer in explorers():
        html = explorer.html()
        for target in re.findall(r'(?:for|aria-labelledby)="([^"]+)"|url\(#([^)]+)\)', html):
            assert next(filter(None, target)) in ids(html)


def test_text_of_the_author_is_escaped():
    html = declare(title='<img src=x onerror="alert(1)">', watch="a & b", presets={'"><script>': {"a": 2}}).html()
    assert "<img" not in html
    assert "a &amp; b" in html
    assert html.count("<script") == 1  # the data
    data = json.loads(re.search(r'<script type="application/json" class="ex-spec">(.*)</script>', html)[1])
    assert data["title"] == '<img src=x onerror="alert(1)">'
    assert data["presets"] == {'"><script>': {"a": 2}}


def test_the_html_is_well_formed_and_the_same_each_time():
    for a, b in zip(explorers(), explorers(), strict=True):
        html = a.html()
        assert html == b.html()
        html = re.sub(r"<script.*?</script>", "", html)
        void = re.sub(r"<(input[^>]*)>", r"<\1/>", html)
        ET.fromstring(re.sub(r" (hidden|selected|readonly|data-live)(?=[ />])", r' \1=""', void))


def coordinates(d):
    """Return the corners of a path of straight lines."""
    out, x, y = [], 0.0, 0.0
    for letter, numbers in re.findall(r"([MLHV])([^MLHVZza]*)", d):
        found = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        x, y = (x if letter == "V" else found[0]), (y if letter == "H" else found[-1])
        out.append((x, y))
    return np.array(out)


def test_moving_parts_stand_where_matplotlib_draws_them():
    def figure(a):
        return Figure(
            x=Axis("x", (0.1, 10), scale="log"), y=Axis("y", (-2, 100)),
            marks=[Line(X + 0.2, a * X, "line"), Band(X + 0.2, X, 5 * X + a, "band"), Rule("rule", y=a),
                   Rule("up", x=a)])

    def bars(a, flat):
        named = Axis("n", categories=("p", "q"))
        axes = {"x": Axis("v", (0, 10)), "y": named} if flat else {"x": named, "y": Axis("v", (0, 10))}
        return Figure(**axes, marks=[Bars(np.array([a, 5.0]), "bars", base=np.array([1.0, 0.0]))])

    for drawn in (figure(3.0), bars(3.0, True), bars(3.0, False)):
        mine = dict(re.findall(r'<path data-key="(m[^"]+)"[^>]* d="([^"]*)"', page_svg(drawn, "i")))
        theirs = dict(re.findall(r'<g id="(m\d+(?:-\d+)?)">\s*<path d="([^"]*)"', matplotlib_svg(drawn)))
        assert mine.keys() == theirs.keys()
        for key, d in mine.items():
            a, b = coordinates(d), coordinates(theirs[key])
            if "-" in key or key == "m3":  # a bar or an upright rule: matplotlib starts at another corner
                a, b = (np.array([corners.min(axis=0), corners.max(axis=0)]) for corners in (a, b))
            np.testing.assert_allclose(a, b[: len(a)], atol=0.0051, err_msg=key)


def test_nothing_is_drawn_where_there_is_nothing():
    hostile = next(explorer for explorer in explorers() if explorer.name == "hostile")
    for top in (-5, 0, 5):
        for bottom in (-5, 0, 3, 5):
            figure = hostile.figure(top=top, bottom=bottom)
            svg = page_svg(figure, "i")
            assert "nan" not in svg.lower().replace("nanosecond", "")
            assert "inf" not in svg
            ET.fromstring(svg)
            matplotlib_svg(figure)


def test_the_script_is_small_and_may_stand_in_a_page():
    script = runtime.script()
    assert len(gzip.compress(script.encode())) < 15_000
    assert len(gzip.compress(runtime.style().encode())) < 5_000
    assert not re.search(r"</script|<!--|<script", script)
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|import\(|https?://(?!www\.w3\.org)", script)


def test_the_script_is_written_for_a_site(tmp_path):
    runtime.write(tmp_path / "new")
    assert (tmp_path / "new" / "explorer.js").read_text(encoding="utf-8") == runtime.script()
    assert (tmp_path / "new" / "explorer.css").read_text(encoding="utf-8") == runtime.style()


# --- Jupyter's form ----------------------------------------------------------------------------------------------


@pytest.fixture
def lines():
    return explorers()[0]


def buttons(explorer):
    found, stack = {}, [explorer.widget]
    while stack:
        widget = stack.pop()
        stack.extend(getattr(widget, "children", ()))
        if type(widget).__name__ == "Button":
            found[widget.description] = widget
    return found


def test_moving_a_widget_changes_values_readouts_and_figure(lines):
    assert lines.widget
    before = lines._widget
    drawn, numbers = before.figure.value, before.readout.value
    lines.controls["batch"].value = 64
    assert lines.values["batch"] == 64
    assert lines.values["context_tok"] == 8192
    assert before.readout.value != numbers
    assert before.figure.value != drawn
    assert lines.readouts(batch=64)["Time"] in before.readout.value
    assert "64 sequences" in before.shown["batch"].value
    assert repr(lines).startswith("Lines, bands, points, rules & labels (batch 64 sequences")


def test_widgets_hold_the_declared_defaults_and_ends(lines):
    assert lines.controls
    assert lines.values == lines.defaults
    for key, control in lines.controls_spec.items():
        widget = lines.controls[key]
        if isinstance(control, Slider):
            for end in (control.low, control.high):
                widget.value = type(widget.value)(end)
                assert lines.values[key] == end
            widget.value = type(widget.value)(control.value)
            assert lines.values[key] == control.value


@given(low=st.floats(1e-12, 1e12), ratio=st.floats(1.001, 1e9), where=st.floats(0, 1))
def test_log_sliders_reach_their_ends_exactly(low, ratio, where):
    from inference_economics.explore.widget import _make

    high = low * ratio
    value = min(max(low * ratio**where, low), high)
    control = Slider(low, high, value=value, scale="log", label="x")
    widget = _make(control)
    assert control.snap(widget.value) == value
    for end in (low, high):
        widget.value = end
        assert control.snap(widget.value) == end


def test_reset_and_presets_move_all_controls_and_draw_once(lines):
    pressed = buttons(lines)
    assert set(pressed) == {"Reset", "One user", "Big & wide"}
    lines.controls["exponent"].value = 0.4
    with mock.patch.object(Explorer, "figure", autospec=True, side_effect=Explorer.figure) as drawn:
        pressed["Big & wide"].click()
    assert drawn.call_count == 1
    assert lines.values == lines.defaults | {"spec": "big-3", "wide": "yes", "context_tok": 1e6}
    pressed["Reset"].click()
    assert lines.values == lines.defaults
    assert "Small 1 is fast" in lines._widget.readout.value


def test_each_kind_of_control_has_its_widget():
    kinds = {type(widget).__name__ for explorer in explorers() for widget in explorer.controls.values()}
    assert kinds == {"FloatLogSlider", "FloatSlider", "IntSlider", "Dropdown", "SelectionSlider"}


def test_a_widgets_values_are_those_of_the_stops():
    bars = explorers()[1]
    assert bars.controls["years"].options[1] == ("2.5 years", 2.5)
    bars.controls["years"].value = 5.0
    assert bars.values["years"] == 5.0
    buttons(bars)["Reset"].click()
    assert bars.values == bars.defaults


def test_text_of_the_author_is_escaped_in_the_widget(lines):
    made = declare(title="<script>alert(1)</script>")
    texts = [child.value for child in made.widget.children if hasattr(child, "value")]
    assert "&lt;script&gt;" in texts[0]
    lines.controls["batch"].value = 900
    lines.controls["spec"].value = "big-3"
    assert "Big &quot;3&quot; is fast" in lines._widget.readout.value
