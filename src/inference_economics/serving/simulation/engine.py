"""One replica's engine, advanced from one change of its batch to the next.

Between two changes (a prompt's chunk, an answer's end, a block too few, an arrival that can be admitted) every step
is like the last, but for caches that grow by a token per sequence. The time of n such steps is a sum of an arithmetic
series, so the engine jumps over them at once.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf

from .blocks import Blocks
from .gaps import Gaps
from .job import DECODE, PREFILL, Job, Log
from .jump import Jump
from .service import Service
from .steps import StepTable

IDLE, READY, CHUNK, JUMP = range(4)  # what an engine does; ready: about to look at its queue


class Engine:
    """A batch, its cache, and the chunk or jump under way; `replica.Replica` adds the queue.

    Parameters
    ----------
    index : int
        Its number.
    service : Service
        What it is.
    chunked : bool
        Whether prompts are cut to the token budget.
    table : StepTable
        What a step takes.
    named_tok : int
        Tokens of a named block; 0 without a prefix cache. [token]
    prefill_only : bool
        Whether it hands requests on after their first token.
    log : Log, optional
        Receives what happens.
    """

    def __init__(self, index: int, service: Service, chunked: bool, table: StepTable, named_tok: int = 0,
                 prefill_only: bool = False, log: Log | None = None) -> None:
        self.index, self.table, self.log, self.prefill_only = index, table, log, prefill_only
        self.chunked, self.budget = chunked, service.token_budget
        self.blocks = Blocks(service.kv_blocks, service.block_tok, named_tok)
        self.gaps = Gaps()
        self.prefilling: list[Job] = []
        self.running: dict[int, Job] = {}
        self.ends: list[tuple[int, int, Job]] = []  # of answers, by the engine's count of steps; some are stale
        self.steps = self.context_tok = 0
        self.queued_tok = 0  # prompt tokens still to prefill, waiting or begun
        self.in_flight = 0
        self.activity, self.since, self.until, self.version = IDLE, 0.0, inf, 0
        self._jump = Jump(0, 0.0, 0.0)
        self._decodes = 0  # sequences that decode beside the chunk under way
        self.busy_s = self.batch_s = self.held_s = 0.0  # time at work; its integrals with the batch and used blocks
        self.finished: list[Job] = []
        self.handed_on: list[Job] = []

    def finish(self) -> None:
        """End the chunk or jump under way, at `until`."""
        if self.activity == READY:
            return
        now, blocks = self.until, self.blocks
        span, batch = now - self.since, blocks.growing
        self.busy_s += span
        self.batch_s += span * batch
        before = blocks.used(self.steps)
        if self.activity == JUMP:
            jump = self._jump
            self.steps += jump.steps
            self.context_tok += jump.steps * batch
            self.gaps.advance(jump.first_s, jump.last_s)
        elif self._decodes:
            self.steps += 1
            self.context_tok += batch
            self.gaps.advance(span, span)
        elif batch:
            self.gaps.stall(span)
        after = blocks.used(self.steps)
        if after > blocks.capacity:
            blocks.evict(self.steps)
            after = blocks.used(self.steps)
        self.held_s += span * (before + after) / 2
        if self.log is not None:
            count, first_s, rise_s = self._jump if self.activity == JUMP else (1, span, 0.0)
            decoding = batch if self.activity == JUMP else self._decodes
            self.log.steps.append((self.index, self.since, now, count, first_s, rise_s, decoding, before, after))
        if self.activity == CHUNK:
            self._end_chunk(now)
        ends, steps = self.ends, self.steps
        while ends and ends[0][0] <= steps:
            job = heappop(ends)[2]
            if job.decoding and job.end_step <= steps:
                self._complete(job, now)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _plan_chunk(self, now: float) -> None:
        table = self.table
        batch = self._decodes = self.blocks.growing if self.chunked else 0
        curve = table.prefill if batch else table.prefill_alone
        left, work, firsts, context_tok = self.budget - batch, 0.0, 0, self.context_tok + batch if batch else 0
        for job in self.prefilling:
            size = job.target - job.done
            if self.chunked and size > left:
                size = left
            job.chunk = size
            if not size:
                continue
            end = job.done + size
            work += curve[end] - curve[job.done]
            left -= size
            if end == job.target:
                firsts += 1
                context_tok += end
        batch += firsts
        if batch:
            fixed, slope = table.line(batch, context_tok)
            span = fixed + slope * context_tok
        else:
            span = table.launch_s
        span += table.interference * work if self._decodes else max(work, table.read_s)
        self.activity, self.until = CHUNK, now + span

    def _end_chunk(self, now: float) -> None:
        still = []
        for job in self.prefilling:
            job.done += job.chunk
            self.queued_tok -= job.chunk
            if job.done < job.target:
                still.append(job)
                continue
            self.blocks.share(job.names[len(job.held):])
            job.held = job.names
            job.generated += 1
            if job.generated == 1:
                job.first_s = now
            else:
                job.gap_s = max(job.gap_s, now - job.last_s)
            job.last_s = now
            self._note(job, PREFILL, now)
            if job.generated == job.output_tok:
                self.blocks.drop(job.target)
                self._leave(job, now)
            elif self.prefill_only:
                del self.running[job.index]
                self.handed_on.append(job)
            else:
                self._decode(job)
        self.prefilling = still

    def _decode(self, job: Job) -> None:
        """Move a prefilled request to the sequences that decode."""
        self.blocks.drop(job.target)
        job.base = job.target - self.steps
        self.blocks.grow(job.base)
        self.context_tok += job.target
        job.decoding = True
        if self.blocks.growing == 1:
            self.gaps.clear()
        job.entered = self.gaps.clock
        job.end_step = self.steps + job.output_tok - job.generated
        heappush(self.ends, (job.end_step, job.index, job))

    def _plan_jump(self, count: int, now: float) -> None:
        """Begin `count` steps, or as many as go by one line of the table."""
        batch, context_tok = self.blocks.growing, self.context_tok
        if self.table.knees:
            count = self.table.steps_to_knee(batch, context_tok, count)
        fixed, slope = self.table.line(batch, context_tok + batch)
        self._jump = Jump(count, fixed + slope * (context_tok + batch), slope * batch)
        self.activity, self.until = JUMP, now + self._jump.span_s

    def _steps_to_end(self) -> int:
        ends = self.ends
        while not ends[0][2].decoding or ends[0][2].end_step != ends[0][0]:
            heappop(ends)  # preempted since
        return ends[0][0] - self.steps

    # -- ends ----------------------------------------------------------------------------------------------------------

    def _complete(self, job: Job, now: float) -> None:
        job.generated = job.output_tok
        job.decoding = False
        self.blocks.stop(job.base)
        self.context_tok -= job.base + self.steps
        job.gap_s = max(job.gap_s, self.gaps.longest_s(job.entered))
        self._note(job, DECODE, now)
        self._leave(job, now)

    def _leave(self, job: Job, now: float) -> None:
        self.blocks.release(job.held)
        job.held = ()
        job.finish_s = now
        del self.running[job.index]
        self.in_flight -= 1
        self.finished.append(job)

    def _note(self, job: Job, phase: int, now: float) -> None:
        if self.log is not None:
            self.log.events.append((job.index, phase, job.since_s, now, self.index))
        job.since_s = now
