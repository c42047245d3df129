"""The longest wait for a next token, of every answer, without a look at every token.

A mean time per token hides the moment at which an answer stands still. All sequences of a batch share their steps, so
one list serves them all: of the steps so far, those that no later step exceeds. The longest since a sequence came is
the first of them that came after it.
"""

from __future__ import annotations

from bisect import bisect_left


class Gaps:
    """Longest gaps between tokens on one replica."""

    def __init__(self) -> None:
        self.clock = 0
        self._at: list[int] = []
        self._longest: list[float] = []
        self._stalls: list[tuple[int, float]] = []

    def advance(self, first_s: float, last_s: float) -> None:
        """Note one or more steps in which every sequence got a token; those between lie between first and last."""
        if self._stalls:
            # who was there when the stalls began waited for them as well
            waits, total_s = [], first_s
            for at, span in reversed(self._stalls):
                total_s += span
                waits.append((at, total_s))
            for at, gap_s in reversed(waits):
                self._push(at, gap_s)
            self._stalls.clear()
        self.clock += 1
        self._push(self.clock, max(first_s, last_s))

    def stall(self, span: float) -> None:
        """Note a step in which sequences stood still."""
        self.clock += 1
        self._stalls.append((self.clock, span))

    def stalled_s(self, since: int) -> float:
        """Return how long a sequence that came at `since` has stood still."""
        return sum(span for at, span in self._stalls if at > since)

    def longest_s(self, since: int) -> float:
        """Return the longest gap that a sequence had which came when the clock stood at `since`."""
        first = bisect_left(self._at, since + 1)
        return self._longest[first] if first < len(self._at) else 0.0

    def clear(self) -> None:
        """Forget all: nobody is there."""
        self._at.clear()
        self._longest.clear()
        self._stalls.clear()

    def _push(self, at: int, gap_s: float) -> None:
        longest = self._longest
        while longest and longest[-1] <= gap_s:
            longest.pop()
            self._at.pop()
        longest.append(gap_s)
        self._at.append(at)
