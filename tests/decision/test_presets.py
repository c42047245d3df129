"""The six presets' answers, as golden numbers with a tolerance: a fit may move them, and nothing else may."""

from __future__ import annotations

import numpy as np
import pytest
from presets_case import case_of, decided

from inference_economics.decision import presets

# title: ruling, cheapest way, and the medians of level costs [USD/year] in November 2026
GOLDEN = {
    "Seed": ("Clear", "hosted", {"api": 2318.4, "hosted": 900.7, "on-demand": 143_350, "colocation": 639_648}),
    "Hospital": ("Clear", "endpoint", {"endpoint": 258_088, "on-demand": 448_623, "colocation": 881_578}),
    "Coding": ("Likely", "hosted", {"hosted": 352_347, "endpoint": 1_116_837, "reserved-3y": 3_085_328,
                                    "api": 8_516_498}),
    "Documents": ("Clear", "api", {"api": 175_985, "reserved-3y": 573_157, "colocation": 1_056_812}),
    "Agent": ("Likely", "hosted", {"hosted": 647_557, "reserved-3y": 3_188_536, "api": 9_804_573}),
    "Platform": ("Open", "colocation", {"colocation": 171_562_258, "reserved-3y": 171_702_728, "api": 252_620_989,
                                         "own-chip": 392_746_632})}
EQUAL = 0.01  # two ways so close share a place where the ruling is open
TOLERANCE = 0.15  # of dollars that rest on the serving model; a list price is exact


@pytest.mark.parametrize("start", GOLDEN)
def test_the_answer_stands(start):
    word, best, dollars = GOLDEN[start]
    found = decided(start)
    assert found.word == word
    assert found.best == best or (word == "Open" and dict(found.order)[best] < (1 + EQUAL) * found.order[0][1])
    for name, usd in dollars.items():
        assert dict(found.order)[name] == pytest.approx(usd, rel=1e-3 if name in ("api", "hosted") else TOLERANCE), name


def test_there_are_six_and_each_is_golden():
    assert [next(start for start in GOLDEN if title.startswith(start)) for title in presets.presets()] == list(GOLDEN)


def test_the_presets_say_what_their_titles_do():
    need = case_of("Seed").need
    assert need.prompts_per_day * (need.prompt_tok + need.answer_tok) == 2e6
    need = case_of("Coding").need
    assert need.prompts_per_day * (need.prompt_tok + need.answer_tok) == pytest.approx(20e9)
    assert (need.prompt_tok, need.cached_fraction) == (30_000, 0.9)
    assert case_of("Agent").need.answer_tok == 20_000
    assert case_of("Platform").need.prompts_per_day == 1e9
    assert case_of("Hospital").need.privacy == 1
    assert case_of("Documents").need.batch_fraction == 1


def test_what_was_never_measured_is_never_clear():
    outside = [title for title in GOLDEN if decided(title).outside]
    assert outside == ["Coding", "Agent", "Platform"]
    assert all(decided(title).word != "Clear" for title in outside)


def test_private_data_leave_no_api():
    assert {"api", "hosted"} & set(dict(decided("Hospital").order)) == set()
    assert np.isnan(decided("Hospital").spreads["api"].median_usd)
