"""A model as a row of numbers: every sum over its rows is the model's own, for every published configuration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_economics import models
from inference_economics.models import LayerGroup, Model
from inference_economics.models.rows import ALONE, EACH, KINDS_OF_LAYERS, model_of_numbers, numbers_of

CONFIGS = Path(__file__).parents[1] / "fixtures" / "configs"
FILES = [path for path in sorted(CONFIGS.glob("*.json")) if path.stem not in ("counts", "variants")]
WORDS = ("attention", "ffn", "exact", "n_params_mtp")  # that are no sums over a row
SUMS = [name for name in dir(Model) if isinstance(getattr(Model, name), property) and name not in WORDS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_row_has_the_sums_of_its_model(path):
    model = models.from_config(path)
    row = model_of_numbers(numbers_of(model))
    compared = 0
    for name in SUMS:
        try:
            here = getattr(model, name)
        except ValueError:  # layers differ: there is no one number
            continue
        assert float(getattr(row, name)) == float(here), name
        compared += 1
    assert compared > 30
    assert (row.hidden, row.vocab, row.max_context_tok) == (model.hidden, model.vocab, model.max_context_tok)
    assert row.kv_values_per_token_global_on_chip(8) == model.kv_values_per_token_global_on_chip(8)


def test_a_row_has_its_places():
    model = models.get("deepseek-v3")
    numbers = numbers_of(model)
    assert numbers.shape == (len(ALONE) + len(EACH) * KINDS_OF_LAYERS,)
    at = len(ALONE) + EACH.index("layers") * KINDS_OF_LAYERS
    assert list(numbers[at:at + KINDS_OF_LAYERS]) == [3, 58, 0, 0]


def test_what_no_row_holds_is_refused():
    groups = tuple(LayerGroup(layers=1, q_heads=8, kv_heads=8, qk_dim=64, v_dim=64, ffn_width=64 * k)
                   for k in range(1, 6))
    with pytest.raises(ValueError, match="mine has 5 kinds of layers; a page holds 4"):
        numbers_of(Model(name="mine", hidden=512, vocab=1000, groups=groups))
    stated = Model(name="mine", hidden=512, vocab=1000, groups=groups[:1], stated_n_params_active=1e9)
    with pytest.raises(ValueError, match="mine cannot be counted from its configuration"):
        numbers_of(stated)


def test_a_word_about_a_row_is_refused():
    row = model_of_numbers(np.array(numbers_of(models.get("qwen3-8b"))))
    with pytest.raises(TypeError, match="which kind of attention a model has is a word"):
        _ = row.attention
