"""What stands beside the text: redirects, the page for a lost reader, the app's files, the headers, the licences."""

from __future__ import annotations

import json
import re

import extras
import pytest
from book_site import page_names

PAGE = ('<html data-root=""><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src '
        "'self' {}; style-src 'self'\"></head></html>")


def test_an_old_address_leads_on_with_its_place(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "new.html").touch()
    extras.write_redirects(tmp_path, {"book/old.html": "book/new.html"})
    html = (tmp_path / "book" / "old.html").read_text()
    assert 'location.replace("../book/new.html" + location.search + location.hash)' in html
    assert '<a href="../book/new.html">' in html
    with pytest.raises(ValueError, match="is a page"):
        extras.write_redirects(tmp_path, {"book/new.html": "book/new.html"})
    with pytest.raises(ValueError, match="no page"):
        extras.write_redirects(tmp_path, {"x.html": "book/none.html"})


def test_every_redirect_leads_to_a_page_and_hides_none():
    for old, new in extras.redirects().items():
        assert new in page_names()
        assert old not in page_names()


@pytest.mark.parametrize(("base", "root"), [("", "/"), ("https://example.org/a/book", "/a/book/")])
def test_the_page_for_a_lost_reader_works_at_any_depth(base, root):
    html = ('<html data-root=""><a href="book/x.html"><a href="#main"><a href="https://e"><script src="_static/b.js">'
            "</script><script>`_static/fonts/${name}.woff2`</script>")
    assert extras.from_root(html, base) == (
        f'<html data-root="{root}"><a href="{root}book/x.html"><a href="#main"><a href="https://e">'
        f'<script src="{root}_static/b.js"></script><script>`{root}_static/fonts/${{name}}.woff2`</script>')


def test_the_worker_knows_the_sites_files_and_changes_with_them(tmp_path):
    (tmp_path / "a.html").write_text("one")
    extras.write_app(tmp_path)
    first = (tmp_path / "worker.js").read_text()
    assert '["a.html", "site.webmanifest"]' in first
    assert json.loads((tmp_path / "site.webmanifest").read_text())["start_url"] == "book/index.html"
    (tmp_path / "worker.js").unlink()
    (tmp_path / "a.html").write_text("two")
    extras.write_app(tmp_path)
    version = re.compile(r"book-\$\{(.*?)\}")
    assert version.search(first)[1] != version.search((tmp_path / "worker.js").read_text())[1]


def test_the_headers_hold_for_every_page(tmp_path):
    for name, digest in (("a.html", "'sha256-A='"), ("b.html", "'sha256-B='")):
        (tmp_path / name).write_text(PAGE.format(digest))
    extras.write_headers(tmp_path)
    (policy,) = re.findall("Content-Security-Policy: (.*)", (tmp_path / "_headers").read_text())
    assert policy == ("default-src 'none'; script-src 'self' 'sha256-A=' 'sha256-B='; style-src 'self'; "
                      "frame-ancestors 'self'")


def test_the_licences_are_there_in_full():
    words = extras.licences()
    assert words.count("{dropdown}") == 4
    assert words.count("Permission is hereby granted") >= 2
    assert "SIL OPEN FONT LICENSE" in words
