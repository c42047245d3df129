"""Argument checks shared by every public formula.

A check raises `ValueError` naming the argument, the value and what is accepted. A traced value (see
`kernelless.trace`) has no number to look at yet, so it passes: the slider's own limits guard it.
"""

from __future__ import annotations

import numbers
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernelless.checks import is_traced, lookup, shown

LONGEST_PATH = 4_096  # characters; a system refuses longer ones

__all__ = ["day", "file_path", "is_traced", "known", "lookup", "number", "require", "require_fraction",
           "require_non_negative", "require_one", "require_positive", "require_whole", "shown", "whole", "words_of"]


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool))


def number(name: str, value: Any) -> npt.NDArray[np.float64]:
    """Return a number, or numbers, as an array of float64, or raise `ValueError` that names the argument.

    Parameters
    ----------
    name : str
        What the caller's user calls the argument.
    value : object
        A number, an array or (nested) lists of numbers. Text, None, truth values, dates, complex numbers, values that
        are masked out and whole numbers beyond the largest double are not numbers here.

    Returns
    -------
    numpy.ndarray
        Without axes for a single number. NaN and infinity are numbers; limits are for the caller to check.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    try:
        raw = np.asarray(value)
        kind = raw.dtype.kind
        # np.asarray(x, float) alone would take "5" for 5, None for NaN and True for 1, and drop a mask without a word.
        if kind not in "fiu" and not (kind == "O" and all(map(_is_number, raw.flat))):
            raise TypeError
        if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
            raise TypeError
        array = raw.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise ValueError(f"{name}={shown(value)} is not a number or an array of numbers.") from None
    if kind == "f" and raw.dtype.itemsize > array.itemsize and (np.isinf(array) & np.isfinite(raw)).any():
        raise ValueError(f"{name}={shown(value)} is beyond the largest double.")
    return array


def require(low: float = -np.inf, high: float = np.inf, *, open_low: bool = False, open_high: bool = False,
            hint: str = "", **arguments: Any) -> None:
    """Raise `ValueError` unless every named argument is numeric, not NaN, and within the limits.

    Parameters
    ----------
    low, high : float
        Limits, in the unit of the arguments. Both are accepted values unless `open_low` or `open_high` is set.
    open_low, open_high : bool
        Whether a limit itself is refused.
    hint : str
        What to do about it, added to the message (for example "was it given in GB?").
    **arguments
        The values to check, by the name the caller's user knows. Scalars, arrays or traced values.
    """
    for name, value in arguments.items():
        if is_traced(value):
            continue
        array = number(name, value)
        below = array <= low if open_low else array < low
        above = array >= high if open_high else array > high
        bad = below | above | np.isnan(array)
        if bad.any():
            worst = float(array[bad][0])
            span = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
            message = f"{name}={worst:g} is outside {span}"
            raise ValueError(f"{message}; {hint}" if hint else f"{message}.")


def require_one(low: float = -np.inf, high: float = np.inf, *, open_low: bool = False, open_high: bool = False,
                hint: str = "", **arguments: Any) -> None:
    """Raise `ValueError` unless every named argument is one number, not NaN, and within the limits; see `require`."""
    require(low, high, open_low=open_low, open_high=open_high, hint=hint, **arguments)
    for name, value in arguments.items():
        if np.ndim(value):
            raise ValueError(f"{name}={shown(value)} must be one number, not several.")


def require_positive(hint: str = "", **arguments: Any) -> None:
    """Raise `ValueError` unless every named argument is finite and greater than zero."""
    require(0, np.inf, open_low=True, open_high=True, hint=hint, **arguments)


def require_non_negative(hint: str = "", **arguments: Any) -> None:
    """Raise `ValueError` unless every named argument is finite and zero or more."""
    require(0, np.inf, open_high=True, hint=hint, **arguments)


def require_fraction(hint: str = "", **arguments: Any) -> None:
    """Raise `ValueError` unless every named argument lies in 0..1."""
    require(0, 1, hint=hint or "give a fraction, not a percentage.", **arguments)


def known(figure: float | None) -> float:
    """Return a figure of a specification that the catalogue may lack. ValueError where it does."""
    if figure is None:
        raise ValueError("the catalogue has no such figure; ask about another model or chip.")
    return figure


def require_whole(low: float = 1, hint: str = "", **arguments: Any) -> None:
    """Raise `ValueError` unless every named argument is a whole number of at least `low`."""
    require(low, np.inf, open_high=True, hint=hint, **arguments)
    for name, value in arguments.items():
        if not is_traced(value) and np.any(number(name, value) % 1):
            raise ValueError(f"{name}={shown(value)} must be a whole number. {hint}".strip())


def whole(low: int = 1, hint: str = "", **argument: Any) -> int:
    """Return the one argument as an int, or raise `ValueError` unless it is one whole number of at least `low`."""
    (name, value), = argument.items()
    require_whole(low, hint, **argument)
    if np.ndim(value):
        raise ValueError(f"{name}={shown(value)} must be one whole number, not several.")
    return int(value)


def words_of(name: str, value: Any, what: str) -> str:
    """Return a text that a reader brings, or raise `ValueError`.

    Parameters
    ----------
    name : str
        What the caller's user calls the argument.
    value : object
        The contents of a file, not its path and not its bytes.
    what : str
        What to give, for the message.

    Returns
    -------
    str
    """
    if not isinstance(value, str):
        raise ValueError(f"{name}={shown(value)} is no text; give {what}.")
    return value


def day(text: Any) -> date:
    """Return a day that somebody writes as 2026-11-26, or raise `ValueError`."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"date={shown(text)} is no day; write it as 2026-11-26.") from None


def file_path(path: Any) -> Path:
    """Return the path of a file or folder that somebody names.

    Parameters
    ----------
    path : str or path
        A text or a path of pathlib. A number, which Python would take for an open file, is refused.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        For anything else, and for a text that no file can have as its name.
    """
    told = path.__fspath__() if isinstance(path, PathLike) else path
    if not isinstance(told, str) or not told.strip() or "\0" in told or len(told) > LONGEST_PATH:
        raise ValueError(f"path={shown(path)} is no path of a file; give a text or a pathlib.Path.")
    return Path(told)
