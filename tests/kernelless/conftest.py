"""The page's script in Node, for every test of this room."""

from __future__ import annotations

import pytest
from parity import harness


@pytest.fixture(scope="module")
def page(node):
    return harness.page(node)
