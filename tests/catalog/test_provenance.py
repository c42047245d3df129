"""Where a number comes from: a source, a date and a mark, all three or none."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest

from inference_economics import catalog

WHOLE = {"source": "a test", "date": "2026-10-05", "confidence": "primary"}


@pytest.mark.parametrize("date", ["2024", "2024-12", "2024-12-26"])
def test_a_date_is_a_year_a_month_or_a_day(date):
    catalog.check_date(date)
    catalog.check_provenance("a paper", date, "primary")


@pytest.mark.parametrize("date", ["", "24", "2024-1", "2024/12/26", "2024-12-26T00", "yesterday", 2024, None, "2024-1a",
                                  "٢٠٢٤", ["2024"],
                                  pytest.param(10**5000, id="huge")])
def test_what_is_no_date_is_refused(date):
    with pytest.raises(ValueError, match=r"^date=.* is not a date; write 2024, 2024-12 or 2024-12-26\.$"):
        catalog.check_date(date)


def test_a_whole_date_is_a_day():
    catalog.check_date("2024-12-26", whole=True)
    with pytest.raises(ValueError, match=r"^date='2024-12' is not a date; write 2024-12-26\.$"):
        catalog.check_date("2024-12", whole=True)


@pytest.mark.parametrize(("field", "value", "message"), [
    ("source", "", "source is empty"), ("source", "  ", "source is empty"), ("source", 3, "source is empty"),
    ("date", "", "date='' is not a date"), ("confidence", "memory", "unknown confidence mark 'memory'; known: primary"),
    ("confidence", ["primary"], "unknown confidence mark"),
])
def test_what_is_missing_is_named(field, value, message):
    with pytest.raises(ValueError, match=message):
        catalog.check_provenance(**WHOLE | {field: value})
    with pytest.raises(ValueError, match=message):
        catalog.Recorded(**WHOLE | {field: value})


def test_a_row_of_ones_own_claims_no_source():
    assert catalog.Recorded() == catalog.Recorded(note="")
    assert catalog.Recorded(**WHOLE, note="x").note == "x"


def test_marks_are_documented():
    from inference_economics.catalog import provenance

    assert all(f"``{mark}``" in provenance.__doc__ for mark in catalog.CONFIDENCE)
    assert set(catalog.CONFIDENCE) == set(catalog.CONFIDENCE_TABLE)


def test_a_number_of_a_row_knows_where_it_is_from_and_what_is_computed_does_not():
    fact = catalog.datacentre("pue-industry-2025")
    assert fact.value.provenance == (fact.source, fact.date, fact.confidence)
    for made in (fact.value + 0, -fact.value, abs(fact.value), round(fact.value, 1), float(fact.value), 2 * fact.value):
        assert type(made) is float
    assert pickle.loads(pickle.dumps(fact.value)).provenance == fact.value.provenance
    assert np.asarray([fact.value]).dtype == np.float64


def test_every_shipped_number_says_source_date_and_mark():
    for rows in catalog.everything().values():
        for row in rows.values():
            cells = [cell for line in row.rows for cell in line] if isinstance(row, catalog.Table) else [row.value]
            numbers = [cell for cell in cells if not isinstance(cell, (str, bool)) and cell == cell]
            for number in numbers:
                source, date, mark = number.provenance
                assert source, row.name
                assert re.match(r"\d{4}", date), row.name
                assert mark in catalog.MARKS, row.name


def test_a_row_of_a_table_may_name_its_own_source():
    rows = catalog.published("gross-margins").records()
    assert {row["margin"].provenance.source.split("; ")[0] for row in rows} == {row["source"] for row in rows}
    own = catalog.shipped_tables("backtests.toml")["services"]
    number = next(cell for cell in own.rows[0] if isinstance(cell, float))
    assert number.provenance.source == own.records()[0]["source"]
    assert number.provenance.date == own.records()[0]["date"]


def test_what_is_no_number_or_has_no_source_stays_as_it_is():
    here = catalog.Provenance("a test", "2026", "primary")
    assert catalog.sourced("words", here) == "words"
    assert catalog.sourced(True, here) is True
    assert type(catalog.sourced(2.0, catalog.Provenance("", "", ""))) is float
    assert catalog.sourced(3, here).provenance is here
