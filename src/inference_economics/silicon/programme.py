"""Whether to build a chip: what it costs before the first unit, what it saves, and how long the saving waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..quantities.limits import HOURS_PER_YEAR, Limited, checked
from ..quantities.mathematics import annuity_years, grown, ratio
from ..quantities.numeric import Numeric


@dataclass(frozen=True, eq=False)
class ChipProgramme(Limited):
    """What is paid for a chip whatever the volume.

    Parameters
    ----------
    design_usd : numeric
        Design and verification. Published estimates for one node differ by a factor of ten and more: carry a range
        (`uncertainty.Range.of`), not a number. [USD]
    mask_usd : numeric
        First set of masks. [USD]
    respins : numeric
        Tape-outs after the first. [1]
    respin_usd : numeric
        One of them, masks and months of engineering; "tens of millions" at Meta (Reuters, March 2025). [USD]
    software_usd_per_year : numeric
        Compiler, kernels, firmware and porting, every year for as long as the chip serves. [USD/year]
    """

    design_usd: Numeric
    mask_usd: Numeric
    respins: Numeric = 0.0
    respin_usd: Numeric = 0.0
    software_usd_per_year: Numeric = 0.0


class ProgrammeCost(NamedTuple):
    """Cost of a chip programme apart from its units, in today's dollars [USD]."""

    design_usd: Numeric
    masks_usd: Numeric
    respins_usd: Numeric
    software_usd: Numeric

    @property
    def nre_usd(self) -> Numeric:
        """What is paid before the first unit: all but the software of its years [USD]."""
        return self.design_usd + self.masks_usd + self.respins_usd

    @property
    def total_usd(self) -> Numeric:
        """All of it [USD]."""
        return self.nre_usd + self.software_usd


@checked
def programme_cost(programme: ChipProgramme, horizon_years: Numeric = 5.0,
                   discount_rate: Numeric = 0.0) -> ProgrammeCost:
    """Cost of a chip programme whatever the volume.

    Parameters
    ----------
    programme : ChipProgramme
        What is paid for.
    horizon_years : numeric
        Years of software. [year]
    discount_rate : numeric
        Cost of capital, for the software. [1/year]

    Returns
    -------
    ProgrammeCost
        Cost by cause, and the total that takes the place of ``nre_usd`` below.

    Notes
    -----
    Headline estimates by node are "significantly inflated", and arrays of equal tiles much cheaper (Semiconductor
    Engineering, "What Will That Chip Cost?", 2023). At 16/14 nm, estimates went up to $300M where real chips took 12 to
    35 (the same, "The Real Numbers: Redefining NRE").
    """
    software = programme.software_usd_per_year * annuity_years(discount_rate, horizon_years)
    return ProgrammeCost(programme.design_usd, programme.mask_usd, programme.respins * programme.respin_usd, software)


@checked
def saving_from_perf_per_tco(perf_per_tco: Numeric) -> Numeric:
    """Share of the GPU's cost of ownership saved at equal work.

    Parameters
    ----------
    perf_per_tco : numeric
        Performance per cost of ownership over the GPU's. [1]

    Returns
    -------
    numeric
        ``1 - 1/R``; negative where the chip is dearer than the GPU. [1]
    """
    return 1 - 1 / perf_per_tco


@checked
def perf_per_tco_from_saving(saving_fraction: Numeric) -> Numeric:
    """Performance per cost of ownership that a saving states.

    Parameters
    ----------
    saving_fraction : numeric
        Share of the cost of ownership saved at equal work. [1]

    Returns
    -------
    numeric
        ``1 / (1 - s)``: a saving of 44% is 1.79 times the performance per dollar. [1]

    References
    ----------
    Coburn et al., "Meta's Second Generation AI Chip", ISCA 2025, doi:10.1145/3695053.3731409: 44% on recommendation
    inference, from 0.8 to 2.1 times by model.
    """
    return 1 / (1 - saving_fraction)


@checked
def perf_per_tco(performance: Numeric, tco_usd: Numeric) -> Numeric:
    """Work per dollar of lifetime cost.

    Parameters
    ----------
    performance : numeric
        Work per second on the same task, in any unit. [any]
    tco_usd : numeric
        Lifetime cost of ownership of what does it. [USD]

    Returns
    -------
    numeric
        Work per second and dollar; infinite for free. [any/USD]
    """
    return ratio(performance, tco_usd)


@checked
def break_even_units(nre_usd: Numeric, tco_usd_per_unit: Numeric, saving_fraction: Numeric) -> Numeric:
    """GPU-equivalents of work that pay for a chip programme.

    Parameters
    ----------
    nre_usd : numeric
        Everything paid whatever the volume; see `programme_cost`. [USD]
    tco_usd_per_unit : numeric
        Lifetime cost of ownership of one GPU. [USD]
    saving_fraction : numeric
        Share of it that the custom chip saves at equal work. [1]

    Returns
    -------
    numeric
        GPU-equivalents, not chips (three MTIA 2i do the work of one GPU); infinite without a saving. [1]

    Notes
    -----
    $300M, $60k and 44% need 11,364. The saving must be on the work that will run: 44% is Meta's on recommendation
    inference, and says nothing of decoding language models.
    """
    return ratio(nre_usd, tco_usd_per_unit * saving_fraction)


@checked
def net_saving_usd(units: Numeric, nre_usd: Numeric, tco_usd_per_unit: Numeric, saving_fraction: Numeric) -> Numeric:
    """What a chip programme saves over buying GPUs for the same work.

    Parameters
    ----------
    units : numeric
        GPU-equivalents of work. [1]
    nre_usd, tco_usd_per_unit, saving_fraction : numeric
        As in `break_even_units`.

    Returns
    -------
    numeric
        Saving less the programme; negative below the break-even volume. [USD]
    """
    return units * tco_usd_per_unit * saving_fraction - nre_usd


@checked
def design_usd_per_hour(nre_usd: Numeric, units: Numeric, life_years: Numeric, utilisation: Numeric = 1.0) -> Numeric:
    """What a chip programme adds to each used hour of the fleet that it was made for.

    Parameters
    ----------
    nre_usd : numeric
        Cost of the programme. [USD]
    units : numeric
        GPU-equivalents of work that the chips do. [1]
    life_years : numeric
        Years in use. [year]
    utilisation : numeric
        Share of the hours that are used. [1]

    Returns
    -------
    numeric
        Infinite without a fleet. [USD/h]

    Notes
    -----
    Interest on the programme is left out, which favours the design.
    """
    return ratio(nre_usd, units * life_years * HOURS_PER_YEAR * utilisation)


@checked
def units_for_design_usd_per_hour(nre_usd: Numeric, price_usd_per_hour: Numeric, life_years: Numeric,
                                  utilisation: Numeric = 1.0) -> Numeric:
    """Fleet from which a programme costs less an hour than a given price: `design_usd_per_hour` read backwards.

    Parameters
    ----------
    nre_usd : numeric
        Cost of the programme. [USD]
    price_usd_per_hour : numeric
        What a used hour may cost for the design: the margins that it avoids. [USD/h]
    life_years : numeric
        Years in use. [year]
    utilisation : numeric
        Share of the hours that are used. [1]

    Returns
    -------
    numeric
        GPU-equivalents of work; infinite where nothing is avoided. [1]
    """
    return ratio(nre_usd, price_usd_per_hour * life_years * HOURS_PER_YEAR * utilisation)


# -- what waiting does ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Terms(Limited):
    """On what terms a programme waits: years, money and tax.

    Parameters
    ----------
    delay_years : numeric
        From the first dollar of design to the first day of service; the design is paid evenly over them. [year]
    life_years : numeric
        Years that the chips serve. [year]
    discount_rate : numeric
        Cost of the capital that waits, debt and equity. [1/year]
    tax_fraction : numeric
        Tax on what is saved, and off what is spent. [1]
    deduction_years : numeric
        Years over which tax law lets the design be deducted; 0 for at once. [year]
    """

    delay_years: Numeric
    life_years: Numeric = 5.0
    discount_rate: Numeric = 0.08
    tax_fraction: Numeric = 0.0
    deduction_years: Numeric = 0.0


@checked
def break_even_units_after_delay(nre_usd: Numeric, software_usd_per_year: Numeric, usd_per_unit_year: Numeric,
                                 saving_fraction: Numeric, terms: Terms) -> Numeric:
    """GPU-equivalents of work that pay for a programme that is paid for years before it serves.

    Parameters
    ----------
    nre_usd : numeric
        Design, masks and re-spins, in money of their years. [USD]
    software_usd_per_year : numeric
        Every year that the chips serve. [USD/year]
    usd_per_unit_year : numeric
        Cost of owning one GPU for a year. [USD/year]
    saving_fraction : numeric
        Share of it that the chip saves while it serves; see `ramp.perf_per_tco_after_delay`. [1]
    terms : Terms
        Delay, life, capital and tax.

    Returns
    -------
    numeric
        GPU-equivalents; infinite without a saving. [1]

    Notes
    -----
    With no delay and no tax it is `break_even_units` of `programme_cost`. A design that is deducted as it is paid makes
    the state a partner in cost and saving alike, so tax then leaves the volume where it was (Brown, 1948).

    References
    ----------
    Brown, "Business-Income Taxation and Investment Incentives", in *Income, Employment and Public Policy*, 1948.
    """
    rate, kept = terms.discount_rate, 1 - terms.tax_fraction
    served = annuity_years(rate, terms.life_years) * grown(-np.log1p(rate) * terms.delay_years)
    spent = nre_usd * ratio(annuity_years(rate, terms.delay_years), terms.delay_years, 1.0)
    deducted = ratio(annuity_years(rate, terms.deduction_years), terms.deduction_years, 1.0)
    cost = spent * (1 - terms.tax_fraction * deducted) + software_usd_per_year * served * kept
    return ratio(cost, usd_per_unit_year * saving_fraction * served * kept)
