"""A copy of a model whose prompts begin as earlier ones did: less to read, as much to remember."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..serving.batching import prefill_tok
from ..serving.setups import Setup

_BY_TOKEN = ("cache_bytes_per_tok", "sparse_bytes_per_tok", "window_bytes_per_tok", "indexer_bytes_per_tok",
             "decode_pair_flop_global", "decode_pair_flop_sparse", "decode_pair_flop_window",
             "decode_indexer_pair_flop")
_LIMITS = ("window_tok", "attend_tok")
_PAIRS = ("pair_flop_global", "pair_flop_sparse", "pair_flop_window", "indexer_pair_flop")


@checked
def with_cached_prefix(s: Setup, prompt_tok: Numeric, output_tok: Numeric, cached_fraction: Numeric) -> Setup:
    """Return the setup as one whose prompts are the unread part alone, each token of which stands for several.

    Parameters
    ----------
    s : Setup
        Model and chip.
    prompt_tok, output_tok : numeric
        Mean lengths of whole prompts and of answers. [token]
    cached_fraction : numeric
        Share of a prompt whose cache is there already. [1]

    Returns
    -------
    Setup
        To be served prompts of `batching.prefill_tok` tokens.

    Notes
    -----
    A copy is searched for a load of prompts and answers. With part of each prompt in the cache, it reads less and holds
    as much: so the unread tokens and the answer carry the bytes of the whole context, and each unread token attends to
    all that came before it. Exact for memory; a step of decoding reads up to a tenth too little, because tokens of the
    answer carry as much as those of the prompt. Sequences that share a beginning would share its bytes; here they do
    not.
    """
    unread = prefill_tok(prompt_tok, cached_fraction)
    heavier = (prompt_tok + output_tok) / (unread + output_tok)
    pairs = np.maximum(2 * prompt_tok / unread - 1, 1.0)
    values = {one.name: getattr(s, one.name) for one in fields(Setup)}
    values |= {name: values[name] * heavier for name in _BY_TOKEN}
    values |= {name: values[name] / heavier for name in _LIMITS}
    values |= {name: values[name] * pairs for name in _PAIRS}
    return Setup(**values)
