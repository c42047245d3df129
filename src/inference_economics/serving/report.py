"""How far the calibrated model is from what was measured: by group, by repeat, and on what it never saw.

Whole models, chips, engines, harnesses and chip generations are left out of fits made for the purpose; their errors are
the report, and the range of every prediction. The model's structure was chosen by the errors on `LOOKED_AT` alone.

Run as ``python -m inference_economics.serving.report`` to fit again and rewrite ``calibration.toml``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .. import catalog, models
from ..quantities.checks import lookup, require_whole
from ..quantities.units import text
from . import calibration, measurements, step
from .calibration import _fitted
from .fit import SEED, Data, fit, split

LOOKED_AT = ("deepseek-v3", "kimi-k2", "llama-3.1-70b", "qwen3-235b-a22b")
INSIDE = 0.8  # share of measurements that an interval is to hold
LEAST = 10  # nothing with fewer points is left out
CUTS: dict[str, Callable] = {
    "model": lambda p: p.model, "accelerator": lambda p: p.accelerator, "engine": lambda p: p.engine,
    "harness": lambda p: p.harness, "generation": lambda p: calibration.generation(p.accelerator)}


class Miss(NamedTuple):
    """A measured point that the model misses widely.

    Parameters
    ----------
    point : measurements.Point
        What was measured.
    tpot_s : float
        What the model says. [s]
    why : str
        What is known about it; empty where nothing is.
    """

    point: object
    tpot_s: float
    why: str


def misses(count: int = 12) -> list[Miss]:
    """Return the points that the model misses by most.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    list of Miss
        Worst first, by the logarithm of predicted over measured time per token.
    """
    require_whole(count=count)
    points = measurements.kept()
    data = Data(points)
    predicted = data.predict(data.constants(_fitted())).tpot_s
    worst = np.argsort(-np.abs(np.log(predicted / data.tpot_s)), kind="stable")[:count]
    return [Miss(points[i], float(predicted[i]), measurements.oddity(points[i])) for i in worst]


UNSEEN_COLUMNS = ("left out", "points", "TPOT error", "bias", "90th percentile", "TTFT error", "TTFT bias", "in range")


def unseen_table(*groups: str) -> list[tuple]:
    """Return rows of a page's table of the errors on what was left out.

    Parameters
    ----------
    *groups : str
        Keys of `calibration.unseen`.

    Returns
    -------
    list of tuple
        One cell for each of `UNSEEN_COLUMNS`, names in order, ``all`` last.
    """
    rows, stored = [], calibration.unseen()
    for group in groups:
        table = lookup("group", group, stored)
        for name in sorted(table, key=lambda name: (name.startswith("all"), name)):
            row = table[name]
            errors = (row.get(key, np.nan) for key in ("tpot_error", "tpot_bias", "tpot_p90", "ttft_error", "ttft_bias",
                                                       "tpot_inside"))
            rows.append((f"{group.replace('_', ' ')}: {name}", text(row["rows"]), *(text(e, "%") for e in errors)))
    return rows


# -- the report -------------------------------------------------------------------------------------------------------


def residual_rows(points, fitted) -> dict[tuple, dict]:
    """Errors of the model, and of the uncalibrated bound, by group.

    Parameters
    ----------
    points : list of Point
        What to judge.
    fitted : dict
        Tables of constants.

    Returns
    -------
    dict
        (group, key) to rows, mean absolute error and mean error of TPOT and TTFT, and mean error of the bound.
    """
    data = Data(points)
    out = data.predict(data.constants(fitted))
    bound = data.predict(step.IDEAL)
    tpot, ttft = out.tpot_s / data.tpot_s - 1, out.ttft_s / data.ttft_s - 1
    low, known = bound.tpot_s / data.tpot_s - 1, data.explained(out)
    quiet = known & (out.wait_s == 0) & (data.concurrency <= 16)
    groups: dict[tuple, list[int]] = {}
    for i, p in enumerate(points):
        kind = "mixture" if data.mixture[i] else "dense"
        keys = [("kind", kind), ("model", p.model), ("accelerator", p.accelerator), ("engine", p.engine),
                (f"{kind}_chips", str(p.n_chips)), (f"{kind}_concurrency", _load_band(p.concurrency)),
                ("machine", f"{p.model}, {p.accelerator}, {p.engine}")]
        for key in keys:
            groups.setdefault(key, []).append(i)
    rows = {}
    for key, members in groups.items():
        i = np.array(members)
        j, q = i[known[i]], i[quiet[i]]
        rows[key] = {"rows": len(i), "tpot_error": _mean(abs(tpot[i])), "tpot_bias": _mean(tpot[i]),
                     "bound_bias": _mean(low[i]), "ttft_rows": len(j), "ttft_error": _mean(abs(ttft[j])),
                     "ttft_median": float(np.median(abs(ttft[j]))) if len(j) else 0.0, "ttft_bias": _mean(ttft[j]),
                     "quiet_rows": len(q), "quiet_ttft_error": _mean(abs(ttft[q]))}
    return rows


def _mean(values) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _load_band(concurrency: int) -> str:
    edges = (4, 8, 16, 32, 64, 128, 256)
    return next((f"up to {edge:3d}" for edge in edges if concurrency <= edge), "above 256")


def _section(name: str, row: dict, digits=".4g") -> str:
    lines = (f"{key} = {value:{digits}}\n" if isinstance(value, float) else f"{key} = {value}\n"
             for key, value in row.items())
    return f"[{name}]\n" + "".join(lines)


def repeats(points) -> dict:
    """Judge the measurements by themselves: sets that differ only by day, build or expert layout.

    Parameters
    ----------
    points : list of Point

    Returns
    -------
    dict
        Rows in such sets, and their mean distance from the geometric mean of the set.
    """
    sets: dict[tuple, list] = {}
    for p in points:
        sets.setdefault((*p.config, p.concurrency), []).append((p.tpot_s, p.ttft_s))
    several = [np.array(rows) for _, rows in sorted(sets.items()) if len(rows) > 1]
    apart = np.concatenate([abs(rows / np.exp(np.log(rows).mean(axis=0)) - 1) for rows in several])
    return {"rows": len(apart), "tpot_spread": float(apart[:, 0].mean()), "ttft_spread": float(apart[:, 1].mean())}


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

    points: list
    names: np.ndarray
    tpot: np.ndarray
    ttft: np.ndarray

    @property
    def mixture(self) -> np.ndarray:
        """Which points are mixtures."""
        return np.array([_kind(p) == "mixture" for p in self.points])


def _kind(point) -> str:
    return "mixture" if models.get(point.model).experts else "dense"


def leave_out(points, cut: str, only=None) -> Unseen:
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
            parts.append((away, [name] * len(away), out.tpot_s / data.tpot_s, ttft))
    return _joined([Unseen(*part) for part in parts])


def _joined(parts) -> Unseen:
    return Unseen([p for part in parts for p in part.points], *(np.concatenate([part[i] for part in parts])
                                                                for i in (1, 2, 3)))


def _range(ratios) -> tuple[float, float]:
    """Factors on a prediction between which `INSIDE` of the measurements lie."""
    tail = (1 - INSIDE) / 2
    low, high = np.nanquantile(1 / ratios, (tail, 1 - tail))
    return float(low), float(high)


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
    for kind in ("dense", "mixture"):
        own = unseen.mixture == (kind == "mixture")
        (a, b), (c, d) = _range(unseen.tpot[own]), _range(unseen.ttft[own])
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
            for mixture in (False, True):
                own = (unseen.names == name) & (unseen.mixture == mixture)
                rest = (unseen.names != name) & (unseen.mixture == mixture)
                known = own & np.isfinite(ratios)
                if known.any() and np.isfinite(ratios[rest]).any():
                    low, high = _range(ratios[rest])
                    flags[known] = (low <= 1 / ratios[known]) & (1 / ratios[known] <= high)
        held.append(flags)
    return held[0], held[1]


def _row(unseen: Unseen, flags, own) -> dict:
    tpot, ttft = unseen.tpot[own] - 1, unseen.ttft[own] - 1
    known = np.isfinite(ttft)
    row = {"rows": int(own.sum()), **_errors("tpot", tpot, flags[0][own]), "ttft_rows": int(known.sum())}
    return row | _errors("ttft", ttft[known], flags[1][own][known])


def _errors(name: str, error, held) -> dict:
    held = held[np.isfinite(held)]
    return {f"{name}_error": _mean(abs(error)), f"{name}_bias": _mean(error),
            f"{name}_p90": float(np.quantile(abs(error), 0.9)) if len(error) else 0.0, f"{name}_inside": _mean(held)}


def unseen_rows(unseen: Unseen, cut: str) -> dict[tuple, dict]:
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
    groups: dict[tuple, list] = {}
    for i, (p, name) in enumerate(zip(unseen.points, unseen.names, strict=True)):
        kind = _kind(p)
        keys = [(cut, str(name)), (cut, "all")]
        if cut == "model":
            usual = "all but odd series" if not measurements.oddity(p) else "odd series"
            keys += [(cut, usual), ("looked_at", "yes" if p.model in LOOKED_AT else "no"), ("kind", kind),
                     (f"{kind}_chips", str(p.n_chips)), (f"{kind}_concurrency", _load_band(p.concurrency))]
        for key in keys:
            groups.setdefault(key, []).append(i)
    flags, rows = inside(unseen), {}
    for key, members in groups.items():
        own = np.zeros(len(unseen.points), bool)
        own[members] = True
        rows[key] = _row(unseen, flags, own)
    return rows


def judge_pools(points, fitted: dict) -> dict[tuple, dict]:
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
        s = calibration.setup(p.model, p.accelerator, p.precision, p.bytes_per_value)
        c = calibration.assemble(fitted, p.engine, calibration.generation(p.accelerator), p.harness, p.built)
        spread = p.expert_parallel if p.attention_dp > 1 else 1
        decode, load = calibration._layout(p.n_chips, p.attention_dp, spread), (p.prompt_tok, p.output_tok)
        # the source leaves out the groups of some prefilling copies: where one chip cannot hold what it is said to
        # hold, nothing is known of the prompts, and all requests are taken to decode
        if step.capacity(s, c, p.prompt_tok, 1.0, float(p.prefill_chips)) >= 1:
            out = calibration.serve_pools(s, c, float(p.concurrency), *load, float(p.prefill_workers),
                                    calibration._layout(p.prefill_chips, 1, 1), float(p.decode_workers), decode)
            ratios.append((out.tpot_s / p.tpot_s, out.ttft_s / p.ttft_s))
        else:
            batch = max(p.concurrency / p.decode_workers, 1.0)
            ratios.append((step.serve(s, c, batch, *load, layout=decode, burst=1.0).tpot_s / p.tpot_s, np.nan))
    tpot, ttft = np.array(ratios).T
    rows = {}
    for engine in [*sorted({p.engine for p in points}), "all"]:
        own = np.array([engine in (p.engine, "all") for p in points]) & np.isfinite(tpot)
        known = own & np.isfinite(ttft)
        row = {"rows": int(own.sum()), "ttft_rows": int(known.sum())}
        for name, ratio in (("tpot", tpot[own]), ("ttft", ttft[known])):
            errors = _errors(name, ratio - 1, ratio * np.nan)
            row |= {key: value for key, value in errors.items() if "inside" not in key}
        rows["disaggregated", engine] = row
    return rows


def _above_bound(points) -> dict[str, dict[str, float]]:
    """How far above the bound measured engines stand: the factor that `INSIDE` of them stay below."""
    data = Data(points)
    above = data.tpot_s / data.predict(step.IDEAL).tpot_s
    return {kind: {"tpot_high": float(np.nanquantile(above[data.mixture == (kind == "mixture")], INSIDE))}
            for kind in ("dense", "mixture")}


def write(fitted: dict, sections: dict[str, dict], meta: dict) -> str:
    """Return the text of ``calibration.toml``.

    Parameters
    ----------
    fitted : dict
        Tables of constants.
    sections : dict
        Name of a table, as TOML writes it, to its row of errors.
    meta : dict
        What was fitted to what.

    Returns
    -------
    str
    """
    lines = ["# Fitted constants of `step.Constants`, in base units. Written by `python -m"
            " inference_economics.serving.report`;\n# do not edit. Shares have no unit, names in _s are seconds.\n"]
    lines.append("[meta]\n" + "".join(f"{k} = {v if isinstance(v, int) else repr(v).replace(chr(39), chr(34))}\n"
                                     for k, v in meta.items()))
    lines.append(_section("shared", fitted["shared"]))
    lines += [_section(f'harness."{h}"', row) for h, row in fitted["harness"].items()]
    lines += [_section(f"pair.{e}.{g}", row) for e, by in fitted["pair"].items() for g, row in by.items()]
    lines += [_section(name, row, ".4f") for name, row in sections.items()]
    return "\n".join(lines)


def run():
    """Fit and judge.

    Returns
    -------
    tuple
        The text of ``calibration.toml``, and the errors on what was left out.
    """
    every, points = measurements.load(), measurements.kept()
    fitted, (first, second) = fit(points), split(points)
    half = fit(first)
    cuts = {cut: leave_out(points, cut) for cut in CUTS}
    rows: dict[tuple, dict] = {}
    for cut, unseen in cuts.items():
        rows |= unseen_rows(unseen, cut)
    rows |= judge_pools(measurements.disaggregated(), fitted)
    shrunk = _joined([cuts["engine"], cuts["generation"]])
    ranges = {"fitted": intervals(cuts["model"]), "shrunk": intervals(shrunk), "unfitted": _above_bound(points)}
    sections = {"repeat": repeats(points)}
    sections |= {f"interval.{source}.{kind}": row for source, by in ranges.items() for kind, row in by.items()}
    sections |= {f'unseen.{group}."{name}"': row for (group, name), row in rows.items()}
    for title, part in (("fitted_half", first), ("other_half", second)):
        sections |= {f'residual.{title}.{group}."{key}"': row
                     for (group, key), row in sorted(residual_rows(part, half).items())}
    meta = {"date": max(p.measured for p in every), "seed": SEED, "points": len(every),
            "set_aside": len(every) - len(points), "points_fitted": len(first), "points_judged": len(second),
            "odd": sum(bool(measurements.oddity(p)) for p in points),
            "source": "silicon_sample.csv of aiconfigurator-core 0.12.0 (PyPI), NVIDIA, Apache-2.0"}
    return write(fitted, sections, meta), rows


def main() -> int:
    """Refit, rewrite ``calibration.toml``, and print the errors on what was left out."""
    written, rows = run()
    catalog.path("calibration.toml", __package__).write_text(written, encoding="utf-8")
    columns = [f"{name}_{what}" for name in ("tpot", "ttft") for what in ("error", "bias", "p90", "inside")]
    print(f"{'left out':44s}{'points':>7s}" + "".join(f"{name.replace('_', ' '):>12s}" for name in columns))
    for (group, key), row in rows.items():
        print(f"{group + ' ' + key:44.44s}{row['rows']:7d}"
              + "".join(f"{row.get(name, np.nan):12.1%}" for name in columns))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
