"""A plan takes its fields by address, whole or not at all."""

from __future__ import annotations

import numpy as np
import pytest
from plan_case import plan

from inference_economics.decision import plan as plans


def test_every_address_can_be_read_and_written_back():
    one = plan()
    for address in plans.ADDRESSES:
        assert np.array_equal(one.changed({address: one.value(address)}).value(address), one.value(address),
                              equal_nan=True)


def test_a_change_leaves_the_rest():
    one = plan(need__growth_per_year=1.0)
    assert one.need.growth_per_year == 1
    assert one.value("need.prompt_tok") == 1500
    assert one.need.answer_tok == 400
    assert plan(need__thinking_tok=600.0).need.use.output_tok == 1000


@pytest.mark.parametrize(("change", "words"), [
    ({"need.prompts": 1.0}, "need.prompts"), ({"api.batch_discount": 50.0}, "batch_discount"),
    ({"need.privacy": 3.0}, "privacy"), ({"copy.unit_chips": 0.0}, "unit_chips"),
    ({"finance.horizon_years": 11.0}, "horizon_years")])
def test_what_cannot_be_is_refused_by_name(change, words):
    with pytest.raises(ValueError, match=words):
        plan().changed(change)


def test_a_copy_that_serves_nothing_has_no_time():
    assert plan(copy__batch=0.0, copy__service_s=np.nan).copy.service_s == np.inf
