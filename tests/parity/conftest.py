"""A page with every synthetic explorer in a real Chromium, opened from disk under a strict policy."""

from __future__ import annotations

import pytest
from browsing import Pages
from parity.shown import EXPLORERS, POLICY, START

from kernelless import standalone


@pytest.fixture(scope="session")
def address(tmp_path_factory) -> str:
    document = standalone(*EXPLORERS.values()).replace("<title>", POLICY + "<title>", 1)
    assert POLICY in document
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(document, encoding="utf-8")
    return path.as_uri()


def _listen(page) -> None:
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))
    page.on("console", lambda said: page.complaints.append(f"{said.type}: {said.text}"))
    page.on("request", lambda request: page.complaints.append(request.url)
            if not request.url.startswith(("file:", "blob:", "data:")) else None)
    page.on("dialog", lambda dialog: (page.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))


@pytest.fixture(scope="session")
def tabs(chromium):
    """The browser's pages, without a network, each of which notes whatever it complains of."""
    made = Pages(chromium, _listen)
    yield made
    made.close()


def _opener(lend, address: str):
    def visit(fragment: str = "", own_clock: bool = False, **settings):
        page = lend(once=own_clock, offline=True, **settings)
        page.complaints = []
        if own_clock:
            page.clock.install(time=0)
        page.goto(address + fragment)
        page.evaluate(START)
        if own_clock:
            page.clock.pause_at(3_600_000)
        return page

    return visit


@pytest.fixture
def opened(tabs, address):
    """Return a function that opens the page afresh."""
    with tabs.lent() as lend:
        yield _opener(lend, address)


@pytest.fixture(scope="module")
def kept(tabs, address):
    with tabs.lent() as lend:
        yield _opener(lend, address)()


@pytest.fixture
def page(kept):
    """The page that the tests of a file share; whatever it complains of fails the test at its end."""
    yield kept
    assert kept.complaints == []
