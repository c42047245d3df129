"""The key-value cache: how many bytes, how many sequences fit, and what allocation wastes.

Every function takes plain numbers and broadcasts. `of_model` and `sequences_that_fit` unpack a spec for convenience.
The size of a cache is computed in `kv_bytes`, and nowhere else.
"""

from __future__ import annotations

import numpy as np

from ..quantities.checks import require
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from .architecture import Architecture
from .spec import model_of

# An indexer keeps its keys in fp8, with a scale of 4 bytes to 128 values: 132 bytes a layer and token. Of vLLM,
# vllm/model_executor/models/deepseek_v2.py (Indexer: head_dim + head_dim // quant_block_size * 4).
INDEXER_BYTES_PER_VALUE = 1 + 4 / 128
STATE_BYTES_PER_VALUE = 2.0


@checked
def kv_values_per_token(layers: Numeric, kv_heads: Numeric, head_dim: Numeric) -> Numeric:
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
    return 2 * layers * kv_heads * head_dim


@checked
def latent_values_per_token(layers: Numeric, kv_lora: Numeric, rope_dim: Numeric) -> Numeric:
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
    return layers * (kv_lora + rope_dim)


@checked
def quantised_bytes_per_value(bits: Numeric, group_values: Numeric = np.inf, scale_bytes: Numeric = 2) -> Numeric:
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
    return bits / 8 + scale_bytes / group_values


@checked
def kv_bytes_per_token(kv_values_per_token: Numeric, bytes_per_value: Numeric = 2) -> Numeric:
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
    return kv_values_per_token * bytes_per_value


@checked
def kv_bytes(context_tok: Numeric, batch: Numeric, kv_values_per_token_global: Numeric, bytes_per_value: Numeric = 2,
             kv_values_per_token_window: Numeric = 0, window_tok: Numeric = 0, state_values: Numeric = 0,
             bytes_per_state_value: Numeric = STATE_BYTES_PER_VALUE, indexer_values_per_token: Numeric = 0) -> Numeric:
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
        Fixed state of linear-attention and Mamba layers. [1]
    bytes_per_state_value : numeric
        Bytes of one value of that state, which a short format of the cache does not shrink. [B]
    indexer_values_per_token : numeric
        Values of the keys that the indexer of a sparse attention keeps, at `INDEXER_BYTES_PER_VALUE`. [1/token]

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
    state kept in 2 bytes            more; some engines keep its recurrent part in 4
    ===============================  ==================================================
    """
    growing = (kv_values_per_token_global * bytes_per_value + indexer_values_per_token * INDEXER_BYTES_PER_VALUE)
    local = kv_values_per_token_window * bytes_per_value * np.minimum(context_tok, window_tok)
    return batch * (growing * context_tok + local + state_values * bytes_per_state_value)


@checked
def of_model(model: Architecture | str, context_tok: Numeric, batch: Numeric = 1, bytes_per_value: Numeric = 2,
             bytes_per_state_value: Numeric = STATE_BYTES_PER_VALUE) -> Numeric:
    """Cache of a model: windows, fixed state and an indexer's keys included.

    Parameters
    ----------
    model : Model, Architecture or str
        What runs; a slug of the catalogue, or a model of your own.
    context_tok, batch : numeric
        Tokens per sequence; sequences. [token], [1]
    bytes_per_value, bytes_per_state_value : numeric
        Bytes of one cached value, and of one value of the fixed state. [B]

    Returns
    -------
    numeric
        Bytes, each value once: what tensor parallelism copies is not counted twice. [B]
    """
    model = model_of(model)
    return kv_bytes(context_tok, batch, model.kv_values_per_token_global, bytes_per_value,
                    model.kv_values_per_token_window, model.window_tok, model.state_values, bytes_per_state_value,
                    model.indexer_values_per_token)


# -- capacity ---------------------------------------------------------------------------------------------------------


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


# -- allocation -------------------------------------------------------------------------------------------------------


@checked
def contiguous_waste_fraction(context_tok: Numeric, max_context_tok: Numeric) -> Numeric:
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
    require(-np.inf, 0, hint="context_tok exceeds max_context_tok.", overflow_tok=context_tok - max_context_tok)
    return 1 - context_tok / max_context_tok


@checked
def paged_tok(context_tok: Numeric, block_tok: Numeric) -> Numeric:
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
    return np.ceil(context_tok / block_tok) * block_tok


@checked
def expected_block_waste_fraction(mean_context_tok: Numeric, block_tok: Numeric) -> Numeric:
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
    empty = (block_tok - 1) / 2
    return empty / (mean_context_tok + empty)


@checked(kv_bytes_per_token="(0, 1e9]")
def shared_prefix_bytes(prefix_tok: Numeric, context_tok: Numeric, batch: Numeric,
                        kv_bytes_per_token: Numeric) -> Numeric:
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
    require(0, np.inf, hint="prefix_tok exceeds context_tok.", own_tok=context_tok - prefix_tok)
    # an empty batch holds no prefix either
    return kv_bytes_per_token * (np.minimum(batch, 1) * prefix_tok + batch * (context_tok - prefix_tok))


@checked(context_tok="(0, 1e9]", batch="[1, 1e9]")
def shared_prefix_saving(prefix_tok: Numeric, context_tok: Numeric, batch: Numeric) -> Numeric:
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
    return 1 - shared_prefix_bytes(prefix_tok, context_tok, batch, 1.0) / (batch * context_tok)
