"""The book's formulas: set while it is built, or refused by the page and the formula."""

from __future__ import annotations

import mathematics
import pytest
from sphinx.errors import ExtensionError


def test_a_formula_becomes_mathml_in_a_line_and_alone():
    inline, alone = ((r"\frac{W}{\beta}", display) for display in (False, True))
    done = mathematics.render([inline, alone])
    assert "<mfrac>" in done[inline]
    assert 'display="block"' in done[alone]
    assert 'display="block"' not in done[inline]


def test_aligned_rows_and_words_are_understood():
    rows = r"\begin{aligned} a &= \text{bytes} \\ b &= \left\lfloor x \right\rfloor \end{aligned}"
    (math,) = mathematics.render([(rows, True)]).values()
    assert math.count("<mtr>") == 2
    assert "bytes" in math


@pytest.mark.parametrize("tex", [r"\frac{1}", r"\unheard{x}", "{", r"\begin{aligned} a"])
def test_what_cannot_be_read_is_refused_with_page_and_formula(tex):
    with pytest.raises(ExtensionError, match="chapter") as refused:
        mathematics.render([(tex, False)], "chapter")
    assert repr(tex) in str(refused.value)


def test_markup_in_a_formula_stays_text():
    (math,) = mathematics.render([(r"\text{<script>alert(1)</script>}", False)]).values()
    assert "<script>" not in math


def test_an_exercise_shows_its_formulas_and_other_html_is_left_alone():
    context = {"body": r'<p class="has-tex">Share \(a &lt; b\), then <code>\(c\)</code>.</p><p>\(d\)</p>'}
    mathematics.render_outputs(None, "chapter", "page.html", context, None)
    assert context["body"].count("<math") == 2
    assert r"<p>\(d\)</p>" in context["body"]
    assert "&lt;" in context["body"]
