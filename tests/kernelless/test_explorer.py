"""Explorers: what a declaration refuses, what settings mean, tabulated figures, and what Jupyter is handed."""



from __future__ import annotations

import math
from unittest import mock

import numpy as np
import pytest
from parity import harness
from parity.synthetic import SPECS, explorers
from small_figures import X, declare, ids, simple

from kernelless import CannotBeTraced, Choice, NotSupportedYet, Slider, explore, explorer_named
from kernelless import explorer as explorer_module


def test_all_eighty_controls_move_the_figure(node):
    names = [f"p{i}" for i in range(80)]
    scope = {"simple": simple}
    exec(f"def many({', '.join(names)}): return simple({' + '.join(names)}, 0)", scope)
    made = declare(scope["many"], **{name: Slider(0.01, 0.1, value=0.05) for name in names})
    steps = np.full((81, 80), 0.05)
    for i in range(80):
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


    message = (r"`if`.*test_explorer\.py, line \d+, in branches: `return simple\(a if a > 1 else 2\)`.*np\.where"
               r".*precompute=True")
    with pytest.raises(CannotBeTraced, match=message):
        declare(branches, a=Slider(0.5, 5.0, value=1.0))

    def between(a):
        return simple(np.interp(a, X, X) + a)

    with pytest.raises(NotSupportedYet, match=r"in between: .*np\.interp; find the place.*precompute=True"):
        declare(between, a=Slider(0.5, 5.0, value=1.0))



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



def test_ids_are_deterministic_and_unique_when_shown_again():
    first = [explorer._repr_mimebundle_()["text/html"] for explorer in (*explorers(), *explorers()[:2])]
    explorer_module._shown.clear()
    again = [explorer._repr_mimebundle_()["text/html"] for explorer in (*explorers(), *explorers()[:2])]
    assert first == again
    found = [name for html in first for name in ids(html)]
    assert len(found) == len(set(found))
    assert "explorer-lines" in found
    assert "explorer-lines-2" in found



def test_an_explorer_is_found_by_its_name():
    first = declare(name="found-by-name")
    assert explorer_named("found-by-name") is first
    again = declare(name="found-by-name")
    assert explorer_named("found-by-name") is again  # the latest
    with pytest.raises(ValueError, match=r"no explorer called 'unheard-of' was declared here; run the .*found-by"):
        explorer_named("unheard-of")



@pytest.mark.parametrize(("label", "within"), [("Users", "users"), ("GPU hours", "GPU hours"),
                                               ("API price", "API price"),
                                               ("A copy", "a copy"), ("H100", "H100"), ("kWh price", "kWh price")])
def test_a_label_stands_in_a_sentence_as_one_writes_it(label, within):
    made = explore(simple, title="A title", watch="W", a=Slider(0.5, 5.0, value=1.0, label=label))
    assert repr(made).startswith(f"A title ({within} 1)")
