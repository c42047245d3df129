"""Mixtures of experts: which experts a batch wakes, and how many bytes that reads."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric


@checked
def experts_touched(batch: Numeric, experts: Numeric, experts_active: Numeric) -> Numeric:
    """Expected number of different experts that a batch wakes in one layer.

    Parameters
    ----------
    batch : numeric
        Tokens in the step. [token]
    experts, experts_active : numeric
        Routed experts of the layer, and those of one token. [1]

    Returns
    -------
    numeric
        E (1 − (1 − k/E)^B): `experts_active` at a batch of one, all experts in a large one. [1]

    Notes
    -----
    Assumes that tokens choose independently and evenly. Real routing is uneven, which wakes fewer.
    """
    share = np.minimum(experts_active / experts, 1.0)
    touched: Numeric = experts * (1 - np.power(1 - share, batch))
    return touched


@checked
def expert_bytes_read(batch: Numeric, experts: Numeric, experts_active: Numeric, n_params_expert: Numeric,
                      bytes_per_param: Numeric = 2.0) -> Numeric:
    """Expert weights that one decode step reads.

    Parameters
    ----------
    batch, experts, experts_active : numeric
        As in `experts_touched`.
    n_params_expert : numeric
        One routed expert, summed over all layers. [1]
    bytes_per_param : numeric
        Bytes of one stored weight. [B]

    Returns
    -------
    numeric
        Weights of the touched experts. [B]
    """
    return experts_touched(batch, experts, experts_active) * n_params_expert * bytes_per_param
