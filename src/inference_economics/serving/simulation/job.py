"""A request on its way through a fleet, and what a run that is to be drawn remembers."""

from __future__ import annotations

from collections.abc import Hashable
from math import nan
from typing import TypeAlias

Event: TypeAlias = tuple[int, int, float, float, int]  # see `result.EVENT`
Steps: TypeAlias = tuple[int, float, float, int, float, float, int, int, int]  # see `result.STEPS`
PREFILL, DECODE, TRANSFER = range(3)  # what it does; see `result.PHASES`


class Job:
    """A request, and how far it has come.

    Parameters
    ----------
    index, order : int
        Place in the list of requests; rank by priority, then arrival.
    arrival_s : float
        When the engine sees it. [s]
    prompt_tok, output_tok : int
        Lengths. [token]
    names : tuple
        Its prompt's whole blocks.
    """

    __slots__ = ("arrival_s", "base", "cached_tok", "chunk", "decoding", "done", "end_step", "entered", "finish_s",
                 "first_s", "gap_s", "generated", "held", "index", "last_s", "names", "order", "output_tok",
                 "preemptions", "prompt_tok", "replica", "since_s", "start_s", "target")

    def __init__(self, index: int, order: int, arrival_s: float, prompt_tok: int, output_tok: int,
                 names: tuple[Hashable, ...]) -> None:
        self.index, self.order, self.arrival_s, self.names = index, order, arrival_s, names
        self.prompt_tok, self.output_tok = prompt_tok, output_tok
        self.target = prompt_tok  # tokens to prefill: the prompt, and after a preemption the answer so far
        self.done = 0  # of those, in the cache
        self.chunk = 0  # of those, in the step under way
        self.generated = 0
        self.held: tuple[Hashable, ...] = ()  # named blocks
        self.decoding = False
        self.base = self.end_step = 0
        self.replica = -1
        self.preemptions = 0
        self.cached_tok = -1  # of the prompt, found in the cache when it was first admitted
        self.entered = 0  # the replica's count of gaps when it began to decode
        self.gap_s = 0.0  # longest between two of its tokens
        self.last_s = nan  # its last token before it stopped decoding
        self.start_s = self.first_s = self.finish_s = self.since_s = nan


class Log:
    """Lists that replicas and their fleet append to: where each request was, and what each replica did."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.steps: list[Steps] = []
