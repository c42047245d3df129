"""What a step cannot beat: arithmetic at the peak, memory at its bandwidth, links at theirs.

A step is `Work`, its bytes and FLOPs (see `work`), under a `Roof`, a bandwidth and a peak. A decode step reads all
weights once for everybody and each sequence's cache once for itself; prefill does arithmetic on many tokens per weight
read. Every time here is a bound, or becomes an estimate through a stated efficiency (`mfu`, `mbu`). `calibration` says
how far measured engines stay from these bounds, and why.

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

from ..models.flop import FLOP_PER_PARAM
from ..quantities.limits import Limited, checked
from ..quantities.numeric import Numeric
from .work import Work, decode_work, prefill_work

__all__ = ["Bounds", "Roof", "Work", "arithmetic_intensity", "attainable_flop_per_s", "bounds", "critical_batch",
           "decode_work", "estimate_s", "peak_share", "prefill_work", "ridge_flop_per_byte"]


@dataclass(frozen=True, eq=False)
class Roof(Limited):
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
