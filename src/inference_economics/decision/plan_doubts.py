"""What is not known exactly about a plan: factors on its fields, what moves together as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import catalog
from ..catalog import prices
from ..quantities.numeric import Numeric
from ..risk.uncertainty import Range
from .doubts import around, doubts, drawn
from .plan import Plan

REPRICED = 1.5  # how far a bill stands from the list price on the day of signing; assumed
WORST_BACKTEST = 3.4  # how far the serving model stood from any service published since 2025; see `backtest`


@dataclass(frozen=True)
class PlanDoubt:
    """A factor that is not known exactly, and the fields of a plan that move with it.

    Parameters
    ----------
    name, title : str
        Key, and name for readers.
    moves : tuple of (str, float)
        Addresses, each with the power of the factor; one that begins with ``1-`` moves what is left of a yearly fall,
        one with ``1+`` what a yearly growth makes of it.
    range : Range
        The factor. [1]
    why : str
        Where the range comes from.
    """

    name: str
    title: str
    moves: tuple[tuple[str, float], ...]
    range: Range
    why: str


def _rents_to_come() -> Range:
    """Return by what a rent changed within twelve months [1]."""
    index = prices.rental_series("h100-sxm").index_usd_per_hour
    index = index[np.isfinite(index)]
    changes = index[12:] / index[:-12]
    return Range(float(changes.min()), 1.0, float(changes.max()), "lognormal")


@cache
def plan_doubts(outside: bool = False) -> tuple[PlanDoubt, ...]:
    """Return what is not known exactly of a plan; what moves together is one doubt.

    Parameters
    ----------
    outside : bool
        Whether the configuration was never measured: speed is then known no better than the back-test says.

    Returns
    -------
    tuple of PlanDoubt
    """
    old = {one.name: one for one in doubts()}
    claims = catalog.shipped_tables("api_prices.toml")["decline-claims"]
    least = min(claims.column("low"))
    doubling = catalog.decision_default("gpu-doubling")
    better = [2 ** (1 / one) / 2 ** (1 / doubling.value) for one in (doubling.high, doubling.low)]
    speed = Range(1 / WORST_BACKTEST, 1, WORST_BACKTEST, "lognormal") if outside else old["speed"].range
    why = "worst of the back-test since 2025: nothing like it was measured" if outside else old["speed"].why
    d = catalog.decision_default
    return (
        PlanDoubt("demand", "demand", (("need.prompts_per_day", 1),), old["demand"].range, old["demand"].why),
        PlanDoubt("peak", "busiest hour", (("need.peak_to_mean", 1),), old["peak"].range, old["peak"].why),
        PlanDoubt("api", "API prices today", (("api.input_usd_per_token", 1), ("api.output_usd_per_token", 1)),
                  Range(1 / REPRICED, 1.0, REPRICED, "lognormal"),
                  "assumed: a list price is known, but tokens counted otherwise, retries and discounts are not"),
        PlanDoubt("decline", "fall of API prices", (("1-api.price_decline_per_year", 1),
                                                    ("1-hosted.price_decline_per_year", 1)),
                  Range(1 / least, 1.0, 1.05, "lognormal"),
                  "from the slowest claim at fixed quality, three times a year, to a small rise"),
        PlanDoubt("chips", "market for chips", (("rent.price_usd_per_hour", 1), ("server.capex_usd", 0.5),
                                                ("hosted.input_usd_per_token", 0.5),
                                                ("hosted.output_usd_per_token", 0.5)), old["rent"].range,
                  f"{old['rent'].why}; servers and hosts' prices are taken to move by its root"),
        PlanDoubt("rents", "rents to come", (("1-rent.rent_decline_per_year", 1),), _rents_to_come(),
                  "every year the least and the greatest change of the H100 index within twelve months"),
        PlanDoubt("server", "price of a server", (("server.capex_usd", 1),), old["server"].range, old["server"].why),
        PlanDoubt("speed", "speed of a chip", (("copy.service_s", -1),), speed, why),
        PlanDoubt("better", "next chips", (("1+running.improvement_per_year", 1),), Range(better[0], 1, better[1]),
                  doubling.source),
        PlanDoubt("life", "life of a server", (("server.life_years", 1),), old["life"].range, old["life"].why),
        PlanDoubt("site", "electricity and site", (("site.electricity_usd_per_kwh", 1),
                                                   ("site.colocation_usd_per_kw_month", 1),
                                                   ("room.electricity_usd_per_kwh", 1),
                                                   ("room.building_usd_per_w", 1)), old["site"].range,
                  old["site"].why),
        PlanDoubt("people", "people and upkeep", (("running.pay_usd_per_year", 1), ("server.operations_fraction", 1)),
                  old["people"].range, old["people"].why),
        PlanDoubt("endpoint", "premium of an endpoint", (("rent.endpoint_factor", 1),),
                  around(d("endpoint-premium")), d("endpoint-premium").source),
        PlanDoubt("lead", "wait for machines", (("running.lead_years", 1), ("running.room_lead_years", 1)),
                  around(d("lead-servers")), d("lead-servers").source),
        PlanDoubt("programme", "chip programme", (("programme.nre_usd", 1), ("programme.software_usd_per_year", 1)),
                  old["programme"].range, old["programme"].why),
        PlanDoubt("advantage", "gain of own chip", (("programme.perf_per_tco", 1),), old["advantage"].range,
                  old["advantage"].why),
        PlanDoubt("delay", "years to own chip", (("programme.delay_years", 1),), old["delay"].range,
                  old["delay"].why))


def moved(plan: Plan, factors: Mapping[str, Numeric], outside: bool = False) -> Plan:
    """Return a plan with doubts at some factors.

    Parameters
    ----------
    plan : Plan
        What is moved.
    factors : mapping
        Name of a doubt to its factor, a number or an array.
    outside : bool
        As in `plan_doubts`.

    Returns
    -------
    Plan
        With the busiest hour never below the average.
    """
    known = {one.name: one for one in plan_doubts(outside)}
    values: dict[str, Numeric] = {}
    for name, factor in factors.items():
        for address, power in known[name].moves:
            sign, address = (address[:2], address[2:]) if address[:2] in ("1-", "1+") else ("", address)
            now = values.get(address, plan.value(address))
            # a plain product where it is one, so that a factor of one changes nothing
            by = factor if power == 1 else 1 / factor if power == -1 else np.sqrt(factor)
            values[address] = {"": now * by, "1-": 1 - (1 - now) * by, "1+": (1 + now) * by - 1}[sign]
    if "need.peak_to_mean" in values:
        values["need.peak_to_mean"] = np.maximum(values["need.peak_to_mean"], 1.0)
    return plan.changed(values)


@cache
def draws(samples: int = 100, seed: int = 0, outside: bool = False) -> Mapping[str, npt.NDArray[Any]]:
    """Draw every doubt, stratified, as fixed numbers that a program on a page can hold.

    Parameters
    ----------
    samples, seed : int
        Draws, and the seed; a doubt's draws do not depend on the others. [1]
    outside : bool
        As in `plan_doubts`.

    Returns
    -------
    mapping
        Name of a doubt to its factors, rounded to four digits.
    """
    return drawn({one.name: one.range for one in plan_doubts(outside)}, samples, seed)
