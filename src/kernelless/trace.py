"""Turn a numpy function into a program, by running it once on values that record what is done to them.

A `Traced` value has a known shape and an unknown content. numpy hands every operation on it to `__array_ufunc__` or
`__array_function__`, which add an instruction to a `Graph`. What a traced value cannot mean, it refuses, naming the
line and the repair. Shapes are fixed while tracing, so a program has no control flow: it is a list of instructions
over flat arrays of float64, each of which names an operation, its arguments, and the size of its result.
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import numpy as np

from .instead import instead
from .ops import BITWISE, OPS, REDUCTIONS, WHERE, Op

FUNCTIONS: dict[Any, Callable[..., Any]] = {}  # numpy's functions on traced values; functions.py fills it

_HERE = str(Path(__file__).parent)
_NUMPY = str(Path(np.__file__).parent)
_SHORT: dict[Any, np.ufunc] = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}


class TraceError(TypeError):
    """A function cannot become a program. The message names the line and what to write instead."""


class NotSupportedYet(TraceError):
    """numpy can do this and a program could, but there is no row for it in `ops.py`."""


class CannotBeTraced(TraceError):
    """The step needs a value, and the value is known only in the browser."""


def _caller() -> str:
    """Describe the innermost line outside this package and numpy: the one that the author can change."""
    frame: FrameType | None = sys._getframe(2)
    while frame and frame.f_code.co_filename.startswith((_HERE, _NUMPY, "<__array_function__")):
        frame = frame.f_back
    if frame is None:
        return "in the traced function"
    name = frame.f_code.co_filename
    line = linecache.getline(name, frame.f_lineno).strip()
    place = "the cell" if "ipykernel" in name else Path(name).name
    return f"{place}, line {frame.f_lineno}, in {frame.f_code.co_name}: `{line}`"


class Graph:
    """The instructions recorded so far. Equal instructions are recorded once."""

    def __init__(self) -> None:
        self.nodes: list[tuple[Any, ...]] = []  # (op, argument ids, shape, static data)
        self._seen: dict[tuple[Any, ...], int] = {}
        self.own: dict[str, tuple[Traced, int]] = {}  # what a reader may bring for a choice, and the options before it

    def add(self, op: str, args: tuple[int, ...] = (), shape: tuple[int, ...] = (), static: Any = None,
            boolean: bool = False) -> Traced:
        """Record one instruction and return its result."""
        key = (op, args, shape, static)
        if key not in self._seen:
            self._seen[key] = len(self.nodes)
            self.nodes.append(key)
        return Traced(self, self._seen[key], shape, boolean)

    def parameter(self, name: str) -> Traced:
        """Return the traced scalar that stands for a control's value."""
        return self.add("input", static=name)

    def lift(self, value: Any) -> Traced:
        """Return `value` as a traced value of this graph; numbers and arrays become constants."""
        if isinstance(value, Traced):
            if value.graph is not self:
                raise CannotBeTraced(f"{_caller()} uses a value kept from an earlier run; compute it inside.")
            return value
        if any(isinstance(part, Traced) for part in value) if isinstance(value, (list, tuple)) else False:
            raise CannotBeTraced(f"{_caller()} puts traced values in a list; write np.stack([...]).")
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise CannotBeTraced(f"{_caller()} uses {value!r}, which is not a number or an array of numbers.")
        data = np.ascontiguousarray(array, dtype=float)
        return self.add("constant", static=data.tobytes(), shape=array.shape, boolean=array.dtype.kind == "b")

    def take(self, source: Traced, index: np.ndarray, shape: tuple[int, ...] | None = None) -> Traced:
        """Return the elements of `source` at the fixed flat positions `index`: any change of shape is one of these."""
        shape = index.shape if shape is None else shape
        if index.size == source.size and np.array_equal(index.ravel(), np.arange(source.size)):
            return Traced(self, source.id, shape, source.boolean)
        return self.add("take", (source.id,), shape, tuple(index.ravel().tolist()), source.boolean)

    def broadcast(self, source: Traced, shape: tuple[int, ...]) -> Traced:
        """Stretch `source` to `shape`. One value alone needs no instruction: the runtime reads it again and again."""
        return source if source.shape == shape or source.size == 1 else source.reindex(np.broadcast_to, shape)

    def elementwise(self, op: Op, *args: Any) -> Traced:
        """Record an operation of `ops.py` on values that numpy would broadcast together."""
        lifted = [self.lift(arg) for arg in args]
        shape = np.broadcast_shapes(*(arg.shape for arg in lifted))
        ids = tuple(self.broadcast(arg, shape).id for arg in lifted)
        carried = op is WHERE and lifted[1].boolean and lifted[2].boolean
        return self.add(op.name, ids, shape, boolean=op.boolean or carried)

    def pick(self, table: Any, position: Any) -> Traced:
        """Return the elements of a flat table at positions known only in the browser."""
        table, position = self.lift(table).ravel(), self.lift(position)
        return self.add("pick", (table.id, position.id), position.shape, boolean=table.boolean)

    def reduce(self, op: str, source: Traced, axis: Any = None, keepdims: bool = False) -> Traced:
        """Record a reduction (or running sum) over one axis, or over all."""
        if isinstance(axis, tuple):
            raise NotSupportedYet(f"{_caller()} reduces over several axes at once; reduce over one after the other.")
        last = source.reindex(np.ravel) if axis is None else source.reindex(np.moveaxis, axis, -1)
        length = last.shape[-1]
        if op == "cumsum":
            total = self.add(op, (last.id,), last.shape, length)
            return total if axis is None else total.reindex(np.moveaxis, -1, axis)
        total = self.add(op, (last.id,), last.shape[:-1], length, op in ("any", "all"))
        if not keepdims:
            return total
        kept = (1,) * source.ndim if axis is None else tuple(np.insert(last.shape[:-1], axis % source.ndim, 1).tolist())
        return total.reindex(np.reshape, kept)


def _refusal(what: str, repair: str) -> Callable[..., Any]:
    def refuse(*_: Any) -> NoReturn:
        raise CannotBeTraced(
            f"{what} needs a value, but this one is known only in the browser ({_caller()}); {repair}."
        )

    return refuse


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A number or array whose content is known only in the browser."""

    __traced__ = True

    def __init__(self, graph: Graph, identity: int, shape: tuple[int, ...], boolean: bool = False):
        self.graph, self.id, self.shape, self.boolean = graph, identity, tuple(shape), boolean

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: int(np.prod(self.shape, dtype=int)))
    dtype = property(lambda self: np.dtype(bool if self.boolean else float))
    T = property(lambda self: self.reindex(np.transpose))

    def __repr__(self) -> str:
        return f"<traced {self.graph.nodes[self.id][0]} of shape {self.shape}>"

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a traced scalar")
        return self.shape[0]

    def reindex(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Traced:
        """Apply a numpy function that only moves elements, by applying it to their positions."""
        positions = function(np.arange(self.size).reshape(self.shape), *args, **kwargs)
        return self.graph.take(self, np.asarray(positions))

    def __getitem__(self, key: Any) -> Traced:
        return self.reindex(lambda positions: positions[key])

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Traced:
        if kwargs.get("out") is not None:
            raise CannotBeTraced(f"{_caller()} changes an array in place; make a new one.")
        meant = BITWISE.get(ufunc, ufunc)
        if method != "__call__" or kwargs or meant not in OPS:
            plain = method == "__call__" and not kwargs
            how = "" if plain else f" ({method}, {', '.join(kwargs) or 'no options'})"
            known = "known: " + ", ".join(sorted(u.__name__ for u in OPS))
            repair = instead(ufunc.__name__) if plain else ""
            raise NotSupportedYet(f"{_caller()} uses np.{ufunc.__name__}{how}; {repair or known}.")
        lifted = [self.graph.lift(value) for value in inputs]
        truths = [value.boolean for value in lifted]
        if ufunc in BITWISE and not all(truths):
            raise CannotBeTraced(f"{_caller()} uses & | ~ on numbers; compare first, as in (a > 0) & (b > 0).")
        if all(truths) and not OPS[meant].boolean:
            raise CannotBeTraced(f"{_caller()} does arithmetic on true and false; write np.where(condition, 1.0, 0.0).")
        if meant is np.power and lifted[0].shape and np.isscalar(inputs[1]) and inputs[1] in _SHORT:
            # numpy takes the same short cuts for an array, and these are exact where pow is not.
            meant, lifted = _SHORT[inputs[1]], lifted[:1]
        return self.graph.elementwise(OPS[meant], *lifted)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if func not in FUNCTIONS:
            known = "known besides arithmetic: " + ", ".join(sorted(f.__name__ for f in FUNCTIONS))
            raise NotSupportedYet(f"{_caller()} uses np.{func.__name__}; {instead(func.__name__) or known}.")
        try:
            inspect.signature(FUNCTIONS[func]).bind(self.graph, *args, **kwargs)
        except TypeError as error:
            raise NotSupportedYet(f"{_caller()} uses np.{func.__name__} as no program can: {error}.") from None
        return FUNCTIONS[func](self.graph, *args, **kwargs)

    __bool__ = _refusal("`if`, `and`, `or`, `not`, `in`, `min()`, `max()` or a chained comparison",
                        "use np.where, np.minimum, np.maximum or np.logical_and")
    __float__ = _refusal("float() or a function of `math`", "leave it out, or use numpy's function of that name")
    __int__ = __round__ = _refusal("int() or round()", "use np.trunc, np.floor, np.ceil or np.rint")
    __index__ = _refusal("an index, a shape or range()",
                         "use np.take_along_axis(table, position, axis), or make the size fixed")
    __array__ = _refusal("np.asarray, an index, or a numpy function outside the traced set,",
                         "apply arithmetic to it directly, use np.take_along_axis, or np.stack instead of a list")
    __iter__ = _refusal("a loop or unpacking", "write the arithmetic on the whole array")
    __hash__ = _refusal("a dictionary key or a set", "use Choice({label: number, …}) or tabulate(function, choice)")
    __format__ = __str__ = _refusal("text", "give the number to Readout or Label with its unit")
    __setitem__ = _refusal("assignment into an array", "build the array with np.where")

    def astype(self, dtype: Any, **_: Any) -> Any:
        """Return self as float, as true or false, or with the fraction cut off as numpy does for whole numbers."""
        kind = np.dtype(dtype).kind
        if kind == "b":
            return self if self.boolean else self != 0
        value = self * 1.0 if self.boolean else self
        return np.trunc(value) if kind in "iu" else value

    def reshape(self, *shape: Any) -> Traced:
        """Return the same elements in another shape."""
        return self.reindex(np.reshape, *shape) if len(shape) == 1 else self.reindex(np.reshape, shape)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a value known only in the browser has no .{name} ({_caller()}); use numpy's functions.")


for _name in (*REDUCTIONS, "mean", "ravel", "transpose", "clip", "round", "repeat", "squeeze"):
    setattr(Traced, _name, lambda self, *args, _name=_name, **kwargs: getattr(np, _name)(self, *args, **kwargs))
