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

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..quantities.checks import lookup, shown

# What each mark says, in the words that readers see.
MARKS = {
    "primary": "read in the original",
    "secondary": "read in a copy or a report",
    "derived": "computed from other rows",
    "estimate": "a published estimate",
}
CONFIDENCE = tuple(MARKS)


class Provenance(NamedTuple):
    """Where a number was read, when it held, and how it was read."""

    source: str
    date: str
    confidence: str


class SourcedFloat(float):
    """A number straight from a row, which still knows where it is from. What is computed from it is a plain float."""

    provenance: Provenance | None = None


class SourcedInt(int):
    """A whole number straight from a row; see `SourcedFloat`."""

    provenance: Provenance | None = None


def sourced(value: Any, provenance: Provenance) -> Any:
    """Return a number that remembers its provenance; anything but a number, and NaN, as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or not provenance.source:
        return value
    number: SourcedFloat | SourcedInt = SourcedInt(value) if isinstance(value, int) else SourcedFloat(value)
    number.provenance = provenance
    return number


def check_provenance(source: object, date: object, confidence: object) -> None:
    """Raise `ValueError` unless a row names a source, an ISO date (year, month or day) and a known confidence mark."""
    if not isinstance(source, str) or not source.strip():
        raise ValueError("source is empty; say where the numbers were read.")
    check_date(date)
    lookup("confidence mark", confidence, CONFIDENCE_TABLE)


def check_date(date: object, *, whole: bool = False) -> None:
    """Raise `ValueError` unless `date` is an ISO year, month or day (with `whole`, a day)."""
    parts = date.split("-") if isinstance(date, str) else []
    shape = [len(part) for part in parts]
    accepted = [[4, 2, 2]] if whole else [[4], [4, 2], [4, 2, 2]]
    if shape not in accepted or not all(part.isascii() and part.isdigit() for part in parts):
        known = "2024-12-26" if whole else "2024, 2024-12 or 2024-12-26"
        raise ValueError(f"date={shown(date)} is not a date; write {known}.")


CONFIDENCE_TABLE = {mark: mark for mark in CONFIDENCE}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What each recorded row says of itself; kinds of row inherit it.

    Parameters
    ----------
    source, date, confidence : str
        Where the number was read, on which day (or month, or year) it held, and how it was read. All three are empty in
        a row of the reader's own, which claims no source.
    note : str
        What a reader should know about it: conflicts between sources, what is left out.

    Raises
    ------
    ValueError
        When some of the three are given and the others are not, or one is not what it should be.
    """

    source: str = ""
    date: str = ""
    confidence: str = ""
    note: str = ""

    def provenance_of(self, field: str) -> Provenance:
        """Return where one of the row's numbers is from: where the row is, unless its kind says otherwise."""
        del field
        return Provenance(self.source, self.date, self.confidence)

    def __post_init__(self) -> None:
        if self.source or self.date or self.confidence:
            check_provenance(self.source, self.date, self.confidence)
