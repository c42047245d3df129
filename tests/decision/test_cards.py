"""A card counts as the exact reader does, to a hundredth, for every kind that it accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inference_economics import models
from inference_economics.decision import cards

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"


def counted() -> list[Path]:
    found = []
    for path in sorted(CONFIGS.glob("*.json")):
        try:
            cards.read_card(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, AttributeError):
            continue
        found.append(path)
    return found


def test_many_configurations_are_counted():
    assert len(counted()) > 25


@pytest.mark.parametrize("path", counted(), ids=lambda path: path.stem)
def test_a_card_counts_as_the_exact_reader_does(path):
    config = json.loads(path.read_text(encoding="utf-8"))
    shape, _ = cards.shape_of(cards.read_card(config))
    exact = models.from_config(config, name="x")
    assert shape.n_params == pytest.approx(exact.n_params, rel=0.01)
    assert shape.layers * shape.kv_values == pytest.approx(exact.kv_values_per_token_global)


@pytest.mark.parametrize("config", [{}, {"model_type": "mamba2"}, {"model_type": "llama", "hidden_size": "wide"},
                                    {"model_type": "mistral", "sliding_window": 4096, "hidden_size": 4096}])
def test_a_kind_that_is_not_counted_is_refused(config):
    with pytest.raises(ValueError, match=r"names no model_type|not counted here|says no whole number"):
        cards.read_card(config)


@pytest.mark.parametrize("config", [None, [], 5, {"text_config": 5}, {"text_config": []}])
def test_what_is_no_configuration_is_refused(config):
    with pytest.raises(ValueError, match=r"is no configuration; give a whole config\.json"):
        cards.read_card(config)
