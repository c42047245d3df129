"""What was ever measured: the envelope holds its own points, and nothing far from them."""

from __future__ import annotations

import numpy as np
import pytest
from presets_case import plan_and_case

from inference_economics import measurements, models
from inference_economics.decision import measured


def test_every_point_lies_within_its_envelope():
    for point in measurements.kept()[::7]:
        held = measured.envelope(measured.kind_of(models.get(point.model)), point.chip)
        assert measured.inside(held, point.prompt_tok, point.output_tok, point.concurrency, point.n_chips)


@pytest.mark.parametrize(("name", "value"), [("prompt_tok", 1e5), ("output_tok", 1e5), ("batch", 1e5),
                                             ("n_chips", 1000.0), ("output_tok", 1.0)])
def test_what_is_far_away_is_outside(name, value):
    near = {"prompt_tok": 1000.0, "output_tok": 1000.0, "batch": 32.0, "n_chips": 4.0}
    held = measured.envelope("dense", "h100-sxm")
    assert measured.inside(held, **near)
    assert not measured.inside(held, **near | {name: value})


def test_a_chip_that_nobody_measured_is_outside_whatever_it_serves():
    held = measured.envelope("dense", "a100-sxm-80gb")
    assert np.isnan(held.batch[1])
    assert not measured.inside(held, 1000.0, 1000.0, 8.0, 4.0)


def test_reasons_are_in_words():
    plan, case = plan_and_case("Agent")
    first, *_ = measured.outside_because(case, plan)
    assert first.startswith("answers of 20,000 tokens, measured from")
    assert "no copy of the model can serve it" in measured.outside_because(case, plan.changed({"copy.batch": 0.0}))
    seed = plan_and_case("Seed")
    assert measured.outside_because(seed[1], seed[0]) == ()


def test_requests_in_flight_lie_between_one_and_all_places():
    plan, _ = plan_and_case("Seed")
    assert 1 <= measured.in_flight(plan) < 2
    plan, _ = plan_and_case("Platform")
    assert 0.9 * plan.copy.batch < measured.in_flight(plan) <= plan.copy.batch
