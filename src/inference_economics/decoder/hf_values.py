"""Values of a checkpoint's JSON files, each of the kind that it should be or refused by its name."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..quantities.checks import file_path, shown

MAX_BYTES = 64_000_000  # the index of the largest published checkpoint takes 9


def read_json(file: str | Path) -> dict[str, Any]:
    """Read a JSON file of keys and values, such as an index of weights.

    Parameters
    ----------
    file : str or pathlib.Path
        The file.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        When it is missing, too large, not UTF-8, not JSON, nested without end, or says a key twice.
    """
    file = file_path(file)
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
        raw = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except OSError as error:
        raise ValueError(f"{str(file)!r} cannot be read: {error}.") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{str(file)!r} is not JSON: {error}.") from None
    if not isinstance(raw, dict):
        raise ValueError(f"{str(file)!r} is not JSON of keys and values.")
    return raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands there twice")
    return table


def as_json(value: Any) -> str:
    """Return a value for a message, true and false as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else shown(value)


def says(value: Any) -> bool:
    """Tell whether a value says anything: null, {} and [] do not."""
    return not (value is None or (isinstance(value, (dict, list)) and not value))


def number(raw: dict[str, Any], name: str, default: Any = None, *, whole: bool = False,
           low: float = -math.inf) -> Any:
    """Return a number of a table.

    Parameters
    ----------
    raw : dict
        Keys and values.
    name : str
        Which of them.
    default : number, optional
        What a missing key or null means; without one it is refused.
    whole : bool
        Whether only whole numbers are accepted.
    low : float
        Least value that is accepted.

    Returns
    -------
    int or float

    Raises
    ------
    ValueError
        When it is missing, no such number, or too small; the message names the key.
    """
    value = raw.get(name)
    if value is None:
        if default is None:
            raise ValueError(f"config.json lacks {name!r}.")
        return default
    plain = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 1e15
    if not plain or (whole and value % 1):
        raise ValueError(f"{name}={shown(value)} is not a {'whole ' if whole else ''}number.")
    if value < low:
        raise ValueError(f"{name}={shown(value)} is less than {low:g}.")
    return int(value) if whole else float(value)


def truth(raw: dict[str, Any], name: str) -> bool:
    """Return true or false of a table; false where it does not say.

    Parameters
    ----------
    raw : dict
        Keys and values.
    name : str
        Which of them.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        When it is neither.
    """
    value = raw.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name}={shown(value)} is neither true nor false.")
    return bool(value)
