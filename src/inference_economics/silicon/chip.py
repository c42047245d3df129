"""What a chip costs to make, and what is added on the way to the cloud.

Wafer price, area and yield give the die; memory and packaging give the chip; one margin after another gives the price
that a customer of a cloud pays for the same silicon. The cost of designing it is in `custom_silicon`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..quantities.checks import lookup
from ..quantities.limits import HOURS_PER_YEAR, checked, checked_fields
from ..quantities.mathematics import exp_mean, ratio
from ..quantities.numeric import Numeric


@checked
def gross_dies(die_area_mm2: Numeric, aspect_ratio: Numeric = 1.0, wafer_mm: Numeric = 300.0, edge_mm: Numeric = 0.0,
               scribe_mm: Numeric = 0.0) -> Numeric:
    """Whole dies cut from one wafer, good or bad.

    Parameters
    ----------
    die_area_mm2 : numeric
        Area of one die. [mm²]
    aspect_ratio : numeric
        Longer side over shorter; 1 for a square. [1]
    wafer_mm : numeric
        Diameter of the wafer. [mm]
    edge_mm : numeric
        Rim that holds no die; 3 is usual. [mm]
    scribe_mm : numeric
        Width of the cut between dies; 0.1 is usual. [mm]

    Returns
    -------
    numeric
        An average over ways of laying the grid, so not a whole number; 0 for a die larger than the wafer. [1]

    Notes
    -----
    Area over area, less the dies that the rim cuts: about ``d (w + h) / (w h)`` on a wafer of diameter ``d``, for dies
    of sides ``w`` and ``h``; scaled so that a square gives the usual ``pi d / sqrt(2 A)``. Cautious: the best grid
    holds 2% more dies of 100 mm² and 10% more of 800 mm².

    References
    ----------
    Ferris-Prabhu, "An algebraic expression to count the number of chips on a wafer", IEEE Circuits and Devices 5(1),
    1989.
    """
    width = np.sqrt(die_area_mm2 * aspect_ratio) + scribe_mm
    height = np.sqrt(die_area_mm2 / aspect_ratio) + scribe_mm
    across = np.maximum(wafer_mm - 2 * edge_mm, 0.0)
    area = width * height
    cut = np.pi / np.sqrt(8) * across * (width + height) / area
    return np.maximum(np.pi * across * across / 4 / area - cut, 0.0)


@checked
def poisson_yield(die_area_mm2: Numeric, defects_per_mm2: Numeric) -> Numeric:
    """Share of dies without a defect, when defects fall independently.

    Parameters
    ----------
    die_area_mm2 : numeric
        Area of one die. [mm²]
    defects_per_mm2 : numeric
        Killing defects per area; 0.001 is 0.1 per cm². [1/mm²]

    Returns
    -------
    numeric
        ``exp(-A D)``: the lowest of the four yields. [1]

    References
    ----------
    Murphy, "Cost-size optima of monolithic integrated circuits", Proceedings of the IEEE 52(12), 1964.
    """
    return np.exp(-die_area_mm2 * defects_per_mm2)


@checked
def murphy_yield(die_area_mm2: Numeric, defects_per_mm2: Numeric) -> Numeric:
    """Share of dies without a defect, when the density varies over a triangle.

    Parameters
    ----------
    die_area_mm2 : numeric
        Area of one die. [mm²]
    defects_per_mm2 : numeric
        Killing defects per area. [1/mm²]

    Returns
    -------
    numeric
        ``((1 - exp(-A D)) / (A D))**2``. [1]

    References
    ----------
    Murphy, "Cost-size optima of monolithic integrated circuits", Proceedings of the IEEE 52(12), 1964.
    """
    return np.square(exp_mean(-die_area_mm2 * defects_per_mm2))


@checked
def seeds_yield(die_area_mm2: Numeric, defects_per_mm2: Numeric) -> Numeric:
    """Share of dies without a defect, when the density varies exponentially.

    Parameters
    ----------
    die_area_mm2 : numeric
        Area of one die. [mm²]
    defects_per_mm2 : numeric
        Killing defects per area. [1/mm²]

    Returns
    -------
    numeric
        ``1 / (1 + A D)``: the highest of the four yields. [1]

    References
    ----------
    Seeds, "Yield and cost analysis of bipolar LSI", IEEE International Electron Devices Meeting, 1967.
    """
    return 1 / (1 + die_area_mm2 * defects_per_mm2)


@checked
def negative_binomial_yield(die_area_mm2: Numeric, defects_per_mm2: Numeric, clustering: Numeric = 3.0) -> Numeric:
    """Share of dies without a defect, when defects come in clusters.

    Parameters
    ----------
    die_area_mm2 : numeric
        Area of one die. [mm²]
    defects_per_mm2 : numeric
        Killing defects per area. [1/mm²]
    clustering : numeric
        1 gives Seeds' yield, a large number Poisson's; 2 to 3 is usual. [1]

    Returns
    -------
    numeric
        ``(1 + A D / c)**-c``. [1]

    References
    ----------
    Stapper, "Defect density distribution for LSI yield calculations", IEEE Transactions on Electron Devices 20(7),
    1973.
    """
    return np.exp(-clustering * np.log1p(die_area_mm2 * defects_per_mm2 / clustering))


YIELD_MODELS: dict[str, Callable[[Numeric, Numeric], Numeric]] = {
    "poisson": poisson_yield,
    "murphy": murphy_yield,
    "negative binomial": negative_binomial_yield,
    "seeds": seeds_yield,
}


@checked
def repaired_yield(yield_fraction: Numeric, repairable_fraction: Numeric) -> Numeric:
    """Share of dies that can be sold when some defects are harmless.

    Parameters
    ----------
    yield_fraction : numeric
        Share without a defect. [1]
    repairable_fraction : numeric
        Share of the others that spare parts on the die save: an H100 ships with 132 of its 144 cores. [1]

    Returns
    -------
    numeric
        Share sold. [1]
    """
    return yield_fraction + (1 - yield_fraction) * repairable_fraction


@checked
def good_die_usd(wafer_usd: Numeric, gross_dies: Numeric, yield_fraction: Numeric) -> Numeric:
    """Cost of one working die.

    Parameters
    ----------
    wafer_usd : numeric
        Price of a processed wafer. [USD]
    gross_dies : numeric
        Dies cut from it. [1]
    yield_fraction : numeric
        Share that works. [1]

    Returns
    -------
    numeric
        Cost of one; infinite where none works or none fits. [USD]
    """
    return ratio(wafer_usd, gross_dies * yield_fraction)


@checked
def die_usd(wafer_usd: Numeric, die_area_mm2: Numeric, defects_per_mm2: Numeric, repairable_fraction: Numeric = 0.0,
            model: str = "negative binomial") -> Numeric:
    """Cost of one die that can be sold, from wafer, area and defects.

    Parameters
    ----------
    wafer_usd : numeric
        Price of a processed wafer. [USD]
    die_area_mm2 : numeric
        Area of one die. [mm²]
    defects_per_mm2 : numeric
        Killing defects per area. [1/mm²]
    repairable_fraction : numeric
        Share of the bad dies that spare parts on the die save; see `repaired_yield`. [1]
    model : str
        A name of `YIELD_MODELS`.

    Returns
    -------
    numeric
        Cost of one; infinite where none fits. [USD]
    """
    good = lookup("yield model", model, YIELD_MODELS)(die_area_mm2, defects_per_mm2)
    return good_die_usd(wafer_usd, gross_dies(die_area_mm2), repaired_yield(good, repairable_fraction))


class ChipCost(NamedTuple):
    """What one packaged chip costs to make, by part [USD]."""

    logic_usd: Numeric
    memory_usd: Numeric
    packaging_usd: Numeric
    test_usd: Numeric
    loss_usd: Numeric

    @property
    def total_usd(self) -> Numeric:
        """All parts, and the good parts lost in bad packages [USD]."""
        return self.logic_usd + self.memory_usd + self.packaging_usd + self.test_usd + self.loss_usd


@checked
def memory_usd(memory_bytes: Numeric, memory_usd_per_gb: Numeric) -> Numeric:
    """Price of a chip's memory.

    Parameters
    ----------
    memory_bytes : numeric
        Memory, HBM or LPDDR. [B]
    memory_usd_per_gb : numeric
        Contract price per 10⁹ bytes; 10 to 16 for HBM from 2023 to 2025, and rising. [USD/GB]

    Returns
    -------
    numeric
        Price. [USD]
    """
    return memory_bytes / 1e9 * memory_usd_per_gb


@checked
def chip_cost(die_usd: Numeric, memory_usd: Numeric, packaging_usd: Numeric, test_usd: Numeric = 0.0,
              dies_per_package: Numeric = 1.0, package_yield: Numeric = 1.0) -> ChipCost:
    """Cost of one working packaged chip.

    Parameters
    ----------
    die_usd : numeric
        Cost of one good compute die. [USD]
    memory_usd, packaging_usd, test_usd : numeric
        Memory, package with interposer, test and assembly. [USD]
    dies_per_package : numeric
        Compute dies in one package. [1]
    package_yield : numeric
        Share of packages that work; a bad one takes good dies and memory with it. [1]

    Returns
    -------
    ChipCost
        Cost by part, with the loss as a part of its own, and the total.

    Notes
    -----
    Manufacturing only. Published teardowns are models too: H100 estimates agree on about $3,300 to within their method,
    not to within the truth.
    """
    logic = die_usd * dies_per_package
    good = logic + memory_usd + packaging_usd + test_usd
    return ChipCost(logic, memory_usd, packaging_usd, test_usd, good * (1 / package_yield - 1))


@checked
def price_at_margin(cost_usd: Numeric, gross_margin: Numeric) -> Numeric:
    """Price that leaves a gross margin.

    Parameters
    ----------
    cost_usd : numeric
        Cost. [USD]
    gross_margin : numeric
        Profit over price; 0.75 makes the price four times the cost. [1]

    Returns
    -------
    numeric
        Price. [USD]
    """
    return cost_usd / (1 - gross_margin)


@dataclass(frozen=True, eq=False)
class ServerBuild:
    """What a server costs to make, before anyone's margin.

    Parameters
    ----------
    chip_usd : numeric
        Cost of one packaged chip. [USD]
    n_chips : numeric
        Chips in a server. [1]
    other_parts_usd : numeric
        Everything else in the server. [USD]
    """

    chip_usd: Numeric
    n_chips: Numeric
    other_parts_usd: Numeric

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


@dataclass(frozen=True, eq=False)
class Margins:
    """Gross margins on the way from the chip to the cloud.

    Parameters
    ----------
    chip_margin : numeric
        Gross margin of the chip's seller. [1]
    server_margin : numeric
        Gross margin of the server's seller over all it buys, chips included. [1]
    cloud_margin : numeric
        Gross margin of the cloud; 0 for an owner. [1]
    """

    chip_margin: Numeric = 0.0
    server_margin: Numeric = 0.0
    cloud_margin: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


class MarginStack(NamedTuple):
    """Prices from the chip to the cloud [USD, USD, USD/h] and the last one without any margin [USD/h]."""

    chip_usd: Numeric
    server_usd: Numeric
    cloud_usd_per_hour: Numeric
    bare_usd_per_hour: Numeric

    @property
    def multiple(self) -> Numeric:
        """Cloud price over the price with no margin at all: what owning the whole chain could save [1]."""
        multiple: Any = ratio(self.cloud_usd_per_hour, self.bare_usd_per_hour)
        return multiple[()]


@checked
def margin_stack(build: ServerBuild, margins: Margins, capital_recovery: Numeric, running_usd_per_year: Numeric,
                 utilisation: Numeric = 1.0) -> MarginStack:
    """Price of a chip-hour as one seller after another adds a margin.

    Parameters
    ----------
    build : ServerBuild
        What a server costs to make.
    margins : Margins
        What each seller adds.
    capital_recovery : numeric
        Yearly payment per dollar of server; see `ownership.capital_recovery_factor`. [1/year]
    running_usd_per_year : numeric
        Power, space and people for one server. [USD/year]
    utilisation : numeric
        Share of the hours that the cloud sells. [1]

    Returns
    -------
    MarginStack
        Price of the chip, the server and the chip-hour, and the chip-hour with no margin.

    Notes
    -----
    A buyer who builds everything saves the whole multiple only by also paying for the design; see
    `programme.design_usd_per_hour`.
    """
    n_chips, other = build.n_chips, build.other_parts_usd
    hours = n_chips * HOURS_PER_YEAR * utilisation
    chip = build.chip_usd / (1 - margins.chip_margin)
    server = (n_chips * chip + other) / (1 - margins.server_margin)
    sold = ratio(server * capital_recovery + running_usd_per_year, hours) / (1 - margins.cloud_margin)
    bare = ratio((n_chips * build.chip_usd + other) * capital_recovery + running_usd_per_year, hours)
    return MarginStack(chip, server, sold, bare)


# -- whole chips ------------------------------------------------------------------------------------------------------


@checked
def small_chip_gain(chips_needed: Numeric, parts: Numeric) -> Numeric:
    """Work per dollar gained by smaller chips where every service takes whole ones, at equal cost of equal work.

    Parameters
    ----------
    chips_needed : numeric or array
        Work of each service, in large chips. [1]
    parts : numeric
        Small chips that do the work of a large one, and cost as much together. [1]

    Returns
    -------
    numeric
        Large chips bought over what the small ones cost, less one: 0 where the rounding loses nothing. [1]
    """
    large, small = np.ceil(chips_needed), np.ceil(parts * chips_needed) / parts
    return np.sum(large) / np.sum(small) - 1
