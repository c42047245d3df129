"""The key-value cache: how many bytes, how many sequences fit, and what allocation wastes."""

from .allocation import (
    contiguous_waste_fraction,
    expected_block_waste_fraction,
    paged_tok,
    shared_prefix_bytes,
    shared_prefix_saving,
)
from .capacity import (
    cache_room_bytes,
    capacity_sequences,
    context_where_cache_equals_weights,
    hold_limit_s,
)
from .size import (
    INDEXER_BYTES_PER_VALUE,
    STATE_BYTES_PER_VALUE,
    kv_bytes,
    kv_bytes_per_token,
    kv_values_per_token,
    latent_values_per_token,
    of_model,
    quantised_bytes_per_value,
)

__all__ = [
    "INDEXER_BYTES_PER_VALUE",
    "STATE_BYTES_PER_VALUE",
    "cache_room_bytes",
    "capacity_sequences",
    "context_where_cache_equals_weights",
    "contiguous_waste_fraction",
    "expected_block_waste_fraction",
    "hold_limit_s",
    "kv_bytes",
    "kv_bytes_per_token",
    "kv_values_per_token",
    "latent_values_per_token",
    "of_model",
    "paged_tok",
    "quantised_bytes_per_value",
    "shared_prefix_bytes",
    "shared_prefix_saving",
]
