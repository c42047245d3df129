"""Language models as specs: exact parameter counts, cache sizes and FLOPs from the architecture.

A `Model` holds what a configuration file states. Everything else (parameters, cache values per token, attention work)
is counted from that, in whole numbers, so it can be compared with the published figures to the last digit. The rows
are in ``catalog/models.toml``; a model of your own is a few lines in a file of your own, read by ``load(path)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import catalog
from ..quantities.checks import lookup
from . import weights as arch


@dataclass(frozen=True)
class Model:
    """A decoder-only transformer, as its configuration states it.

    Parameters
    ----------
    name, title, org, released : str
        Slug, name for readers, who published it, and when.
    layers, hidden, q_heads, kv_heads, head_dim, ffn_hidden, vocab : int
        The shape. `ffn_hidden` is the width of a dense layer's FFN. [1]
    attention : str
        ``gqa`` (also multi-head and multi-query), ``mla``, or ``other`` where parameters are stated, not counted.
    ffn : str
        ``gated`` or ``plain``.
    qkv_bias, out_bias, ffn_bias, router_bias, sinks : bool
        Extra weights. `ffn_bias` holds for the experts too; `sinks` is one learned logit per query head.
    qk_norm : str
        ``none``, ``head`` or ``full``.
    norm : str
        ``rms`` (one weight per channel) or ``layer`` (weight and bias).
    norms_per_layer : int
        2 in the usual block, 1 in a parallel block, 4 with norms before and after. [1]
    tied, head_bias, embedding_norm : bool
        The output head is the input embedding; it has a bias; the embedding is normalised before the first layer.
    positions : int
        Learned absolute positions. [token]
    window_tok, window_layers : int
        Sliding or chunked window, and the layers that use it. Zero without. [token], [1]
    linear_layers : int
        Layers with a fixed state in place of a cache (gated linear attention). [1]
    linear_key_heads, linear_value_heads, linear_key_dim, linear_value_dim, linear_conv : int
        Their heads, head sizes and short convolution. [1]
    output_gate, shared_gate : bool
        Queries carry a gate for the attention output; a one-column gate on the shared expert.
    kv_lora, q_lora, rope_dim, v_head_dim : int
        Latent attention: compressed cache width, compressed query width, rotary part, value width. `head_dim` is then
        the part of a head without rotation. [1]
    indexer_heads, indexer_dim, attend_tok : int
        Sparse attention: an indexer of this shape picks the `attend_tok` tokens that are read. Zero without.
    experts, experts_active, experts_shared, expert_hidden, shared_hidden, expert_input : int
        Mixture of experts: routed, chosen per token, always on; their widths; the width a routed expert reads and
        writes, where that is narrower than `hidden`. [1]
    dense_layers, moe_every : int
        Dense layers at the bottom; every how many layers an MoE stands after that. [1]
    cache_values : float
        Only for ``other``: values kept per token in the growing part of the cache, over all layers. [1]
    cache_window_values : float
        Only for ``other``: values kept per token of the window, over all layers. [1]
    max_context_tok : int
        Longest context of the configuration. [token]
    stated_n_params, stated_n_params_active : float
        Used as they stand where the facts do not allow an exact count. [1]
    published_n_params, published_n_params_active : str
        The publisher's own rounding, such as ``671B``; compared with the count when the row loads.
    reference_n_params, reference_n_params_active, reference_n_params_non_embedding : int
        Exact figures worked out independently of this package; the tests compare every digit. The active one
        leaves the input embedding out. [1]
    training_tok, training_hours : float
        Training tokens; accelerator-hours. Zero where unpublished. [token], [h]
    training_hardware, note, source, date, confidence : str
        Provenance.

    Raises
    ------
    ValueError
        When a field is missing, impossible, or at odds with another.
    """

    name: str
    title: str
    org: str
    released: str
    layers: int
    hidden: int
    q_heads: int
    kv_heads: int
    head_dim: int
    ffn_hidden: int
    vocab: int
    source: str
    date: str
    confidence: str
    attention: str = "gqa"
    ffn: str = "gated"
    qkv_bias: bool = False
    out_bias: bool = False
    ffn_bias: bool = False
    router_bias: bool = False
    sinks: bool = False
    qk_norm: str = "none"
    norm: str = "rms"
    norms_per_layer: int = 2
    tied: bool = False
    head_bias: bool = False
    embedding_norm: bool = False
    positions: int = 0
    window_tok: int = 0
    window_layers: int = 0
    linear_layers: int = 0
    linear_key_heads: int = 0
    linear_value_heads: int = 0
    linear_key_dim: int = 0
    linear_value_dim: int = 0
    linear_conv: int = 0
    output_gate: bool = False
    shared_gate: bool = False
    kv_lora: int = 0
    q_lora: int = 0
    rope_dim: int = 0
    v_head_dim: int = 0
    indexer_heads: int = 0
    indexer_dim: int = 0
    attend_tok: int = 0
    experts: int = 0
    experts_active: int = 0
    experts_shared: int = 0
    expert_hidden: int = 0
    shared_hidden: int = 0
    expert_input: int = 0
    dense_layers: int = 0
    moe_every: int = 1
    cache_values: float = 0
    cache_window_values: float = 0
    max_context_tok: int = 0
    stated_n_params: float = 0
    stated_n_params_active: float = 0
    published_n_params: str = ""
    published_n_params_active: str = ""
    published_source: str = ""
    reference_n_params: int = 0
    reference_n_params_active: int = 0
    reference_n_params_non_embedding: int = 0
    training_tok: float = 0
    training_hours: float = 0
    training_hardware: str = ""
    note: str = ""

    def __post_init__(self):
        """Refuse a row that is incomplete, impossible or at odds with itself."""
        catalog.check_provenance(self.source, self.date, self.confidence)
        arch.check(self)

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def moe_layers(self) -> int:
        """Layers whose FFN is a mixture of experts [1]."""
        return (self.layers - self.dense_layers) // self.moe_every if self.experts else 0

    @property
    def n_params_attention(self) -> int:
        """Attention weights of one layer, with biases, norms inside attention, sinks and indexer [1]."""
        return arch.attention(self)

    @property
    def n_params_expert(self) -> int:
        """One routed expert, summed over all MoE layers [1]."""
        return self.moe_layers * arch.ffn(self, self.expert_hidden, self.expert_input) if self.experts else 0

    @property
    def n_params_embedding(self) -> int:
        """Input embedding, learned positions, and the output head where it is not tied [1]."""
        return self.hidden * (self.vocab * (1 if self.tied else 2) + self.positions)

    @property
    def n_params_counted(self) -> int:
        """Parameters counted from the architecture, whether or not the row states another total [1]."""
        attending = self.layers - self.linear_layers
        mixers = attending * self.n_params_attention + self.linear_layers * arch.linear(self)
        dense = (self.layers - self.moe_layers) * arch.ffn(self, self.ffn_hidden)
        shared = self.moe_layers * self.experts_shared * arch.ffn(self, self.shared_hidden or self.expert_hidden)
        router = self.moe_layers * (self.experts * (self.hidden + self.router_bias) + self.hidden * self.shared_gate)
        ffn = dense + shared + router + self.experts * self.n_params_expert
        norms = (self.layers * self.norms_per_layer + 1 + self.embedding_norm) * arch.norm(self)
        return mixers + ffn + norms + self.n_params_embedding + self.vocab * self.head_bias

    @property
    def exact(self) -> bool:
        """Whether the parameter count is exact (counted), not a rounded published figure."""
        return not self.stated_n_params

    @property
    def n_params(self) -> int:
        """All parameters [1]."""
        return self.n_params_counted if self.exact else int(self.stated_n_params)

    @property
    def n_params_active(self) -> int:
        """Parameters one token passes, input embedding included; all of them in a dense model [1]."""
        idle = (self.experts - self.experts_active) * self.n_params_expert
        return int(self.stated_n_params_active) or self.n_params - idle

    @property
    def n_params_non_embedding(self) -> int:
        """Parameters without embeddings and output head [1]."""
        return self.n_params - self.n_params_embedding

    @property
    def n_params_read(self) -> int:
        """Parameters a one-token step multiplies with: the active ones, less embedding rows that are only looked up.

        A tied embedding counts, because it is also the output head. This is the "active" of model cards that leave the
        input embedding out. [1]
        """
        looked_up = self.hidden * (self.positions + (0 if self.tied else self.vocab))
        return self.n_params_active - looked_up

    @property
    def n_params_head(self) -> int:
        """The output head [1]."""
        return self.hidden * self.vocab

    # -- cache --------------------------------------------------------------------------------------------------------

    @property
    def kv_values_per_layer(self) -> int:
        """Cache values that one token leaves in one attention layer: keys and values, or the latent and its key [1]."""
        return self.kv_lora + self.rope_dim if self.attention == "mla" else 2 * self.kv_heads * self.head_dim

    @property
    def kv_values_per_token(self) -> int:
        """Cache values per token over all layers, as if no window ever dropped one [1]."""
        return self.kv_values_per_token_global + self.kv_values_per_token_window

    @property
    def kv_values_per_token_global(self) -> int:
        """Cache values per token in the layers that keep the whole context [1]."""
        if self.attention == "other":
            return self.cache_values
        return (self.layers - self.window_layers - self.linear_layers) * self.kv_values_per_layer

    @property
    def kv_values_per_token_window(self) -> int:
        """Cache values per token in the layers that keep only the last `window_tok` tokens [1]."""
        if self.attention == "other":
            return self.cache_window_values
        return self.window_layers * self.kv_values_per_layer

    @property
    def kv_values_per_token_indexer(self) -> int:
        """Keys that a sparse-attention indexer keeps besides the cache (not part of `kv_values_per_token`) [1]."""
        return self.layers * self.indexer_dim

    @property
    def state_values(self) -> int:
        """Values of the fixed state that linear layers keep per sequence, whatever its length [1]."""
        per_head = self.linear_key_dim * self.linear_value_dim
        return self.linear_layers * (self.linear_value_heads * per_head + self.linear_conv * arch.linear_width(self))

    # -- work ---------------------------------------------------------------------------------------------------------

    @property
    def pair_flop_prefill(self) -> int:
        """FLOPs one layer spends on one (query token, key token) pair in prefill: scores and weighted sum [FLOP]."""
        if self.kv_lora:
            return 2 * self.q_heads * (self.head_dim + self.rope_dim + self.v_head_dim)
        return 4 * self.q_heads * self.head_dim

    @property
    def pair_flop_decode(self) -> int:
        """As `pair_flop_prefill`, in decode. Latent attention works on the compressed cache there [FLOP]."""
        if self.kv_lora:
            return 2 * self.q_heads * (2 * self.kv_lora + self.rope_dim)
        return self.pair_flop_prefill

    @property
    def global_layers(self) -> int:
        """Layers that attend to the whole context [1]."""
        return self.layers - self.window_layers - self.linear_layers


# -- loading ----------------------------------------------------------------------------------------------------------


def load(path: str | Path | None = None) -> dict[str, Model]:
    """Read models from a TOML file, one table per model.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        Your own file; the default is the package's catalogue.

    Returns
    -------
    dict
        Slug to `Model`.

    Raises
    ------
    ValueError
        Naming the file, the row and the field at fault.
    """
    return dict(_shipped()) if path is None else catalog.build_all(Model, path)


@cache
def _shipped() -> dict[str, Model]:
    return load(catalog.path("models.toml"))


def get(name: str) -> Model:
    """Return one model of the package's catalogue.

    Parameters
    ----------
    name : str
        Slug, such as ``llama-3.1-70b``.

    Returns
    -------
    Model
    """
    return lookup("model", name, _shipped())
