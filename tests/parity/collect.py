"""Every explorer of every notebook: the cells are run in a plain namespace, and what they declare is kept."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import warnings
from pathlib import Path
from unittest import mock

from inference_economics.explore import Explorer

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def notebooks() -> list[str]:
    """Return the names of the notebooks."""
    return sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


@functools.cache
def explorers_of(name: str) -> list[Explorer]:
    """Run a notebook's code cells, and return the explorers that they made, shown or not."""
    import matplotlib as mpl
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.display import display

    mpl.use("agg")
    made: list[Explorer] = []
    declare = Explorer.__init__

    def remember(self, *arguments):
        declare(self, *arguments)
        made.append(self)

    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    scope = {"__name__": "__main__", "display": display, "get_ipython": lambda: None}
    before = Path.cwd()
    os.chdir(NOTEBOOKS)
    try:
        with (mock.patch.object(Explorer, "__init__", remember), warnings.catch_warnings(),
              contextlib.redirect_stdout(io.StringIO())):
            warnings.simplefilter("ignore")
            for number, cell in enumerate(cells):
                if cell["cell_type"] != "code":
                    continue
                source = TransformerManager().transform_cell("".join(cell["source"]))
                try:
                    exec(compile(source, f"{name}[{number}]", "exec"), scope)
                except Exception as error:
                    raise AssertionError(f"{name}, cell {number}: {type(error).__name__}: {error}") from error
    finally:
        os.chdir(before)
    return made
