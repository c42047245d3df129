"""What serving engines do unless they are told otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import catalog


@dataclass(frozen=True)
class Engine(catalog.Recorded):
    """What an engine does unless it is told otherwise; see the head of ``catalog/engines.toml`` for the fields."""

    name: str
    title: str
    version: str
    cache_format: str
    cache_from_checkpoint: bool
    chunked_prefill: bool
    memory_fraction: float | None = None
    memory_of: str = ""
    reserve_base_mib: float = 0
    reserve_mib_per_chunk_tok: float = 0
    reserve_mib_per_graph_sequence: float = 0
    reserve_mib_per_chip: float = 0
    reserve_min_mib: float = 0
    reserve_min_above_gib: float = 0
    graph_sequences: tuple[Any, ...] = ()
    graph_sequences_tp4: tuple[Any, ...] = ()
    chunks: tuple[Any, ...] = ()
    max_sequences: tuple[Any, ...] = ()
    block_tok: int = 1
    prefix_cache: bool = False
    context_parallel_flag: str = ""


@cache
def load_engines() -> dict[str, Engine]:
    """Return the engines of the catalogue, by slug."""
    return catalog.build_all(Engine, catalog.path("engines.toml"))
