"""A figure as a table: for a function that no program can hold, every setting is evaluated beforehand."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .controls import Choice
from .figure import Figure
from .trace import Graph

if TYPE_CHECKING:
    from .declared import Declared

TABLE_BYTES = 200_000  # what a tabulated figure may add to a page


def tabulated(explorer: Declared, graph: Graph) -> Figure:
    """Evaluate every setting, and return a figure whose values are looked up in the results.

    Raises ValueError where a slider has no stops, where there are too many settings, and where something of the figure
    changes that a table of numbers cannot hold.
    """
    domains: dict[str, Sequence[Any]] = {}
    for key, control in explorer.controls_spec.items():
        domain = list(control.options) if isinstance(control, Choice) else control.stops
        if domain is None:
            raise ValueError(f"precompute=True needs stops: {key}=Slider(…, stops=(…)).")
        domains[key] = domain
    if (count := math.prod(map(len, domains.values()))) > TABLE_BYTES // 10:
        raise ValueError(f"precompute=True would tabulate {count:,} settings; {TABLE_BYTES // 10:,} are accepted. "
                         "Use fewer stops.")
    settings = [dict(zip(domains, values, strict=True)) for values in itertools.product(*domains.values())]
    figures = [explorer.figure(**setting) for setting in settings]
    place: Any = 0.0
    for key, domain in domains.items():
        place = place * len(domain) + graph.parameter(key)
    first = figures[0]
    table: dict[str, dict[str, Any]] = {}
    for values in zip(*(figure.moving(given=True) for figure in figures), strict=True):
        key, field, _ = values[0]
        found = [np.asarray(value, dtype=float) for _, _, value in values]
        if len({row.shape for row in found}) > 1 or any(value[:2] != (key, field) for value in values):
            raise ValueError(f"precompute=True: {field} of a part changes its shape from setting to setting.")
        rows = np.stack(found)
        places = place * rows[0].size + np.arange(rows[0].size).reshape(rows[0].shape)
        same = np.array_equal(rows, np.broadcast_to(rows[0], rows.shape), equal_nan=True)
        table.setdefault(key, {})[field] = rows[0] if same else graph.pick(rows, places)
    if any(figure.words() != first.words() for figure in figures):
        raise ValueError("precompute=True: the words of the figure must be the same for every setting.")
    groups: dict[str, list[Any]] = {"m": [], "r": [], "s": []}
    for key, part in first.parts():
        groups[key[0]].append(part.replaced(table.get(key, {})))
    return dataclasses.replace(first, marks=groups["m"], readouts=groups["r"], states=groups["s"])
