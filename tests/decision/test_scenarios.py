"""Three workloads: where they lead, and what they may not lack."""

from __future__ import annotations

import pytest

from inference_economics import custom_silicon, prices, scenarios
from inference_economics.decision import offers, yearly_costs
from inference_economics.silicon import reference


def test_scenarios_lead_where_they_should():
    """A start-up stays on the API; the platform does not, and does not need a chip of its own for this model."""
    start, _, platform = (yearly_costs(scenarios.inputs_of(k)) for k in scenarios.SCENARIOS.values())
    assert min(start.ways) == start.api_usd
    assert min(platform.ways) == platform.own_usd
    day = platform.prompts / 365
    assert 1e9 < day < 1e9 * 1.3**5
    assert {one.name for one in offers.offers()} >= {k["api"] for k in scenarios.SCENARIOS.values()}
    contract = prices.rental_quotes("h100-sxm", "neocloud", "contract-1y")[-1]
    month = prices.rental_series("h100-sxm")
    index = month.index_usd_per_hour[month.months.index(contract.date)]
    assert scenarios.SCENARIOS["A billion prompts a day"]["rent_over_median"] == pytest.approx(
        contract.usd_per_hour / index, abs=0.005)


def test_the_programme_is_that_of_chapters_10_and_14_to_one_digit():
    cost = custom_silicon.programme_cost(reference.programme())
    assert cost.nre_usd == 311e6
    assert all(one["nre_usd"] == 300e6 for one in scenarios.SCENARIOS.values())


def test_a_scenario_that_lacks_something_is_named():
    start = scenarios.SCENARIOS["Start-up"]
    with pytest.raises(ValueError, match="unknown entry of the scenario 'users'"):
        scenarios.inputs_of({name: value for name, value in start.items() if name != "users"})
    for name, kind in (("machine", "machine"), ("api", "API offer"), ("model", "model")):
        with pytest.raises(ValueError, match=f"unknown {kind} 'none'"):
            scenarios.inputs_of(start | {name: "none"})
