"""One decision in full: what is asked, and everything that each way of meeting it costs, as records of related numbers.

`cash` turns a plan into dollars by year, `presets` and `cases` make plans from names in the catalogues. A field is
addressed by its part and name, such as ``api.batch_discount``. Each is a number, an array that broadcasts against the
others, or a value that only a page will know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from ..buying.contracts import Contract, Use
from ..buying.ownership import Site
from ..quantities.checks import is_traced, lookup, number
from ..quantities.limits import Limited, check, checked_fields
from ..quantities.numeric import Numeric
from .workload import Finance, Programme, Server


@dataclass(frozen=True, eq=False)
class Need:
    """What is asked for.

    Parameters
    ----------
    prompts_per_day : numeric
        Requests of the mean day of the first year's start. [1/day]
    prompt_tok, output_tok, thinking_tok : numeric
        Mean tokens of a request, of its visible answer, and of what the model writes for itself. [token]
    cached_fraction, written_fraction : numeric
        Share of the input that an API's cache gives back, and that is written to it. [1]
    own_cached_fraction : numeric
        Share of the input that machines of one's own find in their cache. [1]
    batch_fraction : numeric
        Share of the work that may wait for the night, or for an API's cheaper tier. [1]
    growth_per_year, peak_to_mean, wait_probability : numeric
        As in `workload.Demand`. [1/year], [1], [1]
    privacy : numeric
        As in `costs.within`. [1]
    """

    prompts_per_day: Numeric
    prompt_tok: Numeric
    output_tok: Numeric
    thinking_tok: Numeric = 0.0
    cached_fraction: Numeric = 0.0
    written_fraction: Numeric = 0.0
    own_cached_fraction: Numeric = 0.0
    batch_fraction: Numeric = 0.0
    growth_per_year: Numeric = 0.0
    peak_to_mean: Numeric = 2.0
    wait_probability: Numeric = 0.05
    privacy: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self, prompt_tok="[0, 1e22]", output_tok="[0, 1e22]")

    @property
    def answer_tok(self) -> Numeric:
        """Tokens that are written for a request, thinking included [token]."""
        return self.output_tok + self.thinking_tok

    @property
    def use(self) -> Use:
        """The same as an API meets it."""
        return Use(self.prompt_tok, self.answer_tok, self.cached_fraction, self.written_fraction, self.batch_fraction)


@dataclass(frozen=True, eq=False)
class Copy:
    """One copy of a model within its latency targets, and how many are kept.

    Parameters
    ----------
    service_s, batch, n_chips : numeric
        Time for which a request keeps its place, places, and chips; see `best_replica`. Batch 0: no copy meets the
        targets, and the time is not looked at. [s], [1], [1]
    ttft_s, tpot_s : numeric
        Mean time to the first token, and per further token; undefined (NaN) where no copy meets the targets. [s]
    regions, spare_copies : numeric
        Places that share the load evenly, and copies in each beside those in use. [1]
    unit_chips, chips_per_server : numeric
        Chips of the smallest unit that is rented by contract, and of a server. On demand, a unit is a copy. [1]
    spare_fraction : numeric
        Spare servers for each one in use, where they are owned; whole ones. [1]
    """

    service_s: Numeric
    batch: Numeric
    n_chips: Numeric
    ttft_s: Numeric = np.nan
    tpot_s: Numeric = np.nan
    regions: Numeric = 1.0
    spare_copies: Numeric = 1.0
    unit_chips: Numeric = 8.0
    chips_per_server: Numeric = 8.0
    spare_fraction: Numeric = 0.03

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        batch = check(batch=self.batch)
        for name in ("service_s", "ttft_s", "tpot_s"):
            value = getattr(self, name)
            object.__setattr__(self, name, value if is_traced(value) else number(name, value)[()])
        # of a copy that serves nothing the time is undefined
        object.__setattr__(self, "service_s", np.where(batch > 0, self.service_s, np.inf)[()])
        checked_fields(self, service_s="(0, inf]", ttft_s="[0, 1e6] undefined", tpot_s="(0, 1e6] undefined")


@dataclass(frozen=True, eq=False)
class Rent(Limited):
    """Chips by the hour.

    Parameters
    ----------
    price_usd_per_hour : numeric
        Rent of one chip on demand. [USD/h]
    rent_decline_per_year : numeric
        Fall of what the same work costs to rent: chips get cheaper, and better ones follow. [1/year]
    spot_factor, reserved_1y_factor, reserved_3y_factor, endpoint_factor : numeric
        Price of an hour over that on demand. [1]
    interruptions_per_hour, lost_s_per_interruption : numeric
        Of spot machines; see `market.spot_usd_per_hour`. [1/h], [s]
    returns_fraction, returned_fraction : numeric
        Share of idle hours in which chips are handed back: on demand, and by a dedicated endpoint. [1]
    """

    price_usd_per_hour: Numeric
    rent_decline_per_year: Numeric = 0.0
    spot_factor: Numeric = 0.7
    reserved_1y_factor: Numeric = 0.8
    reserved_3y_factor: Numeric = 0.6
    endpoint_factor: Numeric = 1.3
    interruptions_per_hour: Numeric = 0.05
    lost_s_per_interruption: Numeric = 900.0
    returns_fraction: Numeric = 0.0
    returned_fraction: Numeric = 0.5


@dataclass(frozen=True, eq=False)
class Running(Limited):
    """People, licences, traffic, and what waiting for machines costs.

    Parameters
    ----------
    posts_endpoint, posts_rented, posts_owned : numeric
        Posts filled in the hours below, by way; an API needs none. [1]
    hours_per_week, hours_of_person, pay_usd_per_year : numeric
        Hours in which a post is filled, hours of one person, and what that person costs. [1], [1], [USD/year]
    licence_usd_per_chip_year : numeric
        Software licences. [USD/year]
    bytes_per_token, egress_usd_per_byte, storage_usd_per_byte_year, kept_years : numeric
        Traffic and storage of prompts and answers. [B], [USD/B], [USD/(B year)], [year]
    lead_years, room_lead_years : numeric
        Time from the order until servers stand, and until a room of one's own does; chips are rented meanwhile. [year]
    improvement_per_year : numeric
        Growth of the work that a newly bought machine does for the same money. [1/year]
    """

    posts_endpoint: Numeric = 0.25
    posts_rented: Numeric = 0.5
    posts_owned: Numeric = 1.0
    hours_per_week: Numeric = 40.0
    hours_of_person: Numeric = 34.0
    pay_usd_per_year: Numeric = 250_000.0
    licence_usd_per_chip_year: Numeric = 0.0
    bytes_per_token: Numeric = 6.0
    egress_usd_per_byte: Numeric = 0.0
    storage_usd_per_byte_year: Numeric = 0.0
    kept_years: Numeric = 0.0
    lead_years: Numeric = 0.33
    room_lead_years: Numeric = 1.0
    improvement_per_year: Numeric = 0.3


@dataclass(frozen=True, eq=False)
class Partner(Limited):
    """Who has one's own chip made.

    Parameters
    ----------
    partner_margin : numeric
        Margin on the price of a unit, beside what the gain already holds. [1]
    """

    partner_margin: Numeric = 0.0


@dataclass(frozen=True, eq=False)
class Plan:
    """One decision: what is asked, and what each way of meeting it costs.

    Parameters
    ----------
    need : Need
        What is asked for.
    copy : Copy
        What serves it on machines of any kind.
    api, hosted : contracts.Contract
        A closed model's API, and open weights at a host.
    rent, server, site, room : Rent, Server, ownership.Site
        Chips by the hour; servers of one's own, where they are colocated, and a room of one's own.
    programme, partner : Programme, Partner
        A chip of one's own, and who makes it.
    running, finance : Running, Finance
        People, licences and waiting; the worth of later dollars.
    """

    need: Need
    copy: Copy
    api: Contract
    hosted: Contract
    rent: Rent
    server: Server
    site: Site = field(default_factory=lambda: Site(0.08, 1.3, 150.0))
    room: Site = field(default_factory=lambda: Site(0.08, 1.3, 0.0, 12.0))
    programme: Programme = field(default_factory=Programme)
    partner: Partner = field(default_factory=Partner)
    running: Running = field(default_factory=Running)
    finance: Finance = field(default_factory=Finance)

    def value(self, address: str) -> Numeric:
        """Return one field.

        Parameters
        ----------
        address : str
            Part and field, such as ``api.batch_discount``.

        Returns
        -------
        numeric

        Raises
        ------
        ValueError
            For an address that is not known.
        """
        part, name = _parted(address)
        found: Numeric = getattr(getattr(self, part), name)
        return found

    def changed(self, values: Mapping[str, Numeric]) -> Plan:
        """Return the plan with some fields replaced.

        Parameters
        ----------
        values : mapping
            Address to value, such as ``{"need.growth_per_year": 0.5}``.

        Returns
        -------
        Plan

        Raises
        ------
        ValueError
            For an address that is not known, or a value outside its limits.
        """
        by_part: dict[str, dict[str, Any]] = {}
        for address, value in values.items():
            part, name = _parted(address)
            by_part.setdefault(part, {})[name] = value
        return replace(self, **{part: replace(getattr(self, part), **given) for part, given in by_part.items()})


KINDS: dict[str, Any] = {"need": Need, "copy": Copy, "api": Contract, "hosted": Contract, "rent": Rent,
                         "server": Server, "site": Site, "room": Site, "programme": Programme, "partner": Partner,
                         "running": Running, "finance": Finance}
ADDRESSES = {f"{part}.{one.name}": (part, one.name) for part, kind in KINDS.items() for one in fields(kind)}


def _parted(address: str) -> tuple[str, str]:
    found: tuple[str, str] = lookup("field of a plan", address, ADDRESSES)
    return found
