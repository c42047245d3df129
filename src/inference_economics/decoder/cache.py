"""The KV cache of the reference decoder: real arrays whose bytes can be counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..quantities.checks import lookup, whole
from .config import Config
from .rope import Array

# Element type, and the bytes that one vector of values needs besides its values.
DTYPES: dict[str, tuple[type[Any], int]] = {
    "float64": (np.float64, 0), "float32": (np.float32, 0), "float16": (np.float16, 0), "int8": (np.int8, 2),
}


def quantise(x: Array) -> tuple[Array, Array]:
    """Round vectors to int8, each with a scale of its own.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors along the last axis.

    Returns
    -------
    tuple of numpy.ndarray
        int8 values, and float16 scales with a last axis of 1. Values × scales is within half a scale of `x`, up to the
        scale's own rounding (1 part in 2048) [1].
    """
    scale = (np.abs(x).max(axis=-1, keepdims=True) / 127).astype(np.float16)
    # a vector of zeros, or one too small for float16, has no scale; its values become 0
    divisor = np.where(scale > 0, scale, 1).astype(x.dtype)
    return np.clip(np.rint(x / divisor), -127, 127).astype(np.int8), scale


class Cache:
    """Room for the keys and values of a batch of sequences, allocated at once.

    Parameters
    ----------
    config : decoder.Config
        Shape of the model.
    batch : int
        Sequences. They advance together. [1]
    capacity_tok : int
        Longest sequence that will be read or written. [token]
    dtype : str
        ``float64``, ``float32``, ``float16`` or ``int8`` (one float16 scale per token and head).

    Attributes
    ----------
    length_tok : int
        Tokens read so far. [token]

    Notes
    -----
    Grouped-query attention keeps two streams, K and V, of `kv_heads` heads. Latent attention keeps one stream of one
    head: the latent and the rotary key, which all query heads share. With a sliding window only the last `window_tok`
    tokens have a slot, used as a ring: token p lies in slot p mod window.
    """

    def __init__(self, config: Config, batch: int, capacity_tok: int, dtype: str = "float32") -> None:
        batch, capacity_tok = whole(batch=batch), whole(capacity_tok=capacity_tok)
        kind, self._extra_bytes = lookup("cache dtype", dtype, DTYPES)
        streams, heads, width = config.cache_shape
        self.batch, self.capacity_tok, self.dtype, self.length_tok = batch, capacity_tok, dtype, 0
        self._ring = bool(config.window_tok)
        slots = min(capacity_tok, config.window_tok or capacity_tok)
        shape = (config.layers, streams, batch, heads, slots)
        self._values = np.zeros((*shape, width), kind)
        self._scales = np.zeros((*shape, 1), np.float16) if dtype == "int8" else None

    @property
    def slots(self) -> int:
        """Tokens that can be kept at once [token]."""
        return self._values.shape[-2]

    @property
    def kept_tok(self) -> int:
        """Tokens kept now [token]."""
        return min(self.length_tok, self.slots)

    @property
    def bytes_per_value(self) -> float:
        """Bytes per cached value, with its share of the scale [B]."""
        return self._values.itemsize + self._extra_bytes / self._values.shape[-1]

    @property
    def used_bytes(self) -> int:
        """Bytes of the slots that hold a token, counted from the arrays [B]."""
        arrays = [self._values] if self._scales is None else [self._values, self._scales]
        return sum(array[..., : self.kept_tok, :].nbytes for array in arrays)

    @property
    def allocated_bytes(self) -> int:
        """Bytes reserved, used or not [B]."""
        return self._values.nbytes + (0 if self._scales is None else self._scales.nbytes)

    def pretend(self, length_tok: int) -> None:
        """Fill the cache with made-up values as if `length_tok` tokens had been read, to time what comes next."""
        length_tok = whole(0, length_tok=length_tok)
        if length_tok > self.capacity_tok:
            raise ValueError(f"length_tok={length_tok} exceeds capacity_tok={self.capacity_tok}.")
        # written, not left at zero: memory that was never written is one shared page, and reads from it are too fast
        self._values[...] = 1
        if self._scales is not None:
            self._scales[...] = 0.01
        self.length_tok = length_tok

    def extend(self, layer: int, new: Array) -> tuple[Array, Array]:
        """Store new tokens of one layer; return all that they may look at.

        Parameters
        ----------
        layer : int
            Which layer.
        new : numpy.ndarray
            Shape (streams, batch, heads, tokens, width).

        Returns
        -------
        tuple
            The streams, old tokens and new ones together, and the position of each token. [token]
        """
        start, count = self.length_tok, new.shape[-2]
        end = start + count
        if not self._ring or end <= self.slots:
            self._write(layer, slice(start, end), new)
            return self._read(layer, slice(0, end), new.dtype), np.arange(end)
        if count == 1:
            self._write(layer, slice(start % self.slots, start % self.slots + 1), new)
            # slot s holds the latest position that leaves remainder s
            positions = start - (start - np.arange(self.slots)) % self.slots
            return self._read(layer, slice(0, self.slots), new.dtype), positions
        return self._extend_ring(layer, new, start, end)

    def _extend_ring(self, layer: int, new: Array, start: int, end: int) -> tuple[Array, Array]:
        """Several tokens at once, past the end of the ring: early ones need old slots that late ones overwrite."""
        old = np.arange(max(0, start - self.slots), start)
        before = self._read(layer, old % self.slots, new.dtype)
        after = np.arange(max(start, end - self.slots), end)
        self._write(layer, after % self.slots, new[..., after - start, :])
        if self._scales is not None:
            values, scales = quantise(new)
            new = values.astype(new.dtype) * scales
        return np.concatenate([before, new], axis=-2), np.arange(old[0] if len(old) else start, end)

    def _write(self, layer: int, slots: slice | Array, new: Array) -> None:
        # the slots' axis is indexed alone, so that a list of slots does not move it
        values = self._values[layer]
        if self._scales is None:
            values[..., slots, :] = new
        else:
            values[..., slots, :], self._scales[layer][..., slots, :] = quantise(new)

    def _read(self, layer: int, slots: slice | Array, dtype: Any) -> Array:
        values = self._values[layer][..., slots, :]
        if self._scales is None:
            return values.astype(dtype, copy=False)
        return values.astype(dtype) * self._scales[layer][..., slots, :].astype(dtype)
