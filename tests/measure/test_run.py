"""Measuring this machine, at sizes that take no time: the arithmetic and the limits are tested, not the speed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from measure.tiny import TINY

from inference_economics import measure, roofline


def test_a_report_holds_every_step_and_survives_json(report):
    assert [(row["kv_heads"], row["batch"]) for row in report["decode"]] == [(4, 1), (4, 3), (1, 1), (1, 3)]
    assert report["left_out"] == []
    assert set(report["bandwidth"]) == {"dot", "gemv", "copy"}
    assert set(report["matmul"]) == {"library", "compiled", "python"}
    rates = [*report["bandwidth"].values(), *report["matmul"].values()]
    assert min(rates) > 0
    again = json.loads(json.dumps(report))
    assert again["decode"] == report["decode"]
    assert {"date", "numpy", "blas", "cores", "python"} <= set(report["machine"])


def test_the_prediction_is_the_roofline_of_the_book(report):
    row = report["decode"][1]
    config = TINY.config(4)
    n_params = config.n_params - 16 * 32
    read = max(report["bandwidth"]["dot"], report["bandwidth"]["gemv"])
    bounds = roofline.bounds(roofline.decode_work(3, 10, 4 * config.kv_values_per_token, 4 * n_params, n_params),
                             roofline.Roof(read, report["matmul"]["library"]))
    assert row["bound_s"] == pytest.approx(bounds.overlapped_s)
    assert row["serial_s"] == pytest.approx(bounds.serial_s)
    assert row["ratio"] == row["measured_s"] / row["bound_s"]
    assert row["measured_s"] <= row["median_s"]
    # ten tokens pretended, then one run to warm up and two that count
    assert row["kv_bytes"] == 3 * 13 * 4 * config.kv_values_per_token


def test_progress_names_each_part_before_it_starts():
    lines = []
    measure.run(replace(TINY, kv_heads=(2,), batches=(1,)), progress=lines.append)
    assert [line.split(":")[0] for line in lines] == ["Memory", "Matrices", "Decoder"]


def test_nothing_is_started_after_the_time_limit():
    report = measure.run(TINY, limit_s=1e-9, progress=lambda line: None)
    assert report["decode"] == []
    assert len(report["left_out"]) == 4
    assert "left out, for lack of time: 4" in measure.table(report)
    with pytest.raises(ValueError, match="no decode step to draw"):
        measure.plot(report)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: measure.run(TINY, limit_s=0), "limit_s=0"),
    (lambda: measure.run(TINY, memory_bytes=0), "memory_bytes=0"),
    (lambda: measure.run(TINY, memory_bytes=10), "this plan needs .* more than memory_bytes=10 B"),
    (lambda: measure.run(TINY, limit_s=None), "limit_s=None is not a number"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
