"""What efficiency and a smaller model save of a bill."""

from __future__ import annotations

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
