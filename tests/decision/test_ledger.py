"""The ledger: it holds what was computed, and a CFO can add it up."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from plan_case import plan
from presets_case import case_of, decided

from inference_economics.decision import cases, cash, ledger


def test_the_ledger_adds_up_from_its_own_cells():
    rows = ledger.ledger(plan())
    weights = {row.item: np.array(row.cells) for row in rows if row.way == "weights"}
    for way in cash.WAYS:
        own = {row.item: np.array(row.cells) for row in rows if row.way == way}
        start = sum(own[cause] for cause, (when, _) in ledger.CAUSES.items() if when == "start")
        through = sum(own[cause] for cause, (when, _) in ledger.CAUSES.items() if when == "through")
        present = np.sum(start * weights["start"] + through * weights["through"]) - (
            own["resale_usd"][0] * own["resale_weight"][0])
        assert present == pytest.approx(own["present_usd"][0])
        assert own["level_usd"][0] == pytest.approx(present / np.sum(weights["through"]))
        assert own["level_usd"][0] == pytest.approx(cash.costs_by_way(plan())[way])


def test_the_books_write_off_what_was_bought():
    rows = ledger.ledger(plan(server__life_years=1.0))
    found = cash.by_way(plan(server__life_years=1.0))
    for way in ("colocation", "own-chip"):
        cells = next(row.cells for row in rows if (row.way, row.item) == (way, "depreciation_usd"))
        assert cells == pytest.approx(found[way].capital_usd)  # a life of a year is written off within it
    room = next(row.cells for row in rows if (row.way, row.item) == ("own-room", "depreciation_usd"))
    building = found["own-room"].capital_usd[0] - found["colocation"].capital_usd[0]
    assert room[3] - found["colocation"].capital_usd[3] == pytest.approx(building / 15)
    assert not [row for row in rows if row.item == "depreciation_usd" and row.way == "api"]


def test_what_is_ruled_out_is_not_in_the_ledger():
    ways = {row.way for row in ledger.ledger(plan(need__privacy=2.0))}
    assert ways == {"inputs", "demand", "weights", "colocation", "own-room", "own-chip"}


def test_the_file_has_every_row_with_all_its_digits():
    one = plan()
    read = list(csv.reader(io.StringIO(ledger.ledger_csv(one))))
    assert len(read) == 1 + len(ledger.ledger(one))
    level = next(row for row in read if row[:2] == ["reserved-1y", "level_usd"])
    assert float(level[5]) == cash.costs_by_way(one)["reserved-1y"]


def test_the_file_names_the_sources_of_its_inputs():
    case = case_of("Platform")
    text = ledger.ledger_csv(decided("Platform").plan, cases.sources(case))
    row = next(row for row in csv.reader(io.StringIO(text)) if row[1] == "rent.price_usd_per_hour")
    assert row[4] == "github.com/ewyluda/gpu-price-index, snapshot 2026-10-05, 2026-10-05"


def test_every_row_says_where_it_comes_from():
    rows = ledger.outline()
    assert len({row[:2] for row in rows}) == len(rows)
    assert [row for row in rows if not row[2]] == []
    assert [row[:2] for row in rows] == [(row.way, row.item) for row in ledger.ledger(plan())]
