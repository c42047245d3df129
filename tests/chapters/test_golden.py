"""The registry of golden cases: what a row must say, and how it is judged. The cases themselves are in `published/`."""

from __future__ import annotations

import dataclasses

import pytest

from inference_economics import catalog, golden, models

CASES = golden.cases()
KV = CASES["kv-13b"]


def test_a_case_is_a_recorded_row_and_cannot_do_without_a_source():
    assert issubclass(golden.Case, catalog.Recorded)
    for change in ({"source": ""}, {"source": "", "date": "", "confidence": ""}):
        with pytest.raises(ValueError, match="source is empty; say where the numbers were read"):
            dataclasses.replace(KV, **change)
    with pytest.raises(ValueError, match="date='May 2024' is not a date"):
        dataclasses.replace(KV, date="May 2024")


def test_every_case_says_where_its_number_was_read():
    for case in CASES.values():
        catalog.check_provenance(case.source, case.date, case.confidence)


def test_a_count_of_parameters_is_a_second_derivation():
    name = next(name for name, model in models.load().items() if model.reference_n_params)
    counted = CASES[f"params-{name}"]
    assert not counted.published
    assert counted.reported == models.get(name).reference_n_params
    assert golden.evaluate(f"params-{name}").ratio == 1


@pytest.mark.parametrize(("rule", "reported", "verdict"), [
    ("match", 1.00, "matches"), ("match", 1.001, "matches"), ("match", 1.2, "FAILS"),
    ("below", 1.5, "floor holds"), ("below", 2.5, "FAILS"), ("below", 0.9, "FAILS"),
    ("near", 1.5, "predicted"), ("near", 0.7, "predicted"), ("near", 2.5, "FAILS"), ("near", 0.4, "FAILS"),
    ("above", 0.7, "ceiling holds"), ("above", 0.4, "FAILS"), ("above", 1.1, "FAILS"),
])
def test_a_verdict_depends_on_the_rule(monkeypatch, rule, reported, verdict):
    """What the package computes stands still; the report is moved, in multiples of it."""
    computed = golden.evaluate(KV.name).computed
    case = dataclasses.replace(KV, reported=reported * computed, rule=rule, within=2.0, reason="because",
                               tolerance=0.01 * computed, tolerance_from="made up")
    monkeypatch.setattr(golden, "cases", lambda: {"moved": case})
    found = golden.evaluate("moved")
    assert (found.verdict, found.holds) == (verdict, verdict != "FAILS")
    assert found.ratio == pytest.approx(1 / reported)
    assert golden.summary()["failures"] == (verdict == "FAILS")


@pytest.mark.parametrize(("reported", "tolerance", "stated", "basis"), [
    (163_840.0, 0.0, "", "exact"), (0.45, 0.005, "", "half a unit of the last digit"), (0.45, 0.006, "", ""),
    (0.45, 0.006, "both inputs are rounded", "both inputs are rounded"),
    (3.7e10, 5e8, "", "half a unit of the last digit"),
])
def test_a_tolerance_says_where_it_comes_from(reported, tolerance, stated, basis):
    change = {"reported": reported, "tolerance": tolerance, "tolerance_from": stated}
    if basis:
        assert dataclasses.replace(KV, **change).tolerance_basis == basis
    else:
        with pytest.raises(ValueError, match=r"half a unit of the last digit of 0\.45; say in tolerance_from"):
            dataclasses.replace(KV, **change)


def test_bounds_are_counted_apart_from_matches():
    found, counts = golden.results(), golden.summary()
    held = counts["matches"] + counts["bounds"] + counts["predictions"]
    assert held + counts["failures"] == counts["cases"] == len(found)
    assert counts["matches"] == sum(result.verdict == "matches" for result in found)
    assert {row["verdict"] for row in golden.rows()} == {"matches", "floor holds", "ceiling holds", "predicted"}
    assert all(row["tolerance"] for row in golden.rows())


def test_results_come_group_by_group():
    groups = [result.case.group for result in golden.results()]
    assert groups == sorted(groups, key=golden.GROUPS.index)
