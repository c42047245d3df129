"""One replica: its queue, who is admitted, and who loses his blocks when there are too few; `engine` does the steps."""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf
from operator import attrgetter

from .engine import IDLE, JUMP, READY, Engine
from .job import DECODE, PREFILL, Job, Log
from .service import Policy, Service
from .steps import StepTable

_ORDER = attrgetter("order")


class Replica(Engine):
    """An engine with its queue.

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
    log : Log, optional
        Receives what happens.
    """

    def __init__(self, index: int, service: Service, policy: Policy, table: StepTable, named_tok: int = 0,
                 prefill_only: bool = False, log: Log | None = None) -> None:
        super().__init__(index, service, policy.chunked, table, named_tok, prefill_only, log)
        self.max_batch = service.max_batch
        self.reserve = int(policy.reserve_fraction * service.kv_blocks)
        self.waiting: list[tuple[int, Job]] = []
        self._freed = False  # whether something was preempted since the queue was looked at

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
            self._plan_jump(self._steps_that_fit(now), now)
        else:
            self.activity, self.until = IDLE, inf

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

    def _steps_that_fit(self, now: float) -> int:
        """Return how many steps have room for their tokens, at least one, and preempt until there is."""
        blocks = self.blocks
        while not (count := blocks.steps_that_fit(self.steps, self._steps_to_end())):
            self._preempt(now)
        if self._freed and self._fits(self.waiting[0][1]):
            count = 1  # what the preemption freed is looked at after one step
        return count

    def _shorten(self, now: float) -> None:
        """End the jump under way with the step that `now` falls into."""
        jump = self._jump.cut(now - self.since)
        if jump.steps < self._jump.steps:
            self._jump = jump
            self.until = self.since + jump.span_s
            self.version += 1

    # -- ends ---------------------------------------------------------------------------------------------------------

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
