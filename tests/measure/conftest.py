"""One measurement of the smallest decoder, for every test of this folder."""

from __future__ import annotations

import pytest
from measure.tiny import LONG_S, TINY

from inference_economics import measure


@pytest.fixture(scope="session")
def report():
    return measure.run(TINY, limit_s=LONG_S, progress=lambda line: None)
