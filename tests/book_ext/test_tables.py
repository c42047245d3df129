"""Tables tell the page's style which cells hold sentences and which tables reach into the margin."""

from __future__ import annotations

import re

import pytest
import tables
from book_site import ROOT

LONG = "A sentence that is longer than any name, unit or number of this book would be."


def test_a_cell_of_running_text_is_marked_and_a_name_is_not():
    html = (f'<table><tr><th>{LONG}</th><th>a short one</th><td>{LONG}</td><td class="text-right">{LONG}</td>'
            "<td>by hand</td></tr></table>")
    assert re.findall(r"<t[hd][^>]*>", tables.mark(html)) == [
        '<th class="sentence">', "<th>", '<td class="sentence">', '<td class="sentence text-right">', "<td>"]


@pytest.mark.parametrize("text", ["2026-10", "2026-10-05", "80.0 GB", "$4.02", "1,234", "8.9×", "−24.7%", "26 tok/s"])
def test_a_number_or_a_date_stays_whole(text):
    assert tables.mark(f"<table><tr><td><p>{text}</p></td></tr></table>").count('<td class="whole">') == 1
    assert tables.mark(f'<table><tr><th scope="row">{text}</th></tr></table>').count('class="whole"') == 1


@pytest.mark.parametrize("text", ["by hand", "8 of 128 heads", "$230,000 to $375,000", "H100", ""])
def test_other_words_may_break(text):
    assert "whole" not in tables.mark(f"<table><tr><td>{text}</td></tr></table>")


def test_an_address_may_be_broken_as_a_sentence_is():
    assert '<td class="sentence">' in tables.mark("<table><tr><td>github.com/a-long/name-of-it</td></tr></table>")
    assert "sentence" not in tables.mark("<table><tr><td>second derivation</td></tr></table>")


def test_tags_and_entities_are_no_letters():
    words = "<p>" + "<em>a</em> &amp; " * 10 + "</p>"
    assert tables.letters(words) == 39
    assert "sentence" not in tables.mark(f"<table><tr><td>{words}</td></tr></table>")


def test_a_wide_table_is_marked_and_a_narrow_one_is_not():
    def row(cell: str, count: int) -> str:
        return f'<table class="table"><tr>{f"<td>{cell}</td>" * count}</tr></table>'

    assert 'class="wide table"' in tables.mark(row("12.5 GB", 12))
    assert "wide" not in tables.mark(row("12.5 GB", 4))
    assert 'class="wide table"' in tables.mark(row(LONG, 2))


def test_a_page_without_tables_stays_as_it_is():
    assert tables.mark(f"<p>{LONG}</p>") == f"<p>{LONG}</p>"


def test_the_measure_is_that_of_the_style():
    style = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    assert f"--measure: {tables.MEASURE_REM}rem" in style
