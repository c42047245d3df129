"""Fit the constants of `calibration` and report what they leave unexplained.

Three groups of constants: what a chip generation does (`hardware`), what an engine does (`engine`), and two launch
costs that depend on both (`pair`, because engine versions moved on with the chips). A damped Gauss-Newton search works
on logarithms (shares on the logistic scale, so that they stay below one), with a robust loss on the logarithm of
predicted over measured, and a weak pull towards round prior values, which decides where the data are silent.
"""

from __future__ import annotations

import numpy as np

from . import calibration, catalog, measurements, step
from .calibration import ENGINES, GENERATIONS
from .step import Constants, Setup

SEED = 20260422
TPOT_SCALE, TTFT_SCALE = 0.12, 0.25  # residuals beyond these, on the log scale, count less and less
TTFT_WEIGHT, PRIOR_WEIGHT = 0.7, 1.0
QUEUED_S = 5.0  # a wait this long, with room in the cache, has a cause outside the model (server start-up)
# name: (prior, width of the pull on its scale)
HARDWARE = {"weight_mbu": (0.75, 0.6), "expert_mbu": (0.7, 0.8), "dense_mfu": (0.6, 0.8),
            "expert_mfu": (0.3, 0.8), "message_share": (0.3, 0.8), "bulk_share": (0.6, 0.8),
            "collective_s": (10e-6, 0.5)}
ENGINE = {"cache_mbu": (0.7, 0.8), "layer_s": (15e-6, 1.0), "quantise_s": (15e-6, 0.7), "sequence_s": (6e-6, 1.0),
          "interference": (0.9, 0.3), "request_layer_s": (0.3e-3, 0.7), "latent_layer_s": (1e-3, 1.0),
          "queue_share": (0.05, 0.7)}
PAIR = {"expert_launch_s": (4e-6, 1.0), "request_s": (20e-3, 1.0)}
SHARED = {"memory_share": (0.96, 0.4)}


def _bounded(name: str) -> bool:
    return name.endswith(("_mbu", "_mfu", "_share")) and name != "queue_share"


def _forward(name, x):
    return 1 / (1 + np.exp(-x)) if _bounded(name) else np.exp(x)


def _backward(name, value):
    return np.log(value / (1 - value)) if _bounded(name) else np.log(value)


# a slot per fitted number: (table, keys, name)
SLOTS = ([("hardware", (g,), n) for g in GENERATIONS for n in HARDWARE]
         + [("engine", (e,), n) for e in ENGINES for n in ENGINE]
         + [("pair", (e, g), n) for e in ENGINES for g in GENERATIONS for n in PAIR]
         + [("shared", (), n) for n in SHARED])
PRIORS = HARDWARE | ENGINE | PAIR | SHARED


def tables(x) -> dict:
    """Arrange a vector of fitted numbers as the tables of ``calibration.toml``, rounded to four digits."""
    out: dict = {}
    for value, (table, keys, name) in zip(x, SLOTS, strict=True):
        place = out.setdefault(table, {})
        for key in keys:
            place = place.setdefault(key, {})
        place[name] = float(f"{_forward(name, value):.4g}")
    return out


class Data:
    """Points as arrays: one `Setup` whose fields hold a number per point."""

    def __init__(self, points):
        self.points = points
        setups = {key: calibration.setup(*key) for key in {(p.model, p.accelerator, p.precision) for p in points}}
        each = [setups[p.model, p.accelerator, p.precision] for p in points]
        self.setup = Setup(**{name: np.array([getattr(s, name) for s in each], float)
                              for name in Setup.__dataclass_fields__})
        for name in ("concurrency", "prompt_tok", "output_tok", "n_chips", "attention_dp", "tpot_s", "ttft_s"):
            setattr(self, name, np.array([getattr(p, name) for p in points], float))
        self.mixture = self.setup.expert_layers > 0
        self._engine = np.array([ENGINES.index(p.engine) for p in points])
        self._family = np.array([list(GENERATIONS).index(calibration.generation(p.accelerator)) for p in points])

    def constants(self, fitted: dict) -> Constants:
        """Constants of each point's chip and engine."""
        values = {}
        for name in HARDWARE:
            values[name] = np.array([fitted["hardware"][g][name] for g in GENERATIONS])[self._family]
        for name in ENGINE:
            values[name] = np.array([fitted["engine"][e][name] for e in ENGINES])[self._engine]
        for name in PAIR:
            grid = np.array([[fitted["pair"][e][g][name] for g in GENERATIONS] for e in ENGINES])
            values[name] = grid[self._engine, self._family]
        return Constants(**values, **fitted["shared"])

    def predict(self, constants):
        """Evaluate the model at every point."""
        return step.serve(self.setup, constants, self.concurrency, self.prompt_tok, self.output_tok,
                                 self.n_chips, self.attention_dp)

    def explained(self, predicted):
        """Points whose time to first token the model can speak about."""
        return np.isfinite(predicted.ttft_s) & ((self.ttft_s < QUEUED_S) | (predicted.wait_s > 0))


def _robust(residual, scale):
    return np.sign(residual) * np.sqrt(np.log1p(np.square(residual / scale)))


def fit(points) -> dict:
    """Fit all constants to some points.

    Parameters
    ----------
    points : list of Point

    Returns
    -------
    dict
        The tables of ``calibration.toml``.
    """
    data = Data(points)
    prior = np.array([_backward(name, PRIORS[name][0]) for _, _, name in SLOTS])
    width = np.array([PRIORS[name][1] for _, _, name in SLOTS])

    def residuals(x):
        out = data.predict(data.constants(_exact(x)))
        known = data.explained(out)
        tpot = np.log(np.where(np.isfinite(out.tpot_s), out.tpot_s, data.tpot_s) / data.tpot_s)
        ttft = np.where(known, np.log(np.where(known, out.ttft_s, 1) / data.ttft_s), 0)
        return np.concatenate([_robust(tpot, TPOT_SCALE), TTFT_WEIGHT * _robust(ttft, TTFT_SCALE),
                               PRIOR_WEIGHT * (x - prior) / width])

    return tables(_least_squares(residuals, prior))


def _exact(x) -> dict:
    out: dict = {}
    for value, (table, keys, name) in zip(x, SLOTS, strict=True):
        place = out.setdefault(table, {})
        for key in keys:
            place = place.setdefault(key, {})
        place[name] = _forward(name, value)
    return out


def _least_squares(residuals, x, steps=60, tolerance=1e-6):
    """Levenberg-Marquardt with a numerical Jacobian."""
    damping, r = 1e-2, residuals(x)
    for _ in range(steps):
        jacobian = np.stack([(residuals(x + 1e-4 * unit) - r) / 1e-4 for unit in np.eye(x.size)], axis=1)
        normal, slope = jacobian.T @ jacobian, jacobian.T @ r
        for _ in range(10):
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -slope)
            trial = x + np.clip(step, -0.7, 0.7)
            new = residuals(trial)
            if new @ new < r @ r:
                break
            damping *= 4
        else:
            return x
        gain, x, r, damping = 1 - (new @ new) / (r @ r), trial, new, damping * 0.3
        if gain < tolerance:
            return x
    return x


def split(points, seed=SEED):
    """Cut the configurations in two halves, stratum by stratum.

    Parameters
    ----------
    points : list of Point
    seed : int

    Returns
    -------
    tuple of list
        The half to fit, the half to report. All loads of one configuration are on one side; each model, chip and
        engine is on both where it has two configurations.
    """
    strata: dict = {}
    for p in points:
        strata.setdefault((p.model, p.accelerator, p.engine), set()).add(p.config)
    rng, chosen = np.random.default_rng(seed), set()
    for _, configs in sorted(strata.items()):
        ordered = sorted(configs)
        chosen |= {ordered[i] for i in rng.permutation(len(ordered))[::2]}
    return [p for p in points if p.config in chosen], [p for p in points if p.config not in chosen]


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


def unseen(points, least=20) -> dict[tuple, dict]:
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
    others |= {f'unseen.{field}."{name}"': row for (field, name), row in unseen(points).items()}
    meta = {"date": max(p.measured for p in every), "seed": SEED, "points": len(every),
            "set_aside": len(every) - len(points), "points_fitted": len(first), "points_judged": len(second),
            "source": "silicon_sample.csv of aiconfigurator-core 0.12.0 (PyPI), NVIDIA, Apache-2.0; mode agg"}
    return write(fitted, residual_rows(first, fitted), held, others, meta), held


def main() -> int:
    """Refit, rewrite ``calibration.toml``, and print the errors on the half that was not fitted."""
    text, held = run()
    catalog.path("calibration.toml").write_text(text, encoding="utf-8")
    print(f"{'':48s}{'points':>7s}{'TPOT':>8s}{'bias':>8s}{'bound':>8s}{'TTFT':>8s}{'median':>8s}{'quiet':>8s}")
    for (group, key), row in sorted(held.items()):
        numbers = (row["tpot_error"], row["tpot_bias"], row["bound_bias"], row["ttft_error"], row["ttft_median"],
                   row["quiet_ttft_error"])
        print(f"{group + ' ' + key:48.48s}{row['rows']:7d}" + "".join(f"{n:+8.1%}" for n in numbers))
    return 0
