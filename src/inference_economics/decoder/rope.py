"""Rotary position embeddings, and four ways to stretch them to longer contexts.

RoPE turns each pair of a head's dimensions by an angle proportional to the token's position. A score between two tokens
then depends only on how far apart they are. Each pair has its own speed, from one radian per token down to almost none;
the slow pairs have not finished one turn when training ends, so positions beyond it show them angles they have not
seen. The four methods slow some pairs down, so that a longer context stays within seen angles.

The frequency functions are in the traceable dialect: `theta`, `factor` and lengths may be sliders; `head_dim` may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..quantities.checks import lookup, require, require_positive, whole
from ..quantities.limits import checked, checked_fields
from ..quantities.numeric import Numeric

Array = npt.NDArray[Any]


def _check_head(head_dim: float) -> int:
    width = whole(2, head_dim=head_dim)
    if width % 2:
        raise ValueError(f"head_dim={width} must be even: RoPE turns dimensions in pairs.")
    return width


@checked
def frequencies(head_dim: float, theta: Numeric = 10000.0) -> Array:
    """Angle that each pair of dimensions turns per token.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head; half as many pairs. [1]
    theta : numeric
        Base. The slowest pair turns about 1/theta radian per token. [1]

    Returns
    -------
    numpy.ndarray
        One frequency per pair, fastest first. [rad/token]

    References
    ----------
    .. [1] Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", arXiv:2104.09864, 2021.
    """
    width = _check_head(head_dim)
    return np.power(theta, -np.arange(0, width, 2) / width)


@checked
def wavelengths_tok(frequency: Numeric) -> Numeric:
    """Tokens in which a pair turns once.

    Parameters
    ----------
    frequency : numeric
        Angle per token. [rad/token]

    Returns
    -------
    numeric
        Wavelength. [token]
    """
    return 2 * np.pi / frequency


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
    width = _check_head(head_dim)
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
    width = _check_head(head_dim)
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
    require_positive(hint="high_frequency_factor must exceed low_frequency_factor.",
                     high_frequency_factor_minus_low=high_frequency_factor - low_frequency_factor)
    slow, fast = interpolated(head_dim, factor, theta), frequencies(head_dim, theta)
    turns = original_tok / wavelengths_tok(fast)
    blend = np.clip((turns - low_frequency_factor) / (high_frequency_factor - low_frequency_factor), 0, 1)
    return slow * (1 - blend) + fast * blend


METHODS = ("linear", "ntk", "dynamic", "yarn", "llama3")


@dataclass(frozen=True)
class Scaling:
    """A choice of method and its constants, named as in the functions of this module.

    Parameters
    ----------
    method : str
        ``linear`` (position interpolation), ``ntk``, ``dynamic``, ``yarn`` or ``llama3``.
    factor : float
        New context over trained context. [1]
    original_tok : int
        Trained context; ``linear`` and ``ntk`` do without. [token]
    fast_rotations, slow_rotations, low_frequency_factor, high_frequency_factor : float
        Ends of the ramp of ``yarn`` and of ``llama3``. [1]
    mscale, mscale_all_dim : float
        DeepSeek's variant of YaRN: the attention factor on the rotary part and on the whole score. Zero: not used. [1]
    """

    method: str
    factor: float
    original_tok: float = 0
    fast_rotations: float = 32
    slow_rotations: float = 1
    low_frequency_factor: float = 1
    high_frequency_factor: float = 4
    mscale: float = 0
    mscale_all_dim: float = 0

    def __post_init__(self) -> None:
        """Refuse an unknown method, a missing trained context or constants that are none."""
        lookup("RoPE scaling method", self.method, dict.fromkeys(METHODS))
        checked_fields(self, original_tok="[0, 1e12]")
        require(0, 1e3, hint="give a ratio.", mscale_all_dim=self.mscale_all_dim)
        if self.method not in ("linear", "ntk") and self.original_tok < 1:
            raise ValueError(f"RoPE scaling {self.method!r} needs original_tok, the trained context in tokens.")

    def frequencies(self, head_dim: float, theta: Numeric, context_tok: Numeric) -> Array:
        """Return the frequencies of a head, for a cache of `context_tok` tokens [rad/token]."""
        if self.method == "linear":
            return interpolated(head_dim, self.factor, theta)
        if self.method == "ntk":
            return frequencies(head_dim, ntk_theta(head_dim, self.factor, theta))
        if self.method == "dynamic":
            base = dynamic_ntk_theta(head_dim, self.factor, self.original_tok, context_tok, theta)
            return frequencies(head_dim, base)
        if self.method == "yarn":
            return yarn(head_dim, self.factor, self.original_tok, theta, self.fast_rotations, self.slow_rotations)
        return llama3(head_dim, self.factor, self.original_tok, theta, self.low_frequency_factor,
                      self.high_frequency_factor)

    @property
    def rotary_factor(self) -> float:
        """Factor on the turned part of queries and keys [1]."""
        if self.method != "yarn":
            return 1.0
        if self.mscale and self.mscale_all_dim:
            return float(yarn_attention_factor(self.factor, self.mscale)
                         / yarn_attention_factor(self.factor, self.mscale_all_dim))
        return float(yarn_attention_factor(self.factor))

    @property
    def score_factor(self) -> float:
        """Factor on whole scores [1]."""
        return float(yarn_attention_factor(self.factor, self.mscale_all_dim)) ** 2 if self.method == "yarn" else 1.0


def rotate(x: Array, positions: Array, frequency: Array, *, interleaved: bool = False) -> Array:
    """Turn each pair of dimensions of each token by its angle.

    Parameters
    ----------
    x : numpy.ndarray
        Queries or keys, shape (..., tokens, head_dim).
    positions : numpy.ndarray
        Position of each token, shape (tokens,). [token]
    frequency : numpy.ndarray
        Angle per token for each pair, shape (head_dim / 2,). [rad/token]
    interleaved : bool
        Where the two of a pair lie: neighbours (0, 1), (2, 3) … as in the paper and DeepSeek, or half a head apart
        (0, d/2), (1, d/2 + 1) … as in Llama checkpoints. The result is always laid out half a head apart; scores are
        the same, since queries and keys are reordered alike.

    Returns
    -------
    numpy.ndarray
        Same shape and type as `x`.
    """
    if x.shape[-1] != 2 * len(frequency) or x.shape[-2] != len(positions):
        raise ValueError(f"x has shape {x.shape}; {len(positions)} positions and {len(frequency)} frequencies need "
                         f"(..., {len(positions)}, {2 * len(frequency)}).")
    angle = np.outer(positions, frequency)
    cos, sin = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    half = len(frequency)
    a, b = (x[..., 0::2], x[..., 1::2]) if interleaved else (x[..., :half], x[..., half:])
    return np.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)
