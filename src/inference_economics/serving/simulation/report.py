"""How far formulas, averages and the benchmark's ratios stand from the simulator: the tables of the page.

Run as ``python -m inference_economics.serving.simulation.report`` to simulate again and rewrite the tables in ``data/``
(some minutes on one core). Whatever changes the serving model changes them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar, get_type_hints

import numpy as np

from ...quantities.units import text
from ..deployment import Deployment
from ..load import Load
from . import percentiles, tabulate
from .benchmark import PublishedRatio, mlperf_ratios
from .formulas import QueueingError, Steady, queueing_error, steady_error
from .stored import keep, stored

Row = TypeVar("Row", bound=NamedTuple)
# chapter 6's example, and the places of one of its replicas
EXAMPLE, EXAMPLE_LOAD = ("llama-3.1-70b", "h100-sxm", 4, "fp8"), (64, 2048, 512)
STEADY = (("llama-3.1-8b", "h100-sxm", 1, "bf16"), ("llama-3.1-70b", "h100-sxm", 4, "fp8"),
          ("gpt-oss-120b", "b200", 1, "mxfp4"), ("deepseek-v3", "h200-sxm", 8, "fp8"))
STEADY_TOK, USERS = (1024, 512), (1, 8, 64)


class SteadyRow(NamedTuple):
    """A deployment, and what `Steady` says of it.

    Parameters
    ----------
    model, chip : str
        What runs, on what.
    n_chips : int
        Chips of the replica. [1]
    users : int
        Requests in flight. [1]
    ttft_s, simulated_ttft_s, tpot_s, simulated_tpot_s : float
        Means. [s]
    output_tok_per_s, simulated_output_tok_per_s : float
        Throughput. [token/s]
    """

    model: str
    chip: str
    n_chips: int
    users: int
    ttft_s: float
    simulated_ttft_s: float
    tpot_s: float
    simulated_tpot_s: float
    output_tok_per_s: float
    simulated_output_tok_per_s: float


def make_queueing() -> list[QueueingError]:
    """Compare the formulas of `queueing` with the simulator on chapter 6's example, over a grid."""
    return queueing_error(Deployment(*EXAMPLE), Load(*EXAMPLE_LOAD))


def make_steady(deployments: Iterable[tuple[str, str, int, str]] = STEADY) -> list[SteadyRow]:
    """Compare the steady state with closed loops of users.

    Parameters
    ----------
    deployments : iterable of tuple
        Model, chip, chips, format.

    Returns
    -------
    list of SteadyRow
    """
    rows = []
    for model, chip, n_chips, precision in deployments:
        found: list[Steady] = steady_error(Deployment(model, chip, n_chips, precision), Load(1, *STEADY_TOK), USERS)
        rows += [SteadyRow(model, chip, n_chips, *row) for row in found]
    return rows


def queueing_rows() -> list[QueueingError]:
    """Return the stored comparison of the formulas of `queueing` with the simulator."""
    return _typed(QueueingError, "queueing.csv")


def steady_rows() -> list[SteadyRow]:
    """Return the stored comparison of the steady state with the simulator."""
    return _typed(SteadyRow, "steady.csv")


def mlperf_rows() -> list[PublishedRatio]:
    """Return the stored ratios of MLPerf's server to its offline scenario, published and simulated."""
    return _typed(PublishedRatio, "mlperf_ratios.csv")


def interactive_rows() -> list[PublishedRatio]:
    """Return the stored ratios of MLPerf's interactive to its offline scenario, published and simulated."""
    return _typed(PublishedRatio, "mlperf_interactive.csv")


def _typed(kind: type[Row], name: str) -> list[Row]:
    """Return rows of a stored table as what its columns are."""
    types = get_type_hints(kind)
    return [kind(*(types[field](row[field]) for field in kind._fields)) for row in stored(name)]


class Summary(NamedTuple):
    """The comparison with `queueing` in a few numbers, over one variation of the arrivals.

    Parameters
    ----------
    arrival_cv : float
        Variation of the gaps between requests. [1]
    tpot_error : float
        Mean absolute error of the time per further token. [1]
    wait_s, simulated_wait_s : float
        Mean wait for a place: mean over the grid. [s]
    late_fraction, simulated_late_fraction : float
        Share of requests that wait longer than accepted: mean over the grid. [1]
    same_replicas, cases : int
        Cases in which both ask for the same number of replicas; cases in all. [1]
    most_missing : int
        Replicas by which the formula asks for too few, at worst. [1]
    """

    arrival_cv: float
    tpot_error: float
    wait_s: float
    simulated_wait_s: float
    late_fraction: float
    simulated_late_fraction: float
    same_replicas: int
    cases: int
    most_missing: int


def summaries() -> list[Summary]:
    """Sum up the stored comparison with `queueing`, one row per variation of the arrivals."""
    rows, found = queueing_rows(), []
    for arrival_cv in sorted({row.arrival_cv for row in rows}):
        own = [row for row in rows if row.arrival_cv == arrival_cv]
        missing = [row.simulated_replicas_needed - row.replicas_needed for row in own]
        wait_s, simulated_s, late, simulated_late = np.mean([
            (row.wait_s, row.simulated_wait_s, row.late_fraction, row.simulated_late_fraction) for row in own], axis=0)
        found.append(Summary(
            arrival_cv, float(np.mean([abs(row.tpot_s / row.simulated_tpot_s - 1) for row in own])), float(wait_s),
            float(simulated_s), float(late), float(simulated_late), missing.count(0), len(own), max(missing)))
    return found


# -- tables as a page shows them --------------------------------------------------------------------------------------

QUEUEING_COLUMNS = ("replicas, load", "gaps, answers vary by", "TPOT: formula", "simulated", "mean wait: formula",
                    "simulated", "late: formula", "simulated", "replicas: formula", "simulated")
STEADY_COLUMNS = ("model, chips", "users", "TPOT: steady state", "simulated", "TTFT: steady state", "simulated",
                  "throughput: ratio")
RATIO_COLUMNS = ("round", "chip", "chips", "published", "simulated")
PERCENTILE_COLUMNS = ("left out of the table", "TPOT: half within", "nine in ten", "TTFT: half within", "nine in ten")


def queueing_cells() -> list[tuple[str, ...]]:
    """Return the comparison with `queueing`, one row per case, under `QUEUEING_COLUMNS`."""
    return [(f"{row.replicas}, {text(row.load, '%')}", f"{row.arrival_cv:g}, {row.output_cv:g}",
             text(row.tpot_s, "s"), text(row.simulated_tpot_s, "s"), _small(row.wait_s, "s"),
             _small(row.simulated_wait_s, "s"), _small(row.late_fraction, "%"),
             _small(row.simulated_late_fraction, "%"), text(row.replicas_needed), text(row.simulated_replicas_needed))
            for row in queueing_rows()]


def _small(value: float, unit: str) -> str:
    """Return a number as text; what is above 0 by less than a reader cares for, as less than that."""
    least = 1e-4
    return f"<{text(least, unit)}" if 0 < value < least else text(value, unit, 2)


def steady_cells() -> list[tuple[str, ...]]:
    """Return the comparison with the steady state, under `STEADY_COLUMNS`."""
    return [(f"{row.model}, {row.n_chips} × {row.chip}", text(row.users), text(row.tpot_s, "s"),
             text(row.simulated_tpot_s, "s"), text(row.ttft_s, "s"), text(row.simulated_ttft_s, "s"),
             text(row.output_tok_per_s / row.simulated_output_tok_per_s, "×"))
            for row in steady_rows()]


def ratio_cells() -> list[tuple[str, ...]]:
    """Return MLPerf's server results over its offline results, under `RATIO_COLUMNS`."""
    return [(row.round, row.chip, text(row.n_chips), text(row.published, "%"), text(row.simulated, "%"))
            for row in mlperf_rows()]


def percentile_cells() -> list[tuple[str, ...]]:
    """Return the errors of the table of percentiles, under `PERCENTILE_COLUMNS`."""
    return [(row.left_out, *(text(value, "%") for value in row[2:])) for row in tabulate.error()]


def main() -> int:
    """Simulate everything again, and rewrite the stored tables."""
    keep("queueing.csv", QueueingError._fields, make_queueing())
    keep("steady.csv", SteadyRow._fields, make_steady())
    keep("mlperf_ratios.csv", PublishedRatio._fields, mlperf_ratios())
    keep("mlperf_interactive.csv", PublishedRatio._fields, mlperf_ratios(scenario="Interactive"))
    rows, errors = tabulate.make()
    keep(percentiles.FILE, (*percentiles.AXES, *percentiles.COLUMNS), rows)
    keep(tabulate.ERROR_FILE, tabulate.TableError._fields, errors)
    for row in (*summaries(), *errors):
        print(row)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
