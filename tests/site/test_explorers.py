"""Every slider of every page, driven in a browser: the page shows the digits that Python computes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from book_site import ROOT, website
from parity import collect

from inference_economics import Explorer, text

# Move each control to several places, then all of them together; note what the page shows after each move.
DRIVE = """
(root) => {
  const controls = [...root.querySelectorAll("[data-parameter]")];
  const places = (c) => c.tagName === "SELECT" ? [...c.options].map((o) => o.value)
    : [0, 0.21, 0.5, 0.83, 1].map((t) => String(Math.round(t * c.max)));
  // Words and paths are read, which need no painting: the page has its frame as soon as it asks to be looked at. True
  // frames come in tests/parity.
  const waiting = [], later = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => waiting.push(draw);
  const frame = () => waiting.splice(0).forEach((draw) => draw(performance.now()));
  const move = (c, value) => { c.value = value; c.dispatchEvent(new Event("input", { bubbles: true })); };
  const words = (selector) => root.querySelector(selector).textContent;
  const seen = [];
  const note = () => {
    frame();
    seen.push({
      settings: Object.fromEntries(controls.map((c) => [c.dataset.parameter, c.dataset.value])),
      shown: Object.fromEntries(controls.map((c) => [c.dataset.parameter,
        c.tagName === "SELECT" ? c.selectedOptions[0].text : words(`[data-value-of="${c.dataset.parameter}"]`)])),
      readouts: [...root.querySelectorAll(".ex-readout")].map((r) => [...r.children].map((part) => part.textContent)),
      states: [...root.querySelectorAll(".ex-state")].map((s) => s.textContent),
      paths: [...root.querySelectorAll("svg [data-key]")].map((p) => p.getAttribute("d")).join(),
    });
  };
  const reset = () => root.querySelector('[data-action="reset"]').click();
  note();
  // From the default, and from two other settings: a slider may rest where the default is.
  for (const start of [null, 3, 1]) {
    for (const control of controls) {
      if (start === null) reset(); else for (const c of controls) move(c, places(c)[start % places(c).length]);
      for (const place of places(control)) { move(control, place); note(); }
    }
  }
  for (const t of [0, 1, 2, 3]) {
    for (const c of controls) { const all = places(c); move(c, all[t % all.length]); }
    note();
  }
  for (const preset of root.querySelectorAll('[data-action="preset"]')) { preset.click(); note(); }
  reset();
  note();
  window.requestAnimationFrame = later;
  return seen;
}
"""


PAGES = [source for source in website.pages() if "explore(" in source.read_text(encoding="utf-8")]


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def source(request):
    return request.param


@pytest.fixture(scope="module")
def explorers(source) -> dict[str, Explorer]:
    return {explorer.name: explorer for explorer in collect.explorers_of(source)}


@pytest.fixture(scope="module")
def page(source, opening):
    with opening() as visit:
        yield visit(_address(source), from_disk=True)


@pytest.fixture(scope="module")
def driven(page) -> dict[str, list[dict]]:
    """What each explorer of a page showed, moment by moment, while every control was moved."""
    roots = page.locator("figure.explorer[data-ready]").all()
    assert len(roots) == page.locator("figure.explorer").count() > 0
    seen = {root.get_attribute("data-explorer"): root.evaluate(DRIVE) for root in roots}
    assert page.troubles == []
    return seen


def _address(source) -> str:
    return source.relative_to(ROOT).with_suffix(".html").as_posix()


def _settings(explorer: Explorer, words: dict[str, str]) -> dict:
    """Return the settings that the page holds, as Python holds them."""
    return {key: words[key] if hasattr(control, "options") else float(words[key])
            for key, control in explorer.controls_spec.items()}


def _texts(readout) -> set[str]:
    """Return what a readout may say: on the edge of rounding, the last place of `exp` and `pow` decides the side."""
    return {text(readout.value * nudge, readout.unit) for nudge in (1, 1 - 1e-12, 1 + 1e-12)}


def test_the_page_has_the_explorers_of_its_source(explorers, driven):
    assert driven.keys() == explorers.keys()


def test_the_page_shows_what_python_computes(explorers, driven):
    for name, moments in driven.items():
        explorer = explorers[name]
        for moment in moments:
            settings = _settings(explorer, moment["settings"])
            figure = explorer.figure(**settings)
            assert [label for label, _ in moment["readouts"]] == [readout.label for readout in figure.readouts]
            wrong = {label: words for (label, words), readout in zip(moment["readouts"], figure.readouts, strict=True)
                     if words not in _texts(readout)}
            assert wrong == {}, (name, settings)
            assert moment["states"] == [s.holds if bool(s.ok) else s.fails for s in figure.states], (name, settings)
            shown = {key: control.show(settings[key]) for key, control in explorer.controls_spec.items()}
            assert moment["shown"] == shown, (name, settings)


def _rounded(moment: dict) -> dict:
    """Return a moment with coordinates to a hundredth: matplotlib wrote the first ones, the page's script the last."""
    return moment | {"paths": re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.2f}", moment["paths"])}


def test_reset_brings_the_default_back(driven):
    for name, moments in driven.items():
        assert _rounded(moments[0]) == _rounded(moments[-1]), name


def test_each_control_changes_what_the_page_shows(explorers, driven):
    dead = []
    for name, moments in driven.items():
        for key in explorers[name].controls_spec:
            seen = {}
            for moment in moments:
                others = tuple(value for other, value in moment["settings"].items() if other != key)
                shows = (moment["paths"], str(moment["readouts"]), str(moment["states"]))
                seen.setdefault(others, set()).add(shows)
            if all(len(shows) == 1 for shows in seen.values()):
                dead.append((name, key))
    assert dead == []


def test_every_explorer_can_fail_visibly(explorers):
    # Each figure with a state has a setting in reach that shows it failing, or the state teaches nothing.
    for explorer in explorers.values():
        states = explorer.figure().states
        if not states:
            continue
        rng = np.random.default_rng(0)
        ends = [[control.snap(control.low), control.snap(control.high)] if hasattr(control, "low")
                else [*control.options] for control in explorer.controls_spec.values()]
        corners = ([values[rng.integers(len(values))] for values in ends] for _ in range(1000))
        fails = (not bool(state.ok) for corner in corners
                 for state in explorer.figure(**dict(zip(explorer.controls_spec, corner, strict=True))).states)
        assert any(not bool(state.ok) for state in states) or any(fails), f"{explorer.name} never shows its failure"


def _values(page) -> dict[str, str]:
    controls = page.locator("figure.explorer[data-ready]").first.locator("[data-parameter]").all()
    return {control.get_attribute("data-parameter"): control.get_attribute("data-value") for control in controls}


def _follow_a_link(page) -> None:
    """Move the first control of the page's first explorer, take the link, and find the same settings behind it."""
    root = page.locator("figure.explorer[data-ready]").first
    root.locator('[data-action="reset"]').click()
    before = _values(page)
    root.locator("[data-parameter]").first.evaluate(
        "c => { if (c.tagName === 'SELECT') c.selectedIndex = 1; else c.value = 1;"
        " c.dispatchEvent(new Event('input', { bubbles: true })); }")
    sent = _values(page)
    assert sent.keys() == before.keys()
    assert sent != before
    root.locator('[data-action="link"]').click()
    address = root.locator(".ex-link").input_value()
    page.goto("about:blank")
    page.goto(address)
    assert _values(page) == sent
    assert page.troubles == []


def test_a_link_carries_the_settings(page):
    _follow_a_link(page)


def test_a_link_leads_back_to_a_server(visit):
    _follow_a_link(visit(_address(PAGES[0])))
