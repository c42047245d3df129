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


def test_they_are_others():
    assert len(OTHERS) >= 26
    assert not OTHERS.keys() & models.load().keys()
    assert {m.attention for m in OTHERS.values()} == {"gqa", "mla"}
    assert {json.loads(m.config).get("norms_per_layer", 2) for m in OTHERS.values()} == {1, 2, 4}
