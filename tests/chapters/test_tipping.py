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


def held(**assumptions) -> set[str]:
    values = [float(value) for value in factors(**assumptions)]
    return {claim for claim, value in zip(tipping.CLAIMS, values, strict=True) if value >= 1}


def test_the_scale_agrees_with_the_chapters_thresholds():
    gpus = rulings.own_chip().prompts
    assert factors(prompts_per_day=gpus)[5] == pytest.approx(1)
    fleet = rulings.full_stack().pays * catalog.deepseek_day().output_tok_per_gpu / rulings.OUTPUT_TOK
    assert factors(prompts_per_day=fleet)[6] == pytest.approx(1)
    assert factors(users=16, context_tok=rulings.memory().equal_tok)[8] == pytest.approx(1)


def test_a_share_above_the_range_is_outside_it():
    assert tipping.CLAIMS[1] in held()
    assert tipping.CLAIMS[1] not in held(final_run_fraction=1.0)
    assert tipping.CLAIMS[1] not in held(prompts_per_day=1e8)


def test_more_users_than_shared_heads_hold():
    assert tipping.CLAIMS[9] in held()
    assert tipping.CLAIMS[9] not in held(users=1)
    assert tipping.CLAIMS[9] not in held(users=1000)


@given(st.floats(1e4, 1e12), st.floats(0.1, 10))
def test_demand_and_work_trade_off(prompts, work):
    a, b = factors(prompts_per_day=prompts, work_per_gpu=work), factors(prompts_per_day=prompts / work)
    for k in (5, 6, 7, 10):
        assert float(a[k]) == pytest.approx(float(b[k]))
    assert float(a[0]) == pytest.approx(float(b[0]) / work * work, rel=1e-6)


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
    assert factors(users=1, context_tok=long)[9] == np.inf
    assert factors(users=rulings.users_held(long) + 1, context_tok=long)[9] < 1


def test_users_held_are_those_of_the_deployment_without_rounding_up():
    for context_tok in (2, 256, 32_768, 131_072):
        few, many = rulings.users_held(context_tok, every_head=True), rulings.users_held(context_tok)
        assert 7 * few <= many
        assert many == np.floor(many)
