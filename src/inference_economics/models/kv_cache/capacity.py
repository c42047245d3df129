"""What fits: the room that weights leave in memory, and the tokens or sequences that it holds."""

from __future__ import annotations

import numpy as np

from ...quantities.limits import checked
from ...quantities.numeric import Numeric
from ..architecture import Architecture
from ..spec import model_of
from .size import of_model


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


@checked(kv_bytes_per_token="(0, 1e9]")
def capacity_tok(room_bytes: Numeric, kv_bytes_per_token: Numeric) -> Numeric:
    """Tokens of plain cache that fit in the room, over all sequences together.

    Parameters
    ----------
    room_bytes : numeric
        Memory for the cache. [B]
    kv_bytes_per_token : numeric
        Cache per token. [B/token]

    Returns
    -------
    numeric
        Whole tokens. [token]
    """
    return np.floor(room_bytes / kv_bytes_per_token)


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


@checked
def sequences_that_fit(model: Architecture | str, hbm_bytes: Numeric, context_tok: Numeric, n_chips: Numeric = 1,
                       bytes_per_param: Numeric = 2, bytes_per_value: Numeric = 2,
                       reserve_fraction: Numeric = 0.1) -> Numeric:
    """Sequences of a given context that a group of chips holds beside the model's weights: an estimate.

    Parameters
    ----------
    model : Model, Architecture or str
        What runs; a slug of the catalogue, or a model of your own.
    hbm_bytes : numeric
        Memory of one chip. [B]
    context_tok : numeric
        Tokens per sequence. [token]
    n_chips : numeric
        Chips that hold one copy of the model. [1]
    bytes_per_param, bytes_per_value : numeric
        Bytes of one weight and of one cached value. [B]
    reserve_fraction : numeric
        Kept back for activations and workspace. [1]

    Returns
    -------
    numeric
        Whole sequences. [1]

    Notes
    -----
    No bound in either direction. An engine may keep less than `reserve_fraction` back, and then holds more:
    `serving.Deployment.capacity` takes the share of memory that was fitted. Left out, and each makes it fewer: copies
    of the cache (tensor parallelism wider than the number of key-value heads copies heads, and a latent cache goes to
    every chip); weights that stay in 16 bits beside quantised ones; what an engine itself takes; blocks that are not
    full.
    """
    model = model_of(model)
    room = cache_room_bytes(hbm_bytes, model.n_params * bytes_per_param, n_chips, reserve_fraction)
    return capacity_sequences(room, of_model(model, context_tok, 1, bytes_per_value))


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
