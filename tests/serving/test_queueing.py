"""A batch that starts together: the harmonic number against a sum and a simulation."""

import numpy as np
import pytest

from inference_economics import serving
from inference_economics.serving.queueing import late_fraction, wait_below_s
from kernelless.trace import Graph


@pytest.mark.parametrize("batch", [1, 2, 3, 10, 64, 1000])
def test_it_is_one_over_the_harmonic_number(batch):
    harmonic = sum(1 / k for k in range(1, batch + 1))
    assert serving.static_batching_fraction(batch) == pytest.approx(1 / harmonic, rel=1e-8)


def test_it_agrees_with_a_simulation():
    lengths = np.random.default_rng(0).exponential(size=(20_000, 32))
    busy = lengths.sum() / (32 * lengths.max(axis=1).sum())
    assert serving.static_batching_fraction(32) == pytest.approx(busy, rel=0.01)


def test_it_broadcasts_and_traces():
    assert serving.static_batching_fraction(np.array([1.0, 2.0])) == pytest.approx([1, 2 / 3])
    assert serving.static_batching_fraction(Graph().parameter("batch")).shape == ()


def test_a_bad_batch_is_named():
    with pytest.raises(ValueError, match="batch"):
        serving.static_batching_fraction(-1)


def test_late_fraction_is_erlangs_and_dies_out_with_patience():
    assert late_fraction(10, 8, 2.0, 0.0) == pytest.approx(0.4092, abs=1e-4)
    assert late_fraction(10, 8, 2.0, 1.0) == pytest.approx(0.4092 * np.exp(-1), abs=1e-4)
    assert late_fraction(10, 12, 2.0, 1.0) == 1
    assert late_fraction(np.array([10, 20]), 8, 2.0, np.array([[0.0], [1.0]])).shape == (2, 2)


def test_so_many_stay_below_a_wait_as_late_fraction_says():
    servers = np.array([10.0, 12.0, 20.0])
    wait = wait_below_s(servers, 8.0, 2.0, 0.9)
    assert np.all(np.diff(wait) <= 0)
    assert late_fraction(servers[:2], 8.0, 2.0, wait[:2]) == pytest.approx(0.1)
    assert wait[2] == 0  # fewer than one in ten wait at all
    assert wait_below_s(10, 12, 2.0) == wait_below_s(10, 10, 2.0) == np.inf


def test_days_of_several_shapes_are_days_of_each():
    ratios, hours = np.array([1.0, 2.0, 6.0]), np.array([14.0, 3.0, 20.0])
    curves = serving.daily_curve(ratios, hours)
    assert curves.shape == (3, 24)
    for row, ratio, hour in zip(curves, ratios, hours, strict=True):
        assert np.array_equal(row, serving.daily_curve(ratio, hour))
        assert np.argmax(row) == (0 if ratio == 1 else hour)
        assert np.mean(row) == pytest.approx(1)
