"""Moving the controls of a page moves what Python moves: slider, keys, presets, reset, and what is spoken."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from parity.shown import EXPLORERS, SEE, SET, check_against_python, reset, same_path, settings_in
from parity.synthetic import KNOTS

from kernelless import Axis, Bars, Figure, Readout, Slider, explore, standalone


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_moves_what_python_moves(page, name):
    explorer = EXPLORERS[name]
    places = {key: range(len(control.options)) if hasattr(control, "options") else (0, 0.21, 0.5, 0.83, 1)
              for key, control in explorer.controls_spec.items()}
    rng = np.random.default_rng(2)
    settings = [{key: place} for key, several in places.items() for place in several]
    settings += [{key: several[int(rng.integers(len(several)))] for key, several in places.items()} for _ in range(15)]
    different = set()
    for setting in settings:
        page.evaluate(SET, [name, setting])
        seen = page.evaluate(SEE, name)
        check_against_python(explorer, seen)
        different.add(str(seen["paths"]) + str(seen["readouts"]))
    assert len(different) > len(settings) / 2


@pytest.mark.parametrize("name", EXPLORERS)
def test_reset_and_presets(opened, name):
    page = opened()
    explorer = EXPLORERS[name]
    base = page.evaluate(SEE, name)  # as matplotlib and Python drew it
    check_against_python(explorer, base)
    assert settings_in(explorer, base) == explorer.defaults
    page.evaluate(SET, [name, dict.fromkeys(explorer.controls_spec, 1)])
    assert page.evaluate(SEE, name) != base
    again = reset(page, name)
    assert all(same_path(base["paths"][key], again["paths"][key]) for key in base["paths"])
    assert {key: again[key] for key in ("settings", "shown", "readouts", "states")} == {
        key: base[key] for key in ("settings", "shown", "readouts", "states")}
    for label, preset in explorer.presets.items():
        page.evaluate(SET, [name, dict.fromkeys(explorer.controls_spec, 0)])
        page.locator(f"#explorer-{name}").get_by_role("button", name=label, exact=True).click()
        seen = page.evaluate(SEE, name)
        check_against_python(explorer, seen)
        assert settings_in(explorer, seen) == explorer.defaults | preset
    assert page.complaints == []


def test_arrow_keys_and_the_pointer_move_a_slider(page):
    slider = page.locator("#explorer-lines [data-parameter=batch]")
    reset(page, "lines")
    slider.focus()
    page.keyboard.press("ArrowRight")
    check_against_python(EXPLORERS["lines"], page.evaluate(SEE, "lines"))
    assert float(slider.get_attribute("data-value")) > 32
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert slider.get_attribute("aria-valuetext") == "1,024 sequences"
    assert page.locator("#explorer-lines output[data-value-of=batch]").text_content() == "1,024 sequences"


def test_changes_are_spoken_once_the_reader_stops(opened):
    # The page's clock stands still but for what the test lets pass, so a busy machine changes nothing.
    page = opened(own_clock=True)
    spoken = page.locator("#explorer-bars .ex-spoken")
    before = spoken.text_content()
    for place in (0.1, 0.2, 0.3):
        page.evaluate(SET, ["bars", {"growth": place}])
        page.clock.run_for(500)
        assert spoken.text_content() == before
    page.clock.run_for(1000)
    explorer = EXPLORERS["bars"]
    held = page.locator("#explorer-bars [data-parameter=growth]").get_attribute("data-value")
    settings = explorer.settings(growth=float(held))
    growth, readouts = explorer.controls_spec["growth"].show(settings["growth"]), explorer.readouts(**settings)
    assert spoken.text_content() == f"Growth: {growth}. Largest: {readouts['Largest']}."
    # What the plot shows is described for these settings, and at the default as its author wrote it.
    described = page.locator("#explorer-bars .ex-plot > .ex-sr")
    told = described.text_content()
    assert all(f"{label}: {words}" in told for label, words in readouts.items())
    assert f"Growth: {growth}; Staff: 1" in told
    page.locator("#explorer-bars [data-action=reset]").click()
    page.clock.run_for(1000)
    assert described.text_content() == explorer.alt
    assert spoken.text_content() == f"Growth: 1×. Largest: {explorer.readouts()['Largest']}."
    assert page.locator("#explorer-bars [aria-live=polite]").count() == 1
    assert page.locator("#explorer-bars .ex-readout output:not([aria-live=off])").count() == 0


def test_the_letters_of_what_is_pinned_lie_apart(tabs, tmp_path):
    def sides(a):
        """Two rows of bars that begin at one place, as those of what holds and of what fails."""
        marks = [Bars(a * KNOTS + 5, "above", base=5.0), Bars(5 - a * KNOTS, "below", base=5.0)]
        return Figure(Axis("x", (0, 10)), Axis("", categories=("p", "q", "r")), marks, [Readout("A", a)])

    path = tmp_path / "page.html"
    path.write_text(standalone(explore(sides, title="Sides", watch="Move it.", a=Slider(0.5, 2.0, value=1.0))))
    with tabs.lent() as lend:
        page = lend()
        page.goto(path.as_uri())
        page.locator("[data-action=pin]").click()
        letters = page.locator(".ex-ghosts text")
        letters.first.wait_for()
        places = letters.evaluate_all("(all) => all.map((letter) => ['x', 'y'].map((at) => letter.getAttribute(at)))")
    apart = [math.dist(map(float, a), map(float, b)) for a, b in itertools.combinations(places, 2)]
    assert min(apart, default=99) > 7
