"""numpy's functions on traced values: what the page computes is what numpy computes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from parity import harness
from traced_numbers import HOSTILE, RNG, in_page, traced

from kernelless.functions import FUNCTIONS
from kernelless.ops import ELEMENTWISE, OPS, REDUCTIONS


def test_every_function_of_the_table_is_tested_here():
    """A row cannot be added untested: each numpy function that traces occurs in SHAPES, REDUCED or below."""
    text = Path(__file__).read_text(encoding="utf-8")
    names = {function.__name__ for function in FUNCTIONS}
    missing = {name for name in names if not re.search(rf"np\.{name}\b", text)}
    assert missing - set(REDUCTIONS) == set()
    assert set(ELEMENTWISE) == {op.name for op in OPS.values()} | {"where"}


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
    "sorted": lambda m, v: np.sort(m) + np.sort(m, axis=0) + np.sort(m, axis=None).reshape(m.shape) + np.sort(v)[0],
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
