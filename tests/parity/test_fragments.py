"""Fragments pasted into a page, each with its own copy of the script: every figure is started once."""

from __future__ import annotations

import pytest
from parity.shown import EXPLORERS, POLICY, SEE, SET, check_against_python

NAMES = ("lines", "bars")


@pytest.fixture(scope="module")
def page(tabs, tmp_path_factory):
    path = tmp_path_factory.mktemp("fragments") / "page.html"
    body = "".join(EXPLORERS[name].to_html(full=False) for name in NAMES)
    path.write_text(f'<!doctype html><html lang="en"><head><meta charset="utf-8">{POLICY}<title>T</title></head>'
                    f"<body>{body}</body></html>", encoding="utf-8")
    with tabs.lent() as lend:
        page = lend(offline=True)
        page.complaints = []
        page.goto(path.as_uri())
        yield page


@pytest.mark.parametrize("name", NAMES)
def test_a_fragment_moves_as_python_does(page, name):
    explorer = EXPLORERS[name]
    for key, control in explorer.controls_spec.items():
        for place in (0, 1) if hasattr(control, "options") else (0, 0.4, 1):
            page.evaluate(SET, [name, {key: place}])
            check_against_python(explorer, page.evaluate(SEE, name))
    assert page.complaints == []


def test_a_button_acts_once(page):
    assert page.locator("figure.explorer[data-ready]").count() == len(NAMES)
    saved = []
    page.on("download", lambda file: saved.append(file.suggested_filename))
    with page.expect_download():
        page.locator("#explorer-bars [data-action=csv]").click()
    page.evaluate(SEE, "bars")
    assert saved == ["bars.csv"]


def test_an_arrow_goes_on_by_one_button(page):
    row = page.locator("#explorer-bars .ex-actions")
    row.locator("button:not([hidden])").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert row.evaluate("row => [...row.querySelectorAll('button:not([hidden])')].indexOf(document.activeElement)") == 2
