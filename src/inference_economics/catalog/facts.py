"""Single facts and published tables: data centres, silicon, spending, papers and benchmarks."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..quantities.checks import lookup, require, shown
from . import reading
from .provenance import Provenance, Recorded, check_provenance, sourced
from .reading import build_all

PER_ROW = "as named in each row"  # the source of a table whose rows have sources of their own


@dataclass(frozen=True)
class Fact(Recorded):
    """One dated number from the catalogue.

    Parameters
    ----------
    name, title : str
        Key and name for readers.
    value : float
        The number, in `unit`.
    unit : str
        Base unit: ``USD``, ``W``, ``USD/kWh``, ``year``, ``1`` for a ratio.
    low, high : float
        Ends of the published range; both equal `value` where none was given.
    basis, quote : str
        For a spend share: what it is a share of, and the wording.
    source, date, confidence, note : str
        Provenance, as in `Recorded`, and required here.

    Raises
    ------
    ValueError
        When the range does not hold the value or the provenance is incomplete.
    """

    name: str
    title: str
    value: float
    unit: str
    low: float = math.nan
    high: float = math.nan
    basis: str = ""
    quote: str = ""

    def __post_init__(self) -> None:
        """Refuse a row without provenance or with a range that does not hold its value."""
        check_provenance(self.source, self.date, self.confidence)
        require(-np.inf, np.inf, open_low=True, open_high=True, value=self.value)
        for end in ("low", "high"):
            if np.isnan(getattr(self, end)):
                object.__setattr__(self, end, self.value)
        if not -math.inf < self.low <= self.value <= self.high < math.inf:
            raise ValueError(f"value={self.value:g} is outside its own range {self.low:g}..{self.high:g}.")


@dataclass(frozen=True)
class Table(Recorded):
    """A small table with one source, such as a price series or a table from a paper.

    Parameters
    ----------
    name, title : str
        Key and name for readers.
    columns : tuple of str
        Column names, with the unit in the name.
    rows : tuple of tuple
        Cells, numbers or text; NaN where the source has none.
    source, date, confidence, note : str
        Provenance, as in `Recorded`, and required here.

    Raises
    ------
    ValueError
        When a row's length differs from the header's, or a cell is neither a number that is finite, NaN nor text.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a ragged table or one without provenance."""
        check_provenance(self.source, self.date, self.confidence)
        if not self.rows or len(set(self.columns)) != len(self.columns):
            raise ValueError("a table needs rows and distinct column names.")
        if not all(isinstance(name, str) for name in self.columns):
            raise ValueError(f"columns={self.columns!r} must be text.")
        row: Any
        for i, row in enumerate(self.rows):
            if not isinstance(row, (list, tuple)) or len(row) != len(self.columns):
                size = f"{len(row)} cells" if isinstance(row, (list, tuple)) else "no cells"
                raise ValueError(f"row {i} has {size} for {len(self.columns)} columns: {shown(row)}.")
            for name, cell in zip(self.columns, row, strict=True):
                if not _is_cell(cell):
                    raise ValueError(f"row {i}: {name}={shown(cell)} must be text, a finite number, or nan for none.")
        object.__setattr__(self, "rows", tuple(map(self._sourced, self.rows)))

    def _sourced(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row whose numbers know where they are from: what the row itself says, and the table."""
        own = {name: cell for name, cell in zip(self.columns, row, strict=True) if isinstance(cell, str)}
        named = own.get("source", "")
        if self.source == PER_ROW:
            source = named or own.get("who", "") or self.source
        else:
            source = f"{named}; {self.source}" if named else self.source
        provenance = Provenance(source, own.get("date") or self.date, own.get("confidence") or self.confidence)
        return tuple(sourced(cell, provenance) for cell in row)

    def records(self, **equal: Any) -> list[dict[str, Any]]:
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

    def column(self, name: str) -> tuple[Any, ...]:
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


def _is_cell(cell: object) -> bool:
    if isinstance(cell, (str, bool)):
        return True
    # beyond the largest double, a whole number is not finite here either
    return isinstance(cell, (int, float)) and (cell != cell or abs(cell) <= sys.float_info.max)


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


@cache
def shipped_tables(file: str) -> Mapping[str, Table]:
    """Return the tables of one of the catalogue's own files, such as ``published.toml``, by key."""
    return MappingProxyType(load_tables(reading.path(file)))


@cache
def shipped_facts(file: str) -> Mapping[str, Fact]:
    """Return the numbers of one of the catalogue's own files, such as ``datacentre.toml``, by key."""
    return MappingProxyType(load_facts(reading.path(file)))


# -- single numbers and tables ----------------------------------------------------------------------------------------


def datacentre(name: str) -> Fact:
    """Return a number about servers, power, buildings, money or failures.

    Parameters
    ----------
    name : str
        Key, such as ``pue-industry-2025``.

    Returns
    -------
    catalog.Fact
    """
    return lookup("data-centre fact", name, shipped_facts("datacentre.toml"))


def silicon(name: str) -> Fact:
    """Return a number about design, wafers, yield, packages, memory or margins.

    Parameters
    ----------
    name : str
        Key, such as ``wafer-n5``.

    Returns
    -------
    catalog.Fact
    """
    return lookup("silicon fact", name, shipped_facts("silicon.toml"))


def decision_default(name: str) -> Fact:
    """Return a default of a decision that no price list holds: a record, or an assumption with a name and a range.

    Parameters
    ----------
    name : str
        Key, such as ``gpu-doubling``.

    Returns
    -------
    catalog.Fact
        An assumption's source begins with "assumed".
    """
    return lookup("default of a decision", name, shipped_facts("decision.toml"))


def spend_shares() -> dict[str, Fact]:
    """Return published shares of inference. Their bases differ: compare, never average.

    Returns
    -------
    dict
        Key to `catalog.Fact`, whose `basis` says what the share is a share of.
    """
    return dict(shipped_facts("spend_shares.toml"))


def published(name: str) -> Table:
    """Return a table from a paper or benchmark.

    Parameters
    ----------
    name : str
        Key, such as ``pope-table2`` or ``mlperf``.

    Returns
    -------
    catalog.Table
    """
    return lookup("published table", name, shipped_tables("published.toml"))


def everything() -> dict[str, dict[str, Fact] | dict[str, Table]]:
    """Return all catalogue files about prices and results, for the appendix that prints them.

    Returns
    -------
    dict
        File name to its rows: `catalog.Fact` or `catalog.Table` by key.
    """
    facts = ("datacentre.toml", "silicon.toml", "spend_shares.toml", "decision.toml")
    tables = ("rental_monthly.toml", "rental_quotes.toml", "api_prices.toml", "published.toml", "backtests.toml")
    return {**{name: dict(shipped_facts(name)) for name in facts},
            **{name: dict(shipped_tables(name)) for name in tables}}
