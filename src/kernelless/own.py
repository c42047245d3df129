"""What a reader brings in place of an option: as text, which a page turns into numbers for the figure's program."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .checks import shown
from .ops import WHERE
from .trace import Graph, Traced

OWN = "own:"  # what the setting of a Choice begins with where the reader has brought the option


@dataclass(frozen=True)
class Field:
    """A number that is typed in the form of an own option.

    Parameters
    ----------
    label, unit : str
        What the reader sees; the unit as `units.text` knows it.
    low, value, high : float
        The least, the example's, and the most.
    whole : bool
        Accept whole numbers only.
    """

    label: str
    unit: str
    low: float
    value: float
    high: float
    whole: bool = False

    def spec(self, name: str) -> dict[str, Any]:
        """Return what the page needs to know."""
        return {"name": name, "label": self.label, "unit": self.unit, "low": self.low, "high": self.high,
                "default": self.value, "whole": self.whole, "scale": "linear", "kind": "slider"}


@dataclass(frozen=True)
class Own:
    """An option that the reader brings: its text is kept in links, its numbers are given to the program.

    Parameters
    ----------
    title : str
        What the reader sees among the options.
    fields : mapping of str to Field
        Numbers that are typed. The text holds them as JSON, and they are the program's numbers in this order, unless
        `reader` says that another text is read.
    build : callable
        From the numbers, one traced array, to the thing that the figure function is given while it is traced.
    read : callable
        From the text to the thing that the figure function is given in Python; ValueError where it is not understood.
        By default `build` of the numbers.
    write : callable
        From a thing to its text; None where a thing is no such option.
    reader : str
        File name of the page's reader of the text: a module of `modules` that exports ``readBrought``. Empty where the
        text holds the fields.
    number : callable
        From the text to the numbers, as that reader gives them.
    example : str
        The text that stands for the option at first; by default the fields at their values.
    hint : str
        One sentence over the form.
    modules : tuple of Path
        The page's modules that read the text.
    told : mapping
        What the page's reader is told besides the text, such as what this figure cannot do without; as JSON.
    """

    title: str
    fields: Mapping[str, Field]
    build: Callable[[Any], Any]
    write: Callable[[Any], str | None] = lambda _: None
    read: Callable[[str], Any] | None = None
    reader: str = ""
    number: Callable[[str], np.ndarray] | None = None
    example: str = ""
    hint: str = ""
    modules: tuple[Path, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    _kept: dict[str, tuple[np.ndarray, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fill in the example, and refuse one that is not understood."""
        if not self.example:
            object.__setattr__(self, "example", json.dumps({name: one.value for name, one in self.fields.items()}))
        self.numbers(self.example)

    def numbers(self, text: str) -> np.ndarray:
        """Return the numbers that a text stands for; ValueError where it is not understood."""
        return self._both(text)[0]

    def thing(self, text: str) -> Any:
        """Return what a text stands for, of known numbers."""
        return self._both(text)[1]

    def _both(self, text: str) -> tuple[np.ndarray, Any]:
        if text not in self._kept:
            numbers = (self.number or self._typed)(text)
            self._kept[text] = numbers, self.read(text) if self.read else self.build(numbers)
            if len(self._kept) > 64:
                del self._kept[next(iter(self._kept))]
        return self._kept[text]

    def _typed(self, text: str) -> np.ndarray:
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{shown(text)} is not JSON: {error}.") from None
        if not isinstance(given, dict) or given.keys() != self.fields.keys():
            raise ValueError(f"{shown(text)} must give these numbers, and no others: {', '.join(self.fields)}.")
        for name, one in self.fields.items():
            value = given[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not one.low <= value <= one.high:
                raise ValueError(f"{name}={shown(value)} is not a number of {one.low:g}..{one.high:g}.")
            if one.whole and math.floor(value) != value:
                raise ValueError(f"{name}={shown(value)} is not a whole number.")
        return np.array([given[name] for name in self.fields], float)

    def spec(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return {"title": self.title, "reader": self.reader, "example": self.example, "hint": self.hint,
                "fields": [one.spec(name) for name, one in self.fields.items()]} | (
                    {"told": dict(self.told)} if self.told else {})


def brought(graph: Graph, name: str, example: np.ndarray, options: int) -> Traced:
    """Return the traced numbers that a reader brings for a choice: a constant that the page writes over."""
    graph.nodes.append(("constant", (), example.shape, np.ascontiguousarray(example, float).tobytes()))
    numbers = Traced(graph, len(graph.nodes) - 1, example.shape)
    graph.own[name] = numbers, options
    # read again when the choice moves, as all that depends on it
    return graph.elementwise(WHERE, graph.parameter(name) < options, numbers, numbers)
