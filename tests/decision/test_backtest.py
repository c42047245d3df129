"""The decision against what others published; the range of each ratio is what the chapter may say."""

from __future__ import annotations

import pytest

from inference_economics.decision import backtest, plan_doubts

# computed over reported, and how far a new fit may move it
RANGES = {"deepseek-day": (0.65, 1.1), "sglang-96": (1.0, 1.7), "mooncake-128": (2.3, 3.4), "cosmopedia": (0.12, 0.21),
          "finephrase": (0.9, 1.5), "deepseek-list": (0.999, 1.001)}
HELD = {one.key: one for one in backtest.held()}


@pytest.mark.parametrize("key", RANGES)
def test_the_ratio_stands(key):
    low, high = RANGES[key]
    assert low < HELD[key].ratio < high


def test_every_row_is_held_and_says_why_it_differs():
    assert set(HELD) == set(RANGES)
    assert all(len(one.reason) > 20 and one.source and one.date for one in HELD.values())


def test_an_unmeasured_speed_is_as_wide_as_the_worst_row_of_the_last_years():
    """Cosmopedia's engine was of early 2024; from 2025 on, nothing is further off than the doubt says."""
    recent = [one for one in HELD.values() if one.date >= "2025"]
    assert len(recent) >= 4
    assert all(1 / plan_doubts.WORST_BACKTEST < one.ratio < plan_doubts.WORST_BACKTEST for one in recent)
    # and the doubt is no wider than the rounding of that row
    assert max(max(one.ratio, 1 / one.ratio) for one in recent) > plan_doubts.WORST_BACKTEST / 1.05


def test_a_bill_follows_from_its_row():
    one = HELD["deepseek-list"]
    assert one.computed == pytest.approx(266e9 * 0.55e-6 + 342e9 * 0.14e-6 + 168e9 * 2.19e-6)
