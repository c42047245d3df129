"""What a reader takes along: archives that do not depend on the day, a book whose links lead into it, a sound EPUB."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import offline
import pytest

FIGURE = ('<figure class="explorer" id="explorer-a" data-explorer="a" aria-labelledby="explorer-a-title">'
          '<p class="ex-title" id="explorer-a-title">Figure 1.1. A &amp; B</p><p class="ex-watch">Drag.</p>'
          '<svg viewBox="0 0 10 10" xmlns="http://www.w3.org/2000/svg"><defs><clipPath id="c"><path d="M0 0"/>'
          '</clipPath></defs><g clip-path="url(#c)"><path d="M0 0"/></g></svg>'
          '<ul class="ex-legend"><li><svg viewBox="0 0 9 9"><path d="M0"/></svg>cost</li></ul><noscript>On.</noscript>'
          '<div class="ex-readouts"><div class="ex-readout"><span>Cost</span><output>$1</output></div></div>'
          '<div class="ex-controls" data-live hidden><input type="range"></div><p class="ex-settings">Users: 16</p>'
          '<script type="application/json">{"a":"</p>"}</script></figure>')
PAGES = {
    "notebooks/01_a.html": f'<h1 id="top">One</h1><p>See <a href="02_b.html#here">two</a>, <a href="#top">up</a>, '
                           f'<a href="../book/api.html#x">a function</a>, <a href="https://e.org">out</a>.<br>'
                           f"<math><mi>x</mi></math></p>{FIGURE}<details><summary>Answer</summary>42</details>",
    "notebooks/02_b.html": '<h1 id="here">Two</h1><p>Back to <a href="01_a.html">one</a>.</p>',
}


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(offline, "names", lambda _site: list(PAGES))
    folder = tmp_path / "html"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "index.html").write_text("front")
    for name, text in PAGES.items():
        title = f"<title>Chapter {name[11]}. T · The Infrastructure Trap</title>"
        (folder / name).write_text(f"<html><head>{title}</head><body><article>{text}</article></body></html>")
    return folder


def _still(name: str, across: str) -> str:
    inside = {page: f"p-{offline.key_of(page)}" for page in PAGES}
    return str(offline.still(f"<article>{PAGES[name]}</article>", name, inside, across))


def test_a_figure_stands_with_its_settings_and_readouts_and_without_controls():
    text = _still("notebooks/01_a.html", "#")
    assert "Users: 16" in text
    assert "<output>$1</output>" in text
    assert "<script" not in text
    assert "<input" not in text
    assert "Drag." not in text
    assert '<details open="">' in text


def test_links_lead_into_the_document_and_ids_are_its_pages_own():
    text = _still("notebooks/01_a.html", "#")
    assert '<a href="#p-02_b-here">two</a>' in text
    assert '<a href="#p-01_a-top">up</a>' in text
    assert ">a function" not in text  # outside: words alone
    assert "a function" in text
    assert '<a href="https://e.org">out</a>' in text
    assert 'url(#p-01_a-c)' in text
    assert 'id="p-01_a-c"' in text
    assert '<a href="#p-01_a">one</a>' in _still("notebooks/02_b.html", "#")
    assert '<a href="02_b.xhtml#p-02_b-here">two</a>' in _still("notebooks/01_a.html", "{}.xhtml")


def test_the_epub_is_well_formed_and_lists_what_it_holds(site, tmp_path):
    offline.make_epub(site, tmp_path)
    with zipfile.ZipFile(tmp_path / f"{offline.NAME}.epub") as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        texts = {name: book.read(name).decode() for name in book.namelist()}
    for name, text in texts.items():
        if name.endswith(("xhtml", "opf", "xml")):
            ET.fromstring(text)
    page = texts["OEBPS/01_a.xhtml"]
    assert "viewBox=" in page
    assert "<clipPath" in page
    assert "1998/Math/MathML" in page
    spaces = {"svg": "{http://www.w3.org/2000/svg}", "math": "{http://www.w3.org/1998/Math/MathML}"}
    for element in ET.fromstring(page).iter():
        space, _, kind = element.tag.rpartition("}")
        assert f"{space}}}" == spaces.get(kind, f"{space}}}"), kind
        assert kind not in {"noscript", "label", "input", "link"} or element.get("rel") == "stylesheet"
    assert page.count("<svg") == 2
    assert re.findall(r'<svg [^>]*width="26"[^>]*>', page) == re.findall(r'<svg [^>]*viewBox="0 0 9 9"[^>]*>', page)
    assert 'width="26"' in page
    package = texts["OEBPS/package.opf"]
    idents = re.findall(r'\bid(?:ref)?="([^"]+)"', package)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", ident) for ident in idents)  # a name of XML begins with no digit
    assert set(re.findall(r'idref="([^"]+)"', package)) <= set(re.findall(r' id="([^"]+)"', package))
    assert 'href="01_a.xhtml" media-type="application/xhtml+xml" properties="mathml svg"' in package
    assert package.count("<itemref") == 2


def test_the_signs_of_a_legend_are_no_larger_than_their_words(site, tmp_path, chromium):
    offline.make_epub(site, tmp_path)
    with zipfile.ZipFile(tmp_path / f"{offline.NAME}.epub") as book:
        book.extractall(tmp_path / "book")
    page = chromium.new_page(viewport={"width": 600, "height": 800})
    page.goto((tmp_path / "book" / "OEBPS" / "01_a.xhtml").as_uri())
    sign = page.locator(".ex-legend svg").bounding_box()
    assert sign["width"] <= 40
    assert sign["height"] <= 20
    page.close()


def test_a_bookmark_of_the_pdf_keeps_the_space_at_which_its_heading_is_broken(site, tmp_path):
    heading = "A heading that is longer than any line of the page and so is broken somewhere on its way to its end"
    path = site / "notebooks" / "02_b.html"
    path.write_text(path.read_text().replace(">Two<", f">{heading}<"))
    # In a process of its own: a browser of this one's may be running.
    program = (f"import offline, pathlib; offline.names = lambda _: {list(PAGES)}; "
               f"offline.make_pdf(pathlib.Path({str(site)!r}), pathlib.Path({str(tmp_path)!r}))")
    subprocess.run([sys.executable, "-c", program], cwd=Path(offline.__file__).parent, check=True)
    printed = (tmp_path / f"{offline.NAME}.pdf").read_bytes()
    assert {f"/Title ({heading})".encode(), b"/Title (One)"} <= set(re.findall(rb"/Title \([^)]*\)", printed))
    assert b"/Marked true" in printed


def test_an_archive_follows_from_its_files_alone(site, tmp_path):
    for name in ("a", "b"):
        offline.make_site(site, tmp_path / name)
    first, second = ((tmp_path / name / f"{offline.NAME}-site.zip").read_bytes() for name in ("a", "b"))
    assert first == second
    with zipfile.ZipFile(tmp_path / "a" / f"{offline.NAME}-site.zip") as archive:
        assert f"{offline.NAME}/index.html" in archive.namelist()


def test_what_is_not_to_be_had_is_said(tmp_path, capsys):
    with pytest.raises(SystemExit, match="run: make site"):
        offline.main(["--site", str(tmp_path)])
    with pytest.raises(SystemExit):
        offline.main(["mobi"])
    assert "'mobi' is none of site, notebooks, csv, pdf, epub" in capsys.readouterr().err
