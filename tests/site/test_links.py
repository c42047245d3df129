"""Every link on every page leads somewhere, and nothing on a page comes from another host."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from book_site import page_names

# What a browser fetches by itself, as against what a reader may follow.
FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("source", "src"), ("iframe", "src"), ("video", "src")}


class Page(HTMLParser):
    """The ids, the links and the fetched addresses of a page."""

    def __init__(self, path: Path):
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif (tag, name) in FETCHED:
                self.fetched.append(value)
            elif name == "href":
                self.links.append(value)


@pytest.fixture(scope="module")
def parsed(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def _target(page: Path, address: str) -> tuple[Path, str]:
    parts = urlsplit(address)
    # after a question mark come an explorer's settings
    anchor = unquote(parts.fragment).partition("?")[0]
    return ((page.parent / unquote(parts.path)).resolve() if parts.path else page), anchor


@pytest.mark.parametrize("name", page_names())
def test_links_and_anchors_exist(site, parsed, name):
    page, dead = site / name, []
    for address in parsed[page].links:
        if urlsplit(address).scheme in {"http", "https", "mailto"}:
            continue
        path, anchor = _target(page, address)
        if not path.is_file() or (anchor and path in parsed and anchor not in parsed[path].ids):
            dead.append(address)
    assert dead == []


@pytest.mark.parametrize("name", page_names())
def test_pages_fetch_from_their_own_site_only(site, parsed, name):
    page = site / name
    missing = [address for address in parsed[page].fetched
               if urlsplit(address).scheme or address.startswith("//") or not _target(page, address)[0].is_file()]
    assert missing == []


@pytest.mark.parametrize("name", page_names())
def test_ids_are_unique(site, parsed, name):
    ids = parsed[site / name].ids
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


@pytest.mark.parametrize("name", page_names())
def test_links_that_leave_are_encrypted(site, parsed, name):
    assert [address for address in parsed[site / name].links if address.startswith("http:")] == []


def test_styles_fetch_from_their_own_site_only(site):
    foreign = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")
    assert [path.name for path in site.rglob("*.css") if foreign.search(path.read_text(encoding="utf-8"))] == []


def test_the_parser_sees_a_dead_link(tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<a id="top" href="missing.html#x"></a><script src="//elsewhere/x.js"></script>')
    page = Page(path)
    assert (page.ids, page.links, page.fetched) == (["top"], ["missing.html#x"], ["//elsewhere/x.js"])
    assert not _target(path, page.links[0])[0].exists()
