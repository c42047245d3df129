"""Measured serving points, read with care: what ran, on how many chips, and which rows say something else.

The file comes from a tool that records many harnesses in one table, so it needs four corrections, each a rule below:
how many chips a row used, how long its prompts really were (both in `rows`), which rows decode several tokens per step,
and which series cannot be what they say. Nothing is dropped by looking at how well a model fits it.

References
----------
.. [1] aiconfigurator-core 0.12.0 (PyPI), NVIDIA, Apache-2.0: ``silicon_sample.csv``.
"""

from __future__ import annotations

from functools import cache

from .. import catalog, models
from .points import BUILDS, BUILT, Point
from .rows import read

__all__ = ["BUILDS", "BUILT", "HARNESSES", "ODDITIES", "Point", "disaggregated", "kept", "load", "oddity"]

HARNESSES = ("inferencex", "gap-analysis", "other")
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


@cache
def _all() -> tuple[Point, ...]:
    return tuple(read(catalog.path("serving_measurements.csv", __package__)))


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
