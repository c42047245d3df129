"""Executed notebooks, and when they may be used again: as long as the code they import stays the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

# Where a build that does not go to its final folder finds the executed notebooks.
CACHE_VARIABLE = "BOOK_EXECUTED"
ROOT = Path(__file__).resolve().parent.parent.parent
# No output of a notebook depends on them: script and style reach a page beside its outputs, the others reach no page.
ASIDE = {".css", ".js", ".md", ".pyc", ".ts"}


def code_fingerprint(root: Path = ROOT) -> str:
    """Return a name for everything a notebook's outputs depend on besides the notebook: the package and the lock."""
    digest = hashlib.sha256((root / "requirements.lock").read_bytes())
    for path in sorted((root / "src").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in ASIDE:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def cache_path(outdir: Path) -> Path:
    """Return the folder of executed notebooks for this output folder and this state of the code."""
    return outdir.parent / ".executed" / code_fingerprint()


def name_cache(app, config) -> None:
    # jupyter-cache knows a notebook by its cells alone: with one folder, a changed formula would keep its old output.
    config.nb_execution_cache_path = os.environ.get(CACHE_VARIABLE) or str(cache_path(Path(app.outdir)))
