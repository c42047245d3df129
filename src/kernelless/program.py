"""Write a recorded graph as JSON: the form in which a formula travels to the page.

A program is ``{"inputs": names, "constants": [...], "indices": [...], "ops": names, "code": text}``. Values are
numbered in that order: inputs, constants, then results of the code. An index list is either the list itself or
``{"from": first, "axes": [[length, step], ...]}``, the outermost axis first. Numbers that JSON lacks are the strings
``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.

The code is written densely, for it is most of what a page with figures weighs. An instruction is a letter, the place
of its operation among `ops` counted from ``A``, and its arguments: ``+7`` is an input or a constant by its number,
``-3`` the result of the third instruction before this one, ``-`` that of the last. So steps that are alike read alike,
wherever they stand, and compress. After a point stands the number of the index list of a ``take``, or the length of
the rows that are worked on; and after another the size of the result, where it is not that of the list or of the
arguments. `instructions` reads all this back.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from .ops import ELEMENTWISE, ROWWISE
from .trace import Graph, Traced

_INSTRUCTION = re.compile(r"(.)([-+\d]+)\.?(\d*)\.?(\d*)")
_ARGUMENT = re.compile(r"[-+]\d*")


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
    return {"from": int(index[0]), "axes": [list(axis) for axis in zip(shape, strides, strict=True)]}


def _written(row: list[Any], base: int, at: int, ops: list[str]) -> str:
    """Write an instruction, which stands `at` places after the constants; see above."""
    op, size, *arguments = row
    fixed = f".{arguments.pop()}" if op == "take" or op in ROWWISE else ""
    wide = "" if op == "take" or op in ELEMENTWISE else f"{fixed or '.'}.{size}"
    refs = (f"+{argument}" if argument < base else f"-{base + at - argument}" for argument in arguments)
    return chr(65 + ops.index(op)) + "".join("-" if ref == "-1" else ref for ref in refs) + (wide or fixed)


def _length(index: list[int] | dict[str, Any]) -> int:
    return len(index) if isinstance(index, list) else math.prod(length for length, _ in index["axes"])


def instructions(program: dict[str, Any]) -> list[list[Any]]:
    """Read the code of a program.

    Parameters
    ----------
    program : dict
        As `compile_program` wrote it.

    Returns
    -------
    list of list
        Of each instruction the operation, the size of its result, the numbers of its arguments, and last what ``take``
        and the operations on rows have besides: the number of an index list, or the length of a row.
    """
    sizes = [1] * len(program["inputs"]) + [len(c) if isinstance(c, list) else 1 for c in program["constants"]]
    rows: list[list[Any]] = []
    for letter, words, fixed, wide in _INSTRUCTION.findall(program["code"]):
        op = program["ops"][ord(letter) - 65]
        arguments = [int(word) if word[0] == "+" else len(sizes) - int(word[1:] or 1)
                     for word in _ARGUMENT.findall(words)]
        if wide:
            size = int(wide)
        elif op == "take":
            size = _length(program["indices"][int(fixed)])
        else:  # as wide as its arguments, of which a single value is read again and again
            size = next((sizes[argument] for argument in arguments if sizes[argument] != 1), 1)
        sizes.append(size)
        rows.append([op, size, *arguments, *([int(fixed)] if fixed else [])])
    return rows


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
    rows = []
    for identity in code:
        op, arguments, shape, static = graph.nodes[identity]
        row = [op, math.prod(shape), *(renumbered[argument] for argument in arguments)]
        if op == "take":
            row.append(indices.setdefault(static, len(indices)))
        elif op in ROWWISE:
            row.append(static)
        rows.append(row)
    constants = []
    for identity in kinds["constant"]:
        values = [number(v) for v in np.frombuffer(graph.nodes[identity][3])]
        constants.append(values if graph.nodes[identity][2] else values[0])
    program: dict[str, Any] = {
        "inputs": [graph.nodes[identity][3] for identity in kinds["input"]],
        "constants": constants,
        "indices": [_compact(index) for index in indices],
        "ops": (ops := sorted({op for op, *_ in rows})),
        "code": "".join(_written(row, len(renumbered) - len(code), at, ops) for at, row in enumerate(rows)),
    }
    own = {name: [renumbered[numbers.id], options] for name, (numbers, options) in graph.own.items()
           if numbers.id in renumbered}
    if own:
        program["own"] = own
    return program, [renumbered[output.id] for output in outputs]
