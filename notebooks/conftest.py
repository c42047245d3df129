"""Strict nbval on notebooks that are stored with text outputs only, and as patient as a busy machine needs.

nbval compares every output field with the stored one, and would report those that are not stored. These, and the stored
ones again, are compared with what the site shows: with the same notebook's execution in the site's cache, which had
another order of sets and another time zone.
"""

import functools
import os
from pathlib import Path
from queue import Empty

import nbval.kernel
from book_site import ELSEWHERE, executed
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, coalesce_streams

IMAGES = {"image/png", "image/jpeg"}  # nbval would compare them with a tool of its own only
NOT_STORED = ("text/html", "text/markdown", "image/svg+xml", "application/papermill.record/text/plain")
# nbval would give a kernel 60 s to start, 10 s to say its name and 5 s to hand over an output. A busy machine is slow,
# not wrong; a kernel that dies is noticed at once.
PATIENCE_S = 600


def _reach_iopub(kernel):
    """Ask the kernel for its name until the answer comes by both of its channels: the first may come before we listen."""
    for _ in range(PATIENCE_S):
        asked = kernel.kc.kernel_info()
        kernel.await_reply(asked, timeout=PATIENCE_S)
        try:
            kernel.await_idle(asked, timeout=1)
        except Empty:
            continue
        return
    raise RuntimeError(f"the kernel answers, but has shown no output for {PATIENCE_S} s")


RunningKernel._ensure_iopub_up = _reach_iopub
nbval.kernel.start_new_kernel = functools.partial(nbval.kernel.start_new_kernel, env=os.environ | ELSEWHERE)


@functools.cache
def _shown(notebook: Path) -> list[list]:
    """Return the outputs of each cell of code on the site."""
    return [coalesce_streams(cell.outputs) for cell in executed(notebook).cells if cell.cell_type == "code"]


def _compare(cell, outputs, stored, *, compare=IPyNbCell.compare_outputs) -> bool:
    """Compare a cell's outputs with the stored ones, of which some fields are missing, then with those on the site."""
    skipped = cell.parent.skip_compare
    return (compare(cell, outputs, stored, (*skipped, *NOT_STORED))
            and compare(cell, outputs, _shown(cell.parent.path)[cell.cell_num], tuple(set(skipped) - IMAGES)))


IPyNbCell.compare_outputs = _compare


def pytest_configure(config):
    config.option.nbval_kernel_startup_timeout = PATIENCE_S


def pytest_itemcollected(item):
    if isinstance(item, IPyNbCell):
        item.output_timeout = PATIENCE_S
