"""What a chip costs to make, and what is added on the way to the cloud.

Wafer price, area and yield give the die; memory and packaging give the chip; one margin after another gives the price
that a customer of a cloud pays for the same silicon. The cost of designing it is in `custom_silicon`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import HOURS_PER_YEAR, checked
from ..quantities.mathematics import exp_mean, ratio


@checked
def gross_dies(die_area_mm2, aspect_ratio=1.0, wafer_mm=300.0, edge_mm=0.0, scribe_mm=0.0):
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
def poisson_yield(die_area_mm2, defects_per_mm2):
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
def murphy_yield(die_area_mm2, defects_per_mm2):
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
def seeds_yield(die_area_mm2, defects_per_mm2):
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
def negative_binomial_yield(die_area_mm2, defects_per_mm2, clustering=3.0):
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


YIELD_MODELS = {
    "poisson": poisson_yield,
    "murphy": murphy_yield,
    "negative binomial": negative_binomial_yield,
    "seeds": seeds_yield,
}


@checked
def repaired_yield(yield_fraction, repairable_fraction):
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
def good_die_usd(wafer_usd, gross_dies, yield_fraction):
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


class ChipCost(NamedTuple):
    """What one packaged chip costs to make, by part [USD]."""

    logic_usd: float
    memory_usd: float
    packaging_usd: float
    test_usd: float
    loss_usd: float

    @property
    def total_usd(self):
        """All parts, and the good parts lost in bad packages [USD]."""
        return self.logic_usd + self.memory_usd + self.packaging_usd + self.test_usd + self.loss_usd


@checked
def memory_usd(memory_bytes, memory_usd_per_gb):
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
def chip_cost(die_usd, memory_usd, packaging_usd, test_usd=0.0, dies_per_package=1.0, package_yield=1.0):
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
def price_at_margin(cost_usd, gross_margin):
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


class MarginStack(NamedTuple):
    """Prices from the chip to the cloud [USD, USD, USD/h] and the last one without any margin [USD/h]."""

    chip_usd: float
    server_usd: float
    cloud_usd_per_hour: float
    bare_usd_per_hour: float

    @property
    def multiple(self):
        """Cloud price over the price with no margin at all: what owning the whole chain could save [1]."""
        return ratio(self.cloud_usd_per_hour, self.bare_usd_per_hour)[()]


@checked
def margin_stack(chip_usd, chip_margin, n_chips, other_parts_usd, server_margin, cloud_margin, capital_recovery,
                 running_usd_per_year, utilisation=1.0):
    """Price of a chip-hour as one seller after another adds a margin.

    Parameters
    ----------
    chip_usd : numeric
        Cost of one packaged chip. [USD]
    chip_margin : numeric
        Gross margin of the chip's seller. [1]
    n_chips : numeric
        Chips in a server. [1]
    other_parts_usd : numeric
        Everything else in the server. [USD]
    server_margin : numeric
        Gross margin of the server's seller over all it buys, chips included. [1]
    cloud_margin : numeric
        Gross margin of the cloud. [1]
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
    A buyer who builds everything saves the whole multiple only by also paying for the design; see `custom_silicon`.
    """
    hours = n_chips * HOURS_PER_YEAR * utilisation
    chip = chip_usd / (1 - chip_margin)
    server = (n_chips * chip + other_parts_usd) / (1 - server_margin)
    sold = ratio(server * capital_recovery + running_usd_per_year, hours) / (1 - cloud_margin)
    bare = ratio((n_chips * chip_usd + other_parts_usd) * capital_recovery + running_usd_per_year, hours)
    return MarginStack(chip, server, sold, bare)
