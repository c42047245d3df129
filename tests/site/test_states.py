"""axe in the states that a reader puts a page into: on a phone, figures moved, a note or a dialog open, forced colours.

`test_pages` holds every page in its first state, in both themes. Here a page of each kind stands for its like.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
FRONT, CHAPTER, DECIDE = "book/index.html", "notebooks/04_sharing_heads.html", "book/decide.html"

# What axe leaves open, and why that is no fault. Text on drawings is measured below.
EXPLAINED = {
    ("color-contrast", "nonBmp"): "signs of formulas, such as a dot or a bracket, are no text to it",
    ("color-contrast", "imgNode"): "text of a drawing, which it cannot see through: measured by MEASURED",
    ("color-contrast", "shortTextContent"): "a single sign, in the colour of its row, or measured by MEASURED",
    ("color-contrast", "bgOverlap"): "text under an open note or a figure's pane, which goes away or scrolls on",
    ("color-contrast", "elmPartiallyObscuring"): "a card's link lies over the whole card, and is seen through",
    ("color-contrast", "elmPartiallyObscured"): "as under an open note; a table that scrolls has cells beyond its edge",
    ("skip-link", ""): "what it leads to waits while the rail lies over the page",
}
# The same on paper, where nothing is pressed.
ON_PAPER = {
    ("link-in-text-block", "bgOverlap"): "a term is a word like any other there, in the colour of its text",
    ("target-size", "nonTabbableNeighbor"): "the numbers of a table stand closer there",
    ("target-size", ""): "as above",
}
# The contrast of each text in a figure with the ground that it stands on: a shape drawn behind it, or the figure's.
MEASURED = """() => {
  const rgb = (words) => (words.match(/[\\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], ground) => [r, g, b].map((c, k) => c * a + ground[k] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= .04045 ? c / 255 / 12.92 : ((c / 255 + .055) / 1.055) ** 2.4));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const faint = [];
  for (const words of document.querySelectorAll("figure.explorer svg text")) {
    if (!words.textContent.trim() || !words.checkVisibility({ visibilityProperty: true })) continue;
    const box = words.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    let ground = [255, 255, 255];
    // An outline around the letters is what they stand on, whatever lies behind.
    const { paintOrder, stroke, strokeWidth, fill } = getComputedStyle(words);
    const outlined = paintOrder.startsWith("stroke") && parseFloat(strokeWidth) >= 2;
    for (let at = words; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length && colour[3] !== 0) { ground = colour.slice(0, 3); break; }
    }
    for (const shape of words.closest("svg").querySelectorAll("rect, path, circle")) {
      const before = shape.compareDocumentPosition(words) & Node.DOCUMENT_POSITION_FOLLOWING;
      const style = getComputedStyle(shape), at = shape.getBoundingClientRect();
      if (!before || shape.closest("clipPath, defs")) continue;
      if (style.fill === "none" || style.visibility === "hidden") continue;
      if (x < at.left || x > at.right || y < at.top || y > at.bottom) continue;
      const matrix = shape.getScreenCTM();
      if (!matrix || !shape.isPointInFill(new DOMPoint(x, y).matrixTransform(matrix.inverse()))) continue;
      const [r, g, b, a = 1] = rgb(style.fill);
      ground = over([r, g, b, a * style.fillOpacity * style.opacity], ground);
    }
    if (outlined) ground = over(rgb(stroke), ground);
    const [a, b] = [light(over(rgb(fill), ground)), light(ground)];
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) faint.push(`${words.textContent} (${contrast.toFixed(2)}) in ${words.closest("figure").id}`);
  }
  return faint;
}"""


# Buttons that only their ground made look like buttons: without it they are bare words.
BORDERLESS = """() => [...document.querySelectorAll("main button")].filter((one) => {
  const { borderTopWidth, borderBottomWidth, textDecorationLine } = getComputedStyle(one);
  return one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.textContent.trim().length > 1
    && !parseFloat(borderTopWidth) && !parseFloat(borderBottomWidth) && textDecorationLine === "none";
}).map((one) => one.outerHTML.slice(0, 120))"""


def as_it_is(page) -> None:
    page.locator("h1").first.wait_for()


def moved(page) -> None:
    """Every slider at its end, and the memo, where there is one, written anew."""
    memo = "document.querySelector('.decide-memo')?.textContent"
    before = page.evaluate(memo)
    page.evaluate("""() => {
      for (const slider of document.querySelectorAll("figure.explorer input[type=range]")) {
        slider.value = slider.max;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        slider.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }""")
    if before is not None:
        page.wait_for_function(f"before => {memo} !== before", arg=before)


def note_open(page) -> None:
    page.keyboard.press("Tab")
    page.locator("[data-note]").first.focus()
    page.locator("#book-note").wait_for()


def number_open(page) -> None:
    """The note of a number in a table, met by the keyboard, with its word on the arrow keys."""
    page.keyboard.press("Tab")
    page.locator("table a.sourced").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("#book-note").get_by_text("arrow keys").wait_for()


def own_open(page) -> None:
    """The form for a model of one's own, in the first figure that has one."""
    figure = page.locator("figure.explorer:has(option[value='own:'])").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("id => document.getElementById(id).dataset.ready", arg=figure.get_attribute("id"))
    figure.locator("select:has(option[value='own:'])").first.select_option("own:")
    figure.locator(".ex-own").first.wait_for()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")  # nothing half under the bar at the top


def report_open(page) -> None:
    page.locator(".report-button").click()
    page.locator("dialog.report").wait_for()


def cite_open(page) -> None:
    page.locator(".cite-button").click()
    page.locator("dialog.report").wait_for()


def rail_open(page) -> None:
    page.locator(".menu-button").click()
    page.locator(".rail-close").wait_for()


def numbers_shown(page) -> None:
    """Each figure pinned, moved, and its numbers as tables below it."""
    page.evaluate("document.querySelectorAll('[data-action=pin]').forEach((one) => one.click())")
    moved(page)
    page.evaluate("document.querySelectorAll('[data-action=table]').forEach((one) => one.click())")
    page.wait_for_function("""() => {
      const figures = document.querySelectorAll("figure.explorer[data-ready]").length;
      return figures && document.querySelectorAll(".ex-sheet table").length >= figures;
    }""")


def all_open(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def found(page) -> None:
    page.locator("#search-results li").first.wait_for()


STATES = [
    (FRONT, as_it_is, PHONE, {}), (FRONT, rail_open, PHONE, {"color_scheme": "dark"}),
    (FRONT, moved, WIDE, {"forced_colors": "active"}),
    (CHAPTER, as_it_is, PHONE, {}), (CHAPTER, moved, WIDE, {"color_scheme": "dark"}), (CHAPTER, note_open, WIDE, {}),
    ("notebooks/02_what_a_token_costs.html", numbers_shown, PHONE, {"color_scheme": "dark"}),
    ("notebooks/12_exposure.html", as_it_is, WIDE, {"media": "print"}),
    ("notebooks/07_fewer_bytes.html", as_it_is, WIDE, {"media": "print"}),
    ("notebooks/01_the_inversion.html", number_open, PHONE, {"color_scheme": "dark"}),
    (CHAPTER, own_open, PHONE, {"color_scheme": "dark"}), ("notebooks/13_your_decision.html", moved, PHONE, {}),
    (CHAPTER, all_open, PHONE, {"color_scheme": "dark"}), (CHAPTER, report_open, PHONE, {}),
    (CHAPTER, as_it_is, WIDE, {"media": "print"}),
    (DECIDE, all_open, PHONE, {}), (DECIDE, moved, WIDE, {"color_scheme": "dark"}),
    ("book/catalogues.html", as_it_is, PHONE, {"color_scheme": "dark"}), ("book/gallery.html", as_it_is, PHONE, {}),
    ("book/how_good.html", cite_open, WIDE, {"color_scheme": "dark"}),
    ("search.html?q=KV+cache", found, PHONE, {"color_scheme": "dark"}),
    ("search.html?q=KV+cache", found, WIDE, {"forced_colors": "active"}), ("404.html", as_it_is, PHONE, {}),
    ("book/links.html", as_it_is, PHONE, {}),
]


def judged(page) -> tuple[list, list]:
    """Return what axe finds wrong, and what it leaves open without an explanation here."""
    page.evaluate("document.getAnimations().filter((a) => a instanceof CSSTransition).forEach((a) => a.finish())")
    troubles = list(page.troubles)
    options = {"runOnly": RULES, "resultTypes": ["violations", "incomplete"]}
    answer = Axe().run(page, options=options).response
    page.troubles[:] = troubles  # axe fetches the style sheets once more, one of them from where it never was
    wrong = [(breach["id"], node["html"][:160]) for breach in answer["violations"] for node in breach["nodes"]]
    explained = EXPLAINED | (ON_PAPER if page.evaluate("matchMedia('print').matches") else {})
    unsure = []
    for doubt in answer["incomplete"]:
        for node in doubt["nodes"]:
            keys = {(check.get("data") or {}).get("messageKey") or "" for check in (*node["any"], *node["all"])}
            unsure += [(doubt["id"], key, node["html"][:160]) for key in keys if (doubt["id"], key) not in explained]
    return wrong, unsure


@pytest.mark.parametrize(("name", "act", "viewport", "media"), STATES, ids=[
    f"{name.split('/')[-1].split('.')[0]}-{act.__name__}-{viewport['width']}-{'-'.join(media.values()) or 'light'}"
    for name, act, viewport, media in STATES])
def test_a_page_is_accessible_in_each_state(visit, name, act, viewport, media):
    page = visit(name, viewport=viewport)
    page.emulate_media(**media)
    act(page)
    wrong, unsure = judged(page)
    if media.get("forced_colors") == "active":  # the colours are the reader's own, and axe reads the page's
        wrong = [one for one in wrong if one[0] != "color-contrast"]
        assert page.evaluate(BORDERLESS) == []
    else:
        assert page.evaluate(MEASURED) == []
    assert wrong == []
    assert unsure == []
    assert page.troubles == []


# The largest page in pieces: axe takes longer than in proportion. Each piece stands in its place, the others are away.
PIECES = """(most) => {
  const parts = [...document.querySelectorAll("#api-reference > section > section, #api-reference > section > dl")];
  window.pieces = [];
  let size = Infinity;
  for (const part of parts) {
    const own = part.querySelectorAll("*").length;
    if (size + own > most) [size, window.pieces[window.pieces.length]] = [0, []];
    window.pieces.at(-1).push([part, document.createComment("")]);
    size += own;
  }
  for (const [part, place] of window.pieces.flat()) part.replaceWith(place);
  return [window.pieces.length, document.querySelectorAll("#api-reference *").length];
}"""
PUT = """([k, back]) => {
  for (const [part, place] of pieces[k]) (back ? place : part).replaceWith(back ? part : place);
}"""


def test_the_whole_api_page_is_accessible(visit):
    page = visit("book/api.html")
    elements = page.locator("#api-reference *").count()
    count, seen = page.evaluate(PIECES, 1500)
    assert seen < 1500
    for k in range(count):
        page.evaluate(PUT, [k, True])
        here = page.locator("#api-reference *").count()
        assert judged(page) == ([], [])
        page.evaluate(PUT, [k, False])
        seen += here - page.locator("#api-reference *").count()
    assert seen == elements
    assert page.troubles == []
