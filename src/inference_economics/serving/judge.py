"""Errors on what a fit never saw, and the ranges made of them.

Whole models, chips, engines, harnesses and chip generations are left out of fits made for the purpose. The form of
the model was chosen by the errors on models left out, at first on those of `LOOKED_AT` alone, later on all of them;
what the runs were told to do (`recipes`) was read, not chosen. Disaggregated services guided two changes of the form,
so they do not judge either, though no point of theirs is fitted. Nor does the first token of requests that wait for
room: what engines set aside for an answer was looked at there. No form, width or weight was chosen by the errors on
chips, engines, harnesses or generations: those are the split that only judges.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from .. import models
from . import calibration, measurements, step
from .disaggregation import Pool, serve_pools
from .fit import Data, fit
from .layout import Layout
from .load import Load
from .measurements import Point
from .setups import setup

LOOKED_AT = ("deepseek-v3", "kimi-k2", "llama-3.1-70b", "qwen3-235b-a22b")
INSIDE = 0.8  # share of measurements that an interval is to hold
STRETCHES = np.linspace(1.0, 3.0, 41)
LEAST = 10  # nothing with fewer points is left out
CUTS: dict[str, Callable[[Point], str]] = {
    "model": lambda p: p.model, "chip": lambda p: p.chip, "engine": lambda p: p.engine,
    "harness": lambda p: p.harness, "generation": lambda p: calibration.generation(p.chip)}


POOLED = ("model", "chip", "engine", "harness")  # the cuts whose predictions are also judged together


def mean(values: Any) -> float:
    """Mean, and 0 of nothing."""
    return float(np.mean(values)) if len(values) else 0.0


def load_band(concurrency: int) -> str:
    """Name of the band that a number of requests in flight falls in."""
    edges = (4, 8, 16, 32, 64, 128, 256)
    return next((f"up to {edge:3d}" for edge in edges if concurrency <= edge), "above 256")


class Unseen(NamedTuple):
    """Errors on points left out: predicted over measured, point by point.

    Parameters
    ----------
    points : list of Point
        What was measured.
    names : array of str
        What was left out when a point was predicted.
    tpot, ttft : array
        Predicted over measured; NaN where the model cannot speak about it. [1]
    """

    points: list[Point]
    names: np.ndarray
    tpot: np.ndarray
    ttft: np.ndarray

    @property
    def mixture(self) -> np.ndarray:
        """Which points are mixtures."""
        return np.array([_kind(p) == "mixture" for p in self.points])


def _kind(point: Point) -> str:
    return "mixture" if models.get(point.model).experts else "dense"


def leave_out(points: Sequence[Point], cut: str, only: Collection[str] | None = None) -> Unseen:
    """Fit without one model, chip, engine, harness or generation at a time, and predict what was left out.

    Parameters
    ----------
    points : list of Point
    cut : str
        A key of `CUTS`.
    only : collection of str, optional
        Leave only these out.

    Returns
    -------
    Unseen
    """
    names = np.array([CUTS[cut](p) for p in points])
    parts = []
    for name in sorted(set(names) if only is None else only):
        away = [p for p, own in zip(points, names, strict=True) if own == name]
        if len(away) >= LEAST:
            data = Data(away)
            out = data.predict(data.constants(fit([p for p, own in zip(points, names, strict=True) if own != name])))
            ttft = np.where(data.explained(out), out.ttft_s / data.ttft_s, np.nan)
            parts.append(Unseen(away, np.array([name] * len(away)), out.tpot_s / data.tpot_s, ttft))
    return joined(parts)


def joined(parts: Sequence[Unseen]) -> Unseen:
    """Put several judgements together."""
    return Unseen([p for part in parts for p in part.points], *(np.concatenate([part[i] for part in parts])
                                                                for i in (1, 2, 3)))


def _quantiles(ratios: np.ndarray) -> tuple[float, float]:
    """Factors on a prediction between which `INSIDE` of the measurements at hand lie."""
    tail = (1 - INSIDE) / 2
    low, high = np.nanquantile(1 / ratios, (tail, 1 - tail))
    return float(low), float(high)


def _stretch(ratios: np.ndarray, names: np.ndarray, mixture: np.ndarray) -> float:
    """Power of the quantiles of all names but one that holds `INSIDE` of that one's points, over all names in turn.

    Errors of one name are alike, so the quantiles of some names hold too few points of the next. Dense models and
    mixtures have quantiles of their own, and share the power.
    """
    known = np.isfinite(ratios)
    others = []
    for name, kind in sorted(set(zip(names[known], mixture[known], strict=True))):
        own, rest = (known & (mixture == kind) & (names == name)), (known & (mixture == kind) & (names != name))
        if rest.any():
            others.append((1 / ratios[own], _quantiles(ratios[rest])))
    points = sum(len(own) for own, _ in others)
    for stretch in STRETCHES if others else ():
        if sum(np.sum((a**stretch <= own) & (own <= b**stretch)) for own, (a, b) in others) >= INSIDE * points:
            return float(stretch)
    return float(STRETCHES[-1]) if others else 1.0


def _range(ratios: np.ndarray, stretch: float) -> tuple[float, float]:
    """Factors on a prediction between which `INSIDE` of the measurements of one further name are expected."""
    low, high = _quantiles(ratios)
    return float(low**stretch), float(high**stretch)


def intervals(unseen: Unseen) -> dict[str, dict[str, float]]:
    """Factors between which `INSIDE` of the measurements lie, for dense models and mixtures.

    Parameters
    ----------
    unseen : Unseen

    Returns
    -------
    dict
        ``dense`` and ``mixture`` to ``tpot_low``, ``tpot_high``, ``ttft_low``, ``ttft_high``. [1]
    """
    out = {}
    both = [(ratios, _stretch(ratios, unseen.names, unseen.mixture)) for ratios in (unseen.tpot, unseen.ttft)]
    for kind in ("dense", "mixture"):
        own = unseen.mixture == (kind == "mixture")
        (a, b), (c, d) = (_range(ratios[own], stretch) for ratios, stretch in both)
        out[kind] = {"tpot_low": a, "tpot_high": b, "ttft_low": c, "ttft_high": d}
    return out


def inside(unseen: Unseen) -> tuple[np.ndarray, np.ndarray]:
    """Say which measurements lie in the interval that the errors on everything else left out would have given them.

    Parameters
    ----------
    unseen : Unseen

    Returns
    -------
    tuple of array
        1 or 0 for TPOT, and for TTFT; NaN where there is no prediction.
    """
    held = []
    for ratios in (unseen.tpot, unseen.ttft):
        flags = np.full(ratios.shape, np.nan)
        for name in set(unseen.names):
            away = unseen.names != name
            stretch = _stretch(ratios[away], unseen.names[away], unseen.mixture[away])
            for mixture in (False, True):
                own = (unseen.names == name) & (unseen.mixture == mixture)
                rest = (unseen.names != name) & (unseen.mixture == mixture)
                known = own & np.isfinite(ratios)
                if known.any() and np.isfinite(ratios[rest]).any():
                    low, high = _range(ratios[rest], stretch)
                    flags[known] = (low <= 1 / ratios[known]) & (1 / ratios[known] <= high)
        held.append(flags)
    return held[0], held[1]


def _row(unseen: Unseen, flags: tuple[np.ndarray, np.ndarray], own: np.ndarray) -> dict[str, float]:
    tpot, ttft = unseen.tpot[own] - 1, unseen.ttft[own] - 1
    known = np.isfinite(ttft)
    row = {"rows": int(own.sum()), **_errors("tpot", tpot, flags[0][own]), "ttft_rows": int(known.sum())}
    return row | _errors("ttft", ttft[known], flags[1][own][known])


def _errors(name: str, error: np.ndarray, held: np.ndarray) -> dict[str, float]:
    held = held[np.isfinite(held)]
    return {f"{name}_error": mean(abs(error)), f"{name}_bias": mean(error),
            f"{name}_p90": float(np.quantile(abs(error), 0.9)) if len(error) else 0.0, f"{name}_inside": mean(held)}


def unseen_rows(unseen: Unseen, cut: str) -> dict[tuple[str, str], dict[str, float]]:
    """Errors on what was left out, by name and together; on models also by kind, chips and concurrency.

    Parameters
    ----------
    unseen : Unseen
    cut : str
        What was left out: a key of `CUTS`.

    Returns
    -------
    dict
        (group, key) to a row of `calibration.unseen`.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for i, (p, name) in enumerate(zip(unseen.points, unseen.names, strict=True)):
        kind = _kind(p)
        keys = [(cut, str(name)), (cut, "all")]
        if cut == "model":
            usual = "all but odd series" if not measurements.oddity(p) else "odd series"
            keys += [(cut, usual), ("looked_at", "yes" if p.model in LOOKED_AT else "no"), ("kind", kind),
                     (f"{kind}_chips", str(p.n_chips)), (f"{kind}_concurrency", load_band(p.concurrency))]
        for key in keys:
            groups.setdefault(key, []).append(i)
    flags, rows = inside(unseen), {}
    for key, members in groups.items():
        own = np.zeros(len(unseen.points), bool)
        own[members] = True
        rows[key] = _row(unseen, flags, own)
    return rows


def pooled_rows(cuts: Mapping[str, Unseen]) -> dict[tuple[str, str], dict[str, float]]:
    """Errors of every prediction of something left out, over all cuts of `POOLED` together.

    Parameters
    ----------
    cuts : dict
        Each cut to its errors; cuts outside of `POOLED` do not count.

    Returns
    -------
    dict
        (``pooled``, ``all``) to a row of `calibration.unseen`. A point counts once for each cut that left it out,
        and its range is the one of that cut.
    """
    parts = [cuts[cut] for cut in POOLED]
    tpot, ttft = (np.concatenate(held) for held in zip(*map(inside, parts), strict=True))
    every = joined(parts)
    return {("pooled", "all"): _row(every, (tpot, ttft), np.ones(len(every.points), bool))}


def judge_pools(points: Sequence[Point], fitted: dict[str, Any]) -> dict[tuple[str, str], dict[str, float]]:
    """Judge disaggregated services, of which no point is fitted.

    Parameters
    ----------
    points : list of Point
        From `measurements.disaggregated`.
    fitted : dict
        Tables of constants.

    Returns
    -------
    dict
        (``disaggregated``, engine or ``all``) to rows and errors.
    """
    ratios = []
    for p in points:
        s = setup(p.model, p.chip, p.precision, p.bytes_per_value)
        c = calibration.assemble(fitted, p.engine, p.chip, p.harness, p.built)
        spread = p.expert_parallel if p.attention_dp > 1 else 1
        read, answer = Layout(p.prefill_chips), Layout.of(p.n_chips, p.attention_dp, spread, imbalance=1.0)
        load = Load(p.concurrency, p.prompt_tok, p.output_tok)
        # the source leaves out the groups of some prefilling copies: where one chip cannot hold what it is said to
        # hold, nothing is known of the prompts, and all requests are taken to decode
        if step.capacity(s, c, p.prompt_tok + 1.0, read) >= 1:
            out = serve_pools(Pool(s, c, read, p.prefill_workers), Pool(s, c, answer, p.decode_workers), load)
            ratios.append((out.tpot_s / p.tpot_s, out.ttft_s / p.ttft_s))
        else:
            each = replace(load, concurrency=max(p.concurrency / p.decode_workers, 1.0), arrival="burst")
            ratios.append((step.serve(s, c, each, answer).tpot_s / p.tpot_s, np.nan))
    tpot, ttft = np.array(ratios).T
    rows = {}
    for engine in [*sorted({p.engine for p in points}), "all"]:
        own = np.array([engine in (p.engine, "all") for p in points]) & np.isfinite(tpot)
        known = own & np.isfinite(ttft)
        row: dict[str, float] = {"rows": int(own.sum()), "ttft_rows": int(known.sum())}
        for name, ratio in (("tpot", tpot[own]), ("ttft", ttft[known])):
            errors = _errors(name, ratio - 1, ratio * np.nan)
            row |= {key: value for key, value in errors.items() if "inside" not in key}
        rows["disaggregated", engine] = row
    return rows


def above_bound(points: Sequence[Point]) -> dict[str, dict[str, float]]:
    """How far above the bound measured engines stand.

    Parameters
    ----------
    points : list of Point

    Returns
    -------
    dict
        ``dense`` and ``mixture`` to ``tpot_high``, the factor that `INSIDE` of them stay below. [1]
    """
    data = Data(points)
    above = data.tpot_s / data.predict(step.IDEAL).tpot_s
    return {kind: {"tpot_high": float(np.nanquantile(above[data.mixture == (kind == "mixture")], INSIDE))}
            for kind in ("dense", "mixture")}
