"""A model as a few rows: groups of layers between an embedding and a head, and the sums over them.

Every derived quantity is a sum over the rows. With whole numbers in the fields the sums are exact; with arrays over
models (see `stack`) they are arrays; with values known only in the browser they become part of a page's program.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..quantities.checks import is_traced
from .groups import LayerGroup, mean_causal


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

    hidden: int
    vocab: int
    groups: tuple[LayerGroup, ...]
    tied: int = 0
    positions: int = 0
    vector_params: int = 0
    mtp: tuple[LayerGroup, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self):
        """Refuse what cannot be. Arrays and traced values were checked before they were stacked."""
        limits = {"hidden": (1, np.inf), "vocab": (1, np.inf), "tied": (0, 1), "positions": (0, np.inf),
                  "vector_params": (0, np.inf)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if np.isscalar(value) and (isinstance(value, (str, bool)) or not low <= value <= high or value % 1):
                raise ValueError(f"{name}={value!r} is not a whole number of {low}..{high}.")
        if not self.groups or not all(isinstance(group, LayerGroup) for group in (*self.groups, *self.mtp)):
            raise ValueError("groups and mtp are tuples of LayerGroup, and a model has at least one group.")

    def _sum(self, quantity):
        """Sum a quantity of one layer over all layers."""
        return sum(group.layers * quantity(group) for group in self.groups)

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def layers(self):
        """Layers [1]."""
        return self._sum(lambda _: 1)

    @property
    def n_params_head(self):
        """The output head as a matrix, tied or not [1]."""
        return self.hidden * self.vocab

    @property
    def n_params_embedding(self):
        """Input embedding, learned positions, and the head where it is not tied [1]."""
        return self.hidden * (self.vocab * (2 - self.tied) + self.positions)

    @property
    def n_params_experts(self):
        """All routed experts [1]."""
        return self._sum(lambda group: group.experts * group.n_params_expert(self.hidden))

    @property
    def n_params(self):
        """All parameters of the decoder, without `mtp` [1]."""
        return (self._sum(lambda group: group.n_params_per_layer(self.hidden)) + self.n_params_embedding
                + self.vector_params)

    @property
    def n_params_mtp(self):
        """Parameters of the layers that predict further tokens [1]."""
        return sum(group.layers * group.n_params_per_layer(self.hidden) for group in self.mtp)

    @property
    def n_params_active(self):
        """Parameters that one token passes, input embedding included [1]."""
        return self.n_params - self._sum(
            lambda group: (group.experts - group.experts_active) * group.n_params_expert(self.hidden))

    @property
    def n_params_read(self):
        """Active parameters less embedding rows only looked up; a tied embedding, being the head, counts [1]."""
        return self.n_params_active - self.hidden * (self.positions + self.vocab * (1 - self.tied))

    # -- cache and state ----------------------------------------------------------------------------------------------

    @property
    def kv_values_per_token_global(self):
        """Cache values per token that stay for good [1/token]."""
        return self._sum(lambda group: group.kept_share * group.kv_values)

    @property
    def kv_values_per_token_window(self):
        """Cache values per token in layers with a window, while it lasts [1/token]."""
        return self._sum(lambda group: (group.window_tok > 0) * group.kv_values)

    @property
    def latent_values_per_token(self):
        """Share of the values kept for good that no head owns, so that tensor parallelism copies them [1/token]."""
        return self._sum(lambda group: group.kept_share * (group.kv_lora + group.rope_dim) * (1 - group.kv_shared))

    @property
    def indexer_values_per_token(self):
        """Indexer keys per token; engines keep 4 bytes of scale with each key [1/token]."""
        return self._sum(lambda group: group.kept_share * group.indexer_dim)

    @property
    def recurrent_values(self):
        """Values of the recurrent state of one sequence, whatever its length [1]."""
        return self._sum(lambda group: group.state_heads * group.state_key_dim * group.state_value_dim)

    @property
    def conv_values(self):
        """Values that short convolutions keep of one sequence [1]."""
        return self._sum(lambda group: group.conv_width * group.conv_tok)

    @property
    def state_values(self):
        """Fixed state of one sequence: recurrent and convolution [1]."""
        return self.recurrent_values + self.conv_values

    def kv_values(self, context_tok):
        """Cache values of one sequence at a given context, without state and indexer [1]."""
        return self._sum(lambda group: group.kv_values * group.kept_tok(_number(context_tok)))

    # -- work ---------------------------------------------------------------------------------------------------------

    def attention_flop_decode(self, context_tok):
        """FLOPs of attention, indexer included, for one new token at a given context [FLOP]."""
        context_tok = _number(context_tok)
        return self._sum(lambda group: group.pair_flop_decode * group.attended_tok(context_tok)
                         + group.pair_flop_indexer * group.kept_share * context_tok)

    def attention_flop_prefill(self, prompt_tok):
        """Mean FLOPs of causal attention, indexer included, per token of a prompt [FLOP]."""
        prompt_tok = _number(prompt_tok)
        return self._sum(lambda group: group.pair_flop_prefill * group.mean_attended_tok(prompt_tok)
                         + group.pair_flop_indexer * group.kept_share * mean_causal(prompt_tok, np.inf))

    def decode_flop_per_token(self, context_tok):
        """FLOPs of one new token: two per weight read, and attention [FLOP]."""
        return 2 * self.n_params_read + self.attention_flop_decode(context_tok)

    def prefill_flop_per_token(self, prompt_tok):
        """Mean FLOPs per token of a prompt: two per weight, the head once per prompt, and attention [FLOP]."""
        weights = self.n_params_read - self.n_params_head + self.n_params_head / _number(prompt_tok)
        return 2 * weights + self.attention_flop_prefill(prompt_tok)


def stack(architectures) -> Architecture:
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
    def column(parts, name):
        return np.array([getattr(part, name) for part in parts], dtype=float)

    def rows(kind):
        depth = max(len(getattr(a, kind)) for a in architectures)
        padded = [getattr(a, kind) + (LayerGroup(),) * (depth - len(getattr(a, kind))) for a in architectures]
        return tuple(LayerGroup(**{field.name: column(parts, field.name) for field in fields(LayerGroup)})
                     for parts in zip(*padded, strict=True))

    plain = {name: column(architectures, name) for name in ("hidden", "vocab", "tied", "positions", "vector_params")}
    return Architecture(groups=rows("groups"), mtp=rows("mtp"), **plain)


def _number(value):
    """Convert an argument once, so that a narrow integer type cannot overflow below."""
    return value if is_traced(value) else np.asarray(value, dtype=float)
