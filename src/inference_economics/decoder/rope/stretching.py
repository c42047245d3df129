"""Ways to slow a rotary embedding's pairs down, so that a longer context stays within angles seen in training."""

from __future__ import annotations

import numpy as np

from ...quantities.checks import require, require_positive
from ...quantities.limits import checked
from ...quantities.numeric import Numeric
from .turning import Array, check_columns, check_head, frequencies, wavelengths_tok


@checked
def interpolated(head_dim: float, factor: Numeric, theta: Numeric = 10000.0) -> Array:
    """Position interpolation: every pair turns `factor` times slower.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head. [1]
    factor : numeric
        New context over trained context, at least 1. [1]
    theta : numeric
        Base. [1]

    Returns
    -------
    numpy.ndarray
        One frequency per pair. [rad/token]

    Notes
    -----
    Neighbouring tokens come closer together too, in the pairs that tell neighbours apart; so it needs fine-tuning.

    References
    ----------
    .. [1] Chen et al., "Extending Context Window of Large Language Models via Positional Interpolation",
       arXiv:2306.15595, 2023.
    """
    check_columns(factor=factor)
    return frequencies(head_dim, theta) / factor


@checked
def ntk_theta(head_dim: float, factor: Numeric, theta: Numeric = 10000.0) -> Numeric:
    """Base that slows the slowest pair by `factor` and leaves the fastest as it is (NTK-aware scaling).

    Parameters
    ----------
    head_dim : int
        Dimensions of a head, more than 2. [1]
    factor : numeric
        New context over trained context, at least 1. [1]
    theta : numeric
        Base in training. [1]

    Returns
    -------
    numeric
        The new base: theta × factor^(d / (d − 2)). [1]

    References
    ----------
    .. [1] Peng et al., "YaRN: Efficient Context Window Extension of Large Language Models", arXiv:2309.00071, 2023,
       section 3.1.
    """
    width = check_head(head_dim)
    require(4, np.inf, hint="one pair alone has no slower one.", head_dim=width)
    return theta * np.power(factor, width / (width - 2))


@checked(context_tok="(0, 1e12]")
def dynamic_ntk_theta(head_dim: float, factor: Numeric, original_tok: Numeric, context_tok: Numeric,
                      theta: Numeric = 10000.0) -> Numeric:
    """NTK-aware base that grows with the context in use, and is the trained one while the context fits training.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head, more than 2. [1]
    factor : numeric
        How fast the stretch grows once the context outgrows training, at least 1. [1]
    original_tok, context_tok : numeric
        Trained context; context in use. [token]
    theta : numeric
        Base in training. [1]

    Returns
    -------
    numeric
        The new base. [1]

    Notes
    -----
    A cache holds keys that are already turned. If the base changes while the cache fills, old keys and new queries
    disagree. The decoder here therefore fixes the base for a cache, from the cache's capacity.
    """
    stretch = factor * np.maximum(context_tok / original_tok, 1) - (factor - 1)
    return ntk_theta(head_dim, stretch, theta)


@checked
def yarn(head_dim: float, factor: Numeric, original_tok: Numeric, theta: Numeric = 10000.0,
         fast_rotations: Numeric = 32, slow_rotations: Numeric = 1) -> Array:
    """YaRN: pairs that turn often keep their speed, pairs that hardly turn are interpolated, with a ramp between.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head. [1]
    factor : numeric
        New context over trained context, at least 1. [1]
    original_tok : numeric
        Trained context. [token]
    theta : numeric
        Base. [1]
    fast_rotations, slow_rotations : numeric
        A pair that turns more than `fast_rotations` times within the trained context keeps its speed; one that turns
        less than `slow_rotations` times is slowed by `factor`. [1]

    Returns
    -------
    numpy.ndarray
        One frequency per pair. Scores also need `yarn_attention_factor`. [rad/token]

    Notes
    -----
    The ends of the ramp are rounded outwards to whole pairs, as in the authors' code; the paper does not round.

    References
    ----------
    .. [1] Peng et al., arXiv:2309.00071, 2023, section 3.2.
    """
    width = check_head(head_dim)
    check_columns(original_tok=original_tok, fast_rotations=fast_rotations, slow_rotations=slow_rotations)
    slow = interpolated(width, factor, theta)

    def pair_that_turns(rotations: Numeric) -> Numeric:
        return width * np.log(original_tok / (2 * np.pi * rotations)) / (2 * np.log(theta))

    first = np.maximum(np.floor(pair_that_turns(fast_rotations)), 0)
    last = np.minimum(np.ceil(pair_that_turns(slow_rotations)), width - 1)
    # where both ends meet, the ramp becomes a step
    length = np.where(last > first, last - first, 0.001)
    ramp = np.clip((np.arange(width // 2) - first) / length, 0, 1)
    return slow * ramp + frequencies(width, theta) * (1 - ramp)


@checked
def yarn_attention_factor(factor: Numeric, mscale: Numeric = 1.0) -> Numeric:
    """Factor on queries and on keys that goes with YaRN: 0.1 ln(factor) + 1.

    Parameters
    ----------
    factor : numeric
        New context over trained context, at least 1. [1]
    mscale : numeric
        Weight of the logarithm; DeepSeek's configurations set it. [1]

    Returns
    -------
    numeric
        At least 1. Scores grow by its square. [1]

    Notes
    -----
    The paper writes the softmax of q·k / (t √d) with √(1/t) = 0.1 ln(factor) + 1. So t is *below* 1 and attention gets
    sharper. Taking the factor for t itself, which is often done, turns that round.
    """
    return 0.1 * mscale * np.log(factor) + 1


@checked(original_tok="[7, 1e12]", context_tok="(0, 1e12]")
def raised_base(head_dim: float, original_tok: Numeric, context_tok: Numeric, theta: Numeric = 10000.0) -> Numeric:
    """Smallest base that keeps a longer context within the angles of training, with nothing else changed.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head. [1]
    original_tok, context_tok : numeric
        Trained context; the longer one. [token]
    theta : numeric
        Base in training. [1]

    Returns
    -------
    numeric
        The new base; the trained one where every pair has finished a turn, or the context is not longer. [1]

    Notes
    -----
    A higher base slows pair i by (new base / base)^(2i/d), the slow pairs most. The first pair that has not finished a
    turn in training is slowed least of those that must be, and so decides. Models that raise the base train on at the
    new length, and may do with less; Xiong et al. [1]_ took 500,000 in place of 10,000 for eight times the length.

    References
    ----------
    .. [1] Xiong et al., "Effective Long-Context Scaling of Foundation Models", arXiv:2309.16039, 2023, section 2.1.
    """
    width = check_head(head_dim)
    check_columns(original_tok=original_tok, context_tok=context_tok)
    stretch = np.maximum(context_tok / original_tok, 1.0)
    first = np.floor(width * np.log(original_tok / (2 * np.pi)) / (2 * np.log(theta))) + 1
    return theta * np.where(first < width / 2, np.power(stretch, width / (2 * first)), 1.0)


@checked
def llama3(head_dim: float, factor: Numeric, original_tok: Numeric, theta: Numeric = 500000.0,
           low_frequency_factor: Numeric = 1.0, high_frequency_factor: Numeric = 4.0) -> Array:
    """Llama 3.1 scaling: by wavelength, short ones keep their speed, long ones are interpolated, with a blend between.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head. [1]
    factor : numeric
        Slow-down of the slow pairs, at least 1. [1]
    original_tok : numeric
        Trained context. [token]
    theta : numeric
        Base. [1]
    low_frequency_factor, high_frequency_factor : numeric
        A pair that turns fewer than the low (more than the high) number of times within the trained context is slowed
        (kept). The high one must be the larger. [1]

    Returns
    -------
    numpy.ndarray
        One frequency per pair. [rad/token]

    References
    ----------
    .. [1] Meta, llama-models, models/llama3/model.py (`apply_scaling`), 2024.
    """
    check_columns(original_tok=original_tok, low_frequency_factor=low_frequency_factor,
                  high_frequency_factor=high_frequency_factor)
    require_positive(hint="high_frequency_factor must exceed low_frequency_factor.",
                     high_frequency_factor_minus_low=high_frequency_factor - low_frequency_factor)
    slow, fast = interpolated(head_dim, factor, theta), frequencies(head_dim, theta)
    turns = original_tok / wavelengths_tok(fast)
    blend = np.clip((turns - low_frequency_factor) / (high_frequency_factor - low_frequency_factor), 0, 1)
    return slow * (1 - blend) + fast * blend
