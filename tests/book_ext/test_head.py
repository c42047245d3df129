"""A page's head: what the page is about, and colours and fonts from the start."""

from __future__ import annotations

import re

import head

PAGE = '<!DOCTYPE html>\n<html lang="en"><head>\n<meta charset="utf-8">\n<!-- head -->\n</head>\n<body>{}</body></html>'
OPENING = ('<article><h1>T</h1><div class="chapter-opening admonition"><p class="admonition-title">In this chapter</p>'
           "<p>What does a user who reads a long text cost?</p></div><p>Another paragraph, a long one.</p></article>")


def description(html: str) -> list[str]:
    return re.findall(r'<meta name="description" content="([^"]*)">', html)


def test_the_description_is_the_question_of_a_chapter():
    assert description(head.fill(PAGE.format(OPENING), "../")) == ["What does a user who reads a long text cost?"]


def test_the_description_is_else_the_first_paragraph_cut_at_a_word():
    words = "A model writes one <em>token</em> at a time &amp; looks back at every token before it, and " * 4
    html = head.fill(PAGE.format(f"<p>not this one, which lies outside of the article and is long</p>"
                                 f"<article><p>Short.</p><p>{words}</p></article>"), "../")
    (found,) = description(html)
    assert found.startswith("A model writes one token at a time &amp; looks back")
    assert found.endswith(" …")
    assert len(found) < 170


def test_the_description_leaves_out_the_label_of_the_question():
    labelled = OPENING.replace("<p>What does", "<p><strong>The question.</strong> What does")
    assert description(head.fill(PAGE.format(labelled), "../")) == ["What does a user who reads a long text cost?"]


def test_the_description_ends_with_a_sentence_where_one_fits():
    words = "Most workshops of this kind need no server at all. The figures run in each browser. " + "More of it. " * 20
    (found,) = description(head.fill(PAGE.format(f"<article><p>{words}</p></article>"), ""))
    assert found.startswith("Most workshops")
    assert found.endswith(".")


def test_a_chapter_is_described_by_the_question_of_its_card():
    card = ('<div class="sd-card chapter-card docutils"><div class="sd-card-title">{0}. T</div>'
            '<p class="sd-card-text">{1}</p><p class="sd-card-text"><strong>Less than half.</strong></p>'
            '<a class="sd-stretched-link sd-hide-link-text" href="../notebooks/{0}.html"></a></div>')
    both = card.format("01", "How much?") + card.format("02", "Which &amp; when?")
    assert head.questions(f'<div class="chapter-cards">{both}</div>') == {
        "notebooks/01.html": "How much?", "notebooks/02.html": "Which & when?"}
    assert head.questions("") == {}
    assert description(head.fill(PAGE.format(OPENING), "../", words="How much?")) == ["How much?"]


def test_the_theme_is_known_before_anything_is_drawn():
    html = head.fill(PAGE.format(""), "../")
    assert "prefers-color-scheme" in html
    assert "../_static/fonts/" in html
    assert html.index("<meta charset") < 200
    assert description(html) == []


def test_a_page_is_filled_once():
    once = head.fill(PAGE.format(OPENING), "")
    assert head.fill(once, "") == once
