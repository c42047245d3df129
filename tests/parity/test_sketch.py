"""A guess on the page: drawn by a pointer or by keys, answered in Python's words, skipped, and kept on reload."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from browsing import Pages
from playwright.sync_api import expect
from small_figures import ASKED, USERS, growing

from kernelless import Axis, Slider, explore
from kernelless.page import standalone
from kernelless.predict import compare, sentences

MADE = explore(growing, title="Time", watch="W", users=Slider(10, 500, value=100), predict=ASKED)


@pytest.fixture
def page(chromium, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(standalone(MADE), encoding="utf-8")
    pages = Pages(chromium, lambda page: None)
    context = chromium.new_context(viewport={"width": 900, "height": 1000})
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.address = path.as_uri()
    page.goto(page.address)
    expect(page.locator("figure")).to_have_attribute("data-sketch", "waiting")
    yield page
    assert page.complaints == []
    context.close()
    pages.close()


def test_the_curve_waits_and_the_controls_with_it(page):
    expect(page.locator("[data-key=m0]")).to_be_hidden()
    expect(page.locator("[data-key=m1]")).to_be_hidden()
    expect(page.locator(".ex-readouts").first).to_be_hidden()
    assert page.locator(".ex-controls").evaluate("(box) => box.inert")
    page.get_by_role("button", name="Show the curve").click()
    expect(page.locator(".ex-verdict")).to_contain_text("Nothing is drawn yet")
    expect(page.locator("figure")).to_have_attribute("data-sketch", "waiting")


def test_keys_set_five_points_and_python_says_the_same(page):
    page.locator(".ex-points summary").click()
    sliders = page.locator(".ex-points input")
    assert sliders.count() == 5
    for k, height in enumerate((20, 25, 35, 60, 90)):
        sliders.nth(k).fill(str(height))
    sliders.nth(0).press("ArrowRight")
    heights = [21, 25, 35, 60, 90]
    assert sliders.nth(4).get_attribute("aria-valuetext") == "501 ms"
    page.get_by_role("button", name="Show the curve").click()
    expect(page.locator("[data-key=m0]")).to_be_visible()
    shown = MADE.figure()
    places = MADE.spec["predict"]["stations"]
    guess, truth = [1e-3 * 1000 ** (h / 100) for h in heights], [float(shown.marks[0].y[k]) for k in places]
    said = sentences(compare(guess, truth, shown.y), [float(USERS[k]) for k in places], shown)
    assert page.locator(".ex-verdict li").all_text_contents() == said


def places(page):
    return [float(number) for number in re.findall(r"[\d.]+", page.locator(".ex-guess").get_attribute("d"))]


def test_a_pointer_draws_and_a_reload_keeps_it(page):
    box = page.locator(".ex-plot svg").bounding_box()
    left, top = box["x"] + 0.15 * box["width"], box["y"] + 0.6 * box["height"]
    page.mouse.move(left, top)
    page.mouse.down()
    for k in range(1, 12):
        page.mouse.move(left + 0.07 * k * box["width"], top - 0.03 * k * box["height"])
    page.mouse.up()
    page.get_by_role("button", name="Show the curve").click()
    said = page.locator(".ex-verdict li").all_text_contents()
    assert len(said) == 3
    drawn = places(page)
    assert drawn[-1] == drawn[-3]  # level beyond where the hand was
    page.reload()
    expect(page.locator("figure")).to_have_attribute("data-sketch", "shown")
    assert page.locator(".ex-verdict li").all_text_contents() == said
    assert places(page) == pytest.approx(drawn, abs=0.02)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save my guess").click()
    with saved.value.path().open(encoding="utf-8", newline="") as file:
        title, on, question, *told, gap, head, a, b, c, d, e = csv.reader(file)
    assert (title, on, question) == (["title", "Time"], ["page", page.title()], ["question", ASKED.question])
    assert (told, gap) == ([["", words] for words in said], [])
    assert head == ["users", "your guess: time [s]", "measured: time [s]"]
    assert [float(row[0]) for row in (a, b, c, d, e)] == [1, 10, 100, 1000, 10_000]
    page.get_by_role("button", name="Draw again").click()
    expect(page.locator("figure")).to_have_attribute("data-sketch", "waiting")


def heights(page):
    """Return the columns of the drawn guess as (x, y) in the window."""
    place = page.locator(".ex-plot svg").evaluate("""(svg) => {
      const box = svg.getBoundingClientRect();
      return [box.left, box.top, box.width / svg.viewBox.baseVal.width];
    }""")
    return np.reshape(places(page), (-1, 2)) * place[2] + place[:2]


def test_a_finger_draws_and_the_page_stands_still_but_scrolls_elsewhere(chromium, tmp_path):
    path = tmp_path / "page.html"
    tall = '<p style="height: 1500px">below</p></main>'
    path.write_text(standalone(MADE).replace("</main>", tall), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator("figure")).to_have_attribute("data-sketch", "waiting")
    touch = context.new_cdp_session(page)

    def trace(points):
        for kind, at in (("touchStart", points[:1]), *(("touchMove", [p]) for p in points[1:]), ("touchEnd", [])):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in at]})

    box = page.locator(".ex-plot svg").bounding_box()
    path_of_finger = [(box["x"] + box["width"] * (0.25 + 0.05 * k), box["y"] + box["height"] * (0.75 - 0.05 * k))
                      for k in range(12)]
    trace(path_of_finger)
    assert page.evaluate("scrollY") == 0  # though the finger went up by half the plot
    drawn = heights(page)
    for x, y in path_of_finger:  # the guess goes where the finger went, within a column of the drawing
        assert np.abs(np.interp(x, *drawn.T) - y) <= np.abs(np.diff(drawn[:, 1])).max()
        assert np.interp(x, *drawn.T) == pytest.approx(y, abs=6)
    trace([path_of_finger[0], (path_of_finger[3][0], path_of_finger[0][1])])  # a second stroke mends part of the first
    mended, kept = heights(page), places(page)
    assert np.interp(path_of_finger[2][0], *mended.T) == pytest.approx(path_of_finger[0][1], abs=2)
    assert np.interp(path_of_finger[9][0], *mended.T) == pytest.approx(path_of_finger[9][1], abs=6)

    x, y = box["x"] + box["width"] / 2, page.locator(".ex-question").bounding_box()["y"] + 5
    trace([(x, y - 10 * k) for k in range(13)])
    assert page.evaluate("scrollY") > 0  # a swipe that starts beside the plot scrolls
    assert places(page) == kept
    # A browser takes a tap on a page that still glides for a hand that stops it.
    page.get_by_role("button", name="Show the curve").dispatch_event("click")
    expect(page.locator(".ex-verdict li")).to_have_count(3)
    scrolled = page.evaluate("scrollY")
    x, y = (page.locator(".ex-plot svg").bounding_box()[key] + 60 for key in ("x", "y"))
    trace([(x, y + 100 - 10 * k) for k in range(13)])
    assert page.evaluate("scrollY") > scrolled  # once it is answered, a swipe over the plot scrolls again
    context.close()


def test_a_question_may_be_skipped_and_a_link_skips_it(page):
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("[data-key=m0]")).to_be_visible()
    expect(page.locator(".ex-guess")).to_be_hidden()
    assert not page.locator(".ex-controls").evaluate("(box) => box.inert")
    page.goto("about:blank")
    page.goto(f"{page.address}#explorer-growing?users=200")
    expect(page.locator(".ex-predict")).to_have_count(0)
    expect(page.locator("[data-key=m0]")).to_be_visible()


def test_in_print_all_stands(page):
    page.emulate_media(media="print")
    expect(page.locator("[data-key=m0]")).to_be_visible()
    expect(page.locator(".ex-predict")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 900])
def test_the_guess_has_its_room_before_its_script_comes(page, tmp_path, width):
    """Nothing on the page moves when the panel comes."""
    top = "document.querySelector('.ex-body').getBoundingClientRect().top"
    page.set_viewport_size({"width": width, "height": 1000})
    later = page.evaluate(top)
    still = re.sub(r'<script(?! type="application/json").*?</script>', "", standalone(MADE), flags=re.DOTALL)
    (tmp_path / "still.html").write_text(still, encoding="utf-8")
    page.goto((tmp_path / "still.html").as_uri())
    assert page.locator(".ex-question").inner_text() == ASKED.question
    assert abs(page.evaluate(top) - later) < 4


def test_one_pointer_draws_and_a_second_does_not(page):
    box = page.locator(".ex-plot svg").bounding_box()
    at = {"clientX": box["x"] + box["width"] / 2, "clientY": box["y"] + 0.3 * box["height"], "bubbles": True}
    away = {**at, "clientX": box["x"] + 0.9 * box["width"], "clientY": box["y"] + 0.8 * box["height"]}
    svg = page.locator(".ex-plot svg")
    svg.evaluate("(svg) => { svg.setPointerCapture = () => {}; }")  # pointers of a script cannot be captured
    blank = places(page)
    svg.dispatch_event("pointerdown", {**at, "pointerId": 7, "button": 2})
    svg.dispatch_event("pointermove", {**at, "pointerId": 7})
    assert places(page) == blank  # another button than the first draws nothing, nor does a pointer that is not down
    svg.dispatch_event("pointerdown", {**at, "pointerId": 7})
    drawn = places(page)
    assert drawn != blank
    svg.dispatch_event("pointerdown", {**away, "pointerId": 8})
    svg.dispatch_event("pointermove", {**away, "pointerId": 8})
    svg.dispatch_event("pointerup", {**away, "pointerId": 8})
    assert places(page) == drawn
    # What is answered while a finger is down can be drawn again.
    page.get_by_role("button", name="Show the curve").dispatch_event("click")
    svg.dispatch_event("pointerup", {**at, "pointerId": 7})
    page.get_by_role("button", name="Draw again").click()
    svg.dispatch_event("pointerdown", {**away, "pointerId": 9})
    svg.dispatch_event("pointermove", {**at, "pointerId": 9})
    assert places(page) != drawn


def test_a_guess_of_a_share_is_saved_in_per_cent(chromium, tmp_path):
    def shared(users):
        return growing(users, Axis("seen", (0, 1), "%"))

    made = explore(shared, title='A share, in "per cent"', watch="W", users=Slider(10, 500, value=100), predict=ASKED)
    path = tmp_path / "page.html"
    path.write_text(standalone(made), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 900, "height": 1000})
    page = context.new_page()
    page.goto(path.as_uri())
    page.locator(".ex-points summary").click()
    heights = (10, 25, 40, 60, 90)
    for k, height in enumerate(heights):
        page.locator(".ex-points input").nth(k).fill(str(height))
    page.get_by_role("button", name="Show the curve").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save my guess").click()
    with saved.value.path().open(encoding="utf-8", newline="") as file:
        head, *rows = [*csv.reader(file)][-6:]
    assert head[1:] == ["your guess: seen [%]", "measured: seen [%]"]
    truth = 100 * made.figure().marks[0].y[made.spec["predict"]["stations"]]
    assert [[float(cell) for cell in row[1:]] for row in rows] == [
        pytest.approx(pair) for pair in zip(heights, truth, strict=True)]
    context.close()
