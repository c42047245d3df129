"""The outlines of arrows, ribbons and brackets, and words that are moved apart."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from kernelless import shapes


def test_an_arrow_ends_where_it_points_and_is_as_thick_as_it_says():
    for angle in np.linspace(0, 2 * math.pi, 9):
        x, y = 50 * math.cos(angle), 50 * math.sin(angle)
        corners = np.array([place for _, place in shapes.arrow(0, 0, x, y, 6)[:-1]])
        np.testing.assert_allclose(corners[3], (x, y))
        along = np.array([x, y]) / 50
        assert np.max(corners @ along) == pytest.approx(50)
        across = corners @ np.array([-along[1], along[0]])
        np.testing.assert_allclose(across, [-3, -3, -5.6, 0, 5.6, 3, 3], atol=1e-12)


def test_what_has_no_place_has_no_outline():
    for hole in (math.nan, math.inf):
        assert shapes.arrow(0, 0, hole, 1, 1) == shapes.arrow(0, 0, 1, 1, math.nan) == []
        assert shapes.rectangle(0, 1, hole, 1) == shapes.ribbon(0, 1, 0, hole, 1, 1) == []
        assert shapes.bracket(True, 0, hole, 1) == []
    assert shapes.arrow(3, 3, 3, 3, 2) == []


def test_words_are_moved_apart_and_no_further():
    rng = np.random.default_rng(3)
    for _ in range(200):
        places = rng.uniform(0, 100, 6)
        moved = shapes.apart(places, 10, 0, 100)
        order = np.argsort(places)
        assert all(b - a >= 10 - 1e-9 for a, b in itertools.pairwise(moved[order]))
        assert moved.min() >= 0
        assert moved.max() <= 100
    np.testing.assert_array_equal(shapes.apart(np.array([50.0, np.nan, 20]), 10, 0, 100), [50, np.nan, 20])
    np.testing.assert_array_equal(shapes.apart(np.array([50.0, 50]), 10, 0, 100), [50, 60])
    np.testing.assert_array_equal(shapes.apart(np.array([99.0, 98]), 10, 0, 100), [100, 90])
