"""Rows of the measurements' file as points: what ran, on how many chips, and how long its prompts really were.

References
----------
.. [1] aiconfigurator-core 0.12.0 (PyPI), NVIDIA, Apache-2.0: ``silicon_sample.csv``.
.. [2] InferenceMAX README, "Benchmark client configuration": lengths drawn between 0.8 and 1 of the nominal ones
   (``--random-range-ratio 0.8``), ten prompts per concurrent user, all sent at once, prefix caching off.
"""

from __future__ import annotations

import csv
from pathlib import Path

from ..quantities.checks import lookup
from .points import Point

MODELS = {
    "meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b",
    "nvidia/Llama-3.1-8B-Instruct-FP8": "llama-3.1-8b",
    "meta-llama/Llama-3.1-70B": "llama-3.1-70b",
    "openai/gpt-oss-120b": "gpt-oss-120b",
    # V3, R1 and V3.1 are one architecture; V3 and R1 rows even repeat each other's values
    "deepseek-ai/DeepSeek-V3": "deepseek-v3",
    "deepseek-ai/DeepSeek-R1": "deepseek-v3",
    "nvidia/DeepSeek-R1-NVFP4": "deepseek-v3",
    "nvidia/DeepSeek-V3.1-NVFP4": "deepseek-v3",
    "MiniMaxAI/MiniMax-M2.5": "minimax-m2.5",
    "Qwen/Qwen3.5-397B-A17B": "qwen3.5-397b-a17b",
    "Qwen/Qwen3-235B-A22B-FP8": "qwen3-235b-a22b",
    # its language model is Kimi K2's, tensor for tensor; prompts are text
    "moonshotai/Kimi-K2.5": "kimi-k2",
}
SYSTEMS = {"h100_sxm": "h100-sxm", "h200_sxm": "h200-sxm", "b200_sxm": "b200", "gb200": "gb200", "b300_sxm": "b300"}
INFERENCEX_LENGTHS = {(1024, 1024), (1024, 8192), (8192, 1024)}
MEAN_LENGTH = 0.9  # the mean of a uniform draw between 0.8 and 1 [2]


def _layout(row: dict[str, str]) -> tuple[int, int]:
    """Chips, and attention groups, of one row.

    With expert parallelism on, the source multiplied degrees twice: a row with ``tp = 64, moe_tp = moe_ep = 8`` carries
    the same measurements as one with ``tp = 8, moe_ep = 8``, and 8 chips ran both. Where ``attention_dp`` is blank, the
    experts are cut over all chips, and the batch per group (concurrency over batch) or the chips left over by ``tp``
    tell the groups.
    """
    if row["mode"] == "disagg":
        groups = int(row["decode_attention_dp"])
        return int(row["decode_tp"]) * groups, groups
    tp, experts_cut, experts_spread = int(row["tp"]), int(row["moe_tp"]), int(row["moe_ep"])
    if not row["attention_dp"]:
        chips = max(tp, experts_cut * experts_spread)
        groups = max(int(row["concurrency"]) // int(row["batch_size"]), chips // tp, 1)
        return max(chips, groups), groups
    groups = int(row["attention_dp"])
    if experts_cut == experts_spread > 1:
        return experts_cut, experts_cut if groups > 1 else 1
    if groups > 1 and tp > 1:
        return tp, groups
    return tp * groups, groups


def _harness(row: dict[str, str]) -> str:
    """Who sent the requests, from the row's name: only InferenceX's runs are dated or numbered as configurations."""
    name = row["id"]
    if "gap_analysis" in name:
        return "gap-analysis"
    return "other" if name.endswith("none") or "none_" in name else "inferencex"


def _precision(row: dict[str, str]) -> str:
    """Format of the weights of one row.

    Rows without one are Llama 3.1 8B on H100: their prefill takes what bf16 takes at three quarters of the peak, twice
    as long as in fp8. The four bits of gpt-oss are MXFP4, as published; int4 is what Kimi K2.5 is published in.
    """
    if not row["precision"]:
        return "bf16"
    return "mxfp4" if row["precision"] == "fp4" and "gpt-oss" in row["model"] else row["precision"]


def read(path: Path) -> list[Point]:
    """Read the points of a file, each once.

    Parameters
    ----------
    path : pathlib.Path
        A table of the source; lines that begin with ``#`` say where it is from.

    Returns
    -------
    list of Point
        None of them judged.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    points, seen = [], set()
    for row in rows:
        n_chips, groups = _layout(row)
        lengths, apart = (int(row["isl"]), int(row["osl"])), row["mode"] == "disagg"
        spread = int(row["decode_moe_ep" if apart else "moe_ep"])
        scale = MEAN_LENGTH if lengths in INFERENCEX_LENGTHS else 1.0
        point = Point(
            id=row["id"], measured=row["measured"], engine=row["backend"], version=row["backend_version"],
            model=lookup("measured model", row["model"], MODELS),
            chip=lookup("measured system", row["system"], SYSTEMS),
            precision=_precision(row),
            prompt_tok=scale * lengths[0], output_tok=scale * lengths[1], concurrency=int(row["concurrency"]),
            n_chips=n_chips, attention_dp=groups, ttft_s=float(row["ttft_ms"]) / 1e3,
            tpot_s=float(row["tpot_ms"]) / 1e3, harness=_harness(row), expert_parallel=min(max(spread, 1), n_chips),
            prefill_workers=int(row["prefill_workers"] or 0), decode_workers=int(row["decode_workers"] or 0),
            prefill_chips=int(row["prefill_tp"] or 0))
        key = (*point.config, point.disaggregated, point.concurrency, point.ttft_s, point.tpot_s)
        if key not in seen:
            seen.add(key)
            points.append(point)
    return points
