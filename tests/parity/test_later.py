"""What is needed rarely is fetched when first used: from a folder, under a strict policy, and again after a failure."""

from __future__ import annotations

import pytest
from browser import PATIENCE_MS
from parity.shown import EXPLORERS
from playwright.sync_api import expect

from kernelless import Slider, runtime

POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"


@pytest.fixture
def site(tmp_path):
    runtime.write(tmp_path / "_static")
    (tmp_path / "page.html").write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<title>Page</title><link rel="stylesheet" href="_static/kernelless.css">'
        f'<script defer src="_static/kernelless.js?v=1"></script>{EXPLORERS["bars"].html()}', encoding="utf-8")
    return tmp_path


@pytest.fixture
def visit(chromium, site):
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url.rsplit("/", 1)[-1].split("?")[0]))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto((site / "page.html").as_uri())
    page.locator("#explorer-bars[data-ready]").wait_for()
    yield page
    context.close()


def _csv(page):
    with page.expect_download() as found:
        page.locator("[data-action=csv]").click()
    return found.value.suggested_filename


def test_the_second_script_is_fetched_once_and_only_when_it_is_needed(visit):
    assert "kernelless-later.js" not in visit.asked
    assert [_csv(visit), _csv(visit)] == ["bars.csv", "bars.csv"]
    assert visit.asked.count("kernelless-later.js") == 1
    assert visit.complaints == []
    # Nothing of it is global.
    assert visit.evaluate("() => Object.keys(window).filter((name) => /kernelless|csv|bridge/i.test(name))") == []


@pytest.mark.parametrize("content", [None, "void 0;"])  # there is none; there is something else
def test_what_could_not_be_fetched_is_said_and_asked_for_again(visit, site, content):
    path = site / "_static" / "kernelless-later.js"
    kept = path.read_text(encoding="utf-8")
    path.unlink()
    if content:
        path.write_text(content, encoding="utf-8")
    visit.locator("[data-action=csv]").click()
    words = "This part of the page could not be fetched. Are you offline?"
    visit.locator(".ex-cursor", has_text=words).wait_for()
    assert visit.locator(".ex-spoken").text_content() == words
    path.write_text(kept, encoding="utf-8")
    assert _csv(visit) == "bars.csv"
    assert visit.complaints == []


def test_a_slider_that_nothing_hears_yet_does_not_move(chromium, site):
    """Until what draws a figure has come, its controls wait; then the hand that was there goes on."""
    shown = EXPLORERS["grid"]
    page_file = site / "page.html"
    text = page_file.read_text(encoding="utf-8").replace(EXPLORERS["bars"].html(), shown.html())
    page_file.write_text(text, encoding="utf-8")
    key = next(name for name, control in shown.controls_spec.items() if isinstance(control, Slider))
    context = chromium.new_context(offline=True)
    page, held = context.new_page(), []
    page.set_default_timeout(PATIENCE_MS)

    def hold(route):
        held.append(route)

    page.route("**/kernelless-*.js*", hold)
    # The figure is touched before it is seen: the first focus starts it.
    page.add_init_script("window.IntersectionObserver = class { observe() {} };")
    page.goto(page_file.as_uri(), wait_until="domcontentloaded")
    page.locator(".ex-actions[role]").wait_for()
    slider = page.locator(f"[data-parameter={key}]")
    before = slider.input_value()
    slider.evaluate("(slider) => slider.focus()")
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == before
    assert held
    for route in held:
        route.continue_()
    page.locator(".explorer[data-ready]").wait_for()
    at_default = slider.get_attribute("data-value")
    assert float(at_default) == shown.controls_spec[key].value
    page.keyboard.press("ArrowRight")  # the focus is where it was
    expect(slider).not_to_have_attribute("data-value", at_default)
    context.close()
