"""The pointer and the keyboard read a figure's values off."""

from __future__ import annotations

import numpy as np
from parity.driven import CROSS
from parity.shown import EXPLORERS, SEE, SET, reset

from inference_economics.quantities.units import text


def test_the_pointer_reads_values_off(page):
    reset(page, "waves")
    plot, words = page.locator("#explorer-waves .ex-plot svg"), page.locator("#explorer-waves .ex-cursor")
    line = page.locator("#explorer-waves .ex-cursor-line")
    hint = words.text_content()
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    lines = EXPLORERS["waves"].figure().marks
    left, _, width, _ = map(float, plot.get_attribute("data-frame").split())
    for share in (0.0, 0.25, 0.5, 1.0):
        page.mouse.move(box["x"] + left + width * share, box["y"] + box["height"] / 2)
        k = round(share * 80)
        said = words.text_content()
        assert said.startswith(f"x {text(lines[0].x[k])} — a: {text(lines[0].y[k], 'USD/h')} · b: ")
        assert f"range: {text(lines[4].low[k], 'USD/h')} to {text(lines[4].high[k], 'USD/h')}" in said
        assert abs(float(line.get_attribute("d")[1:].split()[0]) - (left + width * share)) < 0.02
    page.mouse.move(0, 0)
    assert words.text_content() == hint
    assert line.get_attribute("d") == ""


def _read_across(page, name: str, steps: int) -> list[str]:
    """Return all that a pointer reads off a figure, which it crosses in so many steps each way."""
    reset(page, name)
    plot = page.locator(f"#explorer-{name} .ex-plot")
    plot.dispatch_event("pointerenter")  # what reads off is fetched then
    page.wait_for_function("name => !document.querySelector(`#explorer-${name} .ex-cursor`).hidden", arg=name)
    return page.evaluate(CROSS, [name, steps])


def test_the_pointer_reads_something_off_each_figure(page):
    assert [name for name in EXPLORERS if not _read_across(page, name, 6)] == []
    assert page.complaints == []


def test_things_beside_a_curve_are_not_read_as_if_they_were_over_its_axis(page):
    said = _read_across(page, "beside", 8)
    assert len(said) > 5
    assert all(words.startswith("x ") and " — curve: " in words and "box" not in words for words in said)


def test_the_keyboard_reads_values_off(page):
    reset(page, "bars")
    plot, words = page.locator("#explorer-bars .ex-plot"), page.locator("#explorer-bars .ex-cursor")
    hint = words.text_content()
    plot.focus()
    heard = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowLeft", "End"):
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
    assert page.get_by_role("treeitem").text_content() == words.text_content()
    plot.focus()
    page.keyboard.press("Escape")
    assert words.text_content() == hint
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    assert words.text_content() == hint
    assert page.get_by_role("treeitem").count() == 0


def _walk(page, keys: str) -> list[tuple[str, str, str]]:
    """Press keys; return what the focused place says after each, and where it is among its like."""
    heard = []
    for key in keys.split():
        page.keyboard.press(key)
        heard.append(page.evaluate("""() => { const e = document.activeElement, [role, level, at, of] =
          ["role", "aria-level", "aria-posinset", "aria-setsize"].map((name) => e.getAttribute(name));
          return [e.textContent, role, `${level}:${at}/${of}`]; }"""))
    return heard


def test_the_figure_is_a_tree_of_axes_series_and_values(page):
    reset(page, "lines")
    figure = EXPLORERS["lines"].figure()
    time, other = (np.asarray(mark.y, dtype=float) for mark in figure.marks[:2])
    xs = np.asarray(figure.marks[0].x)
    page.locator("#explorer-lines .ex-plot").focus()
    heard = _walk(page, "ArrowDown ArrowRight ArrowRight ArrowDown ArrowRight End ArrowDown ArrowUp End ArrowLeft")
    assert {role for _, role, _ in heard} == {"treeitem"}
    last = np.flatnonzero(np.isfinite(other))[-1]

    def at(values, k):
        return f"{text(values[k], 's')} at {text(xs[k], 'tokens')}"

    assert [(words, place) for words, _, place in heard] == [
        ("All series together: 61 places", "1:1/13"),
        (f"time, 61 values: from {at(time, 0)} to {at(time, 60)}", "1:2/13"),
        (f"other, 61 values: from {at(other, 0)} to {at(other, last)}", "1:3/13"),
        (f"tokens 1 token: {text(other[0], 's')}", "2:1/61"),
        (f"tokens {text(xs[1], 'tokens')}: {text(other[1], 's')}", "2:2/61"),
        ("tokens 1M tokens: n/a", "2:61/61"), ("tokens 1M tokens: n/a", "2:61/61"),  # there is nothing further in
        (f"other, 61 values: from {at(other, 0)} to {at(other, last)}", "1:3/13"),
        ("y axis, time: 1 µs to 11.6 days, logarithmic", "1:13/13"),
        ("x axis, tokens: 1 token to 1M tokens, logarithmic", "1:12/13"),
    ]
    # Points, rules and words; then out of the tree again.
    labels = [words for words, _, _ in _walk(page, " ".join(["ArrowLeft"] * 7))]
    first, last = (text(y, "s") for y in figure.marks[3].y)
    assert labels[::-1] == [
        f"places, 2 points: from {first} at 10 tokens to {last} at 1,000 tokens",
        f"you are here: 8,192 tokens, {text(time[0], 's')}", "one second: time 1 s",
        "Small 1: tokens 48 tokens", "Small 1 on spot: time 72 s", "price $72", "SMALL-1"]
    assert page.locator("#explorer-lines .ex-cursor").text_content() == labels[-1]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("() => document.activeElement.className") == "ex-plot"


def test_a_value_beyond_the_ends_is_named_where_a_curve_turns(page):
    reset(page, "waves")
    page.locator("#explorer-waves .ex-plot").focus()
    figure = EXPLORERS["waves"].figure()
    a, x = np.asarray(figure.marks[0].y), figure.marks[0].x
    low, high = int(a.argmin()), int(a.argmax())
    said = _walk(page, "ArrowDown ArrowRight")[-1][0]
    assert said == (f"a, 81 values: from {text(a[0], 'USD/h')} at −5 to {text(a[-1], 'USD/h')} at 5, lowest "
                    f"{text(a[low], 'USD/h')} at {text(x[low])}, highest {text(a[high], 'USD/h')} at {text(x[high])}")


def test_nothing_is_announced_by_reading_off(opened):
    """The focus that moves says it once; a pointer that passes says nothing."""
    page = opened()
    for part in (".ex-cursor", ".ex-readout output"):
        for element in page.locator(f"#explorer-waves {part}").all():
            assert element.get_attribute("aria-live") == "off"
    page.locator("#explorer-waves .ex-plot").focus()
    _walk(page, "ArrowRight ArrowRight")
    assert page.locator("#explorer-waves .ex-spoken").text_content() == ""
    assert page.locator("#explorer-waves [aria-live=polite]").count() == 1


def test_things_are_read_off_one_by_one(page):
    reset(page, "grid")
    plot, words = page.locator("#explorer-grid .ex-plot"), page.locator("#explorer-grid .ex-cursor")
    line = page.locator("#explorer-grid .ex-cursor-line")
    plot.focus()
    page.keyboard.press("Home")
    assert words.text_content() == "pages — token 0, head 0, two lines, a"
    assert line.get_attribute("d").endswith("Z")
    page.keyboard.press("ArrowRight")
    assert words.text_content() == "pages — token 1, head 0, 1, a"
    page.keyboard.press("End")
    weight = EXPLORERS["grid"].figure().marks[1].value[-1, -1]
    assert words.text_content() == f"weight — token 12.5, head 0, {text(weight, '%')}"
    page.keyboard.press("Escape")
    assert line.get_attribute("d") == ""


def test_the_pointer_reads_the_thing_below_it(page):
    reset(page, "bill")
    plot, words = page.locator("#explorer-bill .ex-plot svg"), page.locator("#explorer-bill .ex-cursor")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    heard = []
    for k in range(6):
        key = page.locator(f"#explorer-bill text[data-key=m0-t{k}]").bounding_box()
        page.mouse.move(key["x"] - 6, key["y"] + key["height"] / 2)
        heard.append(words.text_content())
    bill = EXPLORERS["bill"].figure()
    assert heard == [f"bill — {name}: {said}" for name, (said,) in zip(
        bill.y.categories, bill.marks[0].captions(), strict=True)]
    page.mouse.move(box["x"], 0)


def test_dots_and_ranges_are_read_by_their_category(page):
    reset(page, "dots")
    words = page.locator("#explorer-dots .ex-cursor")
    page.locator("#explorer-dots .ex-plot").focus()
    heard = []
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        heard.append(words.text_content())
    assert heard == ["held — range: 1 GB to 4 GB · middle: 2 GB · cases: 1 GB, 3 GB",
                     "paged — range: 10 GB to 40 GB · middle: 20 GB · cases: 30 GB",
                     "shared — range: n/a to n/a · middle: n/a · cases: 7 GB"]
    told = [said for said, _, _ in _walk(page, "ArrowUp ArrowRight ArrowRight ArrowRight ArrowDown ArrowRight")]
    assert told[1:] == ["range: 3 categories", "middle: 3 categories", "cases: 3 categories", "held: 1 GB, 3 GB",
                        "paged: 30 GB"]
    page.keyboard.press("Escape")
    # The pointer reads the category that it is nearest to, at any height of its band.
    plot = page.locator("#explorer-dots .ex-plot svg")
    left, top, width, height = map(float, plot.get_attribute("data-frame").split())
    for k, start in enumerate(heard):
        plot.hover(position={"x": left + width / 3, "y": top + height * (k + 0.7) / 3})
        assert words.text_content() == start
