"""The built site, once for all processes of a test run, and the pages in it."""

from __future__ import annotations

import fcntl
import functools
import os
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from book_site import ROOT, build, execute_all, website
from browsing import Pages


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages. The first process that asks builds; the others wait for it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    outcome = shared / "site-outcome"
    with (shared / "site-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not outcome.exists():
            outcome.write_text("failed")
            execute_all()
            build(ROOT)
            outcome.write_text("built")
    if outcome.read_text() != "built":
        pytest.fail("the site does not build: see the first test that asked for it", pytrace=False)
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def address(site: Path):
    """The site served on localhost."""
    with website.server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def pages(chromium):
    """The browser's pages, each of which notes what a reader would never want: errors, foreign requests."""
    made = Pages(chromium, _listen)
    yield made
    made.close()


def _listen(page) -> None:
    page.troubles, page.home = [], ""
    page.on("console", functools.partial(_note_message, page))
    page.on("pageerror", lambda error: page.troubles.append(f"uncaught: {error}"))
    # a request that the page gave up on because it was left has not failed
    page.on("requestfailed", lambda request: request.failure == "net::ERR_ABORTED"
            or page.troubles.append(f"failed: {request.url}"))
    page.on("response", lambda r: r.status >= 400 and page.troubles.append(f"{r.status}: {r.url}"))
    page.on("request", lambda r: r.url.startswith(("data:", "blob:", "about:", page.home))
            or page.troubles.append(f"another host: {r.url}"))


@pytest.fixture(scope="session")
def opening(pages, site: Path, address: str):
    """Return what gives a `visit` for as long as a fixture lasts: `with opening() as visit`."""

    @contextmanager
    def start():
        with pages.lent() as lend:

            def visit(name: str, from_disk: bool = False, **settings):
                page = lend(**settings)
                page.home = site.as_uri() if from_disk else address
                page.troubles = []
                load(page, f"{page.home}/{name}")
                return page

            yield visit

    return start


@pytest.fixture
def visit(opening):
    """Return a function that opens a page of the site, as a server gives it or from disk."""
    with opening() as opened:
        yield opened


def load(page, address: str) -> None:
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready")  # they come after the load event
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # every figure starts, in view or not


def _note_message(page, message) -> None:
    # Sphinx's search looks a heading up by an id with dots in it, finds none, and shows the page's first words instead.
    known = message.text.startswith("Anchored content block not found")
    if message.type in {"error", "warning"} and not known:
        page.troubles.append(f"console {message.type}: {message.text}")
