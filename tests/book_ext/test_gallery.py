"""The gallery finds each explorer in the pages' HTML, and writes Markdown that means what it says."""

from __future__ import annotations

from html import escape
from types import SimpleNamespace

import gallery
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from inference_economics import Axis, Band, Choice, Figure, Line, Point, Readout, Slider, explore


def _curve(batch, chip):
    xs = np.array([1.0, 2.0, 4.0])
    ys = xs * batch * chip
    return Figure(Axis("a", (0, 5)), Axis("b", (0, 1000)), [Line(xs, ys, "curve"), Line(xs, xs, "other"),
                  Point(2, batch, "here"), Band(xs, xs, ys, "between")], [Readout("b", batch * chip)])


@pytest.fixture(scope="module")
def made():
    return explore(_curve, title="Cost | $ of <b> & `x`", watch="Drag.", name="curve",
                   batch=Slider(1, 100, value=8, label="Users_at_once"),
                   chip=Choice({"one": 1, "two": 2}, label="Chip; or *two*"))


def test_an_explorer_is_read_from_its_html(made):
    html = f"<p>before</p>{made.html()}<hr>{made.html('explorer-curve-2')}<figure class='other'></figure>"
    shown = gallery.explorers_in(html)
    assert [each.id for each in shown] == ["explorer-curve", "explorer-curve-2"]
    assert shown[0][1:] == ("Cost | $ of <b> & `x`", ("band", "line", "point"), ("Users_at_once", "Chip; or *two*"))


def test_a_page_without_explorers_shows_none():
    assert gallery.explorers_in('<figure id="explorer-x"><script type="application/json">{}</script></figure>') == []


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["C", "Z"]), min_size=1))
def test_words_stay_words_in_markdown(words):
    html = MarkdownIt("commonmark").enable("table").render(f"| head |\n| --- |\n| {gallery.plain(words)} |\n")
    assert f"<td>{escape(words, quote=False)}</td>".replace('"', "&quot;") in html.replace('"', "&quot;")


def test_each_page_has_a_section_with_a_card_for_each_figure(made):
    shown = gallery.explorers_in(made.html())
    text = gallery.markdown({"book/index.md": ("Front $ page", shown), "notebooks/Two.ipynb": ("Two", shown * 2)})
    assert "3 figures on 2 pages." in text
    assert "| point | One or more dots. | 3 |" in text
    assert "## [Front \\$ page](/book/index.md)" in text
    assert text.count("{ref}`book/index:explorer-curve`") == 1
    assert text.count("{ref}`notebooks/two:explorer-curve`") == 2
    assert text.count("\n\n  band, line, point\n\n  Users\\_at\\_once\\; Chip\\; or \\*two\\*\n") == 3


@pytest.mark.parametrize(("count", "last"), [
    (0, []), (8, ["7"]), (9, ["8"]), (10, ["and 2 more"]), (90, ["and 82 more"])])
def test_of_many_controls_the_first_are_named(count, last):
    named = gallery.first_of(tuple(map(str, range(count))))
    assert named[:-1] == [str(k) for k in range(len(named) - 1)]
    assert named[-1:] == last
    assert len(named) <= 9


def test_the_gallery_is_read_last_and_whenever_another_page_changes():
    names = ["book/api", gallery.PAGE, "notebooks/01", "index"]
    gallery.read_last(None, None, names)
    assert names == ["book/api", "notebooks/01", "index", gallery.PAGE]
    env = SimpleNamespace(found_docs={gallery.PAGE, "notebooks/01"}, explorers={"notebooks/01": [1], "x": [2]})
    assert gallery.outdate(None, env, set(), {"notebooks/01"}, set()) == [gallery.PAGE]
    assert gallery.outdate(None, env, set(), set(), set()) == []
    gallery.forget(None, env, "notebooks/01")
    assert env.explorers == {"x": [2]}
