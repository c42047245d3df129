"""Every slider of every page, driven in a browser: the page shows the digits that Python computes."""

from __future__ import annotations

import re

import declared
import numpy as np
import pytest
from book_site import ROOT, website
from parity.driven import CROSS, DRIVE, check_moment

from inference_economics import Explorer

PAGES = [source for source in website.pages() if "explore(" in source.read_text(encoding="utf-8")]


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def source(request):
    return request.param


@pytest.fixture(scope="module")
def explorers(source) -> dict[str, Explorer]:
    return {explorer.name: explorer for explorer in declared.explorers_of(source)}


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


def test_the_page_has_the_explorers_of_its_source(explorers, driven):
    assert driven.keys() == explorers.keys()


def test_the_page_shows_what_python_computes(explorers, driven):
    for name, moments in driven.items():
        for moment in moments:
            check_moment(explorers[name], moment)


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


def test_the_pointer_reads_something_off_each_figure(page, driven):
    for name in driven:
        # What reads off is fetched when a pointer comes.
        page.locator(f'[data-explorer="{name}"] .ex-plot').first.dispatch_event("pointerenter")
        page.wait_for_function("""name => !document.querySelector(`[data-explorer="${name}"] .ex-cursor`).hidden""",
                               arg=name)
        assert page.evaluate(CROSS, [name, 12]), name
    assert page.troubles == []


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


def _values(root) -> dict[str, str]:
    controls = root.locator("[data-parameter]").all()
    return {control.get_attribute("data-parameter"): control.get_attribute("data-value") for control in controls}


def _follow_a_link(page) -> None:
    """Move the first control of the page's first explorer, take the link, and find the same settings behind it."""
    name = page.locator("figure.explorer[data-ready]").first.get_attribute("id")
    root = page.locator(f"#{name}[data-ready]")
    root.locator('[data-action="reset"]').click()
    before = _values(root)
    root.locator("[data-parameter]").first.evaluate(
        "c => { if (c.tagName === 'SELECT') c.selectedIndex = 1; else c.value = 1;"
        " c.dispatchEvent(new Event('input', { bubbles: true })); }")
    sent = _values(root)
    assert sent.keys() == before.keys()
    assert sent != before
    root.locator('[data-action="link"]').click()
    root.locator(".ex-link").wait_for()  # what gives it is fetched
    address = root.locator(".ex-link").input_value()
    page.goto("about:blank")
    page.goto(address)
    root.wait_for()
    assert _values(root) == sent
    assert page.troubles == []


def test_a_link_carries_the_settings(page):
    _follow_a_link(page)


def test_a_link_leads_back_to_a_server(visit):
    _follow_a_link(visit(_address(PAGES[0])))


# Resolves once the figure is live and nothing on the page has moved for thirty frames.
_SETTLED = """async (root) => {
  const place = () => `${scrollY} ${root.getBoundingClientRect().top} ${root.hasAttribute('data-ready')}`;
  for (let last = "", still = 0; still < 30; await new Promise(requestAnimationFrame)) {
    still = place() === last && root.hasAttribute("data-ready") ? still + 1 : 0;
    last = place();
  }
  return root.getBoundingClientRect().top;
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("asked", ["", "?prompts_per_day=400000"])
def test_a_link_to_a_late_figure_lands_at_its_top(visit, width, asked):
    """Figures above start when they come near the view, and change their height: a scroll past them must not miss."""
    page = visit("404.html", viewport={"width": width, "height": 800})
    page.goto(f"{page.home}/notebooks/09_api_rent_or_own.html#explorer-api-rent-or-own{asked}")
    assert 0 <= page.locator("#explorer-api-rent-or-own").evaluate(_SETTLED) < 120
