"""Golden cases: what others published, found again by the package's general formulas. One test per case."""

import math
from dataclasses import replace

import pytest

from inference_economics import calibration, catalog, golden, models
from inference_economics.chapters.golden_formulas import FORMULAS

CASES = golden.cases()
KV_13B = replace(CASES["kv-13b"], tolerance_from="made up, so that the report can be moved")


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    case, computed, ratio, holds, _ = golden.evaluate(name)
    assert holds, f"{case.title}: reported {case.reported:g}, computed {computed:g}, ratio {ratio:.4f} ({case.rule})"


def test_there_are_enough_of_every_kind():
    rules = [case.rule for case in CASES.values()]
    assert len(CASES) >= 150
    assert rules.count("match") >= 120
    assert rules.count("below") >= 12
    assert rules.count("above") >= 2
    assert rules.count("near") == 20
    assert {case.group for case in CASES.values()} == set(golden.GROUPS)


def test_every_model_with_an_independent_count_is_a_case():
    counted = {name for name, model in models.load().items() if model.reference_n_params}
    assert len(counted) >= 31
    assert {f"params-{name}" for name in counted} <= CASES.keys()
    assert all(CASES[f"params-{name}"].tolerance == 0 for name in counted)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.rule in golden.BOUNDS])
def test_bounds_give_a_reason_and_say_something(name):
    case = CASES[name]
    assert len(case.reason) > 40
    assert 1 < case.within <= 60


def test_tolerances_are_tight():
    """A match allows the rounding of the source, a few percent at most where inputs were rounded too."""
    for case in CASES.values():
        if case.rule == "match":
            assert case.tolerance <= 0.05 * case.reported or case.reason or case.digits <= 3, case.name
            assert case.tolerance <= 0.13 * case.reported, case.name


def test_a_wrong_report_fails(monkeypatch):
    """The registry can fail: move a report by more than its rounding, or to the wrong side of a bound."""
    floor = CASES["pope-decode-64"]
    ceiling = CASES["mlperf-70b-h100-v4"]
    guess = CASES["mlperf-70b-h200-sxm-v5.1-offline"]
    spoiled = {
        "a": replace(KV_13B, reported=KV_13B.reported * 1.01),
        "b": replace(floor, reported=0.1),
        "c": replace(floor, reported=100.0),
        "d": replace(ceiling, reported=1e6),
        "e": replace(ceiling, reported=1.0),
        "f": KV_13B,
        "g": replace(guess, reported=guess.reported * 2),
        "h": replace(guess, reported=guess.reported / 2),
        "i": guess,
    }
    monkeypatch.setattr(golden, "cases", lambda: spoiled)
    verdicts = {name: golden.evaluate(name).verdict for name in spoiled}
    assert verdicts == {"a": "FAILS", "b": "FAILS", "c": "FAILS", "d": "FAILS", "e": "FAILS", "f": "matches",
                        "g": "FAILS", "h": "FAILS", "i": "predicted"}


def test_the_rows_read_well():
    rows = {row["case"]: row for row in golden.rows()}
    assert rows.keys() == CASES.keys()
    assert rows["kv-13b"]["computed"] == "6.711 GB"
    assert rows["kv-13b-binary"]["reported"] == "6.25 GiB"
    assert rows["params-deepseek-v3"]["computed"] == "671.0264192B parameters"
    assert rows["pope-decode-64"]["verdict"] == "floor holds"
    assert not any(row["verdict"] == "FAILS" for row in rows.values())


def test_the_figure_shows_every_case():
    left, right = golden.figure().axes
    points = sum(len(line.get_xdata()) for line in left.lines) - 2
    assert points == len(CASES)
    assert left.get_xscale() == left.get_yscale() == right.get_xscale() == "log"
    labels = [text.get_text() for text in left.get_legend().get_texts()]
    assert any("bound" in label for label in labels)
    assert any("match" in label for label in labels)
    assert any("prediction" in label for label in labels)
    assert len(right.get_yticklabels()) == golden.summary()["bounds"]


def test_the_summary_adds_up():
    counts = golden.summary()
    assert counts["cases"] == counts["matches"] + counts["bounds"] + counts["predictions"] == len(CASES)
    assert counts["failures"] == 0
    # results that nobody here produced, beside second derivations of our own
    assert counts["published"] >= 80
    assert counts["published_matches"] >= 55


@pytest.mark.parametrize(("change", "message"), [
    ({"rule": "about"}, "unknown rule 'about'; known: match, below, above"),
    ({"group": "misc"}, "unknown group 'misc'; known: parameters"),
    ({"formula": "guess"}, "unknown formula 'guess'"),
    ({"reported": 0}, "reported=0 must be a positive number"),
    ({"reported": math.nan}, "reported=nan must be a positive number"),
    ({"tolerance": -1}, "tolerance=-1 must be zero or more"),
    ({"rule": "below"}, "rule='below' needs a reason, and a factor `within` above 1"),
    ({"rule": "above", "reason": "because"}, "needs a reason, and a factor"),
    ({"rule": "near", "within": 1.2, "reason": "a guess", "tolerance_from": ""}, "rule='near' needs tolerance_from"),
    ({"source": ""}, "source is empty"),
    ({"confidence": "sure"}, "unknown confidence mark 'sure'"),
])
def test_a_case_that_cannot_be_judged_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(KV_13B, **change)


def test_unknown_cases_are_named():
    with pytest.raises(ValueError, match=r"unknown golden case 'kv-13'; known: .*Did you mean 'kv-13b'"):
        golden.evaluate("kv-13")


# -- MLPerf -----------------------------------------------------------------------------------------------------------


def test_mlperf_is_predicted_and_no_ceiling_counts_for_it():
    """Every result of the two last rounds up to eight chips, offline and server, as the catalogue has it."""
    near = {name: case for name, case in CASES.items() if case.rule == "near"}
    assert {case.inputs["scenario"] for case in near.values()} == {"Offline", "Server"}
    assert {case.inputs["round"] for case in near.values()} == {"v5.1", "v6.0"}
    reported = catalog.published("mlperf").column("tok_per_s")
    for case in near.values():
        assert case.reported in reported
        assert "no prompt: 294 tokens is taken" in case.reason
        assert ("limits" in case.reason) == (case.inputs["scenario"] == "Server")
    bounds = [case for case in CASES.values() if case.rule in golden.BOUNDS]
    assert not [case.name for case in bounds if "v5.1" in case.source or "v6.0" in case.source]


def test_the_factor_of_an_estimate_is_the_models_own_error():
    errors = {name: row["tpot_p90"] for name, row in calibration.unseen()["chip"].items()}
    for case in CASES.values():
        if case.rule == "near":
            fitted = calibration.generation(case.inputs["chip"]) != calibration.OTHER
            assert case.within == pytest.approx(1 + (errors["all"] if fitted else max(errors.values())), abs=0.005)
            assert case.tolerance_basis.startswith(f"a factor of {case.within:g}: 90th percentile")


def test_a_longer_prompt_than_assumed_would_be_seen():
    """The prompt is an input of the case, and the prediction moves with it."""
    case = CASES["mlperf-70b-b200-v6.0-offline"]
    formula = FORMULAS[case.formula]
    assert formula(**{**case.inputs, "prompt_tok": 1000.0}) < formula(**case.inputs) < formula(
        **{**case.inputs, "prompt_tok": 100.0})
