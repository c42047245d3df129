"""Plans: what fits, and what measures nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from measure.tiny import TINY

from inference_economics import measure


def test_the_plan_is_the_largest_that_fits():
    assert measure.plan_for(1e12) is measure.FULL
    assert measure.plan_for(measure.FULL.need_bytes - 1) is measure.SMALL
    # the full plan streams at least a gigabyte and decodes with weights of more than half of one
    assert measure.FULL.array_bytes >= 1 << 30
    assert 4 * measure.FULL.config(1).n_params > 5e8
    assert measure.FULL.need_bytes < 4e9


@pytest.mark.parametrize(("call", "message"), [
    (lambda: replace(TINY, layers=0), "layers=0"),
    (lambda: replace(TINY, repeats=1.5), "repeats=1.5"),
    (lambda: replace(TINY, kv_heads=(3,)), "kv_heads=3 does not divide q_heads=4"),
    (lambda: replace(TINY, batches=()), "give at least one"),
    (lambda: replace(TINY, batches=(0,)), "batches=0"),
    (lambda: measure.plan_for(-1), "memory_bytes=-1"),
    (lambda: replace(TINY, layers=None), "layers=None is not a number"),
    (lambda: replace(TINY, hidden=[32, 64]), r"hidden=\[32, 64\] must be one whole number"),
    (lambda: replace(TINY, batches=None), "batches="),
    (lambda: replace(TINY, batches=(1, 2.5)), "must be a whole number"),
    (lambda: measure.plan_for("8e9"), "memory_bytes='8e9' is not a number"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_sizes_may_be_any_kind_of_whole_number():
    plan = replace(TINY, layers=np.int8(2), context_tok=10.0, batches=np.array([1, 3], "int16"), kv_heads=[4, 1])
    assert plan == TINY
    assert json.dumps(asdict(plan)) == json.dumps(asdict(TINY))


def test_a_plan_that_no_memory_holds_says_what_is_needed():
    with pytest.raises(ValueError, match=r"has 1 MB to spare, and the smallest measurement needs \d+ MB"):
        measure.plan_for(1e6)
