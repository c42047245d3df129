"""Discounting and normal probabilities: the mathematics under the money formulas, in the traceable dialect."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .numeric import Numeric

_SMALL = 1e-5
_HUGE = 230.0
_TINY = 1e-300


def ratio(numerator: Numeric, denominator: Numeric, otherwise: Numeric = np.inf) -> Numeric:
    """Return `numerator / denominator`, or `otherwise` where the denominator is not above zero."""
    positive = denominator > 0
    return np.where(positive, numerator / np.where(positive, denominator, 1.0), otherwise)


def grown(x: Numeric) -> Numeric:
    """Return ``exp(x)``, held at 1e100: growth that large has lost its meaning, and must not overflow."""
    return np.exp(np.minimum(x, _HUGE))


def exp_mean(x: Numeric) -> Numeric:
    """Return ``(exp(x) - 1) / x``, the mean of ``exp`` between 0 and `x`; 1 at ``x = 0``."""
    small = np.abs(x) < _SMALL
    near, far = np.where(small, x, 0.0), np.where(small, 1.0, x)
    return np.where(small, 1 + near / 2 + near * near / 6, np.expm1(np.minimum(far, _HUGE)) / far)


def log_mean(x: Numeric) -> Numeric:
    """Return ``log(1 + x) / x``; 1 at ``x = 0``, and infinite from ``x = -1`` down."""
    small, reached = np.abs(x) < _SMALL, x > -1
    near = np.where(small, x, 0.0)
    far = np.where(np.logical_or(small, np.logical_not(reached)), 1.0, x)
    return np.where(reached, np.where(small, 1 - near / 2 + near * near / 3, np.log1p(far) / far), np.inf)


def geometric_sum(log_ratio: Numeric, terms: Numeric) -> Numeric:
    """Return ``1 + q + … + q**(terms - 1)`` with ``q = exp(log_ratio)``; `terms` at ``q = 1``."""
    return terms * exp_mean(log_ratio * terms) / exp_mean(log_ratio)


def annuity_years(discount_rate: Numeric, years: Numeric) -> Numeric:
    """Return the present value of one dollar at the end of each year [year]."""
    # A rate of zero must give `years`: log1p(r)/r and (1 - exp(-x))/x are both 1 there.
    return years * exp_mean(-years * np.log1p(discount_rate)) * log_mean(discount_rate)


def first_axis(values: npt.ArrayLike, *others: Numeric) -> npt.NDArray[np.float64]:
    """Return the fixed `values` along a new first axis that broadcasts against every one of `others`."""
    depth = max((np.ndim(other) for other in others), default=0)
    values = np.asarray(values, dtype=float)
    return values.reshape(values.shape + (1,) * depth)


def normal_cdf(x: Numeric) -> Numeric:
    """Return the standard normal probability below `x`, to about 1e-15.

    Hart's rational approximation in West's form, "Better approximations to cumulative normal functions",
    Wilmott Magazine, May 2005.
    """
    size = np.minimum(np.abs(x), 38.0)
    bell = np.exp(-size * size / 2)
    top = (((((0.0352624965998911 * size + 0.700383064443688) * size + 6.37396220353165) * size + 33.912866078383)
            * size + 112.079291497871) * size + 221.213596169931) * size + 220.206867912376
    bottom = ((((((0.0883883476483184 * size + 1.75566716318264) * size + 16.064177579207) * size + 86.7807322029461)
                * size + 296.564248779674) * size + 637.333633378831) * size + 793.826512519948) * size
    far = size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65))))
    below = np.where(size < 7.07106781186547, bell * top / (bottom + 440.413735824752), bell / far / 2.506628274631)
    return np.where(x > 0, 1 - below, below)


def normal_ppf(probability: Numeric) -> Numeric:
    """Return the standard normal quantile of `probability`, to about 1e-9 and better in the middle.

    Acklam's rational approximation (relative error 1.15e-9), then one Newton step.
    """
    p = np.clip(probability, 1e-300, 1 - 1e-16)
    tail = np.minimum(p, 1 - p)
    r = np.sqrt(-2 * np.log(tail))
    far = (((((-7.784894002430293e-03 * r - 3.223964580411365e-01) * r - 2.400758277161838) * r - 2.549732539343734)
            * r + 4.374664141464968) * r + 2.938163982698783) / (
        (((7.784695709041462e-03 * r + 3.224671290700398e-01) * r + 2.445134137142996) * r + 3.754408661907416) * r + 1)
    q = p - 0.5
    s = q * q
    near = (((((-3.969683028665376e01 * s + 2.209460984245205e02) * s - 2.759285104469687e02) * s
              + 1.383577518672690e02) * s - 3.066479806614716e01) * s + 2.506628277459239) * q / (
        ((((-5.447609879822406e01 * s + 1.615858368580409e02) * s - 1.556989798598866e02) * s
          + 6.680131188771972e01) * s - 1.328068155288572e01) * s + 1)
    x = np.where(tail < 0.02425, np.where(q < 0, far, -far), near)
    step = (normal_cdf(x) - p) * np.sqrt(2 * np.pi) * np.exp(np.minimum(x * x / 2, 600.0))
    # In the far tails 1 - p has no digits left to correct with.
    return x - np.where(tail > 1e-8, step, 0.0)


def call_value(forward: Numeric, strike: Numeric, spread: Numeric) -> Numeric:
    """Return the expected excess of a lognormal quantity over `strike` (Black's formula, undiscounted).

    `forward` is its mean and `spread` the standard deviation of its logarithm.
    """
    certain = np.maximum(forward - strike, 0.0)
    open_question = np.logical_and(spread > 1e-12, strike > 0)
    width = np.where(open_question, spread, 1.0)
    d1 = (np.log(np.maximum(forward, _TINY)) - np.log(np.maximum(strike, _TINY))) / width + width / 2
    value = forward * normal_cdf(d1) - strike * normal_cdf(d1 - width)
    # Far from the strike the difference loses its last digits; the bound keeps it from falling below what is certain.
    return np.where(open_question, np.maximum(value, certain), certain)
