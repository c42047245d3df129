"""Rows of the measurements' file: formats, chips, harnesses and pools as the source means them."""

import numpy as np

from inference_economics import calibration, measurements, models
from inference_economics.serving import Deployment, Load


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
