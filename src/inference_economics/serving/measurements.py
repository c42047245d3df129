"""Measured serving points, read with care: what ran, on how many chips, and which rows say something else.

The file comes from a tool that records many harnesses in one table, so it needs four corrections, each a rule below:
how many chips a row used, how long its prompts really were, which rows decode several tokens per step, and which
series cannot be what they say. Nothing is dropped by looking at how well a model fits it.

References
----------
.. [1] aiconfigurator-core 0.12.0 (PyPI), NVIDIA, Apache-2.0: ``silicon_sample.csv``.
.. [2] InferenceMAX README, "Benchmark client configuration": lengths drawn between 0.8 and 1 of the nominal ones
   (``--random-range-ratio 0.8``), ten prompts per concurrent user, all sent at once, prefix caching off.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import catalog, models
from ..quantities.checks import lookup
from . import recipes

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
BUILT = 2026.2  # engines of March 2026, when half of the dated points had been measured
HARNESSES = ("inferencex", "gap-analysis", "other")
INFERENCEX_LENGTHS = {(1024, 1024), (1024, 8192), (8192, 1024)}
MEAN_LENGTH = 0.9  # the mean of a uniform draw between 0.8 and 1 [2]


# What is odd about series that still count: model, chip ("" for any), format, engine, version; and why.
ODDITIES = (
    (("llama-3.1-8b", "h200-sxm", "fp8", "vllm", "0.12.0"),
     "tokens come as fast as if other requests' prompts cost next to nothing: a prefix cache was probably on"),
    (("deepseek-v3", "", "fp4", "trtllm", "1.3.0rc1"),
     "contradicts its sister series: 85 ms at 40 requests in flight, where another build needs 21 ms at 448"),
    (("deepseek-v3", "", "fp4", "trtllm", "1.3.0rc5"),
     "contradicts its sister series: 21 ms at 448 requests in flight, where another build needs 85 ms at 40"),
    (("deepseek-v3", "gb200", "fp4", "trtllm", "1.2.0rc6.post1"),
     "28 requests wait 40 s for a first token although they fit: something else held the server"),
    (("gpt-oss-120b", "h100-sxm", "fp8", "trtllm", "1.3.0rc1"),
     "a four-bit model converted to fp8; two rows of one release candidate"),
    (("deepseek-v3", "b200", "fp8", "trtllm", "1.1.0rc2.post2"),
     "an early build for this chip: later ones need half to two thirds of its time"),
    (("deepseek-v3", "b200", "fp8", "trtllm", ""),
     "an early build for this chip: later ones need two thirds of its time"),
    (("deepseek-v3", "b200", "fp8", "sglang", ""),
     "an early build for this chip: later ones need two thirds of its time"),
    (("qwen3-235b-a22b", "h200-sxm", "fp8", "vllm", "0.12.0"),
     "50 ms a token for 4 requests and for 20: kernels without captured graphs, or experts' kernels not tuned"),
    (("qwen3.5-397b-a17b", "b200", "fp8", "sglang", "0.5.9"),
     "the same build on the same machine differs by up to two between days: drafting may have been on in some"),
)


@dataclass(frozen=True)
class Point:
    """One measured operating point.

    Parameters
    ----------
    id, measured, engine, version : str
        The source's identifier; date of the run, if known; serving engine and its version.
    model, chip, precision : str
        Catalogue slugs, and the format of the weights.
    prompt_tok, output_tok : float
        Mean lengths as run. [token]
    concurrency, n_chips, attention_dp : int
        Requests in flight; chips that share one copy; groups that each hold whole attention layers. [1]
    ttft_s, tpot_s : float
        Measured means. [s]
    harness : str
        Who sent the requests: ``inferencex`` (dated runs), ``gap-analysis`` (the same loads, sent by the source), or
        ``other`` (the source's own sweeps).
    expert_parallel : int
        Chips that whole experts are spread over; 1 where every expert is cut. [1]
    prefill_workers, prefill_chips, decode_workers : int
        Of disaggregated rows: copies that prefill, the chips of one, and copies that decode; `n_chips` and
        `attention_dp` are then those of one copy that decodes. 0 where one pool does both. [1]
    aside : str
        Why the row is set aside; empty for a row that counts.
    """

    id: str
    measured: str
    engine: str
    version: str
    model: str
    chip: str
    precision: str
    prompt_tok: float
    output_tok: float
    concurrency: int
    n_chips: int
    attention_dp: int
    ttft_s: float
    tpot_s: float
    harness: str = "inferencex"
    expert_parallel: int = 1
    prefill_workers: int = 0
    prefill_chips: int = 0
    decode_workers: int = 0
    aside: str = ""

    @property
    def bytes_per_value(self) -> float:
        """Bytes of one cached value, by the run's recipe or its engine's default [B]."""
        return recipes.cache_bytes_per_value(self)

    @property
    def output_tok_per_s(self) -> float:
        """Output of all chips together, by Little's law [token/s]."""
        return self.concurrency * self.output_tok / (self.ttft_s + self.output_tok * self.tpot_s)

    @property
    def built(self) -> float:
        """Date of the run, or `calibration.BUILT` where the source has none [year]."""
        if not self.measured:
            return BUILT
        year, month, day = map(int, self.measured.split("-"))
        return year + (month - 1) / 12 + day / 365

    @property
    def disaggregated(self) -> bool:
        """Whether prompts and answers ran on chips of their own."""
        return self.decode_workers > 0

    @property
    def config(self) -> tuple[str | float, ...]:
        """Everything but the load: rows of one configuration stay on one side of the split."""
        return (self.model, self.chip, self.precision, self.engine, self.n_chips, self.attention_dp,
                self.prompt_tok, self.output_tok)

    @property
    def series(self) -> tuple[str, ...]:
        """One engine build on one machine: what is impossible about one row is doubtful about the others."""
        return (self.model, self.chip, self.precision, self.engine, self.version)


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


def _speculative(point: Point) -> bool:
    """Say whether a row decoded with drafts: DeepSeek ships a layer that drafts the next token.

    These two builds need 0.5 to 0.8 of the time per token that the builds before and between them take on the same
    machine, at equal TTFT; the source does not say so, but nothing else fits.
    """
    early_2026 = point.version == "1.1.0rc2.post2" and point.measured >= "2026"
    return point.model == "deepseek-v3" and point.engine == "trtllm" and (
        point.version == "1.2.0rc6.post3" or early_2026)


def _impossible(point: Point) -> str:
    """A row that cannot be what it says: heads that do not divide, or faster than every chip at its full peak."""
    from . import step
    from .layout import Layout
    from .load import Load
    from .setups import setup

    if models.get(point.model).q_heads % (point.n_chips / point.attention_dp):
        return "its chips do not divide the heads: several pools were added up"
    floor = step.serving_floor_s(
        setup(point.model, point.chip, point.precision, point.bytes_per_value), step.IDEAL,
        Load(point.concurrency, point.prompt_tok, point.output_tok), Layout.of(point.n_chips, point.attention_dp))
    return "faster than the chip's peak allows: part of the prompts came from a cache" if point.tpot_s < floor else ""


def _read(path: Path) -> list[Point]:
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


@cache
def _all() -> tuple[Point, ...]:
    return tuple(_read(catalog.path("serving_measurements.csv", __package__)))


def disaggregated() -> list[Point]:
    """Return the measurements whose prompts and answers ran on pools of their own; none of them is ever fitted.

    Returns
    -------
    list of Point
        Duplicates removed, and rows without decoding chips.
    """
    return [point for point in _all() if point.disaggregated]


@cache
def load() -> tuple[Point, ...]:
    """Return the shipped measurements of one pool, each with the reason for setting it aside, if there is one.

    Returns
    -------
    tuple of Point
        Duplicates removed. A series with one impossible row is set aside as a whole.
    """
    points = [point for point in _all() if not point.disaggregated]
    doubtful: dict[tuple[str, ...], str] = {}
    for point in points:
        if reason := _impossible(point):
            doubtful.setdefault(point.series, reason)
    marked = []
    for point in points:
        reason = "several tokens per step (drafting was on)" if _speculative(point) else doubtful.get(point.series, "")
        marked.append(Point(**{**point.__dict__, "aside": reason}))
    return tuple(marked)


def kept() -> list[Point]:
    """Return the points that count: those without a reason to be set aside.

    Returns
    -------
    list of Point
    """
    return [point for point in load() if not point.aside]


def oddity(point: Point) -> str:
    """Say what is odd about the series of a point that counts.

    Parameters
    ----------
    point : Point

    Returns
    -------
    str
        Empty where nothing is known.
    """
    for (model, chip, precision, engine, version), why in ODDITIES:
        series = (model, chip or point.chip, precision, engine, version)
        if series == point.series:
            return why
    return ""
