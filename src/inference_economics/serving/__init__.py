"""What an engine takes: steps as measured, batches, queues, and the price of a token."""

# May import: quantities, catalog, models, hardware.

from ..quantities.faces import handing_on
from .batching import (
    Best,
    Frontier,
    Pools,
    best_batch,
    frontier,
    largest_batch,
    pools,
    prefill_tok,
    prefix_cached_fraction,
    replicas_for,
)
from .deployment import (
    BYTES_PER_PARAM,
    CONSTRAINTS,
    EMBEDDING_BYTES,
    Deployment,
    Feasibility,
    Setup,
    setup,
    setup_with_kv_heads,
    verdict,
)
from .formats import Engine, Format, Formats, UnsupportedFormatError, load_engines, load_formats
from .layout import Layout, expert_imbalance
from .load import Load, floor_s
from .queueing import (
    EULER_GAMMA,
    HOURS,
    Provision,
    chips_needed,
    column,
    daily_curve,
    erlang_c,
    headroom,
    mean_wait_s,
    provision,
    servers_for,
    static_batching_fraction,
    whole_replicas,
)
from .replica import BATCHES, LAYOUTS, Replica, best_replica
from .speculative import expected_tokens, speculative_speedup, verification_cost
from .token_cost import (
    TokenCost,
    calibrated_token_cost,
    hourly_usd_per_token,
    ladder,
    served_token_cost,
    token_cost,
    usd_per_output_token,
)

__all__ = [
    "BATCHES",
    "BYTES_PER_PARAM",
    "CONSTRAINTS",
    "EMBEDDING_BYTES",
    "EULER_GAMMA",
    "HOURS",
    "LAYOUTS",
    "Best",
    "Deployment",
    "Engine",
    "Feasibility",
    "Format",
    "Formats",
    "Frontier",
    "Layout",
    "Load",
    "Pools",
    "Provision",
    "Replica",
    "Setup",
    "TokenCost",
    "UnsupportedFormatError",
    "best_batch",
    "best_replica",
    "calibrated_token_cost",
    "chips_needed",
    "column",
    "daily_curve",
    "erlang_c",
    "expected_tokens",
    "expert_imbalance",
    "floor_s",
    "frontier",
    "headroom",
    "hourly_usd_per_token",
    "ladder",
    "largest_batch",
    "load_engines",
    "load_formats",
    "mean_wait_s",
    "pools",
    "prefill_tok",
    "prefix_cached_fraction",
    "provision",
    "replicas_for",
    "served_token_cost",
    "servers_for",
    "setup",
    "setup_with_kv_heads",
    "speculative_speedup",
    "static_batching_fraction",
    "token_cost",
    "usd_per_output_token",
    "verdict",
    "verification_cost",
    "whole_replicas",
]

__getattr__, __dir__ = handing_on(__name__)
