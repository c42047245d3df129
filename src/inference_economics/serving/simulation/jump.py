"""Steps in a row that differ only by caches which grow: an arithmetic series, summed rather than walked."""

from __future__ import annotations

from math import ceil, sqrt
from typing import NamedTuple


class Jump(NamedTuple):
    """Several steps of one batch.

    Parameters
    ----------
    steps : int
        How many. [1]
    first_s, rise_s : float
        Time of the first, and by how much each takes longer than the one before, which is no more than the first. [s]
    """

    steps: int
    first_s: float
    rise_s: float

    @property
    def last_s(self) -> float:
        """Time of the last step [s]."""
        return self.first_s + self.rise_s * (self.steps - 1)

    @property
    def span_s(self) -> float:
        """Time of all steps [s]."""
        return self.steps * (self.first_s + self.rise_s * (self.steps - 1) / 2)

    def cut(self, gone_s: float) -> Jump:
        """Return the jump that ends with the step under way.

        Parameters
        ----------
        gone_s : float
            Time since the jump began. [s]

        Returns
        -------
        Jump
            One step at the least.
        """
        start = self.first_s - self.rise_s / 2
        steps = ceil(2 * gone_s / (start + sqrt(start * start + 2 * self.rise_s * gone_s))) if gone_s > 0 else 1
        cut = self._replace(steps=max(steps, 1))
        while cut.steps < self.steps and cut.span_s < gone_s:
            cut = cut._replace(steps=cut.steps + 1)  # rounding
        return cut if cut.steps < self.steps else self
