"""What every formula accepts for an argument, by the argument's name: one name means one quantity everywhere.

The limits stand in `glossary.toml`, in the row that gives the name's unit and meaning. `checked` is the door of a
formula: numbers of every kind come in as float64, within the limits of their names, or not at all. `checked_fields` is
the door of a spec; `check` is the door of a function that takes more than numbers.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast, overload

import numpy as np

from . import glossary
from .checks import is_traced, number, require, require_whole, shown
from .units import (  # the constants that formulas ask for beside the limits
    DAYS_PER_YEAR,
    HOURS_PER_YEAR,
    SECONDS_PER_HOUR,
    SECONDS_PER_YEAR,
)

__all__ = ["DAYS_PER_YEAR", "HOURS_PER_YEAR", "QUANTITIES", "SECONDS_PER_HOUR", "SECONDS_PER_YEAR", "Quantity", "check",
           "check_records", "check_truths", "checked", "checked_fields"]

P = ParamSpec("P")
R = TypeVar("R")


class Quantity(NamedTuple):
    """The limits of one argument name, in its unit, and the slip that a value outside suggests.

    `undefined` says that NaN is an answer too: there is no such thing, a link that joins the group, say.
    """

    low: float
    high: float
    open_low: bool
    open_high: bool
    hint: str
    whole: bool = False
    undefined: bool = False


def _quantity(limits: str, hint: str) -> Quantity:
    span, _, more = limits.partition("]" if "]" in limits else ")")
    low, high = map(float, span[1:].split(","))
    return Quantity(low, high, limits[0] == "(", limits[len(span)] == ")", hint, "whole" in more, "undefined" in more)


QUANTITIES = {name: _quantity(term.limits, term.hint) for name, term in glossary.load().items() if term.limits}
_EXACT = 2**53  # every whole number up to here is a double
# A quantity that no row limits is still a number.
_ANY = Quantity(-np.inf, np.inf, False, False, "")
_ROWS = {name: _ANY for name, term in glossary.load().items() if term.unit != "true or false"} | QUANTITIES


def _plain(row: Quantity, name: str, value: Any) -> Any:
    """Return an argument as a float64 or an array of float64, once it is within its limits.

    Whole numbers would overflow or lose their logarithm, short floats overflow, and lists repeat themselves.
    """
    # most arguments are one plain number, and a formula is called often
    kind = type(value)
    if kind is int and row.low < value < row.high and -_EXACT <= value <= _EXACT:
        return np.float64(value)
    if (kind is float or kind is np.float64) and row.low < value < row.high and not row.whole:
        return np.float64(value)
    if is_traced(value):
        return value
    array = value if kind is np.ndarray and value.dtype == np.float64 else number(name, value)
    # two reductions settle the usual case; a NaN fails both comparisons and goes on to the full check
    if not array.size or not (array.min() > row.low and array.max() < row.high):
        defined = array[~np.isnan(array)] if row.undefined else array
        require(row.low, row.high, open_low=row.open_low, open_high=row.open_high, hint=row.hint, **{name: defined})
    if row.whole:
        require_whole(row.low, row.hint, **{name: array})
    return array if array.ndim else array[()]


def check(**arguments: Any) -> Any:
    """Return one argument as float64 or array of float64, several as a tuple of them in the order given.

    Raises
    ------
    ValueError
        Unless every argument lies within the limits of its name.
    """
    plain = tuple(_plain(QUANTITIES[name], name, value) for name, value in arguments.items())
    return plain[0] if len(plain) == 1 else plain


def checked_fields(spec: Any, **limits: str) -> None:
    """Check every field of a dataclass that is a quantity, and hold it as float64 from then on.

    Parameters
    ----------
    spec : object
        A dataclass, frozen or not; call this from its `__post_init__`.
    **limits
        Limits that this spec alone needs, as in the glossary.

    Raises
    ------
    ValueError
        If a field lies outside its limits; the message names the field, the value and what is accepted.
    """
    for name, (row, optional) in _fields(cast(Hashable, type(spec)), tuple(limits.items())).items():
        value = getattr(spec, name)
        if not (value is None and optional):
            object.__setattr__(spec, name, _plain(row, name, value))


class Limited:
    """A dataclass of quantities: every field is held to its limits, and is float64 from then on.

    A class that needs more than that has a `__post_init__` of its own, which calls `checked_fields`.
    """

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


@functools.cache
def _fields(kind: Any, limits: tuple[tuple[str, str], ...]) -> dict[str, tuple[Quantity, bool]]:
    rows = _rows(dict(limits))
    defaults = {field.name: field.default for field in dataclasses.fields(kind) if field.init}
    return {name: (rows[name], default is None) for name, default in defaults.items() if name in rows}


def _rows(limits: Mapping[str, str]) -> dict[str, Quantity]:
    return _ROWS | {name: _quantity(text, _ROWS[name].hint) for name, text in limits.items()}


def _scalar(result: Any) -> Any:
    return result[()] if isinstance(result, np.ndarray) and result.ndim == 0 else result


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"))


def check_records(**records: tuple[Any, type]) -> None:
    """Raise `ValueError` where a record is asked for and something else is given.

    Parameters
    ----------
    **records
        The value and the dataclass or named tuple that it must be, by the name the caller's user knows. What has all
        fields passes: a page's choice among records is none itself.
    """
    for name, (value, kind) in records.items():
        if isinstance(value, kind) or hasattr(type(value), "__tabulate__"):
            continue
        wanted = getattr(kind, "_fields", None) or [one.name for one in dataclasses.fields(kind) if one.init]
        if not all(hasattr(value, one) for one in wanted):
            raise ValueError(f"{name}={shown(value)} is no {kind.__name__}; give {kind.__name__}"
                             f"({', '.join(wanted)}).")


def check_truths(**truths: Any) -> None:
    """Raise `ValueError` unless every argument is True or False, or a value that only the page will know."""
    for name, value in truths.items():
        if not (isinstance(value, (bool, np.bool)) or is_traced(value)):
            raise ValueError(f"{name}={shown(value)} is neither True nor False.")


class ShapeError(ValueError):
    """Arrays that numpy cannot combine, named as the caller of the outermost formula gave them."""


def _shapes(arguments: Mapping[str, Any]) -> str:
    shapes = [f"{name} of shape {value.shape}" for name, value in arguments.items()
              if isinstance(value, np.ndarray) and value.ndim]
    if not shapes:
        return ""
    rest = "" if len(shapes) > 1 else " with what is computed beside it"
    return f"{' and '.join(shapes)} cannot be combined{rest}; give one number, or arrays whose shapes broadcast."


_RAISES = """Raises
------
ValueError
    If an argument lies outside its limits; the message names the argument, the value and what is accepted.

"""


def _with_raises(doc: str | None) -> str:
    doc = inspect.cleandoc(doc or "")
    if "Raises\n------" in doc:
        return doc
    for heading in ("Notes\n-----", "References\n----------"):
        if heading in doc:
            before, after = doc.split(heading, 1)
            return f"{before}{_RAISES}{heading}{after}"
    return f"{doc}\n\n{_RAISES.rstrip()}"


def _called(function: Callable[..., Any], given: list[Any], named: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Call a formula; of arguments that numpy cannot join, say what they are called."""
    try:
        return function(*given, **named)
    except ValueError as error:
        if isinstance(error, ShapeError) or "broadcast" in str(error):
            raise ShapeError(_shapes(dict(zip(names, given, strict=False)) | named) or str(error)) from None
        raise


@overload
def checked(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def checked(**limits: str) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def checked(function: Callable[..., Any] | None = None, /, **limits: str) -> Any:
    """Check every argument of a formula that is a quantity, by name, and hand it over as float64 or array of float64.

    Limits that this formula alone needs are written as in the glossary: ``@checked(utilisation="(0, 1]")``.
    An argument annotated as a record, such as ``server: Server``, must be one, and one annotated ``bool`` a truth. Any
    other that the glossary does not know (a set of draws) passes as it is. `None` stands for "not given", where that is
    the argument's default. A result without axes comes back as a plain number.
    """
    if function is None:
        return functools.partial(checked, **limits)
    rows = _rows(limits)
    parameters = inspect.signature(function).parameters
    names = tuple(parameters)
    doors = {name: (rows[name], parameters[name].default is None) for name in names if name in rows}

    def plain(name: str, value: Any) -> Any:
        if name not in doors:
            return value
        row, optional = doors[name]
        return value if value is None and optional else _plain(row, name, value)

    @functools.cache
    def records() -> dict[str, type]:
        # looked up when first called: a module may name a record before it defines it
        named = {name: function.__globals__.get(str(parameter.annotation).removesuffix(" | None"))
                 for name, parameter in parameters.items() if name not in doors}
        return {name: kind for name, kind in named.items() if isinstance(kind, type) and _is_record(kind)}

    truths = {name for name, parameter in parameters.items()
              if name not in doors and str(parameter.annotation) in ("bool", "<class 'bool'>")}

    def door(name: str, value: Any) -> Any:
        kind = records().get(name)
        if kind is not None and not (value is None and parameters[name].default is None):
            check_records(**{name: (value, kind)})
        if name in truths:
            check_truths(**{name: value})
        return plain(name, value)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        # A wrong number of arguments, or one given twice, is left for Python to report.
        given = [door(name, value) for name, value in zip(names, args, strict=False)]
        named = {name: door(name, value) for name, value in kwargs.items()}
        result = _called(function, [*given, *args[len(names):]], named, names)
        return result._make(map(_scalar, result)) if hasattr(result, "_make") else _scalar(result)

    wrapper.__doc__ = _with_raises(function.__doc__)
    return cast(Any, wrapper)
