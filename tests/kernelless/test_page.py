"""The page's form of an explorer, as HTML."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

from parity.synthetic import explorers
from small_figures import declare, ids

from kernelless import standalone


def test_a_document_may_hold_one_explorer_twice():
    made = declare()
    found = ids(standalone(made, made))
    assert len(found) == len(set(found))


def test_what_an_element_points_at_is_there():
    for explorer in explorers():
        html = explorer.html()
        for target in re.findall(r'(?:for|aria-labelledby)="([^"]+)"|url\(#([^)]+)\)', html):
            assert next(filter(None, target)) in ids(html)


def test_text_of_the_author_is_escaped():
    html = declare(title='<img src=x onerror="alert(1)">', watch="a & b", presets={'"><script>': {"a": 2}}).html()
    assert "<img" not in html
    assert "a &amp; b" in html
    assert html.count("<script") == 1  # the data
    data = json.loads(re.search(r'<script type="application/json" class="ex-spec">(.*)</script>', html)[1])
    assert data["title"] == '<img src=x onerror="alert(1)">'
    assert data["presets"] == {'"><script>': {"a": 2}}


def test_the_html_is_well_formed_and_the_same_each_time():
    for a, b in zip(explorers(), explorers(), strict=True):
        html = a.html()
        assert html == b.html()
        html = re.sub(r"<script.*?</script>", "", html)
        void = re.sub(r"<(input[^>]*)>", r"<\1/>", html)
        bare = "hidden|selected|readonly|data-live|disabled|open|data-finding"
        ET.fromstring(re.sub(rf" ({bare})(?=[ />])", r' \1=""', void))


def test_an_explorer_is_a_document_or_a_fragment():
    made = declare()
    assert made.to_html() == standalone(made, title=made.title)
    fragment = made.to_html(full=False)
    assert made.html() in fragment
    assert not re.search("<html|<body|<!doctype", fragment)
    assert len(re.findall("<style>", fragment)) == 1
    assert fragment.endswith("</script>\n")
