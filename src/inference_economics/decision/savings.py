"""What efficiency and a smaller model save of a bill."""

from __future__ import annotations

from ..quantities.checks import require_fraction, require_positive
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
