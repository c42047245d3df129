"""Every page in a real browser: no error and no foreign request, from a server and from disk, on a phone too."""

from __future__ import annotations

import pytest
from book_site import page_names

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("from_disk", [False, True], ids=["served", "from disk"])
@pytest.mark.parametrize("name", page_names())
def test_a_page_loads_without_trouble(visit, name, from_disk):
    page = visit(name, from_disk)
    assert page.locator("h1:visible").count() == 1
    assert page.troubles == []


@pytest.mark.parametrize("name", page_names())
def test_a_page_fits_a_phone(visit, name):
    page = visit(name, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("from_disk", [False, True], ids=["served", "from disk"])
def test_the_search_finds_a_chapter(visit, from_disk):
    page = visit("search.html?q=cache", from_disk)
    page.wait_for_selector("#search-results li a")
    assert "KV cache" in page.locator("#search-results").inner_text()
    assert page.troubles == []


def test_mathematics_is_typeset(visit):
    page = visit("notebooks/03_the_kv_cache.html", from_disk=True)
    page.wait_for_selector("mjx-container svg", state="attached")
    assert page.troubles == []


def test_the_theme_follows_the_button(visit):
    page = visit("book/index.html", color_scheme="light")
    assert page.locator("html").get_attribute("data-theme") == "light"
    for _ in range(3):
        page.locator("button.theme-switch-button:visible").first.click()
    seen = page.evaluate("localStorage.getItem('mode')")
    assert seen in {"light", "dark", "auto"}
    assert page.troubles == []


def test_the_front_page_has_a_live_slider_above_the_fold(visit):
    page = visit("book/index.html", viewport={"width": 1280, "height": 900})
    box = page.locator("input[type=range]").first.bounding_box(timeout=30_000)
    assert box is not None
    assert box["y"] + box["height"] < 900
