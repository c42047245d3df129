"""A link sets the controls that it names to what they can hold, and can do nothing else."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from parity.shown import EXPLORERS, GO, SEE, SET, check_against_python, settings_in

EVIL = "</script><script>alert(1)</script>"
FRAGMENTS = {
    "valid": ("batch=64&context_tok=5000&spec=big-3&kind=reserved", {"batch": 64, "context_tok": 5000, "spec": "big-3",
                                                                     "kind": "reserved"}),
    "some": ("batch=7", {"batch": 7}),
    "between stops": ("exponent=0.123456789", {"exponent": 0.123456789}),
    "too high": ("batch=1e9&exponent=7", {"batch": 1024, "exponent": 0.5}),
    "too low": ("batch=-5&exponent=-1e300", {"batch": 1, "exponent": -0.5}),
    "beyond a double": ("batch=1e999&exponent=-1e999", {"batch": 1024, "exponent": -0.5}),
    "not whole": ("batch=63.6", {"batch": 64}),
    "not a number": ("batch=NaN&context_tok=many&exponent=0x10&spec=none", {}),
    "empty": ("", {}),
    "empty values": ("batch=&spec=&kind", {}),
    "unknown names": ("servers=3&color=red&constructor=1&toString=2", {}),
    "prototype": ("__proto__=1&__proto__[batch]=5&spec=__proto__&kind=constructor", {}),
    "script": (f"batch={quote(EVIL)}&spec={quote(EVIL)}&{quote(EVIL)}=1", {}),
    "script as it is": (f"batch={EVIL}&spec=<img src=x onerror=alert(1)>", {}),
    "twice": ("batch=5&batch=9", {"batch": 9}),
    "broken escapes": ("batch=%&spec=%E0%A4%A&kind=%zz", {}),
    "another question mark": ("batch=12?kind=spot", {}),
    "very long": ("batch=" + "9" * 5000, {"batch": 1024}),
}


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_link_sets_what_is_valid_and_can_do_nothing_else(opened, page, name):
    query, expected = FRAGMENTS[name]
    explorer = EXPLORERS["lines"]
    for fragment in ("#elsewhere", f"#explorer-lines?{query}"):
        page.evaluate(GO, fragment)
    fresh = opened(f"#explorer-lines?{query}")
    for seen in (page.evaluate(SEE, "lines"), fresh.evaluate(SEE, "lines")):
        check_against_python(explorer, seen)
        assert settings_in(explorer, seen) == explorer.defaults | expected
    assert page.evaluate("() => ({}).batch") is None
    assert page.locator("script").count() == len(EXPLORERS) + 1
    assert fresh.complaints == []


@pytest.mark.parametrize("fragment", ["#explorer-none?batch=3", "#?batch=3", "#explorer-lines", "#explorer-lines?",
                                      "#%E0%A4%A", "#" + EVIL, "#explorer-bars?owned=8&years=99"])
def test_other_fragments_leave_it_alone(opened, fragment):
    page = opened(fragment)
    assert settings_in(EXPLORERS["lines"], page.evaluate(SEE, "lines")) == EXPLORERS["lines"].defaults
    assert page.complaints == []


def test_a_link_carries_the_settings(opened, address):
    page = opened()
    page.evaluate(SET, ["lines", {"batch": 0.37, "exponent": 0.9, "spec": 1, "wide": 1}])
    before = page.evaluate(SEE, "lines")
    page.locator("#explorer-lines [data-action=link]").click()
    box = page.locator("#explorer-lines .ex-link")
    link = box.input_value()
    assert box.is_visible()
    assert link == page.url
    assert link.startswith(address + "#explorer-lines?")
    assert page.evaluate("() => document.activeElement.className") == "ex-link"
    assert page.complaints == []
    after = opened(link.removeprefix(address)).evaluate(SEE, "lines")
    assert after == before
