"""One measured point: what follows from its own fields."""

import pytest

from inference_economics.serving import measurements
from inference_economics.serving.points import BUILT, Point

POINT = Point("one", "2026-03-01", "vllm", "0.12.0", "llama-3.1-8b", "h100-sxm", "fp8", 900.0, 100.0, 16, 1, 1, 0.5,
              0.01)


def test_output_is_by_littles_law():
    assert POINT.output_tok_per_s == pytest.approx(16 * 100 / (0.5 + 100 * 0.01))


def test_a_point_without_a_date_has_the_usual_one():
    assert POINT.built == pytest.approx(2026 + 2 / 12 + 1 / 365)
    assert Point(**{**POINT.__dict__, "measured": ""}).built == BUILT


def test_rows_of_one_configuration_differ_in_their_load_alone():
    busy = Point(**{**POINT.__dict__, "concurrency": 64, "ttft_s": 2.0, "tpot_s": 0.03, "id": "two"})
    assert busy.config == POINT.config
    assert Point(**{**POINT.__dict__, "prompt_tok": 90.0}).config != POINT.config


def test_pools_are_those_with_copies_that_decode():
    assert {point.disaggregated for point in measurements.load()} == {False}
    assert all(point.disaggregated for point in measurements.disaggregated())
