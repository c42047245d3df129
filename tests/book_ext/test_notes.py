"""Notes beside the text: sources and terms, each where it is first met and nowhere that it would disturb."""

from __future__ import annotations

import json
import re

import notes

REFERENCES = ('<div role="list"><div class="citation" id="id5" role="listitem">\n<span class="label">[1]</span>\n'
              "<p>A. Author. <em>A title</em>, 2024.</p>\n</div></div>")
GLOSSARY = ('<section id="words"><dl><dt>KV cache</dt><dd><p>The keys and values\nof all tokens.</p></dd>'
            '<dt id="term-ttft">TTFT and TPOT</dt><dd><p>Time to first token.</p></dd></dl></section>')
CITE = '<a class="reference internal" href="../book/references.html#id5">Author, 2024</a>'
SOURCES, TERMS = notes.references(REFERENCES), notes.glossary(GLOSSARY)


def page(*parts: str) -> str:
    return f"<html><article>{''.join(parts)}</article></html>"


def annotated(*parts: str) -> tuple[str, dict[str, str]]:
    html = notes.annotate("notebooks/01_x.html", page(*parts), SOURCES, TERMS)
    data = re.search(r'id="book-notes">(.*?)</script>', html)
    return html, json.loads(data[1]) if data else {}


def test_sources_and_terms_are_read_from_their_pages():
    assert SOURCES == {"id5": "A. Author. <em>A title</em>, 2024."}
    assert TERMS["KV cache"] == ("words", "<strong>KV cache</strong>: The keys and values of all tokens.")
    assert TERMS["TPOT"][0] == TERMS["TTFT"][0] == "term-ttft"


def test_a_citation_has_a_note_and_stands_in_the_margin_once():
    html, told = annotated(f"<p>First [{CITE}].</p>", f"<p>Again [{CITE}].</p>")
    assert html.count("<aside") == 1
    assert html.index("<aside") < html.index("First")
    assert html.count('data-note="ref-id5"') == 2
    assert told == {"ref-id5": SOURCES["id5"]}


def test_a_term_is_marked_the_first_time():
    html, told = annotated("<p>The KV cached kv cache, the KV cache and the KV cache; <code>TTFT</code>.</p>")
    assert html.count("data-note") == 1
    assert '<a class="term" data-note="term-kv-cache" href="../book/notation.html#words">KV cache</a>' in html
    assert set(told) == {"term-kv-cache"}


def test_an_acronym_is_met_in_its_own_letters_only():
    assert annotated("<p>ttft</p>")[1] == {}
    assert set(annotated("<p>TTFT</p>")[1]) == {"term-ttft"}


def test_boxes_figures_tables_links_and_headings_are_left_alone():
    words = "<p>KV cache</p>"
    html, told = annotated(f'<figure class="explorer">{words}</figure>', f"<table><tr><td>{words}</td></tr></table>",
                           f"<blockquote>{words}</blockquote>", "<h2>KV cache</h2>", '<p><a href="x">KV cache</a></p>',
                           f'<section class="exercise" id="e">{words}</section>')
    assert told == {}
    assert html == page(f'<figure class="explorer">{words}</figure>', f"<table><tr><td>{words}</td></tr></table>",
                        f"<blockquote>{words}</blockquote>", "<h2>KV cache</h2>", '<p><a href="x">KV cache</a></p>',
                        f'<section class="exercise" id="e">{words}</section>')


def test_a_page_outside_of_the_chapters_gets_notes_on_its_citations_alone():
    html = notes.annotate("book/x.html", page(f"<p>KV cache [{CITE}]</p>"), SOURCES, TERMS)
    assert "<aside" not in html
    assert "data-note=\"ref-id5\"" in html
    assert "term-kv" not in html


def test_no_note_can_close_its_script():
    html, told = annotated(f"<p>[{CITE}]</p>")
    assert "</em>" not in html[html.index("book-notes"):]
    assert "<em>" in told["ref-id5"]
