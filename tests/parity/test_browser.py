"""The page's form in a real Chromium, opened from disk: what a reader sees, does, saves and may be sent."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import PATIENCE_MS
from parity.synthetic import explorers

from inference_economics.explore import Label, Rule, standalone
from inference_economics.explore.svg import page_svg
from inference_economics.quantities.units import text

EXPLORERS = {explorer.name: explorer for explorer in explorers()}
# What a strict site allows: no eval, no other host, nothing from anywhere but the page itself.
POLICY = ('<meta http-equiv="Content-Security-Policy" content="'
          "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob: data:\">")
SET = """([name, settings]) => {
  const root = document.getElementById(`explorer-${name}`);
  for (const [key, place] of Object.entries(settings)) {
    const control = root.querySelector(`[data-parameter="${key}"]`);
    const pick = control.tagName === "SELECT";
    control.value = pick ? control.options[place].value : String(Math.round(place * control.max));
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
# Change the address, and come back when the page has been told.
GO = """(hash) => new Promise((done) => {
  window.addEventListener("hashchange", () => done(), { once: true });
  location.hash = hash;
})"""
SEE = """(name) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const root = document.getElementById(`explorer-${name}`);
  const all = (selector) => [...root.querySelectorAll(selector)];
  done({
    settings: Object.fromEntries(all("[data-parameter]").map((c) => [c.dataset.parameter, c.dataset.value])),
    shown: Object.fromEntries(all("[data-value-of]").map((o) => [o.dataset.valueOf, o.textContent])),
    chosen: Object.fromEntries(all("select").map((s) => [s.dataset.parameter, s.selectedOptions[0].textContent])),
    readouts: Object.fromEntries(all(".ex-readout").map((r) => [r.children[0].textContent, r.children[1].textContent])),
    states: all(".ex-state").map((s) => [s.textContent, s.dataset.ok]),
    paths: Object.fromEntries(all("svg path[data-key]").map((p) => [p.dataset.key, p.getAttribute("d")])),
    words: Object.fromEntries(all("svg text[data-key]").map((t) => [t.dataset.key,
      [t.textContent, t.getAttribute("visibility") ?? "visible", t.getAttribute("x"), t.getAttribute("y")]])),
  });
})))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    document = standalone(*EXPLORERS.values()).replace("<title>", POLICY + "<title>", 1)
    assert POLICY in document
    (folder / "page.html").write_text(document, encoding="utf-8")
    return (folder / "page.html").as_uri()


@pytest.fixture(scope="module")
def opened(chromium, address):
    """Return a function that opens the page; whatever it complains of fails the test at its end."""
    pages = []

    def visit(fragment="", own_clock=False, **context):
        page = chromium.new_context(offline=True, **context).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))
        page.on("console", lambda said: page.complaints.append(f"{said.type}: {said.text}"))
        page.on("request", lambda request: page.complaints.append(request.url)
                if not request.url.startswith(("file:", "blob:", "data:")) else None)
        page.on("dialog", lambda dialog: (page.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        pages.append(page)
        if own_clock:
            page.clock.install(time=0)
        page.goto(address + fragment)
        if own_clock:
            page.clock.pause_at(3_600_000)
        return page

    yield visit
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def page(opened):
    return opened()


@pytest.fixture(autouse=True)
def nothing_complains(request):
    yield
    if "page" in request.fixturenames:
        assert request.getfixturevalue("page").complaints == []


def reset(page, name):
    page.locator(f"#explorer-{name} [data-action=reset]").click()
    return page.evaluate(SEE, name)


def settings_in(explorer, seen) -> dict:
    """Return the settings that the page holds, as Python holds them."""
    return {key: float(value) if explorer.controls_spec[key].spec()["kind"] == "slider" else value
            for key, value in seen["settings"].items()}


def same_path(a: str, b: str) -> bool:
    """Say whether two paths have the same strokes, with corners within 0.02 of a point."""
    number = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
    if re.sub(number, "#", a).replace("# ", "#") != re.sub(number, "#", b).replace("# ", "#"):
        return False
    return np.allclose(*([float(n) for n in re.findall(number, d)] for d in (a, b)), atol=0.02, rtol=1e-9)


def check_against_python(explorer, seen):
    """Compare everything that moves with what Python computes for the settings that the page holds."""
    settings = settings_in(explorer, seen)
    figure = explorer.figure(**settings)
    assert explorer.settings(**settings) == settings  # the page holds nothing that a control cannot
    assert seen["readouts"] == explorer.readouts(**settings), settings
    for key, control in explorer.controls_spec.items():
        assert (seen["shown"] | seen["chosen"])[key] == control.show(settings[key])
    assert seen["states"] == [[s.holds if bool(s.ok) else s.fails, str(int(bool(s.ok)))] for s in figure.states]
    svg = ET.fromstring(page_svg(figure, "i"))
    found = {element.get("data-key"): element for element in svg.iter() if element.get("data-key")}
    for key, d in seen["paths"].items():
        assert same_path(d, found[key].get("d")), f"{key} at {settings}:\n{d[:200]}\n{found[key].get('d')[:200]}"
    words = {f"m{i}-t": mark.words() if isinstance(mark, Label) else mark.label
             for i, mark in enumerate(figure.marks) if isinstance(mark, (Rule, Label))}
    for key, (said, visible, x, y) in seen["words"].items():
        assert said == words[key] == found[key].text
        assert visible == found[key].get("visibility", "visible"), (key, settings)
        if visible == "visible":
            assert abs(float(x) - float(found[key].get("x"))) <= 0.02
            assert abs(float(y) - float(found[key].get("y"))) <= 0.02


# --- moving ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_moves_what_python_moves(page, name):
    explorer = EXPLORERS[name]
    places = {key: range(len(control.options)) if hasattr(control, "options") else (0, 0.21, 0.5, 0.83, 1)
              for key, control in explorer.controls_spec.items()}
    rng = np.random.default_rng(2)
    settings = [{key: place} for key, several in places.items() for place in several]
    settings += [{key: several[int(rng.integers(len(several)))] for key, several in places.items()} for _ in range(15)]
    different = set()
    for setting in settings:
        page.evaluate(SET, [name, setting])
        seen = page.evaluate(SEE, name)
        check_against_python(explorer, seen)
        different.add(str(seen["paths"]) + str(seen["readouts"]))
    assert len(different) > len(settings) / 2


@pytest.mark.parametrize("name", EXPLORERS)
def test_reset_and_presets(opened, name):
    page = opened()
    explorer = EXPLORERS[name]
    base = page.evaluate(SEE, name)  # as matplotlib and Python drew it
    check_against_python(explorer, base)
    assert settings_in(explorer, base) == explorer.defaults
    page.evaluate(SET, [name, dict.fromkeys(explorer.controls_spec, 1)])
    assert page.evaluate(SEE, name) != base
    again = reset(page, name)
    assert all(same_path(base["paths"][key], again["paths"][key]) for key in base["paths"])
    assert {key: again[key] for key in ("settings", "shown", "readouts", "states")} == {
        key: base[key] for key in ("settings", "shown", "readouts", "states")}
    for label, preset in explorer.presets.items():
        page.evaluate(SET, [name, dict.fromkeys(explorer.controls_spec, 0)])
        page.locator(f"#explorer-{name}").get_by_role("button", name=label, exact=True).click()
        seen = page.evaluate(SEE, name)
        check_against_python(explorer, seen)
        assert settings_in(explorer, seen) == explorer.defaults | preset
    assert page.complaints == []


def test_arrow_keys_and_the_pointer_move_a_slider(page):
    slider = page.locator("#explorer-lines [data-parameter=batch]")
    reset(page, "lines")
    slider.focus()
    page.keyboard.press("ArrowRight")
    check_against_python(EXPLORERS["lines"], page.evaluate(SEE, "lines"))
    assert float(slider.get_attribute("data-value")) > 32
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert slider.get_attribute("aria-valuetext") == "1,024 sequences"
    assert page.locator("#explorer-lines output[data-value-of=batch]").text_content() == "1,024 sequences"


def test_changes_are_spoken_once_the_reader_stops(opened):
    # The page's clock stands still but for what the test lets pass, so a busy machine changes nothing.
    page = opened(own_clock=True)
    spoken = page.locator("#explorer-bars .ex-spoken")
    before = spoken.text_content()
    for place in (0.1, 0.2, 0.3):
        page.evaluate(SET, ["bars", {"growth": place}])
        page.clock.run_for(500)
        assert spoken.text_content() == before
    page.clock.run_for(1000)
    words = page.evaluate("""() => [...document.querySelectorAll("#explorer-bars .ex-readout")]
      .map((r) => `${r.children[0].textContent}: ${r.children[1].textContent}`)""")
    words.append(page.locator("#explorer-bars .ex-state").text_content())
    assert spoken.text_content() == ". ".join(words)
    assert before != ". ".join(words)
    assert page.locator("#explorer-bars [aria-live=polite]").count() == 1
    assert page.locator("#explorer-bars .ex-readout output:not([aria-live=off])").count() == 0


# --- links -------------------------------------------------------------------------------------------------------

EVIL = "</script><script>alert(1)</script>"
FRAGMENTS = {
    "valid": ("batch=64&context_tok=5000&spec=big-3&kind=reserved", {"batch": 64, "context_tok": 5000, "spec": "big-3",
                                                                     "kind": "reserved"}),
    "some": ("batch=7", {"batch": 7}),
    "between stops": ("exponent=0.123456789", {"exponent": 0.123456789}),
    "too high": ("batch=1e9&exponent=7", {"batch": 1024, "exponent": 0.5}),
    "too low": ("batch=-5&exponent=-1e300", {"batch": 1, "exponent": -0.5}),
    "beyond a double": ("batch=1e999&exponent=-1e999", {"batch": 1024, "exponent": -0.5}),
    "not whole": ("batch=63.6", {"batch": 64}),
    "not a number": ("batch=NaN&context_tok=many&exponent=0x10&spec=none", {}),
    "empty": ("", {}),
    "empty values": ("batch=&spec=&kind", {}),
    "unknown names": ("servers=3&color=red&constructor=1&toString=2", {}),
    "prototype": ("__proto__=1&__proto__[batch]=5&spec=__proto__&kind=constructor", {}),
    "script": (f"batch={quote(EVIL)}&spec={quote(EVIL)}&{quote(EVIL)}=1", {}),
    "script as it is": (f"batch={EVIL}&spec=<img src=x onerror=alert(1)>", {}),
    "twice": ("batch=5&batch=9", {"batch": 9}),
    "broken escapes": ("batch=%&spec=%E0%A4%A&kind=%zz", {}),
    "another question mark": ("batch=12?kind=spot", {}),
    "very long": ("batch=" + "9" * 5000, {"batch": 1024}),
}


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_link_sets_what_is_valid_and_can_do_nothing_else(opened, page, name):
    query, expected = FRAGMENTS[name]
    explorer = EXPLORERS["lines"]
    for fragment in ("#elsewhere", f"#explorer-lines?{query}"):
        page.evaluate(GO, fragment)
    fresh = opened(f"#explorer-lines?{query}")
    for seen in (page.evaluate(SEE, "lines"), fresh.evaluate(SEE, "lines")):
        check_against_python(explorer, seen)
        assert settings_in(explorer, seen) == explorer.defaults | expected
    assert page.evaluate("() => ({}).batch") is None
    assert page.locator("script").count() == len(EXPLORERS) + 1
    assert fresh.complaints == []


@pytest.mark.parametrize("fragment", ["#explorer-none?batch=3", "#?batch=3", "#explorer-lines", "#explorer-lines?",
                                      "#%E0%A4%A", "#" + EVIL, "#explorer-bars?owned=8&years=99"])
def test_other_fragments_leave_it_alone(opened, fragment):
    page = opened(fragment)
    assert settings_in(EXPLORERS["lines"], page.evaluate(SEE, "lines")) == EXPLORERS["lines"].defaults
    assert page.complaints == []


def test_a_link_carries_the_settings(opened, address):
    page = opened()
    page.evaluate(SET, ["lines", {"batch": 0.37, "exponent": 0.9, "spec": 1, "wide": 1}])
    before = page.evaluate(SEE, "lines")
    page.locator("#explorer-lines [data-action=link]").click()
    box = page.locator("#explorer-lines .ex-link")
    link = box.input_value()
    assert box.is_visible()
    assert link == page.url
    assert link.startswith(address + "#explorer-lines?")
    assert page.evaluate("() => document.activeElement.className") == "ex-link"
    assert page.complaints == []
    after = opened(link.removeprefix(address)).evaluate(SEE, "lines")
    assert after == before


# --- reading values off ------------------------------------------------------------------------------------------


def test_the_pointer_reads_values_off(page):
    reset(page, "waves")
    plot, words = page.locator("#explorer-waves .ex-plot svg"), page.locator("#explorer-waves .ex-cursor")
    line = page.locator("#explorer-waves .ex-cursor-line")
    hint = words.text_content()
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    lines = EXPLORERS["waves"].figure().marks
    for share in (0.0, 0.25, 0.5, 1.0):
        page.mouse.move(box["x"] + box["width"] * (52 + 392.8 * share) / 460.8, box["y"] + box["height"] / 2)
        k = round(share * 80)
        said = words.text_content()
        assert said.startswith(f"x {text(lines[0].x[k])} — a: {text(lines[0].y[k], 'USD/h')} · b: ")
        assert f"range: {text(lines[4].low[k], 'USD/h')} to {text(lines[4].high[k], 'USD/h')}" in said
        assert abs(float(line.get_attribute("d")[1:].split()[0]) - (52 + 392.8 * share)) < 0.02
    page.mouse.move(0, 0)
    assert words.text_content() == hint
    assert line.get_attribute("d") == ""


def test_the_keyboard_reads_values_off(page):
    reset(page, "bars")
    plot, words = page.locator("#explorer-bars .ex-plot"), page.locator("#explorer-bars .ex-cursor")
    hint = words.text_content()
    plot.focus()
    heard = []
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowRight", "Shift+ArrowLeft", "End"):
        page.keyboard.press(key)
        heard.append(words.text_content())
    figure = EXPLORERS["bars"].figure()
    expected = [f"{name} — compute: {text(figure.marks[0].value[k], 'USD')} · "
                f"staff: {text(figure.marks[1].value[k] - figure.marks[1].base[k], 'USD')}"
                for k, name in enumerate(figure.y.categories)]
    assert heard == [expected[k] for k in (0, 1, 2, 2, 0, 2)]
    # The words follow the controls while the place stays.
    page.evaluate(SET, ["bars", {"growth": 1}])
    page.evaluate(SEE, "bars")
    assert words.text_content() != expected[2]
    assert words.text_content().startswith('Both "2" — compute: ')
    plot.focus()
    page.keyboard.press("Escape")
    assert words.text_content() == hint
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    assert words.text_content() == hint


# --- files -------------------------------------------------------------------------------------------------------


def download(page, name, kind) -> Path:
    with page.expect_download() as found:
        page.locator(f"#explorer-{name} [data-action={kind}]").click()
    assert found.value.suggested_filename == f"{name}.{kind}"
    return Path(found.value.path())


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_numbers_arrive_as_csv(page, name):
    explorer = EXPLORERS[name]
    page.evaluate(SET, [name, {key: 0 if hasattr(control, "options") else 0.3
                               for key, control in explorer.controls_spec.items()}])
    settings = settings_in(explorer, page.evaluate(SEE, name))
    figure = explorer.figure(**settings)
    rows = list(csv.reader(io.StringIO(download(page, name, "csv").read_text(encoding="utf-8"))))
    assert rows[0] == ["title", explorer.title]
    told = {row[0]: row[1] for row in rows[1:] if len(row) > 1}
    for key, control in explorer.controls_spec.items():
        assert type(settings[key])(told[control.label]) == settings[key]
    for readout in figure.readouts:
        assert float(told[readout.label]) == pytest.approx(float(readout.value), rel=1e-12, nan_ok=True)
    columns = {}
    for table in blocks(rows):
        for k, head in enumerate(table[0]):
            columns.setdefault(head, [row[k] for row in table[1:]])
    for mark in figure.marks:
        fields = {"Line": {"": "y"}, "Point": {"": "y"}, "Band": {" low": "low", " high": "high"},
                  "Bars": {" from": "base", " to": "value"}}.get(type(mark).__name__, {})
        for suffix, field in fields.items():
            axis = figure.x if figure.y.categories else figure.y
            head = f"{mark.label}{suffix}" + (f" [{axis.unit}]" if axis.unit else "")
            got = [float(cell) for cell in columns[head]]
            np.testing.assert_allclose(got, np.broadcast_to(getattr(mark, field), len(got)), rtol=1e-12, atol=1e-14)
    assert [row[0] for row in rows if len(row) == 1] == [s.holds if bool(s.ok) else s.fails for s in figure.states]


def blocks(rows):
    """Yield the tables of a CSV file: what stands after an empty row, up to the next."""
    table = None
    for row in [*rows, []]:
        if not row or row == [""]:
            if table:
                yield table
            table = []
        elif table is not None:
            table.append(row)


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_figure_arrives_as_svg(page, name):
    reset(page, name)
    explorer = EXPLORERS[name]
    source = download(page, name, "svg").read_text(encoding="utf-8")
    root = ET.fromstring(source)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in source
    assert "class=" not in source
    assert "currentColor" not in source
    words = " ".join("".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text"))
    assert explorer.title in words
    for control in explorer.controls_spec.values():
        assert control.label in words
    for _, label, _ in explorer.figure().legend():
        assert label in words
    colours = {element.get(kind) for element in root.iter() for kind in ("fill", "stroke")} - {None, "none"}
    assert all(re.fullmatch(r"#[0-9a-f]{3,6}|rgba?\([\d., ]+\)", colour) for colour in colours), colours
    sizes = {element.get("font-size") for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert None not in sizes
    # Long words are broken, so that no line is cut off at the edge.
    assert len(list(root[1].iter("{http://www.w3.org/2000/svg}svg"))) == len(explorer.figure().legend())
    width = float(root.get("viewBox").split()[2])
    for element in root[1].iter("{http://www.w3.org/2000/svg}text"):
        assert float(element.get("x")) + len(element.text) * float(element.get("font-size")) * 0.5 < width


@pytest.mark.parametrize("name", ["lines", "bars"])
def test_the_figure_arrives_as_png(page, name):
    data = download(page, name, "png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width > 1500
    assert 0.5 < height / width < 1.2
    assert len(data) > 20_000  # something is drawn


# --- other readers -----------------------------------------------------------------------------------------------


def test_without_javascript_the_picture_and_the_settings_stand(opened):
    page = opened(java_script_enabled=False)
    for name, explorer in EXPLORERS.items():
        root = page.locator(f"#explorer-{name}")
        assert root.locator(".ex-plot svg").is_visible()
        assert root.locator("svg path[data-key=m0], svg path[data-key=m0-0]").first.get_attribute("d")
        assert root.locator(".ex-settings").is_visible()
        settings = root.locator(".ex-settings").text_content()
        for key, control in explorer.controls_spec.items():
            assert f"{control.label}: {control.show(explorer.defaults[key])}" in settings
        for control in root.locator("input, select, button").all():
            assert not control.is_visible()
        for label, words in explorer.readouts().items():
            assert root.locator(".ex-readout", has_text=label).first.is_visible()
            assert words in root.locator(".ex-readouts").text_content()


def test_on_paper_there_are_settings_and_no_controls(opened):
    page = opened()
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    page.emulate_media(media="print")
    root = page.locator("#explorer-lines")
    assert root.locator(".ex-settings").is_visible()
    assert "Batch: 32 sequences · Context: 8,192 tokens" in root.locator(".ex-settings").text_content()
    assert not any(part.is_visible() for part in root.locator("input, select, button, .ex-cursor").all())
    assert root.evaluate("(e) => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate(SET, ["lines", {"batch": 1}])
    page.evaluate(SEE, "lines")
    assert "Batch: 1,024 sequences" in root.locator(".ex-settings").text_content()


def test_the_theme_changes_every_colour(opened):
    page = opened()
    look = """() => ["#explorer-lines", "#explorer-lines svg path[data-key=m0]",
      "#explorer-lines svg path[data-key=m2]",
      "#explorer-lines .ex-tick", "#explorer-lines svg [class=ex-stroke-grid]", "#explorer-lines .ex-state",
      "#explorer-lines .ex-legend rect", "#explorer-lines svg text[data-key=m5-t]"].map((selector) => {
        const s = getComputedStyle(document.querySelector(selector));
        return [selector, s.color, s.backgroundColor, s.fill, s.stroke].join(" "); })"""
    light = page.evaluate(look)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    dark = page.evaluate(look)
    assert [a for a, b in zip(light, dark, strict=True) if a == b] == []
    assert page.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_nothing(opened, theme, width):
    page = opened(viewport={"width": width, "height": 800})
    page.evaluate("""(theme) => { document.documentElement.dataset.theme = theme;
      document.body.style.background = theme === "dark" ? "#0e1114" : "#fff"; document.body.style.color = "#888";
      document.querySelector("h1").style.color = theme === "dark" ? "#fff" : "#000"; }""", theme)
    page.locator("#explorer-lines [data-action=link]").click()
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], [node["html"][:160] for node in v["nodes"]][:3]) for v in violations] == []


def test_a_phone_shows_it_without_scrolling_sideways(opened):
    page = opened(viewport={"width": 340, "height": 700})
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    tick = page.locator("#explorer-lines .ex-tick").first
    assert tick.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") > 10


def test_a_figure_that_cannot_start_leaves_the_others_alive(chromium, tmp_path):
    document = standalone(EXPLORERS["bars"], EXPLORERS["waves"])
    assert '["cumsum",' in document
    (tmp_path / "broken.html").write_text(document.replace('["cumsum",', '["unheard",', 1), encoding="utf-8")
    page = chromium.new_context(offline=True).new_page()
    page.set_default_timeout(PATIENCE_MS)
    said, errors = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "broken.html").as_uri())
    assert errors == []
    assert len(said) == 1
    assert "explorer-bars stays at its default" in said[0]
    assert not page.locator("#explorer-bars .ex-controls").is_visible()
    assert page.locator("#explorer-bars .ex-plot svg").is_visible()
    page.evaluate(SET, ["waves", {"shift": 0.9}])
    check_against_python(EXPLORERS["waves"], page.evaluate(SEE, "waves"))
    page.context.close()
