"""What may be chosen in a decision, and what is not known exactly about it.

Servers and price lists from the catalogues, three workloads to start from, and the doubts: factors on the inputs of
`decision.yearly_costs`, so that one call gives an interval or a tornado.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from . import catalog, serving
from .catalog import prices
from .catalog.facts import _facts as _fact_file
from .hardware.accelerators import Accelerator
from .hardware.accelerators import get as accelerator
from .models.spec import get as get_model
from .quantities.checks import lookup, require, require_whole
from .risk.uncertainty import Range
from .serving import calibration
from .serving.replica import best_replica

SOFTWARE_PER_NRE = 0.1  # a year of a chip's software over the cost of the programme; assumed

# -- what is not known exactly ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubt:
    """A factor on some inputs of `yearly_costs` that is not known exactly.

    name, title : key, and name for readers.
    arguments : the inputs that it multiplies; one that begins with ``1/`` is divided by it.
    range : the factor.
    why : where the range comes from.
    """

    name: str
    title: str
    arguments: tuple[str, ...]
    range: Range
    why: str


def _around(fact, kind="lognormal") -> Range:
    return Range(fact.low / fact.value, 1.0, fact.high / fact.value, kind)


@cache
def doubts() -> tuple[Doubt, ...]:
    """Return what is not known exactly, each as a factor around one, read from the catalogues where they hold it.

    Returns
    -------
    tuple of Doubt
        In the order of a tornado: the workload, the market, the machines, the programme.
    """
    changes = [change.factor for change in prices.api_changes()]
    index = prices.rental_series("h100-sxm").index_usd_per_hour
    index = index[np.isfinite(index)]
    power = [catalog.datacentre(f"electricity-{place}").value for place in ("iowa", "ohio", "illinois")]
    sites = [catalog.datacentre(name).value for name in ("colocation-wholesale", "colocation-2025",
                                                        "colocation-global-2025")]
    lives = [fact.value for name, fact in _fact_file("datacentre.toml").items() if name.startswith("life-")]
    # A normal error's 90% limits lie at 2.06 times its mean size.
    error = 1 + 2.06 * max(row["tpot_error"] for row in calibration.unseen()["model"].values())
    tco = catalog.silicon("mtia-2i-perf-tco")
    return (
        Doubt("demand", "demand", ("users",), Range(0.5, 1, 2, "lognormal"), "assumed: half or twice the forecast"),
        Doubt("peak", "busiest hour", ("peak_to_mean",), Range(0.7, 1, 1.5), "assumed"),
        Doubt("api", "API price", ("input_usd_per_token", "output_usd_per_token"),
              Range(min(changes), 1, max(changes), "lognormal"),
              "least and greatest recorded change of one and the same model"),
        Doubt("rent", "rent of a chip", ("price_usd_per_hour",),
              Range(float(index.min() / index[-1]), 1, float(index.max() / index[-1]), "lognormal"),
              "lowest and highest month of the H100 index over the last one"),
        Doubt("speed", "speed of a chip", ("1/service_s",), Range(1 / error, 1, error, "lognormal"),
              "twice the largest mean error of the serving model on a model it was not fitted to"),
        Doubt("server", "price of a server", ("capex_usd",), _around(catalog.datacentre("server-hgx-h100-2025-03")),
              "two sellers on one day"),
        Doubt("life", "life of a server", ("life_years",),
              Range(min(lives) / 5, 1, max(lives) / 5), "lives in company accounts, over five years"),
        Doubt("site", "electricity and site", ("electricity_usd_per_kwh", "colocation_usd_per_kw_month"),
              Range(min(min(power) / 0.08, min(sites) / sites[1]), 1, max(max(power) / 0.08, max(sites) / sites[1]),
                    "lognormal"), "prices in the catalogue, over the default"),
        Doubt("people", "people and upkeep", ("team_usd_per_year", "operations_fraction"),
              Range(0.5, 1, 2, "lognormal"), "assumed: nobody publishes it"),
        Doubt("programme", "chip programme", ("nre_usd", "software_usd_per_year"),
              _around(catalog.silicon("design-16nm")), "spread of estimates for one node"),
        Doubt("advantage", "gain of own chip", ("perf_per_tco",), _around(tco, "triangular"),
              "MTIA 2i's best and worst model over their mean; recommendation, not language"),
        Doubt("delay", "years to own chip", ("delay_years",), Range(0.7, 1, 1.5), "assumed"),
    )


def scaled(inputs: Mapping, factors: Mapping) -> dict:
    """Return the inputs of `yearly_costs` with factors applied.

    Parameters
    ----------
    inputs : mapping
        Keyword arguments of `yearly_costs`.
    factors : mapping
        Name of a doubt to its factor, a number or an array.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        For a doubt that is not known, or a factor that is not above zero.
    """
    known, out = {doubt.name: doubt for doubt in doubts()}, dict(inputs)
    for name, factor in factors.items():
        require(0, np.inf, open_low=True, open_high=True, hint="1 changes nothing.", **{name: factor})
        for argument in lookup("doubt", name, known).arguments:
            over = argument.startswith("1/")
            argument = argument.removeprefix("1/")
            if argument in out:
                out[argument] = out[argument] / factor if over else out[argument] * factor
    if "peak_to_mean" in out:
        out["peak_to_mean"] = np.maximum(out["peak_to_mean"], 1.0)
    return out


def factor_sample(samples: int = 100, seed: int = 0) -> dict[str, np.ndarray]:
    """Draw every doubt, stratified, as fixed numbers that a program on a page can hold.

    Parameters
    ----------
    samples : int
        Draws. [1]
    seed : int
        The same seed gives the same draws; a doubt's draws do not depend on the others. [1]

    Returns
    -------
    dict
        Name of a doubt to its factors, rounded to four digits.

    Raises
    ------
    ValueError
        Unless both are whole, and `samples` positive.
    """
    require_whole(1, samples=samples)
    require_whole(0, seed=seed)
    draw = {doubt.name: doubt.range.sample(int(samples), np.random.default_rng([int(seed), zlib.crc32(
        doubt.name.encode())])) for doubt in doubts()}
    return {name: np.array([float(f"{value:.4g}") for value in values]) for name, values in draw.items()}


def factor_swings() -> dict[str, np.ndarray]:
    """Return factors that move one doubt at a time: entry 2k has the k-th at its low end, 2k + 1 at its high end.

    Returns
    -------
    dict
        Name of a doubt to its factors; the last entry leaves all of them at one.
    """
    rows = {}
    for k, doubt in enumerate(doubts()):
        rows[doubt.name] = np.ones(2 * len(doubts()) + 1)
        rows[doubt.name][2 * k : 2 * k + 2] = doubt.range.low, doubt.range.high
    return rows


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


_START_UP = {
    "users": 5000, "queries_per_day": 5.0, "prompt_tok": 1500, "output_tok": 400, "growth_per_year": 1.0,
    "peak_to_mean": 2.0, "ttft_limit_s": 2.0, "tpot_limit_s": 0.05, "privacy": 0, "model": "llama-3.1-70b",
    "machine": "h100-sxm", "api": "gemini-3.5-flash-lite", "price_decline_per_year": 0.0, "horizon_years": 3,
    "discount_rate": 0.15, "team_usd_per_year": 3e5, "nre_usd": 3e8, "perf_per_tco": 1.79, "delay_years": 3.0,
    "rent_over_median": 1.0,
}
# One-year contracts for an H100 in June 2026 over that month's index of list prices: 2.65 / 3.32.
_CONTRACT = 0.8
SCENARIOS: dict[str, dict] = {
    "Start-up": _START_UP,
    "Enterprise, private data": _START_UP | {
        "users": 20_000, "queries_per_day": 20.0, "prompt_tok": 4000, "output_tok": 500, "growth_per_year": 0.2,
        "peak_to_mean": 3.0, "privacy": 1, "machine": "h200-sxm", "api": "gpt-5.6-terra", "horizon_years": 4,
        "discount_rate": 0.1, "team_usd_per_year": 6e5, "rent_over_median": _CONTRACT},
    "A billion prompts a day": _START_UP | {
        "users": 250_000_000, "queries_per_day": 4.0, "prompt_tok": 1000, "output_tok": 300, "growth_per_year": 0.3,
        "machine": "b200", "api": "gpt-5.6-luna", "horizon_years": 5, "discount_rate": 0.08, "team_usd_per_year": 3e7,
        "rent_over_median": _CONTRACT},
}


def inputs_of(scenario: Mapping, s=None, c=None, machine=None, api=None) -> dict:
    """Return the inputs of `yearly_costs` for a scenario such as those of `SCENARIOS`.

    Parameters
    ----------
    scenario : mapping
        Workload, targets, constraints and money, by the names in `SCENARIOS`.
    s, c, machine, api : Setup, Constants, Machine, Offer
        In place of what the scenario names: a figure looks them up where the reader chooses.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        For a scenario that lacks a name, or a model, machine or API that is not known.
    """
    for name in _START_UP:
        lookup("entry of the scenario", name, scenario)
    if machine is None:
        machine = lookup("machine", scenario["machine"], {one.name: one for one in machines()})
    if api is None:
        api = lookup("API offer", scenario["api"], {one.name: one for one in offers()})
    if s is None:
        model = get_model(scenario["model"])
        s, c = serving.setup(model, machine.chip, precision_of(model)), calibration.constants(machine.chip)
    best = best_replica(s, c, *(scenario[name] for name in ("prompt_tok", "output_tok", "ttft_limit_s",
                                                            "tpot_limit_s")))
    same = ("users", "queries_per_day", "prompt_tok", "output_tok", "growth_per_year", "peak_to_mean", "horizon_years",
            "price_decline_per_year", "discount_rate", "team_usd_per_year", "nre_usd", "perf_per_tco", "delay_years")
    return {name: scenario[name] for name in same} | {
        "input_usd_per_token": api.input_usd_per_token, "output_usd_per_token": api.output_usd_per_token,
        "service_s": best.service_s, "batch": best.batch, "n_chips": best.n_chips,
        "price_usd_per_hour": machine.price_usd_per_hour * scenario["rent_over_median"],
        "capex_usd": machine.capex_usd, "power_w": machine.power_w,
        # named here although they are the defaults of `yearly_costs`: a doubt moves only what the inputs hold
        "life_years": 5.0, "electricity_usd_per_kwh": 0.08, "operations_fraction": 0.08,
        "colocation_usd_per_kw_month": catalog.datacentre("colocation-2025").value,
        "software_usd_per_year": scenario["nre_usd"] * SOFTWARE_PER_NRE}
