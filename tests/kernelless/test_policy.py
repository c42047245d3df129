"""A page's policy lets its own inline scripts run, by their hash, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re

from kernelless import policy


def _hash(body: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"


def test_inline_scripts_are_allowed_by_their_hash_alone():
    page = ("<script>a = 1</script><script type='module'>b = '×'</script><script>a = 1</script>"
            "<script src='x.js'></script>")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.policy(page).split(";"))
    assert set(rules["script-src"].split()) == {"'self'", _hash("a = 1"), _hash("b = '×'")}
    assert rules["default-src"] == rules["object-src"] == rules["base-uri"] == "'none'"


def test_data_in_a_script_element_needs_no_permission():
    page = ('<script type="application/json">{"a": 1}</script><script type="application/ld+json">{}</script>'
            '<script type="text/x-template">{}</script>')
    assert "sha256" not in policy.policy(page)


def test_the_policy_stands_first_in_the_head(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<html><head><title>T</title></head><script>go()</script></html>")
    policy.write_policies([path])
    html = path.read_text()
    assert re.match(r'<html><head>\s*<meta http-equiv="Content-Security-Policy" content="[^"]*"><title>', html)
    assert _hash("go()") in html
    policy.write_policies([path])  # a page that the next build leaves as it is
    assert path.read_text() == html
