"""The claims on one scale: against the chapters' own thresholds, demand against work, and bad input."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import catalog, rulings
from inference_economics.chapters import tipping


def factors(**assumptions) -> tuple:
    """The claims with some assumptions changed, each put into the record that has it."""
    records = (tipping.Platform, tipping.Supply, tipping.Held)
    parts = [{f.name: assumptions.pop(f.name) for f in fields(record) if f.name in assumptions} for record in records]
    assert not assumptions
    return tipping.tipping(*(record(**part) for record, part in zip(records, parts, strict=True)))


def factor(claim: str, **assumptions) -> float:
    """The factor of the one claim whose name starts like this."""
    place, = [k for k, name in enumerate(tipping.CLAIMS) if name.startswith(claim)]
    return float(factors(**assumptions)[place])


def test_the_scale_agrees_with_the_chapters_thresholds():
    prompts = rulings.own_chip().prompts
    assert factor("C5", prompts_per_day=prompts) == pytest.approx(1)
    fleet = rulings.full_stack().pays * catalog.deepseek_day().output_tok_per_gpu / rulings.OUTPUT_TOK
    assert factor("C6", prompts_per_day=fleet) == pytest.approx(1)
    assert factor("C8", users=16, context_tok=rulings.memory().equal_tok) == pytest.approx(1)
    scale = rulings.global_scale()
    assert factor("C3 a premium", usd_per_1000=scale.premium_usd, output_tok=1000) == pytest.approx(1)
    assert factor("C3 rent", usd_per_1000=scale.held_usd, output_tok=1000) == pytest.approx(1)


def test_longer_answers_make_a_prompt_dearer():
    for claim in ("C3 rent", "C3 a premium"):
        assert factor(claim, output_tok=1000) == pytest.approx(2 * factor(claim, output_tok=500))


def test_the_books_of_each_company_give_back_what_it_published():
    """OpenAI's 2024 was 1.8 of 6.8 billion dollars, and a final run is the first of two forms of C1."""
    openai = {"books": tipping.openai(), "prompts_per_day": 1e9}
    odds = factor("C1 serving passes all", **openai)
    assert odds == pytest.approx(1.8 / 5.0)
    assert odds / (1 + odds) == pytest.approx(catalog.spend_shares()["openai-2024"].value, abs=1e-3)
    assert factor("C1 serving passes final", **openai) == pytest.approx(1.8 / (0.096 * 5.0))
    one = catalog.deepseek_day()
    own = factor("C1 serving passes final", prompts_per_day=one.output_tok / 500)
    assert own == pytest.approx(365 / rulings.training_against_serving().days)


def test_a_share_above_the_range_is_outside_it():
    assert factor("C2") >= 1
    assert factor("C2", final_run_fraction=1.0) < 1
    assert factor("C2", prompts_per_day=1e8) < 1
    assert factor("C2", books=tipping.openai()) < 1


def test_sizes_are_where_the_factors_are_one():
    sizes = tipping.from_which_size()
    for claim, low, high in zip(*sizes, strict=True):
        assert low < high
        assert factor(claim, prompts_per_day=low) == pytest.approx(1)
        if claim.startswith("C2"):
            assert factor(claim, prompts_per_day=high) == pytest.approx(1)
        else:
            assert high == pytest.approx(1e13)


def test_the_nearest_is_the_one_closest_to_one_on_either_side():
    assert tipping.nearest(np.array([0.5, 3.0, 100.0])) == pytest.approx(2)
    assert tipping.nearest(np.array(tipping.tipping())) >= 1


def test_more_users_than_shared_heads_hold():
    assert factor("C9") >= 1
    assert factor("C9", users=1) < 1
    assert factor("C9", users=1000) < 1


@given(st.floats(1e4, 1e12), st.floats(0.1, 10))
def test_demand_and_work_trade_off(prompts, work):
    more, less = ({"prompts_per_day": prompts, "work_per_gpu": work}, {"prompts_per_day": prompts / work})
    assert tipping.gpus_of_work(tipping.Platform(prompts), tipping.Supply(work)) == pytest.approx(
        tipping.gpus_of_work(tipping.Platform(prompts / work)))
    for claim in ("C1 serving passes final", "C1 serving passes all", "C5", "C6", "C7", "C12"):
        assert factor(claim, **more) == pytest.approx(factor(claim, **less))


@pytest.mark.parametrize(("given_", "words"), [
    ({"prompts_per_day": 0}, "prompts_per_day=0"),
    ({"output_tok": -1}, "output_tok=-1"),
    ({"work_per_gpu": 0}, "work_per_gpu=0"), ({"rent": "2"}, "rent='2'"),
    ({"users": np.nan}, "users=nan"), ({"usd_per_1000": 0}, "usd_per_1000=0"),
    ({"final_run_fraction": 2}, "final_run_fraction=2"), ({"saving_fraction": 44}, "saving_fraction=44"),
    ({"chip_margin": 88}, "chip_margin=88"), ({"context_tok": -5}, "context_tok=-5"),
    ({"gross_margin": 60}, "gross_margin=60"),
])
def test_bad_input(given_, words):
    with pytest.raises(ValueError, match=words):
        factors(**given_)


def test_heads_that_hold_nobody_decide():
    """At a million tokens heads that are not shared hold no user at all: the claim has no finite factor."""
    long = 1_000_000
    assert rulings.users_held(long, every_head=True) == 0
    assert factor("C9", users=1, context_tok=long) == np.inf
    assert factor("C9", users=rulings.users_held(long) + 1, context_tok=long) < 1


def test_users_held_are_those_of_the_deployment_without_rounding_up():
    for context_tok in (2, 256, 32_768, 131_072):
        few, many = rulings.users_held(context_tok, every_head=True), rulings.users_held(context_tok)
        assert 7 * few <= many
        assert many == np.floor(many)
