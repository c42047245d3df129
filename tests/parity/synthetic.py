"""Explorers that between them use every mark, every control and every operation; no chapter need use them all."""

from __future__ import annotations

import dataclasses

import numpy as np

from kernelless import (
    Arrows,
    Axis,
    Band,
    Bars,
    Blocks,
    Bracket,
    Cells,
    Choice,
    Figure,
    Flow,
    Label,
    Line,
    Note,
    Panel,
    Play,
    Point,
    Readout,
    Rule,
    Slider,
    Spans,
    Stack,
    State,
    Waterfall,
    explore,
    tabulate,
)


@dataclasses.dataclass(frozen=True)
class Spec:
    """A spec with fields, a property, a method, and a field that some lack."""

    name: str
    title: str
    size: float
    layers: int
    fast: bool
    curve: np.ndarray
    rate: float | None = None

    @property
    def area(self):
        return self.size**2 / self.layers

    def price(self, kind, factor=1.0):
        if isinstance(kind, str):
            return {"spot": 1.0, "reserved": 0.7}[kind] * self.size * factor
        return kind * self.size * factor


SPECS = (
    Spec("small-1", "Small 1", 1.5, 4, True, np.array([1.0, 2.0, 4.0]), 3.0),
    Spec("mid-2", "Mid & 2 <x>", 40.25, 16, False, np.array([3.0, 1.0, 0.5])),
    Spec("big-3", 'Big "3"', 1234.5, 80, True, np.array([2.0, 2.5, 9.0]), 0.1),
)
XS = np.geomspace(1, 1e6, 61)
KNOTS = np.arange(3.0)


def _lines(batch, context_tok, exponent, spec, kind, wide):
    time_s = context_tok * spec.size / (XS * batch)
    other = np.maximum(time_s, spec.area / 1e3) * np.power(context_tok, exponent)
    best = np.argmin(np.abs(time_s - 1), keepdims=True)
    here = np.take_along_axis(other, best, 0)[0]
    price = spec.price(kind) * batch + spec.price(batch, factor=0.5)
    total = np.sum(other) / np.where(wide, 2.0, 1.0)
    return Figure(
        x=Axis("tokens", (1, 1e6), "tokens", "log"), y=Axis("time", (1e-6, 1e6), "s", "log"),
        marks=[
            Line(XS, time_s, "time"),
            Line(XS, np.where(time_s > 1e-3, other, np.nan), "other"),
            Band(XS, time_s / 2, np.where(time_s > 1e3, np.inf, time_s * 2), "between"),
            Point(np.array([10.0, 1000.0]), np.stack([here, total]), "places", color=5),
            Point(context_tok, time_s[0], "you are here"),
            Rule("one second", y=1.0),
            Rule(spec.title, x=spec.size * batch),
            Rule(tabulate(lambda s, k: f"{s.title} on {k}", spec, kind), y=price),
            Label(100, 1e4, "price", price, "USD"),
            Label(context_tok, 10.0, tabulate(lambda s: s.name.upper(), spec)),
        ],
        readouts=[Readout("Time", here, "s"), Readout("Total", total, "s"), Readout("Price", price, "USD/h"),
                  Readout("Area", spec.area, "B"), Readout("Share", here / (here + total), "%"),
                  Readout("Layers", spec.layers * np.floor(batch / 3), "layers"), Readout("Ratio", price / batch, "×")],
        states=[State(here < 1, "Within a second", "Longer than a second"),
                State(spec.fast & (batch > 8), tabulate(lambda s: f"{s.title} is fast", spec), "slow")],
    )


def _bars(growth, staff, years, owned):
    months = np.cumsum(np.full_like(growth * KNOTS, growth)) * np.round(years)
    rest = np.where(owned, staff // 0.3, staff % 0.7) * np.ones(3)
    return Figure(
        x=Axis("cost", (0, 60), "USD"), y=Axis("", categories=("Rent <it>", "Own", 'Both "2"')),
        marks=[Bars(months, "compute"), Bars(months + rest, "staff", base=months)],
        readouts=[Readout("Largest", np.max(months), "USD"), Readout("At", np.argmax(months + rest)),
                  Readout("All", (months + rest).sum(), "USD"), Readout("Negative", -staff, "W")],
        states=[State(np.all(months < 20), "All below 20", "One is above 20")],
    )


def _columns(level, noise):
    value = np.array([1e3, 1e5, 1e7]) * level ** np.arange(1, 4) * np.exp(noise * KNOTS)
    return Figure(
        x=Axis("chip", categories=("A", "B", "C")), y=Axis("memory", (1e2, 1e12), "B", "log"),
        marks=[Bars(value, "memory"), Rule("limit", y=1e9), Label(1, 1e11, "sum", value.sum(), "B")],
        readouts=[Readout("Sum", value.sum(), "B")],
    )


def _waves(shift, scale, turns):
    """Every inexact operation, on a linear plot."""
    x = np.linspace(-5, 5, 81)
    a = np.sin(x * turns + shift) + np.cos(x)
    b = np.tanh(x) + np.log1p(np.abs(x)) / np.log(scale + 1) + np.log2(scale) / 10 + np.log10(scale)
    c = np.expm1(-np.abs(x)) + np.hypot(x, shift) / 5 + np.power(np.abs(x) + 1, -shift / 10)
    d = np.sqrt(np.square(x) + 1) * np.reciprocal(scale) + np.sign(x) * np.trunc(shift) / 10 - np.ceil(shift) / 20
    parts = np.stack([a, b, c, d])
    low, high = parts.min(axis=0), parts.max(axis=0)
    finite = np.all(np.isfinite(parts)) & ~np.any(np.isnan(parts) | np.isinf(parts))
    return Figure(
        x=Axis("x", (-5, 5)), y=Axis("y", (-3, 8), "USD/h"),
        marks=[Line(x, a, "a"), Line(x, b, "b"), Line(x, c, "c"), Line(x, d, "d"), Band(x, low, high, "range"),
               Line(x, np.mean(parts, axis=0), "mean"), Line(x, np.prod(parts, axis=0), "product"),
               Rule("shift", x=shift)],
        readouts=[Readout("Mean", parts.mean(), "USD/h"), Readout("Turns", np.rint(turns)),
                  Readout("Rest", np.remainder(shift, 0.7), "s"), Readout("Least", np.minimum(shift, scale))],
        states=[State(finite & np.logical_or(turns >= 1, shift != 0), "finite", "not finite")],
    )


def _hostile(top, bottom):
    """Division by zero, NaN, infinities and values far outside."""
    x = np.linspace(0, 10, 21)
    y = top / (x - bottom)
    return Figure(
        x=Axis("x", (0, 10)), y=Axis("y", (-10, 10)),
        marks=[Line(x, y, "pole"), Line(x, np.log(x - bottom), "log"), Band(x, -np.abs(y), y * 1e9, "far"),
               Point(bottom, top / bottom, "point"), Rule("pole's place", x=bottom), Rule("height", y=top / bottom),
               Label(bottom, top / bottom, "label", 0 / bottom, "s")],
        readouts=[Readout("At once", top / bottom, "B"), Readout("Nothing", bottom / bottom, "%"),
                  Readout("Root", np.sqrt(-top), "s"), Readout("Huge", np.exp(top * 1e3) * bottom, "%")],
        states=[State(top / bottom, "not zero", "zero")],
    )


def _simulated(servers, load, policy):
    """A queue that no program can hold: its loop depends on its data."""
    waiting, served, seen = 0, 0, []
    for step in range(30):
        waiting += int((step * 7 % 5) * load)
        while waiting > 0 and served % (int(servers) + 3) != 2:
            waiting, served = waiting - 1, served + 1
            if policy == "short" and waiting % 3 == 0:
                break
        served += 1
        seen.append(float(waiting))
    return Figure(
        x=Axis("step", (0, 30)), y=Axis("waiting", (0, 60), "requests"),
        marks=[Line(np.arange(30.0), np.array(seen), "waiting")],
        readouts=[Readout("At the end", float(waiting), "requests"), Readout("Served", served)],
        states=[State(waiting < 10, "keeps up", "falls behind")],
    )


STARTS, LENGTHS = np.array([0.0, 0, 0, 3, 5, 9]), np.array([3.0, 5, 8, 4, 3, 1])


def _grid(used, sharp, gone):
    """Cells by kind and by value, some of which leave."""
    row, column = np.arange(4)[:, None], np.arange(6)[None, :]
    kind = np.where(row * 6 + column < used, np.remainder(row + 0.0 * sharp, 3.0), 3.0)
    weight = np.exp(-sharp * np.abs(row - column))
    return Figure(
        x=Axis("token", (-0.5, 13.5)), y=Axis("head", (-0.5, 3.5)),
        marks=[Cells(np.where(column < gone, kind, np.nan), "pages", kinds={"a": 0, "b": 3, "c <&>": 1, "free": None},
                     words=[f"{i}" if i % 5 else "two\nlines" for i in range(24)]),
               Cells(weight, "weight", levels=(0, 1), unit="%", at=(7.5, 3.0), step_by=(1.0, -1.0), gap=0),
               Note("first", gone, 0.0, value=sharp, unit="s"),
               Bracket("used", -0.5, gone - 0.5, 3.2, along="x", value=used, unit="tokens")],
        readouts=[Readout("Used", used, "tokens")])


def _diagram(batch, shift, spec, low):
    """Blocks that move and leave, arrows between them, flows, notes and brackets."""
    here = Blocks(np.stack([1.0, 4.0 + shift, 7.0]), np.array([3.0, 4.5, 1.5]), "devices", width=np.stack(
        [1.8, batch / 32, 1.0]), words=("queue", "prefill\n& more", "decode"), kinds=("waits", "works"),
        kind=np.array([0, 1, 1]), value=np.stack([batch, shift, low]), unit="B")
    part = np.stack([batch / 64, 1.0, low]) / 4
    return Figure(
        x=Axis.blank(0, 10), y=Axis.blank(-1, 6), equal=True,
        marks=[here, Arrows.between(here, (("queue", "prefill\n& more"), ("queue", "decode")), "work",
                                    value=np.stack([batch, 64 - batch]), widest=64, unit="tokens", words=("a", "b")),
               Arrows.between(here, (("prefill\n& more", "decode"),), "down", side="down", color=4),
               Arrows(0.5, low, np.array([2.0, np.nan, 9.0]), 0.0, "level", words=("<one>", "none", "two")),
               Flow(0.0, np.array([8.0, 9.0, 9.5]), np.array([-1, 0, 1.0]), np.array([0.0, 1, 2]) + shift / 4, part,
                    "flow", words=("x", "y", "z"), unit="%", kinds={"hot": 2, "cold": 5},
                    kind=np.array([0, 1, np.nan])),
               Blocks(5.0, 5.5 + shift, "lone", words=("one",)),
               Note(tabulate(lambda s: s.title, spec), 4.0 + shift, 4.5, dx=-20, dy=30),
               Bracket("from here", low, 4.5, 9.0 + shift / 4)],
        readouts=[Readout("Batch", batch)])


def _beside(slope, place):
    """A curve with things beside it that are not over its axis."""
    x = np.linspace(0, 8, 17)
    return Figure(x=Axis("x", (0, 8)), y=Axis("y", (-4, 4)),
                  marks=[Line(x, slope * (x - 4) / 4, "curve"), Blocks(place, 2.0, "box", words=("one",), value=slope),
                         Arrows(4.0, 0.0, place, 2.0, "arrow"), Point(place, slope, "dot")])


def _timeline(t, slow):
    """Spans that grow with time; on a log axis those that start at zero reach its edge."""
    end = np.minimum((STARTS + LENGTHS) * slow, t)
    return Figure(
        x=Axis("time", (0.5, 50), "s", "log"), y=Axis("", categories=("one", "two", "three")),
        marks=[Spans(np.array([0, 1, 2, 0, 1, 2]), STARTS * slow, np.where(end > STARTS * slow, end, np.nan), "request",
                     kinds=("prompt", "answer"), kind=np.array([0, 1, 0, 1, 0, 1]), words=tuple("ABCDEF")),
               Spans(1.0, t / 2, t, "plain", height=0.2), Rule("now", x=t)],
        readouts=[Readout("Done", np.sum(np.where(end > STARTS * slow, 1.0, 0.0)))])


def _bill(power, margin, resale):
    """A stack and a waterfall of the same parts."""
    parts = np.stack([1.2, power, resale, margin])
    return Figure(
        x=Axis("price", (-1, 6), "USD"), y=Axis("", categories=("Chips", "Power", "Resale", "Cost", "Margin", "Price")),
        marks=[Waterfall(parts, "bill", totals=(3, 5), unit="USD"), Rule("total", x=np.sum(parts))],
        readouts=[Readout("Price", np.sum(parts), "USD")])


def _budget(weights, cache, at):
    parts = np.stack([weights, cache, weights * 0.01, cache * -0.2])
    return Figure(
        x=Axis.blank(-1, 3), y=Axis("memory", (0, 1e11), "B"),
        marks=[Stack(parts, "one", words=("Weights", "KV cache", "Runtime", "Saved"), unit="B"),
               Stack(parts[:2], "two", words=("Weights", "KV cache"), at=at, base=weights, kinds=("a", "b"),
                     kind=np.array([0, 1]), unit="B"), Rule("80 GB", y=8e10)],
        readouts=[Readout("All", np.sum(parts), "B")])


def _panels(load, limit, floor):
    """Four small plots with the same axes: curves, bands, dots, rules, words, and what leaves one of them."""
    x = np.geomspace(1, 1024, 31)

    def part(speed, other):
        time = 1 / speed + x * load / 1e3 * other
        return [Line(x, time, "time"), Band(x, time / 2, np.minimum(time * 2, 3.0), "between"),
                Line(x, np.maximum(time, limit), "at least"), Point(2.0**load, np.log(load) * other, "you <are> here"),
                Rule("limit", y=limit, moves="limit"), Label(2.0, 3.0, "speed", speed * load, "B/s")]

    return Figure(
        x=Axis("batch", (1, 1024), "sequences", "log"), y=Axis("time", (0, 4), "s"),
        marks=[Panel("fast & new", part(2.0, 1.0)), Panel("slow", part(0.5, 4.0)),
               Panel("level", [*part(1.0, floor), Line(1.0, 2.0, "apart", color=4)]),
               Panel("a fourth", part(1.0, 2.0)[:1])],
        readouts=[Readout("Load", load * limit)])


def _panes(cache, kinds):
    """Panels of bars and of cells over categories."""
    value = np.stack([cache, 2.0, kinds])
    return Figure(
        x=Axis("", categories=("A", "B", "C")), y=Axis("memory", (0, 9), "B"),
        marks=[Panel("one", [Bars(value, "used"), Bars(value + 1, "free", base=value)]),
               Panel("two", [Bars(value * 2, "used"), Rule("end", y=kinds)]),
               Panel("three", [Spans(np.array([4.0, 6.0]), np.stack([kinds, 0.5]) / 3, 2.0, "busy",
                                     words=("x", "y"))])],
        readouts=[Readout("All", np.sum(value), "B")])


def _dots(level, spread):
    """Dots and ranges by category: one each, several beside each other, and one that is not there."""
    middle = level * np.array([2.0, 20.0, np.nan])
    return Figure(
        x=Axis("memory", (0.1, 1e4), "GB", "log"), y=Axis("way", categories=("held", "paged", "shared")),
        marks=[Bars(middle * spread, "range", base=middle / spread), Point(middle, KNOTS, "middle"),
               Point(level * np.array([1.0, 3.0, 30.0, 7.0]), np.array([-0.3, 0.25, 0.75, 2.0]), "cases"),
               Rule("limit", x=100.0)],
        readouts=[Readout("First", middle[0], "GB")])


def explorers() -> list:
    """Return a new set of explorers: one of each kind of figure."""
    return [
        explore(_lines, title="Lines, bands, points, rules & labels", watch="Drag <b>batch</b>.",
                batch=Slider(1, 1024, value=32, scale="log", unit="sequences"),
                context_tok=Slider(1.0, 1e6, value=8192, scale="log", unit="tokens", label="Context"),
                exponent=Slider(-0.5, 0.5, value=0.1), spec=Choice(*SPECS),
                kind=Choice("spot", "reserved", renamed={"yearly": ("reserved", "it is sold as reserved")}),
                wide=Choice({"no": False, "yes": True}),
                presets={"One user": {"batch": 1}, "Big & wide": {"spec": "big-3", "wide": "yes", "context_tok": 1e6}}),
        explore(_bars, title="Bars side by side", watch="Move it.", growth=Slider(0.1, 3.0, value=1.0, unit="×"),
                staff=Slider(0, 5, value=1), years=Slider(1.0, 5.0, value=3.0, stops=(1, 2.5, 3, 3.5, 5), unit="years"),
                owned=Choice({"8": True, "1": False}), presets={"Long": {"years": 5}}),
        explore(_columns, title="Columns on a log axis", watch="Move it.",
                level=Slider(0.1, 10.0, value=1.0, scale="log"), noise=Slider(-2.0, 2.0, value=0.0)),
        explore(_dots, title="Dots by category", watch="Move it.", level=Slider(0.5, 50.0, value=1.0, scale="log"),
                spread=Slider(1.0, 4.0, value=2.0)),
        explore(_waves, title="Waves", watch="Move it.", shift=Slider(-3.0, 3.0, value=0.5),
                scale=Slider(1e-3, 1e3, value=2.0, scale="log"), turns=Slider(0, 7, value=2)),
        explore(_hostile, title="Poles", watch="Move it.", top=Slider(-5, 5, value=1), bottom=Slider(-5, 5, value=0)),
        explore(_grid, title="Cells", watch="Move it.", used=Slider(0, 24, value=11), sharp=Slider(0.0, 3.0, value=0.5),
                gone=Slider(0.5, 6.0, value=6.0)),
        explore(_diagram, title="Blocks and arrows", watch="Move it.", batch=Slider(0, 64, value=32),
                shift=Slider(-6.0, 3.0, value=0.0), spec=Choice(*SPECS), low=Slider(0.0, 2.0, value=0.5)),
        explore(_beside, title="Blocks beside a curve", watch="Move it.", slope=Slider(-4.0, 4.0, value=2.0),
                place=Slider(0.0, 7.0, value=3.0)),
        explore(_timeline, title="Spans", watch="Play.", t=Play(0, 30, step=0.5, value=9, unit="s"),
                slow=Slider(0.0, 3.0, value=1.0)),
        explore(_bill, title="Waterfall", watch="Move it.", power=Slider(0.0, 2.0, value=0.5),
                margin=Slider(-1.0, 2.0, value=0.7), resale=Slider(-1.0, 0.0, value=-0.3)),
        explore(_budget, title="Stacks", watch="Move it.", weights=Slider(1e9, 6e10, value=1.6e10, label="Size"),
                cache=Slider(0.0, 6e10, value=1e10), at=Slider(-1.0, 4.0, value=1.5)),
        explore(_panels, title="Panels", watch="Move it.", load=Slider(0.0, 10.0, value=3.0),
                limit=Slider(0.0, 5.0, value=1.0), floor=Slider(0.0, 9.0, value=0.5)),
        explore(_panes, title="Panels of bars", watch="Move it.", cache=Slider(0.0, 12.0, value=3.0),
                kinds=Slider(-1, 6, value=2)),
        explore(_simulated, title="A queue", watch="Move it.", precompute=True,
                servers=Slider(1, 8, value=2, stops=(1, 2, 4, 8)),
                load=Slider(0.5, 2.0, value=1.0, stops=(0.5, 1, 1.5, 2)), policy=Choice("short", "long")),
    ]
