"""What efficiency and a smaller model save of a bill."""

from __future__ import annotations

import numpy as np

from ..quantities.checks import require, require_fraction, require_positive
from ..quantities.numeric import Numeric

# -- capability or efficiency -----------------------------------------------------------------------------------------


def saved_by_efficiency(gain: Numeric, reach: Numeric = 1.0) -> Numeric:
    """Share of a bill saved by doing more work per chip.

    Parameters
    ----------
    gain : float or array
        Work per chip, after over before. [1]
    reach : float or array
        Share of the bill that falls with it. [1]

    Returns
    -------
    float or array
        [1]

    Raises
    ------
    ValueError
        For a gain not above zero, or a reach that is no fraction.
    """
    require_positive(gain=gain)
    require_fraction(reach=reach)
    return reach * (1 - 1 / gain)


def saved_by_smaller_model(share: Numeric, price_ratio: Numeric) -> Numeric:
    """Share of a bill saved by giving a share of the prompts to a cheaper model.

    Parameters
    ----------
    share : float or array
        Prompts whose answers are as good from the cheaper model. [1]
    price_ratio : float or array
        Cost of the dearer model over that of the cheaper one. [1]

    Returns
    -------
    float or array
        [1]

    Raises
    ------
    ValueError
        For a share that is no fraction, or a ratio not above zero.
    """
    require_fraction(share=share)
    require_positive(price_ratio=price_ratio)
    return share * (1 - 1 / price_ratio)


def saved_by_both(efficiency: Numeric, smaller_model: Numeric) -> Numeric:
    """Share of a bill saved by two levers together, each of which acts on what the other leaves.

    Parameters
    ----------
    efficiency, smaller_model : float or array
        Shares that each saves alone, as `saved_by_efficiency` and `saved_by_smaller_model` give them. [1]

    Returns
    -------
    float or array
        [1]

    Raises
    ------
    ValueError
        For a saving that is more than the bill.
    """
    require(-np.inf, 1, efficiency=efficiency, smaller_model=smaller_model)
    return 1 - (1 - efficiency) * (1 - smaller_model)


def share_that_ties(efficiency: Numeric, price_ratio: Numeric) -> Numeric:
    """Share of the prompts that a smaller model must take to save as much as efficiency does.

    Parameters
    ----------
    efficiency : float or array
        Share of the bill that efficiency saves, as `saved_by_efficiency` gives it. [1]
    price_ratio : float or array
        Cost of the dearer model over that of the cheaper one, which saves something: above 1. [1]

    Returns
    -------
    float or array
        Undefined (NaN) where not even all of the prompts would do. [1]

    Raises
    ------
    ValueError
        For a saving that is no fraction, or a ratio of 1 or less.
    """
    require_fraction(efficiency=efficiency)
    require(1, np.inf, open_low=True, price_ratio=price_ratio)
    share = efficiency / saved_by_smaller_model(1.0, price_ratio)
    return np.where(share <= 1, share, np.nan)[()]
