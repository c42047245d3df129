"""The shipped measurement: merged honestly, plausible, and without anything that names a machine."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict

import pytest

from inference_economics import measure, recorded


def report(plan=measure.SMALL, read=1e10, flop=1e11, step=0.1):
    rows = [{"batch": batch, "kv_heads": kv_heads, "context_tok": plan.context_tok,
             "n_params": plan.config(kv_heads).n_params, "kv_bytes": 1,
             "bound_s": 1.0, "serial_s": 1.0, "measured_s": step, "median_s": step, "ratio": 1.0}
            for kv_heads in plan.kv_heads for batch in plan.batches]
    machine = dict.fromkeys([*recorded.KEPT_OF_MACHINE, "free_bytes", "threads_set"], 1)
    plan = json.loads(json.dumps(asdict(plan)))
    return {"machine": machine, "plan": plan, "bandwidth": {"dot": read, "gemv": read / 2, "copy": read},
            "matmul": {"library": flop, "compiled": flop / 10, "python": flop / 1e4}, "decode": rows, "left_out": []}


def test_the_fastest_of_each_stands():
    slow, fast = report(read=1e10, flop=2e11, step=0.2), report(read=3e10, flop=1e11, step=0.1)
    merged = recorded.best_of([slow, fast])
    assert merged["bandwidth"] == {"dot": 3e10, "gemv": 1.5e10, "copy": 3e10}
    assert merged["matmul"]["library"] == 2e11
    assert {row["measured_s"] for row in merged["decode"]} == {0.1}
    assert merged["runs"] == 2
    assert set(merged["machine"]) == set(recorded.KEPT_OF_MACHINE)


def test_bounds_are_those_of_measure():
    real = measure.run(measure.Plan(array_bytes=1 << 16, library_n=32, compiled_n=16, python_n=8, layers=2, hidden=32,
                                    q_heads=4, head_dim=8, ffn_hidden=64, vocab=32, kv_heads=(4, 1), batches=(1, 2),
                                    context_tok=16, repeats=2),
                       memory_bytes=1e9, limit_s=3600, progress=lambda line: None)
    plain = json.loads(json.dumps(real))
    merged = recorded.best_of([plain])
    for ours, theirs in zip(merged["decode"], plain["decode"], strict=True):
        assert ours["bound_s"] == pytest.approx(theirs["bound_s"], rel=1e-12)
        assert ours["serial_s"] == pytest.approx(theirs["serial_s"], rel=1e-12)
        assert ours["ratio"] == pytest.approx(theirs["ratio"], rel=1e-12)


def test_nothing_to_merge_is_an_error():
    with pytest.raises(ValueError, match="reports is empty"):
        recorded.best_of([])


def test_different_plans_are_not_merged():
    other = copy.deepcopy(report())
    other["plan"]["layers"] += 1
    with pytest.raises(ValueError, match="different plans"):
        recorded.best_of([report(), other])


def test_the_shipped_measurement_is_plausible():
    shipped = recorded.load()
    rates = shipped["matmul"]
    assert rates["library"] > 3 * rates["compiled"] > 100 * rates["python"]
    assert 1e9 < shipped["bandwidth"]["dot"] < 1e12
    assert len(shipped["decode"]) == len(shipped["plan"]["kv_heads"]) * len(shipped["plan"]["batches"])
    # nothing beats the bound of the rates measured beside it
    assert all(row["ratio"] > 0.95 for row in shipped["decode"])
    assert set(shipped["machine"]) == set(recorded.KEPT_OF_MACHINE)
