"""Requests, replicas and the clock that they share.

The loop takes whichever comes first: the next request, or the next end of a replica's chunk or jump. Everything else
(a cache that has been sent, a replica that has started, a look at the load) is an entry in the same queue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from operator import attrgetter
from typing import Any

import numpy as np

from ...quantities.limits import check_records, check_truths
from .autoscale import Scaler
from .job import TRANSFER, Job, Log
from .replica import Replica
from .requests import Requests
from .result import EVENT, STEPS, Result
from .service import Policy, Service
from .steps import StepTable

_IN_FLIGHT = attrgetter("in_flight")
LONGEST_S = 1e12  # beyond which float64 resolves no tenth of a millisecond, and steps would take no time


def _too_long(now: float) -> None:
    raise ValueError(f"the run goes on beyond {now:g} s, where the clock no longer resolves a step. Count arrival_s in "
                     "seconds from the first request, and look at rates, thinking times and links for a wrong unit.")


def simulate(requests: Requests, service: Service, policy: Policy | None = None, *,
             prefill_service: Service | None = None, timeline: bool = False) -> Result:
    """Serve requests, one by one, on a fleet of engines with continuous batching.

    Parameters
    ----------
    requests : Requests
        What arrives: see `process`, `burst`, `closed_loop` and `trace`.
    service : Service
        One replica: see `calibrated_service`.
    policy : Policy, optional
        How replicas schedule and share the work; one replica with chunked prefill unless given.
    prefill_service : Service, optional
        A replica of the prefill pool, where it differs.
    timeline : bool
        Whether to keep `Result.events` and `Result.steps`.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If a request is longer than the cache of one replica, blocks with names are not whole blocks of the cache, or
        the policy asks for what requests or services do not give.

    Notes
    -----
    ==========================================  =========================================================
    assumed                                     if false
    ==========================================  =========================================================
    a router knows the load at once             stale loads spread the work less evenly
    answers leave no blocks that later prompts  conversations hit more than the trace's names say
    can share
    transfers do not share their link           many at once take longer
    no request is given up or retried           overload looks worse, and ends later
    ==========================================  =========================================================

    References
    ----------
    .. [1] Yu et al., "Orca", OSDI 2022; Agrawal et al., "Sarathi-Serve", OSDI 2024; Kwon et al., "PagedAttention",
       SOSP 2023; Zhong et al., "DistServe", OSDI 2024.
    """
    policy = Policy() if policy is None else policy
    first = service if prefill_service is None else prefill_service
    check_records(requests=(requests, Requests), service=(service, Service), policy=(policy, Policy),
                  prefill_service=(first, Service))
    check_truths(timeline=timeline)
    check_setup(requests, service, policy, prefill_service)
    return Fleet(requests, service, policy, first, timeline).run()


def check_setup(requests: Requests, service: Service, policy: Policy, prefill_service: Service | None) -> None:
    """Raise `ValueError` where a policy asks for what requests or services do not give.

    Parameters
    ----------
    requests, service, policy, prefill_service
        As in `simulate`.
    """
    if policy.prefix_cache and requests.prefix_blocks is None:
        raise ValueError("prefix_cache needs requests with prefix_blocks, which say what prompts share; "
                         "see the trace 'mooncake-conversation'.")
    if prefill_service is not None and not policy.prefill_replicas:
        raise ValueError("a prefill_service was given, but prefill_replicas=0; say how many replicas only prefill.")
    sender = prefill_service or service
    if policy.prefill_replicas and np.isfinite(policy.transfer_bytes_per_s) and not sender.kv_bytes_per_tok:
        raise ValueError("transfer_bytes_per_s needs the service's kv_bytes_per_tok; give it.")


def check_fits(requests: Requests, *services: Service) -> None:
    """Raise `ValueError` if a request can never be served.

    Parameters
    ----------
    requests : Requests
        What arrives.
    *services : Service
        Replicas that each must be able to hold any one request.
    """
    longest_tok = requests.prompt_tok + requests.output_tok - 1  # the last token is never cached
    at = int(np.argmax(longest_tok))
    for service in services:
        if longest_tok[at] > service.kv_tok:
            raise ValueError(f"request {at} grows to {longest_tok[at]} tokens, but the cache of a replica holds "
                             f"{service.kv_tok}; give more kv_blocks, or leave out such requests.")


class Fleet:
    """The state of one run; see `simulate`."""

    def __init__(self, requests: Requests, service: Service, policy: Policy, prefill_service: Service,
                 timeline: bool) -> None:
        check_fits(requests, service, prefill_service)
        self.requests, self.service, self.policy = requests, service, policy
        self.prefill_service = prefill_service
        self.log = Log() if timeline else None
        self.delay_s = (prefill_service if policy.prefill_replicas else service).step_time.request_s
        self.named_tok = self._named_tok(service, prefill_service)
        max_tok = int(np.max(requests.prompt_tok + requests.output_tok))
        most = min(service.max_batch, len(requests))
        self.table = StepTable(service.step_time, most, max_tok)
        self.events: list[tuple[float, int, Replica | None, Any]] = []  # the last: a version, or an action
        self.tick = count()
        self.pool: list[Replica] = []  # that take requests from the router
        self.all: list[Replica] = []
        self.since: dict[int, float] = {}  # from when each replica is paid for
        self.turn = count()
        self.done = 0
        self.end_s = 0.0
        self.paid_s = self.paid_chip_s = 0.0
        self.sizes: list[tuple[float, int]] = []
        self.decoders: list[Replica] = []
        self._start_fleet(most, max_tok)
        self.at(LONGEST_S, _too_long)

    def _named_tok(self, *services: Service) -> int:
        if not self.policy.prefix_cache:
            return 0
        named_tok = self.requests.prefix_block_tok
        for service in services:
            if named_tok % service.block_tok:
                raise ValueError(f"prefix_block_tok={named_tok} is not a multiple of block_tok={service.block_tok}.")
        return named_tok

    def _start_fleet(self, most: int, max_tok: int) -> None:
        policy = self.policy
        start_s = float(self.requests.arrival_s[0])
        plain = [self.order(start_s) for _ in range(policy.replicas)]
        if policy.prefill_replicas:
            table = (self.table if self.prefill_service is self.service else
                     StepTable(self.prefill_service.step_time, min(self.prefill_service.max_batch, most), max_tok))
            self.decoders = plain
            self.pool = [self.order(start_s, self.prefill_service, table, prefill_only=True)
                         for _ in range(policy.prefill_replicas)]
        else:
            self.pool = plain
        self.sizes.append((start_s, len(self.all)))
        self.scaler = Scaler(self, policy.autoscale, start_s) if policy.autoscale else None

    def order(self, now: float, service: Service | None = None, table: StepTable | None = None,
              prefill_only: bool = False) -> Replica:
        """Make a replica, and pay for it from now on."""
        replica = Replica(len(self.all), service or self.service, self.policy, table or self.table, self.named_tok,
                          prefill_only, self.log)
        self.all.append(replica)
        self.since[replica.index] = now
        return replica

    def retire(self, replica: Replica, now: float) -> None:
        """Stop paying for a replica."""
        span = now - self.since.pop(replica.index)
        self.paid_s += span
        self.paid_chip_s += span * (self.prefill_service if replica.prefill_only else self.service).n_chips

    def at(self, time_s: float, action: Callable[[float], None]) -> None:
        """Call ``action(time_s)`` when the clock gets there."""
        heappush(self.events, (time_s, next(self.tick), None, action))

    # -- the loop -----------------------------------------------------------------------------------------------------

    def run(self) -> Result:
        """Serve every request."""
        jobs, coming = self._jobs()
        self.waiting_users = deque(jobs[self.requests.users:]) if self.requests.users else None
        self.coming = coming
        events, total = self.events, len(jobs)
        while self.done < total:
            if coming and (not events or coming[0].arrival_s <= events[0][0]):
                job = coming.popleft()
                self._send(self._route(job), job, job.arrival_s)
                continue
            now, _, replica, version = heappop(events)
            if replica is None:
                version(now)  # an action of its own
            elif replica.version == version:
                replica.finish()
                if replica.finished:
                    self._finished(replica, now)
                if replica.handed_on:
                    self._hand_on(replica, now)
                replica.start(now)
                if replica.until < inf:
                    heappush(events, (replica.until, next(self.tick), replica, replica.version))
        for index in list(self.since):
            self.retire(self.all[index], self.end_s)
        return self._result(jobs)

    def _jobs(self) -> tuple[list[Job], deque[Job]]:
        r = self.requests
        rank = np.empty(len(r), dtype=np.int64)
        rank[np.lexsort((np.arange(len(r)), r.rank))] = np.arange(len(r))
        names: list[tuple[Hashable, ...]] = [()] * len(r)
        if self.named_tok and r.prefix_blocks is not None:
            whole = (r.prompt_tok // self.named_tok).tolist()
            names = [given[:most] for given, most in zip(r.prefix_blocks, whole, strict=True)]
        jobs = list(map(Job, range(len(r)), rank.tolist(), (r.arrival_s + self.delay_s).tolist(),
                        r.prompt_tok.tolist(), r.output_tok.tolist(), names))
        return jobs, deque(jobs[:r.users] if r.users else jobs)

    def _send(self, replica: Replica, job: Job, now: float) -> None:
        version = replica.version
        replica.arrive(job, now)
        self._changed(replica, version)

    def _changed(self, replica: Replica, version: int) -> None:
        if replica.version != version and replica.until < inf:
            heappush(self.events, (replica.until, next(self.tick), replica, replica.version))

    def _route(self, job: Job) -> Replica:
        pool = self.pool
        if len(pool) == 1:
            return pool[0]
        if self.policy.router == "round-robin":
            return pool[next(self.turn) % len(pool)]
        if self.policy.router == "least-loaded":
            return min(pool, key=_IN_FLIGHT)
        return min(pool, key=lambda replica: self._tok_ahead(replica, job))

    def _tok_ahead(self, replica: Replica, job: Job) -> tuple[int, int]:
        """Tokens to prefill before a request's first token, were it sent there; then the requests in flight."""
        cached = 0
        if job.names:
            cached = replica.blocks.matched(job.names, (job.target - 1) // self.named_tok)[0] * self.named_tok
        return replica.queued_tok - cached, replica.in_flight

    def _finished(self, replica: Replica, now: float) -> None:
        self.done += len(replica.finished)
        self.end_s = now
        if self.waiting_users is not None:
            sent_s = now + self.requests.think_s + self.delay_s
            for _ in range(min(len(replica.finished), len(self.waiting_users))):
                job = self.waiting_users.popleft()
                job.arrival_s = sent_s
                self.coming.append(job)
        replica.finished.clear()
        if self.scaler:
            self.scaler.drained(replica, now)

    def _hand_on(self, replica: Replica, now: float) -> None:
        for job in replica.handed_on:
            sent_s = now + job.target * self.prefill_service.kv_bytes_per_tok / self.policy.transfer_bytes_per_s
            self.at(sent_s, partial(self._arrived, replica, job))
        replica.handed_on.clear()

    def _arrived(self, replica: Replica, job: Job, now: float) -> None:
        if self.log is not None:
            self.log.events.append((job.index, TRANSFER, job.since_s, now, replica.index))
        version = replica.version
        replica.let_go(job, now)
        self._changed(replica, version)
        decoder = min(self.decoders, key=_IN_FLIGHT)
        self._send(decoder, job, now)

    # -- what it tells ------------------------------------------------------------------------------------------------

    def _result(self, jobs: list[Job]) -> Result:
        def column(name: str, dtype: type = float) -> np.ndarray:
            return np.fromiter(map(attrgetter(name), jobs), dtype, len(jobs))

        arrival_s = column("arrival_s") - self.delay_s
        log = self.log or Log()
        if not any(replica.busy_s for replica in self.all):
            raise ValueError("no step takes any time, so that there is no throughput and no use of the machines; give "
                             "a step_time that is above 0 for some step.")
        sums = {name: sum(getattr(replica, name) for replica in self.all) for name in ("busy_s", "batch_s", "held_s")}
        return Result(
            requests=self.requests, arrival_s=arrival_s, start_s=column("start_s"), first_s=column("first_s"),
            finish_s=column("finish_s"), gap_s=column("gap_s"), cached_tok=column("cached_tok", np.int64),
            preemptions=column("preemptions", np.int64), replica=column("replica", np.int64),
            duration_s=self.end_s - float(arrival_s[0]), replica_s=self.paid_s, chip_s=self.paid_chip_s,
            busy_s=sums["busy_s"], decode_s=sums["batch_s"], block_s=sums["held_s"], kv_blocks=self.service.kv_blocks,
            delay_s=self.delay_s, events=np.array(log.events, dtype=EVENT), steps=np.array(log.steps, dtype=STEPS),
            fleet=np.array(self.sizes))
