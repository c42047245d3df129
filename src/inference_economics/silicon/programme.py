"""Whether to build a chip: what it costs before the first unit, what it saves, and how long the saving waits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import checked
from ..quantities.mathematics import annuity_years, grown, ratio


class ProgrammeCost(NamedTuple):
    """Cost of a chip programme apart from its units, in today's dollars [USD]."""

    design_usd: float
    masks_usd: float
    respins_usd: float
    software_usd: float

    @property
    def total_usd(self):
        """All of it [USD]."""
        return self.design_usd + self.masks_usd + self.respins_usd + self.software_usd


@checked
def programme_cost(design_usd, mask_usd, respins=0.0, respin_usd=0.0, software_usd_per_year=0.0, horizon_years=5.0,
                   discount_rate=0.0):
    """Cost of a chip programme whatever the volume.

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
    software = software_usd_per_year * annuity_years(discount_rate, horizon_years)
    return ProgrammeCost(design_usd, mask_usd, respins * respin_usd, software)


@checked
def saving_from_perf_per_tco(perf_per_tco):
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
def perf_per_tco_from_saving(saving_fraction):
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
def perf_per_tco(performance, tco_usd):
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
def break_even_units(nre_usd, tco_usd_per_unit, saving_fraction):
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
def net_saving_usd(units, nre_usd, tco_usd_per_unit, saving_fraction):
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
def two_for_two(tco_usd, nre_usd, perf_per_tco, min_tco_over_nre=2.0, min_tco_ratio=2.0):
    """Whether a workload passes the two-for-two rule for building a chip.

    Parameters
    ----------
    tco_usd : numeric
        Lifetime cost of ownership of the workload on the best chip that can be bought. [USD]
    nre_usd : numeric
        Cost of the programme. [USD]
    perf_per_tco : numeric
        Fall of the cost per operation with the custom chip. [1]
    min_tco_over_nre, min_tco_ratio : numeric
        The two twos. [1]

    Returns
    -------
    numeric
        True where the cost of ownership is at least twice the NRE and the cost per operation falls at least twofold.

    Notes
    -----
    At two and two exactly, half of the cost of ownership is saved, which is the NRE: the rule is the break-even point
    itself (`break_even_tco_usd`), and leaves nothing for delay, failure or a rival's next chip. The wording here is
    recalled from the papers, which were not at hand; both thresholds are arguments for that reason.

    References
    ----------
    Magaki et al., "ASIC Clouds", ISCA 2016. Khazraee et al., "Moonwalk", ASPLOS 2017: NRE about half of the cost of
    the best alternative.
    """
    return np.logical_and(tco_usd >= min_tco_over_nre * nre_usd, perf_per_tco >= min_tco_ratio)


@checked
def break_even_tco_usd(nre_usd, perf_per_tco):
    """Cost of ownership of a workload from which a custom chip pays.

    Parameters
    ----------
    nre_usd : numeric
        Cost of the programme. [USD]
    perf_per_tco : numeric
        Performance per cost of ownership over the GPU's. [1]

    Returns
    -------
    numeric
        ``NRE / (1 - 1/R)``; infinite where the chip saves nothing. [USD]

    References
    ----------
    Magaki et al., "ASIC Clouds", ISCA 2016.
    """
    return ratio(nre_usd, 1 - 1 / perf_per_tco)


@checked
def porting_ramp(months, start_perf_per_tco=0.5, end_perf_per_tco=1.8, ramp_months=8.0, ramp_shape=1.0):
    """Performance per cost of ownership while software for a new chip matures.

    Parameters
    ----------
    months : numeric
        Time since the port began. [month]
    start_perf_per_tco, end_perf_per_tco : numeric
        Over the GPU's, on the first day and when done; from 0.5 to 1.8 for Meta's largest model on MTIA 2i. [1]
    ramp_months : numeric
        Time from the one to the other; eight for that model. [month]
    ramp_shape : numeric
        1 rises evenly; 0.5 gains half of it in the first quarter. [1]

    Returns
    -------
    numeric
        Performance per cost of ownership over the GPU's. [1]

    Notes
    -----
    Only the two ends are published; the path between them is an assumption, and `ramp_shape` moves it.

    References
    ----------
    Coburn et al., ISCA 2025, doi:10.1145/3695053.3731409.
    """
    done = np.clip(months / ramp_months, 0.0, 1.0)
    return start_perf_per_tco + (end_perf_per_tco - start_perf_per_tco) * np.power(done, ramp_shape)


@checked
def mean_perf_per_tco(months, start_perf_per_tco=0.5, end_perf_per_tco=1.8, ramp_months=8.0, ramp_shape=1.0):
    """Average of `porting_ramp` since the port began: what the fleet got for its money so far.

    Parameters
    ----------
    months : numeric
        Time since the port began; the life of the chip gives its lifetime average. [month]
    start_perf_per_tco, end_perf_per_tco, ramp_months, ramp_shape : numeric
        As in `porting_ramp`.

    Returns
    -------
    numeric
        Mean performance per cost of ownership over the GPU's. [1]

    Notes
    -----
    The integral of the ramp in closed form, over the time.
    """
    done = np.clip(months / ramp_months, 0.0, 1.0)
    # Share of the whole gain, averaged over the climb and then over the time on the plateau.
    climb = np.power(done, ramp_shape) / (ramp_shape + 1)
    share = ratio(ramp_months * done, months, 0.0)
    gained = climb * share + (1 - share) * np.where(months > 0, 1.0, 0.0)
    return start_perf_per_tco + (end_perf_per_tco - start_perf_per_tco) * gained


@checked
def perf_per_tco_after_delay(perf_per_tco, delay_years, rival_improvement_per_year):
    """Advantage that is left when the chip arrives.

    Parameters
    ----------
    perf_per_tco : numeric
        Advantage over the GPU of the day on which the design began. [1]
    delay_years : numeric
        Time until the chip serves: design, tape-out, respins, port. [year]
    rival_improvement_per_year : numeric
        Growth of what the same money buys from a rival. [1/year]

    Returns
    -------
    numeric
        Advantage over the GPU of the day of deployment. [1]

    Notes
    -----
    An advantage of two against a rival that doubles every two years is gone after two years.
    """
    return perf_per_tco * grown(-np.log1p(rival_improvement_per_year) * delay_years)


@checked
def years_until_overtaken(perf_per_tco, rival_improvement_per_year):
    """Time until a rival that improves every year sells the same performance per cost.

    Parameters
    ----------
    perf_per_tco : numeric
        Advantage today. [1]
    rival_improvement_per_year : numeric
        Growth of what the same money buys from the rival. [1/year]

    Returns
    -------
    numeric
        Years; 0 for a chip already behind, infinite for a rival that stands still. [year]
    """
    lead = np.maximum(np.log(perf_per_tco), 0.0)
    return np.where(lead > 0, ratio(lead, np.log1p(rival_improvement_per_year)), 0.0)
