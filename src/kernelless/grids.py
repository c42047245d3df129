"""A grid whose cells have kinds, or levels in shades: pages of a cache, heads and tokens, a schedule."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from .axis import Plot
from .boxes import Boxes, Look
from .checks import is_traced
from .trace import Traced
from .units import text

SHADES = 6  # steps of opacity between the lowest and the highest value


@dataclasses.dataclass(frozen=True)
class Cells(Boxes):
    """A grid whose cells are coloured by kind, or shaded by value.

    Parameters
    ----------
    value : array, shape (rows, columns)
        With `kinds`: the place of each cell's kind. Else: a number within `levels`. NaN leaves a cell out.
    label : str
        What the cells are, for the legend and the reader.
    kinds : sequence of str, or dict of str to int or None
        Names of kinds 0, 1, 2, …; a dict gives each a place in the palette, or None for an empty outline.
    levels : (float, float)
        The values of the lightest and the darkest shade.
    unit : str
        Unit of a value that is shaded.
    at, step_by : (float, float)
        Centre of the first cell (x, y), and the way to the next column and to the next row. [(0, 0), (1, 1)]
    gap : float
        Share of a cell left free between neighbours. [0.1]
    words : sequence of str
        What is written in each cell, row by row; the cursor reads what does not fit.
    """

    value: Any
    label: str
    kinds: Any = None
    levels: tuple[float, float] | None = None
    unit: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    step_by: tuple[float, float] = (1.0, 1.0)
    gap: float = 0.1
    words: Sequence[str] | None = None
    color: int | None = None
    given = ("value",)
    moving = (*Boxes.moving, "value")
    swatch = "cell"
    fitted = True

    def check_shapes(self, figure: Plot, shapes: dict[str, tuple[int, ...]]) -> None:
        """Raise ValueError unless the values are a grid, and have either kinds or levels."""
        if len(shapes["value"]) != 2 or 0 in shapes["value"]:
            raise ValueError(f"{self.name()}: value must have shape (rows, columns), but has {shapes['value']}.")
        if (self.kinds is None) == (self.levels is None):
            raise ValueError(f"{self.name()} needs either kinds=(names) or levels=(low, high).")
        numbers = (*self.at, *self.step_by, self.gap, *(self.levels or ()))
        if any(is_traced(n) for n in numbers) or not np.isfinite(numbers).all() or 0 in self.step_by:
            raise ValueError(f"{self.name()}: at, step_by, gap and levels must be fixed, finite numbers; step_by "
                             "not 0.")
        if not 0 <= self.gap < 1:
            raise ValueError(f"{self.name()}: gap={self.gap!r} must be a share from 0 to below 1.")
        if self.levels is not None:
            low, high = self.levels
            if not low < high:
                raise ValueError(f"{self.name()}: levels={self.levels!r} must rise.")
            if not is_traced(self.value):
                value = np.asarray(self.value, dtype=float)
                beyond = value[(value < low) | (value > high)]
                if beyond.size:
                    raise ValueError(f"{self.name()}: {beyond.flat[0]:g} is outside levels {low:g} to {high:g}; widen "
                                     "them, or clip the values and say so.")
        self.check_looks()

    def _side(self, axis: int, sign: int) -> Any:
        shape = np.shape(self.value)
        places = self.at[axis] + self.step_by[axis] * np.arange(shape[1 - axis])
        edges: Any = places + sign * abs(self.step_by[axis]) * (1 - self.gap) / 2
        if type(self.value) is Traced:  # one row for all, which the page repeats
            edges = self.value.graph.lift(edges)
        return np.ravel(np.broadcast_to(edges if axis == 0 else edges[:, None], shape))

    left = property(lambda self: self._side(0, -1))
    right = property(lambda self: self._side(0, 1))
    low = property(lambda self: self._side(1, -1))
    high = property(lambda self: self._side(1, 1))

    @property
    def step(self) -> Any:
        """The kind of each cell, or the place of its shade."""
        value = np.ravel(self.value)
        if self.levels is None:
            return value
        low, high = self.levels
        return np.clip(np.floor((value - low) * (SHADES / (high - low))), 0, SHADES - 1)

    def looks(self, color: int) -> list[Look]:
        """Return a look for each kind, or for each shade."""
        if self.levels is None:
            return super().looks(color)
        return [Look(self.label, color, round((j + 1) / SHADES, 2)) for j in range(SHADES)]

    def legend(self, color: int) -> list[tuple[str, str, int]]:
        """Return an entry for each kind, or one for all shades."""
        if self.levels is None:
            return super().legend(color)
        low, high = (text(level, self.unit) for level in self.levels)
        return [("shades", f"{self.label}: {low} to {high}", color)]
