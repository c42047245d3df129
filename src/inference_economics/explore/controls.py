"""What a reader can move: sliders and choices, each of which states its own domain."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Mapping

import numpy as np

from ..units import text
from .trace import CannotBeTraced, Traced


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
    """

    low: float
    high: float
    value: float
    scale: str = "linear"
    unit: str = ""
    label: str = ""
    whole: bool | None = None
    stops: tuple[float, ...] | None = None

    def __post_init__(self):
        numbers = {"low": self.low, "high": self.high, "value": self.value}
        for name, given in numbers.items():
            if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
                raise ValueError(f"Slider: {name}={given!r} must be a finite number.")
        if self.scale not in ("linear", "log"):
            raise ValueError(f"Slider: unknown scale {self.scale!r}; known: linear, log.")
        if not self.low < self.high:
            raise ValueError(f"Slider: low={self.low:g} must be below high={self.high:g}.")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"Slider: low={self.low:g} must be above 0 on a log scale; use scale='linear'.")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"Slider: the default {self.value:g} is outside {self.low:g}..{self.high:g}.")
        if self.whole is None:
            object.__setattr__(self, "whole", all(isinstance(given, int) for given in numbers.values()))
        if self.stops is not None:
            object.__setattr__(self, "stops", tuple(float(stop) for stop in self.stops))
            rising = all(a < b for a, b in itertools.pairwise(self.stops))
            if not rising or (self.stops[0], self.stops[-1]) != (self.low, self.high):
                raise ValueError(f"Slider: stops {self.stops} must rise from low={self.low:g} to high={self.high:g}.")
            if self.value not in self.stops:
                raise ValueError(f"Slider: the default {self.value:g} is not one of the stops {self.stops}.")

    def snap(self, value) -> float:
        """Return the nearest value that the slider can hold. Not a number gives the default."""
        try:
            value = float(value)
        except (TypeError, ValueError, OverflowError):
            return float(self.value)
        if math.isnan(value):
            return float(self.value)
        value = min(max(value, self.low), self.high)
        if self.stops:
            return min(self.stops, key=lambda stop: abs(stop - value))
        return float(math.floor(value + 0.5)) if self.whole else value

    def sample(self, rng: np.random.Generator) -> float:
        """Return a random value, even on the slider's own scale."""
        if self.scale == "log":
            return self.snap(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return self.snap(rng.uniform(self.low, self.high))

    def show(self, value: float) -> str:
        """Return a value as the page shows it."""
        return text(value, self.unit)

    def argument(self, value: float):
        """Return what the figure function is given."""
        return value

    def encode(self, value: float) -> float:
        """Return the number that the program is given: the value, or its place among the stops."""
        return float(self.stops.index(value)) if self.stops else value

    def traced(self, graph, name: str):
        """Return what stands for this control while tracing."""
        position = graph.parameter(name)
        return graph.pick(np.array(self.stops), position) if self.stops else position

    def spec(self) -> dict:
        """Return what the page needs to know."""
        return {"kind": "slider", "low": self.low, "high": self.high, "default": self.value, "scale": self.scale,
                "unit": self.unit, "whole": self.whole, **({"stops": self.stops} if self.stops else {})}


class Choice:
    """One of several named things: numbers, specs, or any Python objects.

    Give the things themselves (their `name` or text is the key) or a mapping from label to thing. The figure function
    receives the thing. `value` is the key of the default, by default the first. Fields, properties and methods of a spec
    become tables looked up in the browser, so ``model.layers`` just works.
    """

    def __init__(self, *options, value: str | None = None, label: str = ""):
        if len(options) == 1 and isinstance(options[0], Mapping):
            self.options = {str(key): thing for key, thing in options[0].items()}
        else:
            self.options = {getattr(option, "name", None) or str(option): option for option in options}
        if len(self.options) < 2 or (len(self.options) < len(options)):
            raise ValueError(f"Choice needs two or more different options, but has {list(self.options)}.")
        self.label = label
        self.value = next(iter(self.options)) if value is None else value
        if self.value not in self.options:
            raise ValueError(f"Choice: the default {value!r} is not an option; known: {', '.join(self.options)}.")

    @property
    def titles(self) -> dict[str, str]:
        """What the reader sees for each key."""
        return {key: str(getattr(option, "title", key)) for key, option in self.options.items()}

    def snap(self, value) -> str:
        """Return `value` if it is a key, else the default."""
        return value if isinstance(value, str) and value in self.options else self.value

    def sample(self, rng: np.random.Generator) -> str:
        """Return a random key."""
        return list(self.options)[rng.integers(len(self.options))]

    def show(self, value: str) -> str:
        """Return a key as the page shows it."""
        return self.titles[value]

    def argument(self, value: str):
        """Return what the figure function is given."""
        return self.options[value]

    def encode(self, value: str) -> float:
        """Return the number that the program is given: the place of the option."""
        return float(list(self.options).index(value))

    def traced(self, graph, name: str):
        """Return what stands for this control while tracing: a number, or a table of the options."""
        return _look_up(graph, list(self.options.values()), graph.parameter(name))

    def spec(self) -> dict:
        """Return what the page needs to know."""
        return {"kind": "choice", "default": self.value, "options": self.titles}


def _look_up(graph, values: list, position):
    """Return one traced value that equals ``values[position]``."""
    if all(isinstance(value, (bool, int, float, np.number, np.bool_)) for value in values):
        return values[0] if len(set(values)) == 1 else graph.pick(np.array(values, dtype=float), position)
    if all(isinstance(value, np.ndarray) and value.shape == values[0].shape for value in values):
        places = position * values[0].size + np.arange(values[0].size).reshape(values[0].shape)
        return graph.pick(np.stack(values), places)
    if all(value is values[0] or value == values[0] for value in values):
        return values[0]
    return Options(graph, values, position)


class Options:
    """Several Python objects, one of which the reader will choose: an attribute is a table of theirs."""

    __traced__ = True

    def __init__(self, graph, values: list, position):
        self._graph, self._values, self._position = graph, values, position

    # An Options passes for what it holds, so that a formula may check the type of a spec.
    __class__ = property(lambda self: type(self._values[0]))

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        values = [getattr(value, name) for value in self._values]
        if all(callable(value) for value in values):
            return functools.partial(self._method, name)
        if any(value is None for value in values) and any(value is not None for value in values):
            missing = [_name(thing) for thing, value in zip(self._values, values) if value is None]
            raise CannotBeTraced(f"{', '.join(missing)} has no {name}; leave it out of the Choice, or use a field that "
                                 "every option has.")
        return _look_up(self._graph, values, self._position)

    def _method(self, name: str, *args, **kwargs):
        if any(type(value) is Traced for value in (*args, *kwargs.values())):
            return getattr(type(self._values[0]), name)(self, *args, **kwargs)  # its own arithmetic traces
        return tabulate(lambda thing, *a, **k: getattr(thing, name)(*a, **k), self, *args, **kwargs)

    def _refuse(self, *_):
        raise CannotBeTraced(
            f"`if`, a comparison, text or a dictionary key needs one of {', '.join(map(_name, self._values))}, but the "
            "reader chooses in the browser; use a numeric field of the option, Choice({label: number, …}), or "
            "tabulate(function, choice)."
        )

    __eq__ = __ne__ = __bool__ = __hash__ = __str__ = __format__ = __iter__ = __float__ = __index__ = _refuse

    def __repr__(self):
        return f"<one of {', '.join(map(_name, self._values))}>"


def _name(thing) -> str:
    return getattr(thing, "name", None) or str(thing)


def tabulate(function: Callable, *args, **kwargs):
    """Call `function` on chosen things; while tracing, on every combination of them, as a table to look up.

    The way through for a step that no program can hold, such as a dictionary keyed by a Choice. Arguments that a slider
    sets cannot be tabulated.
    """
    values = [*args, *kwargs.values()]
    if any(type(value) is Traced for value in values):
        raise CannotBeTraced("tabulate works on choices only, but an argument depends on a slider; use numpy arithmetic.")
    chosen = [value for value in values if type(value) is Options]
    if not chosen:
        return function(*args, **kwargs)
    # One axis per control: two arguments from the same Choice move together.
    axes = {option._position.id: option for option in chosen}
    results = []
    for combination in itertools.product(*(range(len(option._values)) for option in axes.values())):
        place = dict(zip(axes, combination))
        concrete = [value._values[place[value._position.id]] if type(value) is Options else value for value in values]
        results.append(function(*concrete[: len(args)], **dict(zip(kwargs, concrete[len(args) :]))))
    position = 0.0
    for option in axes.values():
        position = position * len(option._values) + option._position
    return _look_up(chosen[0]._graph, results, position)
