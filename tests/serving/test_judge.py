"""Errors on what was left out: a rerun gives what is stored, and ranges are made of others' errors."""

import numpy as np
import pytest

from inference_economics import catalog, measurements
from inference_economics.serving import judge

STORED = catalog.read_tables(catalog.path("calibration.toml", "inference_economics.serving"))


@pytest.mark.parametrize(("cut", "name"), [("model", "kimi-k2"), ("chip", "b300"), ("engine", "sglang"),
                                           ("harness", "other")])
def test_leaving_out_gives_the_same_errors_again(cut, name):
    unseen = judge.leave_out(measurements.kept(), cut, [name])
    row = judge.unseen_rows(unseen, cut)[cut, name]
    stored = STORED["unseen"][cut][name]
    for key in ("rows", "tpot_error", "tpot_bias", "tpot_p90", "ttft_rows", "ttft_error", "ttft_bias", "ttft_p90"):
        assert stored[key] == pytest.approx(row[key], abs=2e-3), key


def test_pools_give_the_same_errors_again():
    rows = judge.judge_pools(measurements.disaggregated(), STORED)
    for (group, key), row in rows.items():
        assert STORED["unseen"][group][key] == pytest.approx(row, abs=2e-3)


def made(ratios, names):
    points = [next(p for p in measurements.kept() if p.model == "llama-3.1-8b")] * len(ratios)
    return judge.Unseen(points, np.array(names), np.array(ratios), np.full(len(ratios), np.nan))


def test_coverage_is_judged_by_the_errors_of_others():
    """A model that is always off by two lies outside the range that a model always right gives, however it is named."""
    near = list(np.linspace(0.9, 1.1, 50))
    held, _ = judge.inside(made(near + [2.0] * 50, ["a"] * 50 + ["b"] * 50))
    assert not held[50:].any()
    held, _ = judge.inside(made(near + near, ["a"] * 50 + ["b"] * 50))
    assert held.mean() == pytest.approx(0.8, abs=0.03)


def test_a_range_of_nothing_but_one_name_is_unknown():
    held, _ = judge.inside(made([1.0, 1.1], ["a", "a"]))
    assert np.isnan(held).all()


def test_a_range_widens_where_names_differ():
    """Names that are each right to a few per cent, but about different middles, ask for more than their quantiles."""
    middles = (0.8, 0.95, 1.05, 1.25)
    ratios = np.concatenate([np.linspace(0.97, 1.03, 50) * middle for middle in middles])
    names = np.repeat(["a", "b", "c", "d"], 50)
    dense = np.zeros(200, bool)
    assert judge._stretch(ratios, names, dense) > 1.2
    assert judge._stretch(np.tile(np.linspace(0.9, 1.1, 50), 4), names, dense) < 1.1
    assert judge._stretch(ratios[:50], names[:50], dense[:50]) == 1.0
    (low, high), (narrow, wide) = judge._range(ratios, 1.5), judge._quantiles(ratios)
    assert low < narrow < wide < high


def test_the_pool_counts_every_prediction_of_its_four_cuts_and_no_other():
    """Each cut's points are held by the range of that cut: the errors of one say nothing about another's."""
    near, far = made([0.9, 1.1] * 20, ["a", "b"] * 20), made([1.9, 2.1] * 20, ["a", "b"] * 20)
    cuts = {"model": near, "chip": near, "engine": near, "harness": far, "generation": far}
    row = judge.pooled_rows(cuts)["pooled", "all"]
    assert (row["rows"], row["ttft_rows"]) == (160, 0)
    assert row["tpot_error"] == pytest.approx((3 * 0.1 + 1.0) / 4)
    assert row["tpot_inside"] == pytest.approx(np.mean([np.nanmean(judge.inside(one)[0])
                                                        for one in (near, near, near, far)]))
