"""A model as a few rows: groups of layers between an embedding and a head, and the sums over them.

Every derived quantity is a sum over the rows. With whole numbers in the fields the sums are exact; with arrays over
models (see `stack`) they are arrays; with values known only in the browser they become part of a page's program. What
depends on a context or a batch is computed from these sums elsewhere: the cache in `kv_cache`, arithmetic in `flop`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..quantities.checks import shown
from ..quantities.numeric import Numeric
from .groups import LayerGroup, hold_exact, is_plain, whole


@dataclass(frozen=True)
class Architecture:
    """A decoder: embedding, groups of layers, head.

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
    vector_params : int
        Weights of the last norm, of a norm after the embedding, and of the head's bias. [1]
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
    vector_params: Numeric = 0
    mtp: tuple[LayerGroup, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold numbers as Python's and arrays as float64, which do not overflow; refuse what cannot be."""
        hold_exact(self, ("hidden", "vocab", "tied", "positions", "vector_params"))
        for name, low, high in (("hidden", 1, 2**53), ("vocab", 1, 2**53), ("tied", 0, 1), ("positions", 0, 2**53),
                                ("vector_params", 0, 2**53)):
            value = getattr(self, name)
            if is_plain([value]) and not whole(value, low, high):
                raise ValueError(f"{name}={shown(value)} is not a whole number of {low}..{high}.")
        for name in ("groups", "mtp"):
            rows = getattr(self, name)
            if not isinstance(rows, tuple) or not all(isinstance(group, LayerGroup) for group in rows):
                raise ValueError(f"{name} is a tuple of LayerGroup, not {shown(rows)}.")
        if not self.groups:
            raise ValueError("groups is empty; a model has at least one LayerGroup.")
        if is_plain(group.layers for group in self.groups) and not any(group.layers for group in self.groups):
            raise ValueError("groups have no layers; give each LayerGroup(layers=...) how many are like it.")
        # one window and one choice of tokens a model: what depends on the context stays a few sums
        for name in ("window_tok", "attend_tok", "experts", "experts_active"):
            self._common(name)
        if is_plain(group.kept_share for group in self.groups):
            shares = {group.kept_share for group in self.groups if group.attend_tok}
            if len(shares) > 1:
                raise ValueError(f"kept_share differs between the layers that have attend_tok: {sorted(shares)}.")

    def _sum(self, quantity: Callable[[LayerGroup], Any]) -> Numeric:
        """Sum a quantity of one layer over all layers."""
        total: Numeric = sum(group.layers * quantity(group) for group in self.groups)
        return total

    def _common(self, name: str) -> Numeric:
        """Return what a field is in all layers that have it; zero where none has."""
        values: list[Any] = [getattr(group, name) for group in self.groups]
        if not is_plain(values):
            largest: Numeric = functools.reduce(np.maximum, values)
            return largest
        found = sorted({value for value in values if value})
        if len(found) > 1:
            raise ValueError(f"{name} differs between layers: {', '.join(map(str, found))}; look at the groups.")
        return found[0] if found else 0

    # -- layers -------------------------------------------------------------------------------------------------------

    @property
    def layers(self) -> Numeric:
        """Layers [1]."""
        return self._sum(lambda _: 1)

    @property
    def global_layers(self) -> Numeric:
        """Layers that attend to what is kept for good [1]."""
        return self._sum(lambda group: (group.q_heads > 0) * (1 * (group.kept_share > 0)))

    @property
    def window_layers(self) -> Numeric:
        """Layers with a window [1]."""
        return self._sum(lambda group: group.window_tok > 0)

    @property
    def state_layers(self) -> Numeric:
        """Layers with a fixed state: linear attention, Mamba [1]."""
        return self._sum(lambda group: group.state_heads > 0)

    @property
    def latent_layers(self) -> Numeric:
        """Layers with latent attention [1]."""
        return self._sum(lambda group: group.kv_lora > 0)

    @property
    def moe_layers(self) -> Numeric:
        """Layers whose feed-forward part is a mixture of experts [1]."""
        return self._sum(lambda group: group.experts > 0)

    # -- the shape, where all layers that have such a part agree ------------------------------------------------------

    @property
    def q_heads(self) -> Numeric:
        """Query heads of an attention layer [1]."""
        return self._common("q_heads")

    @property
    def kv_heads(self) -> Numeric:
        """Key-value heads of an attention layer; a latent is one, to all [1]."""
        heads = self._common("kv_heads")
        return heads + (heads == 0) * (1 * (self.kv_lora > 0))

    @property
    def head_dim(self) -> Numeric:
        """Channels of a query or key, without the rotary part beside a latent [1]."""
        return self._common("qk_dim") - self.rope_dim

    @property
    def kv_lora(self) -> Numeric:
        """Width of the cached latent; zero without [1]."""
        return self._common("kv_lora")

    @property
    def rope_dim(self) -> Numeric:
        """Width of the rotary key beside a latent; zero without [1]."""
        return self._common("rope_dim")

    @property
    def ffn_hidden(self) -> Numeric:
        """Width of a dense feed-forward part; where none is dense, of one expert [1]."""
        dense = self._common("ffn_width")
        return dense + (dense == 0) * self._common("expert_width")

    @property
    def experts(self) -> Numeric:
        """Routed experts of a mixture; zero without [1]."""
        return self._common("experts")

    @property
    def experts_active(self) -> Numeric:
        """Routed experts that one token uses in a layer; zero without [1]."""
        return self._common("experts_active")

    @property
    def window_tok(self) -> Numeric:
        """Tokens that a layer with a window keeps; zero without [token]."""
        return self._common("window_tok")

    @property
    def attend_tok(self) -> Numeric:
        """Entries that a layer with an indexer reads; zero without [token]."""
        return self._common("attend_tok")

    @property
    def sparse_share(self) -> Numeric:
        """Share of all tokens among which an indexer chooses; zero without [1]."""
        shares: list[Any] = [(group.attend_tok > 0) * group.kept_share for group in self.groups]
        largest: Numeric = functools.reduce(np.maximum, shares) if len(shares) > 1 else shares[0]
        return largest

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def n_params_head(self) -> Numeric:
        """The output head as a matrix, tied or not [1]."""
        return self.hidden * self.vocab

    @property
    def n_params_embedding(self) -> Numeric:
        """Input embedding, learned positions, and the head where it is not tied [1]."""
        return self.hidden * (self.vocab * (2 - self.tied) + self.positions)

    @property
    def n_params_expert(self) -> Numeric:
        """One routed expert, summed over all layers that have experts [1]."""
        return self._sum(lambda group: (group.experts > 0) * group.n_params_expert(self.hidden))

    @property
    def n_params_experts(self) -> Numeric:
        """All routed experts [1]."""
        return self._sum(lambda group: group.experts * group.n_params_expert(self.hidden))

    @property
    def n_params(self) -> Numeric:
        """All parameters of the decoder, without `mtp` [1]."""
        return (self._sum(lambda group: group.n_params_per_layer(self.hidden)) + self.n_params_embedding
                + self.vector_params)

    @property
    def n_params_mtp(self) -> Numeric:
        """Parameters of the layers that predict further tokens [1]."""
        return sum(group.layers * group.n_params_per_layer(self.hidden) for group in self.mtp)

    @property
    def n_params_resting(self) -> Numeric:
        """Routed experts that one token does not pass; zero in a dense model [1]."""
        return self._sum(lambda group: (group.experts - group.experts_active) * group.n_params_expert(self.hidden))

    @property
    def n_params_active(self) -> Numeric:
        """Parameters that one token passes, input embedding included; all of them in a dense model [1]."""
        return self.n_params - self.n_params_resting

    @property
    def n_params_non_embedding(self) -> Numeric:
        """Parameters without embeddings and output head [1]."""
        return self.n_params - self.n_params_embedding

    @property
    def n_params_read(self) -> Numeric:
        """Parameters that a one-token step multiplies with: the active ones, less embedding rows only looked up.

        A tied embedding counts, because it is also the output head. This is the "active" of model cards that leave the
        input embedding out. [1]
        """
        return self.n_params_active - self.hidden * (self.positions + self.vocab * (1 - self.tied))

    # -- cache and state ----------------------------------------------------------------------------------------------

    @property
    def kv_values_per_token(self) -> Numeric:
        """Cache values per token over all layers, as if no window ever dropped one [1/token]."""
        return self.kv_values_per_token_global + self.kv_values_per_token_window

    @property
    def kv_values_per_token_global(self) -> Numeric:
        """Cache values per token that stay for good, without an indexer's keys [1/token]."""
        return self._sum(lambda group: group.kept_share * group.kv_values)

    @property
    def kv_values_per_token_sparse(self) -> Numeric:
        """The part of `kv_values_per_token_global` in layers that read only what an indexer chooses [1/token]."""
        return self._sum(lambda group: (group.attend_tok > 0) * group.kept_share * group.kv_values)

    @property
    def kv_values_per_token_window(self) -> Numeric:
        """Cache values per token in layers with a window, while it lasts [1/token]."""
        return self._sum(lambda group: (group.window_tok > 0) * group.kv_values)

    @property
    def latent_values_per_token(self) -> Numeric:
        """Share of the values kept for good that no head owns, so that tensor parallelism copies them [1/token]."""
        return self._sum(lambda group: group.kept_share * (group.kv_lora + group.rope_dim) * (1 - group.kv_shared))

    @property
    def indexer_values_per_token(self) -> Numeric:
        """Values of an indexer's keys per token, which every chip keeps besides the cache [1/token]."""
        return self._sum(lambda group: group.kept_share * group.indexer_dim)

    @property
    def recurrent_values(self) -> Numeric:
        """Values of the recurrent state of one sequence, whatever its length [1]."""
        return self._sum(lambda group: group.state_heads * group.state_key_dim * group.state_value_dim)

    @property
    def conv_values(self) -> Numeric:
        """Values that short convolutions keep of one sequence [1]."""
        return self._sum(lambda group: group.conv_width * group.conv_tok)

    @property
    def state_values(self) -> Numeric:
        """Fixed state of one sequence: recurrent and convolution [1]."""
        return self.recurrent_values + self.conv_values

    def kv_values_per_token_global_on_chip(self, tp: Numeric) -> Numeric:
        """`kv_values_per_token_global` of one of `tp` chips that share each layer, with its copies [1/token]."""
        return self._sum(lambda group: group.kept_share * group.kv_values_on_chip(tp))

    def kv_values_per_token_window_on_chip(self, tp: Numeric) -> Numeric:
        """`kv_values_per_token_window` of one of `tp` chips that share each layer, with its copies [1/token]."""
        return self._sum(lambda group: (group.window_tok > 0) * group.kv_values_on_chip(tp))

    # -- work of attention --------------------------------------------------------------------------------------------

    @property
    def pair_flop_prefill(self) -> Numeric:
        """FLOPs that one attention layer spends on one pair of query and key in prefill, where all agree [FLOP]."""
        return 2 * self.q_heads * (self._common("qk_dim") + self._common("v_dim"))

    @property
    def pair_flop_decode(self) -> Numeric:
        """As `pair_flop_prefill`, in decode, where latent attention works on the compressed cache [FLOP]."""
        latent = 1 * (self.kv_lora > 0)
        plain = self._common("qk_dim") + self._common("v_dim")
        return 2 * self.q_heads * (latent * (2 * self.kv_lora + self.rope_dim) + (1 - latent) * plain)

    @property
    def pair_flop_prefill_global(self) -> Numeric:
        """FLOPs of one query token and one token that it sees, over the layers that attend to all they keep [FLOP]."""
        return self._sum(lambda group: (group.attend_tok == 0) * group.kept_share * group.pair_flop_prefill)

    @property
    def pair_flop_prefill_sparse(self) -> Numeric:
        """FLOPs of one query token and one chosen entry, over the layers with an indexer's choice [FLOP]."""
        return self._sum(lambda group: (group.attend_tok > 0) * group.pair_flop_prefill)

    @property
    def pair_flop_prefill_window(self) -> Numeric:
        """FLOPs of one query token and one token of the window, over the layers with a window [FLOP]."""
        return self._sum(lambda group: (group.window_tok > 0) * group.pair_flop_prefill)

    @property
    def pair_flop_decode_global(self) -> Numeric:
        """As `pair_flop_prefill_global`, in decode, where latent attention works on the compressed cache [FLOP]."""
        return self._sum(lambda group: (group.attend_tok == 0) * group.kept_share * group.pair_flop_decode)

    @property
    def pair_flop_decode_sparse(self) -> Numeric:
        """As `pair_flop_prefill_sparse`, in decode [FLOP]."""
        return self._sum(lambda group: (group.attend_tok > 0) * group.pair_flop_decode)

    @property
    def pair_flop_decode_window(self) -> Numeric:
        """As `pair_flop_prefill_window`, in decode [FLOP]."""
        return self._sum(lambda group: (group.window_tok > 0) * group.pair_flop_decode)

    @property
    def pair_flop_indexer(self) -> Numeric:
        """FLOPs of all indexers on one query token and one token of the context [FLOP]."""
        return self._sum(lambda group: group.kept_share * group.pair_flop_indexer)


def stack(architectures: Sequence[Architecture]) -> Architecture:
    """Put architectures side by side: fields become arrays over models, shorter ones padded with rows of no layers.

    Parameters
    ----------
    architectures : sequence of Architecture
        With plain numbers in their fields.

    Returns
    -------
    Architecture
        Whose derived quantities are arrays over models, in float64.
    """
    def column(parts: Sequence[object], name: str) -> Numeric:
        return np.array([getattr(part, name) for part in parts], dtype=float)

    def rows(kind: str) -> tuple[LayerGroup, ...]:
        depth = max(len(getattr(a, kind)) for a in architectures)
        padded = [getattr(a, kind) + (LayerGroup(),) * (depth - len(getattr(a, kind))) for a in architectures]
        return tuple(LayerGroup(**{field.name: column(parts, field.name) for field in fields(LayerGroup)})
                     for parts in zip(*padded, strict=True))

    numbers = ("hidden", "vocab", "tied", "positions", "vector_params")
    plain: dict[str, Any] = {name: column(architectures, name) for name in numbers}
    return Architecture(groups=rows("groups"), mtp=rows("mtp"), **plain)
