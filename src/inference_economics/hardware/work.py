"""What a step reads and computes: its bytes and FLOPs, for decode and for prefill."""

from __future__ import annotations

from dataclasses import dataclass

from ..models.flop import attention_flop_prefill, linear_flop, n_params_prefilled
from ..quantities.limits import Limited, checked
from ..quantities.numeric import Numeric


@dataclass(frozen=True, eq=False)
class Work(Limited):
    """What one step reads and computes.

    Parameters
    ----------
    param_bytes, kv_bytes : numeric
        Weights, and cache of the whole batch, read in the step. [B]
    flop : numeric
        Arithmetic. [FLOP]
    """

    param_bytes: Numeric
    kv_bytes: Numeric
    flop: Numeric


@checked
def decode_work(batch: Numeric, context_tok: Numeric, kv_bytes_per_token: Numeric, param_bytes: Numeric,
                n_params: Numeric) -> Work:
    """One decode step: a token more for every sequence.

    Parameters
    ----------
    batch : numeric
        Sequences decoded together. [1]
    context_tok : numeric
        Tokens in each sequence's cache. [token]
    kv_bytes_per_token : numeric
        Cache per token, all layers. [B/token]
    param_bytes : numeric
        Weights read in the step. [B]
    n_params : numeric
        Weights each token passes. [1]

    Returns
    -------
    Work
        For `bounds` and `estimate_s`.

    Notes
    -----
    ==============================  ==================================================
    assumed                         if false
    ==============================  ==================================================
    weights are read once per step  more, where experts or chunks are visited twice
    the cache is read once          slower with kernels that do not fuse attention
    no links, no launches           optimistic on many chips and for small models: see
                                    `links` and `calibration`
    no arithmetic of attention      its products are far below the ridge: reading the
                                    cache takes longer
    ==============================  ==================================================
    """
    return Work(param_bytes, batch * context_tok * kv_bytes_per_token, linear_flop(batch, n_params))


@checked(prompt_tok="[1, 1e9]")
def prefill_work(batch: Numeric, prompt_tok: Numeric, param_bytes: Numeric, n_params: Numeric, layers: Numeric,
                 attention_width: Numeric, n_params_head: Numeric, causal_fraction: Numeric = 0.5) -> Work:
    """Reading some prompts at once, attention included.

    Parameters
    ----------
    batch : numeric
        Prompts. [1]
    prompt_tok : numeric
        Tokens of each. [token]
    param_bytes, n_params : numeric
        Weights read; weights that a generated token passes, the output head among them. [B], [1]
    layers, attention_width : numeric
        Attention layers; query heads times head size. [1]
    n_params_head : numeric
        Those of `n_params` that only a prompt's last token passes: the output head, 0 for a stack that has none. [1]
    causal_fraction : numeric
        Share of the attention square that counts. [1]

    Returns
    -------
    Work
        For `bounds`; no cache is read from memory.

    Notes
    -----
    The arithmetic is that of `models.prefill_flop_per_token` for a model whose layers all see the whole prompt, but for
    half a token: the square of the prompt is halved here, and the mean is (P + 1) / 2 there.
    """
    flop = linear_flop(prompt_tok, n_params_prefilled(n_params, n_params_head, prompt_tok))
    return Work(param_bytes, 0.0,
                batch * (flop + attention_flop_prefill(prompt_tok, layers, attention_width, causal_fraction)))
