"""The six presets' answers, as golden numbers with a tolerance: a fit may move them, and nothing else may."""

from __future__ import annotations

import numpy as np
import pytest
from presets_case import case_of, decided

from inference_economics.decision import presets

# title: ruling, cheapest way, and level costs [USD/year] in November 2026
GOLDEN = {
    "Seed": ("Clear", "hosted", {"api": 3181, "hosted": 791, "on-demand": 143_963, "colocation": 648_290}),
    "Hospital": ("Clear", "endpoint", {"endpoint": 245_945, "on-demand": 450_021, "colocation": 892_516}),
    "Coding": ("Open", "endpoint", {"endpoint": 1_080_373, "hosted": 1_856_978, "reserved-3y": 2_954_235,
                                    "api": 11_488_446}),
    "Documents": ("Clear", "api", {"api": 237_889, "reserved-3y": 523_854, "colocation": 988_175}),
    "Agent": ("Likely", "hosted", {"hosted": 364_010, "reserved-3y": 3_152_204, "api": 13_477_047}),
    "Platform": ("Open", "colocation", {"colocation": 168_959_212, "reserved-3y": 187_711_066, "api": 371_597_035,
                                        "own-chip": 341_273_468})}
TOLERANCE = 0.15  # of dollars that rest on the serving model; a list price is exact


@pytest.mark.parametrize("start", GOLDEN)
def test_the_answer_stands(start):
    word, best, dollars = GOLDEN[start]
    found = decided(start)
    assert (found.word, found.best) == (word, best)
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
