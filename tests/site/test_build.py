"""What the built files must be, whoever builds them and whenever."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest
from book_site import ELSEWHERE, ROOT, build, page_names, website

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def _digests(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def test_two_builds_give_the_same_bytes(site, tmp_path):
    # In another folder, with another order of sets. Notebooks have their second execution in notebooks/conftest.py, the
    # text pages with code have it here.
    cached = website.open_cache(ROOT)
    copy = tmp_path / cached.path.relative_to(ROOT)
    shutil.copytree(cached.path, copy)
    cache = website.open_cache(tmp_path)
    assert cache.path == copy
    for page in website.pages():
        if page.suffix == ".md" and (notebook := website.read_notebook(page)) is not None:
            cache.remove_cache(cache.match_cache_notebook(notebook).pk)
    again = build(tmp_path, **ELSEWHERE)
    first, second = _digests(site), _digests(again)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_no_file_names_the_machine_that_built_it(site):
    # A short name, such as "vm", is a word of other languages too.
    words = {str(ROOT), str(Path.home()) + "/"} | {name for name in [os.uname().nodename] if len(name) > 6}
    texts = [path for path in site.rglob("*") if path.suffix in {".html", ".js", ".ipynb", ".md"}]
    named = [path.name for path in texts if "_static" not in path.parts
             and any(word in path.read_text(encoding="utf-8") for word in words)]
    assert named == []


def test_every_notebook_is_in_the_table_of_contents():
    assert {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} <= {path.name for path in website.pages()}


@pytest.mark.parametrize("name", page_names())
def test_every_page_states_a_strict_policy(site, name):
    policies = POLICY.findall((site / name).read_text(encoding="utf-8"))
    assert len(policies) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in policies[0].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].startswith("'self' 'sha256-")
    assert not re.search(r"unsafe-eval|script-src[^;]*unsafe-inline|https?:|\*", policies[0])


@pytest.mark.parametrize("name", [*page_names(), "404.html"])
def test_the_character_set_stands_where_a_browser_looks_for_it(site, name):
    assert b"<meta charset" in (site / name).read_bytes()[:1024]


def test_the_headers_for_a_server_allow_what_each_page_says(site):
    headers = (site / "_headers").read_text(encoding="utf-8")
    for name in page_names():
        (policy,) = POLICY.findall((site / name).read_text(encoding="utf-8"))
        assert all(word in headers for word in policy.replace(";", " ").split()), name


def test_the_server_takes_a_free_port_when_the_wanted_one_is_taken(tmp_path):
    with website.server(tmp_path, 0) as first, website.server(tmp_path, first.server_port) as second:
        assert second.server_port not in {0, first.server_port}
