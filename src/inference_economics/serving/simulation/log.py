"""What a run that is to be drawn remembers."""

from __future__ import annotations

from typing import TypeAlias

Event: TypeAlias = tuple[int, int, float, float, int]  # see `result.EVENT`
Steps: TypeAlias = tuple[int, float, float, int, float, float, int, int, int]  # see `result.STEPS`


class Log:
    """Lists that replicas and their fleet append to: where each request was, and what each replica did."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.steps: list[Steps] = []
