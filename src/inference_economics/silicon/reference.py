"""The H100 and the chip programme that chapters 10, 13 and 14 count with, by the catalogue."""

from __future__ import annotations

from functools import cache

from ..catalog.facts import silicon
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .chip import Margins, ServerBuild, margin_stack
from .programme import ChipProgramme, design_usd_per_hour, programme_cost

LIFE_YEARS = 5.0
DISCOUNT_RATE = 0.08
# Assumed: margins after the chip's, which no source states for this server, what running one costs, and its use.
SERVER_MARGIN = 0.05
CLOUD_MARGIN = 0.3
RUNNING_USD_PER_YEAR = 45_000.0
UTILISATION = 0.7
# A software team for a chip of one's own; assumed, and ranged from 30 to 300 million wherever it decides.
SOFTWARE_USD_PER_YEAR = 100e6
SOFTWARE_RANGE = (30e6, 300e6)


@cache
def h100_build() -> ServerBuild:
    """Return what a server of eight H100 costs to make.

    Returns
    -------
    ServerBuild
    """
    return ServerBuild(silicon("bom-h100").value, 8, silicon("server-dgx-h100-other").value)


def h100_margins(chip_margin: Numeric | None = None, server_margin: Numeric = SERVER_MARGIN,
                 cloud_margin: Numeric = CLOUD_MARGIN) -> Margins:
    """Return the margins on the way from an H100 to the cloud.

    Parameters
    ----------
    chip_margin : numeric or None
        Gross margin of the chip's maker; the catalogue's by default. [1]
    server_margin, cloud_margin : numeric
        Gross margins of the next two. [1]

    Returns
    -------
    Margins

    Raises
    ------
    ValueError
        For a margin outside its limits.
    """
    return Margins(silicon("margin-chip-h100").value if chip_margin is None else chip_margin, server_margin,
                   cloud_margin)


@checked
def own_design_usd_per_hour(fleet: Numeric, capital_recovery: Numeric, partner_margin: Numeric = 0.0) -> Numeric:
    """Return what a used hour costs on a chip designed for this work, made and run like the H100.

    Parameters
    ----------
    fleet : numeric
        GPU-equivalents of work that share the design. [1]
    capital_recovery : numeric
        Yearly payment per dollar of server; see `ownership.capital_recovery_factor`. [1/year]
    partner_margin : numeric
        Gross margin of the firm that finishes the design and orders the wafers; the catalogue's ``margin-partner`` is
        what such firms report. [1]

    Returns
    -------
    numeric
        [USD/h]
    """
    hour = margin_stack(h100_build(), Margins(partner_margin), capital_recovery, RUNNING_USD_PER_YEAR, UTILISATION)
    return hour.cloud_usd_per_hour + design_usd_per_hour(one_digit(programme_usd()), fleet, LIFE_YEARS, UTILISATION)


@cache
def programme(software_usd_per_year: float = SOFTWARE_USD_PER_YEAR) -> ChipProgramme:
    """Return a programme for a chip at 7 nm, with one tape-out repeated.

    Parameters
    ----------
    software_usd_per_year : float
        What its software team costs. [USD/year]

    Returns
    -------
    ChipProgramme
    """
    return ChipProgramme(silicon("design-7nm").value, silicon("mask-set-7nm").value, 1.0,
                         silicon("tapeout-training-chip").value, software_usd_per_year)


def one_digit(usd: Numeric) -> float:
    """Return a cost to its first digit, where nobody knows a second.

    Parameters
    ----------
    usd : float
        A number, not traced. [USD]

    Returns
    -------
    float
        [USD]
    """
    return float(f"{usd:.0e}")


@cache
def nre_usd() -> float:
    """Return what that programme costs before its first unit, to one digit [USD]."""
    return one_digit(programme_cost(programme()).nre_usd)


@cache
def programme_usd(software_usd_per_year: float = SOFTWARE_USD_PER_YEAR) -> Numeric:
    """Return what that programme costs over five years, its software included.

    Parameters
    ----------
    software_usd_per_year : float
        As in `programme`. [USD/year]

    Returns
    -------
    float
        Present value. [USD]
    """
    return programme_cost(programme(software_usd_per_year), LIFE_YEARS, DISCOUNT_RATE).total_usd
