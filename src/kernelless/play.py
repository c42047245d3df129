"""Time: a slider that moves by itself."""

from __future__ import annotations

import dataclasses
from html import escape
from typing import Any

from .controls import Slider, _finite

MOST_STEPS = 2000


def button(control: Any, field: str) -> str:
    """Return the play button of a control that plays, for the input with the id `field`; nothing for the others."""
    if not isinstance(control, Play):
        return ""
    return (f'<button type="button" class="ex-play" data-play="{control.seconds:g}" aria-controls="{field}" '
            f'aria-label="Play {escape(control.label)}">▶</button>')


def players(control: Any, slider: Any) -> list[Any]:
    """Return ipywidgets' player for the slider of a control that plays, tied to it; nothing for the others."""
    if not isinstance(control, Play) or control.stops is None:
        return []
    import ipywidgets as widgets

    steps = len(control.stops) - 1
    # Jupyter redraws on each stop, which takes a while: no more than ten a second.
    interval_ms = max(round(1000 * control.seconds / steps), 100)
    player = widgets.Play(min=0, max=steps, value=slider.index, interval=interval_ms, show_repeat=False)
    widgets.link((player, "value"), (slider, "index"))
    return [player]


@dataclasses.dataclass(frozen=True)
class Play(Slider):
    """A parameter that runs from one end to the other when the reader presses play.

    It stops at every `step`, so a figure may look things up for each (`tabulate`). The page stands still until play is
    pressed, where the reader asks for reduced motion it moves step by step, and it never plays on paper.

    Parameters
    ----------
    low, high : float
        Start and end, in base units.
    value : float
        Where it stands before it plays, and in print: the value that the prose quotes. By default the end.
    step : float
        From one stop to the next. It divides the way from `low` to `high`. [1]
    seconds : float
        How long the whole way takes, from 1 to 120. [10]
    unit, label : str
        As for a `Slider`.
    """

    value: float | None = None  # type: ignore[assignment]  # a number once it is made
    step: float = 1.0
    seconds: float = 10.0

    def __post_init__(self) -> None:
        low, high, step, seconds = (_finite(name, getattr(self, name)) for name in ("low", "high", "step", "seconds"))
        if self.scale != "linear":
            raise ValueError(f"Play: scale={self.scale!r} must be linear; play a power, and raise to it in the figure.")
        if not 1 <= seconds <= 120:
            raise ValueError(f"Play: seconds={seconds:g} is outside 1 to 120.")
        count = round((high - low) / step) if step > 0 else 0
        if not (1 <= count <= MOST_STEPS and abs(low + count * step - high) <= 1e-9 * abs(step)):
            raise ValueError(f"Play: step={step:g} must divide the way from {low:g} to {high:g} into 1 to "
                             f"{MOST_STEPS:,} steps.")
        stops = (low, *(float(f"{low + k * step:.12g}") for k in range(1, count)), high)
        object.__setattr__(self, "stops", stops)
        object.__setattr__(self, "value", high if self.value is None else self.value)
        super().__post_init__()

    def spec(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return super().spec() | {"seconds": self.seconds}
