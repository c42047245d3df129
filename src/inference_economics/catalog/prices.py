"""Dated prices and published figures from the catalogue, as small typed rows with lookups that help.

Rental of GPUs by the month and by the quote, API list prices and how they changed, data-centre and silicon numbers,
published shares of inference in spending, and tables from papers and benchmarks. Dollars per hour, per million tokens
where a price list says so (`Mtok` is then in the name), base units otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..quantities.checks import lookup
from . import provenance
from .facts import Table, _tables

HYPERSCALER, NEOCLOUD, MARKETPLACE, SPOT, INDEX = "hyperscaler", "neocloud", "marketplace", "spot", "index"


@dataclass(frozen=True)
class RentalQuote:
    """One price of one chip for one hour.

    Parameters
    ----------
    accelerator : str
        Slug in the accelerator catalogue.
    usd_per_hour : float
        Price. [USD/h]
    date, provider, segment, terms : str
        When; who; ``hyperscaler``, ``neocloud``, ``marketplace``, ``spot`` or ``index``; ``on-demand``, ``spot``,
        ``reserved-1y``, ``reserved-3y`` or ``contract-1y``.
    source, confidence : str
        Provenance.
    """

    accelerator: str
    usd_per_hour: float
    date: str
    provider: str
    segment: str
    terms: str
    source: str
    confidence: str


@dataclass(frozen=True)
class RentalSeries:
    """Rental prices of one chip by month.

    Parameters
    ----------
    accelerator : str
        Slug in the accelerator catalogue.
    months : tuple of str
        ``2024-03`` and so on; months without a record are missing.
    ondemand_usd_per_hour, index_usd_per_hour, reserved_usd_per_hour : numpy.ndarray
        Median list price, normalised index, median reserved price; NaN where not recorded. [USD/h]
    source, date, confidence, note : str
        Provenance.
    """

    accelerator: str
    months: tuple
    ondemand_usd_per_hour: np.ndarray
    index_usd_per_hour: np.ndarray
    reserved_usd_per_hour: np.ndarray
    source: str
    date: str
    confidence: str
    note: str

    @property
    def years(self) -> np.ndarray:
        """Time of each month since the first one [year]."""
        months = np.array([int(m[:4]) * 12 + int(m[5:]) for m in self.months])
        return (months - months[0]) / 12

    def log_steps(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the index's log changes from one record to the next, and the years between them.

        Returns
        -------
        tuple of numpy.ndarray
            Log ratio [1], time between the records [year]. Months without an index are passed over.
        """
        known = np.isfinite(self.index_usd_per_hour)
        return np.diff(np.log(self.index_usd_per_hour[known])), np.diff(self.years[known])


@dataclass(frozen=True)
class ApiPrice:
    """List price of a model at an API.

    Parameters
    ----------
    model : str
        The identifier on the price list.
    date : str
        Day on which the price was first recorded.
    input_usd_per_mtok, output_usd_per_mtok : float
        Per million tokens read and written. [USD/Mtok]
    source, confidence : str
        Provenance.
    """

    model: str
    date: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    source: str
    confidence: str

    @property
    def input_usd_per_token(self) -> float:
        """Price of one token read [USD/token]."""
        return self.input_usd_per_mtok / 1e6

    @property
    def output_usd_per_token(self) -> float:
        """Price of one token written [USD/token]."""
        return self.output_usd_per_mtok / 1e6


@dataclass(frozen=True)
class ApiChange:
    """A change in the input price of one and the same model.

    Parameters
    ----------
    model, date : str
        Which and when.
    input_before_usd_per_mtok, input_after_usd_per_mtok : float
        Before and after. [USD/Mtok]
    source, confidence : str
        Provenance.
    """

    model: str
    date: str
    input_before_usd_per_mtok: float
    input_after_usd_per_mtok: float
    source: str
    confidence: str

    @property
    def factor(self) -> float:
        """Price after over price before [1]."""
        return self.input_after_usd_per_mtok / self.input_before_usd_per_mtok


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
    table = lookup("rental series", accelerator, _tables("rental_monthly.toml"))
    prices = (np.array(table.column(f"{kind}_usd_per_hour"), dtype=float) for kind in ("ondemand", "index", "reserved"))
    return RentalSeries(accelerator, table.column("month"), *prices, table.source, table.date, table.confidence,
                        table.note)


@cache
def _quotes() -> tuple[RentalQuote, ...]:
    rows = [RentalQuote(**record, source=table.source, confidence=table.confidence)
            for table in _tables("rental_quotes.toml").values() for record in table.records()]
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
    table = _tables("api_prices.toml")["list-prices"]
    history: dict[str, list[ApiPrice]] = {}
    for record in sorted(table.records(), key=lambda r: r["date"]):
        history.setdefault(record["model"], []).append(
            ApiPrice(**record, source=table.source, confidence=table.confidence))
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
    provenance.check_date(date)
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
        provenance.check_date(date)
    return tuple(api_price(model, date) for model, rows in _api().items() if date is None or rows[0].date <= date)


def api_changes() -> tuple[ApiChange, ...]:
    """Return recorded price changes of one and the same model, oldest first.

    Returns
    -------
    tuple of ApiChange
    """
    table = _tables("api_prices.toml")["same-model-changes"]
    rows = ({name: value for name, value in record.items() if name != "kind"} for record in table.records())
    return tuple(ApiChange(**row, source=table.source, confidence=table.confidence) for row in rows)


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
    provenance.check_date(until, whole=True)
    last = np.datetime64(until)
    listed = [(last - np.datetime64(rows[0].date)).astype(float) / 365.25 for rows in _api().values()]
    exposure = sum(years for years in listed if years > 0)
    if not exposure:
        raise ValueError(f"until={until!r} lies before the record begins.")
    return sum(change.date <= until for change in api_changes()) / exposure


def api_table(name: str) -> Table:
    """Return a table about API prices: family steps, discounts, hosting of open weights, rates of decline.

    Parameters
    ----------
    name : str
        ``family-steps``, ``discounts``, ``open-weights-hosting``, ``decline-rates``, ``decline-claims``,
        ``list-prices`` or ``same-model-changes``.

    Returns
    -------
    catalog.Table
    """
    return lookup("table", name, _tables("api_prices.toml"))
