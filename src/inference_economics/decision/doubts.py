"""What is not known exactly about a decision: factors on the fields of `inputs.Inputs`."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import catalog
from ..catalog import prices
from ..catalog.facts import shipped_facts
from ..models.spec import load as known_models
from ..quantities.checks import lookup, require, require_whole
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..risk.uncertainty import Range
from ..serving import calibration
from ..silicon.reference import SOFTWARE_USD_PER_YEAR, nre_usd
from .inputs import Inputs
from .workload import Server

SOFTWARE_PER_NRE = SOFTWARE_USD_PER_YEAR / nre_usd()  # a year's, over the design; as in chapter 10

# -- what is not known exactly ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubt:
    """A factor on some fields of `Inputs` that is not known exactly.

    name, title : key, and name for readers.
    arguments : the fields that it multiplies; one that begins with ``1/`` is divided by it.
    range : the factor.
    why : where the range comes from.
    """

    name: str
    title: str
    arguments: tuple[str, ...]
    range: Range
    why: str


def around(fact: catalog.Fact, kind: str = "lognormal") -> Range:
    """Return the ends of a fact over its value [1]."""
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
    usual = catalog.datacentre("default-electricity").value
    power = [catalog.datacentre(f"electricity-{place}").value for place in ("iowa", "ohio", "illinois")]
    sites = [catalog.datacentre(name).value for name in ("colocation-wholesale", "colocation-2025",
                                                        "colocation-global-2025")]
    lives = [fact.value for name, fact in shipped_facts("datacentre.toml").items() if name.startswith("life-")]
    # A normal error's 90% limits lie at 2.06 times its mean size.
    error = 1 + 2.06 * max(row["tpot_error"] for name, row in calibration.unseen()["model"].items()
                           if name in known_models())
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
        Doubt("server", "price of a server", ("capex_usd",), around(catalog.datacentre("server-hgx-h100-2025-03")),
              "two sellers on one day"),
        Doubt("life", "life of a server", ("life_years",),
              Range(float(min(lives) / Server.life_years), 1, float(max(lives) / Server.life_years)),
              "lives in company accounts, over five years"),
        Doubt("site", "electricity and site", ("electricity_usd_per_kwh", "colocation_usd_per_kw_month"),
              Range(min(min(power) / usual, min(sites) / sites[1]), 1,
                    max(max(power) / usual, max(sites) / sites[1]), "lognormal"),
              "prices in the catalogue, over the default"),
        Doubt("people", "people and upkeep", ("team_usd_per_year", "operations_fraction"),
              Range(0.5, 1, 2, "lognormal"), "assumed: nobody publishes it"),
        Doubt("programme", "chip programme", ("nre_usd", "software_usd_per_year"),
              around(catalog.silicon("design-16nm")), "spread of estimates for one node"),
        Doubt("advantage", "gain of own chip", ("perf_per_tco",), around(tco, "triangular"),
              "MTIA 2i's best and worst model over their mean; recommendation, not language"),
        Doubt("delay", "years to own chip", ("delay_years",), Range(0.7, 1, 1.5), "assumed"),
    )


@checked
def scaled(inputs: Inputs, factors: Mapping[str, Numeric]) -> Inputs:
    """Return the inputs of `yearly_costs` with factors applied.

    Parameters
    ----------
    inputs : Inputs
        What `yearly_costs` takes.
    factors : mapping
        Name of a doubt to its factor, a number or an array.

    Returns
    -------
    Inputs
        With the busiest hour never below the average.

    Raises
    ------
    ValueError
        For a doubt that is not known, or a factor that is not above zero.
    """
    known = {doubt.name: doubt for doubt in doubts()}
    moved: dict[str, Numeric] = {}
    for name, factor in factors.items():
        require(0, np.inf, open_low=True, open_high=True, hint="1 changes nothing.", **{name: factor})
        for argument in lookup("doubt", name, known).arguments:
            over, argument = argument.startswith("1/"), argument.removeprefix("1/")
            now = moved.get(argument, inputs.value(argument))
            moved[argument] = now / factor if over else now * factor
    if "peak_to_mean" in moved:
        moved["peak_to_mean"] = np.maximum(moved["peak_to_mean"], 1.0)
    return inputs.changed(**moved)


def drawn(ranges: Mapping[str, Range], samples: int, seed: int) -> dict[str, npt.NDArray[Any]]:
    """Draw factors from named ranges, stratified, as fixed numbers that a program on a page can hold.

    Parameters
    ----------
    ranges : mapping
        Name of a doubt to the range of its factor.
    samples, seed : int
        Draws, and the seed; a range's draws do not depend on the others. [1]

    Returns
    -------
    dict
        Name of a doubt to its factors, rounded to four digits. [1]
    """
    require_whole(1, samples=samples)
    require_whole(0, seed=seed)
    draw = {name: one.sample(int(samples), np.random.default_rng([int(seed), zlib.crc32(name.encode())]))
            for name, one in ranges.items()}
    return {name: np.array([float(f"{value:.4g}") for value in values]) for name, values in draw.items()}
