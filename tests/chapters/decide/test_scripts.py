"""The page's scripts do what Python does: memo, ledger, usage exports, benchmarks, configurations."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from pathlib import Path

import numpy as np
import pytest
from decide_script import do
from decision.test_usage import ANTHROPIC, GENERIC, OPENAI

from inference_economics import models
from inference_economics.chapters.decide import brief, page
from inference_economics.decision import asks, benchmarks, cards, usage

CONFIGS = Path(__file__).resolve().parents[2] / "fixtures" / "configs"
BENCHMARK = "concurrency,input_tokens,output_tokens,tp,mean_tpot_ms\n16,2000,500,4,20\n64,2000,500,4,35\n"


def settings(seed: int) -> dict:
    """Return a preset, or random settings."""
    made = page.explorer()
    if seed < len(made.presets):
        return {**made.defaults, **list(made.presets.values())[seed]}
    rng = np.random.default_rng(seed)
    return {key: control.sample(rng) for key, control in made.controls_spec.items()}


SEEDS = range(26)


def same(ours: str, theirs: str) -> bool:
    """Say whether two cells are one text, or nearly one number."""
    if ours == theirs:
        return True
    try:
        return math.isclose(float(ours), float(theirs), rel_tol=1e-8, abs_tol=1e-12) or (
            math.isnan(float(ours)) and math.isnan(float(theirs)))
    except ValueError:
        return False


def test_the_page_writes_the_memo_that_python_writes(node):
    wanted = [settings(seed) for seed in SEEDS]
    asked = {"do": "memo", "date": "2026-11-26", "address": "https://here"}
    done = do(node, *(asked | {"settings": one} for one in wanted))
    for one, answer in zip(wanted, done, strict=True):
        assert answer["is"] == brief.memo("2026-11-26", "https://here", **one)


def test_the_page_writes_the_ledger_that_python_writes(node):
    wanted = [settings(seed) for seed in SEEDS]
    done = do(node, *({"do": "ledger", "settings": one} for one in wanted))
    for one, answer in zip(wanted, done, strict=True):
        header, *rows = csv.reader(io.StringIO(answer["is"]))
        expected = brief.ledger(**one)
        assert header[:4] == ["way", "item", "how", "unit"]
        assert len(rows) == len(expected)
        for row, cells in zip(rows, expected, strict=True):
            assert all(same(str(a), b) for a, b in zip(cells, row, strict=True)), (row, cells)


def test_a_change_takes_less_than_a_frame(node):
    """Less than four milliseconds where nothing else runs; three times that is let pass where other tests do."""
    start = settings(0)
    asked = {"do": "time", "settings": start}
    found = do(node, asked | {"key": "users", "values": [200.0 + k for k in range(201)]},
               asked | {"key": "discount_rate", "values": [k / 1000 for k in range(201)]})
    assert all(one["is"] < 12 for one in found)


# -- what a reader brings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [OPENAI, ANTHROPIC, GENERIC, "\ufeff" + GENERIC.replace("\n", "\r\n")])
def test_an_export_adds_up_to_the_same(node, words):
    [answer] = do(node, {"do": "totals", "words": words})
    found = dict(answer["is"])
    expected = usage.read_usage(words)
    for name, value in found.items():
        assert str(value) == str(getattr(expected, name)) or float(value) == pytest.approx(
            getattr(expected, name), nan_ok=True), name


@pytest.mark.parametrize("words", [
    "", "a,b\n1,2\n", GENERIC.split("\n", maxsplit=1)[0], GENERIC.replace("thinking_tokens", "sparkles"),
    GENERIC.replace("requests,", "date,"), GENERIC.replace("date", "note"), GENERIC + "2026-11-02,10,1000\n",
    GENERIC + "2026-11-02,10,many,500,0\n", GENERIC + "2026-11-02,10,-5,500,0\n", GENERIC + "2026-13-02,10,5,500,0\n",
    GENERIC + "2026-11-02,10,5,500,501\n", OPENAI.replace("60000,p", "160000,p"), OPENAI.replace("False", "sometimes"),
    ",,\n,\n", "\ufeff", GENERIC + '2026-11-02,10,"12,5",500,0\n', GENERIC + "2026-11-02,10,1_000,500,0\n"])
def test_an_export_is_refused_in_the_same_words(node, words):
    [answer] = do(node, {"do": "totals", "words": words})
    with pytest.raises(ValueError) as refused:  # noqa: PT011, the words are compared
        usage.read_usage(words)
    assert answer["refused"] == str(refused.value)


def test_an_export_sets_what_python_says_it_asks_for(node):
    [answer, without] = do(node, {"do": "usage", "words": OPENAI, "counted": 0, "settings": settings(0)},
                           {"do": "usage", "words": ANTHROPIC, "counted": 100, "settings": settings(0)})
    found, need = answer["is"]["settings"], asks.of_usage(usage.read_usage(OPENAI))
    assert found["users"] * found["queries_per_day"] == pytest.approx(need.prompts_per_day)
    for name in ("prompt_tok", "output_tok", "thinking_tok", "cached_fraction", "batch_fraction", "peak_to_mean"):
        assert found[name] == pytest.approx(getattr(need, name)), name
    assert set(found) <= set(page.explorer().controls_spec)
    assert without["is"]["settings"]["prompt_tok"] == pytest.approx(110)


@pytest.mark.parametrize(("words", "why"), [
    ("concurrency\n", "the file needs a header and a row."), ("sparkles,concurrency\n1,2\n", "nobody knows the column"),
    ("concurrency,isl,osl\n1,2,3\n", "no column says 'tpot_s'"), (BENCHMARK + "0,1,1,1,1\n", "row 4: concurrency='0'"),
    (BENCHMARK + "1,1,1,1\n", "row 4: 4 fields"), (BENCHMARK + "1_0,1,1,1,1\n", "row 4: concurrency='1_0'"),
    ("concurrency,users,isl,osl,tpot_s\n1,64,2,3,1\n", "'concurrency' and 'users' say the same")])
def test_a_benchmark_is_refused_in_the_same_words(node, words, why):
    [answer] = do(node, {"do": "rows", "words": words})
    with pytest.raises(ValueError) as refused:  # noqa: PT011, the words are compared
        benchmarks.read_benchmark(words)
    assert answer["refused"] == str(refused.value)
    assert why in answer["refused"]


def test_a_benchmark_sets_the_speed_that_python_computes(node):
    start = settings(1)  # Llama-3.1 70B on H100
    [answer] = do(node, {"do": "benchmark", "words": BENCHMARK, "settings": start})
    made = page.explorer()
    one = page.asked({key: control.argument(start[key]) for key, control in made.controls_spec.items()})
    rows = benchmarks.read_benchmark(BENCHMARK)
    computed = [benchmarks.computed_s(one.setup, one.constants, *row[:4])[0] for row in rows]
    expected = np.exp(np.mean(np.log(np.array(computed) / [row.tpot_s for row in rows])))
    assert answer["is"]["settings"]["speed"] == pytest.approx(float(expected), rel=1e-9)
    assert [row["measured"] for row in answer["is"]["rows"]] == [0.02, 0.035]


def test_a_configuration_sets_the_shape_that_python_counts(node):
    paths = [path for path in sorted(CONFIGS.glob("*.json")) if path.stem not in ("counts", "variants")]
    answers = do(node, *({"do": "config", "words": path.read_text(encoding="utf-8")} for path in paths))
    read = 0
    for path, answer in zip(paths, answers, strict=True):
        model = models.from_config(path)
        if cards.uneven(model):
            assert answer["refused"] == cards.UNEVEN, path.stem
            continue
        shape, context = cards.shape_of(model)
        read += 1
        found = {name: value for name, value in answer["is"]["settings"].items() if name != "model"}
        names = [name for name in brief.CARD if name != "own_context" or context]
        known = [float(getattr(shape, one.name)) for one in dataclasses.fields(shape)] + [float(context)]
        assert found == dict(zip(names, known, strict=False)), path.stem
        assert set(found) <= set(page.explorer().controls_spec)
    assert read > len(paths) / 2


@pytest.mark.parametrize("words", ["no json", '{"model_type": "gpt-9"}', '{"model_type": "llama"}', "[]", "{}",
                                   '{"model_type": "mistral", "sliding_window": 4096}', '{"text_config": 5}'])
def test_a_configuration_is_refused(node, words):
    [answer] = do(node, {"do": "config", "words": words})
    assert "refused" in answer
    with pytest.raises(ValueError, match=r"."):
        cards.read_card(words if words != "no json" else "{no json")


# nine million tokens a prompt, and half of one back
HUGE = "date,requests,input_tokens,output_tokens\n2026-11-01,1000,9000000000,500\n"


def test_an_export_beyond_the_controls_says_what_is_used_instead(node):
    kept, beyond = (answer["is"] for answer in do(node, *({"do": "faults", "words": words, "settings": settings(0)}
                                                           for words in (GENERIC, HUGE))))
    assert "Not all of it fits" not in kept
    assert "Not all of it fits this page. " in beyond
    assert "Tokens of a prompt: 9M tokens is out of reach; it takes 1 token to 1M tokens. Used" in beyond
    assert "Tokens of an answer: 0.5 tokens is out of reach" in beyond
