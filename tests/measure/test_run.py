"""Measuring this machine, at sizes that take no time: the arithmetic and the limits are tested, not the speed."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from inference_economics import measure, roofline
from inference_economics.decoder import Decoder
from inference_economics.measure import __main__, probe

TINY = measure.Plan(array_bytes=1 << 16, library_n=16, compiled_n=12, python_n=8, layers=2, hidden=32, q_heads=4,
                    head_dim=8, ffn_hidden=48, vocab=16, kv_heads=(4, 1), batches=(1, 3), context_tok=10, repeats=2)
LONG_S = 3600.0  # so that a busy machine leaves nothing out


@pytest.fixture(scope="module")
def report():
    return measure.run(TINY, limit_s=LONG_S, progress=lambda line: None)


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
    bounds = roofline.decode_step_bounds(3, 10, 4 * config.kv_values_per_token, 4 * n_params, n_params, read,
                                         report["matmul"]["library"])
    assert row["bound_s"] == pytest.approx(bounds.overlapped_s)
    assert row["serial_s"] == pytest.approx(bounds.serial_s)
    assert row["ratio"] == row["measured_s"] / row["bound_s"]
    assert row["measured_s"] <= row["median_s"]
    # ten tokens pretended, then one run to warm up and two that count
    assert row["kv_bytes"] == 3 * 13 * 4 * config.kv_values_per_token


def test_the_table_shows_every_step(report):
    lines = measure.table(report).splitlines()
    assert lines[0].startswith("Memory    dot ")
    assert sum(line.endswith("×") for line in lines) == 4
    assert "Python loop" in lines[2]


def test_the_plot_shows_bound_and_measurement(report):
    axes = measure.plot(report).axes[0]
    drawn = {line.get_label(): line.get_ydata().tolist() for line in axes.lines}
    assert drawn["KV heads 1, measured"] == [row["measured_s"] for row in report["decode"][2:]]
    assert drawn["KV heads 4, bound"] == [row["bound_s"] for row in report["decode"][:2]]
    assert axes.get_xlabel() == "batch (sequences)"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "3"]
    assert all(label.get_text().endswith("s") for label in axes.get_yticklabels())


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


def test_the_command_saves_what_there_was_time_for(monkeypatch, tmp_path):
    monkeypatch.setattr(__main__, "SMALL", TINY)
    assert __main__.main(["--small", "--limit-s", "1e-9", "--out", str(tmp_path / "x.json")]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


def test_a_report_says_when_the_cache_may_have_been_measured(report):
    large = report | {"machine": report["machine"] | {"cache_bytes": 1e9}}
    assert "may be flattered" in measure.table(large)
    small = report | {"machine": report["machine"] | {"cache_bytes": 1e3}}
    assert "may be flattered" not in measure.table(small)


def test_the_python_product_is_the_product():
    a, b = np.random.default_rng(0).integers(9, size=(2, 5, 5))
    assert probe.python_matmul(a.tolist(), b.tolist()) == (a @ b).tolist()


def test_times_leave_the_first_run_out():
    calls = []
    assert len(probe.times_s(lambda: calls.append(1), 3)) == 3
    assert len(calls) == 4


def test_a_pretended_cache_is_written_memory():
    cache = Decoder.random(TINY.config(4)).cache(2, 9, "int8")
    cache.pretend(5)
    assert cache.kept_tok == 5
    assert cache.used_bytes == 2 * 5 * TINY.config(4).kv_values_per_token * cache.bytes_per_value
    assert np.all(cache._values)
    with pytest.raises(ValueError, match="length_tok=10 exceeds capacity_tok=9"):
        cache.pretend(10)
    with pytest.raises(ValueError, match="length_tok=-1"):
        cache.pretend(-1)


def test_the_plan_is_the_largest_that_fits():
    assert measure.plan_for(1e12) is measure.FULL
    assert measure.plan_for(measure.FULL.need_bytes - 1) is measure.SMALL
    # the full plan streams at least a gigabyte and decodes with weights of more than half of one
    assert measure.FULL.array_bytes >= 1 << 30
    assert 4 * measure.FULL.config(1).n_params > 5e8
    assert measure.FULL.need_bytes < 4e9


def test_a_machine_that_is_too_small_is_told_so(capsys, tmp_path):
    with pytest.raises(ValueError, match=r"has 1 MB to spare, and the smallest measurement needs \d+ MB"):
        measure.plan_for(1e6)
    assert __main__.main(["--memory-bytes", "1e6", "--out", str(tmp_path / "x.json")]) == 1
    out = capsys.readouterr()
    assert "Nothing was measured: this machine has 1 MB to spare" in out.err
    assert not list(tmp_path.iterdir())


def test_the_command_saves_a_report_and_a_plot(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(__main__, "SMALL", TINY)
    assert __main__.main(["--small", "--limit-s", str(LONG_S), "--out", str(tmp_path / "mine.json")]) == 0
    assert json.loads((tmp_path / "mine.json").read_text())["plan"]["context_tok"] == 10
    assert (tmp_path / "mine.svg").read_text().startswith("<?xml")
    assert "KV heads  batch" in capsys.readouterr().out


def test_the_command_saves_here_with_the_date(monkeypatch, tmp_path):
    monkeypatch.setattr(__main__, "SMALL", TINY)
    monkeypatch.chdir(tmp_path)
    assert __main__.main(["--small", "--limit-s", str(LONG_S)]) == 0
    assert sorted(file.suffix for file in tmp_path.glob("measure-20??-??-??.*")) == [".json", ".svg"]


def test_the_module_runs_as_a_command():
    done = subprocess.run([sys.executable, "-m", "inference_economics.measure", "--help"], capture_output=True,
                          text=True, check=True)
    assert "Measure this machine" in done.stdout


@pytest.mark.parametrize(("call", "message"), [
    (lambda: replace(TINY, layers=0), "layers=0"),
    (lambda: replace(TINY, repeats=1.5), "repeats=1.5"),
    (lambda: replace(TINY, kv_heads=(3,)), "kv_heads=3 does not divide q_heads=4"),
    (lambda: replace(TINY, batches=()), "give at least one"),
    (lambda: replace(TINY, batches=(0,)), "batches=0"),
    (lambda: probe.bandwidth(0), "array_bytes=0"),
    (lambda: probe.bandwidth(8, 0), "repeats=0"),
    (lambda: measure.plan_for(-1), "memory_bytes=-1"),
    (lambda: measure.run(TINY, limit_s=0), "limit_s=0"),
    (lambda: measure.run(TINY, memory_bytes=0), "memory_bytes=0"),
    (lambda: measure.run(TINY, memory_bytes=10), "this plan needs .* more than memory_bytes=10 B"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
