"""The controls of a page's explorer: which stand open, which are folded and under what name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernelless import Choice, Slider
from kernelless.panel import MORE, OPEN, arranged, control_html, panel, signature, summary


def sliders(*units, group=""):
    return {f"p{i}": Slider(1, 9, value=3, unit=unit, label=f"P {i}", group=group) for i, unit in enumerate(units)}


def test_up_to_six_controls_stand_open_whatever_they_name():
    controls = sliders(*"abcdef", group="G")
    assert arranged(controls) == ([*controls], {})


def test_of_more_the_first_six_without_a_group_stand_open():
    controls = sliders(*"abcdefgh")
    assert arranged(controls) == ([*controls][:6], {MORE: ["p6", "p7"]})


def test_named_groups_keep_their_names_and_their_order():
    controls = {"a": Slider(1, 9, value=3, group="Z"), **sliders(*"abcde"), "b": Slider(1, 9, value=3, group="A"),
                "c": Slider(1, 9, value=3, group="Z")}
    assert arranged(controls) == (["p0", "p1", "p2", "p3", "p4"], {"Z": ["a", "c"], "A": ["b"]})


def test_many_that_name_no_group_are_folded_by_what_they_measure():
    controls = sliders(*[""] * 6, "USD", "USD/h", "%", "%", "s", "s", "tokens", "USD")
    controls["q"] = Choice(1, 2, label="Q")
    assert arranged(controls)[1] == {
        "Money": ["p6", "p7", "p13"], "Shares and rates": ["p8", "p9"], "Times": ["p10", "p11"], MORE: ["p12", "q"]}


def test_where_all_name_a_group_the_first_is_open():
    html = panel("x", sliders(*"abcdefg", group="G"), {f"p{i}": 3 for i in range(7)})
    assert html.startswith('<details class="ex-group" open>')


@given(st.lists(st.tuples(st.sampled_from(["", "USD", "s", "%", "tokens"]), st.sampled_from(["", "", "G", "H"])),
                min_size=1, max_size=30))
def test_every_control_stands_in_one_place(kinds):
    controls = {f"p{i}": Slider(1, 9, value=3, unit=unit, group=group, label="L")
                for i, (unit, group) in enumerate(kinds)}
    first, folded = arranged(controls)
    assert sorted([*first, *(key for keys in folded.values() for key in keys)]) == sorted(controls)
    assert len(first) <= OPEN
    assert all(folded.values())
    html = panel("x", controls, dict.fromkeys(controls, 3))
    assert sorted(re.findall(r'data-parameter="(\w+)"', html)) == sorted(controls)


def test_a_group_says_what_it_holds():
    controls = sliders("USD", "tokens")
    assert summary(controls, {"p0": 3, "p1": 1}, ["p0", "p1"]) == "P 0 $3 · P 1 1 token"


@pytest.mark.parametrize("other", [
    Slider(1, 9, value=3, unit="USD", label="A"), Slider(1, 8, value=3, label="A"), Slider(1, 9, value=3, scale="log"),
    Slider(1, 9, value=3, stops=(1, 3, 9)), Slider(1.0, 9, value=3), Choice(1, 9)])
def test_only_controls_that_hold_the_same_are_set_together(other):
    mine = Slider(1, 9, value=5, label="A")
    assert signature("a", mine) == signature("a", Slider(1, 9, value=3, label="A", group="G"))
    assert signature("a", mine) != signature("b", mine)
    assert signature("a", mine) != signature("a", other)


def test_a_group_is_text():
    for make in (lambda: Slider(1, 2, value=1, group=3), lambda: Choice(1, 2, group=None)):
        with pytest.raises(ValueError, match=r"group=.* must be text"):
            make()


def test_words_of_the_author_are_escaped():
    html = control_html("x", "a", Choice({"<b>": 1, "an <option> of more than twenty-four letters": 2}, label='"<i>'),
                        "<b>")
    assert "<i>" not in html
    assert "<b>" not in html
    assert "<option>" not in html.replace("<option>&lt;", "").replace("<option value", "")
    html = panel("x", sliders(*"abcdefgh", group="<u>"), {f"p{i}": 3 for i in range(8)})
    assert "<u>" not in html
