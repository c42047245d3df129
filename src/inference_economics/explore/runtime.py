"""The page's script, put together: number formatting, the rows of `ops.py` as loops, the evaluator, the page's code.

One classic script, because browsers refuse to load modules from a file on disk.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from .ops import ELEMENTWISE

_STATIC = Path(__file__).parent / "static"


def _loop(js: str) -> str:
    """Write a row's expression as a loop. A stride of 0 reads a single value again and again."""
    strides = {"a": "i", "b": "j", "c": "l"}
    body = re.sub(r"(?<![\w.])([abc])(?![\w(])", lambda m: f"{m[1]}[k * {strides[m[1]]}]", js)
    return f"(out, n, a, i, b, j, c, l) => {{ for (let k = 0; k < n; k++) out[k] = {body}; }}"


@cache
def script() -> str:
    """Return the runtime as one classic script."""
    rows = "\n".join(f"  {op.name}: {_loop(op.js)}," for op in ELEMENTWISE.values())
    table = f"const ELEMENTWISE = {{\n{rows}\n}};\n"
    names = ("format.js", "program.js", "exercise.js", "explorer.js")
    parts = [(_STATIC / name).read_text(encoding="utf-8") for name in names]
    return '"use strict";\n(() => {\n' + "\n".join([table, *parts]) + "})();\n"


@cache
def style() -> str:
    """Return the explorers' style sheet."""
    return (_STATIC / "explorer.css").read_text(encoding="utf-8")


def write(folder) -> None:
    """Write `explorer.js` and `explorer.css` into `folder`, for a site to load."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "explorer.js").write_text(script(), encoding="utf-8")
    (folder / "explorer.css").write_text(style(), encoding="utf-8")
