"""What numbers of a plan are called: every number that a memo prints has words, and the page takes the same."""

from __future__ import annotations

import pytest

from inference_economics.chapters.decide.inputs import HELD
from inference_economics.decision import report
from inference_economics.decision.presets import presets, reading_assistant
from inference_economics.decision.words import words_of

CASES = [*presets().values(), reading_assistant()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_memo_has_no_names_of_code(case):
    memo = report.memo(report.decide(case), "2026-11-26")
    for line in memo.splitlines():
        if line.startswith("| "):
            assert "_" not in line.split("|")[1], line
    assert "e+0" not in memo
    assert f"on {case.machine}" not in memo


def test_the_page_uses_the_same_words():
    assert all(row.label == words_of(row.address).words for row in HELD.values())
    assert len({row.label for row in HELD.values()}) == len(HELD)


def test_a_price_is_shown_for_a_million():
    assert words_of("api.input_usd_per_token").show(2e-7) == "$0.20"


def test_what_no_reader_meets_is_named():
    with pytest.raises(ValueError, match=r"need\.prompt_tok"):
        words_of("need.colour")
