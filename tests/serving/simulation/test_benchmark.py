"""Throughput with latency targets and without."""

import re

import pytest

from inference_economics.serving.simulation.benchmark import mlperf_ratios


def test_server_over_offline_is_what_mlperf_measured():
    """Eight and 16 chips; systems of 72 lose more to what stands before the engines."""
    rows = mlperf_ratios(rounds=("v5.1",), chips=("h200-sxm",))
    assert [(row.chip, row.n_chips) for row in rows] == [("h200-sxm", 8), ("h200-sxm", 16)]
    assert [row.simulated for row in rows] == pytest.approx([row.published for row in rows], abs=0.03)
    # not for free: below the throughput without targets in all of them
    assert all(0.9 < row.simulated < 1 for row in rows)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: mlperf_ratios("llama-3.1-8b"), "no mean answer for 'llama-3.1-8b'"),
    (lambda: mlperf_ratios(scenario="Offline"), "unknown model and scenario"),
])
def test_results_that_were_not_published_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("asked", "message"), [
    ({"rounds": "v1"}, "unknown round 'v1'"), ({"rounds": 5}, "unknown round 5"),
    ({"chips": "h200"}, "unknown accelerator 'h200'"), ({"chips": (3,)}, "chip=3 is neither"),
    ({"duration_s": [1, 2]}, "duration_s=[1, 2] must be one number"),
])
def test_rounds_chips_and_times_that_are_none_are_refused_by_name(asked, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        mlperf_ratios(**{"chips": ("h200-sxm",)} | asked)


def test_one_round_or_chip_needs_no_list():
    """A text is no list of its letters, and B200 is no part of GB200."""
    rows = mlperf_ratios(rounds="v5.1", chips="gb200", duration_s=1.0)
    assert {(row.round, row.chip) for row in rows} == {("v5.1", "gb200")}
