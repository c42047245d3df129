"""A grid of cells: where they stand, their shades, and how few numbers of them travel."""

from __future__ import annotations

import numpy as np
import pytest

from kernelless import Axis, Cells, Figure, Slider, explore
from kernelless.grids import SHADES

GRID = np.arange(6.0).reshape(2, 3)


def test_cells_stand_in_rows_from_the_first():
    cells = Cells(GRID, "c", levels=(0, 6), at=(1, 5), step_by=(2, -1), gap=0.5)
    left, right, low, high, step = cells.places()
    np.testing.assert_array_equal((left + right) / 2, [1, 3, 5, 1, 3, 5])
    np.testing.assert_array_equal((low + high) / 2, [5, 5, 5, 4, 4, 4])
    np.testing.assert_array_equal(right - left, np.ones(6))
    np.testing.assert_array_equal(high - low, np.full(6, 0.5))
    np.testing.assert_array_equal(step, np.arange(6))


@pytest.mark.parametrize(("value", "shade"), [
    (0, 0), (1, SHADES - 1), (0.999, SHADES - 1), (1 / SHADES, 1), (np.nan, np.nan)])
def test_a_shade_is_a_sixth_of_the_levels(value, shade):
    np.testing.assert_array_equal(Cells(np.full((1, 1), value), "c", levels=(0, 1)).step, [shade])


def test_the_page_gets_one_row_of_cells_and_not_a_table_of_corners():
    def grid(used):
        places = np.arange(2000).reshape(40, 50)
        return Figure(Axis("x", (-1, 50)), Axis("y", (-1, 40)), [
            Cells(np.where(places < used, 0.0, 1.0), "c", kinds=("a", "b"))])

    made = explore(grid, title="t", watch="w", used=Slider(0, 2000, value=500))
    assert len(str(made.program)) < 14_000  # mostly the 2,000 places that the author compares
