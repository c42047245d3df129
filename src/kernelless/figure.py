"""A figure as data: two axes with declared limits, marks, readouts, states.

A figure function returns a `Figure`. The same description is drawn by matplotlib (`draw.py`) and, after tracing, moved
by the page's script.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .axis import Axis
from .checks import is_traced
from .palette import HERE, PALETTE, hatched
from .parts import Mark, Part, Readout, State


@dataclasses.dataclass(frozen=True)
class Figure:
    """What an explorer shows for one setting."""

    x: Axis
    y: Axis
    marks: Sequence[Mark]
    readouts: Sequence[Readout] = ()
    states: Sequence[State] = ()
    equal: bool = False  # one unit is as long along x as along y: a circle is round
    # numbers for a page's own script, which are not shown
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.x, Axis) or not isinstance(self.y, Axis):
            raise ValueError(f"the figure needs two axes, but has x={self.x!r} and y={self.y!r}.")
        if not isinstance(self.equal, bool) or (self.equal and "log" in (self.x.scale, self.y.scale)):
            raise ValueError(f"equal={self.equal!r} must be true or false, and true on linear axes only.")
        if not self.marks:
            raise ValueError("the figure has no marks.")
        groups: tuple[tuple[Sequence[Part], type[Part]], ...] = (
            (self.marks, Mark), (self.readouts, Readout), (self.states, State))
        for group, kind in groups:
            for part in group:
                if not isinstance(part, kind):
                    raise ValueError(f"{part!r} is not a part that the figure can have here.")
                part.check(self)
            seen = [getattr(part, part.texts[0]) for part in group if part.fixed_words]
            twice = {name for name in seen if seen.count(name) > 1}
            if twice:
                raise ValueError(f"two parts of the figure are called {min(twice)!r}; each needs its own label.")

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Yield every mark, readout and state with its key (``m0``, ``r0``, ``s0``, and so on)."""
        groups: tuple[tuple[str, Sequence[Part]], ...] = (("m", self.marks), ("r", self.readouts), ("s", self.states))
        for letter, group in groups:
            for i, part in enumerate(group):
                yield f"{letter}{i}", part

    def moving(self, given: bool = False) -> Iterator[tuple[str, str, Any]]:
        """Yield ``(key, field, value)`` for everything that may depend on a control, chosen words included.

        With `given`, the fields as the author gave them; else what the page moves, which may be computed from them.
        """
        for key, part in self.parts():
            for field in (given and part.given) or part.moving:
                value = getattr(part, field)
                if value is not None:
                    yield key, field, value
            for field in part.texts:
                if is_traced(getattr(part, field)):
                    yield key, field, getattr(part, field)

    def words(self) -> list[str]:
        """Return every text of the figure that is not a number."""
        return [getattr(part, field) for _, part in self.parts() for field in part.texts]

    def colors(self) -> list[int]:
        """Return each mark's place in the palette, its own or the next one; -1 for a mark without a colour."""
        out, following = [], 0
        for mark in self.marks:
            if mark.color is None:
                out.append(following % len(PALETTE) if mark.swatch else -1)
                following = max(following, mark.used(following) + 1) if mark.swatch else following
            elif mark.color == HERE:
                out.append(HERE)
            else:
                out.append(mark.color % len(PALETTE))
                following = max(following, mark.used(mark.color) + 1)
        return out

    def legend(self) -> list[tuple[str, str, int]]:
        """Return (swatch, label, colour) of every mark that a legend names."""
        entries = [entry for mark, color in zip(self.marks, self.colors(), strict=True) for entry in mark.legend(color)]
        return list(dict.fromkeys(entries))  # marks that share their kinds are named once

    def hatches(self) -> set[tuple[str, int]]:
        """Return the (swatch, colour) that are told apart by a hatch."""
        looks = [(swatch, color) for swatch, _, color in self.legend()]
        return {look for look, hatch in zip(looks, hatched(looks), strict=True) if hatch}

    def outside(self) -> list[str]:
        """Return the labels of marks with no part within the limits, for a figure of known values."""
        return [mark.label for mark in self.marks if not np.any(mark.inside(self))]

    def unseen(self) -> str:
        """Return the sentence that names the marks with no part within the limits; nothing where all are seen.

        A figure's limits stand still while its marks move, and what cannot run has no place. Neither may vanish
        without a word. The page's script writes the same.
        """
        labels = [label for label in self.outside() if label]
        return f"Not on the chart: {', '.join(labels)}." if labels else ""
