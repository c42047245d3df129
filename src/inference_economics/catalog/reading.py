"""Reading the catalogue files: TOML in, specs out, and an error that names file, row and field."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from importlib.resources import files
from pathlib import Path

from ..quantities.checks import lookup


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


def read_tables(file: str | Path) -> dict[str, dict]:
    """Return the tables of a TOML file by key; name the file when it cannot be read.

    Parameters
    ----------
    file : str or pathlib.Path
        A catalogue file.

    Returns
    -------
    dict
        Table name to its raw keys and values.
    """
    file = Path(file)
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{file}: no such catalogue file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise ValueError(f"{file}: not readable as TOML: {error}") from None
    for key, row in rows.items():
        if not isinstance(row, dict):
            raise ValueError(f"{file}: {key!r} stands outside a row; begin each row with a header such as [my-row].")
    return rows


def build(kind: type, row: dict, file: str | Path, key: str, **extra):
    """Build the dataclass `kind` from a row, or raise `ValueError` naming file, row and the field at fault.

    Parameters
    ----------
    kind : type
        A dataclass.
    row : dict
        The row's keys and values, already in base units.
    file, key : str
        Where the row stands, for the message.
    **extra
        Fields that the row itself does not carry, such as its name.

    Returns
    -------
    object
        An instance of `kind`.
    """
    known = {f.name: f for f in fields(kind) if f.init}
    try:
        for name in row:
            lookup("field", name, known)
        needed = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
        missing = sorted(needed - row.keys() - extra.keys())
        if missing:
            raise ValueError(f"missing {', '.join(missing)}.")
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}, **extra)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{file}, row [{key}]: {error}") from None


def build_all(kind: type, file: str | Path, prepare=dict) -> dict:
    """Build one `kind` from every row of a file, named by its key, once `prepare` has put the row into base units."""
    built = {}
    for key, row in read_tables(file).items():
        try:
            row = prepare(row)
        except ValueError as error:
            raise ValueError(f"{file}, row [{key}]: {error}") from None
        built[key] = build(kind, row, file, key, name=key)
    return built
