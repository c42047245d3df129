"""A page's head: light, in order, and for this page alone."""

from __future__ import annotations

import re

import head

THEME = '<script data-cfasync="false">document.documentElement.dataset.theme = "auto";</script>'
PAGE = f"""<!DOCTYPE html>
<html lang="en" data-theme="auto">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" /><meta name="viewport" content="width=1" />
    <title>T</title>
    {THEME}
    <script src="../_static/documentation_options.js?v=1"></script>
    <script src="../_static/doctools.js?v=1"></script>
    <script src="../_static/clipboard.min.js?v=1"></script>
    <script>let toggleHintShow = 'Click to show';</script>
    <script src="../_static/togglebutton.js?v=1"></script>
    <script data-sd="x" src="../_static/design-tabs.js?v=1"></script>
    <script>DOCUMENTATION_OPTIONS.pagename = 'notebooks/page';</script>
  <meta name="docsearch:language" content="en"/>
    <script src="../_static/searchtools.js"></script>
    <script src="../searchindex.js"></script>
  </head>
  <body>{{}}</body></html>"""


def scripts(html: str) -> list[str]:
    """Return the file names of a page's scripts, in their order."""
    return re.findall(r'<script[^>]*src="[^"]*?([\w.-]+\.js)', html)


def test_a_page_loads_only_what_it_has_a_use_for():
    assert scripts(head.lighten(PAGE.format(""), "../")) == ["documentation_options.js", "doctools.js"]
    full = PAGE.format('<div class="highlight"></div><div class="sd-tab-set"></div>'
                       '<div class="admonition note dropdown"></div>')
    assert scripts(head.lighten(full, "../")) == [
        "documentation_options.js", "doctools.js", "clipboard.min.js", "togglebutton.js", "design-tabs.js"]


def test_the_page_that_searches_keeps_everything():
    assert scripts(head.lighten(PAGE.format(""), "", search=True)) == scripts(PAGE)


def test_scripts_wait_for_the_page_except_the_one_whose_values_inline_lines_set():
    html = head.lighten(PAGE.format(""), "../")
    assert '<script defer src="../_static/doctools.js?v=1">' in html
    assert '<script src="../_static/documentation_options.js?v=1">' in html


def test_the_character_set_stands_within_what_a_browser_looks_at():
    html = head.lighten(PAGE.format(""), "../")
    assert html.index("<meta charset") < 200
    assert html.count("viewport") == html.count("charset") == 1
    assert "docsearch" not in html


def test_the_theme_is_known_before_anything_is_drawn():
    html = head.lighten(PAGE.format(""), "../")
    assert THEME not in html
    assert "prefers-color-scheme" in html
    assert "../_static/fonts/" in html


def test_the_description_is_the_first_paragraph_cut_at_a_word():
    words = "A model writes one <em>token</em> at a time &amp; looks back at every token before it. " * 4
    html = head.lighten(PAGE.format(f"<p>not this one, which lies outside of the article and is long</p>"
                                    f"<article><p>Short.</p><p>{words}</p></article>"), "../")
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', html)
    assert description.startswith("A model writes one token at a time &amp; looks back")
    assert description.endswith(" …")
    assert len(description) < 170


def test_figures_are_of_the_class_for_which_the_theme_makes_room():
    html = head.lighten(PAGE.format('<figure class="explorer" id="explorer-x"></figure>'), "../")
    assert '<figure class="explorer full-width" id="explorer-x">' in html


def test_a_page_without_a_head_is_left_as_it_is():
    assert head.lighten("<meta http-equiv=refresh>", "") == "<meta http-equiv=refresh>"
