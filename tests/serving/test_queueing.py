"""A batch that starts together: the harmonic number against a sum and a simulation."""

import numpy as np
import pytest

from inference_economics import serving
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
