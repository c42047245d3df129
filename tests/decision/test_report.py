"""The memo and the ledger: they hold what was computed, and a CFO can add it up."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from plan_case import plan
from presets_case import case_of, decided

from inference_economics.decision import cases, cash, report
from inference_economics.decision.words import words_of
from inference_economics.quantities.units import text


@pytest.mark.parametrize("start", ["Seed", "Hospital", "Coding", "Documents", "Agent", "Platform"])
def test_a_memo_has_the_ruling_the_doubts_the_sources_and_the_date(start):
    decision = decided(start)
    memo = report.memo(decision, "2026-11-26")
    assert memo.startswith(f"# {case_of(start).title}\n")
    assert "Decision memo, 2026-11-26." in memo
    assert f"**{decision.word}: {cash.WAYS[decision.best][0]}**" in memo
    assert "nan" not in memo
    assert ("Outside what was ever measured" in memo) == bool(decision.outside)
    assert len(decision.weakest) == 3
    assert all(one in memo for one in decision.weakest)
    assert memo.count("\n- ") == len(decision.ties)
    assert all(f"| {words_of(row.address).words} |" in memo for row in cases.sources(decision.case))


@pytest.mark.parametrize("start", ["Seed", "Agent", "Platform"])
def test_a_memo_gives_what_the_ledger_adds_up_to(start):
    decision = decided(start)
    table = report.memo(decision, "2026-11-26").split("## What each way costs")[1].split("##")[0]
    level = {row.way: row.cells[0] for row in report.ledger(decision.plan) if row.item == "level_usd"}
    for name, _ in decision.order:
        line, = (line for line in table.splitlines() if line.startswith(f"| {cash.WAYS[name][0]} |"))
        assert line.split(" | ")[3] == text(level[name], "USD")


def test_a_memo_without_a_way_says_so():
    none = report.decide(cases.Case("None", case_of("Hospital").need, ttft_limit_s=1e-3))
    assert (none.word, none.best, none.order) == ("None", "", [])
    memo = report.memo(none, "2026-11-26")
    assert "**No way is left:**" in memo
    assert "nan" not in memo


def test_the_ledger_adds_up_from_its_own_cells():
    rows = report.ledger(plan())
    weights = {row.item: np.array(row.cells) for row in rows if row.way == "weights"}
    for way in cash.WAYS:
        own = {row.item: np.array(row.cells) for row in rows if row.way == way}
        start = sum(own[cause] for cause, (when, _) in report.CAUSES.items() if when == "start")
        through = sum(own[cause] for cause, (when, _) in report.CAUSES.items() if when == "through")
        present = np.sum(start * weights["start"] + through * weights["through"]) - (
            own["resale_usd"][0] * own["resale_weight"][0])
        assert present == pytest.approx(own["present_usd"][0])
        assert own["level_usd"][0] == pytest.approx(present / np.sum(weights["through"]))
        assert own["level_usd"][0] == pytest.approx(cash.costs_by_way(plan())[way])


def test_the_books_write_off_what_was_bought():
    rows = report.ledger(plan(server__life_years=1.0))
    found = cash.by_way(plan(server__life_years=1.0))
    for way in ("colocation", "own-chip"):
        cells = next(row.cells for row in rows if (row.way, row.item) == (way, "depreciation_usd"))
        assert cells == pytest.approx(found[way].capital_usd)  # a life of a year is written off within it
    room = next(row.cells for row in rows if (row.way, row.item) == ("own-room", "depreciation_usd"))
    building = found["own-room"].capital_usd[0] - found["colocation"].capital_usd[0]
    assert room[3] - found["colocation"].capital_usd[3] == pytest.approx(building / 15)
    assert not [row for row in rows if row.item == "depreciation_usd" and row.way == "api"]


def test_what_is_ruled_out_is_not_in_the_ledger():
    ways = {row.way for row in report.ledger(plan(need__privacy=2.0))}
    assert ways == {"inputs", "demand", "weights", "colocation", "own-room", "own-chip"}


def test_the_file_has_every_row_with_all_its_digits():
    one = plan()
    read = list(csv.reader(io.StringIO(report.ledger_csv(one))))
    assert len(read) == 1 + len(report.ledger(one))
    level = next(row for row in read if row[:2] == ["reserved-1y", "level_usd"])
    assert float(level[5]) == cash.costs_by_way(one)["reserved-1y"]


def test_the_file_names_the_sources_of_its_inputs():
    case = case_of("Platform")
    text = report.ledger_csv(decided("Platform").plan, cases.sources(case))
    row = next(row for row in csv.reader(io.StringIO(text)) if row[1] == "rent.price_usd_per_hour")
    assert row[4] == "github.com/ewyluda/gpu-price-index, snapshot 2026-10-05, 2026-10-05"


@pytest.mark.parametrize("other", [None, 5, "assistant", {}])
def test_what_is_no_case_no_decision_and_no_plan_is_refused(other):
    for function, kind in ((report.decide, "Case"), (lambda one: report.memo(one, "2026-11-26"), "Decision"),
                           (report.ledger, "Plan"), (report.ledger_csv, "Plan")):
        with pytest.raises(ValueError, match=f"is no {kind}; give {kind}"):
            function(other)


@pytest.mark.parametrize("date", [None, 5, "", "yesterday", "2026-13-45", "2026-11-26\n# Signed"])
def test_a_memo_is_of_a_day(date):
    with pytest.raises(ValueError, match=r"^date=.* is no day; write it as 2026-11-26"):
        report.memo(decided("Hospital"), date)


@pytest.mark.parametrize(("name", "value"), [
    ("need", None), ("need", {}), ("finance", {}), ("changes", None), ("changes", [("a", 1)]), ("ttft_limit_s", []),
    ("ttft_limit_s", [1.0, 2.0]), ("ttft_limit_s", "2"), ("tpot_limit_s", 0), ("tpot_limit_s", float("nan"))])
def test_a_case_says_which_of_its_parts_is_none(name, value):
    with pytest.raises(ValueError, match=f"^{name}="):
        cases.Case(**{"title": "a", "need": case_of("Hospital").need, name: value})
