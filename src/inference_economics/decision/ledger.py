"""Every dollar of a decision by way, cause and year: a ledger whose cells a CFO can trace."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..buying.purchases import depreciation_usd
from ..quantities.limits import check_records
from .cases import Source
from .cash import WAYS, allowed, by_way
from .dollars import Cash, horizon_weight, level_usd, present_usd, start_weights, year_weights
from .fleet import machines
from .plan import ADDRESSES, Plan
from .words import label_of
from .workload import YEARS, ByYear

CAUSES = {"capital_usd": ("start", "machines and rooms, bought"), "programme_usd": ("start", "design of a chip"),
          "tokens_usd": ("through", "tokens at list price, less discounts"),
          "rent_usd": ("through", "chips by the hour"),
          "site_usd": ("through", "space and cooling"), "electricity_usd": ("through", "electricity"),
          "upkeep_usd": ("through", "upkeep and software"), "people_usd": ("through", "people"),
          "licences_usd": ("through", "licences"), "data_usd": ("through", "traffic and storage")}
# item of the ledger: where its cells come from, in words, and their unit; here, and as the page writes it
HOW: dict[str, tuple[str, str]] = {
    "prompts_per_day": ("grown to the middle of the year", "1/day"),
    "copies": ("with the spare ones of every region", "1"), "copy_chips": ("copies × chips of a copy", "1"),
    "unit_chips": ("the same in whole units of a contract", "1"), "servers": ("whole servers and spare ones", "1"),
    "utilisation": ("places in use over the day, over all", "1"),
    "start": ("present value of a dollar at the start of the year", "1"),
    "through": ("present value of a dollar through the year, as far as it is counted", "1"),
    **{cause: (f"{words}, paid {'at the start of' if when == 'start' else 'through'} the year", "USD")
       for cause, (when, words) in CAUSES.items()},
    "resale_usd": ("got back at the horizon", "USD"),
    "resale_weight": ("present value of a dollar at the horizon", "1"),
    "present_usd": ("causes at the start × start + causes through × through - resale_usd × resale_weight", "USD"),
    "level_usd": ("present_usd over the sum of through", "USD/year"),
    "depreciation_usd": ("straight line over the lives of servers and room; no cash, and in no sum", "USD")}
DEMAND = ("prompts_per_day", "copies", "copy_chips", "unit_chips", "servers", "utilisation")
WEIGHTS, BOOKS = ("start", "through"), ("depreciation_usd",)
SUMS = ("resale_usd", "resale_weight", "present_usd", "level_usd")
OWNED = tuple(way for way, (_, privacy) in WAYS.items() if privacy == 2)


class Entry(NamedTuple):
    """One row of the ledger: a cause of one way's cost by year, or a number that follows from rows above it.

    way, item : key of the way, and name of the row.
    how : where the cells come from, in words.
    unit : of the cells.
    cells : a number for each year, or one.
    """

    way: str
    item: str
    how: str
    unit: str
    cells: tuple[float, ...]


def outline() -> list[tuple[str, str, str, str]]:
    """Return the rows of the ledger without their cells, in the order in which here and the page write them.

    Returns
    -------
    list of tuple
        Way, item, how and unit, as in `Entry`; those of ways that are ruled out among them.
    """
    rows = [("inputs", address, label_of(address) or "input", "") for address in ADDRESSES]
    rows += [("demand", item, *HOW[item]) for item in DEMAND]
    rows += [("weights", item, *HOW[item]) for item in WEIGHTS]
    return rows + [(way, item, *HOW[item]) for way in WAYS
                   for item in (*CAUSES, *(BOOKS if way in OWNED else ()), *SUMS)]


def ledger(plan: Plan) -> list[Entry]:
    """Return every dollar by way, cause and year, and how it adds up.

    Parameters
    ----------
    plan : Plan
        With one number for each field.

    Returns
    -------
    list of Entry
        The inputs first, each by its address, then the weights of the years, then each way that can serve: its causes,
        present value and level cost. What a way adds up to follows from its own rows and the weights alone.
    """
    check_records(plan=(plan, Plan))
    fleet, found, finance = machines(plan), by_way(plan), plan.finance
    cells: dict[tuple[str, str], tuple[float, ...]]
    cells = {("inputs", address): (float(np.max(plan.value(address))),) for address in ADDRESSES}
    cells |= {("demand", item): _cells(getattr(fleet, item)) for item in DEMAND}
    weights = (start_weights(finance), year_weights(finance))
    cells |= {("weights", item): _cells(values) for item, values in zip(WEIGHTS, weights, strict=True)}
    cells |= {(way, "depreciation_usd"): _cells(usd) for way, usd in books_usd(plan, found).items()}
    for way, cash in found.items():
        cells |= {(way, cause): _cells(getattr(cash, cause)) for cause in CAUSES}
        sums = (cash.resale_usd, horizon_weight(finance), present_usd(cash, finance), level_usd(cash, finance))
        cells |= {(way, item): (float(usd),) for item, usd in zip(SUMS, sums, strict=True)}
    return [Entry(way, item, how, unit, cells[way, item]) for way, item, how, unit in outline()
            if way not in WAYS or np.isfinite(allowed(plan, way, 0.0))]


def _cells(values: Any) -> tuple[float, ...]:
    return tuple(np.broadcast_to(values, YEARS.shape).astype(float).tolist())


def books_usd(plan: Plan, found: Mapping[str, Cash]) -> dict[str, ByYear]:
    """Return the depreciation of each owned way: nothing is paid by it, but the books show it.

    Parameters
    ----------
    plan : Plan
        With the lives of servers and rooms.
    found : mapping
        From `cash.by_way`.

    Returns
    -------
    dict
        Key of a way of `OWNED` to its depreciation, by year along the last axis. [USD]
    """
    books = {}
    for way in OWNED:
        servers_usd = found["own-chip" if way == "own-chip" else "colocation"].capital_usd
        books[way] = depreciation_usd(servers_usd, 1.0, plan.server.life_years) + depreciation_usd(
            found[way].capital_usd - servers_usd, 1.0, plan.room.building_life_years)
    return books


def ledger_csv(plan: Plan, defaults: tuple[Source, ...] = ()) -> str:
    """Return the ledger as a CSV file.

    Parameters
    ----------
    plan : Plan
        As in `ledger`.
    defaults : tuple of Source
        From `cases.sources`: who says so, beside the inputs.

    Returns
    -------
    str
        Columns way, item, how, unit, source, and a year each; numbers with all their digits.
    """
    said = {row.address: ", ".join(filter(None, (row.source, row.date))) for row in defaults}
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["way", "item", "how", "unit", "source", *(f"year {k:.0f}" for k in YEARS)])
    for row in ledger(plan):
        source = said.get(row.item, "") if row.way == "inputs" else ""
        writer.writerow([row.way, row.item, row.how, row.unit, source, *map(repr, row.cells)])
    return file.getvalue()
