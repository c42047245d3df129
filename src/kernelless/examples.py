"""One small figure of each mark that is not a chart's, and of panels, with source: what the library's page shows."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable

import numpy as np

from .axis import Axis
from .boxes import Blocks, Spans
from .controls import Slider
from .diagrams import Arrows, Bracket, Flow, Note
from .explorer import Explorer, explore
from .figure import Figure, Panel
from .grids import Cells
from .parts import Line, Readout, Rule
from .play import Play
from .stacks import Stack, Waterfall


def table() -> Explorer:
    """A grid of cells."""
    key = np.arange(96).reshape(6, 16)

    def figure(keys, stride):
        slot = np.remainder(key * stride, 96.0)  # where each key would go
        return Figure(
            x=Axis("column", (-0.5, 15.5), whole=True), y=Axis("row", (-0.5, 6.5), ticks=range(6)),
            marks=[Cells(np.where(slot < keys, 0.0, 1.0), "slots", kinds={"taken": 0, "free": None}),
                   Bracket("one row", -0.5, 15.5, 5.8, along="x", value=16, unit="slots")],
            readouts=[Readout("Full", keys / 96, "%")])

    return explore(figure, title="A hash table fills", watch="Change the stride.", name="example-cells",
                   keys=Slider(0, 96, value=40), stride=Slider(1, 31, value=5))


def attention() -> Explorer:
    """Cells shaded by value."""
    place = np.arange(12.0)

    def figure(width):
        weight = np.exp(-np.square((place[:, None] - place) / width))
        return Figure(x=Axis("to", (-0.5, 11.5)), y=Axis("from", (-0.5, 11.5)),
                      marks=[Cells(weight, "weight", levels=(0, 1), unit="%")])

    return explore(figure, title="A kernel", watch="Widen it.", name="example-shades",
                   width=Slider(0.5, 8.0, value=2.0))


def day() -> Explorer:
    """A timeline that plays."""
    lane = np.array([0.0, 1, 2, 0, 1, 2])
    start = np.array([0.0, 0, 2, 7, 5, 9])
    length = np.array([6.0, 4, 6, 5, 8, 4])

    def figure(t, delay):
        begin = start + delay * lane
        end = np.minimum(begin + length, t)
        return Figure(
            x=Axis("time", (0, 24), "h"), y=Axis("", categories=("saw", "lathe", "paint")),
            marks=[Spans(lane, begin, np.where(end > begin, end, np.nan), "job", kinds=("first", "second"),
                         kind=np.array([0, 0, 0, 1, 1, 1]), words=("A", "B", "C", "D", "E", "F")), Rule("now", x=t)])

    return explore(figure, title="A workshop's day", watch="Press play.", name="example-spans",
                   t=Play(0, 24, step=0.25, value=10, unit="h", label="Time", seconds=8),
                   delay=Slider(0.0, 3.0, value=0.0, unit="h"))


def tanks() -> Explorer:
    """Blocks and the arrows between them."""

    def figure(inflow, leak):
        level = np.stack([3.0, 1.0 + inflow / 4, 1.0])
        blocks = Blocks(np.array([1.5, 5.0, 8.5]), np.array([2.5, 2.5, 2.5]), "tanks", width=1.8, height=level,
                        words=("spring", "tank", "house"), kinds={"source": 5, "store": 0, "use": 2}, kind=np.arange(3))
        return Figure(
            x=Axis.blank(0, 10), y=Axis.blank(0, 5),
            marks=[blocks, Arrows.between(blocks, (("spring", "tank"), ("tank", "house")), "water", widest=10,
                                          value=np.stack([inflow, inflow * (1 - leak)]), unit="l/s"),
                   Note("lost", 5.0, 2.5 - level[1] / 2, dx=20, dy=18, value=inflow * leak, unit="l/s")])

    return explore(figure, title="Two pipes and a tank", watch="Raise the leak.", name="example-blocks",
                   inflow=Slider(0.0, 10.0, value=6.0, unit="l/s"), leak=Slider(0.0, 1.0, value=0.2, unit="%"))


def hours() -> Explorer:
    """A stack with a bracket."""

    def figure(sleep, work):
        parts = np.stack([sleep, work, 24.0 - sleep - work])
        return Figure(x=Axis.blank(-0.6, 1.8), y=Axis("hours", (0, 24), "h", ticks=(0, 6, 12, 18, 24)),
                      marks=[Stack(parts, "a day", words=("Sleep", "Work", "The rest"), unit="h"),
                             Bracket("awake", sleep, 24.0, 1.0, value=24.0 - sleep, unit="h")])

    return explore(figure, title="A day", watch="Sleep less.", name="example-stack",
                   sleep=Slider(4.0, 10.0, value=8.0, unit="h"), work=Slider(0.0, 12.0, value=8.0, unit="h"))


def hike() -> Explorer:
    """A waterfall with a total."""

    def figure(pass_height, valley):
        change = np.stack([valley, pass_height - valley, 1800.0 - pass_height])
        return Figure(x=Axis("height", (0, 3000), "m"),
                      y=Axis("", categories=("Village", "To the pass", "To the hut", "Hut")),
                      marks=[Waterfall(change, "way", totals=(3,), unit="m")])

    return explore(figure, title="A hike", watch="Raise the pass.", name="example-waterfall",
                   pass_height=Slider(1900.0, 2900.0, value=2400.0, unit="m"),
                   valley=Slider(400.0, 1500.0, value=900.0, unit="m"))


def lamp() -> Explorer:
    """Flows that split."""

    def figure(efficiency):
        part = np.stack([efficiency, 1.0 - efficiency])
        low = np.stack([0.0, efficiency])
        return Figure(x=Axis.blank(0, 10), y=Axis.blank(-0.1, 1.4),
                      marks=[Flow(1.0, 9.0, low, low + np.array([0.0, 0.3]), part, "energy", words=("light", "heat"),
                                  unit="%", kinds={"light": 4, "heat": 1}, kind=np.arange(2))])

    return explore(figure, title="A lamp", watch="Raise the efficiency.", name="example-flow",
                   efficiency=Slider(0.05, 0.95, value=0.3, unit="%"))


def wheel() -> Explorer:
    """A round thing, drawn round."""
    turn = np.linspace(0, 2 * np.pi, 91)

    def figure(angle):
        x, y = np.cos(angle), np.sin(angle)
        return Figure(x=Axis.blank(-1.6, 1.6), y=Axis.blank(-1.2, 1.2), equal=True,
                      marks=[Line(np.cos(turn), np.sin(turn), "circle"), Arrows(0.0, 0.0, x, y, "hand"),
                             Note("here", x, y, value=angle * 180 / np.pi, unit="°")])

    return explore(figure, title="A hand turns", watch="Press play.", name="example-hand",
                   angle=Play(0, 6.28, step=0.02, value=0.8, unit="rad", seconds=6))


def springs() -> Explorer:
    """Small multiples."""
    time = np.linspace(0, 10, 121)

    def figure(stiffness, now):
        panels = []
        for name, damping in (("light", 0.1), ("medium", 0.4), ("heavy", 1.2)):
            away = np.exp(-damping * time) * np.cos(np.sqrt(stiffness) * time)
            panels.append(Panel(name, [Line(time, away, "displacement"), Rule("now", x=now, moves="now")]))
        return Figure(x=Axis("time", (0, 10), "s"), y=Axis("displacement", (-1, 1)), marks=panels)

    return explore(figure, title="Three dampers on one spring", watch="Drag a line.", name="example-panels",
                   stiffness=Slider(0.5, 20.0, value=4.0), now=Slider(0.5, 9.5, value=2.0, unit="s"))


EXAMPLES: tuple[Callable[[], Explorer], ...] = (table, attention, day, tanks, hours, hike, lamp, wheel, springs)


def markdown(heading: str = "##") -> str:
    """Return the examples as Markdown, each with its source and as a live figure.

    Parameters
    ----------
    heading : str
        What a section's heading begins with.
    """
    sections = []
    for example in EXAMPLES:
        body = inspect.getsource(example).split('"""', 2)[2]
        title = (example.__doc__ or "").removesuffix(".")
        sections += [f"{heading} {title}", f"```python\n{textwrap.dedent(body).strip()}\n```", example().html()]
    return "\n\n".join(sections) + "\n"
