"""What the search knows of a page: its sections in words, its figures, its functions; no TeX and no code."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import search_index
from docutils import nodes
from docutils.utils import new_document


@pytest.fixture
def document():
    made = new_document("x")
    inner = nodes.section("", nodes.title("", "Why eight"), nodes.paragraph("", "Heads are cut."), ids=["why-eight"])
    raw = nodes.raw("", '<figure class="explorer" id="explorer-a" data-explorer="a"><p class="ex-title">Figure 4.1. A '
                        '<b>title</b></p><p class="ex-watch">Drag.</p></figure>', format="html")
    words = nodes.paragraph("", "", nodes.Text("The cache "), nodes.math("", r"\frac{a}{b}"), nodes.Text(", in bytes."))
    made += nodes.section("", nodes.title("", "Sharing heads"), words, nodes.literal_block("", "code = 1"), inner, raw,
                          ids=["sharing-heads"])
    return made


def test_each_section_and_figure_is_an_entry(document):
    assert search_index.entries_of(document) == [
        ("", "Sharing heads", "The cache, in bytes."), ("why-eight", "Why eight", "Heads are cut."),
        ("explorer-a", "Figure 4.1. A title", "Drag.")]


def test_chapters_weigh_more_than_appendices(tmp_path, document):
    names = ("notebooks/04_heads", "book/api", "book/cite")
    env = SimpleNamespace(spoken={name: search_index.entries_of(document) for name in names},
                          collect_relations=lambda: dict.fromkeys((*names, "book/silent")),
                          titles={name: nodes.title("", "Sharing heads") for name in names})
    search_index.write(SimpleNamespace(env=env), tmp_path)
    text = (tmp_path / "search-index.js").read_text()
    assert '["notebooks/04_heads.html","Chapter 4. Sharing heads",2.0]' in text
    assert '["book/api.html","Sharing heads",0.15]' in text
    assert text.count("Heads are cut.") == 3
