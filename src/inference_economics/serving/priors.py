"""What may be fitted: the prior of every constant, what a group may add to it, and the numbers as tables.

Every constant is a mean over all engines and generations, plus what an engine, a generation, a pair of both and a
harness add on a logarithmic scale (logistic for shares, so that they stay below one). What they may add is narrow
(`CONSTANTS`), so a pair with few models cannot take an absurd value. What one model adds on one engine, such as a model
on the day of its release, is fitted too (`EFFECTS`) and then left out: the constants are those of a model never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import calibration
from .engines import TYPICAL
from .measurements import HARNESSES, Point

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
    "prefill_decline": (0.3, 0.7, {}),
    "sequence_s": (6e-6, 0.7, {"engine": 0.4}),
    "layer_passes": (8.0, 0.5, {"engine": 0.3}),
    "expert_passes": (4.0, 0.5, {"engine": 0.3}),
    "interference": (0.95, 0.1, {"engine": 0.1}),
    "request_s": (30e-3, 0.7, {"engine": 0.5, "pair": 0.4, "harness": 0.5}),
    "request_layer_s": (0.3e-3, 0.7, {"engine": 0.4, "pair": 0.3}),
    "latent_layer_s": (0.5e-3, 0.7, {"engine": 0.4}),
    "state_layer_s": (0.5e-3, 0.7, {}),
    "queue_share": (0.07, 0.7, {"engine": 0.4, "harness": 0.4}),
    "queue_launch_share": (0.3, 0.7, {"engine": 0.7}),
}
# what a model, and a model on one engine and generation, may multiply: launches, prefill's arithmetic, fixed times
EFFECTS = {"launch": {"model": 0.2, "series": 0.6}, "work": {"model": 0.08, "series": 0.2},
           "fixed": {"model": 0.1, "series": 0.1}}
LAUNCHES = ("layer_s", "expert_layer_s", "shared_expert_s", "latent_launch_s", "state_launch_s", "quantise_s",
            "block_s", "widen_s")
FIXED = ("request_s", "request_layer_s", "latent_layer_s", "state_layer_s")
NAMES = (*CONSTANTS, *EFFECTS)


def _bounded(name: str) -> bool:
    return name in ("weight_mbu", "expert_mbu", "cache_mbu", "dense_mfu", "expert_mfu", "fp8_share", "block_share",
                    "fp4_share", "message_share", "bulk_share")


def forward(name: str, x: Any) -> Any:
    """Return a constant's value from the number that is searched for.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    x : number or array
        On the logarithmic scale; of shares, on the logistic one. [1]

    Returns
    -------
    number or array
    """
    return 1 / (1 + np.exp(-x)) if _bounded(name) else np.exp(x)


def backward(name: str, value: float) -> Any:
    """Return the number that is searched for from a constant's value: `forward` undone.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    value : float
        The constant. [any]

    Returns
    -------
    float
    """
    return np.log(value / (1 - value)) if _bounded(name) else np.log(value)


def groups_of(point: Point) -> dict[str, tuple[str, ...]]:
    """Key of each kind of group that a point belongs to."""
    family = calibration.generation(point.chip)
    return {"engine": (point.engine,), "generation": (family,), "pair": (point.engine, family),
            "harness": (point.harness,), "model": (point.model,), "series": (point.model, point.engine, family)}


class Slots:
    """The fitted numbers: a mean for each constant, and what each group adds to it."""

    def __init__(self, points: Sequence[Point]) -> None:
        found = [groups_of(p) for p in points]
        rows = {name: (prior, width, levels) for name, (prior, width, levels) in CONSTANTS.items()}
        rows |= {name: (1.0, 1e-6, levels) for name, levels in EFFECTS.items()}
        self.keys: list[tuple[str, str, tuple[str, ...]]] = []
        start, width = [], []
        for name, (prior, pull, levels) in rows.items():
            self.keys.append((name, "", ()))
            start.append(backward(name, prior))
            width.append(pull)
            for kind, spread in levels.items():
                for key in sorted({groups[kind] for groups in found}):
                    self.keys.append((name, kind, key))
                    start.append(0.0)
                    width.append(spread)
        self.start, self.width = np.array(start), np.array(width)

    def design(self, groups_of_points: Sequence[dict[str, tuple[str, ...]]],
               ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """For each name its slots, and which points each of them moves."""
        out = {}
        for name in NAMES:
            own = [i for i, key in enumerate(self.keys) if key[0] == name]
            masks = [np.array([not kind or groups[kind] == key for groups in groups_of_points], float)
                     for _, kind, key in (self.keys[i] for i in own)]
            out[name] = np.array(own), np.stack(masks, axis=1)
        return out


def tables(slots: Slots, x: np.ndarray) -> dict[str, Any]:
    """Arrange fitted numbers as the tables of ``calibration.toml``, rounded to four digits.

    Parameters
    ----------
    slots : Slots
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
            out["shared"][name] = _rounded(forward(name, found[name, "", ()]))
    for engine in (*calibration.ENGINES, TYPICAL):
        for family in (*calibration.GENERATIONS, calibration.OTHER):
            place = out["pair"].setdefault(engine, {}).setdefault(family, {})
            for name, (_, _, levels) in CONSTANTS.items():
                if levels:
                    level = found[name, "", ()] + sum(found.get((name, kind, key), 0.0) for kind, key in (
                        ("engine", (engine,)), ("generation", (family,)), ("pair", (engine, family))))
                    place[name] = _rounded(forward(name, level))
    for harness in HARNESSES:
        out["harness"][harness] = {
            name: _rounded(np.exp(found.get((name, "harness", (harness,)), 0.0)))
            for name, (_, _, levels) in CONSTANTS.items() if "harness" in levels}
    return out


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
