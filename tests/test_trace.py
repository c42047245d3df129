"""The tracer: what a program computes is what numpy computes, and what cannot be one is refused with its repair."""

# ruff: noqa: PLW0108, C416, PLC3002 (each refused line is written as an author would, to be named by the refusal)
from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parity import harness

from inference_economics.explore import CannotBeTraced, NotSupportedYet, TraceError
from inference_economics.explore import trace as trace_module
from inference_economics.explore.functions import FUNCTIONS
from inference_economics.explore.ops import BITWISE, ELEMENTWISE, OPS, REDUCTIONS
from inference_economics.explore.program import _compact, compile_program, number
from inference_economics.explore.trace import Graph, Traced

RNG = np.random.default_rng(20240611)
HOSTILE = np.array([
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, -7.0, 10.0, 0.1, 1e-9, 1e9, -1e9, 1e21, -1e21, 2.0**52,
    2.0**53 + 2, 5e-324, -5e-324, 1e-308, 1.7e308, -1.7e308, 0.49999999999999994, 709.0, -745.0, math.inf, -math.inf,
    math.nan,
])
RANDOM = np.exp(RNG.uniform(math.log(1e-12), math.log(1e12), 400)) * RNG.choice([-1, 1], 400)
SMALL = RNG.uniform(-20, 20, 400)


@pytest.fixture(scope="module")
def page(node):
    return harness.page(node)


def columns(count: int) -> list[np.ndarray]:
    """Return argument columns: every combination of hostile values, and random rows."""
    hostile = np.array(list(itertools.product(HOSTILE, repeat=count)))
    if len(hostile) > 4000:
        hostile = hostile[RNG.choice(len(hostile), 4000, replace=False)]
    random = np.column_stack([RNG.permutation(RANDOM) for _ in range(count)])
    small = np.column_stack([RNG.permutation(SMALL) for _ in range(count)])
    return list(np.concatenate([hostile, random, small]).T)


def traced(function, *arrays):
    """Trace `function` of constant arrays; return its graph and result."""
    graph = Graph()
    return graph, graph.lift(function(*(graph.lift(array) for array in arrays)))


def in_page(page, function, *arrays):
    """Evaluate a traced function of constant arrays in the page's script."""
    graph, result = traced(function, *arrays)
    program, outputs = compile_program(graph, [result])
    return page.run(program, outputs, np.empty((0, 0)))[0].reshape(result.shape)


# --- every row of the table --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ufunc", OPS, ids=lambda ufunc: OPS[ufunc].name)
def test_each_operation_equals_numpy(page, ufunc):
    op = OPS[ufunc]
    arrays = columns(ufunc.nin)
    if ufunc in (np.sin, np.cos):  # beyond, the last digits of the argument itself are what is compared
        arrays = [array[~(np.abs(array) > 1e9)] for array in arrays]
    with np.errstate(all="ignore"):
        expected = np.asarray(ufunc(*arrays), dtype=float)
    got = in_page(page, ufunc, *arrays)
    if ufunc in (np.minimum, np.maximum):  # of 0 and -0 numpy takes either, as the processor has it
        wrong = ~(harness.same(got, expected) | ((got == 0) & (expected == 0)))
    elif op.exact:
        wrong = ~harness.same(got, expected)
    else:
        with np.errstate(all="ignore"):
            close = np.abs(got - expected) <= 1e-15 * np.abs(expected) + 1e-322
        wrong = ~(harness.same(got, expected) | close)
    rows = np.column_stack([*arrays, expected, got])[wrong]
    assert not wrong.any(), f"{wrong.sum()} of {wrong.size} rows differ (arguments, numpy, page):\n{rows[:8]}"


def test_where_equals_numpy(page):
    condition, x, y = columns(3)
    assert harness.same(in_page(page, np.where, condition, x, y), np.where(condition, x, y)).all()


def test_every_function_of_the_table_is_tested_here():
    """A row cannot be added untested: each numpy function that traces occurs in SHAPES, REDUCED or below."""
    text = Path(__file__).read_text(encoding="utf-8")
    names = {function.__name__ for function in FUNCTIONS}
    missing = {name for name in names if not re.search(rf"np\.{name}\b", text)}
    assert missing - set(REDUCTIONS) == set()
    assert set(ELEMENTWISE) == {op.name for op in OPS.values()} | {"where"}


# --- functions on arrays -----------------------------------------------------------------------------------------

M = RNG.uniform(-5, 5, (4, 6))
V = RNG.uniform(-5, 5, 7)
POSITIONS = RNG.integers(0, 6, (4, 2))

SHAPES = {
    "slice": lambda m, v: m[1:3, ::2],
    "index": lambda m, v: m[2, -1],
    "ellipsis": lambda m, v: m[..., 1],
    "newaxis": lambda m, v: v[:, None] * v[None, :],
    "fancy": lambda m, v: m[[0, 2, 2], 1],
    "reverse": lambda m, v: v[::-1],
    "reshape": lambda m, v: np.reshape(m, (3, 8)),
    "reshape method": lambda m, v: m.reshape(2, 12) + m.reshape((2, -1)),
    "ravel": lambda m, v: np.ravel(m) + m.ravel(),
    "transpose": lambda m, v: np.transpose(m) + m.T + m.transpose(),
    "moveaxis": lambda m, v: np.moveaxis(m, 0, 1),
    "broadcast_to": lambda m, v: np.broadcast_to(v, (3, 7)),
    "flip": lambda m, v: np.flip(m, 1),
    "roll": lambda m, v: np.roll(v, 2),
    "repeat": lambda m, v: np.repeat(v, 3) + v.repeat(3),
    "tile": lambda m, v: np.tile(v, (2, 2)),
    "expand_dims": lambda m, v: np.expand_dims(v, 1),
    "squeeze": lambda m, v: np.squeeze(v[None, :, None]) + v[None].squeeze(),
    "atleast_1d": lambda m, v: np.atleast_1d(v[0]),
    "stack": lambda m, v: np.stack([v, 2 * v, np.arange(7.0)], axis=1),
    "concatenate": lambda m, v: np.concatenate([m, m[:1]], axis=0),
    "concatenate flat": lambda m, v: np.concatenate([m, v[:6][None]], axis=None),
    "take": lambda m, v: np.take(m, [3, 0], axis=1) * np.take(m, 2),
    "take_along_axis": lambda m, v: np.take_along_axis(m, POSITIONS, 1),
    "argmax lookup": lambda m, v: np.take_along_axis(m, np.argmax(m, axis=1, keepdims=True), axis=1),
    "argmin lookup first axis": lambda m, v: np.take_along_axis(m, np.argmin(m, axis=0, keepdims=True), axis=0),
    "one place for every row": lambda m, v: np.take_along_axis(m, np.argmax(v[:6], keepdims=True)[None], axis=1),
    "lookup flat": lambda m, v: np.take_along_axis(m, np.argmax(m, keepdims=True).reshape(1), axis=None),
    "lookup from the end": lambda m, v: np.take_along_axis(v, np.argmax(v, keepdims=True) - 7, axis=0),
    "lookup in a constant": lambda m, v: np.take_along_axis(np.arange(7.0) ** 2, np.argmax(v, keepdims=True), 0),
    "broadcast": lambda m, v: m * m[:, :1] + m[0] - v[3],
    "diff": lambda m, v: np.diff(v)[:5] + np.diff(m)[0],
    "diff of rows": lambda m, v: np.diff(m),
    "full_like": lambda m, v: np.full_like(v, 3.0) + np.full_like(v, v[0]),
    "zeros and ones": lambda m, v: np.zeros_like(v) + np.ones_like(v) * v,
    "shape, ndim, size": lambda m, v: v * np.shape(m)[1] + np.ndim(m) + np.size(v) + len(v) + m.ndim + v.size,
    "where with numbers": lambda m, v: np.where(v > 0, 1.0, -1.0) + np.where(v > 0, v, 0),
    "clip": lambda m, v: np.clip(v, -1, 2) + v.clip(0, 1) + np.clip(v, None, 2) + np.clip(v, -1, None),
    "clip by name": lambda m, v: np.clip(v, min=-1, max=2),
    "round": lambda m, v: np.round(v) + np.round(v * 100, -1) + np.round(v, 2) + v.round(),
    "logic": lambda m, v: (v > 0) & (v < 3) | ~(v > -2),
    "logic by name": lambda m, v: np.logical_and(v > 0, np.logical_not(v > 3)),
    "stacked truths": lambda m, v: np.stack([v > 0, v < 1]).all(axis=0),
    "power two": lambda m, v: v**2 + np.abs(v) ** 0.5 + v**-1 + np.power(np.abs(v), 2),
    "scalar from the left": lambda m, v: 3 - v + 2 / v + 2.0 * np.float64(3) * v + np.arange(7) * v,
    "floor and remainder": lambda m, v: v // 0.3 + v % 0.7 - 5 % v,
    "astype": lambda m, v: v.astype(int) + (v > 0).astype(float) + v.astype(bool).astype(int) + v.astype(float),
    "abs and sign": lambda m, v: abs(v) + np.sign(v) + -v + +v,
}
REDUCED = {
    f"{name} {label}": (lambda m, v, name=name, axis=axis: getattr(np, name)(m, **axis))
    for name in REDUCTIONS
    for label, axis in {"all": {}, "rows": {"axis": 0}, "columns": {"axis": 1}, "last": {"axis": -1}}.items()
} | {
    "sum keeps": lambda m, v: m / np.sum(m, axis=1, keepdims=True) + np.max(m, keepdims=True),
    "methods": lambda m, v: m.sum(axis=0) + m.max() + m.min(axis=0) + m.cumsum(axis=1)[-1] + m.mean(axis=0) + m.prod(),
    "mean": lambda m, v: np.mean(v) + np.mean(m, axis=1, keepdims=True),
    "any, all": lambda m, v: np.any(m > 4.9, axis=1) | np.all(m > -4, axis=1),
    "count": lambda m, v: np.sum(m > 0, axis=0) + np.mean(v > 0),
    "of a scalar": lambda m, v: np.max(v[0]) + np.sum(v[1]),
}


@pytest.mark.parametrize("name", [*SHAPES, *REDUCED])
def test_functions_on_arrays_equal_numpy(page, name):
    function = (SHAPES | REDUCED)[name]
    expected = np.asarray(function(M, V), dtype=float)
    _, result = traced(function, M, V)
    assert result.shape == expected.shape
    got = in_page(page, function, M, V)
    if name.startswith(("sum rows", "prod", "mean", "methods", "of a scalar", "count")):  # in an order of numpy's own
        np.testing.assert_allclose(got, expected, rtol=1e-14)
    else:
        assert harness.same(got, expected).all(), (got, expected)


@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 15, 16, 127, 128, 129, 130, 136, 200, 257, 1000, 1023])
def test_sums_add_in_numpys_order(page, length):
    values = RNG.uniform(-1, 1, (3, length)) * 10.0 ** RNG.integers(-8, 8, (3, length))
    assert harness.same(in_page(page, lambda v: np.sum(v, axis=1), values), np.sum(values, axis=1)).all()
    assert harness.same(in_page(page, np.cumsum, values[0]), np.cumsum(values[0])).all()
    assert harness.same(in_page(page, np.mean, values[0]), np.mean(values[0])).all()


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_of_hostile_values_equal_numpy(page, name):
    rows = np.array([RNG.permutation(HOSTILE)[:5] for _ in range(300)])
    function = getattr(np, name)
    with np.errstate(all="ignore"):
        expected = np.asarray(function(rows, axis=1), dtype=float)
    got = in_page(page, lambda r: function(r, axis=1), rows)
    signless = name in ("max", "min")
    wrong = ~(harness.same(got, expected) | (signless & (got == 0) & (expected == 0)))
    if name == "prod":
        wrong &= ~np.isclose(got, expected, rtol=1e-15)
    assert not wrong.any(), np.column_stack([rows, expected, got])[wrong.reshape(len(rows), -1).any(axis=1)][:5]


def test_parameters_reach_the_page(page):
    def function(a, b):
        return np.where(a > b, a / b, b - a) * np.arange(3.0)

    for a, b in [(3.0, 2.0), (1.0, 2.0), (math.inf, 1.0), (math.nan, 1.0), (0.0, -0.0)]:
        with np.errstate(all="ignore"):
            expected = function(np.float64(a), np.float64(b))
        assert harness.same(page.evaluate(function, a, b), expected).all()


def test_only_what_depends_on_a_change_is_computed_but_nothing_is_missed(page):
    graph = Graph()
    a, b = graph.parameter("a"), graph.parameter("b")
    outputs = [a * 2, b * 3, a + b, np.sum(np.arange(5.0) * a) - b, np.stack([a, b]).max()]
    program, numbers = compile_program(graph, outputs)
    steps = [(1, 1), (2, 1), (2, 1), (2, 5), (math.nan, 5), (math.nan, 5), (2, 5), (0.0, 5), (-0.0, 5), (7, 8)]
    steps = np.array(steps)
    got = page.run(program, numbers, steps)
    fresh = np.concatenate([page.run(program, numbers, row[None]) for row in steps])
    assert harness.same(got, fresh).all()


# --- random programs ---------------------------------------------------------------------------------------------

UNARY = [ufunc for ufunc in OPS if ufunc.nin == 1 and not OPS[ufunc].boolean and OPS[ufunc].exact]
BINARY = [ufunc for ufunc in OPS if ufunc.nin == 2 and not OPS[ufunc].boolean and OPS[ufunc].exact
          and ufunc not in (np.minimum, np.maximum)]  # of 0 and -0 they may take either
COMPARE = [np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal]
MOVES = [lambda v: v[::-1], lambda v: np.roll(v, 1), lambda v: np.broadcast_to(np.max(v), (5,)), np.cumsum,
         lambda v: np.stack([v, v * 2], axis=1).reshape(10)[2:7], lambda v: np.concatenate([v[2:], v[:2]]),
         lambda v: np.repeat(v, 2)[3:8],
         lambda v: np.take_along_axis(v, np.argmin(np.where(np.isnan(v), 9, v), keepdims=True), 0)]


@st.composite
def program_steps(draw):
    """Draw a random expression graph: each step takes earlier values, so that results are shared."""
    steps = []
    for i in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(["unary", "binary", "where", "move"]))
        picks = [draw(st.integers(0, 2 + i)) for _ in range(4)]
        choice = {"unary": UNARY, "binary": BINARY, "where": COMPARE, "move": MOVES}[kind]
        steps.append((kind, draw(st.sampled_from(choice)), picks))
    return steps


def run_steps(steps, a, b):
    values = [a * np.array([1.0, -2.0, 0.5, 3.0, 1e6]), b + np.array([0.0, 1.0, -1.0, 0.25, 100.0]), a / b]
    for kind, function, picks in steps:
        x, y, p, q = (values[pick] for pick in picks)
        if kind == "unary":
            values.append(function(x))
        elif kind == "binary":
            values.append(function(x, y))
        elif kind == "where":
            values.append(np.where(function(x, y), p, q))
        else:
            values.append(function(np.broadcast_to(x, (5,)) + np.zeros(5)))
    return np.stack([value + np.zeros(5) for value in values])


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=program_steps(), a=st.floats(-1e6, 1e6), b=st.floats(-1e3, 1e3))
def test_random_programs_equal_numpy_to_the_last_bit(page, steps, a, b):
    with np.errstate(all="ignore"):
        expected = run_steps(steps, np.float64(a), np.float64(b))
    got = page.evaluate(lambda p, q: run_steps(steps, p, q), a, b)
    # max and argmin may pass on either of 0 and -0; elsewhere they are the same number.
    assert ((got == expected) | (np.isnan(got) & np.isnan(expected)) | np.isinf(got) & np.isinf(expected)).all()


# --- the program -------------------------------------------------------------------------------------------------


def test_equal_instructions_are_recorded_once():
    graph = Graph()
    a = graph.parameter("a")
    first, second = np.exp(a * 2.0) + 1, np.exp(a * 2.0) + 1
    assert first.id == second.id
    program, _ = compile_program(graph, [first, second])
    assert [row[0] for row in program["code"]] == ["multiply", "exp", "add"]
    assert program["constants"] == [2, 1]


def test_dead_code_and_unused_inputs_are_left_out():
    graph = Graph()
    a, b = graph.parameter("a"), graph.parameter("b")
    np.exp(b) * np.arange(1000.0)
    program, outputs = compile_program(graph, [a + 1])
    assert program == {"inputs": ["a"], "constants": [1], "indices": [], "code": [["add", 1, 0, 1]]}
    assert outputs == [2]


def test_moves_that_move_nothing_cost_nothing():
    graph = Graph()
    v = graph.lift(np.arange(6.0)) * graph.parameter("a")
    assert v.reshape(2, 3).reshape(6)[:].id == v.id
    assert v[None].ravel().id == v.id


SPECIAL = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(SPECIAL, min_size=1, max_size=20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_constants_survive_json(page, values):
    graph, result = traced(lambda v: v[::-1][::-1] + graph_free_zero(), np.array(values))
    program, outputs = compile_program(graph, [result])
    got = page.run(json.loads(json.dumps(program, allow_nan=False)), outputs, np.empty((0, 0)))[0]
    expected = np.array(values) + 0.0
    assert harness.same(got, expected).all()


def graph_free_zero():
    return np.float64(0.0)


@pytest.mark.parametrize(("value", "written"), [
    (3.0, "3"), (-0.0, "-0.0"), (0.0, "0"), (0.1, "0.1"), (1e300, "1e+300"), (2.0**53, "9007199254740992.0"),
    (math.nan, '"NaN"'), (math.inf, '"Infinity"'), (-math.inf, '"-Infinity"'), (5e-324, "5e-324"),
])
def test_numbers_are_written_short_and_without_loss(value, written):
    assert json.dumps(number(value)) == written


def expand(index):
    if isinstance(index, list):
        return index
    rows, columns_ = index["shape"]
    down, across = index["strides"]
    return [index["start"] + r * down + c * across for r in range(rows) for c in range(columns_)]


@given(st.one_of(
    st.lists(st.integers(0, 40), max_size=30),
    st.builds(lambda s, r, c, d, a: [s + i * d + j * a for i in range(r) for j in range(c)],
              st.integers(0, 9), st.integers(1, 6), st.integers(1, 6), st.integers(0, 9), st.integers(0, 9)),
    hnp.arrays(np.int64, (3, 4), elements=st.integers(0, 3)).map(lambda a: a.T.ravel().tolist()),
))
@settings(max_examples=400)
def test_compact_index_lists_mean_the_same(positions):
    assert expand(_compact(tuple(positions))) == positions


@pytest.mark.parametrize("move", [
    lambda v: v.T, lambda v: np.repeat(v, 3), lambda v: np.tile(v, (2, 1)), lambda v: v[:, ::2], lambda v: np.flip(v),
    lambda v: np.broadcast_to(v[0], (50, 30)),
])
def test_usual_moves_travel_as_a_few_numbers(move):
    graph, result = traced(lambda v: move(v) * graph_free_zero(), np.arange(600.0).reshape(20, 30))
    program, _ = compile_program(graph, [result])
    assert all(isinstance(index, dict) for index in program["indices"])


# --- refusals ----------------------------------------------------------------------------------------------------


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
    "unknown ufunc": (lambda a: np.arctan2(a, 1), NotSupportedYet, rf"{MINE}.*uses np\.arctan2; known: absolute, add,"),
    "matmul": (lambda a: np.eye(1) @ (a * np.ones(1)), NotSupportedYet, r"np\.matmul"),
    "outer": (lambda a: np.add.outer(a, a), NotSupportedYet, r"np\.add \(outer, no options\)"),
    "ufunc option": (lambda a: np.add(a, 1, where=True), NotSupportedYet, r"np\.add \(__call__, where\)"),
    "interp": (lambda a: np.interp(a, [0, 1], [0, 1]), NotSupportedYet, r"np\.interp; known besides arithmetic: all,"),
    "linspace": (lambda a: np.linspace(0, a, 5), NotSupportedYet, r"np\.linspace"),
    "sort": (lambda a: np.sort(a * np.arange(3)), NotSupportedYet, r"np\.sort"),
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


def test_every_bitwise_operator_has_a_meaning():
    assert set(BITWISE) == {np.bitwise_and, np.bitwise_or, np.invert}


def test_the_tracer_stays_small():
    lines = Path(trace_module.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 230
