"""The same engine, one step and one token at a time: slow, with every block in a list. Only tests use it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Sequence:
    index: int
    order: tuple
    arrival_s: float
    prompt_tok: int
    output_tok: int
    names: list
    generated: int = 0
    cached: int = 0  # tokens in the cache
    held: list = field(default_factory=list)
    start_s: float = np.nan
    first_s: float = np.nan
    finish_s: float = np.nan
    hit_tok: int = -1
    preemptions: int = 0
    decoding: bool = False
    target: int = 0
    tokens_s: list = field(default_factory=list)

    def private(self, block_tok, named_tok):
        tok = self.cached if self.decoding else self.target
        return -(-tok // block_tok) - len(self.held) * (named_tok // block_tok if named_tok else 0)


class Engine:
    """One replica with chunked or whole prefill."""

    def __init__(self, requests, service, policy):
        self.service, self.policy, self.times = service, policy, service.step_time
        caching = policy.prefix_cache and requests.prefix_blocks is not None
        self.named_tok = requests.prefix_block_tok if caching else 0
        self.todo = [Sequence(i, (int(requests.priority[i]), i), requests.arrival_s[i] + self.times.request_s,
                              int(requests.prompt_tok[i]), int(requests.output_tok[i]),
                              list(requests.prefix_blocks[i][:requests.prompt_tok[i] // self.named_tok])
                              if caching else []) for i in range(len(requests))]
        self.waiting, self.running, self.done = [], [], []
        self.cache = []  # names, least recently used first
        self.reserve = int(policy.reserve_fraction * service.kv_blocks)

    def per_name(self):
        return self.named_tok // self.service.block_tok if self.named_tok else 0

    def in_use(self):
        return {name for sequence in self.running for name in sequence.held}

    def free(self):
        """Blocks that are free once every idle name is dropped."""
        private = sum(s.private(self.service.block_tok, self.named_tok) for s in self.running)
        return self.service.kv_blocks - private - self.per_name() * len(self.in_use())

    def evict(self):
        while self.free() - self.per_name() * len(set(self.cache) - self.in_use()) < 0:
            self.cache.remove(next(name for name in self.cache if name not in self.in_use()))

    def leave(self, sequence):
        self.running.remove(sequence)
        for name in reversed(sequence.held):
            if name not in self.in_use():
                self.cache.remove(name)
                self.cache.append(name)
        sequence.held = []

    def preempt(self):
        victim = max(self.running, key=lambda s: s.order)
        self.leave(victim)
        victim.preemptions += 1
        victim.decoding, victim.cached = False, 0
        self.waiting.append(victim)

    def admit(self, now):
        budget = self.service.token_budget
        left = budget - (sum(s.decoding for s in self.running) if self.policy.chunked else 0)
        left -= sum(s.target - s.cached for s in self.running if not s.decoding)
        self.waiting.sort(key=lambda s: s.order)
        begun = any(not s.decoding for s in self.running)
        while self.waiting and left > 0 and len(self.running) < self.service.max_batch:
            s = self.waiting[0]
            s.target = s.prompt_tok + s.generated
            hits = []
            for name in s.names[:(s.target - 1) // self.named_tok if self.named_tok else 0]:
                if name not in self.cache:
                    break
                hits.append(name)
            blocks = -(-s.target // self.service.block_tok)
            woken = len(set(hits) - self.in_use())
            need = blocks - len(hits) * self.per_name() + woken * self.per_name()
            if need + (self.reserve if self.running else 0) > self.free():
                break
            if not self.policy.chunked and begun and s.target > left:
                break
            self.waiting.pop(0)
            s.held, s.cached = hits, len(hits) * self.named_tok
            self.running.append(s)
            begun = True
            if s.hit_tok < 0:
                s.hit_tok, s.start_s = s.cached, now
            left -= s.target - s.cached
            self.evict()

    def grows(self):
        return sum(s.decoding and s.cached % self.service.block_tok == 0 for s in self.running)

    def run(self):
        now = 0.0
        while self.todo or self.waiting or self.running:
            if not self.running and not self.waiting:
                now = max(now, self.todo[0].arrival_s)
            while self.todo and self.todo[0].arrival_s <= now:
                self.waiting.append(self.todo.pop(0))
            self.admit(now)
            now = self.step(now)
            self.check()
        return sorted(self.done, key=lambda s: s.index)

    def step(self, now):
        chunked = self.policy.chunked
        if chunked or not any(not s.decoding for s in self.running):
            while self.grows() > self.free():
                self.preempt()
        prefilling = [s for s in self.running if not s.decoding]
        decoding = [s for s in self.running if s.decoding] if chunked or not prefilling else []
        left = self.service.token_budget - len(decoding)
        chunks = []
        for s in prefilling:
            size = min(s.target - s.cached, left) if chunked else s.target - s.cached
            chunks.append((s, size))
            left -= size
        ending = [s for s, size in chunks if s.cached + size == s.target]
        now += self.span_s(decoding, chunks, ending)
        for s in decoding:
            s.cached += 1
            s.generated += 1
            s.tokens_s.append(now)
        self.evict()
        for s, size in chunks:
            s.cached += size
        for s in ending:
            self.begin_answer(s, now)
        for s in ending + sorted(decoding, key=lambda s: s.index):
            if s.generated == s.output_tok:
                s.finish_s = now
                self.leave(s)
                self.done.append(s)
        return now

    def span_s(self, decoding, chunks, ending):
        times = self.times
        context = sum(s.cached + 1 for s in decoding) + sum(s.target for s in ending)
        batch = len(decoding) + len(ending)
        span = times.decode_s(batch, context) if batch else times.launch_s
        curve = times.prefill_s if decoding else times.prefill_alone_s or times.prefill_s
        work = sum(curve(s.cached + size) - (curve(s.cached) if s.cached else 0) for s, size in chunks if size)
        if not chunks:
            return span
        return span + (times.interference * work if decoding else max(work, times.read_s))

    def begin_answer(self, s, now):
        s.generated += 1
        s.tokens_s.append(now)
        if s.generated == 1:
            s.first_s = now
        s.held = list(s.names)
        self.cache += [name for name in s.names if name not in self.cache]
        s.decoding = True

    def check(self):
        assert self.free() >= 0
        assert self.free() >= self.per_name() * len(set(self.cache) - self.in_use())
