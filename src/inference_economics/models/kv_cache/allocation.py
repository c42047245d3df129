"""What a cache takes up beside its contents: reservations, blocks, and prefixes kept once."""

from __future__ import annotations

import numpy as np

from ...quantities.checks import require
from ...quantities.limits import checked
from ...quantities.numeric import Numeric


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
