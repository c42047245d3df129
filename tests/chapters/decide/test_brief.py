"""Memo and ledger: the page writes what Python writes, on random settings."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from presets_case import decided

from inference_economics.chapters.decide import brief, page
from inference_economics.decision import cases, ledger


def random_settings(seed: int) -> dict:
    rng = np.random.default_rng(seed)
    return {key: control.sample(rng) for key, control in page.explorer().controls_spec.items()}


def test_a_memo_names_the_ruling_the_doubts_and_the_inputs():
    made = page.explorer()
    for title, preset in made.presets.items():
        memo, decision = brief.memo("2026-11-26", **preset), decided(title)
        assert memo.startswith(f"# {title}\n\nDecision memo, 2026-11-26.")
        assert f"**{decision.word}: " in memo
        assert "nan" not in memo
        assert "{" not in memo
        assert memo.count("\n1. ") == 1
        assert memo.count("\n3. ") == memo.count("## The three weakest assumptions")


@pytest.mark.parametrize("seed", range(6))
def test_a_memo_can_be_written_of_any_settings(seed):
    memo = brief.memo("2026-11-26", "https://here", **random_settings(seed))
    assert "{" not in memo
    assert "https://here" in memo


def test_the_ledger_of_the_page_is_that_of_the_plan():
    decision = decided("Hospital")
    made = page.explorer()
    settings = next(preset for title, preset in made.presets.items() if title.startswith("Hospital"))
    found = {(way, item): cells for way, item, _, _, *cells in brief.ledger(**settings)}
    rows = ledger.ledger(decision.plan)
    assert [(row.way, row.item) for row in rows] == list(found)
    for row in rows:
        assert found[row.way, row.item] == pytest.approx(list(row.cells), rel=1e-9, nan_ok=True), (row.way, row.item)
    assert [row[2:4] for row in brief.ledger(**settings)] == [[row.how, row.unit] for row in rows]


def test_a_way_that_is_ruled_out_is_not_in_the_ledger():
    ways = {way for way, *_ in brief.ledger(privacy="only to machines of our own")}
    assert "api" not in ways
    assert "colocation" in ways


def test_the_kit_says_what_may_be_read_as_csv():
    assert csv.reader(io.StringIO(",".join(map(str, brief.kit()["ledger"][0]))))
    assert brief.facts("2026-11-26")["inputs"]


def sources(**given) -> dict[str, str]:
    """Return where a memo says each input comes from."""
    return {row["label"]: row["source"] for row in brief.facts("2026-11-26", **given)["inputs"]}


@pytest.mark.parametrize("title", list(page.explorer().presets)[1:])
def test_what_came_with_a_preset_is_not_the_readers_own(title):
    preset = page.explorer().presets[title]
    assert not [label for label, source in sources(**preset).items() if source.startswith(cases.OWN)]
    words = sources(**preset | {"users": 7.0})
    assert words["People"] == cases.OWN
    assert words["Tokens of a prompt"].startswith("from the preset") or preset["prompt_tok"] == 1600


def test_what_agrees_with_a_preset_by_chance_is_the_readers_own():
    hospital = list(page.explorer().presets.values())[1]
    mixed = {"output_tok": hospital["output_tok"], "users": 3.0, "growth_per_year": 0.77}
    assert sources(**mixed)["Tokens of an answer"] == cases.OWN


def test_what_is_the_readers_own_is_called_so_in_a_sentence():
    both = brief.memo("2026-11-26", model="your own", machine="your own")
    assert "a model of your own on a chip of your own, " in both
    assert " on a chip of your own, " in brief.memo("2026-11-26", machine="your own")
    assert "a model of your own on NVIDIA" in brief.memo("2026-11-26", model="your own")


def test_a_memo_names_the_prices_it_used():
    memo = brief.memo("2026-11-26", api="your own", own_input=7.5)
    assert "| The API's input, list price per million tokens | $7.50 | your own |" in memo
    assert re.search(r"\| Rent of a chip on demand \| \$[\d.]+/h \| NVIDIA H100", memo)
