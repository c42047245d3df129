"""What a hand does to a figure's controls: type, step, set back, undo, reload, link, pin; and what figures share."""

from __future__ import annotations

import re

import numpy as np
import pytest
from parity.conftest import _opener
from parity.shown import POLICY, SEE, START, check_against_python
from playwright.sync_api import expect

from kernelless import Axis, Choice, Figure, Line, Readout, Rule, Slider, State, explore, standalone

SIZES = {"Small": 1.0, "A size with a name that no select can show whole": 2.0, "Large": 4.0}


def _grown(users, share, wait_s, memory_bytes, size, price=1.0, batch=1.0, steps=1.0):
    x = np.linspace(0, 10, 11)
    total = users * share * size + wait_s + memory_bytes / 1e9 + price + batch + steps
    return Figure(
        Axis("x", limits=(0, 10)), Axis("y", limits=(0, 4000)),
        [Line(x, total * x / 10, "total")],
        [Readout("Total", total, "USD"), Readout("Share", share, "%")],
        [State(total > 100, "It is more than a hundred.", "It is less."),
         State(users > 50, "Many users.", "Few users.", finding=True)])


def _controls():
    return {"users": Slider(1, 1000, value=100, scale="log", unit="users"),
            "share": Slider(0.0, 1.0, value=0.5, unit="%"),
            "wait_s": Slider(0.001, 100.0, value=0.02, scale="log", unit="s", label="Wait"),
            "memory_bytes": Slider(1e6, 1e12, value=8e9, scale="log", unit="B", label="Memory"),
            "size": Choice(SIZES)}


def _first(users, share, wait_s, memory_bytes, size):
    return _grown(users, share, wait_s, memory_bytes, size)


MANY = explore(
    _grown, name="many", title="Eight controls", watch="Move one.", presets={"Crowd": {"users": 900}},
    **_controls(), price=Slider(0.5, 20.0, value=2.5, unit="USD/h", group="Prices"),
    batch=Slider(1, 64, value=8, stops=(1, 8, 64), unit="sequences", group="Serving"),
    steps=Slider(1, 9, value=3, group="Serving"))
FEW = explore(_first, name="few", title="Five controls", watch="Move one.", **_controls())


def _draggable(limit, height, rate):
    x = np.linspace(0, 10, 41)
    return Figure(Axis("x", limits=(0, 10)), Axis("y", limits=(0, 100)),
                  [Line(x, rate * x, "curve", moves="rate"), Rule("limit", x=np.sqrt(limit), moves="limit"),
                   Rule("height", y=height, moves="height")],
                  [Readout("Rate", rate)])


DRAG = explore(_draggable, name="drag", title="Marks to drag", watch="Drag one.", limit=Slider(1, 81, value=16),
               height=Slider(0.0, 100.0, value=80.0), rate=Slider(0.1, 10.0, value=4.0))
MADE = {"many": MANY, "few": FEW, "drag": DRAG}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("hand") / "page.html"
    path.write_text(standalone(*MADE.values()).replace("<title>", POLICY + "<title>", 1), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(tabs, address):
    with tabs.lent() as lend:
        page = _opener(lend, address)()
        yield page
        assert page.complaints == []


# A swiped page glides on for a while, and what was aimed at is no longer there.
RESTED = """() => new Promise((done) => {
  let last = NaN, frames = 0;
  const look = () => {
    frames = scrollY === last ? frames + 1 : 0;
    last = scrollY;
    if (frames < 20) requestAnimationFrame(look);
    else done();
  };
  look();
})"""


def value(page, key, name="many") -> str:
    return page.locator(f"#explorer-{name}[data-ready] [data-parameter={key}]").get_attribute("data-value")


def control(page, key, name="many"):
    return page.locator(f"#explorer-{name} [data-control={key}]")


def type_in(page, key, words, name="many"):
    group = page.locator(f"#explorer-{name} details", has=page.locator(f"[data-control={key}]"))
    if group.count() and group.get_attribute("open") is None:
        group.locator("summary").click()
    box = control(page, key, name)
    box.locator(".ex-value").click()
    box.locator(".ex-typed").fill(words)
    page.keyboard.press("Enter")
    return box


def settled(page, name="many"):
    check_against_python(MADE[name], page.evaluate(SEE, name))


@pytest.mark.parametrize(("key", "words", "expected"), [
    ("users", "123", 123), ("users", "1,000 users", 1000), ("users", "1 000", 1000),
    ("users", "1\u202f000 users", 1000),
    ("users", "1k", 1000), ("users", "1 user", 1),
    ("share", "15 %", 0.15), ("share", "7", 0.07), ("share", "12.345%", 0.12345),
    ("wait_s", "30", 0.03), ("wait_s", "1.5 s", 1.5), ("wait_s", "250 µs", None), ("wait_s", "1 min", 60),
    ("memory_bytes", "16 GB", 16e9), ("memory_bytes", "2", 2e9), ("memory_bytes", "1.5e9 B", 1.5e9),
    ("price", "$3", 3), ("price", "3.25", 3.25), ("price", "$3.25/h", 3.25),
])
def test_a_value_is_typed_exactly(page, key, words, expected):
    before = value(page, key)
    box = type_in(page, key, words)
    if expected is None:
        assert "is out of reach. Give a number from 1 ms to 100 s." in box.locator(".ex-said").text_content()
        assert value(page, key) == before
        return
    assert float(value(page, key)) == expected
    assert box.locator(".ex-typed").count() == 0
    settled(page)


@pytest.mark.parametrize(("key", "words"), [
    ("users", "many"), ("users", ""), ("users", "12 tokens"), ("users", "$12"), ("users", "1,5"), ("users", "0x10"),
    ("users", "1e400"), ("users", "-3"), ("users", "NaN"), ("users", "12 12"), ("share", "150%"), ("price", "€3"),
    ("memory_bytes", "3 GiB"), ("wait_s", "5 weeks"), ("users", "<b>1</b>")])
def test_what_is_not_understood_is_refused_and_says_what_is_accepted(page, key, words):
    before = value(page, key)
    box = type_in(page, key, words)
    said = box.locator(".ex-said").text_content()
    assert said.endswith(f"Give a number from {_ends(key)}.")
    assert box.locator(".ex-typed").get_attribute("aria-invalid") == "true"
    page.keyboard.press("Escape")
    assert box.locator(".ex-typed, .ex-said").count() == 0
    assert value(page, key) == before


def _ends(key):
    held = MANY.controls_spec[key]
    return f"{held.show(held.low)} to {held.show(held.high)}"


@pytest.mark.parametrize(("key", "words", "held", "said"), [
    ("steps", "4.6", 5, "Rounded to a whole number: 5."),
    ("batch", "30", 8, "The nearest value offered: 8 sequences.")])
def test_a_rounded_value_says_so(page, key, words, held, said):
    box = type_in(page, key, words)
    assert box.locator(".ex-said").text_content() == said
    assert float(value(page, key)) == held


def test_an_opened_value_that_is_left_alone_stays(page):
    type_in(page, "share", "12.3456789%")
    exact = value(page, "share")
    control(page, "share").locator(".ex-value").click()
    page.keyboard.press("Enter")
    assert value(page, "share") == exact == "0.123456789"


def test_steps_and_the_way_back_of_one_control(page):
    box = control(page, "users")
    again = box.get_by_role("button", name="Reset Users")
    assert not again.is_visible()
    room = box.bounding_box()
    box.get_by_role("button", name="More: Users").click()
    more = float(value(page, "users"))
    assert more > 100
    assert box.bounding_box() == room
    for _ in range(2):
        box.get_by_role("button", name="Less: Users").click()
    assert float(value(page, "users")) < 100
    type_in(page, "share", "15%")
    again.click()
    assert value(page, "users") == "100"
    assert value(page, "share") == "0.15"
    settled(page)


def test_buttons_are_large_enough_to_hit(page):
    small = page.locator("#explorer-many .ex-control button:visible, #explorer-many summary").evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect()).filter((b) => b.width < 24 || b.height < 24).length")
    assert small == 0


def test_undo_by_button_and_by_keys(page):
    undo = page.locator("#explorer-many [data-action=undo]")
    assert undo.is_disabled()
    slider = page.locator("#explorer-many [data-parameter=users]")
    slider.fill("3")  # one drag: several inputs and one change
    type_in(page, "share", "20%")
    page.locator("#explorer-many").get_by_role("button", name="Crowd").click()
    assert (value(page, "users"), value(page, "share")) == ("900", "0.5")
    undo.click()
    assert value(page, "share") == "0.2"
    moved = value(page, "users")
    slider.focus()
    page.keyboard.press("Control+z")
    assert (value(page, "users"), value(page, "share")) == (moved, "0.5")
    page.keyboard.press("Control+z")
    assert value(page, "users") == "100"
    assert undo.is_disabled()
    page.keyboard.press("Control+Shift+z")
    assert value(page, "users") == moved
    settled(page)


def test_the_pressed_preset_is_shown(page):
    preset = page.locator("#explorer-many").get_by_role("button", name="Crowd")
    assert preset.get_attribute("aria-pressed") == "false"
    preset.click()
    assert preset.get_attribute("aria-pressed") == "true"
    type_in(page, "share", "20%")
    assert preset.get_attribute("aria-pressed") == "false"


def test_settings_survive_a_reload_and_a_link_wins(page, address):
    type_in(page, "users", "321")
    page.reload()
    page.evaluate(START)
    assert value(page, "users") == "321"
    page.goto("about:blank")
    page.go_back()
    page.evaluate(START)
    assert value(page, "users") == "321"
    settled(page)
    page.goto("about:blank")
    page.goto(address + "#explorer-many?users=5")
    assert value(page, "users") == "5"


def test_a_link_never_says_what_is_no_longer_so(page):
    root = page.locator("#explorer-many")
    button = root.locator("[data-action=link]")
    button.click()
    type_in(page, "users", "77")
    assert button.text_content() == "Link to these settings"
    assert "users=77&" in root.locator(".ex-link").input_value()
    page.reload()
    assert value(page, "users") == "77"


def test_a_pinned_setting_stays_beside_the_new_one_and_in_the_link(page, address):
    root = page.locator("#explorer-many")
    root.get_by_role("button", name="Pin as A").click()
    type_in(page, "share", "75%")
    page.evaluate(SEE, "many")
    a, b = MANY.figure(), MANY.figure(share=0.75)
    notes = root.locator(".ex-pinned").all_text_contents()
    assert notes[0].startswith(f"A: {MANY.readouts()['Total']}; change: +$")
    by = float(b.readouts[0].value - a.readouts[0].value)
    assert f"+${by:.2f}".removesuffix(".00") in notes[0]
    assert notes[1] == "A: 50%; change: +25 points"
    ghost = root.locator(".ex-ghosts path").get_attribute("d")
    assert ghost != root.locator("[data-key=m0]").get_attribute("d")
    assert root.locator(".ex-ghosts text").all_text_contents() == ["A"]
    root.locator("[data-action=link]").click()
    link = root.locator(".ex-link").input_value()
    page.goto("about:blank")
    page.goto(link)
    page.locator("#explorer-many[data-ready] .ex-pinned").first.wait_for()
    assert root.locator(".ex-pinned").all_text_contents() == notes
    assert root.locator(".ex-ghosts path").get_attribute("d") == ghost
    root.get_by_role("button", name="Let A go").click()
    assert root.locator(".ex-pinned, .ex-ghosts").count() == 0
    settled(page)


def test_what_figures_share_is_set_together_and_can_be_set_alone(page):
    type_in(page, "users", "300")
    assert value(page, "users", "few") == "300"
    mark = control(page, "users").locator(".ex-share")
    assert mark.get_attribute("aria-pressed") == "true"
    assert "one other figure" in mark.get_attribute("title")
    page.locator("#explorer-many details summary").first.click()
    assert control(page, "price").is_visible()
    assert not control(page, "price").locator(".ex-share").is_visible()
    mark.click()
    type_in(page, "users", "500")
    assert value(page, "users", "few") == "300"
    page.reload()
    page.evaluate(START)
    assert value(page, "users") == "500"
    assert value(page, "users", "few") == "300"
    assert control(page, "users").locator(".ex-share").get_attribute("aria-pressed") == "false"
    page.locator("#explorer-few [data-parameter=size]").select_option("Large")
    assert value(page, "size") == "Large"
    page.locator("#explorer-few [data-action=undo]").click()
    assert value(page, "size") == "Small"
    for name in MADE:
        settled(page, name)


def test_what_one_figure_set_another_does_not_take_back(page):
    """Undo takes back what was set here; what was set elsewhere stays, also when it is taken back there."""
    mine, others = (page.locator(f"#explorer-{name} [data-action=undo]") for name in ("few", "many"))
    type_in(page, "users", "300")
    assert value(page, "users", "few") == "300"
    assert mine.is_disabled()
    page.locator("#explorer-few [data-parameter=size]").select_option("Large")
    type_in(page, "users", "500")
    mine.click()
    assert (value(page, "size", "few"), value(page, "users", "few"), value(page, "users")) == ("Small", "500", "500")
    assert mine.is_disabled()
    others.click()
    assert value(page, "users", "few") == "300"
    assert mine.is_disabled()
    page.keyboard.press("Control+y")
    assert value(page, "users", "few") == "500"
    for name in MADE:
        settled(page, name)


@pytest.mark.parametrize("near", ["pointerenter", "focusin"])
def test_what_is_set_here_stays_when_a_hand_comes_near(page, near):
    """A figure hears once what others set before it; a preset pressed after that is not taken back by them."""
    type_in(page, "users", "300")
    assert value(page, "users", "few") == "300"
    panel = page.locator("#explorer-few .ex-controls")
    page.locator("#explorer-few").get_by_role("button", name="Reset", exact=True).click()
    before = value(page, "users", "few")
    assert before != "300"
    panel.dispatch_event(near)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert value(page, "users", "few") == before
    settled(page, "few")


def test_presets_and_resets_are_of_one_figure(page):
    page.locator("#explorer-many").get_by_role("button", name="Crowd").click()
    assert value(page, "users", "few") == "100"


def test_more_than_six_controls_fold_into_groups_that_say_what_they_hold(page):
    groups = page.locator("#explorer-many details")
    assert [re.sub(" +", " ", words) for words in groups.locator("summary").all_text_contents()] == [
        "Prices Price $2.50/h", "Serving Batch 8 sequences · Steps 3"]
    assert page.locator("#explorer-few details").count() == 0
    page.locator("#explorer-many [data-parameter=batch]").evaluate(
        "c => { c.value = 2; c.dispatchEvent(new Event('input', { bubbles: true })); }")
    assert "Batch 64 sequences" in groups.nth(1).locator("summary").text_content()


def test_red_is_for_what_cannot_be(page):
    type_in(page, "users", "1")
    page.evaluate(SEE, "many")
    state, finding = page.locator("#explorer-many .ex-state").all()
    marks = [e.evaluate("e => getComputedStyle(e, '::before').content") for e in (state, finding)]
    assert finding.text_content() == "Few users."
    assert marks[1] == '"→"'
    assert state.text_content() == "It is less."
    assert marks[0] == '"✗"'


def test_a_long_option_is_shown_whole(page):
    long = [*SIZES][1]
    select = page.locator("#explorer-many [data-parameter=size]")
    room = control(page, "size").bounding_box()
    select.select_option(long)
    assert control(page, "size").locator(".ex-whole > span").text_content() == long
    assert control(page, "size").bounding_box() == room


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_control_is_moved(tabs, address, width):
    with tabs.lent() as lend:
        page = _opener(lend, address)(viewport={"width": width, "height": 844})
        for key, explorer in MADE.items():
            places = page.locator(f"#explorer-{key}").evaluate("""async (root) => {
              const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
              const seen = new Set();
              for (const c of root.querySelectorAll("[data-parameter]")) {
                for (const t of c.tagName === "SELECT" ? [0, 1, 2] : [0, 0.1, 0.37, 0.5, 0.91, 1]) {
                  if (c.tagName === "SELECT") c.selectedIndex = t; else c.value = Math.round(t * c.max);
                  c.dispatchEvent(new Event("input", { bubbles: true }));
                  await frame();
                  const parts = [...root.querySelectorAll("input[type=range], select, svg")];
                  seen.add(parts.map((p) => Object.values(p.getBoundingClientRect().toJSON()).map(Math.round)).join());
                }
              }
              return seen.size;
            }""")
            assert places == 1, explorer.name


def test_beside_each_other_on_a_screen_and_in_sight_on_a_phone(tabs, address):
    with tabs.lent() as lend:
        page = _opener(lend, address)(viewport={"width": 1280, "height": 844})
        plot, first = (page.locator(f"#explorer-many {part}").bounding_box() for part in (".ex-plot", ".ex-controls"))
        assert first["x"] >= plot["x"] + plot["width"]
        assert abs(first["y"] - plot["y"]) < 24
    with tabs.lent() as lend:
        page = _opener(lend, address)(viewport={"width": 390, "height": 844})
        page.locator("#explorer-many [data-parameter=size]").evaluate("e => e.scrollIntoView({ block: 'end' })")
        pane = page.locator("#explorer-many .ex-pane").bounding_box()
        assert -1 <= pane["y"] <= 422
        assert pane["height"] <= 422
        for part in (".ex-plot svg", ".ex-readout >> nth=0"):
            box = page.locator(f"#explorer-many {part}").bounding_box()
            assert box["y"] >= -1
            assert box["y"] + box["height"] <= pane["y"] + pane["height"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_swipe_scrolls_and_a_tap_reads_off(tabs, address):
    with tabs.lent() as lend:
        page = _opener(lend, address)(viewport={"width": 390, "height": 844}, has_touch=True)
        slider = page.locator("#explorer-few [data-parameter=users]")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        touch = page.context.new_cdp_session(page)
        before, top = value(page, "users", "few"), page.evaluate("scrollY")
        x, y = box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2
        held = slider.input_value()

        def swipe(dx, dy):
            touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
            for k in range(1, 13):
                touch.send("Input.dispatchTouchEvent",
                           {"type": "touchMove", "touchPoints": [{"x": x + k * dx, "y": y + k * dy}]})
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

        swipe(0, 10)
        page.evaluate(RESTED)
        assert page.evaluate("scrollY") < top
        assert (value(page, "users", "few"), slider.input_value()) == (before, held)
        page.evaluate("(top) => scrollTo(0, top)", top)
        page.evaluate(RESTED)
        swipe(-10, 0)
        expect(slider).not_to_have_attribute("data-value", before)
        assert float(value(page, "users", "few")) < float(before)
        plot, cursor = page.locator("#explorer-few .ex-plot svg"), page.locator("#explorer-few .ex-cursor")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(cursor).to_have_text(re.compile(r"^x \d+ — total: "))


def at(page, x, y):
    """Return where a point of the data stands in the window."""
    plot = page.locator("#explorer-drag .ex-plot svg")
    plot.scroll_into_view_if_needed()
    return plot.evaluate("""(svg, [x, y]) => {
      // the upright and the level rule tell where the plot is: x = 4 and y = 80 at the default
      const ends = (key) => svg.querySelector(`[data-key=${key}]`).getBBox();
      const level = ends("m2"), upright = ends("m1"), box = svg.getBoundingClientRect();
      const unit = box.width / svg.viewBox.baseVal.width;
      return [box.left + unit * (level.x + level.width * x / 10),
              box.top + unit * (upright.y + upright.height * (1 - y / 100))];
    }""", [x, y])


@pytest.mark.parametrize(("grip", "to", "key", "expected"), [
    ((4, 30), (7, 40), "limit", 49), ((1, 80), (2, 30), "height", 30), ((8, 32), (8, 64), "rate", 8),
    ((4, 30), (-5, 30), "limit", 1), ((4, 30), (50, 30), "limit", 81)])
def test_a_mark_is_dragged_and_its_slider_follows(page, grip, to, key, expected):
    start, end = at(page, *grip), at(page, *to)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    control = DRAG.controls_spec[key]
    assert abs(float(value(page, key, "drag")) - expected) <= (control.high - control.low) / 120
    assert sum(value(page, other, "drag") != str(int(held.value) if held.value == int(held.value) else held.value)
               for other, held in DRAG.controls_spec.items()) == 1
    settled(page, "drag")
    page.locator("#explorer-drag [data-action=undo]").click()
    assert float(value(page, key, "drag")) == control.value


def test_a_mark_is_dragged_by_touch(tabs, address):
    with tabs.lent() as lend:
        page = _opener(lend, address)(viewport={"width": 390, "height": 844}, has_touch=True)
        start, end, top = at(page, 1, 80), at(page, 1, 30), page.evaluate("scrollY")
        touch = page.context.new_cdp_session(page)
        for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
        assert abs(float(value(page, "height", "drag")) - 30) < 1
        assert page.evaluate("scrollY") == top


def test_a_mark_stands_for_a_slider_that_moves_it():
    def make(**mark):
        def figure(a, b):
            return Figure(Axis("x", limits=(0, 9)), Axis("y", limits=(0, 9)), [Rule("r", x=a, **mark)],
                          [Readout("b", b)])
        return explore(figure, title="t", watch="w", name="f", a=Slider(1, 8, value=3), b=Slider(1, 8, value=3))
    assert make(moves="a").spec["marks"][0]["moves"] == "a"
    with pytest.raises(ValueError, match="moves='c' is not a slider; the sliders are a, b"):
        make(moves="c")
    with pytest.raises(ValueError, match="stands still between the ends"):
        make(moves="b")


def test_a_figure_starts_near_the_view_or_when_it_is_needed(tabs, tmp_path):
    room = '<div style="height: 9000px"></div>'
    body = MANY.to_html(full=False) + room + FEW.to_html(full=False)
    (tmp_path / "long.html").write_text(f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title>'
                                        f"</head><body>{body}</body></html>", encoding="utf-8")
    with tabs.lent() as lend:
        page = lend(offline=True)
        page.complaints = []
        page.goto((tmp_path / "long.html").as_uri())
        page.locator("#explorer-many[data-ready]").wait_for()
        few = page.locator("#explorer-few")
        assert few.get_attribute("data-ready") is None
        type_in(page, "users", "300")
        few.scroll_into_view_if_needed()
        page.locator("#explorer-few[data-ready]").wait_for()
        assert value(page, "users", "few") == "300"  # set before it started
        page.goto("about:blank")
        page.goto((tmp_path / "long.html").as_uri() + "#explorer-few?users=7")
        page.locator("#explorer-few[data-ready]").wait_for()
        assert value(page, "users", "few") == "7"
        assert page.complaints == []


def test_only_the_first_finger_and_the_first_button_drag(tabs, address):
    with tabs.lent() as lend:
        page = _opener(lend, address)(viewport={"width": 390, "height": 844}, has_touch=True)
        start, end, other = at(page, 1, 80), at(page, 1, 30), at(page, 9, 99)
        touch = page.context.new_cdp_session(page)
        first = {"x": end[0], "y": end[1], "id": 1}
        for kind, points in (("touchStart", [{"x": start[0], "y": start[1], "id": 1}]), ("touchMove", [first]),
                             ("touchStart", [first, {"x": other[0], "y": other[1], "id": 2}]),
                             ("touchMove", [first, {"x": other[0] + 9, "y": other[1] - 9, "id": 2}]),
                             ("touchEnd", [first]), ("touchEnd", [])):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert abs(float(value(page, "height", "drag")) - 30) < 1
        page.locator("#explorer-drag [data-action=undo]").click()
        assert value(page, "height", "drag") == "80"
        assert page.locator("#explorer-drag [data-action=undo]").is_disabled()
        page.mouse.move(*at(page, 1, 80))
        page.mouse.down(button="right")
        page.mouse.move(*at(page, 1, 30), steps=3)
        page.mouse.up(button="right")
        assert value(page, "height", "drag") == "80"
