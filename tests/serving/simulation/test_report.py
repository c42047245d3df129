"""Stored tables of the page: samples made again."""

import pytest

from inference_economics.serving import Deployment, Load
from inference_economics.serving.simulation import report
from inference_economics.serving.simulation.benchmark import mlperf_ratios
from inference_economics.serving.simulation.formulas import Study, queueing_error


@pytest.mark.parametrize("one", [Study(replicas=(1,), loads=(0.7,), arrival_cvs=(3.0,), output_cvs=(1.0,)),
                                 Study(replicas=(4,), loads=(0.9,), arrival_cvs=(1.0,), output_cvs=(0.0,))])
def test_the_queueing_table_is_what_both_say_today(one):
    """Where this fails, the serving model has changed: run ``simulation.report`` again."""
    row, = queueing_error(Deployment(*report.EXAMPLE), Load(*report.EXAMPLE_LOAD), one)
    stored, = [found for found in report.queueing_rows() if found[:4] == row[:4]]
    assert stored == pytest.approx(row, rel=1e-4)


def test_the_queueing_table_is_the_whole_grid():
    study, rows = Study(), report.queueing_rows()
    assert len(rows) == len(set(rows)) == 16
    assert {row.replicas for row in rows} == set(study.replicas)
    assert {row.arrival_cv for row in rows} == set(study.arrival_cvs)
    assert isinstance(rows[0].replicas_needed, int)


def test_the_steady_table_is_what_both_say_today():
    made, rows = report.make_steady(report.STEADY[:1]), report.steady_rows()
    assert len(rows) == len(report.STEADY) * len(report.USERS)
    for new, old in zip(made, rows, strict=False):
        assert old[:4] == new[:4]
        assert old[4:] == pytest.approx(new[4:], rel=1e-4)


@pytest.mark.parametrize(("scenario", "kept"), [("Server", report.mlperf_rows),
                                                ("Interactive", report.interactive_rows)])
def test_the_ratios_are_what_the_simulator_says_today(scenario, kept):
    rows = mlperf_ratios(rounds=("v5.1",), chips=("h200-sxm",), scenario=scenario)
    stored = [row for row in kept() if row.round == "v5.1" and row.chip == "h200-sxm"]
    assert [row._replace(published=0, simulated=0) for row in stored] == [
        row._replace(published=0, simulated=0) for row in rows]
    for old, new in zip(stored, rows, strict=True):
        assert (old.published, old.simulated) == pytest.approx((new.published, new.simulated), rel=1e-4)


def test_the_summary_adds_up():
    poisson, bursty = report.summaries()
    rows = [row for row in report.queueing_rows() if row.arrival_cv == 3]
    assert (poisson.arrival_cv, bursty.arrival_cv) == (1, 3)
    assert poisson.cases == bursty.cases == len(rows) == 8
    assert bursty.simulated_wait_s == pytest.approx(sum(row.simulated_wait_s for row in rows) / 8)
    assert bursty.most_missing == max(row.simulated_replicas_needed - row.replicas_needed for row in rows)
    assert bursty.same_replicas < poisson.same_replicas
    assert poisson.wait_s == bursty.wait_s
    # as the page says
    assert poisson.most_missing == 0 < bursty.most_missing


@pytest.mark.parametrize("name", ["queueing", "steady", "ratio"])
def test_the_page_shows_every_row(name):
    cells = getattr(report, f"{name}_cells")()
    columns = getattr(report, f"{name.upper()}_COLUMNS")
    rows = getattr(report, {"ratio": "mlperf_rows"}.get(name, f"{name}_rows"))()
    assert len(cells) == len(rows)
    assert {len(row) for row in cells} == {len(columns)}
    assert not any("n/a" in cell for row in cells for cell in row)


def test_the_page_shows_the_tables_errors():
    assert {len(row) for row in report.percentile_cells()} == {len(report.PERCENTILE_COLUMNS)}
