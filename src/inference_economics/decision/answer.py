"""How sure a plan's answer is: intervals, what it hinges on, what would turn it, and in which word."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .. import catalog
from ..catalog import Fact
from ..quantities.checks import require_whole
from ..quantities.limits import QUANTITIES, checked
from ..quantities.numeric import Numeric
from ..risk.uncertainty import Range, sample_quantile
from .cash import WAYS, costs_by_way
from .costs import stays_cheaper_from
from .doubts import doubts
from .plan import Plan

CLEAR, LIKELY = 0.9, 0.6  # shares of the draws in which one way is the cheapest
WORST_BACKTEST = 3.4  # how far the serving model stood from a published service; see `backtest`
DEMAND = np.geomspace(1e-4, 1e4, 161)  # demand over the plan's
FACTORS = np.geomspace(1 / 64, 64, 97)  # what one doubt is tried at


@dataclass(frozen=True)
class PlanDoubt:
    """A factor that is not known exactly, and the fields of a plan that move with it.

    name, title : key, and name for readers.
    moves : addresses, each with the power of the factor; one that begins with ``1-`` moves what is left of a yearly
        fall.
    range : the factor.
    why : where the range comes from.
    """

    name: str
    title: str
    moves: tuple[tuple[str, float], ...]
    range: Range
    why: str


def _around(fact: Fact) -> Range:
    return Range(fact.low / fact.value, 1.0, fact.high / fact.value, "lognormal")


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
    why = "worst of the back-test: nothing like it was measured" if outside else old["speed"].why
    d = catalog.decision_default
    return (
        PlanDoubt("demand", "demand", (("need.prompts_per_day", 1),), old["demand"].range, old["demand"].why),
        PlanDoubt("peak", "busiest hour", (("need.peak_to_mean", 1),), old["peak"].range, old["peak"].why),
        PlanDoubt("api", "API prices today", (("api.input_usd_per_token", 1), ("api.output_usd_per_token", 1)),
                  old["api"].range, old["api"].why),
        PlanDoubt("decline", "fall of API prices", (("1-api.price_decline_per_year", 1),
                                                    ("1-hosted.price_decline_per_year", 1)),
                  Range(1 / least, 1.0, 1.05, "lognormal"),
                  "from the slowest claim at fixed quality, three times a year, to a small rise"),
        PlanDoubt("chips", "market for chips", (("rent.price_usd_per_hour", 1), ("server.capex_usd", 0.5),
                                                ("hosted.input_usd_per_token", 0.5),
                                                ("hosted.output_usd_per_token", 0.5)), old["rent"].range,
                  f"{old['rent'].why}; servers and hosts' prices are taken to move by its root"),
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
                  _around(d("endpoint-premium")), d("endpoint-premium").source),
        PlanDoubt("lead", "wait for machines", (("running.lead_years", 1), ("running.room_lead_years", 1)),
                  _around(d("lead-servers")), d("lead-servers").source),
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
    require_whole(1, samples=samples)
    require_whole(0, seed=seed)
    found = {}
    for one in plan_doubts(outside):
        values = one.range.sample(int(samples), np.random.default_rng([int(seed), zlib.crc32(one.name.encode())]))
        found[one.name] = np.array([float(f"{value:.4g}") for value in values])
    return found


# -- intervals --------------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """Cost of one way over the draws: one in twenty below, the median, one in twenty above. [USD/year].

    Parameters
    ----------
    low_usd, median_usd, high_usd : numeric
        Undefined (NaN) where the way is ruled out. [USD/year]
    draw_share : numeric
        Draws in which it is the cheapest of those allowed. [1]
    """

    low_usd: Numeric
    median_usd: Numeric
    high_usd: Numeric
    draw_share: Numeric


def spreads(plan: Plan, factors: Mapping[str, npt.NDArray[Any]], outside: bool = False) -> dict[str, Spread]:
    """Return each way's cost over the draws.

    Parameters
    ----------
    plan : Plan
        What is asked, with one number for each field.
    factors : mapping
        From `draws`.
    outside : bool
        As in `plan_doubts`.

    Returns
    -------
    dict
        Key of a way to its `Spread`.
    """
    count = len(next(iter(factors.values())))
    costs = {name: usd + np.zeros(count) for name, usd in costs_by_way(moved(plan, factors, outside)).items()}
    known = {name: np.where(np.isnan(usd), np.inf, usd) for name, usd in costs.items()}
    least = np.min(np.stack(list(known.values())), axis=0)
    found = {}
    for name, usd in known.items():
        runs = np.isfinite(usd[..., 0])
        low, mid, high = (np.where(runs, sample_quantile(usd, q), np.nan)[()] for q in (0.05, 0.5, 0.95))
        wins = np.mean(np.where(np.logical_and(usd <= least, np.isfinite(usd)), 1.0, 0.0), axis=-1)
        found[name] = Spread(low, mid, high, np.where(runs, wins, np.nan)[()])
    return found


@checked
def ruling(draw_share: Numeric, outside: bool = False) -> str:
    """Return the word for how sure an answer is.

    Parameters
    ----------
    draw_share : numeric
        Draws in which the way is the cheapest. [1]
    outside : bool
        Whether the configuration was never measured; the answer is then never clear.

    Returns
    -------
    str
        ``Clear``, ``Likely`` or ``Open``.
    """
    if draw_share >= CLEAR and not outside:
        return "Clear"
    return "Likely" if draw_share >= LIKELY else "Open"


# -- what turns it ----------------------------------------------------------------------------------------------------


class Hinge(NamedTuple):
    """One doubt's effect on the cost of the cheapest way over that of another [1].

    name, title, why : as in `PlanDoubt`.
    at_low, at_high : the ratio with the doubt at its ends.
    """

    name: str
    title: str
    at_low: float
    at_high: float
    why: str

    @property
    def width(self) -> float:
        """Distance between the ends, as a logarithm [1]."""
        return float(abs(np.log(self.at_high / self.at_low)))

    @property
    def turns(self) -> bool:
        """Whether it alone turns the comparison round."""
        return (self.at_low - 1) * (self.at_high - 1) < 0


def ranked(plan: Plan) -> list[tuple[str, float]]:
    """Return the ways that are allowed and can serve, with their level costs, the cheapest first [USD/year]."""
    found = [(name, float(usd)) for name, usd in costs_by_way(plan).items() if np.isfinite(usd)]
    return sorted(found, key=lambda one: one[1])


def hinges(plan: Plan, outside: bool = False) -> list[Hinge]:
    """Return what the choice between the cheapest way and the next hinges on, the widest first.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    outside : bool
        As in `plan_doubts`.

    Returns
    -------
    list of Hinge
        Empty where there is no choice.
    """
    order = [name for name, _ in ranked(plan)][:2]
    if len(order) < 2:
        return []
    found = []
    for one in plan_doubts(outside):
        costs = costs_by_way(moved(plan, {one.name: np.array([one.range.low, one.range.high])}, outside))
        low, high = (costs[order[0]] / costs[order[1]]) + np.zeros(2)
        found.append(Hinge(one.name, one.title, float(low), float(high), one.why))
    return sorted(found, key=lambda hinge: -hinge.width)


class Tie(NamedTuple):
    """What would have to be true for a way to be as cheap as the cheapest: one doubt at one factor.

    way, title : the way's key, and the doubt's name for readers; empty where no doubt alone does it.
    factor : over what the plan has; undefined (NaN) where none does it. [1]
    """

    way: str
    title: str
    factor: float


def ties(plan: Plan, outside: bool = False) -> list[Tie]:
    """Return for each other way the least change of one doubt that makes it as cheap as the cheapest.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    outside : bool
        As in `plan_doubts`.

    Returns
    -------
    list of Tie
        Factors from a 64th to 64 are tried, whether or not they are plausible.
    """
    order = [name for name, _ in ranked(plan)]
    nearest = {name: Tie(name, "", float("nan")) for name in order[1:]}
    for one in plan_doubts(outside):
        costs = costs_by_way(moved(plan, {one.name: _possible(plan, one)}, outside))
        tried = np.log(_possible(plan, one))
        for name in order[1:]:
            gap = np.log(costs[name] / costs[order[0]]) + np.zeros(tried.size)
            at = _crossing(tried, gap)
            if np.isfinite(at) and not abs(at) >= abs(np.log(nearest[name].factor)):
                nearest[name] = Tie(name, one.title, float(np.exp(at)))
    return list(nearest.values())


def _possible(plan: Plan, one: PlanDoubt) -> npt.NDArray[Any]:
    """Return the factors that leave what the doubt moves within its limits."""
    fits = np.ones(FACTORS.size, dtype=bool)
    for address, power in one.moves:
        if address[:2] in ("1-", "1+"):
            # a price that doubles every year, or chips four times as good, leave all limits within ten years
            fits &= np.abs(np.log(FACTORS)) < np.log(2)
            continue
        row, value = QUANTITIES[address.partition(".")[2]], np.max(plan.value(address)) * FACTORS**power
        fits &= np.logical_and(value > row.low, value < row.high)
    return FACTORS[fits]


def _crossing(tried: npt.NDArray[Any], gap: npt.NDArray[Any]) -> float:
    """Return the logarithm nearest to none at which a gap closes."""
    turn = np.flatnonzero(np.sign(gap[1:]) * np.sign(gap[:-1]) <= 0)
    where = [tried[k] - gap[k] * (tried[k + 1] - tried[k]) / (gap[k + 1] - gap[k]) for k in turn
             if gap[k + 1] != gap[k]]
    return float(min(where, key=abs)) if where else float("nan")


def break_even(plan: Plan, dearer: str = "api") -> dict[str, float]:
    """Return the demand from which each way stays cheaper than another.

    Parameters
    ----------
    plan : Plan
        With one number for each field.
    dearer : str
        Key of the other way.

    Returns
    -------
    dict
        Key of a way to prompts a day of today; infinite where it never is within ten thousand times the demand,
        undefined (NaN) where one of the two is ruled out. [1/day]
    """
    demand = DEMAND * plan.need.prompts_per_day
    costs = {name: usd + np.zeros(DEMAND.size) for name, usd in
             costs_by_way(plan.changed({"need.prompts_per_day": demand})).items()}
    return {name: float(stays_cheaper_from(demand, costs[name], costs[dearer])) for name in WAYS if name != dearer}
