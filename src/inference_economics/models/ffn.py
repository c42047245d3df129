"""The feed-forward part of a block: how wide a gated one is for equal parameters, and what rounding makes of it."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric


@checked
def n_params_ffn(hidden: Numeric, ffn_hidden: Numeric, matrices: Numeric) -> Numeric:
    """Weights of one FFN without biases.

    Parameters
    ----------
    hidden, ffn_hidden : numeric
        Width of the residual stream and of the FFN. [1]
    matrices : numeric
        2 for a plain FFN (up, down), 3 for a gated one (gate, up, down). [1]

    Returns
    -------
    numeric
        Parameters. [1]
    """
    return matrices * hidden * ffn_hidden


@checked
def gated_width(hidden: Numeric, expansion: Numeric = 4.0, multiplier: Numeric = 1.0,
                multiple_of: Numeric = 1) -> Numeric:
    """Width of a gated FFN by the 2/3 rule, as Llama's code rounds it.

    Parameters
    ----------
    hidden : numeric
        Width of the residual stream. [1]
    expansion : numeric
        Width of the plain FFN that it replaces, over `hidden`. [1]
    multiplier : numeric
        Widening on purpose; 1.3 in Llama 2 70B, which spends on it what grouped heads save. [1]
    multiple_of : numeric
        The width is rounded up to a multiple of this. [1]

    Returns
    -------
    numeric
        Width. [1]

    References
    ----------
    .. [1] Shazeer, "GLU Variants Improve Transformer", arXiv:2002.05202, 2020: the 2/3 rule.
    .. [2] Meta, llama-models, models/llama3/model.py (`FeedForward`): multiplier and rounding.
    """
    width = np.floor(multiplier * np.floor(2 * expansion * hidden / 3))
    return np.ceil(width / multiple_of) * multiple_of
