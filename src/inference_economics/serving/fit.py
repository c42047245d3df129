"""Fit the constants of `calibration`: strong priors, and engines and chip generations held close to each other.

Every constant is a mean over all engines and generations, plus what an engine, a generation, a pair of both and a
harness add on a logarithmic scale (logistic for shares, so that they stay below one). What they may add is narrow
(`CONSTANTS`), so a pair with few models cannot take an absurd value. What one model adds on one engine, such as a model
on the day of its release, is fitted too (`EFFECTS`) and then left out: the constants are those of a model never seen.

A damped Gauss-Newton search uses a robust loss on the logarithm of predicted over measured. Series that contradict
their sisters (`measurements.oddity`) are judged, but not fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import calibration, measurements, recipes, step
from .constants import MEMORY
from .engines import TYPICAL
from .layout import Layout
from .load import Load
from .measurements import HARNESSES, Point
from .setups import Setup, setup
from .step import Constants, Serving

SEED = 20260422
TPOT_SCALE, TTFT_SCALE = 0.2, 0.25  # residuals beyond these, on the log scale, count less and less
TTFT_WEIGHT = 1.0
QUEUED_S = 5.0  # a wait this long, with room in the cache, has a cause outside the model (server start-up)

# name: (prior, width of the pull on its scale, what each kind of group may add to it)
CONSTANTS = {
    "weight_mbu": (0.75, 0.5, {"generation": 0.1}),
    "expert_mbu": (0.7, 0.5, {"generation": 0.1, "engine": 0.1}),
    "cache_mbu": (0.7, 0.5, {"engine": 0.4}),
    "dense_mfu": (0.65, 0.5, {"generation": 0.3}),
    "fp8_share": (0.8, 0.5, {"generation": 0.3}),
    "block_share": (0.6, 0.5, {"generation": 0.3, "engine": 0.3}),
    "fp4_share": (0.6, 0.5, {}),
    "expert_mfu": (0.35, 0.5, {"generation": 0.3, "engine": 0.3}),
    "message_share": (0.5, 0.5, {"generation": 0.3}),
    "bulk_share": (0.6, 0.5, {"generation": 0.3}),
    "collective_s": (8e-6, 0.5, {"generation": 0.3}),
    "layer_s": (35e-6, 0.5, {"engine": 0.08, "generation": 0.1, "pair": 0.05}),
    "expert_layer_s": (30e-6, 0.5, {"engine": 0.08, "generation": 0.08, "pair": 0.05}),
    "shared_expert_s": (10e-6, 0.5, {}),
    "latent_launch_s": (15e-6, 0.5, {"engine": 0.3}),
    "state_launch_s": (20e-6, 0.5, {}),
    "quantise_s": (20e-6, 0.5, {"engine": 0.3}),
    "block_s": (20e-6, 0.5, {"engine": 0.3, "generation": 0.2}),
    "widen_s": (40e-6, 0.5, {}),
    "launch_decline": (0.3, 0.7, {}),
    "sequence_s": (6e-6, 0.7, {"engine": 0.4}),
    "layer_passes": (8.0, 0.5, {"engine": 0.3}),
    "expert_passes": (4.0, 0.5, {"engine": 0.3}),
    "interference": (0.95, 0.1, {"engine": 0.1}),
    "request_s": (30e-3, 0.7, {"engine": 0.5, "pair": 0.4, "harness": 0.5}),
    "request_layer_s": (0.3e-3, 0.7, {"engine": 0.4}),
    "latent_layer_s": (0.5e-3, 0.7, {"engine": 0.4}),
    "state_layer_s": (0.5e-3, 0.7, {}),
    "queue_share": (0.07, 0.7, {"engine": 0.4, "harness": 0.4}),
    "queue_launch_share": (0.3, 0.7, {"engine": 0.7}),
}
# what a model, and a model on one engine and generation, may multiply: launches, prefill's arithmetic, fixed times
EFFECTS = {"launch": {"model": 0.2, "series": 0.6}, "work": {"model": 0.08, "series": 0.2},
           "fixed": {"model": 0.1, "series": 0.3}}
LAUNCHES = ("layer_s", "expert_layer_s", "shared_expert_s", "latent_launch_s", "state_launch_s", "quantise_s",
            "block_s", "widen_s")
FIXED = ("request_s", "request_layer_s", "latent_layer_s", "state_layer_s")
NAMES = (*CONSTANTS, *EFFECTS)


def _bounded(name: str) -> bool:
    return name in ("weight_mbu", "expert_mbu", "cache_mbu", "dense_mfu", "expert_mfu", "fp8_share", "block_share",
                    "fp4_share", "message_share", "bulk_share")


def _forward(name: str, x: Any) -> Any:
    return 1 / (1 + np.exp(-x)) if _bounded(name) else np.exp(x)


def _backward(name: str, value: float) -> Any:
    return np.log(value / (1 - value)) if _bounded(name) else np.log(value)


def _groups(point: Point) -> dict[str, tuple[str, ...]]:
    """Key of each kind of group that a point belongs to."""
    family = calibration.generation(point.chip)
    return {"engine": (point.engine,), "generation": (family,), "pair": (point.engine, family),
            "harness": (point.harness,), "model": (point.model,), "series": (point.model, point.engine, family)}


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
        self.groups = [_groups(p) for p in points]

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


class _Slots:
    """The fitted numbers: a mean for each constant, and what each group adds to it."""

    def __init__(self, points: Sequence[Point]) -> None:
        found = [_groups(p) for p in points]
        rows = {name: (prior, width, levels) for name, (prior, width, levels) in CONSTANTS.items()}
        rows |= {name: (1.0, 1e-6, levels) for name, levels in EFFECTS.items()}
        self.keys: list[tuple[str, str, tuple[str, ...]]] = []
        start, width = [], []
        for name, (prior, pull, levels) in rows.items():
            self.keys.append((name, "", ()))
            start.append(_backward(name, prior))
            width.append(pull)
            for kind, spread in levels.items():
                for key in sorted({groups[kind] for groups in found}):
                    self.keys.append((name, kind, key))
                    start.append(0.0)
                    width.append(spread)
        self.start, self.width = np.array(start), np.array(width)

    def design(self, data: Data) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """For each name its slots, and which points each of them moves."""
        out = {}
        for name in NAMES:
            own = [i for i, key in enumerate(self.keys) if key[0] == name]
            masks = [np.array([not kind or groups[kind] == key for groups in data.groups], float)
                     for _, kind, key in (self.keys[i] for i in own)]
            out[name] = np.array(own), np.stack(masks, axis=1)
        return out


def _constants(values: dict[str, Any], data: Data) -> Constants:
    """Constants from values per point, with the effects of models folded in."""
    values = dict(values)
    for name in LAUNCHES:
        values[name] = values[name] * values["launch"]
    for name in FIXED:
        values[name] = values[name] * values["fixed"]
    for name in ("dense_mfu", "expert_mfu"):
        values[name] = values[name] / values["work"]
    values["mixture_launch"] = calibration.mixture_launch(values["launch_decline"], data.built)
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
    data, slots = Data(used), _Slots(used)
    design = slots.design(data)

    def residuals(scaled: dict[str, np.ndarray]) -> np.ndarray:
        out = data.predict(_constants({name: _forward(name, scaled[name]) for name in NAMES}, data))
        known = data.explained(out)
        tpot = np.log(np.where(np.isfinite(out.tpot_s), out.tpot_s, data.tpot_s) / data.tpot_s)
        ttft = np.where(known, np.log(np.where(known, out.ttft_s, 1) / data.ttft_s), 0)
        return np.concatenate([_robust(tpot, TPOT_SCALE), TTFT_WEIGHT * _robust(ttft, TTFT_SCALE)])

    return tables(slots, _least_squares(residuals, slots, design))


def _least_squares(residuals: Callable[[dict[str, np.ndarray]], np.ndarray], slots: _Slots,
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


def tables(slots: _Slots, x: np.ndarray) -> dict[str, Any]:
    """Arrange fitted numbers as the tables of ``calibration.toml``, rounded to four digits.

    Parameters
    ----------
    slots : _Slots
    x : array
        One number per slot.

    Returns
    -------
    dict
        ``shared``: constants that are the same everywhere. ``pair``: engine, generation and the rest; an engine or
        generation without points of its own has the mean. ``harness``: factors on some of them.
    """
    found = dict(zip(slots.keys, x, strict=True))
    out: dict[str, dict[str, Any]] = {"shared": {}, "pair": {}, "harness": {}}
    for name, (_, _, levels) in CONSTANTS.items():
        if not levels:
            out["shared"][name] = _rounded(_forward(name, found[name, "", ()]))
    for engine in (*calibration.ENGINES, TYPICAL):
        for family in (*calibration.GENERATIONS, calibration.OTHER):
            place = out["pair"].setdefault(engine, {}).setdefault(family, {})
            for name, (_, _, levels) in CONSTANTS.items():
                if levels:
                    level = found[name, "", ()] + sum(found.get((name, kind, key), 0.0) for kind, key in (
                        ("engine", (engine,)), ("generation", (family,)), ("pair", (engine, family))))
                    place[name] = _rounded(_forward(name, level))
    for harness in HARNESSES:
        out["harness"][harness] = {
            name: _rounded(np.exp(found.get((name, "harness", (harness,)), 0.0)))
            for name, (_, _, levels) in CONSTANTS.items() if "harness" in levels}
    return out


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


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
