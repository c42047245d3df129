"""The key-value cache: how many bytes, how many sequences fit, and what allocation wastes.

Every function takes plain numbers and broadcasts. `of_model` and `sequences_that_fit` unpack a spec for convenience.
"""

from __future__ import annotations

import numpy as np

from ..quantities.checks import require, require_fraction, require_non_negative, require_positive, require_whole
from .spec import Model


def kv_values_per_token(layers, kv_heads, head_dim):
    """Values that one token leaves in the cache of plain attention: a key and a value per layer and key-value head.

    Parameters
    ----------
    layers, kv_heads, head_dim : numeric
        Attention layers, key-value heads (not query heads: the commonest published error), channels per head. [1]

    Returns
    -------
    numeric
        Values per token. [1/token]

    References
    ----------
    .. [1] Shazeer, "Fast Transformer Decoding: One Write-Head is All You Need", arXiv:1911.02150, 2019.
    .. [2] Ainslie et al., "GQA", arXiv:2305.13245, 2023.
    """
    require_positive(layers=layers, kv_heads=kv_heads, head_dim=head_dim)
    return 2 * layers * kv_heads * head_dim


def latent_values_per_token(layers, kv_lora, rope_dim):
    """Values that one token leaves in a latent-attention cache: one latent and one rotary key per layer, for all heads.

    Parameters
    ----------
    layers, kv_lora, rope_dim : numeric
        Layers, width of the compressed latent, width of the shared rotary key. [1]

    Returns
    -------
    numeric
        Values per token. [1/token]

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V2", arXiv:2405.04434, 2024, section 2.1.
    """
    require_positive(layers=layers, kv_lora=kv_lora)
    require_non_negative(rope_dim=rope_dim)
    return layers * (kv_lora + rope_dim)


def quantised_bytes_per_value(bits, group_values=np.inf, scale_bytes=2):
    """Bytes of one cached value when groups of values share a scale (and perhaps a zero point).

    Parameters
    ----------
    bits : numeric
        Bits kept per value, 1 to 32. [bit]
    group_values : numeric
        Values that share a scale; infinite for one scale per tensor. [1]
    scale_bytes : numeric
        Scale and zero point of a group together. [B]

    Returns
    -------
    numeric
        Bytes per value: 4 bits with a 2-byte scale per 32 values is 0.5625, not 0.5. [B]
    """
    require(1, 32, hint="give bits, not bytes.", bits=bits)
    require(1, np.inf, group_values=group_values)
    require_non_negative(scale_bytes=scale_bytes)
    return bits / 8 + scale_bytes / group_values


def kv_bytes_per_token(kv_values_per_token, bytes_per_value=2):
    """Cache written per token, all layers, keys and values.

    Parameters
    ----------
    kv_values_per_token : numeric
        Values per token over all layers. [1/token]
    bytes_per_value : numeric
        2 for bf16, 1 for fp8. [B]

    Returns
    -------
    numeric
        Bytes per token. [B/token]
    """
    require_non_negative(kv_values_per_token=kv_values_per_token)
    require(0, 8, open_low=True, hint="bytes per value: 2 for bf16, 1 for fp8.", bytes_per_value=bytes_per_value)
    return kv_values_per_token * bytes_per_value


def kv_bytes(context_tok, batch, kv_values_per_token_global, bytes_per_value=2, kv_values_per_token_window=0,
             window_tok=0, state_values=0):
    """Cache of a batch at a given context.

    Parameters
    ----------
    context_tok : numeric
        Tokens in each sequence, prompt and output together. [token]
    batch : numeric
        Sequences held. [1]
    kv_values_per_token_global, kv_values_per_token_window : numeric
        Values per token in layers that keep everything, and in layers that keep a window. [1/token]
    bytes_per_value : numeric
        Bytes of one cached value. [B]
    window_tok : numeric
        Length of the window. [token]
    state_values : numeric
        Fixed state of linear-attention layers. [1]

    Returns
    -------
    numeric
        Bytes, linear in batch and, past the window, in context. [B]

    Notes
    -----
    ===============================  ==================================================
    assumed                          if false
    ===============================  ==================================================
    no shared prefix                 less (see `shared_prefix_bytes`)
    windows are evicted at once      more; some engines keep whole blocks
    state kept at the cache's width  linear attention often keeps it in 4 bytes
    ===============================  ==================================================
    """
    require_non_negative(context_tok=context_tok, batch=batch, window_tok=window_tok, state_values=state_values,
                         kv_values_per_token_window=kv_values_per_token_window)
    growing = kv_bytes_per_token(kv_values_per_token_global, bytes_per_value) * context_tok
    local = kv_values_per_token_window * bytes_per_value * np.minimum(context_tok, window_tok)
    return batch * (growing + local + state_values * bytes_per_value)


def of_model(model: Model, context_tok, batch=1, bytes_per_value=2):
    """Cache of a model from the catalogue: windows and fixed state included.

    Parameters
    ----------
    model : Model
        What runs.
    context_tok, batch : numeric
        Tokens per sequence; sequences. [token], [1]
    bytes_per_value : numeric
        Bytes of one cached value. [B]

    Returns
    -------
    numeric
        Bytes. [B]
    """
    return kv_bytes(context_tok, batch, model.kv_values_per_token_global, bytes_per_value,
                    model.kv_values_per_token_window, model.window_tok, model.state_values)


# -- capacity ---------------------------------------------------------------------------------------------------------


def cache_room_bytes(hbm_bytes, param_bytes, n_chips=1, reserve_fraction=0.1):
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
    require(1e6, np.inf, open_high=True, hint="was it given in GB?", hbm_bytes=hbm_bytes)
    require_non_negative(param_bytes=param_bytes)
    require_whole(n_chips=n_chips)
    require_fraction(reserve_fraction=reserve_fraction)
    return np.maximum(n_chips * hbm_bytes * (1 - reserve_fraction) - param_bytes, 0)


def capacity_tok(room_bytes, kv_bytes_per_token):
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
    require_non_negative(room_bytes=room_bytes)
    require_positive(kv_bytes_per_token=kv_bytes_per_token)
    return np.floor(room_bytes / kv_bytes_per_token)


def capacity_sequences(room_bytes, kv_bytes_per_sequence):
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
    require_non_negative(room_bytes=room_bytes)
    require_positive(kv_bytes_per_sequence=kv_bytes_per_sequence)
    return np.floor(room_bytes / kv_bytes_per_sequence)


def sequences_that_fit(model: Model, hbm_bytes, context_tok, n_chips=1, bytes_per_param=2, bytes_per_value=2,
                       reserve_fraction=0.1):
    """Sequences of a given context that a group of chips holds beside the model's weights.

    Parameters
    ----------
    model : Model
        What runs.
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
    Assumes that the cache divides over the chips without copies. Tensor parallelism wider than the number of key-value
    heads copies heads, and latent attention copies its cache to every chip; both hold fewer.
    """
    require(0, 8, open_low=True, hint="bytes per parameter: 2 for bf16, 1 for fp8.", bytes_per_param=bytes_per_param)
    room = cache_room_bytes(hbm_bytes, model.n_params * bytes_per_param, n_chips, reserve_fraction)
    return capacity_sequences(room, of_model(model, context_tok, 1, bytes_per_value))


def context_where_cache_equals_weights(param_bytes, batch, kv_bytes_per_token):
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
    require_positive(param_bytes=param_bytes, batch=batch, kv_bytes_per_token=kv_bytes_per_token)
    return param_bytes / (batch * kv_bytes_per_token)


# -- allocation -------------------------------------------------------------------------------------------------------


def contiguous_waste_fraction(context_tok, max_context_tok):
    """Share of a contiguous reservation that holds nothing, when room is set aside for the longest sequence.

    Parameters
    ----------
    context_tok : numeric
        Tokens really held. [token]
    max_context_tok : numeric
        Tokens reserved per sequence. [token]

    Returns
    -------
    numeric
        Fraction of the reserved bytes. [1]

    References
    ----------
    .. [1] Kwon et al., "Efficient Memory Management for Large Language Model Serving with PagedAttention",
       arXiv:2309.06180, 2023, section 2.
    """
    require_positive(max_context_tok=max_context_tok)
    require_non_negative(context_tok=context_tok)
    require(-np.inf, 0, hint="context_tok exceeds max_context_tok.", overflow_tok=context_tok - max_context_tok)
    return 1 - context_tok / max_context_tok


def paged_tok(context_tok, block_tok):
    """Token slots that a paged cache holds for one sequence: whole blocks.

    Parameters
    ----------
    context_tok : numeric
        Tokens really held. [token]
    block_tok : numeric
        Tokens per block. [token]

    Returns
    -------
    numeric
        Slots. [token]
    """
    require_non_negative(context_tok=context_tok)
    require_whole(block_tok=block_tok)
    return np.ceil(context_tok / block_tok) * block_tok


def expected_block_waste_fraction(mean_context_tok, block_tok):
    """Expected share of a paged cache that holds nothing: the unfilled end of each sequence's last block.

    Parameters
    ----------
    mean_context_tok : numeric
        Mean tokens per sequence, at least 1. [token]
    block_tok : numeric
        Tokens per block. [token]

    Returns
    -------
    numeric
        Fraction of the allocated slots. [1]

    Notes
    -----
    Lengths are taken as evenly spread over the positions within a block, so that (block - 1) / 2 slots stay empty on
    average. True when lengths vary by much more than a block; lengths that are all multiples of the block waste none.
    """
    require(1, np.inf, open_high=True, mean_context_tok=mean_context_tok)
    require_whole(block_tok=block_tok)
    empty = (block_tok - 1) / 2
    return empty / (mean_context_tok + empty)


def shared_prefix_bytes(prefix_tok, context_tok, batch, kv_bytes_per_token):
    """Cache of a batch whose sequences begin with the same tokens, kept once.

    Parameters
    ----------
    prefix_tok : numeric
        Tokens in common. [token]
    context_tok : numeric
        Tokens per sequence, the prefix included. [token]
    batch : numeric
        Sequences. [1]
    kv_bytes_per_token : numeric
        Cache per token. [B/token]

    Returns
    -------
    numeric
        Bytes. [B]
    """
    require_non_negative(prefix_tok=prefix_tok, context_tok=context_tok, batch=batch)
    require_positive(kv_bytes_per_token=kv_bytes_per_token)
    require(0, np.inf, hint="prefix_tok exceeds context_tok.", own_tok=context_tok - prefix_tok)
    # an empty batch holds no prefix either
    return kv_bytes_per_token * (np.minimum(batch, 1) * prefix_tok + batch * (context_tok - prefix_tok))


def shared_prefix_saving(prefix_tok, context_tok, batch):
    """Share of the cache that prefix sharing saves.

    Parameters
    ----------
    prefix_tok, context_tok : numeric
        Tokens in common, and tokens per sequence with them. [token]
    batch : numeric
        Sequences that share, at least 1. [1]

    Returns
    -------
    numeric
        Fraction of the unshared cache: tends to prefix / context as the batch grows. [1]
    """
    require_positive(context_tok=context_tok)
    require(1, np.inf, open_high=True, batch=batch)
    return 1 - shared_prefix_bytes(prefix_tok, context_tok, batch, 1.0) / (batch * context_tok)
