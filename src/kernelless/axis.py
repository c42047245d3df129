"""An axis, and the plot that two of them span: all that a mark must know to find its place."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, Protocol

import numpy as np

from .checks import is_traced


@dataclasses.dataclass(frozen=True)
class Axis:
    """One axis with declared limits, which do not move with the sliders.

    label : what is measured, in lower case. unit : as `units.text` knows it. limits : in base units.
    scale : linear or log. categories : names of places 0, 1, 2, … for bars; limits follow from them.
    shown : false for a diagram whose places mean nothing: no ticks, no grid, no line.
    ticks : the values that matter, such as 1, 2, 4, 8; by default round ones. whole : only whole numbers are ticked.
    """

    label: str
    limits: tuple[float, float] | None = None
    unit: str = ""
    scale: str = "linear"
    categories: tuple[str, ...] | None = None
    ticks: tuple[float, ...] | None = None
    whole: bool = False
    shown: bool = True

    @classmethod
    def blank(cls, low: float, high: float) -> Axis:
        """Return an axis that is not shown, for a diagram."""
        return cls("", (low, high), shown=False)

    def __post_init__(self) -> None:
        if is_traced(self.label) or not isinstance(self.label, str):
            raise ValueError(f"axis label {self.label!r} must be fixed text.")
        if not isinstance(self.shown, bool):
            raise ValueError(f"axis {self.label!r}: shown={self.shown!r} must be true or false.")
        if self.categories is not None:
            if is_traced(self.categories) or isinstance(self.categories, str) or not self.categories:
                raise ValueError(f"axis {self.label!r}: categories {self.categories!r} must be a list of names.")
            object.__setattr__(self, "categories", tuple(str(name) for name in self.categories))
            object.__setattr__(self, "limits", (-0.6, len(self.categories) - 0.4))
        if self.limits is None or is_traced(self.limits) or any(is_traced(limit) for limit in self.limits):
            raise ValueError(f"axis {self.label!r} needs fixed limits, because they must not move with the sliders.")
        low, high = (float(limit) for limit in self.limits)
        object.__setattr__(self, "limits", (low, high))
        if self.scale not in ("linear", "log"):
            raise ValueError(f"axis {self.label!r}: unknown scale {self.scale!r}; known: linear, log.")
        if not (np.isfinite([low, high]).all() and low < high):
            raise ValueError(f"axis {self.label!r}: limits {low:g}..{high:g} must be finite and rising.")
        if self.scale == "log" and low <= 0:
            raise ValueError(f"axis {self.label!r}: limits {low:g}..{high:g} must be above 0 on a log scale.")
        if self.ticks is not None:
            object.__setattr__(self, "ticks", self._checked(self.ticks))

    def _checked(self, given: Any) -> tuple[float, ...]:
        """Return the declared ticks as numbers, or say what is wrong with them."""
        if self.categories:
            raise ValueError(f"axis {self.label!r} has categories, which are its ticks; leave ticks={given!r} out.")
        if is_traced(given) or not isinstance(given, (tuple, list, range, np.ndarray)) or any(map(is_traced, given)):
            raise ValueError(f"axis {self.label!r}: ticks={given!r} must be fixed numbers, such as (1, 2, 4, 8).")
        try:
            ticks = tuple(float(value) for value in given)
        except (TypeError, ValueError):
            raise ValueError(f"axis {self.label!r}: ticks={given!r} must be numbers, such as (1, 2, 4, 8).") from None
        rising = all(a < b for a, b in itertools.pairwise(ticks))
        if not (ticks and rising and np.all(self.contains(ticks))):
            raise ValueError(f"axis {self.label!r}: ticks={given!r} must rise and lie within the limits "
                             f"{self.span[0]:g}..{self.span[1]:g}.")
        if self.whole and any(value % 1 for value in ticks):
            raise ValueError(f"axis {self.label!r}: ticks={given!r} must be whole numbers, as whole=True says.")
        return ticks

    @property
    def span(self) -> tuple[float, float]:
        """The limits, known to be there once the axis is made."""
        assert self.limits is not None
        return self.limits

    def contains(self, values: Any) -> np.ndarray:
        """Say which values lie within the limits."""
        return (np.asarray(values) >= self.span[0]) & (np.asarray(values) <= self.span[1])

    def middle(self, start: Any, end: Any) -> Any:
        """Return the value that is drawn halfway between two others."""
        with np.errstate(all="ignore"):
            return np.sqrt(start) * np.sqrt(end) if self.scale == "log" else (start + end) / 2

    def overlaps(self, start: Any, end: Any) -> np.ndarray:
        """Say which ways from a start to an end have a part within the limits; none has where either is NaN."""
        return (np.minimum(start, end) <= self.span[1]) & (np.maximum(start, end) >= self.span[0])

    def place(self, values: Any) -> np.ndarray:
        """Return drawable values, NaN for the others: on a log axis zero and below have no place."""
        values = np.asarray(values, dtype=float)
        keep = np.isfinite(values) & ((values > 0) if self.scale == "log" else True)
        return np.where(keep, values, np.nan)


class Plot(Protocol):
    """What a mark is drawn in: a `Figure`, or anything else with two axes."""

    @property
    def x(self) -> Axis:
        """The axis across."""

    @property
    def y(self) -> Axis:
        """The axis along."""
