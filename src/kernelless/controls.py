"""What a reader can move: sliders and choices, each of which states its own domain."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .options import alike, look_up, name_of
from .own import OWN, Own, brought
from .trace import Graph, Traced
from .units import text


@dataclasses.dataclass(frozen=True)
class Slider:
    """A number that the reader drags.

    Parameters
    ----------
    low, high : float
        Ends of the track, in base units.
    value : float
        The default: the value that the prose quotes.
    scale : {"linear", "log"}
        Log for quantities that matter by ratio.
    unit : str
        Unit of the value, as `units.text` knows it.
    label : str
        What the reader sees; by default the parameter's name in words.
    whole : bool, optional
        Accept whole numbers only; by default true when `low`, `high` and `value` are Python integers.
    stops : sequence of float, optional
        The only values offered, in rising order. A figure that is tabulated needs them.
    group : str
        Name of the group it is folded into where a figure has many controls; by default the page decides.
    note : str
        Where the default comes from, in a few words that stand under the control.
    """

    low: float
    high: float
    value: float
    scale: str = "linear"
    unit: str = ""
    label: str = ""
    whole: bool | None = None
    stops: Sequence[float] | None = None
    group: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("low", "high", "value"):
            object.__setattr__(self, name, _finite(name, getattr(self, name)))
        for name in ("unit", "label", "group", "note"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"Slider: {name}={getattr(self, name)!r} must be text.")
        if self.scale not in ("linear", "log"):
            raise ValueError(f"Slider: unknown scale {self.scale!r}; known: linear, log.")
        if not self.low < self.high:
            raise ValueError(f"Slider: low={self.low:g} must be below high={self.high:g}.")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"Slider: low={self.low:g} must be above 0 on a log scale; use scale='linear'.")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"Slider: the default {self.value:g} is outside {self.low:g}..{self.high:g}.")
        self._check_whole()
        if self.stops is not None:
            self._check_stops(self.stops)

    def _check_whole(self) -> None:
        numbers = (self.low, self.high, self.value)
        if self.whole is None:
            object.__setattr__(self, "whole", self.stops is None and all(isinstance(n, int) for n in numbers))
        if self.whole and any(n % 1 for n in numbers):
            raise ValueError(f"Slider: low, high and value {numbers} must be whole numbers, as whole=True says.")

    def _check_stops(self, given: Sequence[float]) -> None:
        stops = tuple(float(_finite("stops", stop)) for stop in given)
        object.__setattr__(self, "stops", stops)
        rising = len(stops) > 1 and all(a < b for a, b in itertools.pairwise(stops))
        if not rising or (stops[0], stops[-1]) != (self.low, self.high):
            raise ValueError(f"Slider: stops {stops} must rise from low={self.low:g} to high={self.high:g}.")
        if self.value not in stops:
            raise ValueError(f"Slider: the default {self.value:g} is not one of the stops {stops}.")
        if self.whole and any(stop % 1 for stop in stops):
            raise ValueError(f"Slider: stops {stops} must be whole numbers, as whole=True says.")

    def snap(self, value: object) -> float:
        """Return the nearest value that the slider can hold. What is not a number gives the default."""
        value = _read(value)
        if math.isnan(value):
            return float(self.value)
        value = float(min(max(value, self.low), self.high)) + 0.0  # no -0
        if self.stops:
            return min(self.stops, key=lambda stop: abs(stop - value))
        return float(math.floor(value + 0.5)) if self.whole else value

    def find(self, value: object) -> float:
        """Return the value that the caller of a Python function means."""
        if math.isnan(_read(value)):
            raise ValueError(f"{self.label}={value!r} is not a number; give one in {self.low:g}..{self.high:g}.")
        return self.snap(value)

    def sample(self, rng: np.random.Generator) -> float:
        """Return a random value, even on the slider's own scale."""
        if self.scale == "log":
            return self.snap(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return self.snap(rng.uniform(self.low, self.high))

    def show(self, value: float) -> str:
        """Return a value as the page shows it."""
        return text(value, self.unit)

    def argument(self, value: float) -> np.float64:
        """Return what the figure function is given: a number of numpy's, so that 1 / 0 is ∞ here as in the browser."""
        return np.float64(value)

    def encode(self, value: float) -> float:
        """Return the number that the program is given: the value, or its place among the stops."""
        return float(self.stops.index(value)) if self.stops else value

    def traced(self, graph: Graph, name: str) -> Traced:
        """Return what stands for this control while tracing."""
        position = graph.parameter(name)
        return graph.pick(np.array(self.stops), position) if self.stops else position

    def spec(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return {"kind": "slider", "low": self.low, "high": self.high, "default": self.value, "scale": self.scale,
                "unit": self.unit, "whole": self.whole, **({"stops": self.stops} if self.stops else {})}


class Choice:
    """One of several named things: numbers, specs, or any Python objects.

    Give the things themselves (their `name` or text is the key) or a mapping from label to thing. The figure function
    receives the thing. `value` is the key of the default, by default the first; `group` and `note` are as in `Slider`.
    Fields, properties and methods of a spec become tables looked up in the browser, so ``model.layers`` just works.
    `own` lets the reader bring another: its value is the text, after ``own:``. A figure whose function cannot be traced
    with it goes without, and its ``without_own`` says why. `renamed` keeps links alive that ask for what has left the
    list: each key of old leads to one of today and to words that the reader is told, such as what became of it.
    """

    def __init__(self, *options: Any, value: Any = None, label: str = "", group: str = "",
                 note: str = "", own: Own | None = None, renamed: Mapping[str, tuple[str, str]] | None = None):
        if len(options) == 1 and isinstance(options[0], Mapping):
            pairs = [(str(key), thing) for key, thing in options[0].items()]
        else:
            pairs = [(name_of(option), option) for option in options]
        self.options = dict(pairs)
        shown = list(self.titles.values())
        if len(pairs) < 2 or len(set(shown)) < len(pairs):
            raise ValueError(f"Choice needs two or more different options, but has {[key for key, _ in pairs]}.")
        for name, words in (("label", label), ("group", group), ("note", note)):
            if not isinstance(words, str):
                raise ValueError(f"Choice: {name}={words!r} must be text.")
        if own is not None and not isinstance(own, Own):
            raise ValueError(f"Choice: own={own!r} must be an Own(…).")
        self.renamed = dict(renamed or {})
        for old, (new, words) in self.renamed.items():
            if old in self.options or new not in self.options or not words:
                raise ValueError(f"Choice: renamed={old!r} must be no option, and {new!r} must be one, with words.")
        self.label, self.group, self.note, self.own = label, group, note, own
        self.value = pairs[0][0] if value is None else self.find(value)

    @property
    def titles(self) -> dict[str, str]:
        """What the reader sees for each key."""
        titles = {key: getattr(option, "title", None) for key, option in self.options.items()}
        return {key: title if isinstance(title, str) else key for key, title in titles.items()}

    def snap(self, value: object) -> str:
        """Return `value` if it is a key or an own option that is understood, else what it became or the default."""
        if not isinstance(value, str):
            return self.value
        if (text := self._brought(value)) is not None:
            try:
                self.own.numbers(text)  # type: ignore[union-attr]
            except ValueError:
                return self.value
            return value
        return value if value in self.options else self.renamed.get(value, (self.value,))[0]

    def _brought(self, value: object) -> str | None:
        """Return the text of an own option; None where it is none."""
        return value[len(OWN):] if self.own and isinstance(value, str) and value.startswith(OWN) else None

    def find(self, value: object) -> str:
        """Return the key that the caller of a Python function means: `value` is a key, or the thing itself."""
        if isinstance(value, str) and value in self.options:
            return value
        if (text := self._brought(value)) is not None:
            self.own.numbers(text)  # type: ignore[union-attr]
            return OWN + text
        for key, option in self.options.items():
            if alike(option, value):
                return key
        if self.own and (text := self.own.write(value)) is not None:
            self.own.numbers(text)
            return OWN + text
        raise ValueError(f"unknown option {name_of(value)!r}; known: {', '.join(self.options)}.")

    def sample(self, rng: np.random.Generator) -> str:
        """Return a random key."""
        return list(self.options)[rng.integers(len(self.options))]

    def show(self, value: str) -> str:
        """Return a key as the page shows it."""
        return self.titles[value] if self._brought(value) is None else self.own.title  # type: ignore[union-attr]

    def argument(self, value: str) -> Any:
        """Return what the figure function is given."""
        text = self._brought(value)
        return self.options[value] if text is None else self.own.thing(text)  # type: ignore[union-attr]

    def encode(self, value: str) -> float:
        """Return the number that the program is given: the place of the option; an own one comes after all others."""
        return float(len(self.options) if self._brought(value) is not None else list(self.options).index(value))

    def traced(self, graph: Graph, name: str) -> Any:
        """Return what stands for this control while tracing: a number, or a table of the options."""
        position, options = graph.parameter(name), list(self.options.values())
        if self.own is None:
            return look_up(graph, options, position)
        numbers = brought(graph, name, self.own.numbers(self.own.example), len(options))
        return look_up(graph, [*options, self.own.build(numbers)], np.minimum(position, len(options)))

    def without_own(self) -> Choice:
        """Return the same choice, among what is known only."""
        return Choice(self.options, value=self.value, label=self.label, group=self.group, note=self.note,
                      renamed=self.renamed)

    def spec(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        # Two lists: JavaScript would put the keys of an object in another order where they look like numbers.
        keys, titles = zip(*self.titles.items(), strict=True)
        own = {"own": self.own.spec()} if self.own else {}
        renamed = {"renamed": [(old, *new) for old, new in self.renamed.items()]} if self.renamed else {}
        return {"kind": "choice", "default": self.value, "keys": keys, "titles": titles} | own | renamed


def _finite(name: str, given: Any) -> int | float:
    """Return a finite number as one of Python's own."""
    given = given.item() if isinstance(given, np.generic) else given
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not abs(given) < 1e308:
        raise ValueError(f"Slider: {name}={given!r} must be a finite number.")
    return given


def _read(value: object) -> float:
    """Return the number that `value` is or spells, as the page's script reads it; else NaN."""
    if isinstance(value, (bool, np.bool_)):
        return math.nan
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", value) else math.nan
    if not isinstance(value, (int, float, np.number)) or isinstance(value, complex):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
