"""The site that the browser tests look at: how to build it and which pages it has."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
import website

ROOT = Path(__file__).resolve().parent.parent

# What a page's bytes must not depend on: the order of sets, and the time of day.
ELSEWHERE = {"PYTHONHASHSEED": "1234", "TZ": "Pacific/Auckland"}
EXTRA_PAGES = ("search.html",)


def page_names() -> list[str]:
    """Return the address of every page of the table of contents, and of the pages Sphinx adds."""
    return [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in website.pages()] + list(EXTRA_PAGES)


def _command(*words: str, **environment: str) -> None:
    """Run tools/website.py; a failure shows what it said."""
    command = [sys.executable, str(ROOT / "tools" / "website.py"), *words]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)
    if result.returncode:
        said = (result.stdout + result.stderr)[-6000:]
        pytest.fail(f"`website.py {words[0]}` failed:\n{said}", pytrace=False)


def build(output: Path, **environment: str) -> Path:
    """Build the site under `output` and return the folder of its pages."""
    _command("build", "--output", str(output), **environment)
    return output / "_build" / "html"


@contextlib.contextmanager
def _alone():
    """Hold what one process at a time may do: fill the cache of executed pages."""
    folder = ROOT / "_build" / ".executed"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def execute_all() -> None:
    """Execute every page that the site's cache lacks."""
    with _alone():
        _command("execute")


def executed(source: Path):
    """Return a page as the notebook that the site shows, with its outputs; execute it first where nobody has."""
    notebook = website.read_notebook(source)
    with _alone():
        cache = website.open_cache(ROOT)
        if not website.is_cached(cache, notebook):
            _command("execute", str(source))
        return cache.merge_match_into_notebook(notebook)[1]
