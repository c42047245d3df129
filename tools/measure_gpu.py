"""Measure an NVIDIA GPU: the questions of `inference_economics.measure`, in PyTorch and bf16.

    python tools/measure_gpu.py --out gpu.json        on a machine with a GPU
    python tools/measure_gpu.py --check               anywhere, tiny sizes on the CPU: does the script work?

One script without the package, so that it can be copied to the machine that has the GPU. It needs PyTorch alone.

Five parts: streaming weights (one matrix times one vector), batched products, attention reading caches of 1k to 128k
tokens with 32, 8 and 1 KV heads, a decode step of a stack of blocks shaped like Llama-3-8B, and 8-bit products where
the GPU has them. Each time is the median of several, after a warm-up, by CUDA events. What is read is larger than the
GPU's L2 cache, or a run goes once round several copies that together are.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch.nn import functional as F  # noqa: N812


@dataclass(frozen=True)
class Sizes:
    """What to measure, and how large; the defaults are for a data-centre GPU."""

    gemv: tuple = ((4096, 4096), (14336, 4096), (8192, 8192), (16384, 16384), (128256, 4096))
    gemm_inputs: int = 4096
    gemm_outputs: int = 14336
    batches: tuple = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
    contexts: tuple = (1024, 4096, 16384, 65536, 131072)
    attention_batches: tuple = (1, 8)
    q_heads: int = 32
    kv_heads: tuple = (32, 8, 1)
    head_dim: int = 128
    hidden: int = 4096
    ffn_hidden: int = 14336
    layers: int = 32
    vocab: int = 128256
    stack_batches: tuple = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    stack_contexts: tuple = (1024, 8192)
    beyond_cache_bytes: int = 512 << 20
    repeats: int = 20


CHECK = Sizes(gemv=((32, 16),), gemm_inputs=16, gemm_outputs=32, batches=(1, 4), contexts=(16, 64),
              attention_batches=(2,), q_heads=4, kv_heads=(4, 2, 1), head_dim=8, hidden=32, ffn_hidden=48,
              layers=2, vocab=40, stack_batches=(1, 2), stack_contexts=(16,), beyond_cache_bytes=1 << 12, repeats=2)


class Bench:
    """Times calls on one device, within a limit of memory and of time."""

    def __init__(self, device, sizes, limit_s):
        self.device, self.sizes = torch.device(device), sizes
        self.cuda = self.device.type == "cuda"
        self.deadline = time.monotonic() + limit_s
        self.rows, self.left_out = [], []

    def random(self, *shape):
        """Return bf16 noise; small, so that nothing overflows."""
        return torch.randn(shape, device=self.device, dtype=torch.bfloat16) * 0.02

    def copies(self, make):
        """Return copies of something to read in turn, together larger than the cache."""
        first = make()
        count = max(1, -(-self.sizes.beyond_cache_bytes // sum(t.numel() * t.element_size() for t in first)))
        return [first, *(make() for _ in range(count - 1))]

    def free_bytes(self):
        """Return memory to spare."""
        return torch.cuda.mem_get_info(self.device)[0] if self.cuda else 2 << 30

    def time_s(self, action, arguments):
        """Return the median time of one call. A run calls once with each of the arguments, the copies."""
        times = []
        for run in range(3 + self.sizes.repeats):
            begun = self.now()
            for chosen in arguments:
                action(*chosen)
            ended = self.now()
            if run >= 3:  # the first ones load kernels and wake the clocks
                times.append(self.between_s(begun, ended) / len(arguments))
        return statistics.median(times)

    def now(self):
        """Return a mark in time: an event in the GPU's own queue, or the clock."""
        if not self.cuda:
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def between_s(self, begun, ended):
        """Return the time between two marks."""
        if not self.cuda:
            return ended - begun
        ended.synchronize()
        return begun.elapsed_time(ended) / 1e3

    def row(self, part, need_bytes, measure, **what):
        """Measure one row, unless it does not fit or there is no time left; say so either way."""
        text = " ".join(f"{key}={value}" for key, value in what.items())
        if time.monotonic() > self.deadline:
            self.left_out.append({"part": part, **what, "why": "no time left"})
        elif need_bytes > 0.9 * self.free_bytes():
            self.left_out.append({"part": part, **what, "why": "does not fit in memory"})
        else:
            result = measure()
            self.rows.append({"part": part, **what, **result})
            rates = ", ".join(f"{key} {value:.4g}" for key, value in result.items())
            print(f"{part:10s} {text}: {rates}", flush=True)
            return
        print(f"{part:10s} {text}: left out, {self.left_out[-1]['why']}", flush=True)


def gemv(bench):
    """One matrix times one vector: the weights stream through, and nothing is reused."""
    for outputs, inputs in bench.sizes.gemv:
        def measure(outputs=outputs, inputs=inputs):
            x = bench.random(1, inputs)
            time_s = bench.time_s(lambda w: F.linear(x, w), bench.copies(lambda: (bench.random(outputs, inputs),)))
            moved = 2 * outputs * inputs
            return {"time_s": time_s, "bytes": moved, "bytes_per_s": moved / time_s}

        bench.row("gemv", 2 * outputs * inputs + bench.sizes.beyond_cache_bytes, measure, outputs=outputs,
                  inputs=inputs)


def gemm(bench):
    """The same weights, more and more rows, until arithmetic takes over."""
    outputs, inputs = bench.sizes.gemm_outputs, bench.sizes.gemm_inputs
    for batch in bench.sizes.batches:
        def measure(batch=batch):
            x = bench.random(batch, inputs)
            time_s = bench.time_s(lambda w: F.linear(x, w), bench.copies(lambda: (bench.random(outputs, inputs),)))
            flop = 2 * batch * outputs * inputs
            return {"time_s": time_s, "flop": flop, "flop_per_s": flop / time_s}

        bench.row("gemm", 4 * outputs * inputs + bench.sizes.beyond_cache_bytes, measure, batch=batch)


def eight_bit(bench):
    """Multiply in int8 and fp8, where this GPU and this PyTorch can. The kernels want 32 rows or more."""
    outputs, inputs = bench.sizes.gemm_outputs, bench.sizes.gemm_inputs
    for kind, batch in itertools.product(("int8", "fp8"), sorted({max(batch, 32) for batch in bench.sizes.batches})):
        def measure(kind=kind, batch=batch):
            multiply, make = eight_bit_product(bench, kind, batch, outputs, inputs)
            time_s = bench.time_s(multiply, bench.copies(make))
            flop = 2 * batch * outputs * inputs
            return {"time_s": time_s, "flop": flop, "flop_per_s": flop / time_s}

        try:
            bench.row(kind, 4 * outputs * inputs + bench.sizes.beyond_cache_bytes, measure, batch=batch)
        except (RuntimeError, NotImplementedError, AttributeError, ValueError) as missing:
            why = f"not supported here: {str(missing).splitlines()[0]}"
            bench.left_out.append({"part": kind, "batch": batch, "why": why})
            print(f"{kind:10s} batch={batch}: {why}", flush=True)


def eight_bit_product(bench, kind, batch, outputs, inputs):
    """Return a function that multiplies 8-bit matrices, and one that makes a weight for it."""
    if kind == "int8":
        x = torch.randint(-9, 9, (batch, inputs), device=bench.device, dtype=torch.int8)
        return (lambda w: torch._int_mm(x, w.t())), lambda: (
            torch.randint(-9, 9, (outputs, inputs), device=bench.device, dtype=torch.int8),)
    x, one = bench.random(batch, inputs).to(torch.float8_e4m3fn), torch.ones((), device=bench.device)
    return (lambda w: torch._scaled_mm(x, w.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16)), lambda: (
        bench.random(outputs, inputs).to(torch.float8_e4m3fn),)


def attend(q, k, v):
    """One new token per sequence looks at its cache; the query heads of a group share a KV head."""
    return F.scaled_dot_product_attention(q, k, v, enable_gqa=q.shape[1] != k.shape[1])


def attend_folded(q, k, v):
    """The same with the heads of a group folded into rows: each KV head is certainly read only once."""
    batch, heads, _, width = q.shape
    folded = q.reshape(batch, k.shape[1], heads // k.shape[1], width)
    return F.scaled_dot_product_attention(folded, k, v).reshape(q.shape)


def attention(bench):
    """Reading caches of growing length, with as many KV heads as query heads, with groups, and with one."""
    s = bench.sizes
    for kv_heads, batch, context in itertools.product(s.kv_heads, s.attention_batches, s.contexts):
        moved = 2 * 2 * batch * kv_heads * context * s.head_dim

        def measure(kv_heads=kv_heads, batch=batch, context=context, moved=moved):
            q = bench.random(batch, s.q_heads, 1, s.head_dim)
            pairs = bench.copies(lambda: (bench.random(batch, kv_heads, context, s.head_dim),
                                          bench.random(batch, kv_heads, context, s.head_dim)))
            plain, folded = (bench.time_s(lambda k, v, f=f: f(q, k, v), pairs) for f in (attend, attend_folded))
            best = min(plain, folded)
            return {"time_s": best, "plain_s": plain, "folded_s": folded, "bytes": moved, "bytes_per_s": moved / best}

        # noise is drawn in float32 before it becomes bf16, hence the room
        bench.row("attention", 3 * moved + s.beyond_cache_bytes, measure, kv_heads=kv_heads, batch=batch,
                  context_tok=context)


class Stack:
    """Blocks of Llama-3-8B's shape with random weights: one decode step, cache and all."""

    def __init__(self, bench, batch, context):
        s = bench.sizes
        self.s, self.batch, self.kv_heads = s, batch, s.kv_heads[1]
        kv = self.kv_heads * s.head_dim
        self.layers = [{"qkv": bench.random(s.q_heads * s.head_dim + 2 * kv, s.hidden),
                        "out": bench.random(s.hidden, s.q_heads * s.head_dim),
                        "gate_up": bench.random(2 * s.ffn_hidden, s.hidden),
                        "down": bench.random(s.hidden, s.ffn_hidden), "norm": bench.random(2, s.hidden),
                        "k": bench.random(batch, self.kv_heads, context, s.head_dim),
                        "v": bench.random(batch, self.kv_heads, context, s.head_dim)} for _ in range(s.layers)]
        self.head = bench.random(s.vocab, s.hidden)
        self.x = bench.random(batch, s.hidden)
        angle = torch.outer(torch.full((1,), float(context), device=bench.device),
                            500000.0 ** -(torch.arange(0, s.head_dim, 2, device=bench.device) / s.head_dim))
        self.cos, self.sin = (f(angle).repeat(1, 2).bfloat16() for f in (torch.cos, torch.sin))

    def rotate(self, x):
        """Turn queries or keys, (batch, heads, 1, head_dim)."""
        low, high = x.chunk(2, -1)
        return x * self.cos + torch.cat([-high, low], -1) * self.sin

    def step(self):
        """Return the logits of one step; the newest token overwrites the last slot of the cache."""
        s, x = self.s, self.x
        split = [s.q_heads * s.head_dim, self.kv_heads * s.head_dim, self.kv_heads * s.head_dim]
        for layer in self.layers:
            h = F.rms_norm(x, (s.hidden,), layer["norm"][0])
            q, k, v = (part.view(self.batch, -1, 1, s.head_dim) for part in
                       F.linear(h, layer["qkv"]).split(split, -1))
            layer["k"][:, :, -1:], layer["v"][:, :, -1:] = self.rotate(k), v
            mixed = attend_folded(self.rotate(q), layer["k"], layer["v"])
            x = x + F.linear(mixed.reshape(self.batch, -1), layer["out"])
            gate, up = F.linear(F.rms_norm(x, (s.hidden,), layer["norm"][1]), layer["gate_up"]).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, layer["down"])
        return F.linear(x, self.head)

    @property
    def weight_bytes(self):
        """Weights that a step reads, cache apart."""
        names = ("qkv", "out", "gate_up", "down")
        return 2 * (self.head.numel() + sum(layer[name].numel() for layer in self.layers for name in names))

    @property
    def kv_bytes(self):
        """Cache that a step reads."""
        return 4 * sum(layer["k"].numel() for layer in self.layers)


def stack(bench):
    """A decode step across batch sizes: as PyTorch launches it, and as one CUDA graph, without launch costs."""
    s = bench.sizes
    per_layer = s.hidden * (2 * (s.q_heads + s.kv_heads[1]) * s.head_dim + 3 * s.ffn_hidden)
    weights = 2 * (s.layers * per_layer + s.vocab * s.hidden)
    for context, batch in itertools.product(s.stack_contexts, s.stack_batches):
        cache = 4 * s.layers * batch * s.kv_heads[1] * context * s.head_dim

        def measure(context=context, batch=batch):
            model = Stack(bench, batch, context)
            # two operations per weight and sequence, two bytes per weight
            result = {"eager_s": bench.time_s(model.step, [()]), "weight_bytes": model.weight_bytes,
                      "kv_bytes": model.kv_bytes, "flop": batch * model.weight_bytes}
            if bench.cuda:
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph):
                    model.step()
                result["graph_s"] = bench.time_s(graph.replay, [()])
            result["time_s"] = result.get("graph_s", result["eager_s"])
            return result

        bench.row("stack", 1.1 * (weights + cache) + (1 << 20), measure, batch=batch, context_tok=context)
        if bench.cuda:
            torch.cuda.empty_cache()


def machine(device):
    """Return what the numbers depend on."""
    about = {"date": dt.date.today().isoformat(), "python": platform.python_version(), "torch": torch.__version__,
             "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(), "device": str(device)}
    if torch.device(device).type == "cuda":
        p = torch.cuda.get_device_properties(device)
        about |= {"gpu": p.name, "hbm_bytes": p.total_memory, "l2_bytes": getattr(p, "L2_cache_size", None),
                  "multiprocessors": p.multi_processor_count}
        query = "driver_version,clocks.max.sm,clocks.max.mem,power.limit"
        try:
            found = subprocess.run(["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"],
                                   capture_output=True, text=True, check=True).stdout.strip().splitlines()
            about["nvidia_smi"] = dict(zip(query.split(","), found[0].split(", "), strict=True))
        except (OSError, subprocess.CalledProcessError, IndexError, ValueError):
            about["nvidia_smi"] = None
    return about


def check(bench):
    """Compare what is measured with its definition, at the tiny sizes; raise AssertionError on a difference."""
    s, group = bench.sizes, bench.sizes.q_heads // bench.sizes.kv_heads[1]
    q = torch.randn(2, s.q_heads, 1, s.head_dim)
    k, v = (torch.randn(2, s.kv_heads[1], 16, s.head_dim) for _ in range(2))
    wide_k, wide_v = (t.repeat_interleave(group, 1) for t in (k, v))
    expected = torch.softmax(q @ wide_k.mT / s.head_dim**0.5, -1) @ wide_v
    for f in (attend, attend_folded):
        torch.testing.assert_close(f(q, k, v), expected)
    model = Stack(bench, 2, 16)
    assert model.step().shape == (2, s.vocab)
    assert torch.isfinite(model.step()).all()
    assert model.kv_bytes == 2 * 2 * s.layers * 2 * s.kv_heads[1] * s.head_dim * 16
    if bench.cuda:
        return
    for kind in ("int8", "fp8"):
        multiply, make = eight_bit_product(bench, kind, 32, 32, 16)
        (w,) = make()
        assert multiply(w).shape == (32, 32), kind


def main():
    """Measure every part and save the rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="tiny sizes on the CPU, to see that the script works")
    parser.add_argument("--out", type=Path, help="where to save the JSON (default: gpu-DATE.json here)")
    parser.add_argument("--limit-s", type=float, default=540.0, help="start no row after this time (default: 540)")
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    options = parser.parse_args()
    device = "cpu" if options.check else "cuda"
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no NVIDIA GPU here. Run with --check to try the script on the CPU.")
    torch.manual_seed(0)
    if options.check:
        torch.set_num_threads(1)
    bench = Bench(device, CHECK if options.check else Sizes(), options.limit_s)
    with torch.inference_mode():
        if options.check:
            check(bench)
        for part in options.parts:
            PARTS[part](bench)
    report = {"machine": machine(device), "sizes": asdict(bench.sizes), "rows": bench.rows, "left_out": bench.left_out}
    if options.check and not options.out:
        print(f"The script works: {len(bench.rows)} rows, {len(bench.left_out)} left out.")
        return
    out = options.out or Path(f"gpu-{report['machine']['date']}.json")
    out.write_text(json.dumps(report, indent=1) + "\n")
    print(f"Saved {out}")


PARTS = {"gemv": gemv, "gemm": gemm, "attention": attention, "stack": stack, "eight-bit": eight_bit}

if __name__ == "__main__":
    main()
