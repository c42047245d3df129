"""The page's script in Node, for every test of this room."""

from __future__ import annotations

import asyncio

import pytest
from parity import harness


@pytest.fixture(scope="module")
def page(node):
    return harness.page(node)


@pytest.fixture
def no_loop_of_others():
    """A browser that other tests of the session opened keeps a loop running, which would redraw for the widget."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)
