"""The memo: it holds what was computed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from presets_case import case_of, decided

from inference_economics.decision import cases, cash, ledger, report
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
    swaying = [one for one in decision.hinges if one.width >= report.NARROWEST]
    assert len(decision.weakest) == min(3, len(swaying) + bool(decision.outside))  # none that changes nothing
    assert (f"## The {'three ' if len(decision.weakest) == 3 else ''}weakest assumptions\n") in memo
    assert all(one in memo for one in decision.weakest)
    assert memo.count("\n- ") == len(decision.ties)
    assert all(f"| {words_of(row.address).words} |" in memo for row in cases.sources(decision.case))


@pytest.mark.parametrize("start", ["Seed", "Agent", "Platform"])
def test_a_memo_gives_what_the_ledger_adds_up_to(start):
    decision = decided(start)
    table = report.memo(decision, "2026-11-26").split("## What each way costs")[1].split("##")[0]
    level = {row.way: row.cells[0] for row in ledger.ledger(decision.plan) if row.item == "level_usd"}
    for name, _ in decision.order:
        line, = (line for line in table.splitlines() if line.startswith(f"| {cash.WAYS[name][0]} |"))
        assert line.split(" | ")[3] == text(level[name], "USD")


def test_a_memo_without_a_way_says_so():
    none = report.decide(cases.Case("None", case_of("Hospital").need, ttft_limit_s=1e-3))
    assert (none.word, none.best, none.order) == ("None", "", [])
    memo = report.memo(none, "2026-11-26")
    assert "**No way is left:**" in memo
    assert "nan" not in memo


@pytest.mark.parametrize("other", [None, 5, "assistant", {}])
def test_what_is_no_case_no_decision_and_no_plan_is_refused(other):
    for function, kind in ((report.decide, "Case"), (lambda one: report.memo(one, "2026-11-26"), "Decision"),
                           (ledger.ledger, "Plan"), (ledger.ledger_csv, "Plan")):
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


def test_where_nothing_is_asked_nothing_is_decided():
    case = case_of("Seed")
    with pytest.raises(ValueError, match=r"prompts_per_day=0 .*nothing to decide"):
        report.decide(replace(case, need=replace(case.need, prompts_per_day=0.0)))
