"""What a kernel saves: the bytes of attention with its scores stored or fused, and what a faster part is worth.

A kernel is one program on the chip. Between two kernels every result goes out to memory and comes back. Fusing them
keeps it on the chip: the arithmetic is the same, the bytes are not.
"""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric


@checked
def attention_bytes_stored(prompt_tok: Numeric, q_heads: Numeric, head_dim: Numeric,
                           bytes_per_value: Numeric = 2.0) -> Numeric:
    """Memory traffic of attention over one prompt, one layer, when the scores are stored.

    Parameters
    ----------
    prompt_tok : numeric
        Length of the prompt. [token]
    q_heads : numeric
        Heads, each with keys and values of its own. [1]
    head_dim : numeric
        Channels per head. [1]
    bytes_per_value : numeric
        Bytes of one stored value. [B]

    Returns
    -------
    numeric
        Queries, keys and values read, the result written; scores written, read, weights written, read. [B]

    Notes
    -----
    The least that three separate kernels can move. Masks and dropout as kernels of their own add passes.

    References
    ----------
    Dao et al., "FlashAttention", arXiv:2205.14135, 2022, Algorithm 0.
    """
    return 4 * q_heads * prompt_tok * (head_dim + prompt_tok) * bytes_per_value


@checked
def attention_bytes_fused(prompt_tok: Numeric, q_heads: Numeric, head_dim: Numeric, query_tok: Numeric,
                          bytes_per_value: Numeric = 2.0) -> Numeric:
    """Memory traffic of the same attention in one kernel that never stores a score.

    Parameters
    ----------
    prompt_tok, q_heads, head_dim, bytes_per_value : numeric
        As in `attention_bytes_stored`.
    query_tok : numeric
        Queries held on the chip at once; see `query_tok_in_sram`. [token]

    Returns
    -------
    numeric
        Queries read and the result written once; keys and values read once for each block of queries. [B]

    Notes
    -----
    A second-level cache that serves several blocks at once lowers it; a causal mask skips half of the reading.
    """
    blocks = np.ceil(prompt_tok / query_tok)
    return 2 * q_heads * prompt_tok * head_dim * (1 + blocks) * bytes_per_value


@checked
def attention_bytes_keys_outside(prompt_tok: Numeric, q_heads: Numeric, head_dim: Numeric, key_tok: Numeric,
                                 bytes_per_value: Numeric = 2.0) -> Numeric:
    """Memory traffic of fused attention in the first version's order: keys and values outside, queries inside.

    Parameters
    ----------
    prompt_tok, q_heads, head_dim, bytes_per_value : numeric
        As in `attention_bytes_stored`.
    key_tok : numeric
        Keys and values held on the chip at once; as many as `query_tok_in_sram` says. [token]

    Returns
    -------
    numeric
        Keys and values read once; for each block of them all queries read, and the result so far read and written. [B]

    Notes
    -----
    The running maximum and sum, two numbers a row, are left out. A second-level cache lowers it.

    References
    ----------
    Dao et al., "FlashAttention", arXiv:2205.14135, 2022, Algorithm 1; version 2 (arXiv:2307.08691) turns the loops
    round, which is `attention_bytes_fused`.
    """
    blocks = np.ceil(prompt_tok / key_tok)
    return q_heads * prompt_tok * head_dim * (2 + 3 * blocks) * bytes_per_value


@checked
def query_tok_in_sram(sram_bytes: Numeric, head_dim: Numeric, bytes_per_value: Numeric = 2.0) -> Numeric:
    """Queries that fit beside their result and one equal block of keys and values.

    Parameters
    ----------
    sram_bytes : numeric
        Memory of one core of the chip. [B]
    head_dim : numeric
        Channels per head. [1]
    bytes_per_value : numeric
        Bytes of one value. [B]

    Returns
    -------
    numeric
        Whole queries, one at the least. [token]

    References
    ----------
    Dao et al., "FlashAttention", arXiv:2205.14135, 2022, Algorithm 1: blocks of a quarter of the memory.
    """
    return np.maximum(np.floor(sram_bytes / (4 * head_dim * bytes_per_value)), 1.0)


@checked
def end_to_end_speedup(part_fraction: Numeric, part_speedup: Numeric) -> Numeric:
    """Speed of the whole when one part of it becomes faster.

    Parameters
    ----------
    part_fraction : numeric
        Share of the time that the part took before. [1]
    part_speedup : numeric
        Its speed now over its speed before. [1]

    Returns
    -------
    numeric
        Speed of the whole over before; at most ``1 / (1 - part_fraction)``. [1]

    References
    ----------
    Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities", AFIPS 1967.
    """
    return 1 / (1 - part_fraction + part_fraction / part_speedup)


@checked
def part_fraction_behind(whole_speedup: Numeric, part_speedup: Numeric) -> Numeric:
    """Share of the time that a part must have taken, for its gain to speed the whole up as much as was seen.

    Parameters
    ----------
    whole_speedup, part_speedup : numeric
        Speed of the whole, and of the part, over before. [1]

    Returns
    -------
    numeric
        `end_to_end_speedup` read backwards; above 1 where the part alone cannot explain the gain, undefined (NaN)
        where the part is no faster. [1]
    """
    changed = part_speedup != 1
    return np.where(changed, (1 - 1 / whole_speedup) / np.where(changed, 1 - 1 / part_speedup, 1.0), np.nan)[()]
