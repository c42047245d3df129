"""The gallery lists each explorer of the site once, with its marks and controls, and leads to it."""

from __future__ import annotations

import ast
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from book_site import ROOT, page_names, website

GALLERY = "book/gallery.html"


class Gallery(HTMLParser):
    """The gallery's cards and its table of marks: each card's paragraphs or row's cells as text, and its links."""

    def __init__(self, html: str):
        super().__init__()
        self.cards: list[tuple[list[str], list[str]]] = []
        self.rows: list[list[str]] = []
        self.depth = 0  # how many `div` lie between here and the outside of the cards
        self.parts: list[str] | None = None  # what the words that come belong to
        self.feed(html[html.index("<article"):html.index("</article>")])

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "div":
            self.depth += self.depth > 0 or "figure-cards" in (attributes.get("class") or "").split()
        elif tag == "li" and self.depth:
            self.cards.append(([], []))
        elif tag == "tr":
            self.rows.append([])
        elif tag == "td" or (tag == "p" and self.depth):
            self.parts = self.cards[-1][0] if self.depth else self.rows[-1]
            self.parts.append("")
        elif tag == "a" and self.depth:
            self.cards[-1][1].append(attributes["href"])

    def handle_endtag(self, tag):
        if tag == "div":
            self.depth -= self.depth > 0
        elif tag == "td" or (tag == "p" and self.depth):
            self.parts = None

    def handle_data(self, data):
        if self.parts is not None:
            self.parts[-1] += data


class Explorers(HTMLParser):
    """The explorers of a page: each figure's id, and the JSON inside it."""

    def __init__(self, html: str):
        super().__init__()
        self.specs: dict[str, str] = {}
        self.figure, self.in_spec = "", False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "figure" and "data-explorer" in attributes:
            self.figure = attributes["id"]
            self.specs[self.figure] = ""
        self.in_spec = tag == "script" and attributes.get("class") == "ex-spec"

    def handle_endtag(self, tag):
        self.in_spec = self.in_spec and tag != "script"

    def handle_data(self, data):
        if self.in_spec:
            self.specs[self.figure] += data


@pytest.fixture(scope="module")
def listed(site: Path) -> list[tuple[str, list[str]]]:
    """The gallery's cards: the address that a card leads to, and its paragraphs."""
    page = site / GALLERY
    found = []
    for parts, links in Gallery(page.read_text(encoding="utf-8")).cards:
        (link,) = links
        target, _, ident = link.partition("#")
        found.append(((page.parent / target).resolve().relative_to(site.resolve()).as_posix() + "#" + ident, parts))
    return found


@pytest.fixture(scope="module")
def shown(site: Path) -> dict[str, dict]:
    """The site's explorers by address, as their pages hold them."""
    return {f"{name}#{ident}": json.loads(spec) for name in page_names()
            for ident, spec in Explorers((site / name).read_text(encoding="utf-8")).specs.items()}


def test_each_explorer_stands_in_the_gallery_once_in_the_books_order(listed, shown):
    assert len(shown) > 50
    assert [address for address, _ in listed] == list(shown)


def test_each_card_has_the_figures_title_marks_and_controls(listed, shown):
    for address, (title, marks, controls) in listed:
        spec = shown[address]
        assert re.sub(r"^Figure \d+\.\d+\. ", "", title) == spec["title"], address
        assert marks.split(", ") == sorted({mark["kind"] for mark in spec["marks"]}), address
        # Sphinx sets the book's apostrophes as curls.
        named, labels = controls.replace("’", "'").split("; "), [control["label"] for control in spec["controls"]]
        more = [f"and {len(labels) - 8} more"] if len(labels) > 9 else []
        assert named == [*labels[:8], *(more or labels[8:])], address


def test_each_figure_has_its_picture(site, listed):
    html = (site / GALLERY).read_text(encoding="utf-8")
    pictures = re.findall(r'<img class="thumb" src="\.\./([^"]+)"', html)
    assert len(pictures) == len(set(pictures)) == len(listed)
    assert [name for name in pictures if not (site / name).read_text(encoding="utf-8").startswith("<svg ")] == []


def test_the_marks_are_those_that_python_draws(listed):
    # The front page's first explorer is the value of its first cell.
    notebook = website.read_notebook(ROOT / "book" / "index.md")
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    *before, last = ast.parse(cell.source).body
    namespace: dict = {}
    exec(compile(ast.Module(before, []), "index.md", "exec"), namespace)
    explorer = eval(compile(ast.Expression(last.value), "index.md", "eval"), namespace)
    _, marks, controls = dict(listed)["book/index.html#explorer-what-a-token-costs"]
    assert marks.split(", ") == sorted({type(mark).__name__.lower() for mark in explorer.figure().marks})
    assert controls.split("; ") == [control.label for control in explorer.controls_spec.values()]


def test_the_marks_are_counted(site, shown):
    rows = [cells for cells in Gallery((site / GALLERY).read_text(encoding="utf-8")).rows if cells]
    kinds = [{mark["kind"] for mark in spec["marks"]} for spec in shown.values()]
    assert {kind: int(count) for kind, _, count in rows} == {
        kind: sum(kind in each for each in kinds) for kind in set().union(*kinds)}


def test_the_gallery_reads_without_a_script(site, visit, shown):
    page = visit(GALLERY, from_disk=True, java_script_enabled=False)
    assert page.locator(".figure-cards a:visible").count() == len(shown)
