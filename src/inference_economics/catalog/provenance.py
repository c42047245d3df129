"""Where a number comes from, and how it was read.

A confidence mark says how the number was read:

``primary``
    Read in the original paper, repository or data file.
``secondary``
    Read in a copy or a report; the row cites the original.
``derived``
    Computed from rows of the two kinds above.
``estimate``
    A published estimate, not a measurement or a price list.

Nothing here comes from memory alone. Where sources conflict, the row's note says so.
"""

from __future__ import annotations

from ..quantities.checks import lookup

CONFIDENCE = ("primary", "secondary", "derived", "estimate")


def check_provenance(source: str, date: str, confidence: str) -> None:
    """Raise `ValueError` unless a row names a source, an ISO date (year, month or day) and a known confidence mark."""
    if not isinstance(source, str) or not source.strip():
        raise ValueError("source is empty; say where the numbers were read.")
    check_date(date)
    lookup("confidence mark", confidence, CONFIDENCE_TABLE)


def check_date(date: str, *, whole: bool = False) -> None:
    """Raise `ValueError` unless `date` is an ISO year, month or day (with `whole`, a day)."""
    parts = date.split("-") if isinstance(date, str) else ()
    shape = [len(part) for part in parts]
    accepted = [[4, 2, 2]] if whole else [[4], [4, 2], [4, 2, 2]]
    if shape not in accepted or not all(part.isdigit() for part in parts):
        known = "2024-12-26" if whole else "2024, 2024-12 or 2024-12-26"
        raise ValueError(f"date={date!r} is not a date; write {known}.")


CONFIDENCE_TABLE = {mark: mark for mark in CONFIDENCE}
