"""A card says of a model what the exact reader counts; models that a card does not describe are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference_economics import models
from inference_economics.decision import cards

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
PATHS = [path for path in sorted(CONFIGS.glob("*.json")) if path.stem not in ("counts", "variants")]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_card_is_the_model_or_the_model_is_refused(path):
    exact = models.from_config(path, name="x")
    if any(group.window_tok or group.state_heads or group.conv_tok for group in exact.groups):
        with pytest.raises(ValueError, match="type the numbers of its card instead"):
            cards.read_card(path)
        return
    shape, context = cards.shape_of(cards.read_card(path))
    assert (shape.n_params, shape.n_params_active, shape.layers) == (exact.n_params, exact.n_params_read, exact.layers)
    assert shape.layers * shape.kv_values == pytest.approx(exact.kv_values_per_token, rel=1e-12)
    assert shape.kv_heads >= 1
    assert (shape.experts > 1) == (shape.experts_active > 0) == (exact.experts > 0)
    assert context == exact.max_context_tok


def test_most_are_described():
    described = [path for path in PATHS if not cards.uneven(models.from_config(path, name="x"))]
    assert len(PATHS) / 2 < len(described) < len(PATHS)


@pytest.mark.parametrize("config", [{}, {"model_type": "gpt-9"}, {"model_type": "llama", "hidden_size": "wide"}, "[]"])
def test_what_is_not_understood_is_refused(config):
    with pytest.raises(ValueError, match=r"model_type|is missing|not a config"):
        cards.read_card(config)
