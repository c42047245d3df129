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
    "renamed": ("kind=yearly", {"kind": "reserved"}),
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


BATCH, EXPONENT = "Used instead: 32 sequences.", "Used instead: 0.1."
SAID = {  # every link above that is not followed to the letter, and what stands in the place of what it asks for
    "too high": ("Batch: 1B sequences is out of reach; it takes 1 sequence to 1,024 sequences. Used instead: 1,024",
                 "Exponent: 7 is out of reach; it takes −0.5 to 0.5. Used instead: 0.5."),
    "too low": ("Batch: −5 sequences is out of reach; it takes 1 sequence to 1,024 sequences. Used instead: 1 seq",),
    "beyond a double": ("Batch: ∞ is out of reach", "Exponent: −∞ is out of reach"),
    "renamed": ("Kind: “yearly” is no longer offered: it is sold as reserved. Used instead: reserved.",),
    "not whole": ("Batch: “63.6” is not one of its whole numbers. Used instead: 64 sequences.",),
    "not a number": ("“NaN” is not understood", BATCH, "“many” is not understood", "“0x10” is not understood", EXPONENT,
                     "Spec: “none” is not offered; there are Small 1, Mid & 2 <x>, Big \"3\". Used instead: Small 1."),
    "empty values": ("Batch: “” is not understood", BATCH, "Spec: “” is not offered", "Kind: “” is not offered"),
    "unknown names": ("There is no control “servers” here, so it is left out.", "“color”", "“toString”"),
    "prototype": ("There is no control “__proto__” here", "Spec: “__proto__” is not offered"),
    "script": (f"Batch: “{EVIL}” is not understood", f"There is no control “{EVIL}” here"),
    "script as it is": ("Spec: “<img src=x onerror=alert(1)>” is not offered",),
    "broken escapes": ("Batch: “%” is not understood", "Kind: “%zz” is not offered"),
    "another question mark": ("Batch: “12?kind=spot” is not understood",),
    "very long": ("Batch: ∞ is out of reach",),
}


@pytest.mark.parametrize("name", FRAGMENTS)
def test_what_a_link_asks_for_in_vain_is_said(opened, name):
    page = opened(f"#explorer-lines?{FRAGMENTS[name][0]}")
    settle(page)
    said = page.locator("#explorer-lines .ex-misread")
    assert said.count() == (name in SAID)
    if name in SAID:
        assert said.get_attribute("role") == "status"
        assert said.is_visible()
        words = said.text_content()
        assert [part for part in SAID[name] if part not in words] == []
    assert page.complaints == []


def settle(page):
    """Come back when whatever a link has set is shown."""
    page.evaluate(SEE, "lines")


def test_a_pinned_setting_that_cannot_be_is_said_and_many_faults_are_counted(opened):
    page = opened("#explorer-lines?batch=7&A.batch=-5&" + "&".join(f"n{k}=1" for k in range(12)))
    settle(page)
    words = page.locator("#explorer-lines .ex-misread").text_content()
    assert "Batch in A: −5 sequences is out of reach" in words
    assert words.count("is left out.") == 7
    assert words.endswith("There are 5 more of this kind.")


def test_what_was_said_of_a_link_goes_when_something_else_is_set(opened):
    page = opened("#explorer-lines?batch=-5")
    settle(page)
    said = page.locator("#explorer-lines .ex-misread")
    assert said.count() == 1
    page.evaluate(GO, "#explorer-lines?batch=9999999")
    settle(page)
    assert "10.0M sequences is out of reach" in said.text_content()
    page.evaluate(SET, ["lines", {"exponent": 0.9}])
    settle(page)
    assert said.count() == 0
    assert page.complaints == []


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
