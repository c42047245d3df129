"""An option of the reader's own: its text, its numbers, and the program that is given them."""

from __future__ import annotations

import copy
import dataclasses
import json

import numpy as np
import pytest
from parity import harness
from small_figures import simple

from kernelless import Choice, Readout, Slider, explore, tabulate
from kernelless.own import OWN, Field, Own


@dataclasses.dataclass(frozen=True)
class Tank:
    name: str
    litres: float
    wall: float
    makers: tuple = ()

    @property
    def price(self):
        return 3 * self.litres + self.wall

    def share(self, of):
        return self.litres / of


def tank(numbers):
    return Tank("your own tank", numbers[0], numbers[1])


OF_TANK = Own(title="your own tank", build=tank, hint="Type its numbers.", fields={
    "litres": Field("Volume", "", 1, 40, 1000), "wall": Field("Wall", "", 0, 2, 10, whole=True)},
    write=lambda thing: json.dumps({"litres": thing.litres, "wall": thing.wall}) if type(thing) is Tank else None)
TANKS = (Tank("small", 10.0, 1.0), Tank("large", 200.0, 4.0))


def choice():
    return Choice(*TANKS, label="Tank", own=OF_TANK)


def explorer_of(function, **more):
    controls = {"a": Slider(0.5, 5.0, value=1.0), "tank": choice(), **more}

    def figure(a, tank, **rest):
        return dataclasses.replace(simple(a), readouts=[Readout("value", function(tank, **rest) + 0 * a)])

    names = ", ".join(controls)
    scope = {"figure": figure}
    exec(f"def made({names}): return figure({', '.join(f'{name}={name}' for name in controls)})", scope)
    return explore(scope["made"], title="Tanks", watch="Bring one.", **controls)


def in_the_page(page, explorer, text, **settings):
    """Return the readout as the page has it, once its script has written the numbers over the example's."""
    program = copy.deepcopy(explorer.program)
    place, before = program["own"]["tank"]
    program["constants"][place - len(program["inputs"])] = [float(n) for n in OF_TANK.numbers(text)]
    given = explorer.encode(tank=OWN + text, **settings)
    assert given["tank"] == before == len(TANKS)
    row = np.array([[given[name] for name in program["inputs"]]])
    return page.run(program, [explorer.spec["readouts"][0]["value"]], row)[0, 0]


@pytest.fixture(scope="module")
def page(node):
    return harness.page(node)


FUNCTIONS = {
    "field": (lambda tank: tank.litres * 2, {}),
    "property": (lambda tank: tank.price, {}),
    "method": (lambda tank: tank.share(7.0), {}),
    "tabulated": (lambda tank: tabulate(lambda one: one.litres - one.wall, tank), {}),
    "tabulated with another": (
        lambda tank, factor: tabulate(lambda one, by: one.litres * by, tank, factor),
        {"factor": Choice({"once": 1.0, "twice": 2.0}, label="Factor")}),
    "array": (lambda tank: np.sum(tabulate(lambda one: one.litres * np.arange(3.0), tank)), {}),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_page_gives_what_python_gives(page, name):
    function, more = FUNCTIONS[name]
    explorer = explorer_of(function, **more)
    assert explorer.without_own == {}
    for litres, wall in ((40, 2), (1, 0), (333.25, 7)):
        text = json.dumps({"litres": litres, "wall": wall})
        for at in [{"factor": key} for key in more["factor"].options] if more else [{}]:
            here = explorer.figure(tank=OWN + text, **at).readouts[0].value
            assert in_the_page(page, explorer, text, **at) == here
            assert here == explorer.figure(tank=Tank("mine", litres, wall), **at).readouts[0].value
    for key in ("small", "large"):  # what was there before is as it was
        given = explorer.encode(tank=key)
        row = np.array([[given[one] for one in explorer.program["inputs"]]])
        there = page.run(explorer.program, [explorer.spec["readouts"][0]["value"]], row)[0, 0]
        assert there == explorer.figure(tank=key).readouts[0].value


@pytest.mark.parametrize(("function", "words"), [
    (lambda tank: tabulate(lambda one: {"small": 1.0, "large": 2.0}[one.name], tank), "your own tank"),
    (lambda tank: tabulate(lambda one: float(len(one.makers) + one.litres), tank), "float()"),
    (lambda tank: tabulate(lambda one: one.litres if one.litres > 20 else 0.0, tank), "`if`"),
])
def test_a_figure_that_cannot_be_traced_with_one_goes_without_and_says_why(function, words):
    explorer = explorer_of(function)
    assert words in explorer.without_own["tank"]
    assert explorer.controls_spec["tank"].own is None
    assert "own" not in explorer.program
    assert OWN not in explorer.html()
    assert explorer.figure(tank="large").readouts[0].value > 0


@pytest.mark.parametrize(("text", "words"), [
    ("{", "is not JSON"), ("[1]", "must give these numbers, and no others: litres, wall"),
    ('{"litres": 3}', "must give these numbers"), ('{"litres": 3, "wall": 1, "more": 2}', "must give these numbers"),
    ('{"litres": 0, "wall": 1}', r"litres=0 is not a number of 1\.\.1000"),
    ('{"litres": "3", "wall": 1}', "litres='3' is not a number"), ('{"litres": true, "wall": 1}', "litres=True"),
    ('{"litres": NaN, "wall": 1}', "litres=nan"), ('{"litres": 3, "wall": 1.5}', "wall=1.5 is not a whole number"),
])
def test_a_text_that_is_not_understood_is_refused(text, words):
    held = choice()
    assert held.snap(OWN + text) == "small"
    with pytest.raises(ValueError, match=words):
        held.find(OWN + text)


def test_a_choice_says_what_it_holds():
    held = choice()
    mine = OWN + OF_TANK.example
    assert held.snap(mine) == held.find(mine) == mine
    assert held.show(mine) == "your own tank"
    assert held.argument(mine) == Tank("your own tank", 40.0, 2.0)
    assert held.without_own().snap(mine) == "small"
    with pytest.raises(ValueError, match="unknown option"):
        held.without_own().find(mine)
    with pytest.raises(ValueError, match="must be an Own"):
        Choice(1, 2, own="mine")


def test_the_form_stands_in_the_list_of_options():
    html = explorer_of(lambda tank: tank.litres).html()
    assert f'<option value="{OWN}">your own tank…</option>' in html


@pytest.mark.usefixtures("no_loop_of_others")
def test_in_jupyter_the_text_is_a_field_that_opens_with_the_option():
    explorer = explorer_of(lambda tank: tank.litres)
    field, shown = explorer._made_widget().brought["tank"], explorer._made_widget().shown["tank"]
    assert field.layout.display == "none"
    explorer.controls["tank"].value = OWN
    assert field.layout.display is None
    assert explorer.values["tank"] == OWN + OF_TANK.example
    assert "40" in explorer._made_widget().readout.value
    field.value = '{"litres": 77, "wall": 1}'
    assert "77" in explorer._made_widget().readout.value
    field.value = "nonsense"
    assert "is not JSON" in shown.value
    assert explorer.values["tank"] == "small"
    explorer._made_widget().set({"tank": OWN + '{"litres": 5, "wall": 1}'})
    assert (field.value, shown.value) == ('{"litres": 5, "wall": 1}', "")


@pytest.mark.usefixtures("no_loop_of_others")
def test_in_jupyter_each_field_stands_under_its_own_choice():
    def both(first, second):
        return simple(first.litres + second.litres)

    other = Choice(*TANKS, label="Other tank", own=OF_TANK)
    view = explore(both, title="Two tanks", watch="Watch.", alt="Alt.", first=choice(), second=other)._made_widget()
    assert list(view.brought) == ["first", "second"]
    rows = list(view.box.children)
    for key, field in view.brought.items():
        assert view.controls[key] in rows[rows.index(field) - 1].children
