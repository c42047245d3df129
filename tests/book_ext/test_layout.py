"""The book's own page: its rail, its one sheet, and no file that nothing asks for."""

from __future__ import annotations

import layout

TREE = ('<p aria-level="2" class="caption" role="heading"><span class="caption-text">Chapters</span></p>\n'
        '<ul class="current">\n<li class="toctree-l1"><a class="reference internal" href="01_a.html">1. The <em>a</em>'
        '</a></li>\n<li class="toctree-l1 current"><a class="current reference internal" href="#">2. The b</a></li>\n'
        '</ul>\n<ul>\n<li class="toctree-l1"><a class="reference internal" href="../book/c.html">The c</a></li>\n</ul>')


def test_the_rail_numbers_chapters_and_shows_the_sections_of_the_present_one():
    rail = layout.navigation(TREE, [("one", "One & all")])
    assert '<li><a href="01_a.html"><span class="rail-n">1</span><span>The <em>a</em></span></a></li>' in rail
    assert ('<a href="#" aria-current="page"><span class="rail-n">2</span><span>The b</span></a>'
            '<ul class="rail-sections"><li><a href="#one">One &amp; all</a></li></ul>') in rail
    assert '<li><a href="../book/c.html"><span>The c</span></a></li>' in rail
    assert '<p class="caption">Chapters</p>' in rail


def test_files_that_nothing_names_go(tmp_path):
    static = tmp_path / "_static"
    (static / "fonts").mkdir(parents=True)
    (static / "locales" / "de").mkdir(parents=True)
    for name in ("site.css", "book.js", "fonts/a.woff2", "fonts/b.woff2", "fonts/LICENSE", "theme.js", "favicon.svg",
                 "locales/de/x.po"):
        (static / name).write_text("url(fonts/a.woff2)" if name == "site.css" else "")
    layout.drop_unused(tmp_path, ['<link href="_static/site.css"><script src="_static/book.js"></script>'])
    assert sorted(path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file()) == [
        "book.js", "favicon.svg", "fonts/LICENSE", "fonts/a.woff2", "site.css"]
    assert not (static / "locales").exists()


def test_styles_are_joined_in_order(tmp_path):
    (tmp_path / "book.css").write_text("b{}")
    (tmp_path / "pygments.css").write_text("a{}")
    layout.join_styles(tmp_path)
    assert (tmp_path / "site.css").read_text() == "a{}\nb{}"


def test_code_keeps_colours_and_loses_what_has_none():
    import publish

    html = ('<pre><span></span><span class="k">if</span><span class="w"> </span><span class="n">x</span>'
            '<span class="p">:</span></pre>')
    assert publish.mend(html) == '<pre><span class="k">if</span> x:</pre>'
    assert publish.mend('<summary aria-label="Toggle hidden content"><p>Show</p>') == "<summary><p>Show</p>"


def test_what_the_rail_says_is_not_taken_for_code():
    import publish

    rail = layout.navigation(TREE, [("one", "One & all")])
    assert publish.mend(rail) == rail
