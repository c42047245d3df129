"""Dated prices and published figures from the catalogue, as small typed rows with lookups that help.

Rental of GPUs by the month and by the quote, API list prices and how they changed, data-centre and silicon numbers,
published shares of inference in spending, and tables from papers and benchmarks. Dollars per hour, per million tokens
where a price list says so (`Mtok` is then in the name), base units otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import numpy as np

from ..quantities.checks import lookup
from ..quantities.units import DAYS_PER_CALENDAR_YEAR
from . import reading
from .facts import Table, shipped_tables
from .price_rows import ApiChange, ApiPrice, RentalQuote, RentalSeries
from .provenance import check_date

HYPERSCALER, NEOCLOUD, MARKETPLACE, SPOT, INDEX = "hyperscaler", "neocloud", "marketplace", "spot", "index"
Kind = TypeVar("Kind")
# what a name on the price list is served as today, and what became of the model
RETIRED = {"deepseek-v4-flash": ("deepseek-flash", "the model is retired, and DeepSeek serves and bills its name as "
                                                   "deepseek-flash")}

# where the record of all models' prices ends; a later change is known from the price page of one maker
RECORDED_UNTIL = "2026-08-05"


def _rows(kind: type[Kind], file: str, table: Table, without: tuple[str, ...] = ()) -> list[Kind]:
    """Build one `kind` from every row of a table, which says for all of them where they were read."""
    where: Mapping[str, Any] = {"source": table.source, "date": table.date, "confidence": table.confidence}
    # NaN stands where the source has no cell
    rows = ({name: cell for name, cell in row.items() if cell == cell and name not in without}
            for row in table.records())
    return [reading.build(kind, {**where, **row}, file, f"{table.name}, {number}") for number, row in enumerate(rows)]


# -- renting ----------------------------------------------------------------------------------------------------------


def rental_series(chip: str) -> RentalSeries:
    """Return a chip's rental prices by month.

    Parameters
    ----------
    chip : str
        ``h100-sxm``, ``h200-sxm``, ``b200`` or ``a100-sxm-80gb``.

    Returns
    -------
    RentalSeries
    """
    table = lookup("rental series", chip, shipped_tables("rental_monthly.toml"))
    prices = (np.array(table.column(f"{kind}_usd_per_hour"), dtype=float) for kind in ("ondemand", "index", "reserved"))
    return RentalSeries(chip, table.column("month"), *prices, source=table.source, date=table.date,
                        confidence=table.confidence, note=table.note)


@cache
def _quotes() -> tuple[RentalQuote, ...]:
    file = "rental_quotes.toml"
    rows = [row for table in shipped_tables(file).values() for row in _rows(RentalQuote, file, table)]
    return tuple(sorted(rows, key=lambda quote: quote.date))


def rental_quotes(chip: str | None = None, segment: str | None = None,
                  terms: str | None = None) -> tuple[RentalQuote, ...]:
    """Return quotes, oldest first, optionally of one chip, segment or kind of contract.

    Parameters
    ----------
    chip, segment, terms : str, optional
        Keep only these; see `RentalQuote`.

    Returns
    -------
    tuple of RentalQuote
    """
    wanted = {"chip": chip, "segment": segment, "terms": terms}
    for name, value in wanted.items():
        if value is not None:
            lookup(name, value, {getattr(quote, name): None for quote in _quotes()})
    return tuple(q for q in _quotes() if all(v is None or getattr(q, n) == v for n, v in wanted.items()))


def rental_usd_per_hour(chip: str, segment: str = NEOCLOUD, terms: str = "on-demand") -> float:
    """Return the most recent quote for a chip.

    Parameters
    ----------
    chip, segment, terms : str
        See `RentalQuote`.

    Returns
    -------
    float
        Price. [USD/h]
    """
    if chip is None:
        raise ValueError("chip=None: name one; rental_quotes() lists what is recorded.")
    quotes = rental_quotes(chip, segment, terms)
    if not quotes:
        have = sorted({(q.segment, q.terms) for q in rental_quotes(chip)})
        offers = ", ".join(f"{segment} {terms}" for segment, terms in have)
        raise ValueError(f"no {segment} {terms} quote for {chip!r}; recorded: {offers}.")
    return quotes[-1].usd_per_hour


# -- APIs -------------------------------------------------------------------------------------------------------------


@cache
def _api() -> dict[str, tuple[ApiPrice, ...]]:
    file = "api_prices.toml"
    rows = [row for name in ("list-prices", "peak-prices") for row in _rows(ApiPrice, file, shipped_tables(file)[name])]
    history: dict[str, list[ApiPrice]] = {}
    for price in sorted(rows, key=lambda price: price.date):
        history.setdefault(price.model, []).append(price)
    return {model: tuple(rows) for model, rows in history.items()}


def api_history(model: str) -> tuple[ApiPrice, ...]:
    """Return every recorded price of a model, oldest first.

    Parameters
    ----------
    model : str
        Identifier on the price list, such as ``gpt-4o``.

    Returns
    -------
    tuple of ApiPrice
    """
    return lookup("API model", model, _api())


def api_price(model: str, date: str | None = None) -> ApiPrice:
    """Return the price of a model on a day, or its last one.

    Parameters
    ----------
    model : str
        Identifier on the price list.
    date : str, optional
        ISO date; the price first recorded on or before that day.

    Returns
    -------
    ApiPrice
    """
    history = api_history(model)
    if date is None:
        return history[-1]
    check_date(date)
    before = [price for price in history if price.date <= date]
    if not before:
        raise ValueError(f"date={date!r}: {model!r} was first recorded on {history[0].date}.")
    return before[-1]


def api_prices(date: str | None = None) -> tuple[ApiPrice, ...]:
    """Return the price of every model on record, as of a day or at the end.

    Parameters
    ----------
    date : str, optional
        ISO date.

    Returns
    -------
    tuple of ApiPrice
    """
    if date is not None:
        check_date(date)
    return tuple(api_price(model, date) for model, rows in _api().items() if date is None or rows[0].date <= date)


def renamed(*names: str) -> dict[str, tuple[str, str]]:
    """Return what became of choices that older links ask for: a price that has changed, a model that is retired.

    Parameters
    ----------
    *names : str
        What is offered now, such as ``deepseek-flash``.

    Returns
    -------
    dict
        Name and date of old, such as ``deepseek-v4-flash, 2026-04-23``, to those of today and to what a reader is told.
    """
    def title(row: ApiPrice) -> str:
        return f"{row.model}, {row.date}"

    now = {name: title(api_price(name)) for name in names}
    changed = {title(row): (now[name], "its price has changed since") for name in names for row in api_history(name)
               if title(row) != now[name]}
    return changed | {title(row): (now[name], words) for old, (name, words) in RETIRED.items() if name in now
                      for row in api_history(old)}


def api_changes() -> tuple[ApiChange, ...]:
    """Return recorded price changes of one and the same model, oldest first.

    Returns
    -------
    tuple of ApiChange
    """
    file = "api_prices.toml"
    rows = [row for name in ("same-model-changes", "peak-changes")
            for row in _rows(ApiChange, file, shipped_tables(file)[name], without=("kind",))]
    return tuple(sorted(rows, key=lambda change: change.date))


def api_change_rate_per_year(until: str = RECORDED_UNTIL) -> float:
    """Same-model price changes per model and year of listing.

    Parameters
    ----------
    until : str
        Last day counted (year-month-day). The record of all models ends on the default; of later days only the changes
        that some makers published are known, and the other prices are taken to have stood still.

    Returns
    -------
    float
        Changes per model-year. [1/year]

    Notes
    -----
    Exposure is an upper bound (retired models stay on the list), so the rate is a lower one. Prices move by new names
    far more than by repricing.
    """
    check_date(until, whole=True)
    last = np.datetime64(until)
    listed = [float((last - np.datetime64(rows[0].date)) / np.timedelta64(1, "D")) / DAYS_PER_CALENDAR_YEAR
              for rows in _api().values()]
    exposure = sum(years for years in listed if years > 0)
    if not exposure:
        raise ValueError(f"until={until!r} lies before the record begins.")
    return sum(change.date <= until for change in api_changes()) / exposure


def api_table(name: str) -> Table:
    """Return a table about API prices: family steps, discounts, hosting of open weights, rates of decline.

    Parameters
    ----------
    name : str
        ``family-steps``, ``discounts``, ``terms``, ``open-weights-hosting``, ``decline-rates``,
        ``decline-claims``, ``list-prices``, ``peak-prices``, ``same-model-changes`` or
        ``peak-changes``.

    Returns
    -------
    catalog.Table
    """
    return lookup("table", name, shipped_tables("api_prices.toml"))
