"""Strict nbval on notebooks that are stored with text outputs only.

nbval compares every output field, and would report those that are not stored. The HTML of explorers and exercises is
tested in a real browser (tests/parity, tests/site); glued numbers are compared where the page shows them.
"""

import nbval.plugin

NOT_STORED = ("text/html", "text/markdown", "image/svg+xml", "application/papermill.record/text/plain")


def pytest_collectstart(collector):
    """Extend nbval's list of fields that it does not compare."""
    if isinstance(collector, nbval.plugin.IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, *NOT_STORED)
