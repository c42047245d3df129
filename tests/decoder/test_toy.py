"""The shipped models: that they are what training says they are, and what they show."""

import numpy as np
import pytest

from inference_economics import toy
from inference_economics.decoder import Decoder

MODELS = {name: toy.load(name) for name in toy.NAMES}
RESULTS = toy.results()


def test_the_text_is_ascii_and_split_once():
    text = toy.text()
    assert text.isascii()
    assert max(map(ord, text)) < toy.VOCAB
    assert toy.training_text() + toy.held_out_text() == text
    assert len(toy.held_out_text()) == pytest.approx(0.1 * len(text), rel=0.01)
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in (toy.DATA / "toy_text.LICENSE").read_text()


@pytest.mark.parametrize("name", toy.NAMES)
def test_a_shipped_model_has_the_loss_that_training_measured(name):
    """PyTorch measured it on the fp16 weights that are shipped; the numpy decoder finds the same."""
    stored = toy.losses(name)[0]
    assert toy.loss(MODELS[name], windows=10**6) == pytest.approx(stored, abs=2e-4)


def test_every_variant_was_trained_from_several_seeds():
    for name in RESULTS["variants"]:
        assert len(toy.losses(name)) == 4
        assert len(set(toy.losses(name))) == 4
    assert {run["variant"] for run in RESULTS["runs"]} == {"mha", "gqa", "mqa", "relu", "gelu"}
    assert "Toy scale" in RESULTS["what"]


def test_the_variants_are_equal_in_size():
    sizes = [toy.config(name).n_params for name in RESULTS["variants"]]
    assert max(sizes) / min(sizes) < 1.003
    assert {run["n_params"] for run in RESULTS["runs"]} == set(sizes)


def test_training_beats_guessing_by_frequency():
    """A model that knows only how often each byte occurs has the entropy of the text as its loss."""
    share = np.bincount(np.frombuffer(toy.text().encode(), np.uint8)) / len(toy.text())
    by_frequency = -np.sum(share[share > 0] * np.log(share[share > 0]))
    worst = max(run["loss_nat_per_byte"] for run in RESULTS["runs"])
    assert worst < 0.6 * by_frequency
    assert toy.loss(Decoder.random(toy.config("gqa")), windows=8) > by_frequency


def test_the_cache_shrinks_with_the_heads_that_are_shared():
    values = [MODELS[name].config.kv_values_per_token for name in ("mha", "gqa", "mqa")]
    assert values[0] == 2 * values[1] == 4 * values[2]


def test_an_int8_cache_costs_little_here():
    model = MODELS["gqa"]
    tokens = np.frombuffer(toy.held_out_text().encode(), np.uint8)[:100].astype(int)[None]
    cache = model.cache(1, 100, "int8")
    a, b = model.prefill(tokens, cache)[0], model.logits(tokens)[0, -1]
    assert 0 < np.abs(a - b).max() < 0.5
    assert a.argmax() == b.argmax()


def test_it_writes_words():
    text = toy.write(MODELS["mha"], "The statement ", 80)
    assert len(text) == 80
    known = set(toy.training_text().split())
    words = text.split()[1:-1]
    assert sum(word in known for word in words) >= 0.8 * len(words)


def test_writing_is_seeded():
    a, b, c = (toy.write(MODELS["mqa"], "A name ", 30, temperature=1, seed=seed) for seed in (1, 1, 2))
    assert a == b != c


@pytest.mark.parametrize(("call", "message"), [
    (lambda: toy.load("gpa"), "unknown toy model 'gpa'; known: mha, gqa, mqa"),
    (lambda: toy.load("relu"), "unknown toy model 'relu'"),
    (lambda: toy.config("silu"), "unknown toy model 'silu'; known: mha, gqa, mqa, relu, gelu"),
    (lambda: toy.losses("x"), "unknown toy model 'x'"),
    (lambda: toy.loss(MODELS["mha"], 0), "windows=0"),
    (lambda: toy.write(MODELS["mha"], "", 3), "prompt='' must be ASCII"),
    (lambda: toy.write(MODELS["mha"], "é", 3), "must be ASCII"),
    (lambda: toy.write(MODELS["mha"], "a", 0), "output_tok=0"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
