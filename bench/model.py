"""How many configurations per second: the model of a decode step and its cost, beside two other calculators.

Each evaluates Llama 2 7B on H100 in bf16 over the same batches, prompts and answers. The others take one configuration
per call; they run in an environment of their own, ``.bench/venv``, made on the first run.

    python bench/model.py              # everything
    python bench/model.py --alone      # without the other calculators (and without a network)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

# one core: numpy's own threads would flatter the vectorised call
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from inference_economics import models, roofline, serving

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".bench" / "venv"
OTHERS = ("llm-analysis==0.2.2", "genz-llm==0.0.16")
MODEL, CHIP, PRICE = "llama-2-7b", "h100-sxm", 3.0
MANY, FEW = 1_000_000, 2_000

WORKER = """
import contextlib, io, json, os, sys, time, warnings
warnings.filterwarnings("ignore")
name, configs = sys.argv[1], json.loads(sys.stdin.read())
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    if name == "llm-analysis":
        from llm_analysis.analysis import infer
        def one(batch, prompt, output):
            return infer(model_name="NousResearch_Llama-2-7b-hf", gpu_name="h100-sxm-80gb", dtype_name="w16a16e16",
                         log_level="ERROR", batch_size_per_gpu=batch, seq_len=prompt, num_tokens_to_generate=output,
                         flops_efficiency=0.6, hbm_memory_efficiency=0.8, cost_per_gpu_hour=3.0)
    else:
        from GenZ import decode_moddeling
        def one(batch, prompt, output):
            return decode_moddeling(model="llama2_7b", batch_size=batch, input_tokens=prompt, output_tokens=output,
                                    Bb=1, system_name="H100_GPU", bits="bf16")
    one(*configs[0])
    start = time.process_time()
    for config in configs:
        one(*config)
    seconds = time.process_time() - start
json.dump({"seconds": seconds / len(configs)}, sys.stdout)
"""


def configurations(count: int) -> dict[str, np.ndarray]:
    """Draw batches, prompts and answers that fit on one chip."""
    rng = np.random.default_rng(7)
    limits = {"concurrency": (1, 17), "prompt_tok": (64, 2048), "output_tok": (32, 1024)}
    return {name: rng.integers(low, high, count).astype(float) for name, (low, high) in limits.items()}


def bound(concurrency, prompt_tok, output_tok):
    """The roofline's decode step and its dollars, in plain numbers."""
    m = models.get(MODEL)
    work = roofline.decode_work(concurrency, prompt_tok + output_tok / 2, 2 * m.kv_values_per_token, 2 * m.n_params,
                                m.n_params)
    step_s = roofline.estimate_s(work, roofline.Roof(3.35e12, 989.4e12, 0.6, 0.8))
    return step_s, serving.usd_per_output_token(PRICE, 1, concurrency / step_s)


def calibrated(concurrency, prompt_tok, output_tok):
    """The calibrated service (both latencies, their parts, the queue for memory) and its dollars."""
    one = serving.Deployment(MODEL, CHIP, formats="bf16")
    cost = one.token_cost(serving.Load(concurrency, prompt_tok, output_tok), PRICE)
    return cost.request_usd, cost.output_usd_per_token


def seconds_each(function, count: int, one_by_one: bool = False) -> float:
    """Seconds of processor time per configuration, the best of three."""
    load = configurations(count)
    calls = [load]
    if one_by_one:
        calls = [dict(zip(load, map(float, row), strict=True)) for row in zip(*load.values(), strict=True)]
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        for call in calls:
            function(**call)
        best = min(best, time.process_time() - start)
    return best / count


def other(name: str, count: int) -> float:
    """Seconds per configuration of another calculator, run in its own environment."""
    python = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        print(f"making {VENV.relative_to(ROOT)} with {', '.join(OTHERS)} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *OTHERS], check=True)
    rows = np.stack(list(configurations(MANY).values()), axis=1)[:count].astype(int).tolist()
    # they write files where they run
    done = subprocess.run([python, "-c", WORKER, name], input=json.dumps(rows), capture_output=True, text=True,
                          cwd=VENV.parent, check=True)
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


def main() -> int:
    """Print the table."""
    ours = seconds_each(bound, MANY)
    rows = [("decode step and cost, bound, one call", MANY, ours),
            ("decode step and cost, bound, call by call", FEW, seconds_each(bound, FEW, one_by_one=True)),
            ("whole calibrated service and cost, one call", MANY, seconds_each(calibrated, MANY)),
            ("whole calibrated service and cost, call by call", FEW, seconds_each(calibrated, FEW, one_by_one=True))]
    if "--alone" not in sys.argv[1:]:
        rows += [(name.split("==")[0], count, other(name.split("==")[0], count))
                 for name, count in zip(OTHERS, (500, 20), strict=True)]
    print(f"{'':50s}{'configurations':>16s}{'µs each':>12s}{'per second':>16s}{'ratio':>12s}")
    for name, count, each in rows:
        print(f"{name:50s}{count:16,d}{each * 1e6:12,.3f}{1 / each:16,.0f}{each / ours:12,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
