"""numpy's functions on traced values, besides the elementwise ones of `ops.py`.

Each is written in terms of a `Graph`: elementwise rows, moved elements, reductions. The first argument of each is the
graph; the others are numpy's own, so that an option which is missing here is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .ops import REDUCTIONS, WHERE
from .trace import FUNCTIONS, CannotBeTraced, Graph, NotSupportedYet, Traced, _caller


def _clip(graph: Graph, a: Any, a_min: Any = None, a_max: Any = None, **limits: Any) -> Any:
    low, high = limits.pop("min", a_min), limits.pop("max", a_max)
    if limits:
        raise NotSupportedYet(f"{_caller()} uses np.clip with {', '.join(limits)}, which no program has.")
    a = graph.lift(a)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


def _round(_: Graph, a: Traced, decimals: int = 0) -> Any:
    if decimals < 0:  # numpy divides here, and multiplies otherwise
        return np.rint(a / 10.0**-decimals) * 10.0**-decimals
    return np.rint(a * 10.0**decimals) / 10.0**decimals if decimals else np.rint(a)


def _mean(graph: Graph, a: Traced, axis: Any = None, keepdims: bool = False) -> Any:
    return graph.reduce("sum", a, axis, keepdims) / (a.size if axis is None else a.shape[axis])


def _full_like(graph: Graph, a: Any, fill_value: Any) -> Traced:
    return graph.lift(fill_value).reindex(np.broadcast_to, np.shape(a))


FUNCTIONS |= {
    np.where: lambda graph, condition, x, y: graph.elementwise(WHERE, condition, x, y),
    np.clip: _clip,
    np.round: _round,
    np.mean: _mean,
    np.diff: lambda _, a: a[..., 1:] - a[..., :-1],
    np.full_like: _full_like,
    np.zeros_like: lambda _, a: np.zeros(a.shape),
    np.ones_like: lambda _, a: np.ones(a.shape),
    np.shape: lambda _, a: a.shape,
    np.ndim: lambda _, a: a.ndim,
    np.size: lambda _, a: a.size,
}


def _moves(function: Callable[..., Any]) -> Callable[..., Traced]:
    """Return the traced form of a function that only moves elements."""

    def move(graph: Graph, a: Any, *args: Any, **kwargs: Any) -> Traced:
        if any(isinstance(value, Traced) for value in (*args, *kwargs.values())):
            raise CannotBeTraced(f"{_caller()} lets np.{function.__name__} choose a shape that is known only in the "
                                 "browser; make it fixed.")
        return graph.lift(a).reindex(function, *args, **kwargs)

    return move


for _function in (np.reshape, np.ravel, np.transpose, np.moveaxis, np.broadcast_to, np.flip, np.roll, np.repeat,
                  np.tile, np.expand_dims, np.squeeze, np.atleast_1d):
    FUNCTIONS[_function] = _moves(_function)
for _name in REDUCTIONS:
    FUNCTIONS[getattr(np, _name)] = lambda graph, a, axis=None, keepdims=False, _name=_name: graph.reduce(
        _name, a, axis, keepdims)


def _joined(graph: Graph, arrays: Any, axis: Any, join: Callable[..., Any]) -> Traced:
    parts = [graph.lift(array) for array in arrays]
    starts = np.cumsum([0] + [part.size for part in parts])
    places = [np.arange(part.size).reshape(part.shape) + start for part, start in zip(parts, starts, strict=False)]
    flat = graph.add("concat", tuple(part.id for part in parts), (int(starts[-1]),),
                     boolean=all(part.boolean for part in parts))
    return graph.take(flat, join(places, axis))


FUNCTIONS[np.stack] = lambda graph, arrays, axis=0: _joined(graph, arrays, axis, np.stack)
FUNCTIONS[np.concatenate] = lambda graph, arrays, axis=0: _joined(graph, arrays, axis, np.concatenate)


def _take(_: Graph, a: Traced, indices: Any, axis: Any = None) -> Traced:
    if isinstance(indices, Traced):
        raise CannotBeTraced(f"{_caller()} takes at a position known only in the browser; use np.take_along_axis.")
    return a.reindex(np.take, indices, axis)


def _take_along_axis(graph: Graph, arr: Any, indices: Any, axis: int | None = -1) -> Traced:
    """Look up a table at a position that is known only in the browser, such as that of an optimum."""
    table, indices = graph.lift(arr), graph.lift(indices)
    if axis is None:
        table, axis = table.ravel(), 0
    if indices.ndim != table.ndim:
        raise ValueError(f"{_caller()}: the table has {table.ndim} axes and the positions have {indices.ndim}; numpy "
                         "wants as many. np.argmax(…, keepdims=True) keeps them.")
    axis %= table.ndim
    # The positions along the other axes are those of the table itself; along this one they are given.
    starts = np.take(np.arange(table.size).reshape(table.shape), [0], axis)
    stride = int(np.prod(table.shape[axis + 1 :], dtype=int))
    indices = np.where(indices < 0, indices + table.shape[axis], indices)
    return graph.pick(table, starts + indices * stride)


def _sort(graph: Graph, a: Any, axis: Any = -1) -> Traced:
    """Put the values along one axis in rising order, NaN last."""
    last = a.reindex(np.ravel) if axis is None else a.reindex(np.moveaxis, axis, -1)
    done = graph.add("sort", (last.id,), last.shape, last.shape[-1], last.boolean)
    return done if axis is None else done.reindex(np.moveaxis, -1, axis)


FUNCTIONS[np.sort] = _sort
FUNCTIONS[np.take] = _take
FUNCTIONS[np.take_along_axis] = _take_along_axis
