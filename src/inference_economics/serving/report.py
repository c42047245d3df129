"""How far the calibrated model is from what was measured: by group, by repeat, and on what it never saw.

Run as ``python -m inference_economics.serving.report`` to fit again and rewrite ``calibration.toml``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import catalog
from ..quantities.checks import lookup, require_whole
from ..quantities.units import text
from . import calibration, measurements, step
from .deployment import Deployment
from .engines import TYPICAL
from .fit import SEED, Data, fit, split
from .formats import Formats
from .judge import (
    CUTS,
    above_bound,
    intervals,
    joined,
    judge_pools,
    leave_out,
    load_band,
    mean,
    pooled_rows,
    unseen_rows,
)
from .load import Load
from .measurements import Point


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

    point: measurements.Point
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
    predicted = np.asarray(data.predict(data.constants(calibration.fitted())).tpot_s)
    worst = np.argsort(-np.abs(np.log(predicted / data.tpot_s)), kind="stable")[:count]
    return [Miss(points[i], float(predicted[i]), measurements.oddity(points[i])) for i in worst]


UNSEEN_COLUMNS = ("left out", "points", "TPOT error", "bias", "90th percentile", "TTFT error", "TTFT bias", "in range")


def unseen_table(*groups: str) -> list[tuple[str, ...]]:
    """Return rows of a page's table of the errors on what was left out.

    Parameters
    ----------
    *groups : str
        Keys of `calibration.unseen`.

    Returns
    -------
    list of tuple
        One cell for each of `UNSEEN_COLUMNS`, names in order, those that gather others last.
    """
    rows, stored = [], calibration.unseen()
    for group in groups:
        table = lookup("group", group, stored)
        for name in sorted(table, key=lambda name: (name.startswith(("all", "odd series")), name)):
            row = table[name]
            errors = (row.get(key, np.nan) for key in ("tpot_error", "tpot_bias", "tpot_p90", "ttft_error", "ttft_bias",
                                                       "tpot_inside"))
            rows.append((f"{group.replace('_', ' ')}: {name}", text(row["rows"]), *(text(e, "%") for e in errors)))
    return rows


# what is asked of the model, as mean absolute errors of TPOT and TTFT; what all together are asked, each is too
AIMS = {"model": ("models", 0.17, 0.25), "chip": ("chips", 0.136, 0.25), "engine": ("engines", 0.136, 0.25),
        "harness": ("harnesses", 0.136, 0.25), "pooled": ("all four, pooled", 0.136, 0.25)}
AIM_COLUMNS = ("left out", "predictions", "TPOT error", "TPOT aim", "TTFT error", "TTFT aim")


def aim_table() -> list[tuple[str, ...]]:
    """Return what was left out beside what the model is asked for.

    Returns
    -------
    list of tuple
        One cell for each of `AIM_COLUMNS`, one row for each of `AIMS`: the errors, the aims, and whether they are met.
    """
    rows, stored = [], calibration.unseen()
    for group, (name, *aims) in AIMS.items():
        row = stored[group]["all"]
        cells = [name, text(row["rows"])]
        for measure, aim in zip(("tpot_error", "ttft_error"), aims, strict=True):
            error = row[measure]
            cells += [text(error, "%"), f"below {text(aim, '%')}: {'met' if error < aim else 'missed'}"]
        rows.append(tuple(cells))
    return rows


class Benchmark(NamedTuple):
    """A published MLPerf result beside the calibrated model, of which it was never a part.

    Parameters
    ----------
    round, scenario, chip, precision : str
        Which result.
    n_chips : int
        Of the submission. [1]
    reported_tok_per_s, tok_per_s : float
        Output, reported and predicted. [token/s]
    """

    round: str
    scenario: str
    chip: str
    precision: str
    n_chips: int
    reported_tok_per_s: float
    tok_per_s: float


def benchmarks(model: str = "llama-2-70b", prompt_tok: float | None = None,
               rounds: Collection[str] = ("v5.1", "v6.0")) -> list[Benchmark]:
    """Predict MLPerf's offline and server results on up to eight chips.

    Parameters
    ----------
    model : str
        A model whose mean answer MLPerf's rules state.
    prompt_tok : float, optional
        Mean prompt; the rules give none, so the default is the mean answer: an assumption. [token]
    rounds : collection of str
        Which rounds.

    Returns
    -------
    list of Benchmark
        The best of 1 to 8 chips a copy and of all concurrencies, with an eight-bit cache; for ``Server`` of all rates
        of arrival (`serve_open`) whose means meet the limits that MLPerf sets for the 99th percentile.
    """
    rules = {row["scenario"]: row for row in catalog.published("mlperf-rules").records(model=model)}
    answer = next(iter(rules.values()))["mean_output_tok"]
    load = Load(np.geomspace(1, 4096, 145), answer if prompt_tok is None else prompt_tok, answer)
    rows = []
    for row in catalog.published("mlperf").records(model=model):
        if row["round"] in rounds and row["scenario"] in ("Offline", "Server") and row["n_chips"] <= 8:
            known = calibration.generation(row["chip"]) != calibration.OTHER
            engine, best = "trtllm" if known else TYPICAL, 0.0
            for tp in (1, 2, 4, 8):
                one = Deployment(model, row["chip"], tp, Formats(row["precision"], 1), engine)
                point = one.serve(load)
                rates = np.where(point.wait_s == 0, point.output_tok_per_s, 0.0)
                if row["scenario"] == "Server":
                    rates = _within(one, rates.max() / load.output_tok * SHARES, load, rules["Server"])
                best = max(best, row["n_chips"] / tp * float(rates.max()))
            rows.append(Benchmark(row["round"], row["scenario"], row["chip"], row["precision"], row["n_chips"],
                                  row["tok_per_s"], best))
    return rows


SHARES = np.linspace(0.02, 1.0, 50)  # of what a closed loop serves, tried as rates of arrival


def _within(one: Deployment, request_per_s: Any, load: Load, limits: dict[str, float]) -> Any:
    """Output at rates of arrival whose mean times are within limits; 0 elsewhere [token/s]."""
    point = one.serve_open(request_per_s, load.prompt_tok, load.output_tok)
    meets = np.logical_and(point.tpot_s <= limits["tpot_s"], point.ttft_s <= limits["ttft_s"])
    return np.where(meets, point.output_tok_per_s, 0.0)


# -- the report -------------------------------------------------------------------------------------------------------


def residual_rows(points: Sequence[Point], fitted: dict[str, Any]) -> dict[tuple[str, str], dict[str, float]]:
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
    quiet = np.asarray(known & (out.wait_s == 0) & (data.load.concurrency <= 16))
    groups: dict[tuple[str, str], list[int]] = {}
    for i, p in enumerate(points):
        kind = "mixture" if data.mixture[i] else "dense"
        keys = [("kind", kind), ("model", p.model), ("chip", p.chip), ("engine", p.engine),
                (f"{kind}_chips", str(p.n_chips)), (f"{kind}_concurrency", load_band(p.concurrency)),
                ("machine", f"{p.model}, {p.chip}, {p.engine}")]
        for key in keys:
            groups.setdefault(key, []).append(i)
    rows = {}
    for key, members in groups.items():
        own = np.array(members)
        j, q = own[known[own]], own[quiet[own]]
        rows[key] = {"rows": len(own), "tpot_error": mean(abs(tpot[own])), "tpot_bias": mean(tpot[own]),
                     "bound_bias": mean(low[own]), "ttft_rows": len(j), "ttft_error": mean(abs(ttft[j])),
                     "ttft_median": float(np.median(abs(ttft[j]))) if len(j) else 0.0, "ttft_bias": mean(ttft[j]),
                     "quiet_rows": len(q), "quiet_ttft_error": mean(abs(ttft[q]))}
    return rows


def _section(name: str, row: dict[str, Any], digits: str = ".4g") -> str:
    lines = (f"{key} = {value:{digits}}\n" if isinstance(value, float) else f"{key} = {value}\n"
             for key, value in row.items())
    return f"[{name}]\n" + "".join(lines)


def repeats(points: Sequence[Point]) -> dict[str, float]:
    """Judge the measurements by themselves: sets that differ only by day, build or expert layout.

    Parameters
    ----------
    points : list of Point

    Returns
    -------
    dict
        Rows in such sets, and their mean distance from the geometric mean of the set.
    """
    sets: dict[tuple[str | float, ...], list[tuple[float, float]]] = {}
    for p in points:
        sets.setdefault((*p.config, p.concurrency), []).append((p.tpot_s, p.ttft_s))
    several = [np.array(rows) for _, rows in sorted(sets.items()) if len(rows) > 1]
    apart = np.concatenate([abs(rows / np.exp(np.log(rows).mean(axis=0)) - 1) for rows in several])
    return {"rows": len(apart), "tpot_spread": float(apart[:, 0].mean()), "ttft_spread": float(apart[:, 1].mean())}


def write(fitted: dict[str, Any], sections: dict[str, dict[str, float]], meta: dict[str, Any]) -> str:
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


def run() -> tuple[str, dict[tuple[str, str], dict[str, float]]]:
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
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for cut, unseen in cuts.items():
        rows |= unseen_rows(unseen, cut)
    rows |= pooled_rows(cuts)
    rows |= judge_pools(measurements.disaggregated(), fitted)
    shrunk = joined([cuts["engine"], cuts["generation"]])
    ranges = {"fitted": intervals(cuts["model"]), "shrunk": intervals(shrunk), "unfitted": above_bound(points)}
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
