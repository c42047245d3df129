"""One name per quantity: every parameter of every public formula is a row of the glossary, with its unit."""

from __future__ import annotations

import re

import pytest
from formulas import formulas, parameters

from inference_economics import glossary
from inference_economics.quantities.limits import QUANTITIES

OTHER_UNIT = {("experts.experts_touched", "batch")}  # there, tokens that meet in one layer


@pytest.mark.parametrize(("name", "function"), formulas(), ids=[name for name, _ in formulas()])
def test_each_parameter_of_a_formula_is_in_the_glossary(name, function):
    numeric = {key: words for key, (kind, words) in parameters(function.__doc__).items() if "numeric" in kind}
    missing = [key for key in numeric if key not in glossary.load()]
    assert missing == [], f"add a row to quantities/glossary.toml for {missing}"


@pytest.mark.parametrize(("name", "function"), formulas(), ids=[name for name, _ in formulas()])
def test_the_docstring_and_the_glossary_agree_on_the_unit(name, function):
    numeric = {key: words for key, (kind, words) in parameters(function.__doc__).items() if "numeric" in kind}
    terms = glossary.load()
    stated = {key: re.findall(r"\[([^\]]+)\]", words) for key, words in numeric.items()}
    stated = {key: units for key, units in stated.items() if key in terms and units and (name, key) not in OTHER_UNIT}
    wrong = {key: units for key, units in stated.items()
             if terms[key].unit != "any"
             and not {terms[key].unit, "any"} & {unit.strip() for text in units for unit in text.split(",")}}
    assert wrong == {}


def test_there_are_formulas_to_check():
    assert len(formulas()) > 80


def test_each_term_says_something():
    for term in glossary.load().values():
        assert term.meaning.endswith("."), term.name
        assert term.unit, term.name


def test_get():
    assert glossary.get("batch").unit == "1"
    with pytest.raises(ValueError, match=r"unknown quantity 'bacth'.*Did you mean 'batch'"):
        glossary.get("bacth")


def test_a_name_may_not_stand_twice(monkeypatch, tmp_path):
    group = '[[group]]\ntitle = "{}"\n[group.terms]\nx = ["", "1", "X."]\n'
    (tmp_path / "glossary.toml").write_text(group.format("A") + group.format("B"))
    monkeypatch.setattr(glossary.resources, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match="'x' stands under 'A' and 'B'"):
        glossary.load.__wrapped__()


def test_the_tables_hold_every_term():
    tables = glossary.markdown()
    assert all(f"| `{name}` |" in tables for name in glossary.load())
    assert tables.count("## ") == len({term.group for term in glossary.load().values()})


@pytest.mark.parametrize("name", sorted(QUANTITIES))
def test_limits_are_limits_and_come_with_a_hint(name):
    row = QUANTITIES[name]
    assert row.low < row.high
    assert row.hint.endswith((".", "?"))
    assert any(name in parameters(function.__doc__) for _, function in formulas()), "no formula has this argument"


def test_the_hint_of_a_unit_serves_where_a_row_has_none():
    assert QUANTITIES["mfu"][:5] == (0, 1, True, False, "give a fraction, not a percentage.")
    assert QUANTITIES["layers"][:5] == (1, 1e4, False, False, "give a count.")
    assert QUANTITIES["die_area_mm2"].hint == "was it given in cm²?"
