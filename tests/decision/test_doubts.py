"""What is not known exactly: factors on inputs that exist, a fixed sample against a large one, swings."""

from __future__ import annotations

import numpy as np
import pytest
from decision_case import BASE, INPUTS

from inference_economics import scenarios
from inference_economics.decision import doubts, yearly_costs
from inference_economics.decision.inputs import PARTS
from inference_economics.risk.uncertainty import interval


def test_doubts_are_factors_around_one_on_inputs_that_exist():
    for doubt in doubts.doubts():
        assert doubt.range.low < doubt.range.mid == 1 < doubt.range.high, doubt.name
        assert all(name.removeprefix("1/") in INPUTS for name in doubt.arguments)
        assert doubt.why
RANGES = {doubt.name: doubt.range for doubt in doubts.doubts()}


@pytest.mark.parametrize("doubt", doubts.doubts(), ids=lambda doubt: doubt.name)
def test_every_doubt_moves_a_cost_of_the_platform_by_all_its_inputs(doubt):
    inputs = scenarios.inputs_of(scenarios.SCENARIOS["A billion prompts a day"])
    assert {argument.removeprefix("1/") for argument in doubt.arguments} <= set(PARTS)
    moved = yearly_costs(doubts.scaled(inputs, {doubt.name: doubt.range.high})).ways
    assert any(float(a) != float(b) for a, b in zip(moved, yearly_costs(inputs).ways, strict=True))


def test_the_fixed_sample_agrees_with_ten_thousand_draws():
    """The page's hundred draws against `uncertainty.interval`, in logarithms: within a tenth at both ends."""
    few = yearly_costs(doubts.scaled(BASE, doubts.drawn(RANGES, 100, 0)))
    for way in ("api_usd", "rent_usd", "own_usd", "custom_usd"):
        many = interval(lambda _way=way, **factors: getattr(yearly_costs(doubts.scaled(BASE, factors)), _way),
                        RANGES, samples=4000)
        ours = np.quantile(getattr(few, way), [0.05, 0.95])
        assert np.log(ours / [many.low, many.high]) == pytest.approx([0, 0], abs=0.25), way


def test_scaled_divides_and_holds_the_peak_at_one():
    out = doubts.scaled(BASE, {"speed": 2.0, "peak": 0.2, "rent": 3.0, "api": 0.5})
    assert (out.fleet.service_s, out.demand.peak_to_mean, out.fleet.price_usd_per_hour) == (10.0, 1.0, 12.0)
    assert (out.offer.input_usd_per_token, out.offer.output_usd_per_token) == (0.5e-6, 2.5e-6)
    assert out.server is BASE.server
    factors = np.array([1.0, 2.0])
    assert doubts.scaled(BASE, {"life": factors}).server.life_years.tolist() == [5.0, 10.0]


def test_bad_factors_and_samples_are_named():
    with pytest.raises(ValueError, match=r"unknown doubt 'speeed'.*Did you mean 'speed'"):
        doubts.scaled(BASE, {"speeed": 1.0})
    with pytest.raises(ValueError, match=r"rent=0 is outside \(0, inf\); 1 changes nothing"):
        doubts.scaled(BASE, {"rent": 0.0})
    with pytest.raises(ValueError, match=r"samples=0 is outside"):
        doubts.drawn(RANGES, 0, 0)
    with pytest.raises(ValueError, match=r"seed=.*must be a whole number"):
        doubts.drawn(RANGES, 10, 0.5)
