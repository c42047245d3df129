"""From names to a plan: every default from a catalogue, and a name that is not known refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from presets_case import case_of, plan_and_case

from inference_economics import catalog, models, prices
from inference_economics.decision import cases, report
from inference_economics.decision.plan import ADDRESSES


def test_reserved_prices_come_from_contracts():
    one, three = cases.reserved_factors()
    assert one == pytest.approx(2.65 / 3.32, rel=1e-3)
    assert 0.3 < three < one


def test_chips_improve_as_the_catalogue_says():
    assert (1 + cases.improvement_per_year()) ** catalog.decision_default("gpu-doubling").value == pytest.approx(2)


def test_a_contract_takes_everything_that_the_list_has():
    luna = cases.contract_of(cases.listing("gpt-5.6-luna"))
    longer = (luna.long_context_tok, luna.long_input_factor, luna.long_output_factor)
    assert longer == pytest.approx((272_000, 2, 1.5))
    assert (luna.cached_input_factor, luna.batch_discount, luna.cache_write_factor) == (0.1, 0.5, 1)
    sonnet = cases.contract_of(cases.listing("claude-sonnet-5"))
    assert (sonnet.cache_write_factor, sonnet.cached_input_factor) == (1.25, 0.1)
    assert sonnet.input_usd_per_token == 3e-6  # the introductory price has ended
    assert cases.contract_of(cases.listing("llama-3.1-70b-hosted"), 0.4).price_decline_per_year == 0.4
    assert cases.contract_of(cases.listing("llama-3.1-70b-hosted")).long_context_tok == np.inf


def test_a_spot_chip_costs_what_was_quoted():
    machine = cases.machine_of(case_of("Platform"))
    rent = cases.rent_of(machine)
    assert rent.spot_factor * rent.price_usd_per_hour == pytest.approx(4.61)
    assert rent.price_usd_per_hour == 6.84


def test_every_default_names_a_source_and_what_the_case_changes_is_its_own():
    case = case_of("Platform")
    rows = cases.sources(replace(case, changes={"running.pay_usd_per_year": 1e5}))
    assert len(rows) > 20
    assert {row.address for row in rows} <= set(ADDRESSES)
    own = [row.address for row in rows if row.source == cases.OWN]
    assert own == ["running.pay_usd_per_year"]
    assert all(row.date for row in rows if row.address not in own)


def test_changes_have_the_last_word():
    plan, case = plan_and_case("Platform")
    assert plan.copy.regions == case.changes["copy.regions"] == 3


def test_what_a_models_context_does_not_hold_is_left_to_the_ways_without_it():
    """Qwen3-32B is made for 40,960 tokens: there are no machines with it, and an API has its own models."""
    coding = replace(case_of("Coding"), model="qwen3-32b")
    for prompt_tok, runs in ((40_460.0, True), (40_461.0, False), (200_000.0, False)):
        case = replace(coding, need=replace(coding.need, prompt_tok=prompt_tok), ttft_limit_s=60.0)
        assert case.need.answer_tok == 500
        assert (cases.replica_of(case).batch > 0) == runs
        made = report.decide(case)
        assert ({"api", "hosted"} == {name for name, _ in made.order}) != runs
        assert ("no copy of the model can serve it" in made.outside) != runs


def test_a_model_of_the_readers_own_and_another_format():
    own = models.get("llama-3.1-70b")
    assert cases.model_of(replace(case_of("Platform"), model=own)) is own
    eight, four = (cases.replica_of(replace(case_of("Platform"), precision=one)) for one in ("fp8", "fp4"))
    assert four.requests_per_s_per_chip > eight.requests_per_s_per_chip


@pytest.mark.parametrize(("change", "words"), [({"machine": "h101"}, "machine"), ({"model": "llama-9"}, "llama-9"),
                                               ({"api": "gpt-99"}, "gpt-99"),
                                               ({"changes": {"copy.colour": 1.0}}, "copy.colour")])
def test_an_unknown_name_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        cases.plan_of(replace(case_of("Seed"), **change))


def test_defaults_are_records_or_named_assumptions():
    rows = catalog.shipped_facts("decision.toml")
    assumed = [name for name, row in rows.items() if row.source.startswith("assumed")]
    assert set(rows) - set(assumed) == {"gpu-doubling", "licence-per-gpu"}
    assert all(rows[name].confidence == "estimate" and rows[name].low < rows[name].high for name in assumed)
    assert prices.api_price("claude-sonnet-5").input_usd_per_mtok == 3
