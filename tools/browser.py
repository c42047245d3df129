"""Find the Chromium and the Node that the tests drive; get the Chromium where there is none.

    python tools/browser.py          find or get both; one line and exit status 1 where one cannot be had
    python tools/browser.py --find   get nothing, only look

`make test` runs this first, so that a machine without a browser hears of it before any test starts. Node comes with the
Playwright of requirements.lock, and so do Chromium's own builds where their host can be reached.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACOS_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# --no-sandbox: Chromium as root refuses to start with it. The others keep it off the network and off the screen.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
         "--font-render-hinting=none")
# A busy machine is slow, not wrong: what a browser is waited for, at most.
PATIENCE_MS = 600_000
APT = (["apt-get", "update", "-qq"],
       ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core",
        "fonts-liberation"])
NO_CHROMIUM = ("The tests need a Chromium, and none here starts. Install one with: sudo apt-get install chromium   "
               "(or anywhere: .venv/bin/python -m playwright install --with-deps chromium)")
NO_NODE = "The tests need Node 18 or newer, and Playwright lacks it here. Install it with: sudo apt-get install nodejs"


class Missing(Exception):
    """What the tests need is not on this machine; the message says how to get it."""


def _candidates(playwright) -> list[str]:
    """Return where a Chromium may be, best first; Playwright's own comes last, for the system's has its libraries."""
    found = [path for name in CHROMIUM if (path := shutil.which(name))]
    found += [str(MACOS_CHROME), playwright.chromium.executable_path]
    return [path for path in found if Path(path).exists()]


def launch(playwright, *flags: str):
    """Start the first Chromium here that starts, and return it and its path.

    One that lacks a library, or the stub of a package that was never installed, is passed over.
    """
    from playwright.sync_api import Error

    for path in _candidates(playwright):
        try:
            started = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags], timeout=PATIENCE_MS)
        except Error:
            continue
        return started, path
    raise Missing(NO_CHROMIUM)


def find_chromium() -> str:
    """Return the path of a Chromium that starts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started, path = launch(playwright)
        started.close()
    return path


def find_node() -> str:
    """Return the path of the Node that Playwright carries, or of this machine's own."""
    from playwright._impl._driver import compute_driver_executable

    if Path(path := compute_driver_executable()[0]).exists():
        return str(path)
    if path := shutil.which("node"):
        return path
    raise Missing(NO_NODE)


def _ways() -> list[tuple[str, list[list[str]]]]:
    """Return the ways to get a Chromium here: the system's package where that is allowed, and Playwright's own."""
    own = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return [("the system's package", [list(command) for command in APT]), ("Playwright's own", own)]
    return [("Playwright's own", own)]


def _reason(words: str) -> str:
    """Return the line of an installer's words that says why it failed."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("E:") or "error" in line.lower()), *lines[-1:] or ["?"])


def get_chromium() -> str:
    """Install a Chromium and return its path. What an installer says is shown only where no way leads to one."""
    said = []
    for name, commands in _ways():
        print(f"There is no Chromium here: getting {name} (minutes)", flush=True)
        for command in commands:
            done = subprocess.run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if done.returncode:
                said.append(f"{name}: {_reason(done.stderr or done.stdout)}")
                break
        try:
            return find_chromium()
        except Missing:
            pass
    raise Missing(f"{NO_CHROMIUM}  [tried: {'; '.join(said) or 'what was installed does not start'}]")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--find", action="store_true", help="get nothing, only look")
    options = parser.parse_args(arguments)
    try:
        node = find_node()
        try:
            chromium = find_chromium()
        except Missing:
            if options.find:
                raise
            chromium = get_chromium()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"Chromium: {chromium}\nNode: {node}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
