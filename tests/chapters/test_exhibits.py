"""Tables and addresses that chapters show."""

from __future__ import annotations

import pytest

from inference_economics import Table
from inference_economics.chapters.exhibits import explorer_address


def test_a_pair_is_a_link_on_the_page_and_its_words_in_text():
    linked = ("Cache & context", "03.html#explorer-x?batch=1&n=2")
    table = Table(["claim", "see"], [("C8", linked), ("C9", "nowhere")], "T")
    assert '<td><a href="03.html#explorer-x?batch=1&amp;n=2">Cache &amp; context</a></td>' in table._repr_html_()
    assert "<td>nowhere</td>" in table._repr_html_()
    assert repr(table) == "T\nclaim  see\n-----  ---------------\nC8     Cache & context\nC9     nowhere"


def test_a_table_without_links_is_as_it_was():
    html = Table(["a", "b"], [("<x>", 3)], "")._repr_html_()
    assert '<th scope="row">&lt;x&gt;</th><td style="text-align: right">3</td>' in html
    assert "<a " not in html


@pytest.mark.parametrize("cell", [("words",), ("words", 3), ("words", "address", "more")])
def test_a_cell_that_is_no_pair_is_refused(cell):
    with pytest.raises(ValueError, match="neither text nor a pair of texts"):
        Table(["a"], [(cell,)])


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"the row \['1', '2'\] has 2 cells, but there are 1 columns"):
        Table(["a"], [(1, ("2", "x.html"))])


def test_an_address_carries_settings():
    assert explorer_address("03_x", "cache-against-context") == "03_x.html#explorer-cache-against-context"
    assert explorer_address("04_x", "turn", market="API, one & same", users=1).endswith(
        "#explorer-turn?market=API%2C+one+%26+same&users=1")


def test_addresses_refuse_what_they_cannot_hold():
    with pytest.raises(ValueError, match=r"page='a/b.html' must be the name of a chapter's file"):
        explorer_address("a/b.html", "x")
    with pytest.raises(ValueError, match="name='turn_heads' must be lower-case"):
        explorer_address("a", "turn_heads")
