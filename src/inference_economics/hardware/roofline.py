"""What a step cannot beat: arithmetic at the peak, memory at its bandwidth, links at theirs.

A step is `Work`, its bytes and FLOPs, under a `Roof`, a bandwidth and a peak; `decode_work` and `prefill_work` say what
a step of a model is. A decode step reads all weights once for everybody and each sequence's cache once for itself;
prefill does arithmetic on many tokens per weight read. Every time here is a bound, or becomes an estimate through a
stated efficiency (`mfu`, `mbu`). `calibration` says how far measured engines stay from these bounds, and why.

References
----------
.. [1] Williams, Waterman, Patterson, "Roofline: an insightful visual performance model", CACM 52(4), 2009.
.. [2] Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022.
.. [3] Austin et al., "How to Scale Your Model", Google DeepMind, 2025, chapters on inference.
.. [4] Zhu et al., "NanoFlow: Towards Optimal Large Language Model Serving Throughput", arXiv:2408.12757, 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..models.flop import FLOP_PER_PARAM, attention_flop_prefill, linear_flop, n_params_prefilled
from ..quantities.limits import checked, checked_fields
from ..quantities.numeric import Numeric


@dataclass(frozen=True, eq=False)
class Roof:
    """The two rates of a machine: what its chips read and what they compute, all together.

    Parameters
    ----------
    hbm_bytes_per_s, flop_per_s : numeric
        Bandwidth, and dense peak of the format the arithmetic runs in. [B/s], [FLOP/s]
    mfu, mbu : numeric
        Share of peak and of bandwidth reached; 1 gives bounds, less gives estimates. [1]
    """

    hbm_bytes_per_s: Numeric
    flop_per_s: Numeric
    mfu: Numeric = 1.0
    mbu: Numeric = 1.0

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


@dataclass(frozen=True, eq=False)
class Work:
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

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


class Bounds(NamedTuple):
    """A time between perfect overlap of reading and arithmetic, and none at all.

    Parameters
    ----------
    overlapped_s : numeric
        The slower of the two. No machine is faster. [s]
    serial_s : numeric
        One after the other: at most twice as long. [s]
    """

    overlapped_s: Numeric
    serial_s: Numeric


@checked
def arithmetic_intensity(flop: Numeric, moved_bytes: Numeric) -> Numeric:
    """Arithmetic per byte moved.

    Parameters
    ----------
    flop : numeric
        Arithmetic. [FLOP]
    moved_bytes : numeric
        Traffic between memory and chip; with none the intensity is infinite. [B]

    Returns
    -------
    numeric
        Intensity. [FLOP/B]
    """
    return np.where(moved_bytes > 0, flop / np.where(moved_bytes > 0, moved_bytes, 1.0), np.inf)


@checked
def ridge_flop_per_byte(flop_per_s: Numeric, hbm_bytes_per_s: Numeric) -> Numeric:
    """Intensity at which arithmetic and memory take equally long.

    Parameters
    ----------
    flop_per_s : numeric
        Dense peak. [FLOP/s]
    hbm_bytes_per_s : numeric
        Memory bandwidth. [B/s]

    Returns
    -------
    numeric
        Ridge point. [FLOP/B]
    """
    return flop_per_s / hbm_bytes_per_s


@checked
def attainable_flop_per_s(intensity: Numeric, flop_per_s: Numeric, hbm_bytes_per_s: Numeric) -> Numeric:
    """The roofline: arithmetic rate at a given intensity.

    Parameters
    ----------
    intensity : numeric
        Arithmetic per byte. [FLOP/B]
    flop_per_s, hbm_bytes_per_s : numeric
        Dense peak and memory bandwidth. [FLOP/s], [B/s]

    Returns
    -------
    numeric
        Upper bound of the rate. [FLOP/s]
    """
    return np.minimum(flop_per_s, intensity * hbm_bytes_per_s)


@checked
def peak_share(flop: Numeric, moved_bytes: Numeric, flop_per_s: Numeric, hbm_bytes_per_s: Numeric) -> Numeric:
    """Share of the arithmetic peak that some work can reach, by the roofline.

    Parameters
    ----------
    flop, moved_bytes : numeric
        Arithmetic, and traffic between memory and chip. [FLOP], [B]
    flop_per_s, hbm_bytes_per_s : numeric
        Dense peak and memory bandwidth. [FLOP/s], [B/s]

    Returns
    -------
    numeric
        Upper bound of the share: what arithmetic takes over the slower of arithmetic and traffic. [1]
    """
    return np.minimum(arithmetic_intensity(flop, moved_bytes) / ridge_flop_per_byte(flop_per_s, hbm_bytes_per_s), 1.0)


@checked
def critical_batch(flop_per_s: Numeric, hbm_bytes_per_s: Numeric, bytes_per_param: Numeric = 2.0) -> Numeric:
    """Sequences at which the matrix work of a decode step takes as long as reading the weights.

    Parameters
    ----------
    flop_per_s : numeric
        Dense peak of the format the arithmetic runs in. [FLOP/s]
    hbm_bytes_per_s : numeric
        Memory bandwidth. [B/s]
    bytes_per_param : numeric
        Bytes of one stored weight, which may be narrower than the arithmetic. [B]

    Returns
    -------
    numeric
        Critical batch. Below it, one more sequence is almost free. [1]

    Notes
    -----
    The cache is left out: its reading grows with every sequence and no batch makes it worth while. In a mixture of
    experts each expert sees only its share of the batch, so the batch must be larger by experts over active experts.
    """
    return flop_per_s * bytes_per_param / (FLOP_PER_PARAM * hbm_bytes_per_s)


# -- prefill and decode -----------------------------------------------------------------------------------------------


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


def _parts_s(work: Work, roof: Roof) -> tuple[Numeric, Numeric, Numeric]:
    """Cache read, weights read, arithmetic done [s]."""
    read_bytes_per_s = roof.hbm_bytes_per_s * roof.mbu
    return (work.kv_bytes / read_bytes_per_s, work.param_bytes / read_bytes_per_s,
            work.flop / (roof.flop_per_s * roof.mfu))


@checked
def bounds(work: Work, roof: Roof) -> Bounds:
    """Bounds of one step, or estimates at the roof's efficiencies.

    Parameters
    ----------
    work, roof : Work, Roof
        What is read and computed, and the rates at which that happens.

    Returns
    -------
    Bounds
        All reading under all arithmetic, and everything in turn. [s]

    Notes
    -----
    The first is max((cache + weights) / bandwidth, arithmetic / peak): memory and arithmetic are different parts of a
    chip, and engines overlap them on purpose [4]_. `estimate_s` lies between the two.
    """
    cache_s, weights_s, compute_s = _parts_s(work, roof)
    return Bounds(np.maximum(cache_s + weights_s, compute_s), cache_s + weights_s + compute_s)


@checked
def estimate_s(work: Work, roof: Roof) -> Numeric:
    """Estimate of one step by the scaling book [3]_: the cache, then weights under arithmetic.

    Parameters
    ----------
    work, roof : Work, Roof
        As in `bounds`.

    Returns
    -------
    numeric
        Time of the step. [s]

    Notes
    -----
    No bound: attention reads the cache before a layer's matrices run, but a machine that overlaps one request's
    attention with another's matrices is faster [4]_. Never below the first of `bounds`, and equal to it while reading
    the weights takes longer than the arithmetic. For the quiz of [3]_: 2.57 ms at a batch of 4, 21.05 at 256.
    """
    cache_s, weights_s, compute_s = _parts_s(work, roof)
    return cache_s + np.maximum(weights_s, compute_s)
