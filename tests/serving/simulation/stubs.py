"""Step times that a reader can add up, and what a run counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from inference_economics.serving.simulation import Result, StepTime


def _sloped_s(batch, context_tok):
    mean = context_tok / batch
    return 2e-3 + 1e-4 * batch + batch * (2e-6 * mean + 3e-6 * (mean > 40) * (mean - 40))


# every step takes a millisecond, whatever is in it
FLAT = StepTime(decode_s=lambda batch, context_tok: 1e-3 + 0 * context_tok, prefill_s=lambda tok: 0 * tok,
                launch_s=1e-3)

# a step that grows with batch, context and prefill, with a bend at 40 tokens
SLOPED = StepTime(decode_s=_sloped_s, prefill_s=lambda tok: 3e-5 * tok + 1e-8 * tok * tok,
                  prefill_alone_s=lambda tok: 4e-5 * tok + 1e-8 * tok * tok, read_s=5e-4, launch_s=7e-4,
                  interference=0.9, request_s=0.013, knees_tok=(40.0,))


class Occupancy(NamedTuple):
    """Blocks in use over time, as corners of a line [s], [1]."""

    time_s: np.ndarray
    blocks: np.ndarray


def occupancy(result: Result, replica: int = 0) -> Occupancy:
    """Return the blocks in use on one replica, idle ones of a prefix cache included, as the run counted them."""
    steps = result.steps[result.steps["replica"] == replica]
    assert steps.size, "simulate with timeline=True"
    return Occupancy(np.column_stack([steps["start_s"], steps["end_s"]]).ravel(),
                     np.column_stack([steps["blocks"], steps["blocks_after"]]).ravel())
