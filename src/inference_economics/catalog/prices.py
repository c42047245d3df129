"""Dated prices and published figures from the catalogue, as small typed rows with lookups that help.

Rental of GPUs by the month and by the quote, API list prices and how they changed, data-centre and silicon numbers,
published shares of inference in spending, and tables from papers and benchmarks. Dollars per hour, per million tokens
where a price list says so (`Mtok` is then in the name), base units otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..quantities.checks import lookup, require, require_positive
from ..quantities.units import DAYS_PER_CALENDAR_YEAR
from . import reading
from .facts import Table, shipped_tables
from .provenance import Recorded, check_date

HYPERSCALER, NEOCLOUD, MARKETPLACE, SPOT, INDEX = "hyperscaler", "neocloud", "marketplace", "spot", "index"
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class RentalQuote(Recorded):
    """One price of one chip for one hour.

    Parameters
    ----------
    accelerator : str
        Slug in the accelerator catalogue.
    usd_per_hour : float
        Price. [USD/h]
    segment, terms : str
        ``hyperscaler``, ``neocloud``, ``marketplace``, ``spot`` or ``index``; ``on-demand``, ``spot``, ``reserved-1y``,
        ``reserved-3y`` or ``contract-1y``.
    provider : str
        Who; empty where the source names none.
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`; `date` is the day of the price.
    """

    accelerator: str
    usd_per_hour: float
    segment: str
    terms: str
    provider: str = ""

    def __post_init__(self) -> None:
        """Refuse a price that is none."""
        super().__post_init__()
        require_positive(usd_per_hour=self.usd_per_hour)


@dataclass(frozen=True)
class RentalSeries(Recorded):
    """Rental prices of one chip by month.

    Parameters
    ----------
    accelerator : str
        Slug in the accelerator catalogue.
    months : tuple of str
        ``2024-03`` and so on, in order; months without a record are missing.
    ondemand_usd_per_hour, index_usd_per_hour, reserved_usd_per_hour : numpy.ndarray
        Median list price, normalised index, median reserved price; NaN where not recorded. [USD/h]
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`.
    """

    accelerator: str
    months: tuple[str, ...]
    ondemand_usd_per_hour: npt.NDArray[np.float64]
    index_usd_per_hour: npt.NDArray[np.float64]
    reserved_usd_per_hour: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse months out of order and prices that are none."""
        super().__post_init__()
        for month in self.months:
            check_date(month)
        if list(self.months) != sorted(set(self.months)) or any(len(month) != 7 for month in self.months):
            raise ValueError("months must be of the form 2024-03, each later than the one before.")
        for name in ("ondemand_usd_per_hour", "index_usd_per_hour", "reserved_usd_per_hour"):
            prices = np.array(getattr(self, name), dtype=float)
            if prices.shape != (len(self.months),):
                raise ValueError(f"{name} has shape {prices.shape} for {len(self.months)} months.")
            require_positive(**{name: prices[~np.isnan(prices)]})
            prices.flags.writeable = False
            object.__setattr__(self, name, prices)

    @property
    def years(self) -> npt.NDArray[np.float64]:
        """Time of each month since the first one [year]."""
        months = np.array([int(m[:4]) * 12 + int(m[5:]) for m in self.months], dtype=float)
        return np.asarray((months - months[0]) / 12)

    def log_steps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the index's log changes from one record to the next, and the years between them.

        Returns
        -------
        tuple of numpy.ndarray
            Log ratio [1], time between the records [year]. Months without an index are passed over.
        """
        known = np.isfinite(self.index_usd_per_hour)
        return np.diff(np.log(self.index_usd_per_hour[known])), np.diff(self.years[known])


@dataclass(frozen=True)
class ApiPrice(Recorded):
    """List price of a model at an API.

    Parameters
    ----------
    model : str
        The identifier on the price list.
    input_usd_per_mtok, output_usd_per_mtok : float
        Per million tokens read and written. [USD/Mtok]
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`; `date` is the day on which the price was first recorded.
    """

    model: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float

    def __post_init__(self) -> None:
        """Refuse a price that is none."""
        super().__post_init__()
        require(0, 1e6, hint="give US dollars per million tokens.", input_usd_per_mtok=self.input_usd_per_mtok,
                output_usd_per_mtok=self.output_usd_per_mtok)

    @property
    def input_usd_per_token(self) -> float:
        """Price of one token read [USD/token]."""
        return self.input_usd_per_mtok / 1e6

    @property
    def output_usd_per_token(self) -> float:
        """Price of one token written [USD/token]."""
        return self.output_usd_per_mtok / 1e6

    @property
    def cached_input_usd_per_token(self) -> float | None:
        """Price of one token read that the provider's cache holds; None where no discount is recorded [USD/token]."""
        for row in shipped_tables("api_prices.toml")["cached-input"].records():
            if self.model.startswith(row["prefix"]):
                return self.input_usd_per_token * float(row["factor"])
        return None


@dataclass(frozen=True)
class ApiChange(Recorded):
    """A change in the input price of one and the same model.

    Parameters
    ----------
    model : str
        The identifier on the price list.
    input_before_usd_per_mtok, input_after_usd_per_mtok : float
        Before and after. [USD/Mtok]
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`; `date` is the day of the change.
    """

    model: str
    input_before_usd_per_mtok: float
    input_after_usd_per_mtok: float

    def __post_init__(self) -> None:
        """Refuse a price that is none, or none before."""
        super().__post_init__()
        require_positive(input_before_usd_per_mtok=self.input_before_usd_per_mtok)
        require(0, 1e6, hint="give US dollars per million tokens.",
                input_after_usd_per_mtok=self.input_after_usd_per_mtok)

    @property
    def factor(self) -> float:
        """Price after over price before [1]."""
        return self.input_after_usd_per_mtok / self.input_before_usd_per_mtok


def _rows(kind: type[Kind], file: str, table: Table, without: tuple[str, ...] = ()) -> list[Kind]:
    """Build one `kind` from every row of a table, which says for all of them where they were read."""
    where: Mapping[str, Any] = {"source": table.source, "date": table.date, "confidence": table.confidence}
    # NaN stands where the source has no cell
    rows = ({name: cell for name, cell in row.items() if cell == cell and name not in without}
            for row in table.records())
    return [reading.build(kind, {**where, **row}, file, f"{table.name}, {number}") for number, row in enumerate(rows)]


# -- renting ----------------------------------------------------------------------------------------------------------


def rental_series(accelerator: str) -> RentalSeries:
    """Return a chip's rental prices by month.

    Parameters
    ----------
    accelerator : str
        ``h100-sxm``, ``h200-sxm``, ``b200`` or ``a100-sxm-80gb``.

    Returns
    -------
    RentalSeries
    """
    table = lookup("rental series", accelerator, shipped_tables("rental_monthly.toml"))
    prices = (np.array(table.column(f"{kind}_usd_per_hour"), dtype=float) for kind in ("ondemand", "index", "reserved"))
    return RentalSeries(accelerator, table.column("month"), *prices, source=table.source, date=table.date,
                        confidence=table.confidence, note=table.note)


@cache
def _quotes() -> tuple[RentalQuote, ...]:
    file = "rental_quotes.toml"
    rows = [row for table in shipped_tables(file).values() for row in _rows(RentalQuote, file, table)]
    return tuple(sorted(rows, key=lambda quote: quote.date))


def rental_quotes(accelerator: str | None = None, segment: str | None = None,
                  terms: str | None = None) -> tuple[RentalQuote, ...]:
    """Return quotes, oldest first, optionally of one chip, segment or kind of contract.

    Parameters
    ----------
    accelerator, segment, terms : str, optional
        Keep only these; see `RentalQuote`.

    Returns
    -------
    tuple of RentalQuote
    """
    wanted = {"accelerator": accelerator, "segment": segment, "terms": terms}
    for name, value in wanted.items():
        if value is not None:
            lookup(name, value, {getattr(quote, name): None for quote in _quotes()})
    return tuple(q for q in _quotes() if all(v is None or getattr(q, n) == v for n, v in wanted.items()))


def rental_usd_per_hour(accelerator: str, segment: str = NEOCLOUD, terms: str = "on-demand") -> float:
    """Return the most recent quote for a chip.

    Parameters
    ----------
    accelerator, segment, terms : str
        See `RentalQuote`.

    Returns
    -------
    float
        Price. [USD/h]
    """
    quotes = rental_quotes(accelerator, segment, terms)
    if not quotes:
        have = sorted({(q.segment, q.terms) for q in rental_quotes(accelerator)})
        offers = ", ".join(f"{segment} {terms}" for segment, terms in have)
        raise ValueError(f"no {segment} {terms} quote for {accelerator!r}; recorded: {offers}.")
    return quotes[-1].usd_per_hour


# -- APIs -------------------------------------------------------------------------------------------------------------


@cache
def _api() -> dict[str, tuple[ApiPrice, ...]]:
    table = shipped_tables("api_prices.toml")["list-prices"]
    history: dict[str, list[ApiPrice]] = {}
    for price in sorted(_rows(ApiPrice, "api_prices.toml", table), key=lambda price: price.date):
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


def api_changes() -> tuple[ApiChange, ...]:
    """Return recorded price changes of one and the same model, oldest first.

    Returns
    -------
    tuple of ApiChange
    """
    table = shipped_tables("api_prices.toml")["same-model-changes"]
    return tuple(_rows(ApiChange, "api_prices.toml", table, without=("kind",)))


def api_change_rate_per_year(until: str = "2026-08-05") -> float:
    """Same-model price changes per model and year of listing.

    Parameters
    ----------
    until : str
        Last day counted (year-month-day); the record ends on the default.

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
        ``family-steps``, ``discounts``, ``cached-input``, ``open-weights-hosting``, ``decline-rates``,
        ``decline-claims``, ``list-prices`` or ``same-model-changes``.

    Returns
    -------
    catalog.Table
    """
    return lookup("table", name, shipped_tables("api_prices.toml"))
