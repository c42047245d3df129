"""Reading the catalogue files: TOML in, specs out, and an error that names file, row and field.

Whatever a file holds, it is understood wholly or refused by one `ValueError`: numbers that are not finite, keys that
stand twice, text where a number belongs, bad encoding, lists within lists without end.
"""

from __future__ import annotations

import math
import tomllib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from ..quantities.checks import file_path, lookup, shown
from .provenance import Recorded, sourced

Kind = TypeVar("Kind")
Row = dict[str, Any]
# What a row that is not what it should be may raise on its way into a spec.
_SLIPS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def path(name: str, room: str = __package__) -> Path:
    """Return the path of a data file shipped with the package.

    Parameters
    ----------
    name : str
        File name, for example ``models.toml``.
    room : str
        The room that it lies in, as that room's ``__package__``; the catalogue where not given.

    Returns
    -------
    pathlib.Path
    """
    return Path(str(files(room) / name))


def read_tables(file: str | Path) -> dict[str, Row]:
    """Return the tables of a TOML file by key; name the file when it cannot be read.

    Parameters
    ----------
    file : str or pathlib.Path
        A catalogue file.

    Returns
    -------
    dict
        Table name to its raw keys and values.

    Raises
    ------
    ValueError
        If there is no such file, it is not TOML in UTF-8, a key stands twice, or something stands outside a row.
    """
    file = file_path(file)
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{file}: no such catalogue file.") from None
    except RecursionError:
        raise ValueError(f"{file}: not readable as TOML: lists or tables are nested too deep.") from None
    except (ValueError, OSError) as error:  # among them TOMLDecodeError, UnicodeDecodeError, IsADirectoryError
        raise ValueError(f"{file}: not readable as TOML: {error}") from None
    for key, row in rows.items():
        if not isinstance(row, dict):
            raise ValueError(f"{file}: {key!r} stands outside a row; begin each row with a header such as [my-row].")
    return rows


def build(kind: Callable[..., Kind], row: Mapping[str, Any], file: str | Path, key: str, **extra: Any) -> Kind:
    """Build the dataclass `kind` from a row, or raise `ValueError` naming file, row and the field at fault.

    Parameters
    ----------
    kind : type
        A dataclass. Its annotations say what each field may hold: a ``float`` is a finite number, an ``int`` a whole
        one, neither is True or False, and a list becomes a tuple.
    row : dict
        The row's keys and values, already in base units.
    file, key : str
        Where the row stands, for the message.
    **extra
        Fields that the row itself does not carry, such as its name.

    Returns
    -------
    kind
        An instance of it.
    """
    try:
        known = {f.name: f for f in fields(typing.cast(Any, kind)) if f.init}
        for name in row:
            lookup("field", name, known)
            if name in extra:
                raise ValueError(f"{name!r} is given by where the row stands; leave it out.")
        needed = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
        missing = sorted(needed - row.keys() - extra.keys())
        if missing:
            raise ValueError(f"missing {', '.join(missing)}.")
        given = {name: _frozen(value) for name, value in row.items()} | extra
        for name, value in given.items():
            _check_kind(name, value, _hints(kind).get(name, Any))
        built = kind(**given)
    except _SLIPS as error:
        raise _at(file, key, error) from None
    if isinstance(built, Recorded):
        for name in row:
            if {float, int} & {hint := _hints(kind).get(name), *typing.get_args(hint)}:
                object.__setattr__(built, name, sourced(getattr(built, name), built.provenance_of(name)))
    return built


def build_all(kind: Callable[..., Kind], file: str | Path,
              prepare: Callable[[Row], Mapping[str, Any]] = dict) -> dict[str, Kind]:
    """Build one `kind` from every row of a file, named by its key, once `prepare` has put the row into base units."""
    built = {}
    for key, row in read_tables(file).items():
        try:
            ready = prepare(row)
        except _SLIPS as error:
            raise _at(file, key, error) from None
        built[key] = build(kind, ready, file, key, name=key)
    return built


def _at(file: str | Path, key: str, error: Exception) -> ValueError:
    said = error if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return ValueError(f"{file}, row [{key}]: {said}")


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _check_kind(name: str, value: Any, hint: Any) -> None:
    """Refuse a value that is not of the kind that a field's annotation asks for."""
    options = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    words = [_refusal(value, option) for option in options]
    if all(words):
        raise ValueError(f"{name}={shown(value)} {words[0]}.")


def _refusal(value: Any, hint: Any) -> str:
    """Say why a value is not of one kind; empty where it is, or where the spec itself must judge."""
    if hint is types.NoneType:
        return "" if value is None else "is given"
    if hint in (float, int):
        if isinstance(value, bool) or not isinstance(value, (int, float) if hint is float else int):
            return "is not a number" if hint is float else "is not a whole number"
        # a whole number beyond the largest double raises OverflowError, which is refused with file and row as well
        return "" if math.isfinite(value) else "is not finite"
    wanted = {str: "text", bool: "true or false", tuple: "a list", dict: "a table"}
    base = typing.get_origin(hint) or hint
    return f"is not {wanted[base]}" if base in wanted and not isinstance(value, base) else ""
