"""The reference decoder: against an independent implementation, against itself, and against the formulas."""

import json
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from decoder.kinds import KINDS, TINY, tokens
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics.decoder import Decoder, sample
from inference_economics.decoder.checkpoint import config_from
from inference_economics.decoder.config import shapes

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
ORACLE = json.loads((FIXTURES / "oracle.json").read_text())


def drawn(seed, name, shape):
    """Draw the weight that tools/oracle.py drew."""
    values = np.random.default_rng([seed, zlib.crc32(name.encode())]).standard_normal(shape)
    if name.endswith("_bias"):
        return 0.1 * values
    return 1 + 0.1 * values if len(shape) == 1 else values / np.sqrt(shape[-1])


# -- an independent implementation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ORACLE["cases"])
def test_agrees_with_transformers(name):
    seed = list(ORACLE["cases"]).index(name)
    config = config_from(ORACLE["cases"][name])
    model = Decoder(config, {key: drawn(seed, key, shape) for key, shape in shapes(config).items()}, "float64")
    prompt = tokens(config, 40, seed=seed)
    with np.load(FIXTURES / "oracle.npz") as stored:
        # the oracle computed in float32, the decoder here in float64
        np.testing.assert_allclose(model.logits(prompt), stored[f"logits/{name}"], atol=3e-5)
        if f"greedy/{name}" in stored:
            np.testing.assert_array_equal(model.generate(prompt[:, :10], 12), stored[f"greedy/{name}"])


def test_the_oracle_covers_every_kind_and_says_when_and_by_what():
    cases = ORACLE["cases"].values()
    assert {case["num_key_value_heads"] for case in cases} == {1, 2, 4}
    assert {case.get("rope_scaling", {}).get("rope_type") for case in cases} == {None, "linear", "dynamic", "yarn",
                                                                                 "llama3"}
    assert {case["model_type"] for case in cases} == {"llama", "mistral", "deepseek_v3"}
    assert {"torch", "transformers", "numpy", "python"} == set(ORACLE["versions"])
    assert ORACLE["date"] >= "2026"


# -- against itself ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(seed=st.integers(0, 99), parts=st.lists(st.integers(1, 7), min_size=1, max_size=6))
def test_decoding_with_the_cache_equals_full_recomputation(kind, seed, parts):
    """However the text is cut into prefills and steps, the logits are those of reading it at once."""
    model = Decoder.random(KINDS[kind], seed, "float64")
    text = tokens(model.config, sum(parts), seed=seed)
    capacity = text.shape[1] + 3
    cache, full = model.cache(2, capacity), model.logits(text, capacity)
    at = 0
    for count in parts:
        part = text[:, at : at + count]
        logits = model.step(part[:, 0], cache) if count == 1 else model.prefill(part, cache)
        at += count
        np.testing.assert_allclose(logits, full[:, at - 1], atol=1e-11)
    assert cache.length_tok == at


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_token_changes_nothing_earlier(kind):
    model = Decoder.random(KINDS[kind], 1, "float64")
    text = tokens(model.config, 12)
    other = text.copy()
    other[:, 8:] = (other[:, 8:] + 1) % model.config.vocab
    a, b = model.logits(text), model.logits(other)
    np.testing.assert_array_equal(a[:, :8], b[:, :8])
    assert np.abs(a[:, 8:] - b[:, 8:]).max() > 1e-3


@given(seed=st.integers(0, 99), window=st.integers(1, 9))
def test_a_window_forgets_what_lies_beyond_it(seed, window):
    """One layer with a window sees exactly the last `window` tokens, as if there were no others."""
    model = Decoder.random(replace(TINY, layers=1, window_tok=window), seed, "float64")
    text = tokens(model.config, 14, seed=seed)
    whole = model.logits(text)[:, -1]
    tail = Decoder(replace(model.config, window_tok=0), model.weights, "float64").logits(text[:, -window:])[:, -1]
    np.testing.assert_allclose(whole, tail, atol=1e-11)


def test_a_wide_window_is_no_window():
    model = Decoder.random(TINY, 0, "float64")
    wide = Decoder(replace(TINY, window_tok=20), model.weights, "float64")
    text = tokens(TINY, 20)
    np.testing.assert_array_equal(wide.logits(text), model.logits(text))


def test_float32_is_close_to_float64():
    double = Decoder.random(TINY, 0, "float64")
    single = Decoder(TINY, double.weights)
    text = tokens(TINY, 20)
    assert single.logits(text).dtype == np.float32
    np.testing.assert_allclose(single.logits(text), double.logits(text), atol=2e-5)


# -- choosing tokens --------------------------------------------------------------------------------------------------


def test_generation_is_seeded_and_greedy_needs_no_seed():
    model = Decoder.random(TINY, 0)
    first, again, other = (model.generate([1, 2, 3], 20, temperature=1, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(model.generate([1, 2, 3], 20, seed=0), model.generate([1, 2, 3], 20, seed=1))


def test_greedy_writes_what_full_recomputation_finds_most_likely():
    model = Decoder.random(TINY, 7, "float64")
    text = [4, 5, 6]
    for _ in range(8):
        text.append(int(model.logits([text])[0, -1].argmax()))
    assert model.generate([4, 5, 6], 8).tolist() == text[3:]


def test_a_batch_writes_what_each_sequence_writes_alone():
    model = Decoder.random(TINY, 0, "float64")
    prompts = tokens(TINY, 5, batch=3)
    together = model.generate(prompts, 6)
    assert together.shape == (3, 6)
    for prompt, written in zip(prompts, together, strict=True):
        np.testing.assert_array_equal(model.generate(prompt, 6), written)


def test_sampling_follows_the_probabilities():
    p = np.array([0.5, 0.3, 0.15, 0.05])
    draws = sample(np.tile(np.log(p), (20000, 1)), np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(draws) / 20000, p, atol=0.015)


def test_top_p_keeps_the_fewest_that_reach_it():
    logits = np.tile(np.log([0.05, 0.5, 0.15, 0.3]), (5000, 1))
    rng = np.random.default_rng(0)
    assert set(sample(logits, rng, top_p=0.5)) == {1}
    assert set(sample(logits, rng, top_p=0.51)) == {1, 3}
    draws = sample(logits, rng, top_p=0.79)
    assert set(draws) == {1, 3}
    assert np.mean(draws == 1) == pytest.approx(0.625, abs=0.03)


def test_temperature_sharpens():
    logits = np.tile([1.0, 0.0], (5000, 1))
    share = [np.mean(sample(logits, np.random.default_rng(0), t) == 0) for t in (0.25, 1, 4)]
    np.testing.assert_allclose(share, 1 / (1 + np.exp([-4, -1, -0.25])), atol=0.03)
    assert sample(logits, np.random.default_rng(0), 0).tolist() == [0] * 5000


# -- bad input --------------------------------------------------------------------------------------------------------

MODEL = Decoder.random(TINY)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: MODEL.logits([1, 2, 3]), r"write \[\[1, 2, 3\]\]"),
    (lambda: MODEL.logits([[1.0, 2.0]]), "whole numbers"),
    (lambda: MODEL.logits(np.zeros((1, 0), int)), "whole numbers of shape"),
    (lambda: MODEL.logits([[1, 31]]), r"token 31 is outside the vocabulary, 0..30"),
    (lambda: MODEL.logits([[-1, 3]]), "token -1 is outside"),
    (lambda: MODEL.prefill([[1, 2]], MODEL.cache(2, 5)), "1 sequences do not fit a cache of batch=2"),
    (lambda: MODEL.prefill([[1, 2, 3]], MODEL.cache(1, 2)), r"0 \+ 3 tokens exceed capacity_tok=2"),
    (lambda: MODEL.step([[1]], MODEL.cache(1, 2)), "one token per sequence"),
    (lambda: MODEL.generate([1, 2], 0), "output_tok=0"),
    (lambda: MODEL.generate([1, 2], 3, seed=-1), "seed=-1"),
    (lambda: MODEL.generate([1, 2], 3, temperature=-1), "temperature=-1"),
    (lambda: MODEL.generate([1, 2], 3, temperature=1, top_p=0), "top_p=0"),
    (lambda: MODEL.generate([1, 2], 3, temperature=1, top_p=1.1), "top_p=1.1"),
    (lambda: Decoder(TINY, MODEL.weights, "float16"), "dtype='float16' is not supported"),
    (lambda: Decoder(TINY, MODEL.weights, "double-ish"), "dtype='double-ish' is not supported"),
    (lambda: sample(np.zeros(4), np.random.default_rng(0)), r"of shape \(batch, vocab\); got shape \(4,\)"),
    (lambda: sample(np.array([[0.0, np.nan]]), np.random.default_rng(0)), "with NaN in it"),
    (lambda: Decoder.random(TINY, -1), "seed=-1"),

])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
