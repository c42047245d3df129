"""Servers and sites that several chapters count with, by the catalogue."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ..catalog.facts import datacentre, decision_default
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .ownership import Server, Site, net_present_cost_usd, owned_usd_per_year

LIFE_YEARS = 5.0
DISCOUNT_RATE = 0.08
LOAD_FRACTION = 0.75
NETWORK_FRACTION = 0.1  # switches and cables of a fleet over its servers; a server that stands alone needs none
GPUS = 8
KERNEL_PAY_USD_PER_YEAR = 400_000.0  # of who writes kernels: assumed, near the dear end of the catalogue's range of pay
SERVERS_PER_PERSON = 50.0  # of a fleet; assumed, no measured figure is published
POST_OF_ONE_MACHINE = 0.5  # people to look after a single machine; assumed


class OwnedGpu(NamedTuple):
    """Cost of one owned GPU over its life [USD], and in one year of it [USD/year]."""

    life_usd: Numeric
    year_usd: Numeric


@cache
def pay_usd_per_year() -> float:
    """Return the full cost of one engineer, as all chapters count it but for the authors of kernels [USD/year]."""
    return float(decision_default("pay").value)


@cache
def pay_usd_per_month() -> float:
    """Return the full cost of a month of one engineer [USD/month]."""
    return pay_usd_per_year() / 12


@cache
def h100_server() -> Server:
    """Return a server of eight H100, as bought in January 2025.

    Returns
    -------
    Server
    """
    return Server(datacentre("server-hgx-h100-2025-01").value, datacentre("power-dgx-h100").value, LIFE_YEARS,
                  network_fraction=NETWORK_FRACTION, operations_fraction=datacentre("default-operations").value)


@cache
def site() -> Site:
    """Return a wholesale hall with industrial power.

    Returns
    -------
    Site
    """
    return Site(datacentre("electricity-us-industrial-2023").value, datacentre("default-pue").value,
                datacentre("colocation-wholesale").value)


@checked
def colocated(site_share: Numeric = 1.0) -> Site:
    """Return a small suite for a machine, or a place in the office, as chapters 8 and 9 count.

    Parameters
    ----------
    site_share : numeric
        1 for a machine that rents its place in a data centre, 0 for one that stands in the office. [1]

    Returns
    -------
    Site
    """
    rent = float(round(datacentre("colocation-2024").value))  # to the dollar
    overhead = datacentre("default-pue").value - 1
    return Site(datacentre("default-electricity").value, 1 + overhead * site_share, rent * site_share)


@cache
def owned_gpu() -> OwnedGpu:
    """Return the cost of one owned H100, as chapters 10, 11 and 14 count.

    Returns
    -------
    OwnedGpu
    """
    server = h100_server()
    year = owned_usd_per_year(server, site(), DISCOUNT_RATE, load_fraction=LOAD_FRACTION)
    running = year.total_usd - year.capital_usd
    life = net_present_cost_usd(server.equipment_usd, running, LIFE_YEARS, DISCOUNT_RATE)
    return OwnedGpu(life / GPUS, year.total_usd / GPUS)
