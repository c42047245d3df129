"""Fit the constants of `calibration`: strong priors, and engines and chip generations held close to each other.

What may be fitted, and how far it may move, is in `priors`.

A damped Gauss-Newton search uses a robust loss on the logarithm of predicted over measured. Series that contradict
their sisters (`measurements.oddity`) are judged, but not fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import calibration, measurements, recipes, step
from .constants import MEMORY
from .layout import Layout
from .load import Load
from .measurements import Point
from .priors import FIXED, LAUNCHES, NAMES, Slots, forward, groups_of, tables
from .setups import Setup, setup
from .step import Constants, Serving

SEED = 20260422
TPOT_SCALE, TTFT_SCALE = 0.2, 0.25  # residuals beyond these, on the log scale, count less and less
TTFT_WEIGHT = 1.0
QUEUED_S = 5.0  # a wait this long, with room in the cache, has a cause outside the model (server start-up)

class Data:
    """Points as arrays: one `Setup` whose fields hold a number per point."""

    def __init__(self, points: Sequence[Point]) -> None:
        def key(p: Point) -> tuple[str, str, str, float]:
            return p.model, p.chip, p.precision, p.bytes_per_value

        self.points = points
        setups = {one: setup(*one) for one in set(map(key, points))}
        each = [setups[key(p)] for p in points]
        self.setup = Setup(**{name: np.array([getattr(s, name) for s in each], float)
                              for name in Setup.__dataclass_fields__})

        def column(name: str) -> np.ndarray:
            return np.array([getattr(p, name) for p in points], float)

        self.load = Load(column("concurrency"), column("prompt_tok"), column("output_tok"))
        self.n_chips, self.attention_dp, self.built = map(column, ("n_chips", "attention_dp", "built"))
        self.tpot_s, self.ttft_s = column("tpot_s"), column("ttft_s")
        self.held_steps = np.array([recipes.held_steps(p) for p in points], float)
        rules = [recipes.memory_rule(p) for p in points]
        self.memory = {name: np.array([rule[name] for rule in rules]) for name in MEMORY}
        groups = self.attention_dp
        # without groups, chips that hold whole experts see every token, and sum as they do without
        spread = np.where(groups > 1, [p.expert_parallel for p in points], 1.0)
        # an imbalance was tried: the errors on models left out grew with it
        self.layout = Layout(tp=self.n_chips / groups, attention_dp=groups, ep=spread, imbalance=1.0)
        self.mixture = np.asarray(self.setup.expert_layers) > 0
        self.fitted = np.array([not measurements.oddity(p) for p in points])
        self.groups = [groups_of(p) for p in points]

    def constants(self, fitted: dict[str, Any]) -> Constants:
        """Constants of each point's chip, engine, harness and date, with what its own run was told."""
        each = [calibration.assemble(fitted, p.engine, p.chip, p.harness, p.built)
                for p in self.points]
        names = Constants.__dataclass_fields__
        columns = {name: np.array([getattr(c, name) for c in each]) for name in names}
        return Constants(**columns | {"held_steps": self.held_steps, **self.memory})

    def predict(self, constants: Constants) -> Serving:
        """Evaluate the model at every point."""
        return step.serve(self.setup, constants, self.load, self.layout)

    def explained(self, predicted: Serving) -> Any:
        """Points whose time to first token the model can speak about."""
        return np.isfinite(predicted.ttft_s) & ((self.ttft_s < QUEUED_S) | (predicted.wait_s > 0))


def _constants(values: dict[str, Any], data: Data) -> Constants:
    """Constants from values per point, with the effects of models folded in."""
    values = dict(values)
    for name in LAUNCHES:
        values[name] = values[name] * values["launch"]
    for name in FIXED:
        values[name] = values[name] * values["fixed"]
    for name in ("dense_mfu", "expert_mfu"):
        values[name] = values[name] / values["work"]
    for name, decline in (("mixture_launch", "launch_decline"), ("mixture_prefill", "prefill_decline")):
        values[name] = calibration.since_built(values[decline], data.built)
    values |= {"held_steps": data.held_steps, **data.memory}
    return Constants(**{name: values[name] for name in Constants.__dataclass_fields__})


def _robust(residual: np.ndarray, scale: float) -> Any:
    return np.sign(residual) * np.sqrt(np.log1p(np.square(residual / scale)))


def fit(points: Sequence[Point]) -> dict[str, Any]:
    """Fit all constants to some points.

    Parameters
    ----------
    points : list of Point

    Returns
    -------
    dict
        The tables of ``calibration.toml``.
    """
    used = [p for p in points if not measurements.oddity(p)]
    data, slots = Data(used), Slots(used)
    design = slots.design(data.groups)

    def residuals(scaled: dict[str, np.ndarray]) -> np.ndarray:
        out = data.predict(_constants({name: forward(name, scaled[name]) for name in NAMES}, data))
        known = data.explained(out)
        tpot = np.log(np.where(np.isfinite(out.tpot_s), out.tpot_s, data.tpot_s) / data.tpot_s)
        ttft = np.where(known, np.log(np.where(known, out.ttft_s, 1) / data.ttft_s), 0)
        return np.concatenate([_robust(tpot, TPOT_SCALE), TTFT_WEIGHT * _robust(ttft, TTFT_SCALE)])

    return tables(slots, _least_squares(residuals, slots, design))


def _least_squares(residuals: Callable[[dict[str, np.ndarray]], np.ndarray], slots: Slots,
                   design: dict[str, tuple[np.ndarray, np.ndarray]], steps: int = 60,
                   tolerance: float = 1e-6) -> np.ndarray:
    """Levenberg-Marquardt. A constant's slots move its points alike, so one difference for each constant will do."""
    def scaled(x: np.ndarray) -> dict[str, np.ndarray]:
        return {name: mask @ x[own] for name, (own, mask) in design.items()}

    def whole(x: np.ndarray) -> np.ndarray:
        return np.concatenate([residuals(scaled(x)), (x - slots.start) / slots.width])

    x: np.ndarray = slots.start.copy()
    damping = 1e-2
    r = whole(x)
    n = r.size - x.size
    for _ in range(steps):
        now, jacobian = scaled(x), np.zeros((r.size, x.size))
        for name, (own, mask) in design.items():
            change = (residuals(now | {name: now[name] + 1e-4}) - r[:n]) / 1e-4
            jacobian[:n, own] = change[:, None] * np.concatenate([mask, mask])
        jacobian[n:] = np.diag(1 / slots.width)
        normal, slope = jacobian.T @ jacobian, jacobian.T @ r
        for _ in range(10):
            move = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -slope)
            trial = x + np.clip(move, -0.7, 0.7)
            new = whole(trial)
            if new @ new < r @ r:
                break
            damping *= 4
        else:
            return x
        gain, x, r, damping = 1 - (new @ new) / (r @ r), trial, new, damping * 0.3
        if gain < tolerance:
            return x
    return x


def split(points: Sequence[Point], seed: int = SEED) -> tuple[list[Point], list[Point]]:
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
    strata: dict[tuple[str, str, str], set[tuple[str | float, ...]]] = {}
    for p in points:
        strata.setdefault((p.model, p.chip, p.engine), set()).add(p.config)
    rng, chosen = np.random.default_rng(seed), set()
    for _, configs in sorted(strata.items()):
        ordered = sorted(configs)
        chosen |= {ordered[i] for i in rng.permutation(len(ordered))[::2]}
    return [p for p in points if p.config in chosen], [p for p in points if p.config not in chosen]
