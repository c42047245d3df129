"""A model as a few rows: groups of layers between an embedding and a head, and the sums over them.

Every derived quantity is a sum over the rows. With whole numbers in the fields the sums are exact; with arrays over
models (see `stack`) they are arrays; with values known only in the browser they become part of a page's program. What
depends on a context or a batch is computed from these sums elsewhere: the cache in `kv_cache`, arithmetic in `flop`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..quantities.numeric import Numeric
from .groups import LayerGroup, is_plain
from .keys import table
from .layers import Layers


@dataclass(frozen=True)
class Architecture(Layers):
    """A decoder: the rows of `Layers`, and their sums.

    Parameters
    ----------
    hidden, vocab, groups, tied, positions, lookup_params, vector_params, mtp, left_out
        As in `Layers`.

    Raises
    ------
    ValueError
        When a number cannot be, or there are no layers.
    """

    def __post_init__(self) -> None:
        """Refuse what `Layers` refuses, and a model that is too large to be counted."""
        super().__post_init__()
        counted = [self.n_params_counted, self.n_params_mtp]
        if is_plain(counted) and sum(counted) > table()["limits"]["parameters"]:
            raise ValueError(f"{sum(counted):.3g} parameters are more than {table()['limits']['parameters']:,}.")

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def n_params_head(self) -> Numeric:
        """The output head as a matrix, tied or not [1]."""
        return self.hidden * self.vocab

    @property
    def n_params_embedding(self) -> Numeric:
        """Input embedding, learned positions, further tables, and the head where it is not tied [1]."""
        return self.hidden * (self.vocab * (2 - self.tied) + self.positions) + self.lookup_params

    @property
    def n_params_expert(self) -> Numeric:
        """One routed expert, summed over all layers that have experts [1]."""
        return self.total(lambda group: (group.experts > 0) * group.n_params_expert(self.hidden))

    @property
    def n_params_experts(self) -> Numeric:
        """All routed experts [1]."""
        return self.total(lambda group: group.experts * group.n_params_expert(self.hidden))

    @property
    def n_params(self) -> Numeric:
        """All parameters of the decoder, without `mtp` [1]."""
        return self.n_params_counted

    @property
    def n_params_counted(self) -> Numeric:
        """The same, counted from the rows whatever a publisher states [1]."""
        return (self.total(lambda group: group.n_params_per_layer(self.hidden)) + self.n_params_embedding
                + self.vector_params)

    @property
    def n_params_mtp(self) -> Numeric:
        """Parameters of the layers that predict further tokens [1]."""
        return sum(group.layers * group.n_params_per_layer(self.hidden) for group in self.mtp)

    @property
    def n_params_resting(self) -> Numeric:
        """Routed experts that one token does not pass; zero in a dense model [1]."""
        return self.total(lambda group: (group.experts - group.experts_active) * group.n_params_expert(self.hidden))

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
        looked_up = self.hidden * (self.positions + self.vocab * (1 - self.tied)) + self.lookup_params
        return self.n_params_active - looked_up

    # -- cache and state ----------------------------------------------------------------------------------------------

    @property
    def kv_values_per_token(self) -> Numeric:
        """Cache values per token over all layers, as if no window ever dropped one [1/token]."""
        return self.kv_values_per_token_global + self.kv_values_per_token_window

    @property
    def kv_values_per_token_global(self) -> Numeric:
        """Cache values per token that stay for good, without an indexer's keys [1/token]."""
        return self.total(lambda group: group.kept_share * group.kv_values)

    @property
    def kv_values_per_token_sparse(self) -> Numeric:
        """The part of `kv_values_per_token_global` in layers that read only what an indexer chooses [1/token]."""
        return self.total(lambda group: (group.attend_tok > 0) * group.kept_share * group.kv_values)

    @property
    def kv_values_per_token_window(self) -> Numeric:
        """Cache values per token in layers with a window, while it lasts [1/token]."""
        return self.total(lambda group: (group.window_tok > 0) * group.kv_values)

    @property
    def latent_values_per_token(self) -> Numeric:
        """Share of the values kept for good that no head owns, so that tensor parallelism copies them [1/token]."""
        return self.total(lambda group: group.kept_share * (group.kv_lora + group.rope_dim) * (1 - group.kv_shared))

    @property
    def indexer_values_per_token(self) -> Numeric:
        """Values of an indexer's keys per token, which every chip keeps besides the cache [1/token]."""
        return self.total(lambda group: group.kept_share * group.indexer_dim)

    @property
    def recurrent_values(self) -> Numeric:
        """Values of the recurrent state of one sequence, whatever its length [1]."""
        return self.total(lambda group: group.state_heads * group.state_key_dim * group.state_value_dim)

    @property
    def conv_values(self) -> Numeric:
        """Values that short convolutions keep of one sequence [1]."""
        return self.total(lambda group: group.conv_width * group.conv_tok)

    @property
    def state_values(self) -> Numeric:
        """Fixed state of one sequence: recurrent and convolution [1]."""
        return self.recurrent_values + self.conv_values

    def kv_values_per_token_global_on_chip(self, tp: Numeric) -> Numeric:
        """`kv_values_per_token_global` of one of `tp` chips that share each layer, with its copies [1/token]."""
        return self.total(lambda group: group.kept_share * group.kv_values_on_chip(tp))

    def kv_values_per_token_window_on_chip(self, tp: Numeric) -> Numeric:
        """`kv_values_per_token_window` of one of `tp` chips that share each layer, with its copies [1/token]."""
        return self.total(lambda group: (group.window_tok > 0) * group.kv_values_on_chip(tp))

    # -- work of attention --------------------------------------------------------------------------------------------

    @property
    def pair_flop_prefill(self) -> Numeric:
        """FLOPs that one attention layer spends on one pair of query and key in prefill, where all agree [FLOP]."""
        return 2 * self.q_heads * (self.common("qk_dim") + self.common("v_dim"))

    @property
    def pair_flop_decode(self) -> Numeric:
        """As `pair_flop_prefill`, in decode, where latent attention works on the compressed cache [FLOP]."""
        latent = 1 * (self.kv_lora > 0)
        plain = self.common("qk_dim") + self.common("v_dim")
        return 2 * self.q_heads * (latent * (2 * self.kv_lora + self.rope_dim) + (1 - latent) * plain)

    @property
    def pair_flop_prefill_global(self) -> Numeric:
        """FLOPs of one query token and one token that it sees, over the layers that attend to all they keep [FLOP]."""
        return self.total(lambda group: (group.attend_tok == 0) * group.kept_share * group.pair_flop_prefill)

    @property
    def pair_flop_prefill_sparse(self) -> Numeric:
        """FLOPs of one query token and one chosen entry, over the layers with an indexer's choice [FLOP]."""
        return self.total(lambda group: (group.attend_tok > 0) * group.pair_flop_prefill)

    @property
    def pair_flop_prefill_window(self) -> Numeric:
        """FLOPs of one query token and one token of the window, over the layers with a window [FLOP]."""
        return self.total(lambda group: (group.window_tok > 0) * group.pair_flop_prefill)

    @property
    def pair_flop_decode_global(self) -> Numeric:
        """As `pair_flop_prefill_global`, in decode, where latent attention works on the compressed cache [FLOP]."""
        return self.total(lambda group: (group.attend_tok == 0) * group.kept_share * group.pair_flop_decode)

    @property
    def pair_flop_decode_sparse(self) -> Numeric:
        """As `pair_flop_prefill_sparse`, in decode [FLOP]."""
        return self.total(lambda group: (group.attend_tok > 0) * group.pair_flop_decode)

    @property
    def pair_flop_decode_window(self) -> Numeric:
        """As `pair_flop_prefill_window`, in decode [FLOP]."""
        return self.total(lambda group: (group.window_tok > 0) * group.pair_flop_decode)

    @property
    def pair_flop_indexer(self) -> Numeric:
        """FLOPs of all indexers on one query token and one token of the context [FLOP]."""
        return self.total(lambda group: group.kept_share * group.pair_flop_indexer)


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

    numbers = ("hidden", "vocab", "tied", "positions", "lookup_params", "vector_params")
    plain: dict[str, Any] = {name: column(architectures, name) for name in numbers}
    return Architecture(groups=rows("groups"), mtp=rows("mtp"), **plain)
