"""Engines: what they do unless told otherwise."""

import pytest

from inference_economics.serving import load_engines

ENGINES = load_engines()


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_every_row_says_what_its_cache_is_in_and_where_that_stands(name):
    row = ENGINES[name]
    assert row.cache_format == "kv16"
    assert row.source
    assert row.date
    assert row.version
