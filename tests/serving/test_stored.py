"""What a model's parts weigh."""

import pytest

from inference_economics import models
from inference_economics.serving import formats, stored


@pytest.mark.parametrize("name", sorted(models.load()))
def test_parts_are_the_whole_and_none_is_negative(name):
    m = models.get(name)
    parts = stored.part_params(m)
    assert sum(parts.values()) == m.n_params
    assert min(parts.values()) >= 0


def test_what_stays_in_16_bits_weighs_two_bytes():
    m = models.get("llama-3.1-70b")
    wide, narrow = (stored.stored(m, formats.get(name)) for name in ("w16a16", "w8a8-fp8"))
    assert wide.bytes_per_copy + wide.expert_bytes == pytest.approx(2 * m.n_params)
    assert narrow.head_bytes == wide.head_bytes
    assert narrow.embedding_bytes == wide.embedding_bytes
    assert narrow.shared_bytes < 0.51 * wide.shared_bytes
