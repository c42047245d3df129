"""The template of the memo is filled by three rules, and refuses a name that nobody gives."""

from __future__ import annotations

import pytest

from inference_economics.decision import memo


@pytest.mark.parametrize(("words", "facts", "expected"), [
    ("{a} and {b|USD}", {"a": "x", "b": 1234.0}, "x and $1,234"),
    ("{?a}yes{/a}{^a}no{/a}", {"a": 0.0}, "no"),
    ("{?a}yes{/a}{^a}no{/a}", {"a": float("nan")}, "no"),
    ("{?a}yes{/a}{^a}no{/a}", {"a": "w"}, "yes"),
    ("{#rows}{name}{?last}.{/last}{^last}, {/last}{/rows}", {"rows": [{"name": "p", "last": False},
                                                                     {"name": "q", "last": True}]}, "p, q."),
    ("no gap", {}, "no gap")])
def test_a_template_is_filled(words, facts, expected):
    assert memo.render(words, facts) == expected


@pytest.mark.parametrize("words", ["{missing}", "{?a}never ends", "{/a}"])
def test_a_template_that_cannot_be_filled_is_refused(words):
    with pytest.raises(ValueError, match=r"the template asks for|does not begin or end"):
        memo.render(words, {"a": 1.0})


def test_the_template_asks_for_nothing_twice_within_itself():
    assert memo.template().startswith("# {title}")
    assert memo.holds([1])
    assert not memo.holds([])
