"""Chosen things: each of their fields is a table in the browser, and what has no meaning there is refused."""

# ruff: noqa: PLW0108 (a lambda here is a figure function or a call that must fail)
from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from parity import harness
from parity.synthetic import SPECS
from small_figures import declare, simple

from kernelless import CannotBeTraced, Choice, Readout, Slider, tabulate


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
