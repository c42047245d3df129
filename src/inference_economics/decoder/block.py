"""The parts of the block: normalisation, the FFN, and grouped-query attention.

Shapes are written as (batch, heads, tokens, width). `w` holds the weights by name, `at` is where in it a part's begin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from .cache import Cache
from .config import Config
from .rope import Array, rotate


def rms_norm(x: Array, gain: Array, eps: float) -> Array:
    """Divide each token's vector by its root mean square, then scale each channel by its gain."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * gain


def linear(x: Array, weight: Array) -> Array:
    """Multiply every token by one matrix, (outputs, inputs)."""
    # One product for all tokens of all sequences: numpy would otherwise read the weights once per sequence.
    return (x.reshape(-1, x.shape[-1]) @ weight.T).reshape(*x.shape[:-1], weight.shape[0])


def softmax(x: Array) -> Array:
    """Softmax over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def silu(x: Array) -> Array:
    """Return x · sigmoid(x), the activation of SwiGLU's gate."""
    # a large negative x overflows exp to inf, and x / inf is the right answer, 0
    with np.errstate(over="ignore"):
        return x / (1 + np.exp(-x))


def gelu(x: Array) -> Array:
    """GELU in its tanh form, as GPT-2 has it."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


ACTIVATION: dict[str, Callable[[Array], Array]] = {"relu": lambda x: np.maximum(x, 0), "gelu": gelu}


def feed_forward(x: Array, w: Mapping[str, Array], at: str, kind: str) -> Array:
    """One FFN whose weights are named `at` + ``gate_proj`` and so on."""
    up = linear(x, w[at + "up_proj.weight"])
    up = silu(linear(x, w[at + "gate_proj.weight"])) * up if kind == "swiglu" else ACTIVATION[kind](up)
    return linear(up, w[at + "down_proj.weight"])


def attend(q: Array, k: Array, v: Array, q_positions: Array, k_positions: Array, scale: float,
           window_tok: int = 0) -> Array:
    """Causal attention, every group of query heads sharing one key-value head.

    Parameters
    ----------
    q, k, v : numpy.ndarray
        (batch, q_heads, tokens, width), (batch, kv_heads, kept, width), (batch, kv_heads, kept, value width).
    q_positions, k_positions : numpy.ndarray
        Position of each token. [token]
    scale : float
        Factor on the scores, usually 1/√width. [1]
    window_tok : int
        How many tokens a token sees, itself included; zero for all. [token]

    Returns
    -------
    numpy.ndarray
        (batch, q_heads, tokens, value width).
    """
    batch, q_heads, tokens, width = q.shape
    kv_heads, kept = k.shape[1], k.shape[2]
    # Fold the query heads of a group into rows: each key-value head is then read once for all of them. This is the
    # whole economy of GQA, in one reshape.
    q = q.reshape(batch, kv_heads, q_heads // kv_heads * tokens, width)
    scores = (q @ k.swapaxes(-1, -2) * scale).reshape(batch, q_heads, tokens, kept)
    if tokens > 1:  # a single new token sees everything that is kept
        distance = q_positions[:, None] - k_positions
        unseen = (distance < 0) | (distance >= (window_tok or np.inf))
        scores = np.where(unseen, -np.inf, scores)
    weights = softmax(scores).reshape(batch, kv_heads, -1, kept)
    return (weights @ v).reshape(batch, q_heads, tokens, v.shape[-1])


class Place(NamedTuple):
    """Where new tokens stand, and where a layer keeps what it must remember of them.

    Parameters
    ----------
    positions : numpy.ndarray
        Position of each new token, shape (tokens,). [token]
    frequency : numpy.ndarray
        Angle per token of each rotary pair. [rad/token]
    cache : Cache
        Of the batch.
    layer : int
        Which layer of it.
    """

    positions: Array
    frequency: Array
    cache: Cache
    layer: int


def grouped_query(config: Config, w: Mapping[str, Array], at: str, x: Array, place: Place) -> Array:
    """Attention with K and V in the cache. x: (batch, tokens, hidden)."""
    def heads(name: str, count: int) -> Array:
        return linear(x, w[at + name]).reshape(*x.shape[:2], count, config.head_dim).swapaxes(1, 2)

    positions, frequency, cache, layer = place
    factor = config.rope_scaling.rotary_factor if config.rope_scaling else 1.0
    q = rotate(heads("q_proj.weight", config.q_heads), positions, frequency) * x.dtype.type(factor)
    k = rotate(heads("k_proj.weight", config.kv_heads), positions, frequency) * x.dtype.type(factor)
    v = heads("v_proj.weight", config.kv_heads)
    (k, v), k_positions = cache.extend(layer, np.stack([k, v]))
    mixed = attend(q, k, v, positions, k_positions, x.dtype.type(config.head_dim**-0.5), config.window_tok)
    return linear(mixed.swapaxes(1, 2).reshape(*x.shape[:2], -1), w[at + "o_proj.weight"])
