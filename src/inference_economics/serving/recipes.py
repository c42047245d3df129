"""What the measured runs asked of their engines: bytes of a cached value, share of the memory, time held back.

The source's table leaves both out. InferenceX publishes the scripts that started its servers [1]_; what they say, and
what an engine does where they say nothing, is written down here row by row. Nothing here is fitted.

References
----------
.. [1] SemiAnalysisAI/InferenceX (GitHub), ``benchmarks/*.sh`` and ``benchmarks/single_node/*.sh``, 2025 and 2026: the
   scripts ``70b``, ``dsr1``, ``gptoss``, ``kimik2.5``, ``minimaxm2.5`` and ``qwen3.5``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from ..quantities.numeric import Numeric
from . import engines
from .unpacked import chip_of

Run: TypeAlias = Any  # a `measurements.Point`, whose module imports this one
WIDE, NARROW = 2.0, 1.0  # bytes of one cached value
HOPPER = ("h100-sxm", "h200-sxm")
# caches of 16 bits under narrow weights: model, chips (() for any), format, engine ("" for any); and why
WIDE_CACHES = (
    ("gpt-oss-120b", HOPPER, "mxfp4", "", "no cache format given: auto is the model's 16 bits"),
    ("kimi-k2", (), "int4", "vllm", "no cache format given, and the checkpoint names none"),
    ("deepseek-v3", HOPPER, "fp8", "sglang", "no cache format given: SGLang's auto is the model's 16 bits"),
    ("minimax-m2.5", ("h100-sxm",), "fp8", "vllm", "no cache format given, and the checkpoint names none"),
)
# shares of the memory for weights and cache, in place of the engine's default: model, chip, format, engine, chips
MEMORY_SHARES = {
    ("deepseek-v3", "b200", "fp8", "sglang", 8): 0.82,  # dsr1_fp8_b200: --mem-fraction-static
    ("deepseek-v3", "b200", "fp8", "sglang", 4): 0.95,
    **{("llama-3.1-70b", "h100-sxm", "fp8", "vllm", n): 0.9 for n in (2, 4, 8)},  # 70b_fp8_h100, as vLLM calls it
    ("minimax-m2.5", "h100-sxm", "fp8", "vllm", 4): 0.9,  # minimaxm2.5_fp8_h100
    **{("minimax-m2.5", "b200", "fp8", "vllm", n): 0.95 for n in (2, 4)},  # minimaxm2.5_fp8_b200
    **{("minimax-m2.5", "b200", "fp4", "vllm", n): 0.9 for n in (1, 2, 4, 8)},  # minimaxm2.5_fp4_b200
}
POLL_STEPS = (10, 30)  # SGLang's --scheduler-recv-interval below 16 requests, and from 16 on
BUSY = 16
WAIT_STEPS = 20.0  # steps that TensorRT-LLM waits to gather prompts, where it is told to


def cache_bytes_per_value(run: Run) -> float:
    """Bytes of one cached value of a measured run.

    Parameters
    ----------
    run : Point
        A measured run.

    Returns
    -------
    float
        2 with 16-bit weights, in `WIDE_CACHES`, and in the source's own sweeps, which leave engines their defaults,
        unless their checkpoint names an eight-bit cache, as NVIDIA's in NVFP4 do; 1 elsewhere. [B]

    Notes
    -----
    Two readings rest on the measurements. MiniMax's scripts changed, and the queues of its runs on B200 (128 and 256
    requests of 8k) leave room for an eight-bit cache only. That sweeps keep SGLang's 16 bits shows in Llama 8B, whose
    steps read twice the bytes of an eight-bit cache.
    """
    if run.precision == "bf16":
        return WIDE
    if run.harness == "other":
        return NARROW if run.precision == "fp4" else WIDE
    asked = (run.model, run.chip, run.precision, run.engine)
    return WIDE if any(_holds(asked, row) for row in WIDE_CACHES) else NARROW


def _holds(asked: tuple[str, str, str, str], row: tuple[str, tuple[str, ...], str, str, str]) -> bool:
    model, chips, precision, engine, _ = row
    return (asked[0] == model and (not chips or asked[1] in chips) and asked[2] == precision
            and engine in ("", asked[3]))


def memory_rule(run: Run) -> dict[str, Numeric]:
    """Return what a measured run left of a chip's memory to weights and cache.

    Parameters
    ----------
    run : Point
        A measured run.

    Returns
    -------
    dict
        As `engines.memory_rule`: what the script says, or else the engine's default.
    """
    rule = engines.memory_rule(run.engine, chip_of(run.chip).hbm_bytes)
    told = MEMORY_SHARES.get((run.model, run.chip, run.precision, run.engine, run.n_chips))
    if told is None or run.harness == "other":
        return rule
    # SGLang's share holds weights and cache alone, in place of what its reserve leaves
    alone = {"reserve_bytes": 0.0, "reserve_bytes_per_chip": 0.0} if run.engine == "sglang" else {}
    return rule | {"memory_share": told} | alone


def held_steps(run: Run) -> float:
    """Decode steps for which a measured run held a new request back before its prefill.

    Parameters
    ----------
    run : Point
        A measured run.

    Returns
    -------
    float
        Mean number of steps; 0 where nothing was asked for. [1]

    Notes
    -----
    SGLang on Blackwell looked for new requests every 10th or 30th step: they wait for half of the others. Llama 70B
    under TensorRT-LLM waited 20 steps for more prompts (``batch_wait_timeout_iters``), DeepSeek in fp8 up to 40, and
    with attention data parallelism up to 60 for prompts for every group (``attention_dp_config``); prompts that came
    meanwhile cut the longer waits short, and all three are taken as 20: an estimate.
    """
    if run.harness == "other":
        return 0.0
    blackwell = run.chip not in HOPPER
    if run.engine == "sglang" and blackwell:
        rarely = run.concurrency >= BUSY or (run.model == "qwen3.5-397b-a17b" and run.precision == "fp4")
        return (POLL_STEPS[rarely] - 1) / 2
    if run.engine != "trtllm":
        return 0.0
    if run.attention_dp > 1:
        return WAIT_STEPS
    short = run.prompt_tok < 1024 and run.output_tok < 1024
    llama = run.model == "llama-3.1-70b" and run.n_chips < 8
    deepseek = run.model == "deepseek-v3" and run.precision == "fp8" and blackwell
    return WAIT_STEPS if short and (llama or (deepseek and 64 <= run.concurrency < 256)) else 0.0


def usual_held_steps(engine: str, family: str, harness: str) -> float:
    """What `held_steps` comes to for an engine and a generation: the mean of SGLang's two settings, or 0 [1]."""
    if (engine, family) != ("sglang", "blackwell") or harness == "other":
        return 0.0
    return (sum(POLL_STEPS) / len(POLL_STEPS) - 1) / 2
