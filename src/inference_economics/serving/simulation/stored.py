"""Results that take too long for a page: kept as tables in ``data/``, made again by `report`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from ... import catalog


def stored(name: str) -> list[dict[str, str]]:
    """Return the rows of a stored table.

    Parameters
    ----------
    name : str
        Its file.

    Returns
    -------
    list of dict
        Heading to text.
    """
    with files(__package__).joinpath("data", name).open("r", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def keep(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table, numbers to six digits.

    Parameters
    ----------
    name : str
        Its file.
    columns : sequence of str
        Headings.
    rows : iterable of sequence
        Texts and numbers.

    Returns
    -------
    Path
        Where it lies.
    """
    path = catalog.path(f"data/{name}", __package__)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    return path
