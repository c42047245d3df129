"""Single facts and published tables: data centres, silicon, spending, papers and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from ..quantities.checks import lookup
from . import reading
from .provenance import check_provenance
from .reading import build_all


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


@cache
def _tables(file: str) -> dict[str, Table]:
    return load_tables(reading.path(file))


@cache
def _facts(file: str) -> dict[str, Fact]:
    return load_facts(reading.path(file))


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
    return lookup("data-centre fact", name, _facts("datacentre.toml"))


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
    return lookup("silicon fact", name, _facts("silicon.toml"))


def spend_shares() -> dict[str, Fact]:
    """Return published shares of inference. Their bases differ: compare, never average.

    Returns
    -------
    dict
        Key to `catalog.Fact`, whose `basis` says what the share is a share of.
    """
    return dict(_facts("spend_shares.toml"))


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
    return lookup("published table", name, _tables("published.toml"))


def everything() -> dict[str, dict]:
    """Return all catalogue files about prices and results, for the appendix that prints them.

    Returns
    -------
    dict
        File name to its rows: `catalog.Fact` or `catalog.Table` by key.
    """
    facts = {name: dict(_facts(name)) for name in ("datacentre.toml", "silicon.toml", "spend_shares.toml")}
    names = ("rental_monthly.toml", "rental_quotes.toml", "api_prices.toml", "published.toml")
    return facts | {name: dict(_tables(name)) for name in names}


@cache
def day() -> SimpleNamespace:
    """Return DeepSeek's published day: tokens, dollars, and what one GPU did."""
    rows = dict(published("deepseek-day").rows)
    tokens = rows["input tokens"] + rows["output tokens"]
    gpus = rows["average nodes"] * rows["GPUs per node"]
    run = next(row["usd"] for row in published("deepseek-v3-cost").records() if row["stage"] == "total")
    return SimpleNamespace(
        tokens=tokens, usd=rows["daily cost, USD"], usd_per_token=rows["daily cost, USD"] / tokens, run_usd=run,
        output_tok_per_gpu=rows["output tokens"] / gpus, tokens_per_output=tokens / rows["output tokens"],
        paid_share=rows["daily cost, USD"] / rows["theoretical daily revenue, USD"])
