"""What can be bought: servers with a recorded rent and price, and API price lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .. import catalog
from ..catalog import prices
from ..hardware.accelerators import Accelerator
from ..hardware.accelerators import get as accelerator

# -- machines to choose from ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Machine:
    """A server with eight chips, with what it costs to rent one chip or to buy the whole.

    name, title : slug, and name for readers.
    chip : the accelerator.
    price_usd_per_hour : median of the neoclouds on 2026-10-05. [USD/h]
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
        quote = [q for q in prices.rental_quotes(name, prices.NEOCLOUD, "on-demand") if q.date == "2026-10-05"][-1]
        found.append(Machine(name, accelerator(name).title, accelerator(name), quote.usd_per_hour,
                             catalog.datacentre(price).value, catalog.datacentre(power).value))
    return tuple(found)


@dataclass(frozen=True)
class Offer:
    """What an API asks for a model.

    name, title : slug, and name for readers with the day on which the price was first recorded.
    input_usd_per_token, output_usd_per_token : list prices. [USD/token]
    """

    name: str
    title: str
    input_usd_per_token: float
    output_usd_per_token: float


@cache
def offers() -> tuple[Offer, ...]:
    """Return recorded list prices from small models to large, and one of open weights at a host.

    Returns
    -------
    tuple of Offer
    """
    names = ("gpt-5.6-luna", "deepseek-v4-flash", "gemini-3.5-flash-lite", "claude-4.5-haiku", "gpt-5.6-terra",
             "claude-sonnet-5", "gpt-5.6-sol")
    listed = (prices.api_price(name) for name in names)
    found = [Offer(p.model, f"{p.model}, {p.date}", p.input_usd_per_token, p.output_usd_per_token) for p in listed]
    hosted = prices.api_table("open-weights-hosting").records(model="Llama-3.1-70B", date="2024-07")[0]
    price = hosted["usd_per_mtok"] / 1e6
    return (*found, Offer("llama-3.1-70b-hosted", f"Llama-3.1 70B at a host, {hosted['date']}", price, price))


def precision_of(model) -> str:
    """Return the format in which a model is served here: as published in four bits for gpt-oss, fp8 otherwise."""
    return "mxfp4" if model.name.startswith("gpt-oss") else "fp8"
