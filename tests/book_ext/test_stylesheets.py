"""Style sheets lose the rules that no page can meet, and no other."""

from __future__ import annotations

import pytest
import stylesheets

WORDS = stylesheets.vocabulary(['<p class="kept also-kept" id="place">words</p>', 'node.classList.add("later")'])


@pytest.mark.parametrize("rule", [
    "p{color:red}", ".kept{color:red}", ".kept.also-kept > p::before{content:\"x\"}", "#place .later{color:red}",
    ".kept:not(.gone){color:red}", ":is(.gone, .kept){color:red}", "[data-x=\".gone\"] p{color:red}",
    ":root{--a:1}", "@font-face{font-family:F;src:url(f.woff2)}", "@keyframes turn{to{rotate:1turn}}",
    "@media print{.kept{color:red}}", "@supports (display:grid){p{color:red}}", "@import url(more.css);",
])
def test_what_a_page_may_meet_is_kept(rule):
    assert stylesheets.trim(rule, WORDS).replace(" ", "") == rule.replace(" ", "")


@pytest.mark.parametrize("rule", [
    ".gone{color:red}", ".kept .gone{color:red}", "#nowhere{color:red}", ".kept{}", "/* a remark */",
    "@media print{.gone{color:red}}", "@media screen{@media (width>1px){#nowhere p{color:red}}}",
])
def test_what_no_page_meets_goes(rule):
    assert stylesheets.trim(rule, WORDS) == ""


def test_of_a_list_the_selectors_that_are_met_remain():
    assert stylesheets.trim(".gone, .kept, p .gone:hover{color:red}", WORDS) == ".kept{color:red}"


def test_escaped_names_are_known():
    assert stylesheets.trim(r".sm\:kept{color:red}", WORDS | {"sm:kept"}) == r".sm\:kept{color:red}"
