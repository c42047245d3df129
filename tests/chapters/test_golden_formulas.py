"""Adapters of the golden cases: every one serves a case, and no case lacks one."""

from __future__ import annotations

import inspect

from inference_economics import golden
from inference_economics.chapters import golden_money, golden_physics
from inference_economics.chapters.golden_formulas import FORMULAS


def test_each_adapter_serves_a_case():
    """A formula that no published case needs has no place among the adapters."""
    assert set(FORMULAS) == {case.formula for case in golden.cases().values()}


def test_no_name_stands_in_both_modules():
    assert not {name for name in vars(golden_money) if name in FORMULAS} & {
        name for name in vars(golden_physics) if name in FORMULAS}


def test_inputs_are_few_and_a_case_gives_them_by_name():
    for case in golden.cases().values():
        parameters = inspect.signature(FORMULAS[case.formula]).parameters
        assert len(parameters) < 8, case.formula
        assert set(case.inputs) <= set(parameters), case.name
