"""Measure this machine, and the reference decoder against this machine's own roofline.

    python -m inference_economics.measure

Three questions. How fast does memory stream? How fast do matrices multiply: by the library numpy calls, by a plain
compiled loop, by a Python loop? And given the first two, how long should a decode step take, and how long does it?
The prediction is `roofline.decode_step_bounds` at the measured bandwidth and rate. The gap is what software costs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ._probe import FLOAT_BYTES, bandwidth, free_bytes, machine, matrix_rates, times_s
from .decoder import Decoder
from .decoder_config import Config, shapes
from .hardware import roofline
from .quantities import units
from .quantities.checks import require_positive, require_whole


@dataclass(frozen=True)
class Plan:
    """What to measure, and how large.

    Parameters
    ----------
    array_bytes : int
        Array that is streamed; several times the last cache, or the cache is measured. [B]
    library_n, compiled_n, python_n : int
        Side of the square matrices for each way to multiply. [1]
    layers, hidden, q_heads, head_dim, ffn_hidden, vocab : int
        Shape of the decoder. [1]
    kv_heads, batches : tuple of int
        Key-value heads and batch sizes to try; each must divide `q_heads`, as ever. [1]
    context_tok : int
        Tokens in the cache. [token]
    repeats : int
        Runs of each, after one that does not count. The fastest stands: it was disturbed least. [1]
    """

    array_bytes: int = 1 << 30
    library_n: int = 2048
    compiled_n: int = 384
    python_n: int = 64
    layers: int = 12
    hidden: int = 1024
    q_heads: int = 16
    head_dim: int = 64
    ffn_hidden: int = 4096
    vocab: int = 1024
    kv_heads: tuple[int, ...] = (16, 4, 1)
    batches: tuple[int, ...] = (1, 4, 16)
    context_tok: int = 1024
    repeats: int = 5

    def __post_init__(self):
        """Refuse sizes that measure nothing."""
        numbers = {name: value for name, value in asdict(self).items() if not isinstance(value, tuple)}
        require_whole(**numbers)
        require_whole(hint="give at least one.", kv_heads=list(self.kv_heads) or 0, batches=list(self.batches) or 0)
        for kv_heads in self.kv_heads:
            self.config(kv_heads)

    def config(self, kv_heads) -> Config:
        """Return the decoder's shape with this many key-value heads."""
        return Config(self.layers, self.hidden, self.q_heads, kv_heads, self.head_dim, self.ffn_hidden, self.vocab)

    @property
    def need_bytes(self) -> int:
        """Memory that the largest part takes [B]."""
        config = self.config(max(self.kv_heads))
        cache = max(self.batches) * (self.context_tok + self.repeats + 1) * config.kv_values_per_token
        matrices = 3 * self.library_n**2
        # a tenth more for activations and the interpreter's own
        return int(1.1 * max(2 * self.array_bytes, FLOAT_BYTES * max(config.n_params + cache, matrices)))


FULL = Plan()
SMALL = Plan(array_bytes=1 << 27, library_n=1024, compiled_n=192, layers=4, hidden=512, q_heads=8, ffn_hidden=2048,
             kv_heads=(8, 2, 1), batches=(1, 4, 8), context_tok=512)


def plan_for(memory_bytes) -> Plan:
    """Return the largest plan that fits, `FULL` or `SMALL`.

    Parameters
    ----------
    memory_bytes : float
        Memory that may be used. [B]

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        When not even the small one fits; the message says what is needed.
    """
    require_positive(memory_bytes=memory_bytes)
    for plan in (FULL, SMALL):
        if plan.need_bytes <= memory_bytes:
            return plan
    raise ValueError(f"this machine has {units.text(memory_bytes, 'B')} to spare, and the smallest measurement needs "
                     f"{units.text(SMALL.need_bytes, 'B')}; close something, or raise --memory-bytes.")


def decoder_of(config) -> Decoder:
    """Return a decoder with random weights, drawn in float32 to halve the memory it takes."""
    rng = np.random.default_rng(0)
    scale = np.float32(config.hidden**-0.5)
    return Decoder(config, {name: rng.standard_normal(shape, dtype=np.float32) * scale
                            for name, shape in shapes(config).items()})


def decode_row(decoder, batch, plan, read_bytes_per_s, flop_per_s) -> dict[str, float]:
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
    bounds = roofline.decode_step_bounds(batch, plan.context_tok, kv_bytes_per_token, FLOAT_BYTES * n_params, n_params,
                                         read_bytes_per_s, flop_per_s)
    return {"batch": batch, "kv_heads": config.kv_heads, "context_tok": plan.context_tok,
            "n_params": config.n_params, "kv_bytes": cache.used_bytes,
            "bound_s": float(bounds.overlapped_s), "serial_s": float(bounds.serial_s), "measured_s": measured,
            "median_s": float(np.median(times)), "ratio": measured / float(bounds.overlapped_s)}


def run(plan=None, *, memory_bytes=None, limit_s=180.0, progress=print) -> dict:
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
    report = {"machine": machine(), "plan": asdict(plan), "bandwidth": bandwidth(plan.array_bytes, plan.repeats)}
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


def table(report) -> str:
    """Return a report as text, predicted beside measured."""
    rate, flop = report["bandwidth"], report["matmul"]
    lines = ["Memory    " + ", ".join(f"{name} {units.text(value, 'B/s')}" for name, value in rate.items()),
             "Matrices  " + ", ".join(f"{name} {units.text(value, 'FLOP/s')}" for name, value in flop.items()),
             f"          the library is {units.text(flop['library'] / flop['compiled'], '×')} the compiled loop, "
             f"{units.text(flop['library'] / flop['python'], '×')} the Python loop",
             "", "KV heads  batch      bound   measured   ratio"]
    for row in report["decode"]:
        bound, measured = (units.text(row[name], "s") for name in ("bound_s", "measured_s"))
        lines.append(f"{row['kv_heads']:8d}  {row['batch']:5d}  {bound:>9}  {measured:>9}  "
                     f"{units.text(row['ratio'], '×'):>6}")
    if report["left_out"]:
        lines.append(f"left out, for lack of time: {len(report['left_out'])} of the steps")
    if report["plan"]["array_bytes"] < 2 * report["machine"]["cache_bytes"]:
        lines.append(f"The streamed array is not much larger than the processor's cache "
                     f"({units.text(report['machine']['cache_bytes'], 'B')}), so the bandwidth may be flattered.")
    return "\n".join(lines)


def plot(report):
    """Draw predicted against measured step times.

    Parameters
    ----------
    report : dict
        From `run`.

    Returns
    -------
    matplotlib.figure.Figure
        Measured times as dots, the bound as a line, one colour per number of KV heads.
    """
    from matplotlib.figure import Figure

    if not report["decode"]:
        raise ValueError("the report holds no decode step to draw; measure again with a larger limit_s.")
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    for number, kv_heads in enumerate(sorted({row["kv_heads"] for row in report["decode"]}, reverse=True)):
        rows = [row for row in report["decode"] if row["kv_heads"] == kv_heads]
        batch = [row["batch"] for row in rows]
        axes.plot(batch, [row["bound_s"] for row in rows], color=f"C{number}", label=f"KV heads {kv_heads}, bound")
        axes.plot(batch, [row["measured_s"] for row in rows], "o", color=f"C{number}",
                  label=f"KV heads {kv_heads}, measured")
    axes.set(xscale="log", yscale="log", xlabel="batch (sequences)", ylabel="step time")
    batches = sorted({row["batch"] for row in report["decode"]})
    axes.set_xticks(batches, map(str, batches))
    axes.minorticks_off()
    low, high = axes.get_ylim()
    ticks = [digit * 10.0**power for power in range(-6, 3) for digit in (1, 2, 5)]
    shown = [tick for tick in ticks if low <= tick <= high]
    axes.set_yticks(shown, [units.text(tick, "s") for tick in shown])
    axes.legend(frameon=False, fontsize="small")
    return figure


def main(arguments=None) -> int:
    """Measure, print, plot and save. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m inference_economics.measure", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="where to save (default: measure-DATE.json here); the plot goes "
                                                 "beside it, as .svg")
    parser.add_argument("--memory-bytes", type=float, help="most memory to use (default: half of what is free)")
    parser.add_argument("--limit-s", type=float, default=180.0, help="start nothing after this time (default: 180)")
    parser.add_argument("--small", action="store_true", help="the small plan, a few seconds")
    options = parser.parse_args(arguments)
    try:
        report = run(SMALL if options.small else None, memory_bytes=options.memory_bytes, limit_s=options.limit_s,
                     progress=lambda line: print(line, flush=True))
    except (ValueError, MemoryError) as problem:
        print(f"Nothing was measured: {problem}", file=sys.stderr)
        return 1
    print("\n" + table(report))
    out = options.out or Path(f"measure-{report['machine']['date']}.json")
    out.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nSaved {out}")
    if report["decode"]:
        plot(report).savefig(out.with_suffix(".svg"))
        print(f"Saved {out.with_suffix('.svg')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
