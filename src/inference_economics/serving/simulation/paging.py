"""A cache that fills and is paged: which request held which block when, for figures."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...quantities.checks import shown, whole
from ...quantities.limits import check_records
from .result import Result
from .timeline import drawn, stays

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Pages(NamedTuple):
    """Blocks of a cache and who holds them, in order of start.

    Parameters
    ----------
    block : array
        Number of the block, from 0; the lowest that is free is taken. [1]
    request : array
        Who holds it. [1]
    start_s, end_s : array
        From when to when. [s]
    """

    block: Whole
    request: Whole
    start_s: Numbers
    end_s: Numbers


def pages(result: Result, block_tok: int, replica: int = 0) -> Pages:
    """Return which request held which block of a cache.

    Parameters
    ----------
    result : Result
        Of `simulate` with ``timeline=True``, without a prefix cache.
    block_tok : int
        Tokens of a block, as in the run's `Service`. [token]
    replica : int
        Which. [1]

    Returns
    -------
    Pages
        A prompt takes its blocks when it is admitted, an answer one more each time a block is full. All are given back
        at its end, or when it is preempted.
    """
    check_records(result=(result, Result))
    block_tok, replica = whole(block_tok=block_tok), whole(low=0, replica=replica)
    if np.any(result.cached_tok > 0):
        raise ValueError("blocks that several prompts share have no single holder; simulate without prefix_cache.")
    events = np.sort(drawn(result), order=["start_s", "end_s", "request"])
    events = events[events["replica"] == replica]
    if not events.size:
        raise ValueError(f"replica={replica} served nothing in this run; give one of "
                         f"{shown(np.unique(result.replica))}.")
    steps = result.steps[result.steps["replica"] == replica]
    ends_s = _step_ends(steps[steps["decoding"] > 0])
    until = stays(events)
    length = result.requests.prompt_tok.astype(np.int64)  # prompt and answer so far
    takes: list[tuple[float, int, int, float]] = []  # when, by whom, how many, until when
    for at, (index, phase, start_s, end_s, _) in enumerate(events.tolist()):
        if phase == 0:
            until_s, decodes = until[at]
            takes.append((start_s, index, -(-int(length[index]) // block_tok), until_s))
            # a token comes with the end of a prompt, unless a preemption cut it short
            length[index] += decodes or result.finish_s[index] == end_s
            continue
        own_s = ends_s[(ends_s > start_s) & (ends_s <= end_s)]
        held = int(length[index]) - 1  # the last token is not in the cache yet
        full = np.flatnonzero((held + np.arange(len(own_s))) % block_tok == 0)
        takes += [(float(own_s[k]), index, 1, end_s) for k in full if own_s[k] < end_s]
        length[index] += len(own_s)
    return _held(sorted(takes))


def _step_ends(steps: np.ndarray) -> Numbers:
    """Return the end of each step of some rows of `STEPS`."""
    ends = [np.empty(0)]
    for start_s, end_s, count, first_s, rise_s in steps[["start_s", "end_s", "count", "first_s", "rise_s"]].tolist():
        n = np.arange(1, count + 1)
        own = start_s + n * (first_s + rise_s * (n - 1) / 2)
        own[-1] = end_s
        ends.append(own)
    return np.concatenate(ends)


def _held(takes: list[tuple[float, int, int, float]]) -> Pages:
    """Give each taken block the lowest free number."""
    rows: list[tuple[int, int, float, float]] = []
    free = list(range(sum(take[2] for take in takes)))
    taken: list[tuple[float, int]] = []
    for start_s, index, number, end_s in takes:
        while taken and taken[0][0] <= start_s:
            heappush(free, heappop(taken)[1])
        for _ in range(number):
            block = heappop(free)
            heappush(taken, (end_s, block))
            rows.append((block, index, start_s, end_s))
    return Pages(*(np.array(column) for column in zip(*rows, strict=True)))
