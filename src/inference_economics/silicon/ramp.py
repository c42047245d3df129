"""What becomes of a chip's advantage: it grows while software is ported, and shrinks while rivals improve."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.mathematics import grown, ratio
from ..quantities.numeric import Numeric


@checked
def porting_ramp(months: Numeric, start_perf_per_tco: Numeric = 0.5, end_perf_per_tco: Numeric = 1.8,
                 ramp_months: Numeric = 8.0, ramp_shape: Numeric = 1.0) -> Numeric:
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
def mean_perf_per_tco(months: Numeric, start_perf_per_tco: Numeric = 0.5, end_perf_per_tco: Numeric = 1.8,
                      ramp_months: Numeric = 8.0, ramp_shape: Numeric = 1.0) -> Numeric:
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
def perf_per_tco_after_delay(perf_per_tco: Numeric, delay_years: Numeric,
                             rival_improvement_per_year: Numeric) -> Numeric:
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
def years_until_overtaken(perf_per_tco: Numeric, rival_improvement_per_year: Numeric) -> Numeric:
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
