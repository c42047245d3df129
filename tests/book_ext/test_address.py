"""Links that start a notebook, cards and the map of the site: there where an address is set, in the right form."""

from __future__ import annotations

import re
from types import SimpleNamespace

import address
import pytest
from address import Addresses

NOTEBOOK = "notebooks/04_sharing_heads.ipynb"


def _config(**settings) -> SimpleNamespace:
    theme = {"repository_url": settings.get("url", ""), "repository_branch": settings.get("branch", ""),
             "launch_buttons": {"jupyterhub_url": settings.get("hub", "")}}
    return SimpleNamespace(html_theme_options=theme, html_baseurl=settings.get("site", ""))


def test_without_addresses_nothing_appears(tmp_path):
    at = address.addresses(_config())
    assert address.launches(at, NOTEBOOK) == []
    assert address.cards(at, "book/index.html", "T", "D") == ""
    address.write_map(at, tmp_path, ["a.html"])
    assert list(tmp_path.iterdir()) == []


def test_a_repository_on_github_can_be_run_in_three_places():
    at = address.addresses(_config(url="https://github.com/owner/the-book.git", branch="main", hub="https://hub.example.org/"))
    assert address.launches(at, NOTEBOOK) == [
        ("Run on Binder", "https://mybinder.org/v2/gh/owner/the-book/main"
                          "?urlpath=lab%2Ftree%2Fnotebooks%2F04_sharing_heads.ipynb"),
        ("Open in Colab", "https://colab.research.google.com/github/owner/the-book/blob/main/"
                          "notebooks/04_sharing_heads.ipynb"),
        ("Open on the hub", "https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fowner%2F"
                            "the-book&branch=main&urlpath=lab%2Ftree%2Fthe-book%2Fnotebooks%2F04_sharing_heads.ipynb")]
    assert at.issues == "https://github.com/owner/the-book/issues/new"


def test_colab_names_a_branch_as_github_does():
    """Colab's links are GitHub's own behind another host; Binder takes a branch as one part of its address."""
    at = address.addresses(_config(url="https://github.com/owner/book", branch="v1/x"))
    binder, colab = (link for _, link in address.launches(at, NOTEBOOK))
    assert colab == f"https://colab.research.google.com/github/owner/book/blob/v1/x/{NOTEBOOK}"
    assert binder.startswith("https://mybinder.org/v2/gh/owner/book/v1%2Fx?urlpath=lab%2Ftree%2F")


def test_a_group_on_gitlab_is_one_part_of_binders_address():
    at = address.addresses(_config(url="https://gitlab.com/group/sub/book", branch="v1/x"))
    assert address.launches(at, NOTEBOOK)[0][1].startswith("https://mybinder.org/v2/gl/group%2Fsub%2Fbook/v1%2Fx?")


@pytest.mark.parametrize("settings", [{"url": "http://github.com/a/b"}, {"url": "https://github.com/a"},
                                      {"site": "book.example.org"}, {"hub": "ftp://x"}])
def test_an_address_of_another_form_is_refused(settings):
    with pytest.raises(ValueError, match="must be"):
        address.addresses(_config(**settings))


def test_the_map_and_the_cards_name_pages_by_their_address(tmp_path):
    at = Addresses(site="https://example.org/book")
    address.write_map(at, tmp_path, ["b.html", "a/x.html"])
    locations = re.findall("<loc>(.*?)</loc>", (tmp_path / "sitemap.xml").read_text())
    assert locations == ["https://example.org/book/a/x.html", "https://example.org/book/b.html"]
    assert "Sitemap: https://example.org/book/sitemap.xml" in (tmp_path / "robots.txt").read_text()
    head = address.cards(at, "a/x.html", 'A "title"', "About")
    assert '<link rel="canonical" href="https://example.org/book/a/x.html">' in head
    assert '<meta property="og:title" content="A &quot;title&quot;">' in head
