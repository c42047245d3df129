"""Every figure, table of data and exercise of a built chapter is on one of its slides, and a key leads to each."""

from __future__ import annotations

import npm
import pytest
import slides
from bs4 import BeautifulSoup


def test_every_figure_of_a_built_chapter_is_on_a_slide(site):
    for page in sorted((site / "notebooks").glob("*.html")):
        html = page.read_text(encoding="utf-8")
        _, deck = slides.deck_of(html)
        made = deck.html()
        for figure in BeautifulSoup(html, "html.parser").select("article figure.explorer"):
            assert f'id="{figure["id"]}"' in made, (page.name, figure["id"])
        assert made.count("ex-spec") == html.count("ex-spec")
        assert made.count('class="exercise"') == html.count('class="exercise"')


NOW = """() => {
  const slide = Reveal.getCurrentSlide(), figure = slide.querySelector(".explorer");
  return {
    number: document.querySelector(".slide-number").textContent.replace(/\\s/g, ""), last: Reveal.isLastSlide(),
    letter: parseFloat(getComputedStyle(document.documentElement).fontSize), figure: figure && figure.id };
}"""
# A slide is written smaller till nothing lies below its edge; then it says how large it is written.
SETTLED = """() => {
  const slide = Reveal.getCurrentSlide(), figure = slide.querySelector(".explorer");
  return (!figure || figure.dataset.ready) && slide.dataset.written
    && slide.scrollHeight <= slide.clientHeight && slide.scrollWidth <= slide.clientWidth;
}"""


@pytest.fixture
def deck(site, tmp_path, pages):
    """Return what opens a chapter's slides from disk, as they stand on a wall."""
    try:
        npm.ready(slides.HOME, "reveal.js", slides.LACK)
    except SystemExit:
        pytest.skip("reveal.js cannot be fetched here")
    with pages.lent() as lend:
        def opened(chapter: int):
            page = lend(viewport={"width": 1280, "height": 720})
            page.home, page.troubles = tmp_path.as_uri(), []
            page.goto(slides.write(chapter, tmp_path, site).as_uri())
            page.wait_for_function("() => Reveal.isReady()")
            return page

        yield opened


def test_one_key_leads_through_the_whole_deck(deck, site):
    """Each slide once, numbered in turn, with nothing below the edge of the wall."""
    page = deck(4)
    _, made = slides.deck_of(slides.chapter_page(4, site).read_text(encoding="utf-8"))
    total = sum(len(column) for column in made.columns)
    figures = []
    for number in range(1, total + 1):
        page.wait_for_function(SETTLED)
        now = page.evaluate(NOW)
        assert now["number"] == f"{number}/{total}"
        assert now["letter"] >= 15, now
        figures += [now["figure"]] if now["figure"] else []
        if page.evaluate("Boolean(Reveal.getCurrentSlide().querySelector('.exercise-form'))"):  # its box is live
            page.wait_for_function("() => !Reveal.getCurrentSlide().querySelector('.exercise-form').hidden")
        assert now["last"] == (number == total)
        page.keyboard.press("ArrowRight")
    assert len(figures) == len(set(figures)) == made.html().count("ex-spec")
    assert page.troubles == []


def test_a_slider_moves_its_figure_and_gives_the_keys_back(deck):
    page = deck(4)
    page.evaluate("""() => {
      const at = Reveal.getIndices(document.getElementById("explorer-cache-on-each-chip").closest("section"));
      Reveal.slide(at.h, at.v);
    }""")
    page.wait_for_function(SETTLED)
    before, figure = page.evaluate(NOW)["number"], page.locator("#explorer-cache-on-each-chip")
    shown = figure.locator(".ex-readouts").first
    told = shown.inner_text()
    figure.locator("select").last.focus()
    page.keyboard.press("ArrowDown")  # the list takes it, and not the deck
    assert page.evaluate(NOW)["number"] == before
    figure.locator("input[type=range]").last.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("([element, told]) => element.innerText !== told", arg=[shown.element_handle(), told])
    assert page.evaluate(NOW)["number"] == before
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    after = page.evaluate(NOW)["number"]
    assert int(after.split("/")[0]) == int(before.split("/")[0]) + 1
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(SETTLED)
    figure.locator("input[type=range]").last.focus()
    page.keyboard.press("PageDown")  # a presenter's button
    assert page.evaluate(NOW)["number"] == after
    assert page.troubles == []
