"""A report as a table and as a figure."""

from __future__ import annotations

from inference_economics import measure


def test_the_table_shows_every_step(report):
    lines = measure.table(report).splitlines()
    assert lines[0].startswith("Memory    dot ")
    assert sum(line.endswith("×") for line in lines) == 4
    assert "Python loop" in lines[2]


def test_the_plot_shows_bound_and_measurement(report):
    axes = measure.plot(report).axes[0]
    drawn = {line.get_label(): line.get_ydata().tolist() for line in axes.lines}
    assert drawn["KV heads 1, measured"] == [row["measured_s"] for row in report["decode"][2:]]
    assert drawn["KV heads 4, bound"] == [row["bound_s"] for row in report["decode"][:2]]
    assert axes.get_xlabel() == "batch (sequences)"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "3"]
    assert all(label.get_text().endswith("s") for label in axes.get_yticklabels())


def test_a_report_says_when_the_cache_may_have_been_measured(report):
    large = report | {"machine": report["machine"] | {"cache_bytes": 1e9}}
    assert "may be flattered" in measure.table(large)
    small = report | {"machine": report["machine"] | {"cache_bytes": 1e3}}
    assert "may be flattered" not in measure.table(small)
