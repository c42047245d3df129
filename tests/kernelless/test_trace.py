"""The tracer: what cannot become a program is refused with its line and its repair."""

# ruff: noqa: PLW0108, C416, PLC3002 (each refused line is written as an author would, to be named by the refusal)
from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from kernelless import CannotBeTraced, NotSupportedYet, TraceError
from kernelless import trace as trace_module
from kernelless.trace import Graph, Traced


def keep(value, store=[]):  # noqa: B006 (a value that outlives its run, on purpose)
    if not store:
        store.append(value)
    return store[0] + value


MINE = r"test_trace\.py, line \d+, in <lambda>: `"
REFUSALS = {
    "if": (lambda a: 1 if a > 0 else 2, CannotBeTraced, rf"`if`.*{MINE}.*use np\.where"),
    "and": (lambda a: (a > 0) and (a < 1), CannotBeTraced, r"`if`, `and`.*np\.logical_and"),
    "min": (lambda a: min(a, 3), CannotBeTraced, r"`min\(\)`.*np\.minimum"),
    "chained": (lambda a: 0 < a < 3, CannotBeTraced, r"chained comparison"),
    "float": (lambda a: float(a), CannotBeTraced, r"float\(\) or a function of `math`.*leave it out"),
    "math": (lambda a: math.sqrt(a), CannotBeTraced, r"function of `math`.*numpy's function of that name"),
    "math.floor": (lambda a: math.floor(a), CannotBeTraced, r"function of `math`"),
    "int": (lambda a: int(a), CannotBeTraced, r"int\(\) or round\(\).*np\.trunc, np\.floor"),
    "round": (lambda a: round(a), CannotBeTraced, r"int\(\) or round\(\)"),
    "range": (lambda a: range(a), CannotBeTraced, r"an index, a shape or range\(\).*take_along_axis"),
    "list index": (lambda a: [1, 2][a], CannotBeTraced, r"an index, a shape.*take_along_axis"),
    "array index": (lambda a: np.arange(3)[a], TraceError, r"an index.*take_along_axis"),
    "own index": (lambda a: (np.arange(3) * a)[a], TraceError, r"an index.*take_along_axis"),
    "asarray": (lambda a: np.asarray(a), CannotBeTraced, rf"np\.asarray.*{MINE}.*apply arithmetic to it directly"),
    "list": (lambda a: np.array([a, 1.0]), CannotBeTraced, r"np\.stack instead of a list"),
    "list operand": (lambda a: a * [a, 1.0], CannotBeTraced, r"puts traced values in a list; write np\.stack"),
    "for": (lambda a: [x for x in a * np.arange(3)], CannotBeTraced, r"a loop or unpacking.*whole array"),
    "unpacking": (lambda a: (lambda x, y: x)(*(a * np.arange(2))), CannotBeTraced, r"a loop or unpacking"),
    "sum": (lambda a: sum(a * np.arange(3)), CannotBeTraced, r"a loop or unpacking"),
    "dictionary": (lambda a: {1: 2}[a], CannotBeTraced, r"a dictionary key or a set.*tabulate"),
    "f-string": (lambda a: f"{a:.1f}", CannotBeTraced, r"text needs.*Readout or Label"),
    "str": (lambda a: str(a), CannotBeTraced, r"text needs.*Readout or Label"),
    "percent": (lambda a: "%s" % a, CannotBeTraced, r"text needs"),  # noqa: UP031 (the case under test)
    "item": (lambda a: (a * np.arange(3)).__setitem__(0, 1), CannotBeTraced, r"assignment into an array.*np\.where"),
    "out": (lambda a: np.add(a, 1, out=np.zeros(())), CannotBeTraced, rf"{MINE}.*changes an array in place"),
    "in place": (lambda a: np.zeros(()).__iadd__(a), CannotBeTraced, r"changes an array in place"),
    "len": (lambda a: len(a), TypeError, r"len\(\) of a traced scalar"),
    "true and false": (lambda a: (a > 0) + (a > 1), CannotBeTraced, r"arithmetic on true and false; write np\.where"),
    "root of a truth": (lambda a: np.sqrt(a > 0), CannotBeTraced, r"arithmetic on true and false"),
    "bitwise numbers": (lambda a: a & a, CannotBeTraced, r"uses & \| ~ on numbers; compare first"),
    "inverted number": (lambda a: ~a, CannotBeTraced, r"uses & \| ~ on numbers"),
    "text operand": (lambda a: a + "b", CannotBeTraced, r"'b', which is not a number"),
    "None operand": (lambda a: np.where(a > 0, a, None), CannotBeTraced, r"None, which is not a number"),
    "unknown ufunc": (lambda a: np.spacing(a), NotSupportedYet, rf"{MINE}.*uses np\.spacing; known: absolute, add,"),
    "ufunc with a repair": (lambda a: np.fabs(a), NotSupportedYet, rf"{MINE}.*uses np\.fabs; write `np\.abs\(a\)`\."),
    "matmul": (lambda a: np.eye(1) @ (a * np.ones(1)), NotSupportedYet, r"np\.matmul"),
    "outer": (lambda a: np.add.outer(a, a), NotSupportedYet, r"np\.add \(outer, no options\)"),
    "ufunc option": (lambda a: np.add(a, 1, where=True), NotSupportedYet, r"np\.add \(__call__, where\)"),
    "interp": (lambda a: np.interp(a, [0, 1], [0, 1]), NotSupportedYet, r"np\.interp; find the place by"),
    "unknown function": (lambda a: np.rot90(a), NotSupportedYet, r"np\.rot90; known besides arithmetic: all,"),
    "linspace": (lambda a: np.linspace(0, a, 5), NotSupportedYet, r"np\.linspace"),
    "sort": (lambda a: np.argsort(a * np.arange(3)), NotSupportedYet, r"np\.argsort"),
    "where of one": (lambda a: np.where(a > 0), NotSupportedYet, r"np\.where as no program can: missing"),
    "sum option": (lambda a: np.sum(a * np.ones(3), dtype=float), NotSupportedYet, r"np\.sum as no program can.*dtype"),
    "clip option": (lambda a: np.clip(a, 0, 1, out=None), NotSupportedYet, r"np\.clip with out"),
    "two axes": (lambda a: np.sum(a * np.ones((2, 2)), axis=(0, 1)), NotSupportedYet, r"several axes at once"),
    "take": (lambda a: np.take(a * np.arange(3), a), CannotBeTraced, r"use np\.take_along_axis"),
    "repeat": (lambda a: np.repeat(a * np.arange(3), a), CannotBeTraced, r"np\.repeat choose a shape.*make it fixed"),
    "lookup": (lambda a: np.take_along_axis(np.eye(3), a * np.ones(1), 1), ValueError, r"2 axes.*keepdims=True"),
    "attribute": (lambda a: a.item(), AttributeError, rf"has no \.item \({MINE}.*use numpy's functions"),
    "another run": (lambda a: keep(a), CannotBeTraced, r"value kept from an earlier run; compute it inside"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_name_the_line_and_the_repair(name):
    function, error, message = REFUSALS[name]
    if name == "another run":
        function(Graph().parameter("a"))
    with pytest.raises(error, match=message) as caught:
        function(Graph().parameter("a"))
    if issubclass(error, TraceError):
        assert "test_trace.py, line" in str(caught.value)


def test_refusals_name_the_line_of_the_author_not_of_a_library():
    def mine(a):
        return np.percentile(a, 5)

    with pytest.raises(NotSupportedYet, match=r"in mine: `return np\.percentile\(a, 5\)`"):
        mine(Graph().parameter("a"))


def test_a_line_in_a_notebook_is_called_the_cell():
    code = compile("def f(a):\n    return float(a)\n", "/tmp/ipykernel_77/123.py", "exec")
    scope = {}
    exec(code, scope)
    with pytest.raises(CannotBeTraced, match=r"the cell, line 2, in f"):
        scope["f"](Graph().parameter("a"))


def test_a_traced_value_says_what_it_is():
    a = Graph().parameter("a")
    assert repr(a * np.arange(3)) == "<traced multiply of shape (3,)>"
    assert (a > 0).dtype == bool
    assert a.dtype == float
    assert isinstance(a, Traced)
    assert not hasattr(a, "__array_interface__")


def test_the_tracer_stays_small():
    lines = Path(trace_module.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 230
