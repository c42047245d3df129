"""The plot is laid out for the width that the page has: every explorer of the book, on a phone and on a desk."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import declared
import pytest
import website
from browsing import Pages
from parity.conftest import _listen
from parity.shown import POLICY, START, same_path
from parity.synthetic import explorers

from kernelless import HERE, Axis, Figure, Line, Point, Rule, Slider, explore, standalone
from kernelless.examples import EXAMPLES
from kernelless.palette import PAGE_DOT
from kernelless.svg import Layout, moving_svg

WIDTHS = (360, 1280)
SMALLEST_PX = 11
SOURCES = ["synthetic", "examples",
           *(page for page in website.pages() if "explore(" in page.read_text(encoding="utf-8"))]

# The plot's words as the reader sees them, in CSS pixels; less what a line has above its capitals and below its foot.
LOOK = """(root) => {
  const svg = root.querySelector(".ex-plot svg"), room = root.querySelector(".ex-plot").getBoundingClientRect();
  const zoom = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const shown = [...svg.querySelectorAll("text")]
    .filter((t) => t.getAttribute("visibility") !== "hidden" && t.textContent);
  const words = shown.map((t) => {
    const box = t.getBoundingClientRect(), size = parseFloat(getComputedStyle(t).fontSize) * zoom;
    return { words: t.textContent, size, kind: t.getAttribute("class"), left: box.left - room.left,
      right: box.right - room.left, top: box.top - room.top + 0.22 * size,
      bottom: box.bottom - room.top - 0.22 * size };
  });
  const paths = Object.fromEntries([...svg.querySelectorAll("path[data-key]")].map((p) => [p.dataset.key,
    p.getAttribute("d")]));
  return { words, paths, em: parseFloat(getComputedStyle(svg).fontSize),
    width: room.width, frame: svg.dataset.frame.split(" ").map(Number), zoom,
    bottom: room.bottom - room.top, named: [...svg.querySelectorAll(".ex-labels text")].map((t) => t.textContent),
    legend: [...root.querySelectorAll(".ex-legend li")].filter((li) => !li.hidden).map((li) => li.textContent) };
}"""


CHART = {"Line", "Band", "Bars", "Point", "Rule", "Label"}  # what the script may move words of


def explorers_of(source) -> list:
    if source == "examples":
        return [example() for example in EXAMPLES]
    if source != "synthetic":
        return declared.explorers_of(source)
    # Those of boxes and diagrams are crowded on purpose: their words stand where the mark says.
    return [made for made in explorers() if {type(mark).__name__ for mark in made.figure().marks} <= CHART]


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: getattr(source, "stem", source))
def made(request) -> dict:
    return {explorer.name: explorer for explorer in explorers_of(request.param)}


@pytest.fixture(scope="module")
def browser_pages(chromium):
    pages = Pages(chromium, _listen)
    yield pages
    pages.close()


@pytest.fixture(scope="module")
def opening(browser_pages, tmp_path_factory):
    """Return a function that opens a page with some explorers at a width."""
    with browser_pages.lent() as lend:
        def open_at(width: int, *shown, **settings):
            path = tmp_path_factory.mktemp("page") / "page.html"
            path.write_text(standalone(*shown).replace("<title>", POLICY + "<title>", 1), encoding="utf-8")
            page = lend(viewport={"width": width, "height": 900}, **settings)
            page.complaints = []
            page.goto(path.as_uri())
            page.evaluate(START)  # every figure starts, in view or not
            return page

        yield open_at


@pytest.fixture(scope="module", params=WIDTHS)
def seen(request, made, opening) -> dict:
    """What each explorer shows at a width."""
    page = opening(request.param, *made.values())
    looks = {name: page.locator(f"#explorer-{name}").evaluate(LOOK) for name in made}
    assert page.complaints == []
    return looks


def overlaps(words: list[dict]) -> list[tuple[str, str]]:
    return [(a["words"], b["words"]) for k, a in enumerate(words) for b in words[:k]
            if a["left"] < b["right"] - 0.5 and b["left"] < a["right"] - 0.5
            and a["top"] < b["bottom"] - 0.5 and b["top"] < a["bottom"] - 0.5]


def test_words_are_large_enough_and_within_the_plot_and_do_not_overlap(seen):
    for name, look in seen.items():
        assert look["zoom"] == pytest.approx(1, abs=0.01), "one unit of the SVG is one pixel of the page"
        assert [word for word in look["words"] if word["size"] < SMALLEST_PX] == [], name
        assert [word for word in look["words"] if word["left"] < -1 or word["right"] > look["width"] + 1] == [], name
        assert overlaps(look["words"]) == [], name


def test_each_axis_has_three_labels(seen, made):
    for name, look in seen.items():
        left = look["frame"][0]
        figure = made[name].figure()
        ticks = [word for word in look["words"] if "ex-tick" in word["kind"]]
        beside = [word for word in ticks if word["right"] < left]
        under = [word for word in ticks if word not in beside]
        feet = {y + tall for y, tall in zip(look["frame"][1::4], look["frame"][3::4], strict=True)}
        assert all(any(0 < word["top"] - foot < 20 for foot in feet) for word in under), name
        for axis, found in ((figure.x, under), (figure.y, beside)):
            names = [name for name in axis.categories or ("1", "2", "3") if name.strip() and axis.shown]
            assert len(found) >= min(3, len(names)), (name, axis.label)


def test_every_mark_stands_where_python_puts_it(seen, made):
    for name, look in seen.items():
        layout = Layout(tuple(look["frame"]), PAGE_DOT, look["em"])
        svg = ET.fromstring(f"<svg>{''.join(moving_svg(made[name].figure(), 'i', layout))}</svg>")
        expected = {path.get("data-key"): path.get("d") for path in svg.iter("path") if path.get("data-key")}
        assert look["paths"].keys() == expected.keys(), name
        wrong = [key for key, d in look["paths"].items() if not same_path(d, expected[key])]
        assert wrong == [], name


def test_curves_are_named_at_their_ends_or_in_the_legend(seen, made):
    for name, look in seen.items():
        labels = [label for _, label, _ in made[name].figure().legend()]
        assert sorted(look["named"] + look["legend"]) == sorted(labels), name
        assert not look["named"] or look["width"] > 500


def _three(level):
    x = [1.0, 10.0, 100.0]
    return Figure(
        Axis("heads", (1, 100), scale="log", ticks=(1, 2, 4, 8, 16, 32, 64)), Axis("cost", (0, 10), "USD"),
        [Line(x, level * 1.0 + 0.01 * k, f"way {k}") for k in range(4)]
        + [Point(10.0, level, "you", color=HERE), Rule("a long name of an upright rule at the edge", x=95.0),
           Rule("another one right beside it", x=90.0), Rule("level", y=level)])


@pytest.fixture(scope="module")
def three():
    return explore(_three, title="Three", watch="Move it.", level=Slider(0.0, 9.0, value=5.0))


def test_names_that_would_meet_are_moved_apart_at_every_setting(three, opening):
    page = opening(1280, three)
    root = page.locator("#explorer-three")
    for place in (0, 0.25, 0.5, 1):
        root.locator("[data-parameter=level]").evaluate(
            "(c, t) => { c.value = Math.round(t * c.max); c.dispatchEvent(new Event('input', { bubbles: true })); }",
            place)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        look = root.evaluate(LOOK)
        tops = [word["top"] for word in look["words"] if word["words"] in look["named"]]
        assert look["named"] == [f"way {k}" for k in range(4)]
        assert tops == sorted(tops, reverse=True)  # as the curves lie
        assert overlaps(look["words"]) == []
    assert page.complaints == []


def test_a_change_of_width_lays_the_plot_out_anew(three, opening):
    page = opening(1280, three)
    root, svg = page.locator("#explorer-three"), page.locator("#explorer-three .ex-plot svg")
    heads = ["1", "2", "4", "8", "16", "32", "64"]
    assert [word["words"] for word in root.evaluate(LOOK)["words"] if word["words"] in heads] == heads
    before = svg.get_attribute("data-frame")
    page.set_viewport_size({"width": 320, "height": 900})  # 1280 pixels at 400%
    page.locator(f'#explorer-three .ex-plot svg:not([data-frame="{before}"])').wait_for()
    look = root.evaluate(LOOK)
    assert overlaps(look["words"]) == []
    assert look["named"] == []
    assert [word for word in look["words"] if word["size"] < SMALLEST_PX or word["right"] > look["width"] + 1] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert 240 <= svg.bounding_box()["height"] < 300


def test_the_readers_own_colours_keep_rules_and_marks(three, opening):
    page = opening(820, three, forced_colors="active")
    read = """(e) => { const s = getComputedStyle(e); return [s.stroke, s.fill]; }"""
    ground = page.evaluate("""() => { const e = document.createElement("p"); e.style.color = "Canvas";
      document.body.append(e); return getComputedStyle(e).color; }""")
    for key, side in (("m5", 0), ("m7", 0), ("m0", 0), ("m4", 1)):
        assert page.locator(f"#explorer-three [data-key={key}]").evaluate(read)[side] not in (ground, "none")


def test_without_a_script_the_built_picture_stands(three, opening):
    page = opening(820, three, java_script_enabled=False)
    svg = page.locator("#explorer-three .ex-plot svg")
    assert svg.get_attribute("viewBox") == "0 0 460.8 273.6"
    assert svg.locator(".ex-frame text.ex-tick").count() >= 10
