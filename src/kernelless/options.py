"""Things that the reader will choose among: while tracing, each of their fields is a table to look up."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from .trace import CannotBeTraced, Graph, Traced, _caller


def alike(a: object, b: object) -> bool:
    """Say whether two things are the same; things that hold arrays are when they are one thing."""
    try:
        return a is b or (type(a) is type(b) and bool(a == b))
    except ValueError:  # "the truth value of an array is ambiguous"
        return False


def look_up(graph: Graph, values: list[Any], position: Any) -> Any:
    """Return one traced value that equals ``values[position]``."""
    if any(type(value) is Traced for value in values):
        return _with_traced(graph, values, position)
    if all(isinstance(value, (bool, int, float, np.number, np.bool_)) for value in values):
        truths = all(isinstance(value, (bool, np.bool_)) for value in values)
        same = len(set(values)) == 1
        return values[0] if same else graph.pick(np.array(values, dtype=bool if truths else float), position)
    if any(isinstance(value, np.ndarray) for value in values):
        if len({np.shape(value) for value in values}) > 1:
            raise CannotBeTraced("the arrays to choose from differ in shape; give them the same shape.")
        rows = np.stack(values)
        places = position * rows[0].size + np.arange(rows[0].size).reshape(rows[0].shape)
        return graph.pick(rows, places)
    if all(alike(value, values[0]) for value in values):
        return values[0]
    return Options(graph, values, position)


def _with_traced(graph: Graph, values: list[Any], position: Any) -> Any:
    """Return ``values[position]`` where some of the values are known only in the browser, as those of an own option."""
    if missing := [k for k, value in enumerate(values) if value is None]:
        raise CannotBeTraced(f"option {missing[0] + 1} of {len(values)} has no such number ({_caller()}).")
    places: dict[int, list[int]] = {}
    for k, value in enumerate(values):
        if type(value) is Traced:
            places.setdefault(value.id, []).append(k)
    traced = {place for rows in places.values() for place in rows}
    known = [value for k, value in enumerate(values) if k not in traced]
    if len({np.shape(value) for value in values}) > 1:
        raise CannotBeTraced(f"the numbers to choose from differ in shape ({_caller()}); give them the same shape.")
    filled = [known[0] if k in traced else value for k, value in enumerate(values)] if known else []
    found = look_up(graph, filled, position) if known else values[0]
    for rows in places.values():
        if len(rows) < len(values):
            here = position == rows[0] if len(rows) == 1 else graph.pick(
                np.array([k in rows for k in range(len(values))]), position)
            found = np.where(here, values[rows[0]], found)
    return found


class Options:
    """Several Python objects, one of which the reader will choose: an attribute is a table of theirs."""

    __traced__ = True

    def __init__(self, graph: Graph, values: list[Any], position: Any):
        self._graph, self._values, self._position = graph, values, position

    # An Options passes for what it holds, so that a formula may check the type of a spec.
    __class__ = property(lambda self: type(self._values[0]))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        values = [getattr(value, name) for value in self._values]
        if all(callable(value) for value in values):
            return functools.partial(self._method, name)
        if any(value is None for value in values) and any(value is not None for value in values):
            missing = [name_of(thing) for thing, value in zip(self._values, values, strict=True) if value is None]
            raise CannotBeTraced(f"{', '.join(missing)} has no {name} ({_caller()}); leave it out of the Choice, or "
                                 "use a field that every option has.")
        return look_up(self._graph, values, self._position)

    def _method(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if any(getattr(value, "__traced__", False) and type(value) is not Options
               for value in (*args, *kwargs.values())):
            return getattr(type(self._values[0]), name)(self, *args, **kwargs)  # its own arithmetic traces
        return tabulate(lambda thing, *a, **k: getattr(thing, name)(*a, **k), self, *args, **kwargs)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise CannotBeTraced(
            "`if`, a comparison, arithmetic, text or a dictionary key needs one of "
            f"{', '.join(map(name_of, self._values))}, but the reader chooses in the browser ({_caller()}); use a "
            "numeric field of the option, Choice({label: number, …}), or tabulate(function, choice)."
        )

    __eq__ = __ne__ = __bool__ = __hash__ = __str__ = __format__ = __iter__ = __float__ = __int__ = __index__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __len__ = __getitem__ = __contains__ = __array__ = __array_ufunc__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = _refuse

    def __repr__(self) -> str:
        return f"<one of {', '.join(map(name_of, self._values))}>"


def name_of(thing: object) -> str:
    """Return what a message calls a thing: its name, or its text."""
    name = getattr(thing, "name", None)
    return name if isinstance(name, str) and name else str(thing)


def _choice_of(value: Any) -> Any:
    """Return a number that was looked up as the choice it came from, so that it can be tabulated too."""
    if type(value) is not Traced or value.graph.nodes[value.id][0] != "pick" or value.shape:
        return value
    table, position = value.graph.nodes[value.id][1]
    op, _, _, data = value.graph.nodes[table]
    if op != "constant":
        return value
    numbers = [int(n) if n.is_integer() else n for n in np.frombuffer(data).tolist()]
    return Options(value.graph, numbers, Traced(value.graph, position, ()))


def tabulate(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call `function` on chosen things; while tracing, on every combination of them, as a table to look up.

    The way through for a step that no program can hold, such as a dictionary keyed by a Choice. An argument may be a
    Choice, or a number from a Choice or from a slider with stops; a number that a smooth slider sets has no table.
    """
    values = [_choice_of(value) for value in (*args, *kwargs.values())]
    if any(type(value) is Traced for value in values):
        raise CannotBeTraced("tabulate works on choices and stops only, but an argument depends on a smooth slider "
                             f"({_caller()}); give the slider stops, or use numpy arithmetic.")
    chosen = [value for value in values if type(value) is Options]
    if not chosen:
        return function(*args, **kwargs)
    # One axis per control: two arguments from the same Choice move together.
    axes = {option._position.id: option for option in chosen}
    results = []
    for combination in itertools.product(*(range(len(option._values)) for option in axes.values())):
        place = dict(zip(axes, combination, strict=True))
        known = [value._values[place[value._position.id]] if type(value) is Options else value for value in values]
        results.append(function(*known[: len(args)], **dict(zip(kwargs, known[len(args) :], strict=True))))
    position: Any = 0.0
    for option in axes.values():
        position = position * len(option._values) + option._position
    return look_up(chosen[0]._graph, results, position)


# for formulas that look for it by this name, so that they need not import this package
Options.__tabulate__ = staticmethod(tabulate)  # type: ignore[attr-defined]
Traced.__tabulate__ = staticmethod(tabulate)  # type: ignore[attr-defined]
