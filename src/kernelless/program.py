"""Write a recorded graph as JSON: the form in which a formula travels to the page.

A program is ``{"inputs": names, "constants": [...], "indices": [...], "code": [[op, size, *arguments], ...]}``. Values
are numbered in that order: inputs, constants, then results of the code. ``take`` and the reductions carry one static
argument last: the number of an index list, or the length of a row. An index list is either the list itself or
``{"start": s, "shape": [...], "strides": [...]}``. Numbers that JSON lacks are the strings ``"NaN"``, ``"Infinity"``
and ``"-Infinity"``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .ops import ROWWISE
from .trace import Graph, Traced


def number(value: float) -> float | str:
    """Return `value` as JSON can hold it: whole numbers short, NaN and infinities as strings."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value.is_integer() and abs(value) < 2**53 and (value or math.copysign(1, value) > 0) else value


def _compact(positions: tuple[int, ...]) -> list[int] | dict[str, Any]:
    """Describe an index list as a strided view where it is one, which nearly all are."""
    rest = index = np.asarray(positions)
    if len(index) < 4:
        return list(positions)
    shape: list[int] = []
    strides: list[int] = []
    while len(rest) > 1:  # from the innermost axis outwards: as long as the steps are equal, then where the next begins
        steps = np.diff(rest)
        length = int(np.argmax(steps != steps[0])) + 1 if (steps != steps[0]).any() else len(rest)
        if len(rest) % length:
            return list(positions)
        shape.insert(0, length)
        strides.insert(0, int(steps[0]))
        rest = rest[::length]
    places = index[0] + sum(stride * along for stride, along in zip(strides, np.indices(shape), strict=True))
    if not np.array_equal(np.ravel(places), index):
        return list(positions)
    return {"start": int(index[0]), "shape": shape, "strides": strides}


def compile_program(graph: Graph, outputs: list[Traced]) -> tuple[dict[str, Any], list[int]]:
    """Keep what the outputs need, number it, and return the program and the outputs' numbers."""
    needed, stack = set(), [output.id for output in outputs]
    while stack:
        identity = stack.pop()
        if identity not in needed:
            needed.add(identity)
            stack.extend(graph.nodes[identity][1])

    kinds: dict[str, list[int]] = {"input": [], "constant": []}
    code: list[int] = []
    for identity in sorted(needed):
        kinds.get(graph.nodes[identity][0], code).append(identity)
    renumbered = {identity: i for i, identity in enumerate(kinds["input"] + kinds["constant"] + code)}

    indices: dict[tuple[int, ...], int] = {}
    instructions = []
    for identity in code:
        op, arguments, shape, static = graph.nodes[identity]
        row = [op, math.prod(shape), *(renumbered[argument] for argument in arguments)]
        if op == "take":
            row.append(indices.setdefault(static, len(indices)))
        elif op in ROWWISE:
            row.append(static)
        instructions.append(row)
    constants = []
    for identity in kinds["constant"]:
        values = [number(v) for v in np.frombuffer(graph.nodes[identity][3])]
        constants.append(values if graph.nodes[identity][2] else values[0])
    program: dict[str, Any] = {
        "inputs": [graph.nodes[identity][3] for identity in kinds["input"]],
        "constants": constants,
        "indices": [_compact(index) for index in indices],
        "code": instructions,
    }
    own = {name: [renumbered[numbers.id], options] for name, (numbers, options) in graph.own.items()
           if numbers.id in renumbered}
    if own:
        program["own"] = own
    return program, [renumbered[output.id] for output in outputs]
