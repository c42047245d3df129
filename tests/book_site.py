"""The site that the browser tests look at: how to build it and which pages it has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import website

ROOT = Path(__file__).resolve().parent.parent

EXTRA_PAGES = ("search.html",)


def page_names() -> list[str]:
    """Return the address of every page of the table of contents, and of the pages Sphinx adds."""
    return [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in website.pages()] + list(EXTRA_PAGES)


def build(output: Path, **environment: str) -> Path:
    """Build the site under `output`; a failure shows what Sphinx said."""
    command = [sys.executable, str(ROOT / "tools" / "website.py"), "build", "--output", str(output)]
    result = subprocess.run(command, capture_output=True, text=True, env=environment or None, check=False)
    if result.returncode:
        said = (result.stdout + result.stderr)[-6000:]
        pytest.fail(f"the site does not build:\n{said}", pytrace=False)
    return output / "_build" / "html"
