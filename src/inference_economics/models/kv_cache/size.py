"""How many bytes a cache takes, in plain numbers that broadcast; `of_model` adds up the parts of a model."""

from __future__ import annotations

import numpy as np

from ...quantities.limits import checked
from ...quantities.numeric import Numeric
from ..architecture import Architecture
from ..spec import model_of

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
def kv_bytes(context_tok: Numeric, batch: Numeric, kv_values_per_token: Numeric,
             bytes_per_value: Numeric = 2) -> Numeric:
    """Cache of a batch at a given context, in layers that keep every token.

    Parameters
    ----------
    context_tok : numeric
        Tokens in each sequence, prompt and output together. [token]
    batch : numeric
        Sequences held. [1]
    kv_values_per_token : numeric
        Values per token over all layers. [1/token]
    bytes_per_value : numeric
        Bytes of one cached value. [B]

    Returns
    -------
    numeric
        Bytes, linear in batch and in context: without a prefix that sequences share (see `shared_prefix_bytes`). [B]
    """
    return batch * (kv_bytes_per_token(kv_values_per_token, bytes_per_value) * context_tok)


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
        Bytes of one cached value, and of one value of the fixed state, which a short format of the cache does not
        shrink. [B]

    Returns
    -------
    numeric
        Bytes, each value once: what tensor parallelism copies is not counted twice. [B]

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
    model = model_of(model)
    kept = kv_bytes(context_tok, batch, model.kv_values_per_token_global, bytes_per_value)
    keys = kv_bytes(context_tok, batch, model.indexer_values_per_token, INDEXER_BYTES_PER_VALUE)
    windowed = kv_bytes(np.minimum(context_tok, model.window_tok), batch, model.kv_values_per_token_window,
                        bytes_per_value)
    return kept + keys + windowed + batch * (model.state_values * bytes_per_state_value)
