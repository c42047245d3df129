"""Each input of the page says where its default comes from, and every preset can be set."""

from __future__ import annotations

import pytest

from inference_economics.chapters.decide import inputs
from inference_economics.decision import presets


def test_every_input_says_where_its_default_comes_from():
    assert [key for key, control in inputs.controls().items() if not control.note] == []


def test_what_stands_open_is_six():
    assert sum(not control.group for control in inputs.controls().values()) == 6


@pytest.mark.parametrize("title", presets.presets())
def test_a_preset_keeps_its_numbers(title):
    case = presets.presets()[title]
    found = inputs.settings_of(case)
    assert found["users"] * found["queries_per_day"] == pytest.approx(case.need.prompts_per_day, rel=1e-3)
    for key, row in inputs.HELD.items():
        if row.address.startswith("need."):
            assert found[key] == pytest.approx(getattr(case.need, row.address.partition(".")[2]))
