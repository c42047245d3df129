"""How far the calibrated model is from what was measured: by group, by repeat, and on what it never saw.

Run as ``python -m inference_economics.serving.report`` to fit again and rewrite ``calibration.toml``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .. import catalog
from ..quantities.checks import require_whole
from . import measurements, step
from .calibration import _fitted
from .fit import SEED, Data, fit, split


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
    """Return the points that the model misses by most, in either half.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    list of Miss
        Worst first, by the logarithm of predicted over measured time per token.
    """
    from . import fit, measurements

    require_whole(count=count)
    points = measurements.kept()
    data = fit.Data(points)
    predicted = data.predict(data.constants(_fitted())).tpot_s
    worst = np.argsort(-np.abs(np.log(predicted / data.tpot_s)), kind="stable")[:count]
    return [Miss(points[i], float(predicted[i]), measurements.oddity(points[i])) for i in worst]


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


def judge_unseen(points, least=20) -> dict[tuple, dict]:
    """Fit without one model, or one chip, and judge the fit by it: what to expect of models and chips never measured.

    Parameters
    ----------
    points : list of Point
    least : int
        Leave nothing out that has fewer points than this.

    Returns
    -------
    dict
        (``model`` or ``accelerator``, name) to rows and errors.
    """
    out = {}
    for field in ("model", "accelerator"):
        for name in sorted({getattr(p, field) for p in points}):
            away = [p for p in points if getattr(p, field) == name]
            if len(away) >= least:
                data = Data(away)
                fitted = fit([p for p in points if getattr(p, field) != name])
                error = data.predict(data.constants(fitted)).tpot_s / data.tpot_s - 1
                out[field, name] = {"rows": len(away), "tpot_error": _mean(abs(error)), "tpot_bias": _mean(error)}
    return out


def write(fitted: dict, fit_rows: dict, held_rows: dict, others: dict, meta: dict) -> str:
    """Return the text of ``calibration.toml``."""
    text = ["# Fitted constants of `calibration.Constants`, in base units. Written by `python -m"
            " inference_economics.calibration`;\n# do not edit. Shares have no unit, names in _s are seconds.\n"]
    text.append("[meta]\n" + "".join(f"{k} = {v if isinstance(v, int) else repr(v).replace(chr(39), chr(34))}\n"
                                     for k, v in meta.items()))
    text += [_section(name, row, ".4f") for name, row in others.items()]
    text.append(_section("shared", fitted["shared"]))
    text += [_section(f"hardware.{g}", row) for g, row in fitted["hardware"].items()]
    text += [_section(f"engine.{e}", row) for e, row in fitted["engine"].items()]
    text += [_section(f"pair.{e}.{g}", row) for e, by in fitted["pair"].items() for g, row in by.items()]
    for half, rows in (("fitted_half", fit_rows), ("other_half", held_rows)):
        for (group, key), row in sorted(rows.items()):
            text.append(_section(f'residual.{half}.{group}."{key}"', row, ".4f"))
    return "\n".join(text)


def run():
    """Fit and judge.

    Returns
    -------
    tuple
        The text of ``calibration.toml``, and the errors on the half that was not fitted.
    """
    every, points = measurements.load(), measurements.kept()
    first, second = split(points)
    fitted = fit(first)
    held = residual_rows(second, fitted)
    others = {"repeat": repeats(points)}
    others |= {f'unseen.{field}."{name}"': row for (field, name), row in judge_unseen(points).items()}
    meta = {"date": max(p.measured for p in every), "seed": SEED, "points": len(every),
            "set_aside": len(every) - len(points), "points_fitted": len(first), "points_judged": len(second),
            "source": "silicon_sample.csv of aiconfigurator-core 0.12.0 (PyPI), NVIDIA, Apache-2.0; mode agg"}
    return write(fitted, residual_rows(first, fitted), held, others, meta), held


def main() -> int:
    """Refit, rewrite ``calibration.toml``, and print the errors on the half that was not fitted."""
    text, held = run()
    catalog.path("calibration.toml", __package__).write_text(text, encoding="utf-8")
    print(f"{'':48s}{'points':>7s}{'TPOT':>8s}{'bias':>8s}{'bound':>8s}{'TTFT':>8s}{'median':>8s}{'quiet':>8s}")
    for (group, key), row in sorted(held.items()):
        numbers = (row["tpot_error"], row["tpot_bias"], row["bound_bias"], row["ttft_error"], row["ttft_median"],
                   row["quiet_ttft_error"])
        print(f"{group + ' ' + key:48.48s}{row['rows']:7d}" + "".join(f"{n:+8.1%}" for n in numbers))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
