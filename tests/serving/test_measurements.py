"""The measurements: what ran, who asked, and which rows are set aside."""

import pytest

from inference_economics import accelerators, measurements, models
from inference_economics.serving import rows


def test_points_are_what_ran():
    points = measurements.load()
    assert len(points) > 1500
    assert len({(p.config, p.concurrency, p.ttft_s, p.tpot_s) for p in points}) == len(points)
    assert {p.model for p in points} == set(rows.MODELS.values()) <= set(models.load())
    assert {p.chip for p in points} == set(rows.SYSTEMS.values()) <= set(accelerators.load())
    assert {p.harness for p in points} == set(measurements.HARNESSES)
    assert all(p.n_chips <= 8 and p.n_chips % p.attention_dp == 0 for p in measurements.kept())
    assert all(p.n_chips % p.expert_parallel == 0 for p in measurements.kept())
    assert not any(p.disaggregated for p in points)


def test_set_aside_has_reasons():
    reasons = {}
    for p in measurements.load():
        if p.aside:
            reasons.setdefault(p.aside.split(":")[0].split(" (")[0], []).append(p)
    assert set(reasons) == {"several tokens per step", "its chips do not divide the heads",
                            "faster than the chip's peak allows"}
    assert sum(map(len, reasons.values())) < 0.1 * len(measurements.load())


@pytest.mark.parametrize("oddity", measurements.ODDITIES, ids=lambda row: "-".join(row[0]))
def test_oddities_are_of_series_that_exist(oddity):
    (model, chip, *rest), why = oddity
    series = {p.series for p in measurements.kept()}
    assert why
    assert any(s[0] == model and chip in ("", s[1]) and list(s[2:]) == rest for s in series)
