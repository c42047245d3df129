"""What a chip costs to make, and what is added on the way to the cloud.

Memory and packaging make a chip of a die, whose cost is in `die`; one margin after another gives the price that a
customer of a cloud pays for the same silicon. The cost of designing it is in `programme`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..quantities.limits import HOURS_PER_YEAR, Limited, checked
from ..quantities.mathematics import ratio
from ..quantities.numeric import Numeric


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
class ServerBuild(Limited):
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


@dataclass(frozen=True, eq=False)
class Margins(Limited):
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
