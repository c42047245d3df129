"""How large a model to train, and how much larger the answer is than it should be once the model is served.

The Chinchilla loss ties parameters and tokens to quality, in closed form; adding the cost of serving moves the best
model to fewer parameters and more tokens.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.checks import is_traced, require
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .loss_constants import LossConstants, loss_constants


@checked
def chinchilla_loss(n_params: Numeric, training_tok: Numeric, constants: str | LossConstants = "epoch") -> Numeric:
    """Loss that a model of this size reaches on this much data.

    Parameters
    ----------
    n_params : numeric
        Parameters. [1]
    training_tok : numeric
        Training tokens. [token]
    constants : str or LossConstants
        Which fit; see `LOSS_CONSTANTS`.

    Returns
    -------
    numeric
        Cross-entropy. [nat/token]

    Notes
    -----
    ================================  =======================================================
    assumed                           if false
    ================================  =======================================================
    dense model, one pass over data   mixtures of experts and repeated data follow other fits
    20 to 100 tokens per parameter    Sardana et al. refit to 10,000 and find smaller exponents
    loss stands for quality           two models of equal loss can differ on a task
    ================================  =======================================================

    References
    ----------
    Hoffmann et al., arXiv:2203.15556, 2022, equation 10. Besiroglu et al., arXiv:2404.10102, 2024.
    """
    fit = loss_constants(constants)
    return fit.floor + fit.a / np.power(n_params, fit.alpha) + fit.b / np.power(training_tok, fit.beta)


def _gap(loss: Numeric, fit: LossConstants) -> Numeric:
    """Return what the loss leaves above the floor, which must be more than nothing."""
    if not (is_traced(loss) or is_traced(fit.floor)):
        require(fit.floor, np.inf, open_low=True, hint="no model falls below the floor of these constants.", loss=loss)
    return loss - fit.floor


@checked
def tokens_for_loss(n_params: Numeric, loss: Numeric, constants: str | LossConstants = "epoch") -> Numeric:
    """Training tokens that bring a model of this size to a given loss.

    Parameters
    ----------
    n_params : numeric
        Parameters. [1]
    loss : numeric
        Loss to reach, above the floor of the constants. [nat/token]
    constants : str or LossConstants
        Which fit.

    Returns
    -------
    numeric
        Tokens; infinite where the model is too small to reach the loss on any amount of data. [token]

    References
    ----------
    Sardana et al., arXiv:2401.00448, 2024, equation 4.
    """
    fit = loss_constants(constants)
    left = _gap(loss, fit) - fit.a / np.power(n_params, fit.alpha)
    reachable = left > 0
    return np.where(reachable, np.power(fit.b / np.where(reachable, left, 1.0), 1 / fit.beta), np.inf)


class ModelPlan(NamedTuple):
    """How large a model [1] on how much data [token], with the arithmetic of training and of serving it [FLOP]."""

    n_params: Numeric
    training_tok: Numeric
    training_flop: Numeric
    inference_flop: Numeric

    @property
    def total_flop(self) -> Numeric:
        """Training and serving together [FLOP]."""
        return self.training_flop + self.inference_flop


_NEWTON_STEPS = 10


@checked
def inference_aware_optimum(loss: Numeric, inference_tok: Numeric, constants: str | LossConstants = "epoch",
                            inference_cost_ratio: Numeric = 1.0) -> ModelPlan:
    """Cheapest model of a given quality, counting the tokens it will serve.

    Parameters
    ----------
    loss : numeric
        Quality to reach, for example ``chinchilla_loss(30e9, tokens)``. [nat/token]
    inference_tok : numeric
        Tokens served over the model's life; zero gives the compute-optimal model. [token]
    constants : str or LossConstants
        Which fit.
    inference_cost_ratio : numeric
        Dollars per FLOP served over dollars per FLOP trained; 1 minimises FLOPs. Decoding at 1% of peak against
        training at 50% makes it 50, at equal prices of hardware. [1]

    Returns
    -------
    ModelPlan
        Parameters, training tokens, and both kinds of FLOPs (not weighted by the ratio).

    Notes
    -----
    Minimises ``6 N D + 2 N D_inf`` along ``L(N, D) = loss``. With ``s`` the share of the reducible loss due to
    parameters over the share due to data, the first-order condition is ``3 D(s) (s alpha/beta - 1) = D_inf``. Its
    logarithm is increasing and convex in ``log(s alpha/beta - 1)``, so Newton's method from above converges from
    anywhere; ten steps reach the last digits.

    References
    ----------
    Sardana et al., "Beyond Chinchilla-Optimal: Accounting for Inference in Language Model Scaling Laws",
    arXiv:2401.00448, 2024: 30B-Chinchilla quality and 10¹³ tokens give 13.6B on 2.84 times the data, 28% fewer FLOPs.
    """
    fit = loss_constants(constants)
    gap = _gap(loss, fit)
    slope = fit.beta / fit.alpha
    # One token stands for none: log(0) has no value, and one token moves the optimum by nothing.
    served = np.maximum(inference_tok * inference_cost_ratio, 1.0)
    target = np.log(served / 3) - np.log(fit.b / gap) / fit.beta
    y = np.minimum(target - np.log1p(slope) / fit.beta, (target - np.log(slope) / fit.beta) / (1 + 1 / fit.beta))
    for _ in range(_NEWTON_STEPS):
        grown = slope * np.exp(y)
        value = y + np.log(1 + slope + grown) / fit.beta - target
        y = y - value / (1 + grown / (1 + slope + grown) / fit.beta)
    split = slope * (1 + np.exp(y))
    n_params = np.power(fit.a * (1 + split) / (gap * split), 1 / fit.alpha)
    training_tok = np.power(fit.b * (1 + split) / gap, 1 / fit.beta)
    return ModelPlan(n_params, training_tok, 6 * n_params * training_tok, 2 * n_params * inference_tok)


@checked
def compute_optimal_for_loss(loss: Numeric, constants: str | LossConstants = "epoch") -> ModelPlan:
    """Cheapest model to train for a given quality, serving left out.

    Parameters
    ----------
    loss : numeric
        Quality to reach. [nat/token]
    constants : str or LossConstants
        Which fit.

    Returns
    -------
    ModelPlan
        Parameters and tokens in closed form; its inference FLOPs are zero.

    References
    ----------
    Hoffmann et al., arXiv:2203.15556, 2022, equation 4, solved for the loss.
    """
    fit = loss_constants(constants)
    gap = _gap(loss, fit)
    n_params = np.power(fit.a * (1 + fit.alpha / fit.beta) / gap, 1 / fit.alpha)
    training_tok = np.power(fit.b * (1 + fit.beta / fit.alpha) / gap, 1 / fit.beta)
    return ModelPlan(n_params, training_tok, 6 * n_params * training_tok, 0.0 * n_params)


@checked
def compute_optimal_loss(n_params: Numeric, constants: str | LossConstants = "epoch") -> Numeric:
    """Loss of a model of this size, trained on the data that makes its size the best for its training budget.

    Parameters
    ----------
    n_params : numeric
        Parameters. [1]
    constants : str or LossConstants
        Which fit.

    Returns
    -------
    numeric
        Cross-entropy: "30B-Chinchilla quality" is ``compute_optimal_loss(30e9)``. [nat/token]

    Notes
    -----
    At the optimum the loss due to data is ``alpha/beta`` of the loss due to parameters.

    References
    ----------
    Hoffmann et al., arXiv:2203.15556, 2022, equation 4. Sardana et al., arXiv:2401.00448, 2024, for the wording.
    """
    fit = loss_constants(constants)
    return fit.floor + fit.a / np.power(n_params, fit.alpha) * (1 + fit.alpha / fit.beta)


@checked
def inference_tok_for_plan(n_params: Numeric, training_tok: Numeric, constants: str | LossConstants = "epoch",
                           inference_cost_ratio: Numeric = 1.0) -> Numeric:
    """Tokens served over a model's life that would make its size the cheapest for its quality.

    Parameters
    ----------
    n_params : numeric
        Parameters. [1]
    training_tok : numeric
        Training tokens. [token]
    constants : str or LossConstants
        Which fit.
    inference_cost_ratio : numeric
        As in `inference_aware_optimum`.

    Returns
    -------
    numeric
        Tokens; 0 for a model with no more data than the compute-optimal one. [token]

    Notes
    -----
    `inference_aware_optimum` read backwards: ``3 D (s alpha/beta - 1)``, with ``s`` the share of the reducible loss due
    to parameters over the share due to data. What a plan implies, not what its makers counted: small models are also
    faster, and fit on smaller machines.

    References
    ----------
    Sardana et al., arXiv:2401.00448, 2024.
    """
    fit = loss_constants(constants)
    split = fit.a / np.power(n_params, fit.alpha) * np.power(training_tok, fit.beta) / fit.b
    return np.maximum(3 * training_tok * (split * fit.alpha / fit.beta - 1), 0.0) / inference_cost_ratio
