"""The catalogues: dated facts in TOML, each row with its source, date and confidence.

A confidence mark says how the number was read:

``primary``
    Read in the original paper, repository or data file.
``secondary``
    Read in a copy or a report; the row cites the original.
``derived``
    Computed from rows of the two kinds above.
``estimate``
    A published estimate, not a measurement or a price list.

Nothing here comes from memory alone. Where sources conflict, the row's note says so.
"""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from importlib.resources import files
from pathlib import Path

from inference_economics._checks import lookup

CONFIDENCE = ("primary", "secondary", "derived", "estimate")


def path(name: str) -> Path:
    """Return the path of a catalogue file shipped with the package.

    Parameters
    ----------
    name : str
        File name, for example ``models.toml``.

    Returns
    -------
    pathlib.Path
    """
    return Path(str(files(__name__) / name))


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
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


def check_provenance(source: str, date: str, confidence: str) -> None:
    """Raise `ValueError` unless a row names a source, an ISO date (year, month or day) and a known confidence mark."""
    if not isinstance(source, str) or not source.strip():
        raise ValueError("source is empty; say where the numbers were read.")
    parts = date.split("-") if isinstance(date, str) else ()
    if not parts or [len(p) for p in parts] != [4, 2, 2][: len(parts)] or not all(p.isdigit() for p in parts):
        raise ValueError(f"date={date!r} is not a date; write 2024, 2024-12 or 2024-12-26.")
    lookup("confidence mark", confidence, CONFIDENCE_TABLE)


CONFIDENCE_TABLE = {mark: mark for mark in CONFIDENCE}
