"""The pointer and the keyboard read a figure's values off."""

from __future__ import annotations

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
