"""Models outside the catalogue: the same counting gives their released checkpoints to the last digit.

Learned positions, embedding norms, parallel blocks with one norm, head biases, latent attention without query
compression, shared experts of another width: every kind of row that a user may write.
"""

import json
from pathlib import Path

import pytest

from inference_economics import models

OTHERS = models.load(Path(__file__).parent / "other_models.toml")


@pytest.mark.parametrize("name", OTHERS)
def test_count_equals_the_checkpoint(name):
    assert OTHERS[name].n_params == OTHERS[name].reference_n_params


@pytest.mark.parametrize(("row", "file"), [
    ("opt-13b", "opt-13b"), ("bloom-176b", "bloom-176b"), ("gpt-j-6b", "gpt-j-6b"), ("falcon-7b", "falcon-7b"),
    ("falcon-180b", "falcon-180b"), ("gpt-neox-20b", "gpt-neox-20b"), ("deepseek-v2-lite", "deepseek-v2-lite")])
def test_the_published_file_gives_the_same_count(row, file):
    configs = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
    assert models.from_config(configs / f"{file}.json").n_params == OTHERS[row].reference_n_params


def test_they_are_others():
    assert len(OTHERS) >= 26
    assert not OTHERS.keys() & models.load().keys()
    assert {m.attention for m in OTHERS.values()} == {"gqa", "mla"}
    assert {json.loads(m.config).get("norms_per_layer", 2) for m in OTHERS.values()} == {1, 2, 4}
