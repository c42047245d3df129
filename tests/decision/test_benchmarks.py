"""A benchmark of the reader's own recalibrates one number, and a refused one says why."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import serving
from inference_economics.decision import benchmarks
from inference_economics.serving import calibration

ROWS = "concurrency,isl,osl,tp,tpot_ms,ttft_ms\n16,1000,500,2,25,300\n"


def test_milliseconds_become_seconds():
    assert benchmarks.read_benchmark(ROWS) == [benchmarks.Row(16, 1000, 500, 2, 0.025, 0.3)]
    assert np.isnan(benchmarks.read_benchmark("batch,isl,osl,tpot_s\n1,10,10,0.01\n")[0].ttft_s)


@pytest.mark.parametrize(("words", "why"), [
    ("", "needs a header"), ("batch,isl,osl,tpot_s,colour\n1,1,1,1,1\n", "nobody knows the column 'colour'"),
    ("batch,isl,osl\n1,1,1\n", "no column says 'tpot_s'"), ("batch,isl,osl,tpot_s\n1,1,1,fast\n", "tpot_s='fast'")])
def test_a_bad_file_is_refused(words, why):
    with pytest.raises(ValueError, match=why):
        benchmarks.read_benchmark(words)


@pytest.mark.parametrize(("words", "why"), [
    (None, "text=None is no text"), (b"a", "is no text"), (ROWS + "16,1000,500,2,25,300,7\n", "row 3: 7 fields where"),
    (ROWS + "16,1000,500\n", "row 3: 3 fields"),
    (ROWS.replace("tp,", "tpot_s,"), "'tpot_s' and 'tpot_ms' say the same"),
    (ROWS.replace("isl", "concurrency"), "'concurrency' and 'concurrency' say the same"),
    (ROWS.replace("16,", "1_6,"), "concurrency='1_6'"), (ROWS.replace("25", "inf"), "tpot_ms='inf'"),
    ("batch\r1\r", "is no CSV"), ("batch,isl\n" + "9" * 140_000 + ",1\n", "is no CSV")])
def test_a_file_that_could_be_misread_is_refused(words, why):
    with pytest.raises(ValueError, match=why):
        benchmarks.read_benchmark(words)


def test_what_is_measured_as_computed_changes_nothing():
    s, c = serving.setup("llama-3.1-70b", "h100-sxm"), calibration.constants("h100-sxm")
    tpot, ttft = benchmarks.computed_s(s, c, 16.0, 1000.0, 500.0, 4.0)
    assert 0 < tpot < ttft
    assert benchmarks.speed_after(1.0, 0.0, tpot, tpot) == pytest.approx(1)
    once = benchmarks.speed_after(1.0, 0.0, 0.04, 0.01)
    assert once == pytest.approx(4)
    assert benchmarks.speed_after(once, 1.0, 0.02, 0.02) == pytest.approx(2)
