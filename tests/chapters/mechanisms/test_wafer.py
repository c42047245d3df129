import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import margin_tower, wafer_with_defects
from inference_economics.chapters.mechanisms.wafer import DEFECT_X, DEFECT_Y, MOST_DEFECTS, PARTS, WAFER_MM
from inference_economics.silicon import die

WAFER, TOWER = wafer_with_defects(), margin_tower()


@pytest.mark.parametrize("explorer", [WAFER, TOWER], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


@pytest.mark.parametrize("area", [180.0, 400.0, 814.0])
@pytest.mark.parametrize("defects", [0.0, 0.1, 0.38])
def test_a_die_is_good_where_no_defect_fell(area, defects):
    dies = mark(WAFER, "dies", die_area_mm2=area, defects_per_cm2=defects)
    (seen,) = (WAFER.settings(die_area_mm2=area, defects_per_cm2=defects),)
    side = np.sqrt(seen["die_area_mm2"])
    fallen = int(np.ceil(seen["defects_per_cm2"] * np.pi * WAFER_MM**2 / 400))
    x, y = DEFECT_X[:fallen], DEFECT_Y[:fallen]
    for k, kind in enumerate(dies.kind):
        if np.isnan(kind):
            continue
        spoilt = np.any((np.abs(x - dies.x[k]) < side / 2) & (np.abs(y - dies.y[k]) < side / 2))
        corner = np.hypot(abs(dies.x[k]) + side / 2, abs(dies.y[k]) + side / 2)
        assert kind == (2 if corner > WAFER_MM / 2 else 1 if spoilt else 0)


def test_enough_defects_are_drawn_for_the_worst_process():
    most = WAFER.controls_spec["defects_per_cm2"].high * np.pi * WAFER_MM**2 / 400
    assert most <= MOST_DEFECTS
    assert np.hypot(DEFECT_X, DEFECT_Y).max() <= WAFER_MM / 2


@pytest.mark.parametrize("area", [180.0, 400.0, 814.0])
def test_the_wafer_drawn_is_a_fair_example_of_the_average(area):
    seen = readings(WAFER, die_area_mm2=area, defects_per_cm2=0.2)
    side = WAFER.settings(die_area_mm2=area)["die_area_mm2"]
    assert seen["Whole dies here"] == pytest.approx(float(die.gross_dies(side)), rel=0.12)
    share = seen["Good dies here"] / seen["Whole dies here"]
    assert share == pytest.approx(seen["Yield on average"], abs=0.1)


def test_the_parts_of_the_tower_make_its_price():
    for setting in ({}, {"chip_margin": 0.0}, {"cloud_margin": 0.5, "utilisation": 0.5}):
        parts = mark(TOWER, "who is paid", **setting).value
        assert len(parts) == len(PARTS)
        seen = readings(TOWER, **setting)
        assert np.nansum(parts) == pytest.approx(seen["A chip-hour in the cloud"])
        assert parts[0] == pytest.approx(seen["With no margin at all"])
