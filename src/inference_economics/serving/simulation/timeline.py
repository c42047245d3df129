"""What a small run looks like: who had which place when.

Arrays for figures: static and continuous batching side by side; `paging` has the cache that fills.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...quantities.limits import check_records
from .fleet import simulate
from .requests import Requests
from .result import PHASES, Result
from .service import Service
from .steps import StepTable

KINDS = ("wait", "prefill", "decode", "idle")  # idle: a place held for others of a batch, after its answer's end
WAIT, PREFILL, DECODE, IDLE = range(4)
Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Spans(NamedTuple):
    """Bars of a timeline, in order of start.

    Parameters
    ----------
    lane : array
        Place of the batch, from 0, of one replica after the other; that which a waiting request will get. [1]
    request : array
        Which request. [1]
    kind : array
        Index into `KINDS`.
    start_s, end_s : array
        From when to when. [s]
    """

    lane: Whole
    request: Whole
    kind: Whole
    start_s: Numbers
    end_s: Numbers

    @property
    def busy_fraction(self) -> float:
        """Time in which places prefill or decode, over the time until the last answer, in all places used [1]."""
        lanes, end_s = len(np.unique(self.lane)), np.max(self.end_s)
        busy = np.isin(self.kind, (PREFILL, DECODE))
        return float(np.sum((self.end_s - self.start_s)[busy]) / (lanes * (end_s - np.min(self.start_s))))


class SideBySide(NamedTuple):
    """The same requests on the same machine, batched in two ways.

    Parameters
    ----------
    static, continuous : Spans
        Batches that end together; places refilled at once.
    """

    static: Spans
    continuous: Spans


def side_by_side(requests: Requests, service: Service) -> SideBySide:
    """Serve a few requests by static and by continuous batching.

    Parameters
    ----------
    requests : Requests
        What arrives: an open process or a burst.
    service : Service
        One replica; its `max_batch` is the size of a static batch.

    Returns
    -------
    SideBySide
    """
    return SideBySide(static_spans(requests, service), spans(simulate(requests, service, timeline=True)))


def static_spans(requests: Requests, service: Service) -> Spans:
    """Serve requests in batches that start together and end with their longest answer.

    Parameters
    ----------
    requests : Requests
        An open process or a burst.
    service : Service
        One replica; whoever has come when a batch starts, and has a place and room in the cache, is in it.

    Returns
    -------
    Spans

    Notes
    -----
    A batch's prompts are prefilled in one step, whole. Its places stay taken, and their steps are paid, until the
    longest answer ends. So engines served before Orca (OSDI 2022).
    """
    check_records(requests=(requests, Requests), service=(service, Service))
    if requests.users:
        raise ValueError("static batches are drawn for an open process or a burst; a closed loop sends by the answers.")
    delay_s, block_tok = service.step_time.request_s, service.block_tok
    need = -(-(requests.prompt_tok + requests.output_tok) // block_tok)
    if np.any(need > service.kv_blocks):
        raise ValueError(f"request {int(np.argmax(need))} needs {int(np.max(need))} blocks, but the cache has "
                         f"{service.kv_blocks}; give more.")
    table = StepTable(service.step_time, min(service.max_batch, len(requests)),
                      int(np.max(requests.prompt_tok + requests.output_tok)))
    rows: list[tuple[int, int, int, float, float]] = []
    now, first = 0.0, 0
    while first < len(requests):
        now = max(now, float(requests.arrival_s[first]) + delay_s)
        there = int(np.searchsorted(requests.arrival_s + delay_s, now, side="right"))
        fits = int(np.searchsorted(np.cumsum(need[first:there]), service.kv_blocks, side="right"))
        batch = np.arange(first, first + min(fits, service.max_batch))
        prompt_tok, output_tok = requests.prompt_tok[batch], requests.output_tok[batch]
        context = int(np.sum(prompt_tok))
        fixed, slope = table.line(len(batch), context)
        work = sum(table.prefill_alone[tok] for tok in prompt_tok.tolist())
        ends = [now, now + fixed + slope * context + max(work, table.read_s)]
        for _ in range(int(np.max(output_tok)) - 1):
            context += len(batch)
            fixed, slope = table.line(len(batch), context)
            ends.append(ends[-1] + fixed + slope * context)
        for lane, (index, tok) in enumerate(zip(batch.tolist(), output_tok.tolist(), strict=True)):
            rows += [(lane, index, WAIT, float(requests.arrival_s[index]), now), (lane, index, PREFILL, now, ends[1]),
                     (lane, index, DECODE, ends[1], ends[tok]), (lane, index, IDLE, ends[tok], ends[-1])]
        now, first = ends[-1], int(batch[-1]) + 1
    return _spans(rows)


def spans(result: Result) -> Spans:
    """Return the bars of a run.

    Parameters
    ----------
    result : Result
        Of `simulate` with ``timeline=True``, on one pool.

    Returns
    -------
    Spans
        The lowest free place of its replica for each request, from its admission to its end, or to its preemption.
    """
    events = drawn(result)
    rows: list[tuple[int, int, int, float, float]] = []
    most = 0
    for replica in np.unique(events["replica"]):
        own = np.sort(events[events["replica"] == replica], order=["start_s", "end_s", "request"])
        free, lanes = list(range(len(result.requests))), 0
        taken: list[tuple[float, int]] = []
        place: dict[int, int] = {}
        until = stays(own)
        for at, (index, phase, start_s, end_s, _) in enumerate(own.tolist()):
            while taken and taken[0][0] <= start_s:
                heappush(free, heappop(taken)[1])
            if phase == 0:
                place[index] = heappop(free)
                heappush(taken, (until[at][0], place[index]))
            lanes = max(lanes, place[index] + 1)
            rows.append((most + place[index], index, PREFILL if phase == 0 else DECODE, start_s, end_s))
        most += lanes
    # what a request does nothing in is time in a queue
    order = sorted(rows, key=lambda row: (row[1], row[3], row[4]))
    last_s = dict(enumerate(result.arrival_s.tolist()))
    for lane, index, _, start_s, end_s in order:
        if start_s > last_s[index]:
            rows.append((lane, index, WAIT, last_s[index], start_s))
        last_s[index] = end_s
    return _spans(rows)


def stays(events: np.ndarray) -> list[tuple[float, bool]]:
    """Say how long requests stay.

    Parameters
    ----------
    events : array
        Rows of `result.EVENT` of one replica, in order.

    Returns
    -------
    list of tuple
        For each event when its request leaves its place, and whether it went on to decode there. [s]
    """
    until = [(end_s, False) for end_s in events["end_s"].tolist()]
    follows: dict[int, int] = {}
    for at in range(len(events) - 1, -1, -1):
        index = int(events["request"][at])
        after = follows.get(index)
        if after is not None and events["phase"][after] == 1 and events["start_s"][after] == events["end_s"][at]:
            until[at] = until[after][0], True
        follows[index] = at
    return until


def _spans(rows: list[tuple[int, int, int, float, float]]) -> Spans:
    kept = sorted((row for row in rows if row[4] > row[3]), key=lambda row: (row[3], row[0], row[2]))
    lane, request, kind, start_s, end_s = zip(*kept, strict=True)
    return Spans(np.array(lane), np.array(request), np.array(kind), np.array(start_s), np.array(end_s))


def drawn(result: Result) -> np.ndarray:
    """Return the events of a run that can be drawn.

    Parameters
    ----------
    result : Result
        Of `simulate` with ``timeline=True``, on one pool.

    Returns
    -------
    array
        Rows of `result.EVENT`.
    """
    check_records(result=(result, Result))
    if not result.events.size:
        raise ValueError("this run kept no events; simulate with timeline=True.")
    if np.any(result.events["phase"] == PHASES.index("transfer")):
        raise ValueError("timelines are drawn of one pool; give prefill_replicas=0.")
    return result.events
