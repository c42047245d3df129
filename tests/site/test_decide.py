"""The page of the decision: it answers as Python does, keeps what is set, takes what is brought, and hands over."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import PATIENCE_MS
from playwright.sync_api import expect

from inference_economics.chapters.decide import brief, page

EXPORT = "date,requests,input_tokens,output_tokens,cached_tokens\n2026-11-01,1000,4000000,500000,1000000\n"
GIVE = """([root, settings]) => document.getElementById(root).dispatchEvent(
  new CustomEvent('kernelless:give', { detail: settings }))"""
FIGURE = "explorer-decide"


@pytest.fixture
def decide(visit):
    opened = visit("book/decide.html", viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.wait_for_selector(".decide-memo h3")
    return opened


def give(opened, **settings) -> None:
    opened.evaluate(GIVE, [FIGURE, settings])


def choose(opened, title: str) -> None:
    """Click a preset, and wait for the memo, which follows once the hand has come to rest."""
    opened.locator(f'#{FIGURE} [data-preset="{title}"]').click()
    expect(opened.locator(".decide-memo h3")).to_have_text(title)


def expect_ruling(opened, **settings) -> None:
    """The figure comes to say what Python says."""
    state = page.explorer().figure(**settings).states[0]
    expect(opened.locator(f"#{FIGURE} .ex-state").first).to_have_text(state.holds if bool(state.ok) else state.fails)


@pytest.mark.parametrize("title", page.explorer().presets)
def test_each_preset_is_answered_as_python_answers_it(decide, title):
    choose(decide, title)
    made = page.explorer()
    expect_ruling(decide, **made.presets[title])
    expect(decide.locator(f"#{FIGURE} .ex-readout")).to_have_text(
        [f"{label}{words}" for label, words in made.readouts(**made.presets[title]).items()])
    assert decide.troubles == []


def test_what_is_set_survives_a_reload_and_travels_in_a_link(decide):
    settings = {"users": 12_345, "privacy": "only to machines hired alone"}
    give(decide, **settings)
    expect_ruling(decide, **settings)
    decide.locator(f'#{FIGURE} [data-action="link"]').click()
    decide.locator(f"#{FIGURE} .ex-link").wait_for()
    address = decide.locator(f"#{FIGURE} .ex-link").input_value()
    assert "users=12345" in address
    decide.reload()
    expect_ruling(decide, **settings)
    decide.goto("about:blank")
    decide.goto(address)
    expect_ruling(decide, **settings)


def test_a_typed_number_is_taken(decide):
    control = decide.locator(f'#{FIGURE} [data-control="users"]')
    control.locator(".ex-value").click()
    control.locator(".ex-typed").fill("123456")  # which is fetched when a hand first asks for it
    control.locator(".ex-typed").press("Enter")
    expect(control.locator("output")).to_have_text("123,456 users", timeout=PATIENCE_MS)


def test_the_memo_and_the_ledger_are_handed_over(decide):
    give(decide, users=250_000)
    with decide.expect_download() as caught:
        decide.locator("[data-take=memo]").click()
    words = caught.value.path().read_text(encoding="utf-8")
    address = words.split("Settings: <", 1)[1].split(">", 1)[0]
    today = datetime.now(UTC).date().isoformat()
    assert words == brief.memo(today, address, users=250_000)
    with decide.expect_download() as caught:
        decide.locator("[data-take=ledger]").click()
    header, *rows = csv.reader(io.StringIO(caught.value.path().read_text(encoding="utf-8")))
    assert header[0] == "way"
    assert [row[:2] for row in rows] == [row[:2] for row in brief.ledger(users=250_000)]


def test_an_export_is_read_on_the_page_and_leaves_it_for_nobody(decide):
    box = decide.locator('[data-bring="usage"]')
    box.locator("summary").click()
    box.locator("textarea").fill(EXPORT)
    box.locator("button").click()
    expect(box.locator(".decide-said")).to_contain_text("Read as one row a day or a request")
    expect(decide.locator(f'#{FIGURE} [data-value-of="prompt_tok"]')).to_have_text("4,000 tokens")
    box.locator("textarea").fill("a,b\n1,2\n")
    box.locator("button").click()
    expect(box.locator(".decide-said")).to_contain_text("Not read: line 1: the header 'a, b'")
    assert decide.troubles == []


@pytest.mark.parametrize("title", page.explorer().presets)
def test_the_ruling_is_printed_on_one_page_and_what_was_asked_on_the_next(decide, title):
    choose(decide, title)
    decide.evaluate("window.print = () => {}")  # the paper is made below, with the page as the button leaves it
    decide.locator("[data-take=print]").click()
    decide.emulate_media(media="print")
    foreign = decide.evaluate("[...document.querySelectorAll('article :is(h1, h2, h3, h4, p, li)')]"
                              ".filter((one) => one.checkVisibility() && !one.closest('.decide-memo'))"
                              ".map((one) => one.textContent)")
    assert foreign == []
    printed = decide.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2


def test_no_number_of_the_memo_is_broken_on_a_phone(visit):
    opened = visit("book/decide.html", viewport={"width": 390, "height": 844})
    opened.wait_for_selector(".decide-memo h3")
    broken = opened.evaluate("""() => [...document.querySelectorAll('.decide-memo td')].filter((cell) => {
      const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
      for (let node = words.nextNode(); node; node = words.nextNode()) {
        for (const word of node.textContent.matchAll(/[^\\s-]+/g)) {
          range.setStart(node, word.index);
          range.setEnd(node, word.index + word[0].length);
          if (range.getClientRects().length > 1) return true;
        }
      }
      return false;
    }).map((cell) => cell.textContent)""")
    assert broken == []


@pytest.mark.parametrize("width", [390, 1280])
def test_all_that_can_be_opened_is_accessible(visit, width):
    opened = visit("book/decide.html", viewport={"width": width, "height": 844})
    opened.wait_for_selector(".decide-memo h3")
    opened.evaluate("document.querySelectorAll('article details').forEach((one) => { one.open = true; })")
    troubles = list(opened.troubles)
    found = Axe().run(opened, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    opened.troubles[:] = troubles
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_ruling_stays_in_sight_while_an_input_moves(visit):
    opened = visit("book/decide.html", viewport={"width": 390, "height": 844})
    opened.locator(f'#{FIGURE} [data-control="output_tok"]').scroll_into_view_if_needed()
    expect(opened.locator(f"#{FIGURE} .ex-state").first).to_be_in_viewport(ratio=1)
