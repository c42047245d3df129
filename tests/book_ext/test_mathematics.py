"""The book's formulas: set while it is built, or refused by the page and the formula."""

from __future__ import annotations

import json
import re
from pathlib import Path

import mathematics
import pytest
import yaml
from book_site import ROOT
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
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


def _formulas(words: str) -> list[str]:
    """Return the TeX that the book's own settings find in a piece of Markdown."""
    config = yaml.safe_load((ROOT / "book" / "_config.yml").read_text(encoding="utf-8"))
    settings = config["sphinx"]["config"]
    parser = create_md_parser(MdParserConfig(
        enable_extensions=set(config["parse"]["myst_enable_extensions"]),
        dmath_allow_space=settings["myst_dmath_allow_space"], dmath_allow_digits=settings["myst_dmath_allow_digits"]),
        RendererHTML)
    tokens = [token for outer in parser.parse(words) for token in [outer, *(outer.children or [])]]
    return [token.content for token in tokens if token.type.startswith("math")]


def _markdown(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


SOURCES = sorted([*(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")])


def test_money_is_no_formula():
    assert _formulas("It was $3 and $15 a million, not $2.84, $10.97; a fleet pays ($1T a year, $1M a day).") == []
    assert _formulas("where $F$ is a width and $4h$ another, at $0.1 \\ln s + 1$") == ["F", "4h", "0.1 \\ln s + 1"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_formula_of_the_book_holds_a_sentence(path):
    named = re.compile(r"\\(text|mathrm|operatorname)\{[^}]*\}|\\[a-z]+")
    spoken = re.compile(r"[a-z]{3,},? +[a-z]{2,}")
    assert [tex for tex in _formulas(_markdown(path)) if spoken.search(named.sub(" ", tex))] == []
