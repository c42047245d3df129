"""What every test may ask for: a Chromium, a Node, and notebooks compared by their text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACOS_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
NO_CHROMIUM = ("the browser tests need a Chromium; install it with: sudo apt-get install chromium   "
               "(or anywhere: .venv/bin/python -m playwright install chromium)")
NO_NODE = "the parity tests need Node 18 or newer; install it with: sudo apt-get install nodejs"
# --no-sandbox: Chromium as root refuses to start with it. The others keep it off the network and off the screen.
CHROMIUM_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
                  "--font-render-hinting=none")


def find_chromium() -> str:
    """Return the path of a Chromium on this machine, or of Playwright's own."""
    for name in CHROMIUM:
        if path := shutil.which(name):
            return path
    if MACOS_CHROME.exists():
        return str(MACOS_CHROME)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if Path(path := playwright.chromium.executable_path).exists():
            return path
    pytest.fail(NO_CHROMIUM, pytrace=False)


def find_node() -> str:
    """Return the path of a Node on this machine, or of the one that Playwright carries."""
    if path := shutil.which("node"):
        return path
    from playwright._impl._driver import compute_driver_executable

    if Path(path := compute_driver_executable()[0]).exists():
        return str(path)
    pytest.fail(NO_NODE, pytrace=False)


@pytest.fixture(scope="session")
def node() -> str:
    return find_node()


@pytest.fixture(scope="session")
def chromium():
    """A browser for the whole session; open a `new_context()` of your own in it."""
    from playwright.sync_api import sync_playwright

    executable = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
