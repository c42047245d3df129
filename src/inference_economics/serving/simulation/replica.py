"""One replica's engine, advanced from one change of its batch to the next.

Between two changes (a prompt's chunk, an answer's end, a block too few, an arrival that can be admitted) every step
is like the last, but for caches that grow by a token per sequence. The time of n such steps is a sum of an arithmetic
series, so the replica jumps over them at once.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import ceil, inf, sqrt
from operator import attrgetter
from typing import TypeAlias

from .blocks import Blocks
from .gaps import Gaps
from .job import DECODE, PREFILL, Job
from .service import Policy, Service
from .steps import StepTable

Event: TypeAlias = tuple[int, int, float, float, int]  # request, phase, start, end, replica
IDLE, READY, CHUNK, JUMP = range(4)  # what a replica does; ready: about to look at its queue
_ORDER = attrgetter("order")


class Replica:
    """An engine with its queue and cache.

    Parameters
    ----------
    index : int
        Its number.
    service, policy : Service, Policy
        What it is and how it schedules.
    table : StepTable
        What a step takes.
    named_tok : int
        Tokens of a named block; 0 without a prefix cache. [token]
    prefill_only : bool
        Whether it hands requests on after their first token.
    log : list, optional
        Receives ``(request, phase, start, end, replica)``.
    """

    def __init__(self, index: int, service: Service, policy: Policy, table: StepTable, named_tok: int = 0,
                 prefill_only: bool = False, log: list[Event] | None = None) -> None:
        self.index, self.table, self.log, self.prefill_only = index, table, log, prefill_only
        self.chunked, self.max_batch, self.budget = policy.chunked, service.max_batch, service.token_budget
        self.reserve = int(policy.reserve_fraction * service.kv_blocks)
        self.blocks = Blocks(service.kv_blocks, service.block_tok, named_tok)
        self.gaps = Gaps()
        self.waiting: list[tuple[int, Job]] = []
        self.prefilling: list[Job] = []
        self.running: dict[int, Job] = {}
        self.ends: list[tuple[int, int, Job]] = []  # of answers, by the replica's count of steps; some are stale
        self.steps = self.context_tok = 0
        self.queued_tok = 0  # prompt tokens still to prefill, waiting or begun
        self.in_flight = 0
        self.activity, self.since, self.until, self.version = IDLE, 0.0, inf, 0
        self._jump: tuple[int, float, float] = (0, 0.0, 0.0)
        self._decodes = 0  # sequences that decode beside the chunk under way
        self._freed = False  # whether something was preempted since the queue was looked at
        self.busy_s = self.batch_s = self.held_s = 0.0  # time at work; its integrals with the batch and used blocks
        self.finished: list[Job] = []
        self.handed_on: list[Job] = []

    # -- what the fleet asks ------------------------------------------------------------------------------------------

    def arrive(self, job: Job, now: float) -> None:
        """Queue a request, and look at the queue at the end of the step under way, or now, if it can be admitted."""
        first = not self.waiting or job.order < self.waiting[0][0]
        heappush(self.waiting, (job.order, job))
        self.queued_tok += job.target - job.done
        self.in_flight += 1
        job.replica = self.index
        if first:
            self.wake(now)

    def wake(self, now: float) -> None:
        """Look at the queue again: the batch or the free blocks have changed from outside."""
        if self.activity == IDLE:  # not at once: others may arrive at this very time
            self.activity, self.since, self.until = READY, now, now
            self.version += 1
        elif self.activity == JUMP and len(self.running) < self.max_batch and self._fits(self.waiting[0][1]):
            self._shorten(now)

    def start(self, now: float) -> None:
        """Begin the next chunk or jump, or fall idle."""
        self.since = now
        self.version += 1
        self._freed = False
        self._admit(now)
        if self.prefilling:
            self._make_room(now)
        if self.prefilling:
            self._plan_chunk(now)
        elif self.blocks.growing:
            self._plan_jump(now)
        else:
            self.activity, self.until = IDLE, inf

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
            count, first, rise = self._jump
            self.steps += count
            self.context_tok += count * batch
            self.gaps.advance(first, first + rise * (count - 1))
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
        if self.activity == CHUNK:
            self._end_chunk(now)
        ends, steps = self.ends, self.steps
        while ends and ends[0][0] <= steps:
            job = heappop(ends)[2]
            if job.decoding and job.end_step <= steps:
                self._complete(job, now)

    # -- admission ----------------------------------------------------------------------------------------------------

    def _admit(self, now: float) -> None:
        waiting, running = self.waiting, self.running
        if not waiting:
            return
        left = self.budget - (self.blocks.growing if self.chunked else 0)
        for job in self.prefilling:
            left -= job.target - job.done
        while waiting and left > 0 and len(running) < self.max_batch:
            job = waiting[0][1]
            if not self._fits(job):
                break
            if not self.chunked and self.prefilling and job.target > left:
                break  # a whole prompt beyond the budget goes alone
            heappop(waiting)
            left -= self._take(job, now)

    def _fits(self, job: Job) -> bool:
        blocks = self.blocks
        count, idle = blocks.matched(job.names, (job.target - 1) // blocks.named_tok) if job.names else (0, 0)
        need = -(-job.target // blocks.block_tok) - (count - idle) * blocks.per_name
        return need + (self.reserve if self.running else 0) <= blocks.room(self.steps)

    def _take(self, job: Job, now: float) -> int:
        blocks = self.blocks
        blocks.hold(job.target)
        if job.names:
            count, _ = blocks.matched(job.names, (job.target - 1) // blocks.named_tok)
            job.held = job.names[:count]
            blocks.share(job.held)
            job.done = count * blocks.named_tok
            self.queued_tok -= job.done
        if blocks.used(self.steps) > blocks.capacity:
            blocks.evict(self.steps)
        if job.cached_tok < 0:
            job.cached_tok, job.start_s = job.done, now
        job.since_s = now
        self.running[job.index] = job
        if job.done >= job.target:  # prefilled elsewhere
            job.gap_s = now - job.last_s
            self._decode(job)
            return 0
        self.prefilling.append(job)
        return job.target - job.done

    # -- steps --------------------------------------------------------------------------------------------------------

    def _make_room(self, now: float) -> None:
        """Preempt until each sequence that decodes beside a chunk can grow by a token."""
        while self.chunked and self.blocks.growing and not self.blocks.steps_that_fit(self.steps, 1):
            self._preempt(now)

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

    def _plan_jump(self, now: float) -> None:
        blocks = self.blocks
        while not (count := blocks.steps_that_fit(self.steps, self._steps_to_end())):
            self._preempt(now)
        if self._freed and self._fits(self.waiting[0][1]):
            count = 1  # what the preemption freed is looked at after one step
        batch, context_tok = blocks.growing, self.context_tok
        if self.table.knees:
            count = self.table.steps_to_knee(batch, context_tok, count)
        fixed, slope = self.table.line(batch, context_tok + batch)
        first, rise = fixed + slope * (context_tok + batch), slope * batch
        self._jump = (count, first, rise)
        self.activity = JUMP
        self.until = now + count * (first + rise * (count - 1) / 2)

    def _steps_to_end(self) -> int:
        ends = self.ends
        while not ends[0][2].decoding or ends[0][2].end_step != ends[0][0]:
            heappop(ends)  # preempted since
        return ends[0][0] - self.steps

    def _shorten(self, now: float) -> None:
        """End the jump under way with the step that `now` falls into."""
        count, first, rise = self._jump
        gone, start = now - self.since, first - rise / 2
        steps = ceil(2 * gone / (start + sqrt(start * start + 2 * rise * gone))) if gone > 0 else 1
        steps = max(steps, 1)
        while steps < count and self.since + steps * (first + rise * (steps - 1) / 2) < now:
            steps += 1  # rounding
        if steps < count:
            self._jump = (steps, first, rise)
            self.until = self.since + steps * (first + rise * (steps - 1) / 2)
            self.version += 1

    # -- ends ---------------------------------------------------------------------------------------------------------

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

    def let_go(self, job: Job, now: float) -> None:
        """Free what a handed-on request held, once its cache has been sent."""
        self.blocks.drop(job.target)
        self.blocks.release(job.held)
        job.held = job.names = ()
        self.in_flight -= 1
        if self.waiting:
            self.wake(now)

    def _preempt(self, now: float) -> None:
        """Take all blocks from the request that is last in order, and queue it again."""
        self._freed = True
        job = max(self.running.values(), key=_ORDER)
        del self.running[job.index]
        if job.decoding:
            job.generated = job.output_tok - (job.end_step - self.steps)
            job.decoding = False
            self.blocks.stop(job.base)
            self.context_tok -= job.base + self.steps
            job.gap_s = max(job.gap_s, self.gaps.longest_s(job.entered))
            job.last_s = now - self.gaps.stalled_s(job.entered)
            self._note(job, DECODE, now)
        else:
            self.prefilling.remove(job)
            self.queued_tok -= job.target - job.done
            self.blocks.drop(job.target)
            self._note(job, PREFILL, now)
        self.blocks.release(job.held)
        job.held = ()
        job.preemptions += 1
        job.target = job.prompt_tok + job.generated
        job.done = 0
        self.queued_tok += job.target
        heappush(self.waiting, (job.order, job))

    def _note(self, job: Job, phase: int, now: float) -> None:
        if self.log is not None:
            self.log.append((job.index, phase, job.since_s, now, self.index))
        job.since_s = now
