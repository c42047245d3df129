"""Dollars of every year, each way and by cause: what a plan costs, when, and at what present value.

Ten ways of meeting one need. Each is a `Cash`: what is paid at the start of a year, what is paid through it, and what
machines sell for at the horizon; `dollars` makes one number of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..buying import running
from ..buying.contracts import Contract, price_in_year, request_usd
from ..buying.market import spot_usd_per_hour
from ..buying.ownership import Site
from ..buying.purchases import book_value_usd, purchases
from ..quantities.limits import DAYS_PER_YEAR, HOURS_PER_YEAR, checked
from ..quantities.numeric import Numeric
from ..risk.exposure import committed_usd
from ..serving.queueing import column
from ..silicon.chip import price_at_margin
from ..silicon.programme import saving_from_perf_per_tco
from ..silicon.ramp import perf_per_tco_after_delay
from .dollars import NONE, NOTHING, Cash, level_usd
from .fleet import Machines, machines
from .plan import Plan
from .workload import YEARS, ByYear

# key: title, and the degree of privacy up to which it is allowed
WAYS: dict[str, tuple[str, int]] = {
    "api": ("API", 0), "hosted": ("open model at a host", 0), "endpoint": ("dedicated endpoint", 1),
    "on-demand": ("chips on demand", 1), "spot": ("spot chips", 1), "reserved-1y": ("chips reserved for a year", 1),
    "reserved-3y": ("chips reserved for three years", 1), "colocation": ("own servers, colocated", 2),
    "own-room": ("own servers, own room", 2), "own-chip": ("own chip", 2)}
API_WAYS = ("api", "hosted")


# -- the ways ---------------------------------------------------------------------------------------------------------


def by_way(plan: Plan) -> dict[str, Cash]:
    """Return what each way costs, by year.

    Parameters
    ----------
    plan : Plan
        What is asked, and what everything costs.

    Returns
    -------
    dict
        Key of `WAYS` to `Cash`. Where no copy of the model meets its targets, the machines' are counted as if it had
        one place: mask them by `fleet.feasible`, as `costs_by_way` does.

    Notes
    -----
    ====================================  ==================================================================
    assumed                               if false
    ====================================  ==================================================================
    the API's answers are good enough     no price compares two answers of different worth
    servers never shrink                  falling demand can be met by selling
    a fall of rents is of the same work   newer chips are rented as they come, and the model moves to them
    a room of one's own costs its price   it can be used for other things after the horizon, at book value
    own chips save on servers in use      those bought before it arrives are sold at book value
    ====================================  ==================================================================
    """
    fleet = machines(plan)
    data = _data_usd(plan, fleet)
    rented = {name: _rented(plan, fleet, name)._replace(data_usd=data) for name in
              ("endpoint", "on-demand", "spot", "reserved-1y", "reserved-3y")}
    colocated = _owned(plan, fleet, plan.site, plan.running.lead_years)
    room = _owned(plan, fleet, plan.room, plan.running.room_lead_years)
    return {"api": NOTHING._replace(tokens_usd=_bill_usd(plan, fleet, plan.api), data_usd=_kept_usd(plan, fleet)),
            "hosted": NOTHING._replace(tokens_usd=_bill_usd(plan, fleet, plan.hosted),
                                       data_usd=_kept_usd(plan, fleet)),
            **rented, "colocation": colocated, "own-room": room, "own-chip": _own_chip(plan, colocated)}


def _year(price: Numeric, decline: Numeric, term: float = 0.0) -> ByYear:
    """Return a price by year, along the last axis."""
    return price_in_year(column(price), column(decline), YEARS, term)


def _bill_usd(plan: Plan, fleet: Machines, contract: Contract) -> ByYear:
    each = _year(request_usd(contract, plan.need.use), contract.price_decline_per_year)
    listed = fleet.prompts_per_day * DAYS_PER_YEAR * each
    return committed_usd(listed, column(contract.commitment_usd), column(contract.committed_discount))


def _bytes(plan: Plan, fleet: Machines) -> ByYear:
    tokens = plan.need.prompt_tok + plan.need.answer_tok
    return fleet.prompts_per_day * DAYS_PER_YEAR * column(tokens * plan.running.bytes_per_token)


def _kept_usd(plan: Plan, fleet: Machines) -> ByYear:
    return _bytes(plan, fleet) * column(plan.running.storage_usd_per_byte_year * plan.running.kept_years)


def _data_usd(plan: Plan, fleet: Machines) -> ByYear:
    return _kept_usd(plan, fleet) + _bytes(plan, fleet) * column(plan.running.egress_usd_per_byte)


def _people_usd(plan: Plan, posts: Numeric) -> ByYear:
    r = plan.running
    return column(posts * running.people_for_shifts(r.hours_per_week, r.hours_of_person) * r.pay_usd_per_year) + NONE


def _rented(plan: Plan, fleet: Machines, name: str) -> Cash:
    rent = plan.rent
    price, term, chips, returned, posts = {
        "endpoint": (rent.price_usd_per_hour * rent.endpoint_factor, 0.0, fleet.copy_chips, rent.returned_fraction,
                     plan.running.posts_endpoint),
        "on-demand": (rent.price_usd_per_hour, 0.0, fleet.copy_chips, rent.returns_fraction,
                      plan.running.posts_rented),
        "spot": (spot_usd_per_hour(rent.price_usd_per_hour * rent.spot_factor, rent.interruptions_per_hour,
                                   rent.lost_s_per_interruption), 0.0, fleet.copy_chips, rent.returns_fraction,
                 plan.running.posts_rented),
        "reserved-1y": (rent.price_usd_per_hour * rent.reserved_1y_factor, 1.0, fleet.unit_chips, 0.0,
                        plan.running.posts_rented),
        "reserved-3y": (rent.price_usd_per_hour * rent.reserved_3y_factor, 3.0, fleet.unit_chips, 0.0,
                        plan.running.posts_rented)}[name]
    if term > 1:
        chips = _held(chips, int(term))
    idle = np.maximum(1 - fleet.in_service / fleet.at_peak, 0.0)
    hours = HOURS_PER_YEAR * (1 - column(returned + 0.0) * idle)
    paid = chips * hours * _year(price, rent.rent_decline_per_year, term)
    licences = chips * column(plan.running.licence_usd_per_chip_year)
    return NOTHING._replace(rent_usd=paid, people_usd=_people_usd(plan, posts), licences_usd=licences)


def _held(chips: ByYear, term: int) -> ByYear:
    """Return chips that a contract holds: within its term, what was taken once is paid to its end."""
    held: list[ByYear] = []
    for k in range(YEARS.size):
        held.append(chips[..., k] if k % term == 0 else np.maximum(chips[..., k], held[-1]))
    return np.stack(held, axis=-1)


def _owned(plan: Plan, fleet: Machines, site: Site, lead_years: Numeric) -> Cash:
    server, finance, run = plan.server, plan.finance, plan.running
    equipment = server.owned_for(finance.horizon_years).equipment_usd
    held = purchases(fleet.servers, server.life_years, run.improvement_per_year)
    # a room is built for the most servers that stand in it within the horizon
    within = np.where(column(finance.horizon_years) > YEARS, held.standing, 0.0)
    built_usd = np.max(within, axis=-1) * server.power_w * site.building_usd_per_w
    first = np.where(YEARS < 1, 1.0, 0.0)
    load = running.average_load_fraction(fleet.in_service / fleet.at_peak, column(server.idle_power_fraction))
    power = running.electricity_usd_per_year(column(server.power_w), column(site.electricity_usd_per_kwh),
                                             column(site.pue), load)
    place = column(running.colocation_usd_per_year(server.power_w, site.colocation_usd_per_kw_month))
    # until the servers stand, chips are rented, and nothing is paid for a place, for electricity and for upkeep
    waiting = np.clip(column(lead_years) - YEARS, 0.0, 1.0)
    standing = held.standing * (1 - waiting)
    licensed = standing * column(plan.copy.chips_per_server) + fleet.copy_chips * waiting
    bridge = fleet.copy_chips * HOURS_PER_YEAR * waiting * _year(plan.rent.price_usd_per_hour,
                                                                 plan.rent.rent_decline_per_year)
    room_left = np.maximum(1 - finance.horizon_years / site.building_life_years, 0.0)
    resale = (book_value_usd(held.bought, equipment, server.life_years, finance.horizon_years)
              * server.resale_fraction + built_usd * room_left)
    return NOTHING._replace(
        capital_usd=held.bought * column(equipment) + column(built_usd) * first, rent_usd=bridge,
        site_usd=standing * place, electricity_usd=standing * power,
        upkeep_usd=standing * column(equipment * server.operations_fraction),
        people_usd=_people_usd(plan, run.posts_owned),
        licences_usd=licensed * column(run.licence_usd_per_chip_year), data_usd=_kept_usd(plan, fleet),
        resale_usd=resale)


@checked
def own_chip_gain(plan: Plan, capital_share: Numeric) -> Numeric:
    """Performance per cost of ownership of one's own chip on the day on which it arrives, over the GPU of that day.

    Parameters
    ----------
    plan : Plan
        With the gain over today's GPU, and the years until it serves.
    capital_share : numeric
        Share of the cost of ownership that is the price of machines, which a partner's margin raises. [1]

    Returns
    -------
    numeric
        Below 1 where the GPUs have overtaken it. [1]
    """
    dearer = 1 - capital_share + capital_share * price_at_margin(1.0, plan.partner.partner_margin)
    return perf_per_tco_after_delay(plan.programme.perf_per_tco / dearer, plan.programme.delay_years,
                                    plan.running.improvement_per_year)


def _own_chip(plan: Plan, gpus: Cash) -> Cash:
    """Return GPUs until the chip serves, and less of everything from then on; never more: a chip behind stays away."""
    programme = plan.programme
    owned = (gpus.site_usd + gpus.electricity_usd + gpus.upkeep_usd)
    capital = np.sum(gpus.capital_usd, axis=-1)
    share = capital / np.maximum(capital + np.sum(owned, axis=-1), 1e-300)
    saving = np.maximum(saving_from_perf_per_tco(own_chip_gain(plan, share)), 0.0)
    serves = np.clip(YEARS + 1 - column(programme.delay_years), 0.0, 1.0)
    left = 1 - serves * column(saving)
    first = np.where(YEARS < 1, 1.0, 0.0)
    kept = np.sum(gpus.capital_usd * left, axis=-1) / np.maximum(capital, 1e-300)
    return gpus._replace(
        capital_usd=gpus.capital_usd * left, resale_usd=gpus.resale_usd * kept,
        programme_usd=column(programme.nre_usd) * first,
        site_usd=gpus.site_usd * left, electricity_usd=gpus.electricity_usd * left,
        upkeep_usd=gpus.upkeep_usd * left + column(programme.software_usd_per_year))


# -- one number -------------------------------------------------------------------------------------------------------


@checked
def costs_by_way(plan: Plan) -> dict[str, Numeric]:
    """Level cost each way.

    Parameters
    ----------
    plan : Plan
        What is asked, and what everything costs.

    Returns
    -------
    dict
        Key of `WAYS` to dollars a year; undefined (NaN) where privacy forbids the way, or no copy of the model meets
        its targets. [USD/year]
    """
    return {name: allowed(plan, name, level_usd(cash, plan.finance)) for name, cash in by_way(plan).items()}


def allowed(plan: Plan, way: str, usd: Numeric) -> Numeric:
    """Return a cost, undefined (NaN) where privacy forbids its way or no copy of the model meets its targets."""
    may = plan.need.privacy <= WAYS[way][1]
    runs = may if way in API_WAYS else np.logical_and(may, plan.copy.batch > 0)
    return np.where(runs, usd, np.nan)[()]


def capital_up_front_usd(cashes: Mapping[str, Cash]) -> dict[str, Numeric]:
    """Return what each way asks before the first request is served [USD]."""
    return {name: cash.at_start_usd[..., 0] for name, cash in cashes.items()}
