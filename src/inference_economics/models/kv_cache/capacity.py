"""What fits: the room that weights leave in memory, and the sequences that it holds."""

from __future__ import annotations

import numpy as np

from ...quantities.limits import checked
from ...quantities.numeric import Numeric


@checked(n_chips="[1, 1e9] whole")
def cache_room_bytes(hbm_bytes: Numeric, param_bytes: Numeric, n_chips: Numeric = 1,
                     reserve_fraction: Numeric = 0.1) -> Numeric:
    """Memory left for the cache once weights and a reserve are taken.

    Parameters
    ----------
    hbm_bytes : numeric
        Memory of one chip. [B]
    param_bytes : numeric
        All weights, spread over the chips. [B]
    n_chips : numeric
        Chips that hold one copy of the model. [1]
    reserve_fraction : numeric
        Kept back for activations, workspace and fragmentation. [1]

    Returns
    -------
    numeric
        Bytes, zero when the weights alone do not fit. [B]
    """
    return np.maximum(n_chips * hbm_bytes * (1 - reserve_fraction) - param_bytes, 0)


@checked(kv_bytes_per_sequence="(0, 1e16]")
def capacity_sequences(room_bytes: Numeric, kv_bytes_per_sequence: Numeric) -> Numeric:
    """Sequences that fit in the room.

    Parameters
    ----------
    room_bytes : numeric
        Memory for the cache. [B]
    kv_bytes_per_sequence : numeric
        Cache of one sequence at its full context. [B]

    Returns
    -------
    numeric
        Whole sequences; zero means that not one user can be served. [1]
    """
    return np.floor(room_bytes / kv_bytes_per_sequence)


@checked(param_bytes="(0, 1e16]", batch="(0, 1e9]", kv_bytes_per_token="(0, 1e9]")
def context_where_cache_equals_weights(param_bytes: Numeric, batch: Numeric, kv_bytes_per_token: Numeric) -> Numeric:
    """Context at which the cache of a batch is as large as the weights.

    Parameters
    ----------
    param_bytes : numeric
        Weights. [B]
    batch : numeric
        Sequences. [1]
    kv_bytes_per_token : numeric
        Cache per token. [B/token]

    Returns
    -------
    numeric
        Tokens per sequence. [token]
    """
    return param_bytes / (batch * kv_bytes_per_token)


@checked(kv_bytes_per_sequence="(0, 1e16]")
def hold_limit_s(recompute_s: Numeric, room_bytes: Numeric, kv_bytes_per_sequence: Numeric) -> Numeric:
    """Idle time after which a cache that is held has cost as much of a full machine as computing it again.

    Parameters
    ----------
    recompute_s : numeric
        Time that the whole machine takes to compute the cache again. [s]
    room_bytes : numeric
        Memory for the cache. [B]
    kv_bytes_per_sequence : numeric
        Cache of the sequence that waits, with the copies that the chips keep of it. [B]

    Returns
    -------
    numeric
        A waiting cache takes its share of the room, and computing it takes all of the machine. [s]

    Notes
    -----
    Counts only where the room is wanted by others: on a machine with room to spare, holding costs nothing.
    """
    return recompute_s * room_bytes / kv_bytes_per_sequence
