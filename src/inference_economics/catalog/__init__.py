"""The catalogues: dated facts in TOML, each row with its source, date and confidence.

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

import tomllib
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path

from ..quantities.checks import lookup

CONFIDENCE = ("primary", "secondary", "derived", "estimate")


def path(name: str) -> Path:
    """Return the path of a catalogue file shipped with the package.

    Parameters
    ----------
    name : str
        File name, for example ``models.toml``.

    Returns
    -------
    pathlib.Path
    """
    return Path(str(files(__name__) / name))


def read_tables(file: str | Path) -> dict[str, dict]:
    """Return the tables of a TOML file by key; name the file when it cannot be read.

    Parameters
    ----------
    file : str or pathlib.Path
        A catalogue file.

    Returns
    -------
    dict
        Table name to its raw keys and values.
    """
    file = Path(file)
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{file}: no such catalogue file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ValueError(f"{file}: not readable as TOML: {error}") from None
    for key, row in rows.items():
        if not isinstance(row, dict):
            raise ValueError(f"{file}: {key!r} stands outside a row; begin each row with a header such as [my-row].")
    return rows


def build(kind: type, row: dict, file: str | Path, key: str, **extra):
    """Build the dataclass `kind` from a row, or raise `ValueError` naming file, row and the field at fault.

    Parameters
    ----------
    kind : type
        A dataclass.
    row : dict
        The row's keys and values, already in base units.
    file, key : str
        Where the row stands, for the message.
    **extra
        Fields that the row itself does not carry, such as its name.

    Returns
    -------
    object
        An instance of `kind`.
    """
    known = {f.name: f for f in fields(kind) if f.init}
    try:
        for name in row:
            lookup("field", name, known)
        needed = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
        missing = sorted(needed - row.keys() - extra.keys())
        if missing:
            raise ValueError(f"missing {', '.join(missing)}.")
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}, **extra)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{file}, row [{key}]: {error}") from None


def build_all(kind: type, file: str | Path, prepare=dict) -> dict:
    """Build one `kind` from every row of a file, named by its key, once `prepare` has put the row into base units."""
    built = {}
    for key, row in read_tables(file).items():
        try:
            row = prepare(row)
        except ValueError as error:
            raise ValueError(f"{file}, row [{key}]: {error}") from None
        built[key] = build(kind, row, file, key, name=key)
    return built


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


@dataclass(frozen=True)
class Fact:
    """One dated number from the catalogue.

    Parameters
    ----------
    name, title : str
        Key and name for readers.
    value : float
        The number, in `unit`.
    low, high : float
        Ends of the published range; both equal `value` where none was given.
    unit : str
        Base unit: ``USD``, ``W``, ``USD/kWh``, ``year``, ``1`` for a ratio.
    basis, quote : str
        For a spend share: what it is a share of, and the wording.
    source, date, confidence, note : str
        Provenance.

    Raises
    ------
    ValueError
        When the range does not hold the value or the provenance is incomplete.
    """

    name: str
    title: str
    value: float
    unit: str
    source: str
    date: str
    confidence: str
    low: float | None = None
    high: float | None = None
    basis: str = ""
    quote: str = ""
    note: str = ""

    def __post_init__(self):
        """Refuse a row without provenance or with a range that does not hold its value."""
        check_provenance(self.source, self.date, self.confidence)
        for end in ("low", "high"):
            if getattr(self, end) is None:
                object.__setattr__(self, end, self.value)
        ends = (self.low, self.value, self.high)
        if any(isinstance(x, bool) or not isinstance(x, (int, float)) for x in ends):
            raise ValueError(f"value={self.value!r}, low={self.low!r} and high={self.high!r} must be numbers.")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value={self.value:g} is outside its own range {self.low:g}..{self.high:g}.")


@dataclass(frozen=True)
class Table:
    """A small table with one source, such as a price series or a table from a paper.

    Parameters
    ----------
    name, title : str
        Key and name for readers.
    columns : tuple of str
        Column names, with the unit in the name.
    rows : tuple of tuple
        Cells; NaN where the source has none.
    source, date, confidence, note : str
        Provenance.

    Raises
    ------
    ValueError
        When a row's length differs from the header's.
    """

    name: str
    title: str
    columns: tuple
    rows: tuple
    source: str
    date: str
    confidence: str
    note: str = ""

    def __post_init__(self):
        """Refuse a ragged table or one without provenance."""
        check_provenance(self.source, self.date, self.confidence)
        if not self.rows or len(set(self.columns)) != len(self.columns):
            raise ValueError("a table needs rows and distinct column names.")
        for i, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"row {i} has {len(row)} cells for {len(self.columns)} columns: {row}.")
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))

    def records(self, **equal) -> list[dict]:
        """Return rows as dictionaries, those whose cells equal the given values.

        Parameters
        ----------
        **equal
            Column name and the value it must have.

        Returns
        -------
        list of dict
        """
        names = {name: name for name in self.columns}
        for name in equal:
            lookup("column", name, names)
        rows = (dict(zip(self.columns, row, strict=True)) for row in self.rows)
        return [row for row in rows if all(row[name] == value for name, value in equal.items())]

    def column(self, name: str) -> tuple:
        """Return one column, top to bottom.

        Parameters
        ----------
        name : str
            Column name.

        Returns
        -------
        tuple
        """
        lookup("column", name, {c: c for c in self.columns})
        return tuple(row[self.columns.index(name)] for row in self.rows)


def load_facts(file: str | Path) -> dict[str, Fact]:
    """Read a file of single numbers.

    Parameters
    ----------
    file : str or pathlib.Path
        A catalogue file.

    Returns
    -------
    dict
        Key to `Fact`.
    """
    return build_all(Fact, file)


def load_tables(file: str | Path) -> dict[str, Table]:
    """Read a file of small tables.

    Parameters
    ----------
    file : str or pathlib.Path
        A catalogue file.

    Returns
    -------
    dict
        Key to `Table`.
    """
    return build_all(Table, file)
