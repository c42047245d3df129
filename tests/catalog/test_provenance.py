"""Where a number comes from: a source, a date and a mark, all three or none."""

from __future__ import annotations

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
