"""What every test may ask for: a Chromium and a Node."""

from __future__ import annotations

import browser
import pytest

# A page has its next frame as soon as it has drawn this one, not sixty times a second: a test that waits for a frame
# waits for work alone.
AT_ONCE = "--disable-frame-rate-limit"


@pytest.fixture(scope="session")
def node() -> str:
    try:
        return browser.find_node()
    except browser.Missing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def chromium():
    """A browser for the whole session; open a `new_context()` of your own in it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=browser.PATIENCE_MS)  # five seconds, unless it is told: a busy machine may take longer
    with sync_playwright() as playwright:
        try:
            started, _ = browser.launch(playwright, AT_ONCE)
        except browser.Missing as missing:
            pytest.fail(str(missing), pytrace=False)
        yield started
        started.close()
