"""The page for readers without a script, with paper, a phone, another theme, or a figure that cannot start."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import PATIENCE_MS
from parity.shown import EXPLORERS, SEE, SET, START, check_against_python

from kernelless import standalone


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
            assert words in " ".join(root.locator(".ex-readouts").all_text_contents())


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
    figures, script = document.rsplit("<script>", 1)
    assert '"cumsum"' in figures
    broken = figures.replace('"cumsum"', '"unheard"', 1)
    (tmp_path / "broken.html").write_text(f"{broken}<script>{script}", encoding="utf-8")
    page = chromium.new_context(offline=True).new_page()
    page.set_default_timeout(PATIENCE_MS)
    said, errors = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "broken.html").as_uri())
    page.evaluate(START)
    assert errors == []
    assert len(said) == 1
    assert "explorer-bars stays at its default" in said[0]
    assert not page.locator("#explorer-bars .ex-controls").is_visible()
    assert page.locator("#explorer-bars .ex-plot svg").is_visible()
    page.evaluate(SET, ["waves", {"shift": 0.9}])
    check_against_python(EXPLORERS["waves"], page.evaluate(SEE, "waves"))
    page.context.close()
