"""What can be bought: servers with a recorded rent and price, and API price lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from .. import catalog
from ..catalog import prices
from ..catalog.price_rows import ApiPrice
from ..hardware.accelerators import Accelerator
from ..hardware.accelerators import get as accelerator
from ..models.spec import Model
from ..quantities.units import HOURS_PER_WEEK

RENTS_OF = "2026-10-05"  # the day of the rents in chapters 8, 9, 13 and 14

# -- machines to choose from ------------------------------------------------------------------------------------------


def rent_usd_per_hour(chip: str, segment: str = prices.NEOCLOUD) -> float:
    """Return what a chip cost by the hour on the day of the chapters, from one kind of seller.

    Parameters
    ----------
    chip : str
        Slug of an accelerator.
    segment : str
        Kind of seller; see `prices.rental_quotes`.

    Returns
    -------
    float
        [USD/h]

    Raises
    ------
    ValueError
        For a chip or segment without a quote of that day.
    """
    found = [quote for quote in prices.rental_quotes(chip, segment) if quote.date == RENTS_OF]
    if not found:
        raise ValueError(f"chip={chip!r} has no rent of {RENTS_OF} from segment={segment!r}; see prices.rental_quotes.")
    return found[0].usd_per_hour


@cache
def reserved_factors() -> tuple[float, float]:
    """Return the rent under a contract of one year, and of three, over that on demand.

    Returns
    -------
    tuple of float
        One year: contracts for an H100 in June 2026 over that month's index. Three years: that, times the last pair of
        offers of one seller for one and for three years of an H100. [1]
    """
    contract = prices.rental_quotes("h100-sxm", terms="contract-1y")[-1]
    series = prices.rental_series("h100-sxm")
    one = contract.usd_per_hour / series.index_usd_per_hour[series.months.index(contract.date[:7])]
    year, three = (prices.rental_quotes("h100-sxm", terms=terms) for terms in ("reserved-1y", "reserved-3y"))
    pair = next((a, b) for b in reversed(three) for a in reversed(year)
                if (a.provider, a.date) == (b.provider, b.date))
    return float(one), float(one * pair[1].usd_per_hour / pair[0].usd_per_hour)


@dataclass(frozen=True)
class Machine:
    """A server with eight chips, with what it costs to rent one chip or to buy the whole.

    name, title : slug, and name for readers.
    chip : the accelerator.
    price_usd_per_hour : median of the neoclouds on the day of the chapters. [USD/h]
    capex_usd, power_w : latest recorded price, and rated power, of the server. [USD], [W]
    """

    name: str
    title: str
    chip: Accelerator
    price_usd_per_hour: float
    capex_usd: float
    power_w: float


@cache
def machines() -> tuple[Machine, ...]:
    """Return the servers that the catalogues hold a recorded rent, price and power for.

    Returns
    -------
    tuple of Machine
    """
    rows = (("h100-sxm", "server-hgx-h100-2025-03", "power-dgx-h100"),
            ("h200-sxm", "server-hgx-h200-2025", "power-dgx-h100"), ("b200", "server-dgx-b200-2024", "power-dgx-b200"))
    found = []
    for name, price, power in rows:
        found.append(Machine(name, accelerator(name).title, accelerator(name), rent_usd_per_hour(name),
                             catalog.datacentre(price).value, catalog.datacentre(power).value))
    return tuple(found)


@dataclass(frozen=True)
class Listing:
    """What an API asks for a model.

    name, title : slug, and name for readers with the day on which the price was first recorded.
    input_usd_per_token, output_usd_per_token : list prices. [USD/token]
    cached_input_factor : price of input that the API's cache holds, over the list price. [1]
    batch_discount : share of the price that is saved where the answer may wait a day. [1]
    """

    name: str
    title: str
    input_usd_per_token: float
    output_usd_per_token: float
    cached_input_factor: float = 1.0
    batch_discount: float = 0.0


def _listing(row: ApiPrice) -> Listing:
    return Listing(row.model, f"{row.model}, {row.date}", row.input_usd_per_token, row.output_usd_per_token,
                   row.cached_input_factor, row.batch_discount)


@cache
def listed_decline_per_year() -> float:
    """Return how fast the list price of one and the same model fell, to a hundredth.

    Returns
    -------
    float
        Recorded changes per year, to the day of the last one, times the mean logarithm of a change. At fixed quality,
        for a buyer who moves on to newer models, prices fell nine to nine hundred times a year: see the table
        ``decline-claims``. [1/year]
    """
    changes = prices.api_changes()
    mean = np.mean(np.log([change.factor for change in changes]))
    return round(float(-np.expm1(mean * prices.api_change_rate_per_year(changes[-1].date))), 2)


@cache
def offers() -> tuple[Listing, ...]:
    """Return recorded list prices from small models to large, and one of open weights at a host.

    Returns
    -------
    tuple of Listing
    """
    names = ("gpt-5.6-luna", "deepseek-flash", "gemini-3.5-flash-lite", "claude-4.5-haiku", "gpt-5.6-terra",
             "claude-sonnet-5", "gpt-5.6-sol")
    found = [_listing(prices.api_price(name)) for name in names]
    hosted = prices.api_table("open-weights-hosting").records(model="Llama-3.1-70B", date="2024-07")[0]
    price = hosted["usd_per_mtok"] / 1e6
    return (*found, Listing("llama-3.1-70b-hosted", f"Llama-3.1 70B at a host, {hosted['date']}", price, price))


def listing(name: str) -> Listing:
    """Return an offer, by its name in `offers.offers` or on the price list.

    Parameters
    ----------
    name : str
        Such as ``claude-sonnet-5``.

    Returns
    -------
    Listing
    """
    named = {one.name: one for one in offers()}
    if name in named:
        return named[name]
    return _listing(prices.api_price(name))


def listed_source(name: str) -> str:
    """Return where a list price was read, and what was made of it where it depends on the hour.

    Parameters
    ----------
    name : str
        On the price list, such as ``deepseek-flash``.

    Returns
    -------
    str
    """
    row = prices.api_price(name)
    return row.source if row.week_factor == 1 else f"{row.source}; {of_the_week(row)}"


def of_the_week(row: ApiPrice) -> str:
    """Return in words how a price that depends on the hour became one number.

    Parameters
    ----------
    row : ApiPrice
        With peak hours.

    Returns
    -------
    str
    """
    return (f"{row.week_factor - 1:.0%} above the price outside peak hours: demand is taken as even over the week, and "
            f"{row.peak_hours_per_week:g} of its {HOURS_PER_WEEK:g} hours cost {row.peak_factor:g} times as much")


def precision_of(model: Model) -> str:
    """Return the format in which a model is served here: as published in four bits for gpt-oss, fp8 otherwise."""
    return "mxfp4" if model.name.startswith("gpt-oss") else "fp8"
