"""The programmes in a browser: a question's link opens its figure without the answer, the next link with it."""

from __future__ import annotations

import programmes
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

STEPS = [pytest.param(one, number, step, id=f"{one.key}-{number}") for one in programmes.read()[0]
         for number, step in enumerate(one.steps, 1) if step.figure]
# A link within a page is followed, and the figure drawn, when the page comes to it.
SHOWN = """([id, wanted]) => {
  const root = document.getElementById(id);
  const shown = Object.fromEntries([...root.querySelectorAll(".ex-readout")].map((readout) =>
    [...readout.children].map((part) => part.textContent.trim())));
  return root.dataset.ready && Object.keys(shown).length === Object.keys(wanted).length
    && Object.entries(wanted).every(([label, words]) => shown[label] === words) && shown;
}"""


def read_off(page, figure, given) -> dict[str, str]:
    """Return the readouts that a page shows, once they are those of the settings."""
    wanted = figure.explorer().readouts(**given)
    return page.wait_for_function(SHOWN, arg=[f"explorer-{figure.name}", wanted]).json_value()


@pytest.mark.parametrize(("one", "number", "step"), STEPS)
def test_both_links_of_a_step(visit, one, number, step):
    figure, answers = step.figure, [label for when, label in programmes.COMPUTED.findall(step.then) if not when]
    page = visit("book/workshop.html")
    links = page.locator(f'a[href="../{figure.address(figure.asked)}"]'), page.locator(
        f'a[href="../{figure.address(figure.set)}"]')
    addresses = [link.first.evaluate("(a) => a.href") for link in links]
    seen = []
    for address, given in zip(addresses, (figure.asked, figure.set), strict=True):
        page.goto(address)
        seen.append(read_off(page, figure, given))
    assert all(seen[1][label] not in seen[0].values() for label in answers)
    assert page.troubles == []


def test_the_short_address_on_a_handout_opens_the_question(visit):
    one, number, step = STEPS[0].values
    page = visit(f"book/handout_{one.key}.html", from_disk=True)
    page.click(f'a[href="../{one.short(number)}"]')
    page.wait_for_url(f"**/{step.figure.address(step.figure.asked)}")
    assert read_off(page, step.figure, step.figure.asked)


def test_large_is_for_the_projector_alone(visit):
    """Nothing but the spreads and the way back; every answer keeps its dot, and what is cut off can be reached."""
    page = visit("book/links.html", viewport={"width": 1280, "height": 900})
    page.fill("#gather-before", "\n".join(f"kv-q1: {100 + n} kB" for n in range(100)))
    page.fill("#gather-after", "\n".join([*(f"kv-q1: {300 + n} kB" for n in range(98)), "kv-q1: -5 kB", "C8: fails"]))
    expect(page.locator("#gather-said")).to_have_text("199 of 200 lines understood.")  # once a hand rests
    assert "below zero" in page.inner_text("#gather-refused")
    page.click("#gather-large")
    page.wait_for_function("() => document.querySelector('#gathering.projected .spread-plot').clientWidth > 900")
    assert page.locator(".rail:visible, .bar:visible, footer:visible, #gather-before:visible").count() == 0
    assert page.locator(".spread-dot:visible").count() == 198
    page.click("#gather-large")
    assert page.locator(".rail:visible").count() == 1
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("""(width) => innerWidth === width && [...document.querySelectorAll(".spread")].every(
          (one) => (one.tabIndex === 0) === (one.scrollWidth > one.clientWidth))""", arg=width)
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
        found = Axe().run(page, options=rules).response["violations"]
        assert [breach["id"] for breach in found] == []
