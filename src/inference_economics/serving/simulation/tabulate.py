"""Making the table of percentiles, and judging it by deployments that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..deployment import Deployment
from ..load import Load
from .fleet import simulate
from .percentiles import AXES, PERCENTS, means
from .requests import Lengths, process
from .service import calibrated_service
from .stored import stored

LENGTHS = {0.25: (512, 2048), 4.0: (1024, 256), 32.0: (8192, 256)}  # tokens of prompts and of answers
# deployments that differ in bandwidth per FLOP, in what their batch costs and in their cache
MADE_FROM = (("llama-3.1-8b", "b200", 1, "bf16"), ("llama-3.1-70b", "h200-sxm", 8, "fp8"),
             ("gpt-oss-120b", "b200", 1, "mxfp4"), ("deepseek-v3", "b200", 8, "fp8"))
ERROR_FILE = "percentiles_error.csv"
WARM_UP, FEWEST, PER_PLACE = 0.2, 2500, 40


class TableError(NamedTuple):
    """How far a deployment stands from the mean of the others, over all cells of the table.

    Parameters
    ----------
    left_out : str
        Model and chip.
    cells : int
        Points of the grid. [1]
    tpot_error, tpot_p90, ttft_error, ttft_p90 : float
        Of the 95th percentiles, predicted over simulated: median of the absolute error, and what nine in ten stay
        within. [1]
    """

    left_out: str
    cells: int
    tpot_error: float
    tpot_p90: float
    ttft_error: float
    ttft_p90: float


def error() -> list[TableError]:
    """Return the stored errors of the table, by what was left out of its mean."""
    return [TableError(row["left_out"], int(row["cells"]), *(float(row[name]) for name in TableError._fields[2:]))
            for row in stored(ERROR_FILE)]


def cell(deployment: Deployment, point: Sequence[float], seed: int = 1) -> npt.NDArray[np.float64]:
    """Simulate one point of the grid.

    Parameters
    ----------
    deployment : Deployment
        One replica.
    point : sequence of float
        One value of each of `AXES`.
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    array
        `COLUMNS`. [1]
    """
    ratio, places, arrival_cv, length_cv, occupancy = point
    prompt_tok, output_tok = LENGTHS[ratio]
    mean = means(deployment, Load(occupancy * places, prompt_tok, output_tok), length_cv)
    service = calibrated_service(deployment, context_tok=prompt_tok + output_tok, max_batch=int(places))
    requests = process(float(mean.request_per_s), max(FEWEST, PER_PLACE * int(places)),
                       Lengths(prompt_tok, output_tok, length_cv, length_cv), cv=arrival_cv, seed=seed)
    result = simulate(requests, service)
    kept = result.after(WARM_UP * float(result.arrival_s[-1]))
    tpot_s, ttft_s, wait_s = result.tpot_s[kept], result.ttft_s[kept], result.wait_s[kept]
    return np.concatenate([
        np.nanpercentile(tpot_s, PERCENTS) / mean.tpot_s, np.percentile(ttft_s - wait_s, PERCENTS) / mean.ttft_s,
        (np.percentile(ttft_s, PERCENTS) - np.percentile(ttft_s - wait_s, PERCENTS)) / mean.service_s])


def grid() -> list[tuple[float, ...]]:
    """Return every point of the table, in its order."""
    return list(product(*AXES.values()))


def make() -> tuple[list[tuple[float, ...]], list[TableError]]:
    """Simulate the whole table: some minutes.

    Returns
    -------
    tuple
        Rows of the point and `COLUMNS`; errors of what was left out.
    """
    deployments, points = [Deployment(*one) for one in MADE_FROM], grid()
    cells = np.array([[cell(one, point) for point in points] for one in deployments])
    rows = [(*point, *values) for point, values in zip(points, cells.mean(axis=0), strict=True)]
    # the wait in the unit of the time to the first token
    per_ttft = np.array([[_service_over_ttft(one, point) for point in points] for one in deployments])
    errors = []
    for number, (model, chip, *_) in enumerate(MADE_FROM):
        others = np.delete(cells, number, axis=0).mean(axis=0)
        own = cells[number]
        tpot = np.abs(others[:, 1] / own[:, 1] - 1)
        theirs, ours = (values[:, 4] + values[:, 7] * per_ttft[number] for values in (others, own))
        ttft = np.abs(theirs / ours - 1)
        errors.append(TableError(f"{model}, {chip}", len(points), *(float(value) for part in (tpot, ttft) for value in (
            np.median(part), np.percentile(part, 90)))))
    return rows, errors


def _service_over_ttft(deployment: Deployment, point: Sequence[float]) -> float:
    ratio, places, _, length_cv, occupancy = point
    mean = means(deployment, Load(occupancy * places, *LENGTHS[ratio]), length_cv)
    return float(mean.service_s / mean.ttft_s)
