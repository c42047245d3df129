"""The built site, once for all processes of a test run, and the pages in it."""

from __future__ import annotations

import fcntl
import functools
import os
import threading
from pathlib import Path

import pytest
from book_site import ROOT, build, execute_all, website
from browser import PATIENCE_MS


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


def _opener(chromium, site: Path, address: str, contexts: list):
    def opened(name: str, from_disk: bool = False, **settings):
        context = chromium.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        home = site.as_uri() if from_disk else address
        page.troubles, own = [], ("data:", "blob:", home)
        page.on("console", functools.partial(_note_message, page.troubles))
        page.on("pageerror", lambda error: page.troubles.append(f"uncaught: {error}"))
        page.on("requestfailed", lambda request: page.troubles.append(f"failed: {request.url}"))
        page.on("response", lambda r: r.status >= 400 and page.troubles.append(f"{r.status}: {r.url}"))
        page.on("request", lambda r: r.url.startswith(own) or page.troubles.append(f"another host: {r.url}"))
        page.goto(f"{home}/{name}", wait_until="load")
        # Fonts and mathematics come after the load event.
        page.evaluate("Promise.all([document.fonts.ready, window.MathJax?.startup?.promise])")
        return page

    return opened


@pytest.fixture
def visit(chromium, site: Path, address: str):
    """Return a function that opens a page and notes what a reader would never want: errors, foreign requests."""
    contexts: list = []
    yield _opener(chromium, site, address, contexts)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def open_page(chromium, site: Path, address: str):
    """`visit` for a page that a whole module looks at."""
    contexts: list = []
    yield _opener(chromium, site, address, contexts)
    for context in contexts:
        context.close()


def _note_message(troubles: list[str], message) -> None:
    # Sphinx's search looks a heading up by an id with dots in it, finds none, and shows the page's first words instead.
    known = message.text.startswith("Anchored content block not found")
    if message.type in {"error", "warning"} and not known:
        troubles.append(f"console {message.type}: {message.text}")
