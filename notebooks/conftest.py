"""Strict nbval on notebooks that are stored with text outputs only, and as patient as a busy machine needs.

nbval compares every output field, and would report those that are not stored. The HTML of explorers and exercises is
tested in a real browser (tests/parity, tests/site); glued numbers are compared where the page shows them.
"""

from queue import Empty

import nbval.plugin
from nbval.kernel import RunningKernel

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


def pytest_configure(config):
    config.option.nbval_kernel_startup_timeout = PATIENCE_S


def pytest_collectstart(collector):
    """Extend nbval's list of fields that it does not compare."""
    if isinstance(collector, nbval.plugin.IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, *NOT_STORED)


def pytest_itemcollected(item):
    if isinstance(item, nbval.plugin.IPyNbCell):
        item.output_timeout = PATIENCE_S
