"""The claims on one scale: against the chapters' own thresholds, demand against work, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import catalog, rulings
from inference_economics.chapters import tipping


def held(**assumptions) -> set[str]:
    values = [float(value) for value in tipping.tipping(**assumptions)]
    return {claim for claim, value in zip(tipping.CLAIMS, values, strict=True) if value >= 1}


def test_the_scale_agrees_with_the_chapters_thresholds():
    gpus = rulings.own_chip().prompts
    assert tipping.tipping(prompts_per_day=gpus)[5] == pytest.approx(1)
    fleet = rulings.full_stack().pays * catalog.deepseek_day().output_tok_per_gpu / rulings.OUTPUT_TOK
    assert tipping.tipping(prompts_per_day=fleet)[6] == pytest.approx(1)
    assert tipping.tipping(users=16, context_tok=rulings.memory().equal_tok)[8] == pytest.approx(1)


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
    a, b = tipping.tipping(prompts_per_day=prompts, work=work), tipping.tipping(prompts_per_day=prompts / work)
    for k in (5, 6, 7, 10):
        assert float(a[k]) == pytest.approx(float(b[k]))
    assert float(a[0]) == pytest.approx(float(b[0]) / work * work, rel=1e-6)


@pytest.mark.parametrize(("function", "given_", "words"), [
    (tipping.tipping, {"prompts_per_day": 0}, "prompts_per_day=0"),
    (tipping.tipping, {"output_tok": -1}, "output_tok=-1"),
    (tipping.tipping, {"work": 0}, "work=0"), (tipping.tipping, {"rent": "2"}, "rent='2'"),
    (tipping.tipping, {"users": np.nan}, "users=nan"), (tipping.tipping, {"usd_per_1000": 0}, "usd_per_1000=0"),
    (tipping.tipping, {"final_run_fraction": 2}, "final_run_fraction=2"), (tipping.tipping, {"saving": 44}, "=44"),
    (tipping.tipping, {"chip_margin": 88}, "chip_margin=88"), (tipping.tipping, {"context_tok": -5}, "context_tok=-5"),
    (tipping.tipping, {"margin": 60}, "cost_usd=-59"),
])
def test_bad_input(function, given_, words):
    with pytest.raises(ValueError, match=words):
        function(**given_)
