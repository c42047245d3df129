"""A chapter's page as slides: every figure, table, claim and exercise is on the wall, and the paragraphs are notes."""

from __future__ import annotations

import json

import pytest
import slides
from bs4 import BeautifulSoup

PAGE = """<article><section id="t">
<h1><span class="chapter-number">Chapter 3</span> Title<a class="headerlink" href="#t">#</a></h1>
<p>Opening.</p><blockquote><p>A claim.</p></blockquote>
<section id="a"><h2>First</h2><p>Said <a href="04.html">there</a>.</p>
<div class="cell"><details class="hide"><pre>code</pre></details><div class="cell_output">
<figure class="explorer" id="explorer-x">
<script type="application/json" class="ex-spec">{"a": 1}</script></figure></div></div>
<p>After.</p><div class="math"><math></math></div>
<section id="b"><h3>Inner</h3><div class="pst-scrollable-table-container"><table></table></div></section></section>
<section id="c"><h2>Second</h2><section class="exercise">Q</section>
<div class="admonition tip"><p>Take</p></div></section>
</section></article>"""


def test_a_deck():
    title, deck = slides.deck_of(PAGE)
    assert title.split() == ["Chapter", "3", "Title"]
    walls = [[BeautifulSoup("".join(shown), "html.parser") for shown, _ in column] for column in deck.columns]
    assert [[wall.find().name for wall in column] for column in walls] == [
        ["h1", "blockquote"], ["h2", "figure", "div", "div"], ["h2", "div", "div"]]
    assert json.loads(walls[1][1].find("script").string) == {"a": 1}
    html = deck.html()
    sections = BeautifulSoup(html, "html.parser").select("section")  # each of them is a slide, or a column of slides
    assert len(sections) == len(walls) + sum(map(len, walls))
    assert "code" not in html
    assert "href" not in html
    notes = [note.get_text() for note in BeautifulSoup(html, "html.parser").select("aside.notes")]
    assert notes == ["Opening.", "Said there.", "After.", "Inner"]


@pytest.mark.parametrize("html", ["", "<p>No chapter", "<article><section><p>No title</p></section></article>"])
def test_a_page_without_a_chapter(html):
    with pytest.raises(ValueError, match="no chapter"):
        slides.deck_of(html)


def test_which_chapter(tmp_path):
    with pytest.raises(ValueError, match="make site"):
        slides.chapter_page(1, tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_one.html").write_text("")
    assert slides.chapter_page(1, tmp_path).name == "01_one.html"
    with pytest.raises(ValueError, match="no chapter 15"):
        slides.chapter_page(15, tmp_path)


def test_a_long_table_takes_several_slides():
    """Every row is on one of them, each has the head, and no name stands twice."""
    rows = "".join(f"<tr><td>{number}</td><td>{'word ' * 60}</td></tr>" for number in range(20))
    head = "<caption>C</caption><thead><tr><th>h</th><th>i</th></tr></thead>"
    table = (f'<div id="a" class="pst-scrollable-table-container"><table id="b">{head}<tbody>{rows}</tbody></table>'
             "</div>")
    page = f"<article><section><h1>Title</h1><section><h2>One</h2>{table}</section></section></article>"
    _, deck = slides.deck_of(page)
    walls = [BeautifulSoup("".join(shown), "html.parser") for shown, _ in deck.columns[1]][1:]
    assert len(walls) > 3
    assert [int(row.td.get_text()) for wall in walls for row in wall.tbody.select("tr")] == list(range(20))
    assert all(wall.caption and wall.thead for wall in walls)
    assert [tag["id"] for wall in walls for tag in wall.find_all(id=True)] == ["a", "b"]
    short = BeautifulSoup(table.replace("word ", ""), "html.parser")
    short.tbody.replace_with(BeautifulSoup("<tbody><tr><td>1</td><td>2</td></tr></tbody>", "html.parser"))
    assert slides.walls(short.div) == [short.div]
