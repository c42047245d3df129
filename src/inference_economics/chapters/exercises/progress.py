"""What a reader has answered, kept in a file on the reader's own machine when asked to, and nowhere else.

The file is CSV with one line for each `check`: the exercise, the answer as typed, the number it was read as, the unit,
and whether it settled the exercise. The page's *Save my answers* writes the same columns, and the page that gathers a
room's answers reads both.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import NamedTuple

from ...quantities.checks import file_path, shown
from .exercise import Exercise

COLUMNS = ("exercise", "answer", "value", "unit", "settled")

_kept: list[Path] = []  # where answers are kept now; at most one file


class Answer(NamedTuple):
    """One answer, as its file has it."""

    exercise: str
    answer: str
    value: float
    """In the unit of the exercise; NaN where it was not understood. [unit]"""
    unit: str
    settled: bool


def _typed(answer: object) -> str:
    """Return an answer as a file in UTF-8 can hold it; a whole number too long to be written out is shortened."""
    words = answer if isinstance(answer, str) else shown(answer) if isinstance(answer, int) else str(answer)
    return words.encode("utf-8", "replace").decode("utf-8")


def row(one: Exercise, answer: object) -> Answer:
    """Return what the file will say of an answer to an exercise."""
    reading = one.read(answer)
    return Answer(one.id, _typed(answer), math.nan if reading.kind else reading.value, one.unit, one.reply(answer)[1])


def read_answers(path: str | Path) -> list[Answer]:
    """Read a file that `keep_answers` or the page wrote.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    list of Answer
        In the order in which they were given.

    Raises
    ------
    ValueError
        The file is none of answers: it names the line and says what is accepted.
    """
    path = file_path(path)
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8").removeprefix("\ufeff"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path.name} cannot be read as CSV in UTF-8: {error}.") from None
    except OSError as error:
        raise ValueError(f"path={str(path)[:200]!r} cannot be read ({error.strerror}); give a file that keep_answers or "
                         "the page wrote.") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        raise ValueError(f"{path.name} must begin with the line {','.join(COLUMNS)}; it is no file of answers.")
    found = []
    for number, cells in enumerate(lines[1:], 2):
        if len(cells) != len(COLUMNS) or cells[4] not in ("yes", "no"):
            raise ValueError(f"{path.name}, line {number}: {','.join(cells)!r} is no answer; a line has the columns "
                             f"{', '.join(COLUMNS)}, the last of them yes or no.")
        try:
            value = float(cells[2]) if cells[2] else math.nan
        except ValueError:
            value = math.inf
        if math.isinf(value) or (cells[2] and math.isnan(value)):
            raise ValueError(f"{path.name}, line {number}: value={cells[2]!r} must be a number or empty.")
        found.append(Answer(cells[0], cells[1], value, cells[3], cells[4] == "yes"))
    return found


def keep_answers(path: str | Path | None = "my_answers.csv") -> None:
    """Keep what `check` is given from now on in a file on this machine; None stops it.

    Parameters
    ----------
    path : str, Path or None
        A new file, or one with answers of before, which stay. ["my_answers.csv"]

    Raises
    ------
    ValueError
        The file holds something else, or its folder is not there.
    """
    if path is None:
        _kept.clear()
        return
    path = file_path(path)
    try:
        if path.exists():
            read_answers(path)
        elif not path.parent.is_dir():
            raise ValueError(f"path={str(path)!r}: there is no folder {str(path.parent)!r}; make it first.")
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(COLUMNS)
    except OSError as error:
        raise ValueError(f"path={str(path)[:200]!r} cannot be written ({error.strerror}); give another file.") from None
    _kept[:] = [path]


def keep(one: Exercise, answer: object) -> None:
    """Add an answer to the file, where one is kept."""
    if not _kept or one.answer is None:
        return
    found = row(one, answer)
    value = "" if math.isnan(found.value) else repr(found.value)
    with _kept[0].open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([found.exercise, found.answer, value, found.unit, "yes" if found.settled else "no"])
