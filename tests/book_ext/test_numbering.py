"""Figures and tables have numbers, references find them, and a chapter says how long it takes."""

from __future__ import annotations

from types import SimpleNamespace

import numbering
import pytest
from docutils import nodes
from numbering import Numbered, Reference

FIGURE = ('<figure class="explorer" id="explorer-{0}" data-explorer="{0}" data-version="1" aria-labelledby="x">'
          '<p class="ex-title" id="explorer-{0}-title">The {0} &amp; more</p><p>words</p></figure>')
TABLE = '<table class="table"><caption>Users of 8,192 tokens</caption><thead></thead></table>'


def test_figures_and_tables_are_numbered_as_they_come():
    count, found = {"figure": 0, "table": 0}, []
    first = numbering.number_html(FIGURE.format("cost") + TABLE, 4, count, found)
    second = numbering.number_html(FIGURE.format("speed"), 4, count, found)
    assert '<span class="ex-number">Figure 4.1.</span> The cost &amp; more</p>' in first
    assert '<table class="table" id="table-4-1"><caption><span class="ex-number">Table 4.1.</span> Users' in first
    assert "Figure 4.2." in second
    assert [(each.kind, each.name, each.label) for each in found] == [
        ("figure", "cost", "Figure 4.1"), ("table", "users-of-8-192-tokens", "Table 4.1"),
        ("figure", "speed", "Figure 4.2")]


def test_what_has_no_caption_has_no_number():
    html = '<figure class="other"></figure><table class="table"><thead></thead></table>'
    assert numbering.number_html(html, 1, {"figure": 0, "table": 0}, []) == html


@pytest.mark.parametrize(("facts", "line"), [
    ((4400, 8, 6), "About 40 minutes: 4,400 words, 8 figures, 6 exercises."),
    ((10, 1, 1), "About 5 minutes: 10 words, 1 figure, 1 exercise."),
])
def test_a_chapter_says_how_long_it_takes(facts, line):
    assert numbering.reading_line(*facts) == line


def test_code_formulas_and_what_is_folded_are_not_read_as_words():
    document = nodes.section("", nodes.paragraph("", "", nodes.Text("one two "), nodes.math("", "x = y + z")),
                             nodes.literal_block("", "three four five"),
                             nodes.container("", nodes.paragraph("", "six seven"), classes=["dropdown"]),
                             nodes.container("", nodes.paragraph("", "eight"), design_component="dropdown"))
    assert numbering.words_of(document) == 2


def test_an_appendix_is_numbered_and_not_counted():
    def part(title, *names):
        return nodes.section("", nodes.title("", title), nodes.paragraph("", "two words"),
                             *(nodes.raw("", FIGURE.format(name), format="html") for name in names))

    document = nodes.section("", part("The cost", "cost"), part("Appendix: the speed", "speed"))
    env = SimpleNamespace(docname="notebooks/02_b")
    numbering.number(SimpleNamespace(env=env), document)
    assert [each.label for each in env.numbered["notebooks/02_b"]] == ["Figure 2.1", "Figure 2.2"]
    assert env.reading["notebooks/02_b"] == (4, 1, 0)


def _figure(name: str, label: str) -> Numbered:
    return Numbered("figure", name, f"explorer-{name}", label, name)


ENV = SimpleNamespace(numbered={
    "notebooks/01_a": [_figure("cost", "Figure 1.1"), _figure("speed", "Figure 1.2"),
                       Numbered("table", "users-of-8-192-tokens", "table-1-1", "Table 1.1", "Users")],
    "notebooks/02_b": [_figure("cost", "Figure 2.1")], "notebooks/03_c": []})


@pytest.mark.parametrize(("page", "kind", "name", "met"), [
    ("notebooks/02_b", "figure", "speed", "Figure 1.2"),
    ("notebooks/02_b", "figure", "cost", "Figure 2.1"),  # its own first
    ("notebooks/03_c", "figure", "cost", None),  # two of the name: which?
    ("notebooks/03_c", "figure", "nothing", None),
    ("notebooks/03_c", "table", "users-of", "Table 1.1"),
])
def test_a_reference_finds_the_figure_in_whichever_chapter_it_stands(page, kind, name, met):
    found = numbering._find(ENV, page, Reference(kind=kind, name=name))
    assert (found and found[1].label) == met


def test_an_unknown_figure_is_an_error_that_names_what_there_is(monkeypatch):
    said = []
    log = SimpleNamespace(warning=lambda words, *values, **_: said.append(words % values))
    monkeypatch.setattr(numbering, "_log", log)
    document = nodes.section("", nodes.paragraph("", "", Reference(kind="figure", name="sped", settings="", words="")))
    numbering.refer(SimpleNamespace(env=ENV), document, "notebooks/03_c")
    assert said[0].startswith("there is no one figure called 'sped'. There are")
    assert "01_a: cost, speed" in said[0]
    assert document.astext() == "sped"


@pytest.mark.parametrize(("page", "title"), [("notebooks/04_x", "Chapter 4. Heads"), ("book/api", "Heads")])
def test_a_chapters_title_has_its_number(page, title):
    context = {"title": "4. Heads" if "04" in page else "Heads",
               "body": '<h1><span class="section-number">4. </span>Heads</h1>',
               "next": {"link": "../notebooks/05_y.html", "title": "5. Inside"}}
    numbering.name_chapters(None, page, "", context, None)
    assert context["title"] == title
    assert ('<span class="chapter-number">Chapter 4</span> Heads' in context["body"]) == ("04" in page)
    assert context["next"]["title"] == "Chapter 5. Inside"


def test_chapters_are_numbered_as_the_table_of_contents_has_them():
    import website

    chapters = [page for page in website.pages() if page.parent.name == "notebooks"]
    assert [numbering.chapter_of(f"notebooks/{page.stem}") for page in chapters] == [*range(1, len(chapters) + 1)]


def test_a_page_says_how_long_another_chapter_takes(monkeypatch):
    said = []
    log = SimpleNamespace(warning=lambda words, *values, **_: said.append(words % values))
    monkeypatch.setattr(numbering, "_log", log)
    page = nodes.section("", numbering.Minutes(page="04_sharing_heads"), numbering.Minutes(page="99_none"))
    env = SimpleNamespace(reading={"notebooks/04_sharing_heads": (4400, 8, 6)})
    numbering.tell_minutes(SimpleNamespace(env=env), page, "book/index")
    assert [node.astext() for node in page.children] == ["40 minutes", "99_none"]
    assert said == ["there is no chapter '99_none'. There are 04_sharing_heads"]
