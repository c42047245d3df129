"""The toy model beyond its trained length: the shipped losses are what measuring gives, and mean what the book says."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import toy, toy_context


@pytest.mark.parametrize(("method", "factor"), [("none", 2), ("yarn", 4)])
def test_measuring_again_gives_the_shipped_numbers(method, factor):
    trained = toy_context.measure(method, factor, context_tok=toy.CONTEXT_TOK)
    assert trained == pytest.approx(toy_context.losses(method, factor)[: len(trained)], abs=2e-3)


def test_no_stretch_is_no_change():
    plain = toy_context.measure("none", 2, windows=2, context_tok=128)
    for method in ("linear", "ntk"):
        assert np.allclose(toy_context.measure(method, 1, windows=2, context_tok=128), plain, atol=1e-5)


def test_the_shipped_losses_say_what_the_book_says():
    trained = toy.CONTEXT_TOK // toy_context.BIN_TOK
    plain = toy_context.losses("none", 2)
    assert plain[trained:].min() > plain[:trained].max(), "beyond the trained length the loss rises"
    for factor in toy_context.FACTORS:
        within = slice(trained, factor * trained)
        for method in ("ntk", "yarn", "llama3"):
            assert toy_context.losses(method, factor)[within].mean() < plain[within].mean()
        assert toy_context.losses("linear", factor)[:trained].min() > plain[:trained].max(), "neighbours blur"


@pytest.mark.parametrize(("call", "message"), [
    (lambda: toy_context.measure("alibi", 2), "unknown method 'alibi'"),
    (lambda: toy_context.measure("ntk", 1.5), "factor=1.5 must be a whole number"),
    (lambda: toy_context.measure("ntk", 2, windows=0), "windows=0 is outside"),
    (lambda: toy_context.measure("ntk", 2, context_tok=100), "context_tok=100 must be a multiple of 64"),
    (lambda: toy_context.losses("alibi", 2), "unknown method 'alibi'"),
    (lambda: toy_context.losses("ntk", 3), "unknown factor '3'"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
