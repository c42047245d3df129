"""Speculative decoding: tokens per step, and what is gained.

References
----------
.. [1] Leviathan, Kalman, Matias, "Fast Inference from Transformers via Speculative Decoding", arXiv:2211.17192, 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..quantities.checks import is_traced
from ..quantities.limits import checked, checked_fields
from ..quantities.numeric import Numeric


@dataclass(frozen=True)
class Drafts:
    """How speculative decoding turns out: what each sequence of a step guesses, and what it keeps.

    Parameters
    ----------
    draft_tok : numeric
        Tokens guessed, which the step checks besides the one that it makes. [token]
    tokens_per_step : numeric
        Mean tokens that come out of a step, its own included: at most ``draft_tok + 1``. See `expected_tokens`. [token]
    draft_cost : numeric
        A step of the draft over a plain step of the target. [1]

    Raises
    ------
    ValueError
        When one is no number or outside its limits, or more is kept than was guessed.
    """

    draft_tok: Numeric = 0.0
    tokens_per_step: Numeric = 1.0
    draft_cost: Numeric = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be, and hold both as float64."""
        checked_fields(self)
        traced = is_traced(self.draft_tok) or is_traced(self.tokens_per_step)
        if not traced and np.any(self.tokens_per_step > (self.draft_tok + 1) * (1 + 1e-12)):
            raise ValueError(f"tokens_per_step={np.max(self.tokens_per_step):g} is more than draft_tok + 1 = "
                             f"{np.min(self.draft_tok + 1):g}: a step yields its own token and those guessed right.")


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
        Step that checks the drafts over a plain one; Leviathan et al. take 1, a machine with arithmetic to spare. [1]

    Returns
    -------
    numeric
        Below 1 where drafting loses. [1]
    """
    return expected_tokens(acceptance, draft_tok) / (draft_tok * draft_cost + verify_cost)
