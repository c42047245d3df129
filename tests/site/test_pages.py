"""Every page in a real browser: no error, no foreign request, accessible; from a server, from disk, on a phone."""

from __future__ import annotations

import gzip
import json
import re
from urllib.parse import quote, urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from book_site import ROOT, page_names, website

PAGE_BYTES = 300_000  # compressed, fonts included
PHONE = {"width": 390, "height": 844}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# Of the API page the first sections; `test_states` looks at the whole, which takes its time.
SCOPE = {"include": [["body"]], "exclude": [["#api-reference > section:nth-of-type(n + 4)"]]}
LIVE = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in website.pages()
        if "explore(" in path.read_text(encoding="utf-8")}


@pytest.fixture(scope="module", params=page_names())
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def served(name, opening):
    """The page as a server gives it, on a wide screen."""
    with opening() as visit:
        yield visit(name)


@pytest.fixture(scope="module")
def on_phone(name, opening):
    """The page as it opens from a folder, on a phone."""
    with opening() as visit:
        yield visit(name, from_disk=True, viewport=PHONE)


def test_a_page_loads_without_trouble_from_a_server(served):
    assert served.locator("h1:visible").count() == 1
    assert served.troubles == []


def test_a_page_loads_without_trouble_from_disk(on_phone):
    assert on_phone.locator("h1:visible").count() == 1
    assert on_phone.troubles == []


def test_a_page_fits_a_phone(on_phone):
    assert on_phone.evaluate("innerWidth") == PHONE["width"]
    assert on_phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_plot_stands_where_it_will_before_the_script_is_there(visit):
    page = visit("book/decide.html", viewport=PHONE)
    before, after = page.evaluate("""() => {
      const top = () => document.querySelector("figure.explorer .ex-body").getBoundingClientRect().top + scrollY;
      const after = top();
      document.querySelector("figure.explorer .ex-presets").hidden = true;  // as the page's HTML has it
      return [top(), after];
    }""")
    assert before == after


def test_a_table_on_a_phone_breaks_no_number_and_shows_its_whole_caption(visit):
    seen = 0
    for name in sorted(LIVE):
        page = visit(name, from_disk=True, viewport=PHONE)
        broken, cells, outside = page.evaluate("""() => {
          const seen = (those) => [...document.querySelectorAll(those)].filter((one) => one.checkVisibility());
          const breaks = (cell) => {
            const words = document.createRange();
            words.selectNodeContents(cell);
            const feet = [...words.getClientRects()].map(({ bottom }) => bottom);
            return Math.max(...feet) - Math.min(...feet) > 9;
          };
          const cells = seen(".table-scroll td[style*=right]");
          const wide = seen(".table-scroll caption").filter((one) => one.getBoundingClientRect().right > innerWidth);
          return [cells.filter(breaks).map((one) => one.innerText), cells.length, wide.map((one) => one.innerText)];
        }""")
        assert broken == [], name
        assert outside == [], name
        seen += cells
    assert seen > 100


def _violations(page, theme: str) -> list:
    """Return what axe finds: breaches of the Web Content Accessibility Guidelines' rules of levels A and AA."""
    page.emulate_media(color_scheme=theme)
    page.locator(f"html[data-theme={theme}]").wait_for(state="attached")
    # Colours on their way from one theme to the other are nobody's.
    page.evaluate("document.getAnimations().filter((a) => a instanceof CSSTransition).forEach((a) => a.finish())")
    troubles = list(page.troubles)
    found = Axe().run(page, context=SCOPE, options=AXE).response["violations"]
    page.troubles[:] = troubles  # axe fetches the style sheets once more, one of them from where it never was
    return [(breach["id"], [node["html"][:160] for node in breach["nodes"]][:3]) for breach in found]


def test_a_page_is_accessible(served, name):
    # Pages with sliders in both themes. The others share their colours, so one theme will do.
    for theme in ("light", "dark") if name in LIVE else ("light",):
        assert _violations(served, theme) == [], theme
    assert served.troubles == []


@pytest.mark.parametrize("from_disk", [False, True], ids=["served", "from disk"])
def test_the_search_finds_a_chapter_before_all_else(visit, from_disk):
    page = visit("search.html?q=KV+cache", from_disk)
    links = page.locator("#search-results li a")
    assert links.first.get_attribute("href") == "notebooks/03_the_kv_cache.html"
    assert page.locator("#search-results mark").first.inner_text().lower() in {"kv", "cache"}
    assert page.troubles == []


@pytest.mark.parametrize(("query", "says"), [
    ("constructor", "Nothing in the book"), ("__proto__", "Nothing in the book"), ("(", "Nothing in the book"),
    ("%", "Nothing in the book"), ("zzzz", "Nothing in the book"), ("hasOwnProperty", "Nothing in the book"),
    ("<script>", "chapters first"), ("a" * 10_000, "aaaa…”. Try one word"), ("\U0001d6fc", "Nothing in the book"),
    ("groq", "Nothing in the book"), ("prefill", "chapters first")])
def test_the_search_answers_whatever_is_asked(visit, query, says):
    page = visit("search.html")
    page.locator(".search-form input").fill(query)
    page.locator(".search-form button").click()
    assert says in page.locator("#search-summary").inner_text()
    found = page.locator("#search-results").inner_text()
    assert "\\frac" not in found
    if query == "prefill":
        assert page.locator("#search-results li a").first.get_attribute("href").startswith("notebooks/")
    assert page.troubles == []


@pytest.mark.parametrize(("query", "says", "leads_to"), [
    ("speculative decoding", "chapters first", "07_fewer_bytes.html#the-third-offer-drafts"),  # the book says drafts
    ("speculative-decoding", "chapters first", "07_fewer_bytes.html#the-third-offer-drafts"),
    ("MoE", "chapters first", "02_what_a_token_costs.html#a-mixture-stores-more-than-it-uses"),
    ("training vs inference", "chapters first", "01_the_inversion.html"),
    ("utilization", "chapters first", "06_batching_and_latency.html"),  # the other spelling
    ("kv cahce", "for “kv cache” there is: ", "03_the_kv_cache.html"),
    ("break even", "chapters first", "07_fewer_bytes.html#the-same-offer"),  # and not a business that breaks
    ("what is a KV cache", "chapters first", "03_the_kv_cache.html"),
    ("cost of capital", "chapters first", "09_api_rent_or_own.html#what-an-owned-hour-costs"),
    ("why is moving weights slow", "with most of them there is: ", ""),
])
def test_the_search_understands_other_words_spellings_slips_and_questions(visit, query, says, leads_to):
    page = visit("search.html", from_disk=True)
    page.locator(".search-form input").fill(query)
    page.locator(".search-form button").click()
    assert says in page.locator("#search-summary").inner_text()
    assert page.locator("#search-results li a").first.get_attribute("href").startswith(f"notebooks/{leads_to}")
    assert page.locator("#search-results mark").count() > 0
    inside = page.evaluate("""() => [...document.querySelectorAll("#search-results mark")]
      .map((mark) => (mark.previousSibling?.textContent ?? "").slice(-1) + mark.textContent)
      .filter((words) => /^[\\p{L}\\p{N}]{2}/u.test(words) && words !== words.trim())""")
    assert inside == []  # "even" is no part of "seven"
    marked = {words.lower() for words in page.locator("#search-results mark").all_inner_texts()}
    assert not marked & {"a", "is", "of"}  # nobody asks for these
    assert page.troubles == []


def test_formulas_are_drawn_with_the_books_font_alone(visit):
    """A character that the font lacks would come from another, at another weight, and not stretch."""
    seen = 0
    for name in sorted(LIVE):
        page = visit(name)
        session = page.context.new_cdp_session(page)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        formulas = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "math"})["nodeIds"]
        seen += len(formulas)
        for node in formulas:
            fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            foreign = {font["familyName"] for font in fonts if not font["isCustomFont"]}
            assert not foreign, (name, session.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"])
    assert seen > 100


READ_THROUGH = """async () => {
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
    scrollTo(0, y);
    await frame();
    await frame();
  }
  for (const plot of document.querySelectorAll(".ex-plot")) plot.dispatchEvent(new PointerEvent("pointerenter"));
}"""
ALL_THERE = """() => {
  const loaded = new Set(performance.getEntriesByType("resource").map((entry) => entry.name));
  return document.querySelector("figure.explorer:not([data-ready])") === null && document.fonts.status === "loaded"
    && [...document.scripts].every(({ src }) => src === "" || loaded.has(src));
}"""


def test_a_chapter_weighs_no_more_than_its_budget(visit, site):
    """All that a page loads, as a server that compresses sends it, while it is read and its figures are pointed at.

    Scripts and fonts that come late are waited for, so that the sum does not depend on who is quicker.
    """
    for name in sorted(LIVE):
        page = visit(name)
        page.evaluate(READ_THROUGH)
        page.wait_for_function(ALL_THERE)
        loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
        files = {address.split("?")[0].removeprefix(f"{page.home}/") for address in loaded} | {name}
        bodies = {file: (site / file).read_bytes() for file in files if (site / file).is_file()}
        # fonts and pictures are compressed already
        sizes = {file: len(body if file.endswith((".woff2", ".png")) else gzip.compress(body))
                 for file, body in bodies.items()}
        assert "_static/kernelless-later.js" in sizes  # what comes when a figure is first pointed at was waited for
        assert sum(sizes.values()) <= PAGE_BYTES, (name, sorted(sizes.items(), key=lambda item: -item[1])[:6])


def test_nothing_lies_over_a_figure_that_uses_the_margin(visit):
    page = visit("notebooks/04_sharing_heads.html", viewport={"width": 1280, "height": 900})
    page.locator("figure.explorer").first.scroll_into_view_if_needed()
    on_top = """() => {
      const { right, top, height } = document.querySelector("figure.explorer").getBoundingClientRect();
      const seen = document.elementFromPoint(right - 12, Math.min(top + height / 2, innerHeight - 12));
      return seen?.closest("figure") != null;
    }"""
    assert page.evaluate(on_top)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.troubles == []


UNDER_NOTES = """() => {
  const box = (element) => element.getBoundingClientRect();
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((element) => box(element).width > 0);
  const tables = shown(".bd-article table, .bd-article figure, .bd-article div.math");
  return shown(".sidenote").flatMap((note) => tables.filter((table) => meet(box(note), box(table)))
    .map((table) => [note.textContent.trim().slice(0, 40), table.textContent.trim().slice(0, 40)]));
}"""


def test_a_note_in_the_margin_lies_over_nothing(visit):
    for name in sorted(name for name in LIVE if name.startswith("notebooks/")):
        page = visit(name, viewport={"width": 1280, "height": 900})
        assert page.locator(".sidenote:visible").count() > 0, name
        assert page.evaluate(UNDER_NOTES) == [], name
        page.close()


CUT_WITHOUT_A_CUE = """() => [...document.querySelectorAll(
    ".table-scroll, .pst-scrollable-table-container, .math-scroll, .bd-article pre")]
  .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 2)
  .map((box) => [getComputedStyle(box).boxShadow, box.textContent.trim().slice(0, 40)])"""


def test_what_is_scrolled_sideways_says_so(visit):
    page = visit("notebooks/05_inside_the_block.html", viewport={"width": 360, "height": 780})
    page.wait_for_function(f"() => ({CUT_WITHOUT_A_CUE})().every(([shadow]) => shadow !== 'none')")
    cut = page.evaluate(CUT_WITHOUT_A_CUE)
    assert len(cut) > 3
    assert [words for shadow, words in cut if shadow == "none"] == []


PAPER = {"width": 673, "height": 950}  # A4 within its margins
CUT_ON_PAPER = """() => [...document.querySelectorAll(".bd-article *")]
  .filter((element) => element.clientWidth > 3 && !element.closest(".ex-sr, .ex-sheet, output"))
  .filter((element) => (element.matches("table, pre, math, svg, p")
      && element.getBoundingClientRect().right > innerWidth + 1)
    || (getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1))
  .map((element) => [element.tagName, element.textContent.slice(0, 40)])"""


@pytest.mark.parametrize("name", [
    "book/decide.html", "book/catalogues.html", "book/how_good.html", "book/errata.html", "book/index.html",
    "book/gallery.html", "book/handout_founders.html", "notebooks/08_running_it_yourself.html",
    "notebooks/14_the_argument_tested.html"])
def test_nothing_is_cut_off_on_paper(visit, name):
    page = visit(name, viewport=PAPER)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # every figure starts, in view or not
    if name.endswith("decide.html"):
        page.locator(".decide-memo table").last.wait_for()
    page.emulate_media(media="print")
    assert page.evaluate(CUT_ON_PAPER) == []


def test_what_comes_is_a_question_that_is_not_cut(site):
    for name in sorted(name for name in LIVE if name.startswith("notebooks/")):
        html = (site / name).read_text(encoding="utf-8")
        (words,) = re.findall(r'class="way-comes">([^<]+)<', html)
        (about,) = re.findall(r'<meta name="description" content="([^"]+)">', html)
        assert words.endswith(("?", ".")), (name, words)
        assert about.endswith("?"), (name, about)
        assert not about.startswith("The question"), (name, about)


@pytest.mark.parametrize("name", ["book/index.html", "book/decide.html"])
def test_the_words_beside_an_axis_end_in_one_line_whatever_font_comes(visit, name):
    page = visit(name, viewport={"width": 820, "height": 1000})
    ends = """() => [...document.querySelector("figure.explorer .ex-frame").querySelectorAll(".ex-tick")]
      .filter((words) => words.getAttribute("text-anchor") === "end")
      .map((words) => words.getBoundingClientRect().right)"""
    at_first = page.evaluate(ends)
    assert len(at_first) >= 5
    assert max(at_first) - min(at_first) < 1
    # a font that is wider than the one that the words were laid out for
    page.add_style_tag(content="figure.explorer svg text { font-family: monospace; }")
    later = page.evaluate(ends)
    assert max(later) - min(later) < 1
    assert page.troubles == []


def test_a_number_shows_source_date_and_confidence(visit):
    page = visit("notebooks/01_the_inversion.html", viewport={"width": 1000, "height": 800})
    number = page.locator("main p a.sourced").first
    number.hover()
    note = page.locator("#book-note")
    note.wait_for()
    assert re.search(r"\b20\d\d[-\d]*, (primary|secondary|derived|estimate): ", note.inner_text())
    assert len(note.inner_text().splitlines()[0]) > 5
    number.click()
    page.wait_for_url("**/book/catalogues.html#row-*")
    assert page.locator(":target").evaluate("row => row.tagName") == "TR"
    assert page.troubles == []


def test_the_numbers_of_a_table_or_a_paragraph_are_one_stop_and_arrow_keys_lead_on(visit):
    page = visit("notebooks/01_the_inversion.html", viewport={"width": 1000, "height": 800})
    table = page.locator("table:has(a.sourced)").first
    numbers = table.locator("a.sourced")
    count = numbers.count()
    assert count >= 5
    assert page.evaluate("""() => [...document.querySelectorAll("p, table")].every((block) => {
      const own = [...block.querySelectorAll("a.sourced")];
      return !own.length || own.filter((one) => one.tabIndex === 0).length === 1;
    })""")
    page.keyboard.press("Tab")  # from here on the keyboard is at work, and focus shows
    numbers.first.focus()
    note = page.locator("#book-note")
    note.wait_for()
    assert f"Source 1 of {count} here" in note.inner_text()
    page.keyboard.press("ArrowLeft")  # before the first there is none
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert numbers.nth(2).evaluate("one => one === document.activeElement")
    assert f"Source 3 of {count} here" in note.inner_text()
    page.keyboard.press("Tab")
    assert table.evaluate("one => !one.contains(document.activeElement)")
    page.keyboard.press("Shift+Tab")  # back to where one was
    assert numbers.nth(2).evaluate("one => one === document.activeElement")
    page.keyboard.press("Escape")
    assert not note.is_visible()
    numbers.nth(1).hover()  # a pointer needs no word on keys
    note.wait_for()
    assert "arrow keys" not in note.inner_text()
    assert page.troubles == []


def test_a_citation_shows_its_source_by_pointer_and_by_keyboard(visit):
    page = visit("notebooks/04_sharing_heads.html", viewport={"width": 1000, "height": 800})
    link = page.locator("[data-note^=ref-]").first
    link.hover()
    note = page.locator("#book-note")
    note.wait_for()
    words = note.inner_text()
    assert len(words) > 30
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.mouse.move(0, 0)
    page.keyboard.press("Tab")  # from here on the keyboard is at work, and focus shows
    link.focus()
    note.wait_for()
    assert note.inner_text() == words
    assert link.get_attribute("aria-describedby") == "book-note"
    assert page.troubles == []


def test_a_tap_shows_a_note_and_a_second_one_follows_the_link(visit):
    page = visit("notebooks/04_sharing_heads.html", viewport=PHONE, has_touch=True)
    link = page.locator("[data-note]").first
    link.tap()
    page.locator("#book-note").wait_for()
    assert page.url.endswith("04_sharing_heads.html")
    link.tap()
    page.wait_for_url(re.compile("#"))


def test_a_whole_chapter_is_walked_by_keyboard(visit):
    """Tab reaches every control in the order of the page, shows where it is, and is never caught."""
    page = visit("notebooks/04_sharing_heads.html", viewport={"width": 1280, "height": 900})
    # A figure that asks for a guess keeps its controls until it has one, or was told to go without.
    page.evaluate("""() => {
      for (const { id } of document.querySelectorAll("figure.explorer")) {
        sessionStorage.setItem(`kernelless:${location.pathname}#${id}.guess`, "skipped");
      }
    }""")
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    stops = page.evaluate("""() => {
      const stops = "main :is(a[href], button, input, select, summary, [tabindex='0'])";
      return [...document.querySelectorAll(stops)].filter((e) => !e.disabled && e.tabIndex >= 0
        && e.checkVisibility({ visibilityProperty: true }) && !e.closest("details:not([open]) > :not(summary)")).length;
    }""")
    seen = 0
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
        where = page.evaluate("""() => {
          const e = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(e);
          if (!e.closest("main")) return null;
          const again = e.dataset.walked === "1";
          e.dataset.walked = "1";
          const ring = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
          return { again, ring: ring || e.closest(".explorer") !== null, html: e.outerHTML.slice(0, 120) };
        }""")
        if where is None:
            break
        assert not where["again"], where["html"]
        assert where["ring"], where["html"]
        seen += 1
    assert seen >= 0.95 * stops > 100
    assert page.troubles == []


def test_a_lost_reader_is_helped_at_any_depth(visit, address):
    page = visit("book/index.html")
    answer = page.goto(f"{address}/a/b/nowhere.html")
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "This address leads nowhere"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "17px"  # its style was found
    page.locator(".search-form input").fill("cache")
    page.locator(".search-form button").click()
    page.wait_for_url("**/search.html?q=cache")
    page.troubles.clear()  # the browser notes every answer of 404


def test_an_address_that_moved_leads_on_with_its_place(visit, address):
    page = visit("book/index.html")
    page.goto(f"{address}/index.htm#run-it-yourself")
    page.wait_for_url("**/book/index.html#run-it-yourself")
    assert page.troubles == []


def test_what_was_read_can_be_read_without_a_network(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/book/site.html")
    page.evaluate("at => navigator.serviceWorker.register(at).then(() => navigator.serviceWorker.ready)",
                  urljoin(address, "worker.js"))
    page.reload()
    page.goto(f"{address}/notebooks/04_sharing_heads.html")
    context.set_offline(True)
    page.goto(f"{address}/notebooks/04_sharing_heads.html")
    assert "Sharing heads" in page.locator("h1").inner_text()
    page.goto(f"{address}/book/index.html")  # the core is kept from the start
    assert page.locator("h1").is_visible()
    context.close()


KEPT = """() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie,
  document.documentElement.dataset.mode]"""


def test_a_device_keeps_what_the_page_on_it_says_and_forgets_it_when_asked(visit, address):
    page = visit("notebooks/04_sharing_heads.html", viewport={"width": 1280, "height": 900})
    page.locator("button.theme-switch-button:visible").first.click()
    page.locator(".exercise input").first.fill("7")
    page.locator(".exercise button").first.click()
    page.locator("figure.explorer[data-ready] [data-parameter]").first.evaluate(
        "c => { if (c.tagName === 'SELECT') c.selectedIndex = 1; else c.value = 1;"
        " c.dispatchEvent(new Event('input', { bubbles: true })); }")
    page.locator("#why-eight").evaluate("section => section.scrollIntoView()")
    page.wait_for_function("() => localStorage.getItem('place') !== null && sessionStorage.getItem('answers') !== null")
    page.goto(f"{address}/book/site.html")
    lasting, of_the_tab, cookies, mode = page.evaluate(KEPT)
    assert cookies == ""
    assert mode != "auto"
    assert {key.partition(":")[0] for key in lasting} == {"mode", "place"}
    assert {key.partition(":")[0] for key in of_the_tab} == {"answers", "kernelless"}
    page.evaluate("localStorage.setItem('of another page of this host', 1)")
    page.get_by_role("button", name="Forget all of it").click()
    page.get_by_text("Forgotten.").wait_for()
    assert page.evaluate(KEPT) == [["of another page of this host"], [], "", "auto"]
    assert page.troubles == []


# What a stranger may have written into a link, a file or this browser's store for the site.
HOSTILE = '"><img src=x onerror="window.hit=1"><script>window.hit=1</script>'
LINKS = [
    "notebooks/04_sharing_heads.html#explorer-heads-and-groups?{0}={0}", "notebooks/04_sharing_heads.html#{0}",
    "notebooks/03_the_kv_cache.html#explorer-cache-against-context?model=own:{0}",
    "notebooks/03_the_kv_cache.html#explorer-cache-against-context?__proto__=1&constructor=2&users=1e999",
    "book/decide.html#{0}?x={0}", "book/decide.html?%E0%A4%A#%E0%A4%A?x=%E0", "search.html?q={0}",
    "search.html?q=%00%ff", "book/links.html#%E0%A4%A", "404.html?{0}#{0}", "index.htm#javascript:alert(1)"]


@pytest.mark.parametrize("link", LINKS)
def test_a_hostile_link_stays_words(visit, link):
    page = visit(link.format(quote(HOSTILE)))
    page.locator("h1:visible").first.wait_for()
    assert page.evaluate("[window.hit ?? 0, document.querySelectorAll('[onerror]').length]") == [0, 0]
    assert page.troubles == []


def test_a_hostile_store_or_configuration_stays_words(visit, address):
    page = visit("book/index.html")
    page.evaluate("""(words) => {
      const place = { page: "javascript:alert(1)//", id: words, title: words, section: words };
      localStorage.setItem("place", JSON.stringify(place));
      localStorage.setItem("mode", words);
      sessionStorage.setItem("answers", "{half");
      sessionStorage.setItem("kernelless:/notebooks/04_sharing_heads.html#explorer-heads-and-groups", words);
    }""", HOSTILE)
    for name in ("book/index.html", "notebooks/04_sharing_heads.html"):
        page.goto(f"{address}/{name}")
        page.locator("h1:visible").first.wait_for()
        assert page.evaluate("[...document.links].filter(({ protocol }) => protocol === 'javascript:').length") == 0
    figure = page.locator("figure.explorer:has(option[value='own:'])").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("id => document.getElementById(id).dataset.ready", arg=figure.get_attribute("id"))
    figure.locator("select:has(option[value='own:'])").first.select_option("own:")
    box = figure.locator(".ex-own textarea").first
    box.fill(json.dumps({HOSTILE: 1, "model_type": "llama"}))
    box.blur()
    figure.locator(".ex-own").get_by_text("<img src=x").first.wait_for()
    assert page.evaluate("[window.hit ?? 0, document.querySelectorAll('[onerror]').length]") == [0, 0]
    assert page.troubles == []


def test_the_rail_opens_over_a_phone_and_keeps_the_focus(visit):
    page = visit("notebooks/04_sharing_heads.html", viewport=PHONE)
    menu = page.locator(".menu-button")
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    assert page.locator("#main").evaluate("main => main.inert")
    assert page.locator("#rail").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#rail").is_visible()
    assert menu.evaluate("menu => menu === document.activeElement")
    assert page.troubles == []


def test_a_reader_finds_the_place_again(visit):
    page = visit("notebooks/04_sharing_heads.html", viewport={"width": 1280, "height": 900})
    page.locator("#why-eight").evaluate("section => section.scrollIntoView()")
    page.locator(".rail-sections [aria-current=location]", has_text="Why eight").wait_for()
    page.reload()
    page.locator(".reading-minutes", has_text="You were at Why eight").wait_for()


def test_a_report_carries_page_and_figures(visit):
    page = visit("notebooks/04_sharing_heads.html")
    page.locator("figure.explorer[data-ready] [data-parameter]").first.evaluate(
        "c => { if (c.tagName === 'SELECT') c.selectedIndex = 1; else c.value = 1;"
        " c.dispatchEvent(new Event('input', { bubbles: true })); }")
    page.locator(".report-button").click()
    words = page.locator("dialog.report textarea").input_value()
    assert "Chapter 4" in words
    assert "Figure 4.1" in words
    assert "version" in words
    assert page.troubles == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_there_with_the_first_paint(visit, theme):
    page = visit("book/index.html", color_scheme=theme)
    head = page.content().split("</head>")[0]
    assert f'data-theme="{theme}"' in head
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "17px"


def test_the_theme_follows_the_button(visit):
    page = visit("book/index.html", color_scheme="light")
    assert page.locator("html").get_attribute("data-theme") == "light"
    for _ in range(3):
        page.locator("button.theme-switch-button:visible").first.click()
    seen = page.evaluate("localStorage.getItem('mode')")
    assert seen in {"light", "dark", "auto"}
    assert page.troubles == []


def test_the_front_page_has_a_live_slider_above_the_fold(visit):
    page = visit("book/index.html", viewport={"width": 1280, "height": 900})
    box = page.locator("input[type=range]").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900
