"""The measurements: what ran, who asked, and which rows are set aside."""

import numpy as np
import pytest

from inference_economics import accelerators, calibration, measurements, models
from inference_economics.serving import Deployment, Load


def test_points_are_what_ran():
    points = measurements.load()
    assert len(points) > 1500
    assert len({(p.config, p.concurrency, p.ttft_s, p.tpot_s) for p in points}) == len(points)
    assert {p.model for p in points} == set(measurements.MODELS.values()) <= set(models.load())
    assert {p.chip for p in points} == set(measurements.SYSTEMS.values()) <= set(accelerators.load())
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


def test_blank_precision_is_bf16():
    """Read as fp8, prefill at full tilt would need less than half the measured time."""
    points = [p for p in measurements.kept() if p.model == "llama-3.1-8b" and p.precision == "bf16"]
    assert {(p.chip, p.engine) for p in points} == {("h100-sxm", "trtllm")}
    busiest = min((p for p in points if p.n_chips == 1 and p.concurrency == 128), key=lambda p: p.output_tok)
    load = Load(128, busiest.prompt_tok, busiest.output_tok)
    wide, narrow = (Deployment("llama-3.1-8b", "h100-sxm", formats=form).in_turn(load).tpot_s
                    for form in ("bf16", "fp8"))
    assert 0.6 < wide / busiest.tpot_s < 1
    assert narrow / busiest.tpot_s < 0.6


def test_experts_tell_the_chips_where_the_source_gives_no_groups():
    """Qwen3 235B in fp8 takes 235 GB: a row with ``tp = 1`` and experts cut in two ran on two chips."""
    rows = [p for p in measurements.kept() if p.model == "qwen3-235b-a22b" and p.engine == "vllm"]
    assert {(p.n_chips, p.attention_dp) for p in rows} == {(2, 2), (4, 4), (2, 1), (4, 2), (4, 1)}
    weights = models.get("qwen3-235b-a22b").n_params
    assert all(weights / p.n_chips < 141e9 for p in rows)


def test_only_dated_runs_are_inferencex():
    for p in measurements.load():
        assert (p.harness == "inferencex") == (bool(p.measured) and not p.id.endswith("none") and "none_" not in p.id)
    dated = [p.built for p in measurements.kept() if p.measured]
    assert 2025.7 < min(dated) < max(dated) < 2026.5
    assert abs(np.median(dated) - measurements.BUILT) < 0.1
    assert {p.built for p in measurements.kept() if not p.measured} == {measurements.BUILT}


def test_pools_state_their_workers():
    points = measurements.disaggregated()
    assert len(points) > 100
    assert all(p.prefill_workers > 0 and p.decode_workers > 0 and p.prefill_chips > 0 and p.n_chips > 0 for p in points)
    assert {p.engine for p in points} == set(calibration.ENGINES)


@pytest.mark.parametrize("oddity", measurements.ODDITIES, ids=lambda row: "-".join(row[0]))
def test_oddities_are_of_series_that_exist(oddity):
    (model, chip, *rest), why = oddity
    series = {p.series for p in measurements.kept()}
    assert why
    assert any(s[0] == model and chip in ("", s[1]) and list(s[2:]) == rest for s in series)
