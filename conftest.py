"""What holds for every test: the order of a run, what stays together in one process, and what Hypothesis may do."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import hypothesis
import pytest
from hypothesis import HealthCheck

# No verdict of a run may depend on the clock or on chance: no time limit for an example or for making one, and the same
# examples each time. `--hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True,
                                     suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000,
                                     suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("steady")

NEEDS_SITE = {"site", "address", "visit", "opening"}
BUILDS_SITE = "tests/site/test_build.py"
# Files whose tests share something costly, such as a loaded page, only where they have their first parameter in common.
SPLIT = ("tests/parity/test_programs.py", "tests/site/test_explorers.py", "tests/site/test_pages.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--order", default="given", help="the order of the test files: given, reverse, or the seed of one")


def pytest_configure(config: pytest.Config) -> None:
    in_order([], config.getoption("order"))  # so that a wrong order is refused before anything is collected


def in_order(files: Iterable[str], order: str) -> list[str]:
    """Return the files in the order that `--order` asks for."""
    files = list(files)
    if order == "reverse":
        files.reverse()
    elif order.isdecimal():
        random.Random(int(order)).shuffle(files)
    elif order != "given":
        raise pytest.UsageError(f"--order {order}: give `given`, `reverse`, or a whole number to shuffle the files by")
    return files


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _turn(items: list[pytest.Item]) -> int:
    """Say when a file has its turn: one process builds the site first, and what looks at the site waits till last."""
    if _file(items[0]) == BUILDS_SITE:
        return 0
    return 2 if any(NEEDS_SITE & set(getattr(item, "fixturenames", ())) for item in items) else 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    order = config.getoption("order")
    by_file = {file: list(group) for file, group in itertools.groupby(items, _file)}
    files = in_order(by_file, order)
    if order == "given":
        files.sort(key=lambda file: _turn(by_file[file]))
    items[:] = [item for file in files for item in by_file[file]]
    for item in items:
        # nbval takes cells that are stored without an execution count for cells that never ran.
        if hasattr(item.parent, "skip_compare"):
            item.cell.execution_count = item.cell.get("execution_count") or 0


def scope_of(nodeid: str) -> str:
    """Return a name for the tests that one process must run together with this one."""
    file, _, test = nodeid.partition("::")
    return f"{file}[{test.partition('[')[2].rstrip(']').partition('-')[0]}]" if file in SPLIT else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Keep together what shares a kernel, a page or the like; hand it out in the order of the collection."""
    from xdist.scheduler import LoadScopeScheduling

    class Shared(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return Shared(config, log)
