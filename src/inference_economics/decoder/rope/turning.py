"""The angles of a rotary embedding, and the turning itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...quantities.checks import whole
from ...quantities.limits import checked
from ...quantities.numeric import Numeric

Array = npt.NDArray[Any]


def check_head(head_dim: float) -> int:
    """Return the width of a head as a whole number; refuse an odd one.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head. [1]

    Returns
    -------
    int

    Raises
    ------
    ValueError
        When it is not even.
    """
    width = whole(2, head_dim=head_dim)
    if width % 2:
        raise ValueError(f"head_dim={width} must be even: RoPE turns dimensions in pairs.")
    return width


def check_columns(**arguments: Numeric) -> None:
    """Refuse several numbers that do not stand in a column: along the last axis lie the pairs of a head.

    Parameters
    ----------
    **arguments
        Numbers or arrays by name.

    Raises
    ------
    ValueError
        Naming the argument and its shape.
    """
    for name, value in arguments.items():
        if isinstance(value, np.ndarray) and value.ndim and value.shape[-1] != 1:
            raise ValueError(f"{name} has shape {value.shape}, and the pairs of a head lie along the last axis; give "
                             "one number, or a column of shape (..., 1) for several.")


@checked
def frequencies(head_dim: float, theta: Numeric = 10000.0) -> Array:
    """Angle that each pair of dimensions turns per token.

    Parameters
    ----------
    head_dim : int
        Dimensions of a head; half as many pairs. [1]
    theta : numeric
        Base; several as a column, shape (..., 1). The slowest pair turns about 1/theta radian per token. [1]

    Returns
    -------
    numpy.ndarray
        One frequency per pair, fastest first. [rad/token]

    References
    ----------
    .. [1] Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", arXiv:2104.09864, 2021.
    """
    width = check_head(head_dim)
    check_columns(theta=theta)
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
