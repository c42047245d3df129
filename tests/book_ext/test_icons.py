"""The pages' icons stand in a small style sheet; the theme's icon script is gone."""

from __future__ import annotations

import icons

SCRIPT = ('var a={"bars":[448,512,["navicon"],"f0c9","M0 1z"],xmark:[384,512,[215,"close"],"f00d","M2 3z"]};'
          'var b={"bars":[448,513,["navicon"],"f0c9","M4 5z"],unused:[1,2,[],"f000","M6 7z"]};')
PAGE = ('<script defer src="{}_static/scripts/fontawesome.js?digest=1"></script>'
        '<i class="fa-solid fa-bars"></i><i class="fa-solid fa-nowhere"></i>')


def test_the_last_drawing_of_a_name_is_taken_and_an_unknown_name_passed_over():
    rules = icons.icon_rules(SCRIPT, {"bars", "nowhere"})
    assert "viewBox='0 0 448 513'" in rules
    assert "M4 5z" in rules
    assert "M0 1z" not in rules
    assert rules.count("--icon: url") == 1


def test_pages_load_the_sheet_of_what_they_use_and_the_script_is_deleted(tmp_path):
    static = tmp_path / "_static"
    (static / "scripts").mkdir(parents=True)
    (static / "scripts" / "fontawesome.js").write_text(SCRIPT)
    for name in ("bootstrap.js.map", "fa-brands-400.woff2", "fa-solid-900.ttf", "fa-solid-900.woff2"):
        (static / name).touch()
    deep = tmp_path / "book" / "page.html"
    deep.parent.mkdir()
    pages = [tmp_path / "index.html", deep]
    for page, up in zip(pages, ("", "../"), strict=True):
        page.write_text(PAGE.format(up))
    icons.draw_icons(static, pages)
    assert '<link rel="stylesheet" href="_static/icons.css">' in pages[0].read_text()
    assert '<link rel="stylesheet" href="../_static/icons.css">' in deep.read_text()
    sheet = (static / "icons.css").read_text()
    assert ".fa-bars {" in sheet
    assert ".fa-xmark {" in sheet  # the theme's script writes it, so no page names it
    assert "unused" not in sheet
    assert sorted(path.name for path in static.rglob("*") if path.is_file()) == ["fa-solid-900.woff2", "icons.css"]
