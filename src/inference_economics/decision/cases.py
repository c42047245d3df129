"""From names in the catalogues to a plan: which model on which chips, at which prices, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from .. import catalog, serving
from ..buying.contracts import Contract
from ..buying.ownership import Site
from ..catalog import prices
from ..catalog.facts import shipped_tables
from ..models.spec import Model, longest_context_tok
from ..quantities.checks import lookup, require_one, shown
from ..quantities.limits import DAYS_PER_YEAR, check_records, checked
from ..quantities.numeric import Numeric
from ..serving import calibration
from ..serving.batching import prefill_tok
from ..serving.replica import Replica, best_replica
from .doubts import SOFTWARE_PER_NRE
from .offers import (
    RENTS_OF,
    Listing,
    Machine,
    listed_decline_per_year,
    listed_source,
    listing,
    machines,
    precision_of,
    reserved_factors,
)
from .plan import Copy, Need, Plan, Rent, Running
from .prefixes import with_cached_prefix
from .scenarios import NRE_USD, model_named
from .workload import Finance, Programme, Server

OWN = "your own"  # the source of a number that whoever decides has set

@dataclass(frozen=True)
class Case:
    """A decision by names.

    Parameters
    ----------
    title : str
        Name for readers.
    need : Need
        What is asked for.
    model, machine, api, hosted : str
        What is run, on which server of `offers.machines`; whose closed API, and whose host of open weights, by their
        names in `offers.offers` or the price list. A model may be one of the reader's own.
    ttft_limit_s, tpot_limit_s : float
        Longest acceptable mean time to the first token, and per further token. [s]
    precision : str
        Format of the weights, in place of the usual one.
    finance : Finance
        Horizon and cost of capital.
    changes : mapping
        Anything else, by its address in a plan.
    """

    title: str
    need: Need
    model: Any = "llama-3.1-70b"
    machine: str = "h100-sxm"
    api: str = "gemini-3.5-flash-lite"
    hosted: str = "llama-3.1-70b-hosted"
    ttft_limit_s: float = 2.0
    tpot_limit_s: float = 0.05
    precision: str = ""
    finance: Finance = field(default_factory=Finance)
    changes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse parts that are none, and limits that no service has."""
        check_records(need=(self.need, Need), finance=(self.finance, Finance))
        require_one(0, np.inf, open_low=True, hint="give seconds.", ttft_limit_s=self.ttft_limit_s,
                    tpot_limit_s=self.tpot_limit_s)
        changes: Any = self.changes
        if not isinstance(changes, Mapping):
            raise ValueError(f"changes={shown(changes)} is no mapping; give for example {{'need.peak_to_mean': 3.0}}.")


class Source(NamedTuple):
    """Where a default comes from: its address in a plan, its value, who says so, and when."""

    address: str
    value: float
    source: str
    date: str


# -- defaults ---------------------------------------------------------------------------------------------------------


def rent_of(machine: Machine) -> Rent:
    """Return what chips cost by the hour, by each contract.

    Parameters
    ----------
    machine : Machine
        One of `offers.machines`.

    Returns
    -------
    Rent
    """
    one, three = reserved_factors()
    spot = [quote for quote in prices.rental_quotes(machine.name, prices.SPOT) if quote.date == RENTS_OF]
    default = catalog.decision_default
    return Rent(machine.price_usd_per_hour, 0.0, spot[-1].usd_per_hour / machine.price_usd_per_hour, one, three,
                default("endpoint-premium").value, default("interruptions").value, default("interruption-loss").value,
                0.0, default("returned").value)


def improvement_per_year() -> float:
    """Return the growth of what the same money buys in chips, from the doubling time in the catalogue [1/year]."""
    return float(2 ** (1 / catalog.decision_default("gpu-doubling").value) - 1)


def running_of() -> Running:
    """Return people, traffic and waiting as the catalogue assumes them.

    Returns
    -------
    Running
    """
    d = catalog.decision_default
    return Running(
        hours_of_person=d("week-of-a-person").value, pay_usd_per_year=d("pay").value,
        bytes_per_token=d("bytes-per-token").value, egress_usd_per_byte=d("egress").value,
        storage_usd_per_byte_year=d("storage").value, lead_years=d("lead-servers").value / DAYS_PER_YEAR,
        room_lead_years=d("lead-room").value / DAYS_PER_YEAR, improvement_per_year=improvement_per_year())


def _cache_writes() -> float:
    """Return what Anthropic asks for writing to its cache for the shorter time over the list price; others ask none."""
    rows = shipped_tables("api_prices.toml")["discounts"].records(provider="Anthropic")
    return min(float(row["high"]) for row in rows if row["service"].startswith("writing to the cache"))


def contract_of(offer: Listing, price_decline_per_year: float | None = None) -> Contract:
    """Return an offer with everything that the price list says besides: writes to the cache, and longer prompts.

    Parameters
    ----------
    offer : Listing
        One of `offers.offers`, or a row of the reader's own.
    price_decline_per_year : float, optional
        Fall of the price; that of list prices of one and the same model unless given. [1/year]

    Returns
    -------
    Contract
    """
    longer = [(row, float(end[:-1])) for row in prices.api_prices() for base, _, end in [row.model.rpartition("-")]
              if base == offer.name and end[:-1].isdigit() and end.endswith("k")]
    written = _cache_writes()
    decline = listed_decline_per_year() if price_decline_per_year is None else price_decline_per_year
    contract = Contract(offer.input_usd_per_token, offer.output_usd_per_token, offer.cached_input_factor,
                        written if offer.name.startswith("claude") else 1.0, offer.batch_discount,
                        price_decline_per_year=decline)
    if not longer:
        return contract
    row, thousand = longer[-1]
    return replace(contract, long_context_tok=1000 * thousand,
                   long_input_factor=row.input_usd_per_token / offer.input_usd_per_token,
                   long_output_factor=row.output_usd_per_token / offer.output_usd_per_token)


# -- the copy that serves ---------------------------------------------------------------------------------------------


def model_of(case: Case) -> Model:
    """Return the model of a case, by its slug or itself."""
    return model_named(case.model)


def machine_of(case: Case) -> Machine:
    """Return the server of a case."""
    found: Machine = lookup("machine", case.machine, {one.name: one for one in machines()})
    return found


def replica_of(case: Case) -> Replica:
    """Return the copy of the model that serves a case best, or says which constraint rules it out.

    Parameters
    ----------
    case : Case
        With latency targets; the part of each prompt that is in the cache need not be read.

    Returns
    -------
    Replica
        Of no requests where the model's context does not hold prompt and answer.

    Raises
    ------
    ValueError
        For a name that is not known.
    """
    model, machine, need = model_of(case), machine_of(case), case.need
    s = serving.setup(model, machine.chip, case.precision or precision_of(model))
    seen = with_cached_prefix(s, need.prompt_tok, need.answer_tok, need.own_cached_fraction)
    found = best_replica(seen, calibration.constants(machine.chip),
                         prefill_tok(need.prompt_tok, need.own_cached_fraction), need.answer_tok, case.ttft_limit_s,
                         case.tpot_limit_s)
    return within_context(found, need.prompt_tok + need.answer_tok, longest_context_tok(model))


@checked
def within_context(found: Replica, context_tok: Numeric, longest_tok: Numeric) -> Replica:
    """Let a copy serve nothing where the context that its model was made for is shorter than what is asked.

    Parameters
    ----------
    found : Replica
        The copy.
    context_tok, longest_tok : numeric
        What is asked, prompt and answer together, and what the model holds. [token]

    Returns
    -------
    Replica
    """
    return found._replace(batch=np.where(context_tok <= longest_tok, found.batch, 0.0)[()])


def plan_of(case: Case, best: Replica | None = None) -> Plan:
    """Return the plan of a case, with every default from the catalogues.

    Parameters
    ----------
    case : Case
        By names.
    best : Replica, optional
        The copy that serves it, in place of the search's.

    Returns
    -------
    Plan
    """
    check_records(case=(case, Case))
    best = replica_of(case) if best is None else best
    plan = assembled(case.need, best, contract_of(listing(case.api)), contract_of(listing(case.hosted)),
                     rent_of(machine_of(case)), server_of(machine_of(case)), case.finance)
    return plan.changed(case.changes)


def server_of(machine: Machine) -> Server:
    """Return a machine as a server to own.

    Parameters
    ----------
    machine : Machine
        One of `offers.machines`.

    Returns
    -------
    Server
    """
    return Server(machine.capex_usd, machine.power_w)


def assembled(need: Need, best: Replica, api: Contract, hosted: Contract, rent: Rent, server: Server,
              finance: Finance) -> Plan:
    """Return a plan of what was chosen, with every other default from the catalogues.

    Parameters
    ----------
    need, best, api, hosted, rent, server, finance : Need, Replica, Contract, Contract, Rent, Server, Finance
        What is asked, the copy that serves it, and what was chosen.

    Returns
    -------
    Plan
    """
    d = catalog.datacentre
    site = Site(d("default-electricity").value, d("default-pue").value, d("colocation-2025").value)
    room = Site(d("default-electricity").value, d("default-pue").value, 0.0, d("construction-us").value)
    return Plan(
        need, Copy(best.service_s, best.batch, best.n_chips, best.ttft_s, best.tpot_s), api, hosted, rent, server,
        site, room, Programme(NRE_USD, NRE_USD * SOFTWARE_PER_NRE, catalog.silicon("mtia-2i-perf-tco").value, 3.0),
        running=running_of(), finance=finance)


def sources(case: Case) -> tuple[Source, ...]:
    """Return where the defaults of a case come from.

    Parameters
    ----------
    case : Case
        By names.

    Returns
    -------
    tuple of Source
        One row for each number that a catalogue holds; those that the case changes are its own.
    """
    plan, d = plan_of(case), catalog.decision_default
    facts = {"running.pay_usd_per_year": d("pay"), "running.hours_of_person": d("week-of-a-person"),
             "rent.endpoint_factor": d("endpoint-premium"), "rent.returned_fraction": d("returned"),
             "rent.interruptions_per_hour": d("interruptions"), "rent.lost_s_per_interruption": d("interruption-loss"),
             "running.egress_usd_per_byte": d("egress"), "running.storage_usd_per_byte_year": d("storage"),
             "running.bytes_per_token": d("bytes-per-token"), "running.lead_years": d("lead-servers"),
             "running.room_lead_years": d("lead-room"), "running.improvement_per_year": d("gpu-doubling"),
             "site.electricity_usd_per_kwh": catalog.datacentre("default-electricity"),
             "site.pue": catalog.datacentre("default-pue"),
             "site.colocation_usd_per_kw_month": catalog.datacentre("colocation-2025"),
             "room.building_usd_per_w": catalog.datacentre("construction-us"),
             "programme.perf_per_tco": catalog.silicon("mtia-2i-perf-tco")}
    quote = next(one for one in prices.rental_quotes(case.machine, prices.NEOCLOUD) if one.date == RENTS_OF)
    rows = [Source(name, float(np.max(plan.value(name))), fact.source, fact.date) for name, fact in facts.items()]
    rows += [Source("rent.price_usd_per_hour", float(np.max(plan.rent.price_usd_per_hour)), quote.source, quote.date)]
    for part, name in (("api", case.api), ("hosted", case.hosted)):
        source = (shipped_tables("api_prices.toml")["open-weights-hosting"].source if name.endswith("-hosted") else
                  listed_source(name))
        day = listing(name).title.rpartition(", ")[2]
        for side in ("input", "output"):
            address = f"{part}.{side}_usd_per_token"
            rows.append(Source(address, float(np.max(plan.value(address))), source, day))
    return tuple(row._replace(source=OWN, date="") if row.address in case.changes else row for row in rows)
