"""Programs: what is written for the page, and what the page makes of it."""

from __future__ import annotations

import json
import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parity import harness
from traced_numbers import traced

from kernelless.ops import OPS, ROWWISE
from kernelless.program import _compact, compile_program, instructions, number
from kernelless.trace import Graph, Traced


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
    outputs = [a * 2, b * 3, a + b, np.sum(np.arange(5.0) * a) - b, np.stack([a, b]).max(),
               np.where(a > 3, b, 7.0) * np.arange(50.0), np.sum(np.where(np.isnan(a), b, 1.0) + np.arange(9.0))]
    program, numbers = compile_program(graph, outputs)
    steps = [(1, 1), (2, 1), (2, 1), (2, 5), (math.nan, 5), (math.nan, 5), (2, 5), (0.0, 5), (-0.0, 5), (7, 8)]
    steps = np.array(steps)
    got = page.run(program, numbers, steps)
    fresh = np.concatenate([page.run(program, numbers, row[None]) for row in steps])
    assert harness.same(got, fresh).all()


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


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=program_steps())
def test_the_code_is_read_back_as_it_was_recorded(page, steps):
    graph = Graph()
    a, b = graph.parameter("a"), graph.parameter("b")
    with np.errstate(all="ignore"):
        run_steps(steps, a, b)
        shapes = [np.sum(np.zeros((3, 0)) * a, axis=1), np.concatenate([np.zeros((0,)) * a, b[None]]),
                  np.zeros((0,)) + a, np.sort(np.arange(6.0).reshape(2, 3) * b, axis=1)]
    known = ("input", "constant")
    made = [Traced(graph, at, shape) for at, (op, _, shape, _) in enumerate(graph.nodes) if op not in known]
    program, _ = compile_program(graph, [a, b, *made])  # all that was recorded, needed or not
    rows, first = instructions(program), len(program["inputs"]) + len(program["constants"])
    place = {value.id: first + k for k, value in enumerate(made)}
    recorded = [graph.nodes[value.id] for value in made]
    assert [(op, size) for op, size, *_ in rows] == [(op, math.prod(shape)) for op, _, shape, _ in recorded]
    for (_, _, *numbers), (op, arguments, _, static) in zip(rows, recorded, strict=True):
        read, last = numbers[:len(arguments)], numbers[len(arguments):]
        assert [at if at >= first else None for at in read] == [place.get(argument) for argument in arguments]
        assert len(last) == (op == "take" or op in ROWWISE)
        assert op not in ROWWISE or last == [static]
    wide = sum(value.size for value in made)
    assert page.run(program, list(place.values()), np.array([[1.0, 2.0]])).shape == (1, wide)
    assert all(value.id in place for value in shapes)


def test_equal_instructions_are_recorded_once():
    graph = Graph()
    a = graph.parameter("a")
    first, second = np.exp(a * 2.0) + 1, np.exp(a * 2.0) + 1
    assert first.id == second.id
    program, _ = compile_program(graph, [first, second])
    assert [op for op, *_ in instructions(program)] == ["multiply", "exp", "add"]
    assert program["constants"] == [2, 1]


def test_dead_code_and_unused_inputs_are_left_out():
    graph = Graph()
    a, b = graph.parameter("a"), graph.parameter("b")
    np.exp(b) * np.arange(1000.0)
    program, outputs = compile_program(graph, [a + 1])
    assert program == {"inputs": ["a"], "constants": [1], "indices": [], "ops": ["add"], "code": "A+0+1"}
    assert instructions(program) == [["add", 1, 0, 1]]
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
    lengths, steps = zip(*index["axes"], strict=True)
    return (index["from"] + np.tensordot(steps, np.indices(lengths), 1)).ravel().tolist()


@given(st.one_of(
    st.lists(st.integers(0, 40), max_size=30),
    st.builds(lambda s, r, c, d, a: [s + i * d + j * a for i in range(r) for j in range(c)],
              st.integers(0, 9), st.integers(1, 6), st.integers(1, 6), st.integers(0, 9), st.integers(0, 9)),
    st.builds(lambda sizes, strides: np.tensordot(strides, np.indices(sizes), 1).ravel().tolist(),
              st.tuples(*[st.integers(1, 4)] * 3), st.tuples(*[st.integers(-9, 9)] * 3)),
    hnp.arrays(np.int64, (3, 4), elements=st.integers(0, 3)).map(lambda a: a.T.ravel().tolist()),
))
@settings(max_examples=400)
def test_compact_index_lists_mean_the_same(positions):
    assert expand(_compact(tuple(positions))) == positions


@pytest.mark.parametrize("move", [
    lambda v: v.T, lambda v: np.repeat(v, 3), lambda v: np.tile(v, (2, 1)), lambda v: v[:, ::2], np.flip,
    lambda v: np.broadcast_to(v[0], (50, 30)), lambda v: np.broadcast_to(v[:, None], (20, 7, 30)),
    lambda v: np.tile(np.repeat(v, 3, axis=1), (4, 1)), lambda v: np.transpose(v.reshape(4, 5, 5, 6), (2, 0, 3, 1)),
])
def test_usual_moves_travel_as_a_few_numbers(move):
    graph, result = traced(lambda v: move(v) * graph_free_zero(), np.arange(600.0).reshape(20, 30))
    program, _ = compile_program(graph, [result])
    assert all(isinstance(index, dict) for index in program["indices"])
