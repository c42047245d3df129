"""The fitted constants of the loss: their limits, their names, and what is refused."""

from __future__ import annotations

import dataclasses

import pytest

from inference_economics.training.loss_constants import LOSS_CONSTANTS, LossConstants, loss_constants


def test_a_name_or_the_constants_themselves():
    for name, row in LOSS_CONSTANTS.items():
        assert loss_constants(name) is loss_constants(row) is row
        assert row.name == name
        assert row.source


@pytest.mark.parametrize("bad", ["nobody", None, 3, ["epoch"]])
def test_other_things_are_refused_by_name(bad):
    with pytest.raises(ValueError, match=r"unknown constants .*; known: "):
        loss_constants(bad)


@pytest.mark.parametrize(("field", "value"), [("alpha", 0.0), ("beta", 3.0), ("a", -1.0), ("b", 0.0), ("floor", -0.1),
                                              ("floor", float("nan"))])
def test_constants_that_are_no_law_are_refused(field, value):
    with pytest.raises(ValueError, match=f"{field}=.* is outside .*check the constants 'epoch'"):
        dataclasses.replace(LOSS_CONSTANTS["epoch"], **{field: value})
    assert dataclasses.is_dataclass(LossConstants)
