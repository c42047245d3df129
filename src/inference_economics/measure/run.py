"""Measure this machine, and the reference decoder against this machine's own roofline.

    python -m inference_economics.measure

Three questions. How fast does memory stream? How fast do matrices multiply: by the library numpy calls, by a plain
compiled loop, by a Python loop? And given the first two, how long should a decode step take, and how long does it?
The prediction is `roofline.bounds` at the measured bandwidth and rate. The gap is what software costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from ..decoder.config import Config, shapes
from ..decoder.decoder import Decoder
from ..hardware import roofline
from ..quantities import units
from ..quantities.checks import require_positive
from .plan import FLOAT_BYTES, Plan, plan_for
from .probe import bandwidth, free_bytes, machine, matrix_rates, times_s


def decoder_of(config: Config) -> Decoder:
    """Return a decoder with random weights, drawn in float32 to halve the memory it takes."""
    rng = np.random.default_rng(0)
    scale = np.float32(config.hidden**-0.5)
    return Decoder(config, {name: rng.standard_normal(shape, dtype=np.float32) * scale
                            for name, shape in shapes(config).items()})


def decode_row(decoder: Decoder, batch: int, plan: Plan, read_bytes_per_s: float,
               flop_per_s: float) -> dict[str, float]:
    """Time one decode step and predict it.

    Parameters
    ----------
    decoder : Decoder
        What runs.
    batch : int
        Sequences. [1]
    plan : Plan
        Context and repeats.
    read_bytes_per_s, flop_per_s : float
        This machine's own, measured. [B/s], [FLOP/s]

    Returns
    -------
    dict
        Batch, KV heads, context, the step's bound with reading and arithmetic overlapped, the bound with one after the
        other, the fastest and the median measured time [s], and fastest over bound.
    """
    config = decoder.config
    cache = decoder.cache(batch, plan.context_tok + plan.repeats + 1)
    cache.pretend(plan.context_tok)
    tokens = np.arange(batch) % config.vocab
    times = times_s(lambda: decoder.step(tokens, cache), plan.repeats)
    measured = float(times.min())
    # the embedding is looked up, not multiplied with
    n_params = config.n_params - config.vocab * config.hidden
    kv_bytes_per_token = config.kv_values_per_token * cache.bytes_per_value
    work = roofline.decode_work(batch, plan.context_tok, kv_bytes_per_token, FLOAT_BYTES * n_params, n_params)
    bounds = roofline.bounds(work, roofline.Roof(read_bytes_per_s, flop_per_s))
    return {"batch": batch, "kv_heads": config.kv_heads, "context_tok": plan.context_tok,
            "n_params": config.n_params, "kv_bytes": cache.used_bytes,
            "bound_s": float(bounds.overlapped_s), "serial_s": float(bounds.serial_s), "measured_s": measured,
            "median_s": float(np.median(times)), "ratio": measured / float(bounds.overlapped_s)}


def run(plan: Plan | None = None, *, memory_bytes: float | None = None, limit_s: float = 180.0,
        progress: Callable[[str], object] = print) -> dict[str, Any]:
    """Measure everything.

    Parameters
    ----------
    plan : Plan, optional
        What to measure. Default: what fits.
    memory_bytes : float, optional
        Most memory to use. Default: half of what is free, and at most 8 GB. [B]
    limit_s : float
        No part is started after this time. [s]
    progress : callable
        Called with a line of text before each part.

    Returns
    -------
    dict
        ``machine``, ``plan``, ``bandwidth`` [B/s], ``matmul`` [FLOP/s], ``decode`` (one entry per KV head count and
        batch) and ``left_out``, the entries there was no time for.
    """
    require_positive(limit_s=limit_s)
    memory_bytes = min(8e9, free_bytes() / 2) if memory_bytes is None else memory_bytes
    require_positive(memory_bytes=memory_bytes)
    plan = plan or plan_for(memory_bytes)
    if plan.need_bytes > memory_bytes:
        raise ValueError(f"this plan needs {units.text(plan.need_bytes, 'B')}, more than "
                         f"memory_bytes={units.text(memory_bytes, 'B')}.")
    start = time.perf_counter()
    progress(f"Memory: streaming {units.text(plan.array_bytes, 'B')}")
    report: dict[str, Any] = {"machine": machine(), "plan": asdict(plan)}
    report["bandwidth"] = bandwidth(plan.array_bytes, plan.repeats)
    progress("Matrices: library, compiled loop, Python loop")
    report["matmul"] = matrix_rates(plan)
    read = max(report["bandwidth"]["dot"], report["bandwidth"]["gemv"])
    report["decode"], report["left_out"] = [], []
    for kv_heads in plan.kv_heads:
        decoder = None
        for batch in plan.batches:
            if time.perf_counter() - start > limit_s:
                report["left_out"].append({"kv_heads": kv_heads, "batch": batch})
                continue
            progress(f"Decoder: KV heads {kv_heads}, batch {batch}")
            decoder = decoder or decoder_of(plan.config(kv_heads))
            report["decode"].append(decode_row(decoder, batch, plan, read, report["matmul"]["library"]))
    return report
