"""Every figure, table of data and exercise of a built chapter is on one of its slides."""

from __future__ import annotations

import slides
from bs4 import BeautifulSoup


def test_every_figure_of_a_built_chapter_is_on_a_slide(site):
    for page in sorted((site / "notebooks").glob("*.html")):
        html = page.read_text(encoding="utf-8")
        _, deck = slides.deck_of(html)
        made = deck.html()
        for figure in BeautifulSoup(html, "html.parser").select("article figure.explorer"):
            assert f'id="{figure["id"]}"' in made, (page.name, figure["id"])
        assert made.count("ex-spec") == html.count("ex-spec")
        assert made.count('class="exercise"') == html.count('class="exercise"')
