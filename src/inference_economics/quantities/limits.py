"""What every formula accepts for an argument, by the argument's name: one name means one quantity everywhere.

The limits stand in `glossary.toml`, in the row that gives the name's unit and meaning. `checked` applies them to all
arguments of a formula, `check` to those that are given.
"""

from __future__ import annotations

import functools
import inspect
from typing import NamedTuple

import numpy as np

from . import glossary
from .checks import is_traced, require

HOURS_PER_YEAR = 8760.0
DAYS_PER_YEAR = 365.0
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_YEAR = HOURS_PER_YEAR * SECONDS_PER_HOUR


class Quantity(NamedTuple):
    """The limits of one argument name, in its unit, and the slip that a value outside suggests."""

    low: float
    high: float
    open_low: bool
    open_high: bool
    hint: str


def _quantity(limits: str, hint: str) -> Quantity:
    low, high = map(float, limits[1:-1].split(","))
    return Quantity(low, high, limits[0] == "(", limits[-1] == ")", hint)


QUANTITIES = {name: _quantity(term.limits, term.hint) for name, term in glossary.load().items() if term.limits}


def _check(row: Quantity, name, value):
    if is_traced(value) or (isinstance(value, (int, float)) and row.low < value < row.high):
        return
    array = value if isinstance(value, np.ndarray) and value.dtype.kind == "f" else None
    # two reductions settle the usual case; a NaN fails both comparisons and goes on to the full check
    if array is None or not array.size or not (array.min() > row.low and array.max() < row.high):
        require(row.low, row.high, open_low=row.open_low, open_high=row.open_high, hint=row.hint, **{name: value})


def check(**arguments):
    """Raise `ValueError` unless every argument lies within the limits of its name."""
    for name, value in arguments.items():
        _check(QUANTITIES[name], name, value)


def _plain(rows, name, value):
    """Check an argument and return it as a float or an array of floats.

    Whole numbers would overflow or lose their logarithm, and lists repeat themselves.
    """
    if name not in rows or value is None or is_traced(value):
        return value
    _check(rows[name], name, value)
    if isinstance(value, (int, float)):
        return np.float64(value)
    array = np.asarray(value, dtype=float)
    return array if array.ndim else array[()]


def _scalar(result):
    return result[()] if isinstance(result, np.ndarray) and result.ndim == 0 else result


_RAISES = """Raises
------
ValueError
    If an argument lies outside its limits; the message names the argument, the value and what is accepted.

"""


def _with_raises(doc: str) -> str:
    doc = inspect.cleandoc(doc)
    if "Raises\n------" in doc:
        return doc
    for heading in ("Notes\n-----", "References\n----------"):
        if heading in doc:
            before, after = doc.split(heading, 1)
            return f"{before}{_RAISES}{heading}{after}"
    return f"{doc}\n\n{_RAISES.rstrip()}"


def checked(function=None, /, **limits):
    """Check every argument of a formula that has limits, by name, and hand it over as float or array.

    Limits that this formula alone needs are written as in the glossary: ``@checked(utilisation="(0, 1]")``.
    An argument without limits (a spec, a set of draws) passes as it is; `None` stands for "not given". A result
    without axes comes back as a plain number.
    """
    if function is None:
        return functools.partial(checked, **limits)
    rows = QUANTITIES | {name: _quantity(text, QUANTITIES[name].hint) for name, text in limits.items()}
    names = tuple(inspect.signature(function).parameters)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        # A wrong number of arguments, or one given twice, is left for Python to report.
        plain = [_plain(rows, name, value) for name, value in zip(names, args, strict=False)]
        named = {name: _plain(rows, name, value) for name, value in kwargs.items()}
        result = function(*plain, *args[len(names):], **named)
        return result._make(map(_scalar, result)) if hasattr(result, "_make") else _scalar(result)

    wrapper.__doc__ = _with_raises(function.__doc__)
    return wrapper
