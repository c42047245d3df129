"""How strict nbval reads this repository's notebooks (it applies outside tests/, so it stands here)."""

import pytest

# The committed notebooks hold text only (tools/notebooks.py), so the other forms of an output have nothing to meet.
NOT_STORED = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        notebook = getattr(item.parent, "skip_compare", None)
        if notebook is None:
            continue
        item.parent.skip_compare = tuple({*notebook, *NOT_STORED})
        # nbval takes a cell without an execution count for one that never ran; ours are normalised away.
        item.cell.execution_count = item.cell.get("execution_count") or 0
