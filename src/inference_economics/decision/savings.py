"""What efficiency and a smaller model save of a bill."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..silicon.programme import saving_from_perf_per_tco

# -- capability or efficiency -----------------------------------------------------------------------------------------


@checked
def saved_by_efficiency(gain: Numeric, reach: Numeric = 1.0) -> Numeric:
    """Share of a bill saved by doing more work per chip.

    Parameters
    ----------
    gain : numeric
        Work per chip, after over before. [1]
    reach : numeric
        Share of the bill that falls with it. [1]

    Returns
    -------
    numeric
        Share of the whole bill. [1]
    """
    return reach * saving_from_perf_per_tco(gain)


@checked
def saved_by_smaller_model(share: Numeric, price_ratio: Numeric) -> Numeric:
    """Share of a bill saved by giving a share of the prompts to a cheaper model.

    Parameters
    ----------
    share : numeric
        Prompts whose answers are as good from the cheaper model. [1]
    price_ratio : numeric
        Cost of the dearer model over that of the cheaper one. [1]

    Returns
    -------
    numeric
        Share of the whole bill. [1]
    """
    return saved_by_efficiency(price_ratio, share)


@checked
def saved_by_both(efficiency: Numeric, smaller_model: Numeric) -> Numeric:
    """Share of a bill saved by two levers together, each of which acts on what the other leaves.

    Parameters
    ----------
    efficiency, smaller_model : numeric
        Shares that each saves alone, as `saved_by_efficiency` and `saved_by_smaller_model` give them. [1]

    Returns
    -------
    numeric
        Share of the whole bill. [1]
    """
    return 1 - (1 - efficiency) * (1 - smaller_model)


@checked(efficiency="[0, 1]", price_ratio="(1, 1e9]")
def share_that_ties(efficiency: Numeric, price_ratio: Numeric) -> Numeric:
    """Share of the prompts that a smaller model must take to save as much as efficiency does.

    Parameters
    ----------
    efficiency : numeric
        Share of the bill that efficiency saves, as `saved_by_efficiency` gives it. [1]
    price_ratio : numeric
        Cost of the dearer model over that of the cheaper one, which saves something. [1]

    Returns
    -------
    numeric
        Undefined (NaN) where not even all of the prompts would do. [1]
    """
    share = efficiency / saved_by_smaller_model(1.0, price_ratio)
    return np.where(share <= 1, share, np.nan)[()]
