"""Small multiples on the page: each panel is read off, dragged in, pinned and saved as one plot is."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from parity.shown import EXPLORERS, check_against_python, reset

from kernelless import text

MADE = EXPLORERS["panels"]
NAMES = [label for label, _ in MADE.figure().panels]


def frames(page, name="panels"):
    """Return left, top, width and height of each panel, in the window."""
    svg = page.locator(f"#explorer-{name} .ex-plot svg")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    found = np.reshape([float(n) for n in svg.get_attribute("data-frame").split()], (-1, 4))
    return found + np.array([box["x"], box["y"], 0, 0])


def test_the_pointer_reads_the_same_place_in_every_panel(page):
    reset(page, "panels")
    words, line = (page.locator(f"#explorer-panels {part}") for part in (".ex-cursor", ".ex-cursor-line"))
    figure = MADE.figure()
    time = {name: mark for name, mark in zip(figure.names(), figure.marks, strict=True) if name.endswith(": time")}
    xs = next(iter(time.values())).x
    heard = []
    for left, top, width, height in frames(page):
        page.mouse.move(left + 0.5 * width, top + 0.5 * height)
        heard.append(words.text_content())
        assert len(re.findall(r"M[\d.]+ [\d.]+V[\d.]+", line.get_attribute("d"))) == len(NAMES)
    k = int(np.argmin(np.abs(np.log2(xs) - 5)))
    assert len(set(heard)) == 1
    assert heard[0].startswith(f"batch {text(xs[k], 'sequences')} — ")
    for name, mark in time.items():
        assert f"{name}: {text(mark.y[k], 's')}" in heard[0]
    page.mouse.move(0, 0)


def test_the_tree_and_the_table_name_the_panel(page):
    reset(page, "panels")
    page.locator("#explorer-panels .ex-plot").focus()
    heard = []
    page.keyboard.press("ArrowDown")
    for _ in MADE.figure().marks:
        page.keyboard.press("ArrowRight")
        heard.append(page.evaluate("document.activeElement.textContent"))
    names = MADE.figure().names()
    assert all(said.startswith(name) for said, name in zip(heard, names, strict=True) if name != "speed"), heard
    page.locator("#explorer-panels [data-action=table]").click()
    captions = ", ".join(page.locator("#explorer-panels .ex-sheet caption").all_text_contents())
    heads = page.locator("#explorer-panels .ex-sheet :is(th, caption)").all_text_contents()
    for name in NAMES:
        assert f"{name}: time" in captions
    assert {f"{name}: limit" for name in NAMES[:3]} <= set(heads)
    page.locator("#explorer-panels [data-action=table]").click()


def test_a_file_has_the_numbers_of_each_panel_and_a_picture_its_name(page):
    reset(page, "panels")
    saved = {}
    for kind in ("csv", "svg"):
        with page.expect_download() as found:
            page.locator(f"#explorer-panels [data-action={kind}]").click()
        saved[kind] = found.value.path().read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(saved["csv"])))
    figure = MADE.figure()
    for name, mark in zip(figure.names(), figure.marks, strict=True):
        if not name.endswith(": time"):
            continue
        head = next(row for row in rows if f"{name} [s]" in row)
        body = rows[rows.index(head) + 1:][:len(mark.x)]
        found = [float(row[head.index(f"{name} [s]")]) for row in body]
        np.testing.assert_allclose(found, mark.y, rtol=1e-14)
    for name in NAMES:
        assert f">{name.replace('&', '&amp;')}</text>" in saved["svg"]


@pytest.mark.parametrize("panel", [0, 1, 2])
def test_a_rule_is_dragged_in_its_panel_and_moves_in_all(page, panel):
    seen = reset(page, "panels")
    left, top, width, height = frames(page)[panel]
    page.mouse.move(left + 0.1 * width, top + 0.75 * height)  # limit = 1 of 0 to 4
    page.mouse.down()
    page.mouse.move(left + 0.1 * width, top + 0.5 * height, steps=4)
    page.mouse.up()
    value = page.locator("#explorer-panels [data-parameter=limit]")
    assert abs(float(value.get_attribute("data-value")) - 2) < 0.06
    # the last panel has no rule, so nothing is grasped there
    reset(page, "panels")
    left, top, width, height = frames(page)[3]
    page.mouse.move(left + 0.1 * width, top + 0.75 * height)
    page.mouse.down()
    page.mouse.move(left + 0.1 * width, top + 0.3 * height, steps=4)
    page.mouse.up()
    assert value.get_attribute("data-value") == seen["settings"]["limit"]


def test_what_is_pinned_stays_in_its_panel(page):
    reset(page, "panels")
    svg = page.locator("#explorer-panels .ex-plot svg")
    before = {key: svg.locator(f"[data-key={key}]").get_attribute("d") for key in ("m0", "m6", "m12", "m19")}
    page.locator("#explorer-panels [data-action=pin]").click()
    page.locator("#explorer-panels [data-parameter=load]").fill("60")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    ghosts = svg.locator(".ex-ghosts path").evaluate_all("(all) => all.map((path) => path.getAttribute('d'))")
    assert set(before.values()) <= set(ghosts)
    assert svg.locator("[data-key=m0]").get_attribute("d") != before["m0"]
    page.locator("#explorer-panels [data-action=pin]").click()


@pytest.mark.parametrize(("width", "beside"), [(360, 2), (1280, 2)])
def test_panels_share_their_scales_and_stack_where_it_is_narrow(opened, width, beside):
    page = opened(viewport={"width": width, "height": 900})
    for name, across in (("panels", beside), ("panes", 2 if width < 480 else 3)):
        found = frames(page, name)
        assert np.ptp(found[:, 2:], axis=0) == pytest.approx(0)  # of one size
        assert len({round(left) for left in found[:, 0]}) == across
        svg = page.locator(f"#explorer-{name} .ex-plot svg").bounding_box()
        assert found[:, 0].min() >= svg["x"]
        assert (found[:, 0] + found[:, 2]).max() <= svg["x"] + svg["width"]
        assert (found[:, 1] + found[:, 3]).max() <= svg["y"] + svg["height"]
        assert svg["height"] >= (330 if width < 480 else 240)
    seen = reset(page, "panels")
    check_against_python(MADE, seen)
    assert page.complaints == []


def test_no_panel_shifts_what_stands_below_it_when_the_script_starts(chromium, tmp_path):
    from kernelless import standalone

    path = tmp_path / "page.html"
    path.write_text(standalone(MADE, EXPLORERS["panes"]), encoding="utf-8")
    for width in (360, 1280):
        heights = []
        for scripts in (False, True):
            context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
            page = context.new_page()
            page.goto(path.as_uri())
            if scripts:
                page.locator("figure[data-ready] svg[data-frame]").first.wait_for()
            heights.append(page.locator("#explorer-panels .ex-plot svg").bounding_box()["height"])
            context.close()
        assert heights[0] == pytest.approx(heights[1], abs=1)
