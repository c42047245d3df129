"""The command: it measures, prints and saves, or says why not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from measure.tiny import LONG_S, TINY

from inference_economics import measure
from inference_economics.measure import __main__


def test_the_command_saves_what_there_was_time_for(monkeypatch, tmp_path):
    monkeypatch.setattr(__main__, "SMALL", TINY)
    assert __main__.main(["--small", "--limit-s", "1e-9", "--out", str(tmp_path / "x.json")]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


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


def test_several_runs_keep_the_best_of_each(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(__main__, "SMALL", TINY)
    out = tmp_path / "x.json"
    assert __main__.main(["--small", "--runs", "2", "--limit-s", str(LONG_S), "--out", str(out)]) == 0
    assert json.loads(out.read_text())["runs"] == 2
    assert __main__.main(["--small", "--runs", "0", "--out", str(out)]) == 1
    assert "runs=0 is outside" in capsys.readouterr().err


def test_what_no_run_had_time_for_stays_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(__main__, "SMALL", TINY)
    out = tmp_path / "x.json"
    assert __main__.main(["--small", "--runs", "2", "--limit-s", "1e-9", "--out", str(out)]) == 0
    assert len(json.loads(out.read_text())["left_out"]) == 4
