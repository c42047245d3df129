"""A figure's numbers as tables on the page, and the Python that makes it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from parity.shown import EXPLORERS, SEE, SET, settings_in

from kernelless import explorer_named, text


def _open(page, name, what):
    page.locator(f"#explorer-{name} [data-action={what}]").click()
    return page.locator(f"#explorer-{name} .ex-sheet")


def _tables(sheet) -> list[list[list[str]]]:
    return sheet.evaluate("""(sheet) => [...sheet.querySelectorAll("table")].map((table) =>
      [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)))""")


def test_the_numbers_stand_in_tables_as_the_reader_sees_them(opened):
    page = opened()
    sheet = _open(page, "bars", "table")
    button = page.locator("#explorer-bars [data-action=table]")
    assert button.get_attribute("aria-expanded") == "true"
    assert sheet.get_attribute("role") == "region"
    assert sheet.get_attribute("aria-label") == "Bars side by side: numbers"
    value, stacked = EXPLORERS["bars"].figure().marks
    assert _tables(sheet) == [[["name", "compute", "staff from", "staff to"], *(
        [name, *(text(v[k], "USD") for v in (value.value, stacked.base, stacked.value))]
        for k, name in enumerate(EXPLORERS["bars"].figure().y.categories))]]
    # It follows the controls once they rest.
    before = sheet.text_content()
    page.evaluate(SET, ["bars", {"growth": 1}])
    page.locator("#explorer-bars .ex-sheet p", has_text="Growth: 3×").wait_for()
    assert sheet.text_content() != before
    button.click()
    assert not sheet.is_visible()
    assert button.get_attribute("aria-expanded") == "false"
    assert page.complaints == []


def test_the_table_of_curves_has_every_value(opened):
    page = opened()
    table, *others = _tables(_open(page, "lines", "table"))
    figure = EXPLORERS["lines"].figure()
    line = figure.marks[0]
    assert table[0] == ["tokens", "time", "other", "between low", "between high"]
    values = [[text(x, "tokens"), text(y, "s")] for x, y in zip(line.x, line.y, strict=True)]
    assert [row[:2] for row in table[1:]] == values
    assert [row[0] for table in others for row in table[1:]] == [
        "10 tokens", "1,000 tokens", "you are here", "one second", "Small 1", "Small 1 on spot", "price"]
    assert np.sum([len(row) == 1 for table in others for row in table]) == 0


@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_nothing_in_sheets_and_tree(opened, width):
    page = opened(viewport={"width": width, "height": 800})
    _open(page, "lines", "table")
    _open(page, "bars", "python")
    page.locator("#explorer-waves .ex-plot").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("treeitem").count() == 1
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], [node["html"][:160] for node in v["nodes"]][:3]) for v in violations] == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_the_python_makes_the_figure_with_these_settings(opened, capsys, monkeypatch):
    page = opened()
    page.evaluate(SET, ["lines", {"batch": 0.3, "spec": 2, "wide": 1}])
    settings = settings_in(EXPLORERS["lines"], page.evaluate(SEE, "lines"))
    code = _open(page, "lines", "python").text_content()
    assert code.splitlines()[0] == "# Lines, bands, points, rules & labels"
    assert "file:" not in code  # where a file lies is nobody's business
    asked = []
    monkeypatch.setattr(sys.modules["kernelless"], "explorer_named",
                        lambda name: asked.append(name) or EXPLORERS["lines"])
    scope: dict = {}
    exec(code, scope)
    assert asked == ["lines"]
    assert scope["explorer"].settings(**scope["settings"]) == settings
    assert capsys.readouterr().out == f"{EXPLORERS['lines'].readouts(**settings)}\n"
    assert explorer_named("lines").name == "lines"
