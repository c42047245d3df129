"""The Sphinx extension's modules, importable by their names as in a build of the book."""

from __future__ import annotations

import sys

from book_site import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
