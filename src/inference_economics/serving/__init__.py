"""What an engine takes: steps as measured, batches, queues, and the price of a token."""

# May import: quantities, catalog, models, hardware.

from ..quantities.faces import handing_on
from .arrivals import OpenService, serve_open
from .batching import (
    Best,
    Frontier,
    Pools,
    best_batch,
    carried,
    frontier,
    pools,
    prefill_tok,
    prefix_cached_fraction,
    replicas_for,
)
from .deployment import Deployment
from .disaggregation import Disaggregated, Pool, serve_pools
from .engines import Engine, load_engines
from .feasibility import CONSTRAINTS, Feasibility, verdict
from .formats import Format, Formats, UnsupportedFormatError, load_formats
from .intervals import Interval, interval
from .layout import Layout, expert_imbalance
from .load import Load
from .queueing import (
    EULER_GAMMA,
    HOURS,
    Provision,
    column,
    daily_curve,
    erlang_c,
    mean_wait_s,
    provision,
    servers_for,
    static_batching_fraction,
)
from .replica import BATCHES, LAYOUTS, Replica, best_replica
from .setups import BYTES_PER_PARAM, EMBEDDING_BYTES, Setup, setup, setup_with_kv_heads
from .speculative import Drafts, expected_tokens, speculative_speedup
from .token_cost import TokenCost, hourly_usd_per_token, ladder, token_cost, usd_per_output_token

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
    "Disaggregated",
    "Drafts",
    "Engine",
    "Feasibility",
    "Format",
    "Formats",
    "Frontier",
    "Interval",
    "Layout",
    "Load",
    "OpenService",
    "Pool",
    "Pools",
    "Provision",
    "Replica",
    "Setup",
    "TokenCost",
    "UnsupportedFormatError",
    "best_batch",
    "best_replica",
    "carried",
    "column",
    "daily_curve",
    "erlang_c",
    "expected_tokens",
    "expert_imbalance",
    "frontier",
    "hourly_usd_per_token",
    "interval",
    "ladder",
    "load_engines",
    "load_formats",
    "mean_wait_s",
    "pools",
    "prefill_tok",
    "prefix_cached_fraction",
    "provision",
    "replicas_for",
    "serve_open",
    "serve_pools",
    "servers_for",
    "setup",
    "setup_with_kv_heads",
    "speculative_speedup",
    "static_batching_fraction",
    "token_cost",
    "usd_per_output_token",
    "verdict",
]

__getattr__, __dir__ = handing_on(__name__)
