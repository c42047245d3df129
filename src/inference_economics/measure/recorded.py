"""A measurement that was made once and is shipped, so that a page can show it.

Times differ from machine to machine and from run to run, and a page that measured afresh would differ at every build.
The file here was made by `inference_economics.measure` on a rented machine with two cores. Measure your own with
``python -m inference_economics.measure``.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

from ..hardware import roofline
from .plan import FLOAT_BYTES

KEPT_OF_MACHINE = ("date", "system", "cores", "cache_bytes", "python", "numpy", "blas")
Report = dict[str, Any]


def _fastest(reports: list[Report], part: str) -> dict[str, float]:
    return {name: max(report[part][name] for report in reports) for name in reports[0][part]}


def best_of(reports: Iterable[Report]) -> Report:
    """Merge several reports of one machine: of everything, the run that was disturbed least.

    Parameters
    ----------
    reports : iterable of dict
        From `measure.run`, with one plan but for the number of repeats.

    Returns
    -------
    dict
        As from `measure.run`, with the fastest bandwidth, product and step of all, bounds worked out anew from those
        rates, the number of reports as ``runs``, and nothing in ``machine`` that changes by the hour.

    Raises
    ------
    ValueError
        Without a report, or for reports of different plans.
    """
    reports = list(reports)
    if not reports:
        raise ValueError("reports is empty; give at least one report of measure.run.")
    plans = [{name: value for name, value in report["plan"].items() if name != "repeats"} for report in reports]
    if any(plan != plans[0] for plan in plans):
        raise ValueError("reports come from different plans; merge only what was measured alike.")
    plan = reports[0]["plan"]
    bandwidth, matmul = _fastest(reports, "bandwidth"), _fastest(reports, "matmul")
    read = max(bandwidth["dot"], bandwidth["gemv"])
    steps: dict[tuple[int, int], Report] = {}
    for row in (row for report in reports for row in report["decode"]):
        key = row["kv_heads"], row["batch"]
        if key not in steps or row["measured_s"] < steps[key]["measured_s"]:
            steps[key] = row
    decode = []
    for row in steps.values():
        n_params = row["n_params"] - plan["vocab"] * plan["hidden"]
        per_token = 2 * plan["layers"] * row["kv_heads"] * plan["head_dim"] * FLOAT_BYTES
        work = roofline.decode_work(row["batch"], row["context_tok"], per_token, FLOAT_BYTES * n_params, n_params)
        bounds = roofline.bounds(work, roofline.Roof(read, matmul["library"]))
        decode.append(row | {"bound_s": float(bounds.overlapped_s), "serial_s": float(bounds.serial_s),
                             "ratio": row["measured_s"] / float(bounds.overlapped_s)})
    left_out = [step for step in reports[0]["left_out"] if (step["kv_heads"], step["batch"]) not in steps]
    machine = {name: reports[0]["machine"][name] for name in KEPT_OF_MACHINE}
    return {"machine": machine, "runs": len(reports), "plan": plan, "bandwidth": bandwidth, "matmul": matmul,
            "decode": decode, "left_out": left_out}


@functools.cache
def load() -> Report:
    """Return the shipped measurement of a cloud machine with two cores.

    Returns
    -------
    dict
        As from `measure.run`: ``machine``, ``plan``, ``bandwidth`` [B/s], ``matmul`` [FLOP/s], ``decode`` [s].
    """
    return dict(json.loads((resources.files(__package__) / "two_core_machine.json").read_text(encoding="utf-8")))
