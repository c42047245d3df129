"""What a good die costs: how many a wafer holds, and how many of them work."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..quantities.checks import lookup
from ..quantities.limits import checked
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
