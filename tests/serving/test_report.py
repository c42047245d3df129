"""The report: errors on what was left out, the ranges made of them, and that a rerun gives what is stored."""

import tomllib

import numpy as np
import pytest

from inference_economics import calibration, catalog, measurements
from inference_economics.serving import fit, judge, report
from inference_economics.serving.rows import MODELS

STORED = catalog.read_tables(catalog.path("calibration.toml", "inference_economics.serving"))


def numbers(table, path=()):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from numbers(value, (*path, key))
        else:
            yield (*path, key), value


# -- accuracy on what was left out ------------------------------------------------------------------------------------


def test_models_never_seen():
    rows = calibration.unseen()["model"]
    assert set(MODELS.values()) < set(rows)
    assert rows["all"]["rows"] == len(measurements.kept())
    assert rows["all"]["tpot_error"] < 0.136  # what the best published tools reach on models that they know
    assert rows["all but odd series"]["tpot_error"] < 0.11
    assert abs(rows["all"]["tpot_bias"]) < 0.05
    assert rows["all but odd series"]["ttft_error"] < 0.25
    assert rows["all"]["ttft_error"] < 0.25


def test_models_that_were_looked_at_first_and_later():
    rows = calibration.unseen()["looked_at"]
    assert rows["yes"]["rows"] + rows["no"]["rows"] == calibration.unseen()["model"]["all"]["rows"]
    assert rows["no"]["tpot_error"] < 0.17


@pytest.mark.parametrize(("cut", "aim"), [("chip", 0.136), ("engine", 0.145), ("harness", 0.136),
                                          ("generation", 0.145)])
def test_whole_cuts_never_seen(cut, aim):
    rows = calibration.unseen()[cut]
    assert rows["all"]["tpot_error"] < aim
    assert sum(row["rows"] for name, row in rows.items() if name != "all") == rows["all"]["rows"]


def test_all_four_cuts_pooled():
    """Every prediction counts once: errors are the mean of the cuts', each by its points."""
    left_out = calibration.unseen()
    pooled, cuts = left_out["pooled"]["all"], [left_out[cut]["all"] for cut in judge.POOLED]
    for name, rows in (("tpot", "rows"), ("ttft", "ttft_rows")):
        counts = [cut[rows] for cut in cuts]
        assert pooled[rows] == sum(counts)
        for what in ("error", "bias"):
            mean = np.average([cut[f"{name}_{what}"] for cut in cuts], weights=counts)
            assert pooled[f"{name}_{what}"] == pytest.approx(mean, abs=1e-4)
        assert min(cut[f"{name}_inside"] for cut in cuts) < pooled[f"{name}_inside"] < max(
            cut[f"{name}_inside"] for cut in cuts)
    assert pooled["tpot_error"] < 0.136


def test_aims_stand_beside_what_was_reached():
    rows, stored = {row[0]: row for row in report.aim_table()}, calibration.unseen()
    assert list(rows) == ["models", "chips", "engines", "harnesses", "all four, pooled"]
    for row, group in zip(rows.values(), report.AIMS, strict=True):
        assert len(row) == len(report.AIM_COLUMNS)
        for place, measure, aim in ((2, "tpot_error", report.AIMS[group][1]), (4, "ttft_error", report.AIMS[group][2])):
            error = stored[group]["all"][measure]
            assert row[place] == f"{error:.1%}"
            assert row[place + 1].startswith("below ")
            assert row[place + 1].endswith(": met" if error < aim else ": missed")
    assert rows["models"][3] == "below 17%: met"


def test_no_slice_is_hidden():
    left_out = calibration.unseen()
    points = measurements.kept()
    assert set(left_out["harness"]) == {*measurements.HARNESSES, "all"}
    assert set(left_out["engine"]) == {*calibration.ENGINES, "all"}
    for kind in ("dense", "mixture"):
        for group in ("chips", "concurrency"):
            assert sum(row["rows"] for row in left_out[f"{kind}_{group}"].values()) == left_out["kind"][kind]["rows"]
    assert left_out["kind"]["dense"]["rows"] + left_out["kind"]["mixture"]["rows"] == len(points)
    assert left_out["disaggregated"]["all"]["rows"] > 100


@pytest.mark.parametrize("cut", ["model", "chip", "harness"])
def test_intervals_hold_what_they_promise(cut):
    inside = calibration.unseen()[cut]["all"]["tpot_inside"]
    assert 0.75 < inside < 0.9


def test_intervals_of_models_never_seen_are_neither_narrow_nor_idle():
    rows = calibration.unseen()["model"]
    for measure in ("tpot_inside", "ttft_inside"):
        assert rows["all"][measure] == pytest.approx(0.8, abs=0.03)


def test_known_models_in_configurations_that_were_not_fitted():
    kinds = calibration.residuals()["kind"]
    assert kinds["dense"]["tpot_error"] < 0.11
    assert kinds["mixture"]["tpot_error"] < 0.17
    assert kinds["dense"]["bound_bias"] < -0.4  # what the bare bound misses


def test_queues_follow_from_the_cache():
    """Llama 70B on one H200: 64 and 128 requests, room for fewer; Little's law predicts waits of minutes."""
    points = [p for p in measurements.kept() if p.model == "llama-3.1-70b" and p.chip == "h200-sxm"
              and p.n_chips == 1 and p.engine == "trtllm" and p.concurrency >= 64 and p.ttft_s > 10]
    assert len(points) == 4
    data = fit.Data(points)
    out = data.predict(data.constants(STORED))
    assert np.all(out.batch < data.load.concurrency)
    assert out.ttft_s == pytest.approx(data.ttft_s, rel=0.35)
    assert out.tpot_s == pytest.approx(data.tpot_s, rel=0.15)


def test_first_tokens_repeat_badly():
    again = calibration.repeatability()
    assert again["rows"] > 300
    assert 0.03 < again["tpot_spread"] < 0.08
    # the same run on another day is a fifth off or more: no model can be asked for much less
    assert 0.15 < again["ttft_spread"] < 0.3


def test_the_worst_misses_are_in_order():
    worst = report.misses(12)
    assert len(worst) == 12
    ratios = [abs(np.log(miss.tpot_s / miss.point.tpot_s)) for miss in worst]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] > np.log(1.5)
    assert sum(bool(miss.why) for miss in worst) >= 9


# -- the file ---------------------------------------------------------------------------------------------------------


def test_halves_give_the_same_errors_again():
    first, second = fit.split(measurements.kept())
    half = fit.fit(first)
    for title, part in (("fitted_half", first), ("other_half", second)):
        stored = STORED["residual"][title]
        rows = report.residual_rows(part, half)
        assert {(group, key) for group, table in stored.items() for key in table} == set(rows)
        for group in ("kind", "engine"):
            for key, row in stored[group].items():
                assert row == pytest.approx(rows[group, key], abs=2e-3), (group, key)


def test_the_file_says_what_it_holds():
    meta, points = STORED["meta"], measurements.kept()
    assert meta["points"] == len(measurements.load())
    assert meta["points_fitted"] + meta["points_judged"] == len(points)
    assert meta["set_aside"] == meta["points"] - len(points)
    assert meta["odd"] == sum(bool(measurements.oddity(p)) for p in points)
    assert meta["seed"] == fit.SEED
    groups = {name: STORED[name] for name in ("shared", "pair", "harness")}
    text = report.write(groups, {"repeat": {"rows": 3, "tpot_spread": 0.5}}, meta)
    back = dict(numbers(tomllib.loads(text)))
    assert back == dict(numbers({"meta": meta, **groups, "repeat": {"rows": 3, "tpot_spread": 0.5}}))


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_the_report_refuses_what_it_has_not():
    with pytest.raises(ValueError, match="unknown half 'first'; known: fitted_half, other_half"):
        calibration.residuals("first")
    with pytest.raises(ValueError, match="count"):
        report.misses(0)


def test_the_page_shows_every_row():
    stored = calibration.unseen()
    for group, table in stored.items():
        rows = report.unseen_table(group)
        assert len(rows) == len(table)
        assert all(len(row) == len(report.UNSEEN_COLUMNS) for row in rows)
    rows = report.unseen_table("engine", "harness")
    assert [row[0] for row in rows][:4] == ["engine: sglang", "engine: trtllm", "engine: vllm", "engine: all"]
    with pytest.raises(ValueError, match="unknown group 'weather'"):
        report.unseen_table("weather")


# -- MLPerf -----------------------------------------------------------------------------------------------------------


def test_mlperf_is_predicted_by_what_never_saw_it():
    """With prompts as long as answers: no source states them, so this is a check of size, not of digits."""
    rows = report.benchmarks()
    ratio = np.array([row.tok_per_s / row.reported_tok_per_s for row in rows])
    assert len(rows) >= 20
    assert {row.scenario for row in rows} == {"Offline", "Server"}
    assert {row.round for row in rows} == {"v5.1", "v6.0"}
    assert np.mean(abs(ratio - 1)) < 0.2
    assert np.all((ratio > 0.7) & (ratio < 1.5))
    for row in rows:
        twin = next(r for r in rows if r[:4] == (row.round, "Offline", row.chip, row.precision))
        assert row.tok_per_s <= twin.tok_per_s


def test_longer_prompts_leave_fewer_answers():
    short, long = (report.benchmarks(prompt_tok=tok, rounds=("v6.0",)) for tok in (100.0, 1000.0))
    assert all(a.tok_per_s > b.tok_per_s for a, b in zip(short, long, strict=True))
    with pytest.raises(ValueError, match="prompt_tok"):
        report.benchmarks(prompt_tok=0)
