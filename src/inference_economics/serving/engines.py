"""What serving engines do unless they are told otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .. import catalog
from ..quantities.checks import lookup
from ..quantities.numeric import Numeric

TYPICAL = "typical"  # the mean of the engines that have a rule


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
    reserve_basis: str = ""
    admits: str = ""
    reserve_source: str = ""
    graph_sequences: tuple[Any, ...] = ()
    chunks: tuple[Any, ...] = ()
    max_sequences: tuple[Any, ...] = ()
    block_tok: int = 1
    prefix_cache: bool = False
    context_parallel_flag: str = ""


@cache
def load_engines() -> dict[str, Engine]:
    """Return the engines of the catalogue, by slug."""
    return catalog.build_all(Engine, catalog.path("engines.toml"))


MIB = 2**20


def memory_rule(engine: str, hbm_bytes: float | None) -> dict[str, Numeric]:
    """Return what an engine does with a chip's memory unless it is told otherwise.

    Parameters
    ----------
    engine : str
        A row of ``catalog/engines.toml`` that has a rule, or ``typical``: the mean of those rows.
    hbm_bytes : float or None
        Memory of the chip; None, which nothing runs on, is taken as none. [B]

    Returns
    -------
    dict
        ``memory_share``, ``cache_share``, ``held_share``, ``reserve_bytes`` and ``reserve_bytes_per_chip``, as in
        `Constants`.

    Raises
    ------
    ValueError
        For an engine without a rule.
    """
    ruled = {name: row for name, row in load_engines().items() if row.memory_of}
    if engine == TYPICAL:
        rules = [memory_rule(name, hbm_bytes) for name in ruled]
        return {key: sum(rule[key] for rule in rules) / len(rules) for key in rules[0]}
    row = lookup("engine with a rule for memory", engine, ruled)
    gib = (0.0 if hbm_bytes is None else hbm_bytes) / (1024 * MIB)

    def at(steps: tuple[Any, ...]) -> Numeric:
        found: Numeric = 0.0
        for start, value in steps:
            found = np.where(gib >= start, float(value), found)[()]
        return found

    kept = (row.reserve_base_mib + row.reserve_mib_per_chunk_tok * at(row.chunks)
            + row.reserve_mib_per_graph_sequence * at(row.graph_sequences))
    share = row.memory_fraction or 1.0
    return {"memory_share": share if row.memory_of == "total" else 1.0,
            "cache_share": share if row.memory_of == "free" else 1.0,
            "held_share": 1.0 if row.admits == "whole" else 0.5,
            "reserve_bytes": kept * MIB, "reserve_bytes_per_chip": row.reserve_mib_per_chip * MIB}
