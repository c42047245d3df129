"""Names, units and plausible limits of the quantities in the model and cache formulas, besides the shared ones.

Together with `_quantities` and `_serving_quantities` this is the book's notation table.
"""

from __future__ import annotations

from ._quantities import Quantity


def _values(meaning):
    return Quantity(0, 1e9, "1", meaning, "give a count of values, not bytes.")


def _tokens(meaning, low=0.0):
    return Quantity(low, 1e9, "token", meaning, "give tokens.")


def _size(meaning):
    return Quantity(1, 1e7, "1", meaning, "give a count.")


QUANTITIES = {
    "head_dim": _size("channels of one attention head"),
    "ffn_hidden": _size("width inside the feed-forward part"),
    "kv_lora": _size("width of the compressed latent that latent attention caches"),
    "rope_dim": Quantity(0, 1e5, "1", "width of the rotary key that latent attention caches besides", "give a count."),
    "causal": Quantity(0, 1, "1", "whether tokens see only what stands before them", "give True or False."),
    "bits": Quantity(1, 32, "bit", "bits of one stored value", "give bits, not bytes."),
    "group_values": Quantity(1, 1e12, "1", "values that share a quantisation scale", "give a count."),
    "scale_bytes": Quantity(0, 64, "B", "scale and zero point of one group", "give bytes."),
    "kv_values_per_token": _values("cached values per token, all layers"),
    "kv_values_per_token_global": _values("cached values per token in layers that keep the whole context"),
    "kv_values_per_token_window": _values("cached values per token in layers that keep a window"),
    "state_values": Quantity(0, 1e12, "1", "fixed state of linear-attention layers, per sequence", "give a count."),
    "window_tok": _tokens("length of a sliding window; zero for none"),
    "room_bytes": Quantity(0, 1e18, "B", "memory left for the cache", "was it given in GB?"),
    "block_tok": _tokens("tokens per block of a paged cache", 1),
    "max_context_tok": _tokens("longest sequence that room is reserved for", 1),
    "mean_context_tok": _tokens("mean tokens per sequence", 1),
}
