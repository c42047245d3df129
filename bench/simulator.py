"""How many requests per second the simulator serves, beside vidur, another simulator of inference clusters.

Both replay the first requests of the Azure conversation hour on Llama 3.1 8B on one H100 in bf16, with chunked prefill
and a budget of 8,192 tokens. vidur's own step times come from profiles that it fetches from a model hub. Here it is
given this package's step times as a table instead: equal answers can then be asked for, and its cost is that of its
event loop alone, which is in its favour. It runs in an environment of its own, ``.bench/vidur``, made on the first run.

    python bench/simulator.py              # everything
    python bench/simulator.py --alone      # without vidur (and without a network)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from inference_economics.serving import Deployment
from inference_economics.serving.simulation import Lengths, Policy, calibrated_service, process, simulate, trace
from inference_economics.serving.simulation.steps import StepTable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".bench" / "vidur"
OTHER = "vidur==0.0.26"
MODEL, CHIP, PRECISION, FEW, MANY = "llama-3.1-8b", "h100-sxm", "bf16", 1000, 1_000_000

WORKER = """
import contextlib, io, json, logging, os, sys, time, warnings
os.environ["WANDB_MODE"] = "disabled"
warnings.filterwarnings("ignore")
given = json.loads(sys.stdin.read())
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    from vidur.config import config as c
    from vidur.entities import Request
    from vidur.entities.execution_time import ExecutionTime
    from vidur.request_generator import RequestGeneratorRegistry
    from vidur.scheduler.global_scheduler import base_global_scheduler
    from vidur.simulator import Simulator
    logging.disable(logging.CRITICAL)
    fixed, slope, prefill = given["fixed"], given["slope"], given["prefill"]

    class Predictor:
        def get_execution_time(self, batch, stage):
            decoding = ending = context = 0
            work = 0.0
            for request, tok, held in zip(batch.requests, batch.num_q_tokens, batch.num_kv_tokens):
                if request.is_prefill_complete:
                    decoding += 1
                    context += held - 1  # the last token is not in the cache yet
                else:
                    work += prefill[held] - prefill[held - tok]
                    if held == request.num_prefill_tokens:
                        ending += 1
                        context += held
            n = decoding + ending
            seconds = fixed[n] + slope[n] * context if n else given["launch_s"]
            seconds += given["interference"] * work if decoding else max(work, given["read_s"]) if work else 0
            return ExecutionTime(32, *[0] * 13, seconds * 1e3)

    base_global_scheduler.ExecutionTimePredictorRegistry.get = lambda *_, **__: Predictor()
    requests = [Request(*row) for row in given["requests"]]

    class Generator:
        def generate(self):
            return requests

    RequestGeneratorRegistry.get = lambda *_, **__: Generator()
    metrics = c.MetricsConfig(write_metrics=False, enable_chrome_trace=False, store_plots=False)
    lengths = c.FixedRequestLengthGeneratorConfig(max_tokens=16384)
    cluster = c.ClusterConfig(
        cache_config=c.CacheConfig(num_blocks=given["kv_blocks"]),
        replica_config=c.ReplicaConfig(num_pipeline_stages=1),
        replica_scheduler_config=c.SarathiSchedulerConfig(batch_size_cap=1024, chunk_size=8192))
    simulator = Simulator(c.SimulationConfig(
        cluster_config=cluster, metrics_config=metrics,
        request_generator_config=c.SyntheticRequestGeneratorConfig(length_generator_config=lengths)))
    simulator._write_output = lambda: None
    start = time.process_time()
    simulator.run()
    seconds = time.process_time() - start
json.dump({"seconds": seconds, "ttft_s": [r.prefill_completed_at - r.arrived_at for r in requests],
           "finish_s": [r.completed_at for r in requests]}, sys.stdout)
"""


def seconds_of(call) -> float:
    """Seconds of processor time, the best of three."""
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def vidur(requests, service) -> dict:
    """Run vidur on the same requests and step times."""
    python = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        print(f"making {VENV.relative_to(ROOT)} with {OTHER} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", OTHER], check=True)
    table = StepTable(service.step_time, service.max_batch, int(np.max(requests.prompt_tok + requests.output_tok)))
    fixed, slope = table.segments[0]
    given = {"fixed": [0.0, *fixed[1:]], "slope": [0.0, *slope[1:]], "prefill": table.prefill, "read_s": table.read_s,
             "launch_s": table.launch_s, "interference": table.interference, "kv_blocks": service.kv_blocks,
             "requests": list(zip((requests.arrival_s + service.step_time.request_s).tolist(),
                                  requests.prompt_tok.tolist(), requests.output_tok.tolist(), strict=True))}
    done = subprocess.run([python, "-c", WORKER], input=json.dumps(given), capture_output=True, text=True,
                          cwd=VENV.parent, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Print the table."""
    service = calibrated_service(Deployment(MODEL, CHIP, formats=PRECISION))
    hour, few = trace("azure-2023-conversation"), trace("azure-2023-conversation").first(FEW)
    million = process(6.0, MANY, Lengths(1155, 211, 1.0, 1.0))
    mooncake = trace("mooncake-conversation")
    cases = [
        (f"Azure conversations, first {FEW:,}", few, Policy()),
        ("Azure conversations, the hour", hour, Policy()),
        ("the same, eight replicas", hour, Policy(replicas=8)),
        ("the same at eight times the rate, eight replicas", hour.faster(8), Policy(replicas=8)),
        ("Mooncake, 16 replicas, prefix cache and router", mooncake,
         Policy(replicas=16, prefix_cache=True, router="prefix")),
    ]
    rows = [(name, len(requests), seconds_of(lambda r=requests, p=policy: simulate(r, service, p)))
            for name, requests, policy in cases]
    start = time.process_time()
    simulate(million, service)
    rows.append(("a million, Poisson, the same mean lengths", MANY, time.process_time() - start))
    ours = rows[0][2] / rows[0][1]
    if "--alone" not in sys.argv[1:]:
        other, result = vidur(few, service), simulate(few, service)
        rows.append((f"vidur, Azure conversations, first {FEW:,}", FEW, other["seconds"]))
        apart = max(np.max(np.abs(np.array(other["ttft_s"]) + service.step_time.request_s - result.ttft_s)),
                    np.max(np.abs(np.array(other["finish_s"]) - result.finish_s)))
    print(f"{'':52s}{'requests':>10s}{'seconds':>10s}{'µs each':>10s}{'per second':>12s}{'ratio':>8s}")
    for name, count, seconds in rows:
        each = seconds / count
        print(f"{name:52s}{count:10,d}{seconds:10.2f}{each * 1e6:10.1f}{1 / each:12,.0f}{each / ours:8.1f}")
    if "--alone" not in sys.argv[1:]:
        print(f"the two differ by at most {apart:.1e} s in any request's first or last token")
    return 0


if __name__ == "__main__":
    sys.exit(main())
