"""The rows of a model, and what can be said of its layers without arithmetic: how many of each sort, of which shape."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..quantities.checks import shown
from ..quantities.numeric import Numeric
from .groups import LayerGroup, hold_exact, is_plain, whole


@dataclass(frozen=True)
class Layers:
    """A decoder as rows: embedding, groups of layers, head. `Architecture` adds what follows from them.

    Parameters
    ----------
    hidden, vocab : int
        Width of the residual stream; entries of the embedding. [1]
    groups : tuple of LayerGroup
        The layers; their order does not matter to any sum.
    tied : int
        1 where the output head is the input embedding. [1]
    positions : int
        Learned absolute positions. [token]
    lookup_params : int
        Weights of further tables of which a token looks one row up, such as embeddings for each layer. [1]
    vector_params : int
        Weights that belong to no layer and are not looked up: the last norm, a norm after the embedding, the head's
        bias, matrices that join or part several streams. [1]
    mtp : tuple of LayerGroup
        Layers that predict further tokens (speculation), counted apart from the model.
    left_out : tuple of str
        What the configuration describes beyond the text decoder, such as a vision tower.

    Raises
    ------
    ValueError
        When a number cannot be, or there are no layers.
    """

    hidden: Numeric
    vocab: Numeric
    groups: tuple[LayerGroup, ...]
    tied: Numeric = 0
    positions: Numeric = 0
    lookup_params: Numeric = 0
    vector_params: Numeric = 0
    mtp: tuple[LayerGroup, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold numbers as Python's and arrays as float64, which do not overflow; refuse what cannot be."""
        hold_exact(self, ("hidden", "vocab", "tied", "positions", "lookup_params", "vector_params"))
        for name, low, high in (("hidden", 1, 2**53), ("vocab", 1, 2**53), ("tied", 0, 1), ("positions", 0, 2**53),
                                ("lookup_params", 0, 2**53), ("vector_params", 0, 2**53)):
            value = getattr(self, name)
            if is_plain([value]) and not whole(value, low, high):
                raise ValueError(f"{name}={shown(value)} is not a whole number of {low}..{high}.")
        self._check_rows()
        # one window and one choice of tokens a model: what depends on the context stays a few sums
        for name in ("window_tok", "attend_tok", "experts", "experts_active"):
            self.common(name)
        if is_plain(group.kept_share for group in self.groups):
            shares = {group.kept_share for group in self.groups if group.attend_tok}
            if len(shares) > 1:
                raise ValueError(f"kept_share differs between the layers that have attend_tok: {sorted(shares)}.")

    def _check_rows(self) -> None:
        """Refuse rows that are none, and names of parts that are no text."""
        for name in ("groups", "mtp"):
            rows = getattr(self, name)
            if not isinstance(rows, tuple) or not all(isinstance(group, LayerGroup) for group in rows):
                raise ValueError(f"{name} is a tuple of LayerGroup, not {shown(rows)}.")
        parts: Any = self.left_out
        if not isinstance(parts, tuple) or not all(isinstance(part, str) for part in parts):
            raise ValueError(f"left_out is a tuple of text, not {shown(parts)}.")
        if not self.groups:
            raise ValueError("groups is empty; a model has at least one LayerGroup.")
        if is_plain(group.layers for group in self.groups) and not any(group.layers for group in self.groups):
            raise ValueError("groups have no layers; give each LayerGroup(layers=...) how many are like it.")

    def total(self, quantity: Callable[[LayerGroup], Any]) -> Numeric:
        """Sum a quantity of one layer over all layers.

        Parameters
        ----------
        quantity : callable
            Takes a `LayerGroup`, gives a number for one of its layers.

        Returns
        -------
        numeric
            In the quantity's unit.
        """
        total: Numeric = sum(group.layers * quantity(group) for group in self.groups)
        return total

    def each(self, quantity: Callable[[LayerGroup], Any]) -> npt.NDArray[Any]:
        """Return a quantity of one layer of each group, as an array over groups.

        Parameters
        ----------
        quantity : callable
            Takes a `LayerGroup`, gives a number for one of its layers.

        Returns
        -------
        numeric
            In the quantity's unit; groups along the last axis.
        """
        return np.stack([np.asarray(quantity(group), dtype=float) for group in self.groups], axis=-1)

    def common(self, name: str) -> Numeric:
        """Return what a field is in all layers that have it; zero where none has.

        Parameters
        ----------
        name : str
            A field of `LayerGroup`.

        Returns
        -------
        numeric
            In the field's unit.

        Raises
        ------
        ValueError
            When layers that have it differ.
        """
        values: list[Any] = [getattr(group, name) for group in self.groups]
        if not is_plain(values):
            largest: Numeric = functools.reduce(np.maximum, values)
            return largest
        found = sorted({value for value in values if value})
        if len(found) > 1:
            raise ValueError(f"{name} differs between layers: {', '.join(map(str, found))}; look at the groups.")
        return found[0] if found else 0

    def as_read(self, count: Numeric) -> Numeric:
        """Return a count of the shape; a `Model` adds where it was read.

        Parameters
        ----------
        count : numeric
            The count. [1]

        Returns
        -------
        numeric
            The same. [1]
        """
        return count

    # -- layers -------------------------------------------------------------------------------------------------------

    @property
    def layers(self) -> Numeric:
        """Layers [1]."""
        return self.as_read(self.total(lambda _: 1))

    @property
    def global_layers(self) -> Numeric:
        """Layers that attend to what is kept for good [1]."""
        return self.as_read(self.total(lambda group: (group.q_heads > 0) * (1 * (group.kept_share > 0))))

    @property
    def window_layers(self) -> Numeric:
        """Layers with a window [1]."""
        return self.as_read(self.total(lambda group: group.window_tok > 0))

    @property
    def state_layers(self) -> Numeric:
        """Layers with a fixed state: linear attention, Mamba [1]."""
        return self.as_read(self.total(lambda group: group.state_heads > 0))

    @property
    def latent_layers(self) -> Numeric:
        """Layers with latent attention [1]."""
        return self.as_read(self.total(lambda group: group.kv_lora > 0))

    @property
    def moe_layers(self) -> Numeric:
        """Layers whose feed-forward part is a mixture of experts [1]."""
        return self.as_read(self.total(lambda group: group.experts > 0))

    # -- the shape, where all layers that have such a part agree ------------------------------------------------------

    @property
    def q_heads(self) -> Numeric:
        """Query heads of an attention layer [1]."""
        return self.as_read(self.common("q_heads"))

    @property
    def kv_heads(self) -> Numeric:
        """Key-value heads of an attention layer; a latent is one, to all [1]."""
        heads = self.common("kv_heads")
        return self.as_read(heads + (heads == 0) * (1 * (self.kv_lora > 0)))

    @property
    def head_dim(self) -> Numeric:
        """Channels of a query or key, without the rotary part beside a latent [1]."""
        return self.as_read(self.common("qk_dim") - self.rope_dim)

    @property
    def kv_lora(self) -> Numeric:
        """Width of the cached latent; zero without [1]."""
        return self.as_read(self.common("kv_lora"))

    @property
    def rope_dim(self) -> Numeric:
        """Width of the rotary key beside a latent; zero without [1]."""
        return self.as_read(self.common("rope_dim"))

    @property
    def ffn_hidden(self) -> Numeric:
        """Width of a dense feed-forward part; where none is dense, of one expert [1]."""
        dense = self.common("ffn_width")
        return self.as_read(dense + (dense == 0) * self.common("expert_width"))

    @property
    def experts(self) -> Numeric:
        """Routed experts of a mixture; zero without [1]."""
        return self.as_read(self.common("experts"))

    @property
    def experts_active(self) -> Numeric:
        """Routed experts that one token uses in a layer; zero without [1]."""
        return self.as_read(self.common("experts_active"))

    @property
    def window_tok(self) -> Numeric:
        """Tokens that a layer with a window keeps; zero without [token]."""
        return self.as_read(self.common("window_tok"))

    @property
    def attend_tok(self) -> Numeric:
        """Entries that a layer with an indexer reads; zero without [token]."""
        return self.as_read(self.common("attend_tok"))

    @property
    def sparse_share(self) -> Numeric:
        """Share of all tokens among which an indexer chooses; zero without [1]."""
        shares: list[Any] = [(group.attend_tok > 0) * group.kept_share for group in self.groups]
        largest: Numeric = functools.reduce(np.maximum, shares) if len(shares) > 1 else shares[0]
        return largest
