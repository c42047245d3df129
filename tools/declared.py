"""Every explorer of every page: the cells are run in a plain namespace, and what they declare is kept."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import warnings
from pathlib import Path
from unittest import mock

import website

from inference_economics import Explorer


@functools.cache
def explorers_of(source: Path) -> list[Explorer]:
    """Run the code of a page, a notebook or a text, and return the explorers that it makes, shown or not."""
    import matplotlib as mpl
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.display import display

    mpl.use("agg")
    made: list[Explorer] = []
    declare = Explorer.__init__

    def remember(self, *arguments, **settings):
        declare(self, *arguments, **settings)
        made.append(self)

    notebook = website.read_notebook(source)
    scope = {"__name__": "__main__", "display": display, "get_ipython": lambda: None}
    before = Path.cwd()
    os.chdir(source.parent)
    try:
        with (mock.patch.object(Explorer, "__init__", remember), warnings.catch_warnings(),
              contextlib.redirect_stdout(io.StringIO())):
            warnings.simplefilter("ignore")
            for number, cell in enumerate(notebook.cells if notebook else ()):
                if cell["cell_type"] != "code":
                    continue
                code = TransformerManager().transform_cell(cell["source"])
                try:
                    exec(compile(code, f"{source.name}[{number}]", "exec"), scope)
                except Exception as error:
                    raise AssertionError(f"{source.name}, cell {number}: {type(error).__name__}: {error}") from error
    finally:
        os.chdir(before)
    return made
