"""Three workloads: where they lead, and what they may not lack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference_economics import custom_silicon, models, prices, scenarios
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


def test_prompt_and_answer_must_fit_the_models_context():
    long = scenarios.SCENARIOS["Start-up"] | {"model": "qwen3-32b", "prompt_tok": 200_000, "ttft_limit_s": 300.0}
    assert not scenarios.holds_context(long)
    assert scenarios.holds_context(long | {"prompt_tok": 40_560})
    with pytest.raises(ValueError, match=r"model='qwen3-32b' holds 40,960 tokens; prompt and answer take 200,400"):
        scenarios.inputs_of(long)
    # a figure looks the copy up itself: there the machines serve nothing, and have no price
    best = scenarios.replica_of(long | {"model": "llama-3.1-70b", "prompt_tok": 1500})
    costs = yearly_costs(scenarios.inputs_of(long | {"model": models.get("qwen3-32b")}, best))
    assert np.isnan([costs.rent_usd, costs.own_usd, costs.custom_usd, costs.first_chips]).all()
    assert costs.api_usd > 0


def test_a_dense_model_in_four_bits_may_be_asked_for():
    platform = scenarios.SCENARIOS["A billion prompts a day"]
    wide, narrow = (yearly_costs(scenarios.inputs_of(platform | {"precision": name})) for name in ("fp8", "fp4"))
    assert wide == pytest.approx(yearly_costs(scenarios.inputs_of(platform)))
    assert narrow.own_usd < wide.own_usd
    with pytest.raises(ValueError, match="unknown precision 'fp3'"):
        scenarios.inputs_of(platform | {"precision": "fp3"})


def test_cached_input_and_waiting_pay_what_the_provider_asks():
    """90% hits at a tenth of the price leave 19% of the input's bill; waiting halves the whole."""
    reader = scenarios.SCENARIOS["Enterprise, private data"] | {"prompt_tok": 30_000, "output_tok": 1}
    full, cached, waits = (yearly_costs(scenarios.inputs_of(reader | change)).api_usd for change in (
        {}, {"cached_fraction": 0.9}, {"batch_fraction": 1.0}))
    assert cached / full == pytest.approx(0.19, abs=1e-3)
    assert waits / full == pytest.approx(0.5)
    hosted = reader | {"api": "llama-3.1-70b-hosted"}
    assert (yearly_costs(scenarios.inputs_of(hosted | {"cached_fraction": 0.9, "batch_fraction": 1.0})).api_usd
            == yearly_costs(scenarios.inputs_of(hosted)).api_usd)


def test_the_default_decline_is_that_of_the_record():
    for one in scenarios.SCENARIOS.values():
        assert one["price_decline_per_year"] == offers.listed_decline_per_year()


@pytest.mark.parametrize(("given", "words"), [
    ({"cached_share": 0.9}, "unknown entry of the scenario 'cached_share'; known: .*cached_fraction"),
    ({"cached_fraction": 90}, r"cached_fraction=90 is outside \[0, 1\]"),
    ({"batch_fraction": -1}, r"batch_fraction=-1 is outside \[0, 1\]"),
    ({"prompt_tok": "long"}, "prompt_tok='long' is not a number"),
    ({"prompt_tok": np.array([100.0, 2e5])}, "'llama-3.1-70b' holds 131,072 tokens; prompt and answer take 200,400"),
    ({"model": None}, "unknown model None"), ({"precision": 5}, "precision=5 is no name of a format"),
])
def test_a_scenario_is_understood_wholly_or_refused(given, words):
    with pytest.raises(ValueError, match=words):
        scenarios.inputs_of(scenarios.SCENARIOS["Start-up"] | given)


def test_a_scenario_is_a_mapping():
    with pytest.raises(ValueError, match="scenario=None is no mapping; start from one of SCENARIOS"):
        scenarios.inputs_of(None)


def test_a_model_whose_context_is_not_stated_holds_any():
    unstated = replace(models.get("llama-3.1-8b"), name="unstated", max_context_tok=0)
    scenarios.require_context(unstated, 1e6)
    assert scenarios.holds_context({**scenarios.SCENARIOS["Start-up"], "model": unstated})
    with pytest.raises(ValueError, match="holds 131,072 tokens"):
        scenarios.require_context(models.get("llama-3.1-8b"), 1e6)
