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

PANELS = range(2, 7)  # how many plots may stand beside each other


@dataclasses.dataclass(frozen=True)
class Panel:
    """A small plot with marks of its own, beside others with the same axes. Its label stands above it.

    A figure's marks are all panels, or none is. Marks of one label and look may stand in several.
    """

    label: str
    marks: Sequence[Mark]

    def __post_init__(self) -> None:
        if is_traced(self.label) or not isinstance(self.label, str) or not self.label.strip():
            raise ValueError(f"panel: label={self.label!r} must be text that stands still.")
        if isinstance(self.marks, Mark) or not isinstance(self.marks, Sequence) or not self.marks:
            raise ValueError(f"panel {self.label!r} needs a list of marks, but has {self.marks!r}.")
        if any(isinstance(mark, Panel) for mark in self.marks):
            raise ValueError(f"panel {self.label!r} holds a panel; panels do not nest.")


@dataclasses.dataclass(frozen=True)
class Figure:
    """What an explorer shows for one setting.

    `marks` may be a list of `Panel`, for small multiples. They are unfolded: `marks` then has the marks of all, one
    panel after the other, and `panels` each panel's label with the number of its marks.
    """

    x: Axis
    y: Axis
    marks: Sequence[Any]  # of Mark, or of Panel until the figure is made
    readouts: Sequence[Readout] = ()
    states: Sequence[State] = ()
    equal: bool = False  # one unit is as long along x as along y: a circle is round
    # numbers for a page's own script, which are not shown
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    panels: Sequence[tuple[str, int]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.x, Axis) or not isinstance(self.y, Axis):
            raise ValueError(f"the figure needs two axes, but has x={self.x!r} and y={self.y!r}.")
        if not isinstance(self.equal, bool) or (self.equal and "log" in (self.x.scale, self.y.scale)):
            raise ValueError(f"equal={self.equal!r} must be true or false, and true on linear axes only.")
        if not self.marks:
            raise ValueError("the figure has no marks.")
        self._unfold()
        groups: tuple[tuple[Sequence[Part], type[Part]], ...] = (
            *((marks, Mark) for marks in self.by_panel()), (self.readouts, Readout), (self.states, State))
        for group, kind in groups:
            for part in group:
                if not isinstance(part, kind):
                    raise ValueError(f"{part!r} is not a part that the figure can have here.")
                part.check(self)
            seen = [getattr(part, part.texts[0]) for part in group if part.fixed_words]
            twice = {name for name in seen if seen.count(name) > 1}
            if twice:
                raise ValueError(f"two parts of the figure are called {min(twice)!r}; each needs its own label.")

    def _unfold(self) -> None:
        """Take the marks out of panels, or say what is wrong with these."""
        given = [mark for mark in self.marks if isinstance(mark, Panel)]
        if given:
            if len(given) < len(self.marks):
                raise ValueError("the figure has panels and marks beside them; put every mark into a panel.")
            object.__setattr__(self, "panels", tuple((panel.label, len(panel.marks)) for panel in given))
            object.__setattr__(self, "marks", [mark for panel in given for mark in panel.marks])
        if not self.panels:
            return
        names = [label for label, _ in self.panels]
        if len(names) not in PANELS:
            raise ValueError(f"the figure has {len(names)} panels, but {PANELS[0]} to {PANELS[-1]} fit.")
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two panels of the figure are called {min(twice)!r}; each needs its own label.")
        if sum(count for _, count in self.panels) != len(self.marks):
            raise ValueError(f"panels={self.panels!r} does not fit {len(self.marks)} marks.")
        if self.equal:
            raise ValueError("equal=True needs one plot; leave it out, or the panels.")

    def by_panel(self) -> list[Sequence[Mark]]:
        """Return the marks of each panel; all together where there is none."""
        ends = np.cumsum([count for _, count in self.panels]).tolist() or [len(self.marks)]
        return [self.marks[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def panel_of(self) -> list[int]:
        """Return in which panel each mark stands, from 0; zeros where there is none."""
        return [k for k, marks in enumerate(self.by_panel()) for _ in marks]

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
        out: list[int] = []
        for marks in self.by_panel():  # each begins anew: what is first in each looks alike
            out += self._colors(marks)
        return out

    @staticmethod
    def _colors(marks: Sequence[Mark]) -> list[int]:
        out, following = [], 0
        for mark in marks:
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
        return [name for mark, name in zip(self.marks, self.names(), strict=True) if not np.any(mark.inside(self))]

    def names(self) -> list[str]:
        """Return what each mark is called: its label, after that of its panel unless its words stand in the plot."""
        panels = [label for label, _ in self.panels]
        return [f"{panels[k]}: {mark.label}" if panels and mark.fixed_words and mark.label else mark.label
                for mark, k in zip(self.marks, self.panel_of(), strict=True)]

    def unseen(self) -> str:
        """Return the sentence that names the marks with no part within the limits; nothing where all are seen.

        A figure's limits stand still while its marks move, and what cannot run has no place. Neither may vanish
        without a word. The page's script writes the same.
        """
        labels = [label for label in self.outside() if label]
        return f"Not on the chart: {', '.join(labels)}." if labels else ""
