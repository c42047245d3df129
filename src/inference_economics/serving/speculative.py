"""Speculative decoding: tokens per step, what checking a draft costs, and what is gained.

References
----------
.. [1] Leviathan, Kalman, Matias, "Fast Inference from Transformers via Speculative Decoding", arXiv:2211.17192, 2023.
"""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric

# -- speculative decoding ---------------------------------------------------------------------------------------------


@checked
def expected_tokens(acceptance: Numeric, draft_tok: Numeric) -> Numeric:
    """Tokens that one verification step yields on average [1]_.

    Parameters
    ----------
    acceptance : numeric
        Chance that a drafted token is accepted, each independently of the others. [1]
    draft_tok : numeric
        Tokens drafted. [token]

    Returns
    -------
    numeric
        (1 − α^(γ+1)) / (1 − α): 1 without luck, γ + 1 when every draft is right. [token]
    """
    miss = np.maximum(1 - acceptance, 1e-300)
    return np.where(acceptance < 1, (1 - np.power(acceptance, draft_tok + 1)) / miss, draft_tok + 1)


@checked
def verification_cost(batch: Numeric, draft_tok: Numeric, weights_s: Numeric, compute_per_token_s: Numeric,
                      other_s: Numeric = 0.0) -> Numeric:
    """Verification step over a plain step: free while reading weights is the bottleneck, dear in large batches.

    Parameters
    ----------
    batch : numeric
        Sequences. [1]
    draft_tok : numeric
        Tokens drafted for each. [token]
    weights_s : numeric
        Time to read the weights. [s]
    compute_per_token_s : numeric
        Arithmetic for one token. [s]
    other_s : numeric
        Rest of the step: cache, launches, communication. [s]

    Returns
    -------
    numeric
        At least 1. [1]
    """
    plain = other_s + np.maximum(weights_s, batch * compute_per_token_s)
    return (other_s + np.maximum(weights_s, batch * (draft_tok + 1) * compute_per_token_s)) / plain


@checked
def speculative_speedup(acceptance: Numeric, draft_tok: Numeric, draft_cost: Numeric,
                        verify_cost: Numeric = 1.0) -> Numeric:
    """Tokens per unit of time with drafts over without [1]_.

    Parameters
    ----------
    acceptance, draft_tok : numeric
        As in `expected_tokens`.
    draft_cost : numeric
        A step of the draft model over a step of the target. [1]
    verify_cost : numeric
        As from `verification_cost`; Leviathan et al. take 1, a machine with arithmetic to spare. [1]

    Returns
    -------
    numeric
        Below 1 where drafting loses. [1]
    """
    return expected_tokens(acceptance, draft_tok) / (draft_tok * draft_cost + verify_cost)
