"""The table of percentiles: samples made again, and its errors."""

import numpy as np
import pytest

from inference_economics.serving import Deployment
from inference_economics.serving.simulation.percentiles import COLUMNS, table
from inference_economics.serving.simulation.tabulate import MADE_FROM, cell, error, grid


@pytest.mark.parametrize("number", [0, 57, 130, 215])
def test_a_cell_is_what_the_simulator_says_today(number):
    """Where this fails, the serving model has changed: run ``simulation.report`` again."""
    point = grid()[number]
    values = np.mean([cell(Deployment(*one), point) for one in MADE_FROM], axis=0)
    stored = [table()[name].ravel()[number] for name in COLUMNS]
    assert stored == pytest.approx(values, rel=1e-4, abs=1e-9)


def test_the_errors_are_told_and_small_for_tpot():
    rows = error()
    assert [row.left_out for row in rows] == [f"{model}, {chip}" for model, chip, *_ in MADE_FROM]
    assert all(row.cells == len(grid()) for row in rows)
    assert all(row.tpot_error < 0.1 for row in rows)
