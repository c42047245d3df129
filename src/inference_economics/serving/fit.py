"""Fit the constants of `calibration` and report what they leave unexplained.

Three groups of constants: what a chip generation does (`hardware`), what an engine does (`engine`), and two launch
costs that depend on both (`pair`, because engine versions moved on with the chips). A damped Gauss-Newton search works
on logarithms (shares on the logistic scale, so that they stay below one), with a robust loss on the logarithm of
predicted over measured, and a weak pull towards round prior values, which decides where the data are silent.
"""

from __future__ import annotations

import numpy as np

from . import calibration, deployment, step
from .calibration import ENGINES, GENERATIONS
from .deployment import Setup
from .step import Constants

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
        def key(p):
            return p.model, p.accelerator, p.precision, p.bytes_per_value

        setups = {one: deployment.setup(*one) for one in set(map(key, points))}
        each = [setups[key(p)] for p in points]
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
