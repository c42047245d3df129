"""A reader's own benchmark: what the serving model computes for its rows, and the one factor by which it is off."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from .. import catalog
from ..quantities.checks import words_of
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..serving.constants import Constants
from ..serving.layout import Layout
from ..serving.load import Load
from ..serving.setups import Setup
from ..serving.step import serve

_WRITTEN = re.compile(r"(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
NEEDED = ("concurrency", "prompt_tok", "output_tok", "tpot_s")


class Row(NamedTuple):
    """One measured point.

    Parameters
    ----------
    concurrency, prompt_tok, output_tok, n_chips : float
        Requests in flight, mean lengths, and chips that share the model; one unless a column says. [1], [token], [1]
    tpot_s, ttft_s : float
        Time per further token, and to the first one; undefined (NaN) where it was not measured. [s]
    """

    concurrency: float
    prompt_tok: float
    output_tok: float
    n_chips: float
    tpot_s: float
    ttft_s: float


@cache
def columns() -> Mapping[str, list[str]]:
    """Return the names that each column of a benchmark may have."""
    return MappingProxyType(catalog.read_tables(catalog.path("benchmark_columns.toml", __package__))["columns"])


def read_benchmark(text: str) -> list[Row]:
    """Read a benchmark's rows.

    Parameters
    ----------
    text : str
        The CSV file, with its header.

    Returns
    -------
    list of Row

    Raises
    ------
    ValueError
        For a header that lacks a column, has one twice or one that nobody knows, and for a row that is longer or
        shorter, or has a cell that is no number above zero.
    """
    words = words_of("text", text, "the contents of a CSV file, as file.read_text() has them")
    try:
        rows = [row for row in csv.reader(io.StringIO(words.lstrip("\ufeff"))) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ValueError(f"the file is no CSV ({error}); give a header and a row for each point.") from None
    if len(rows) < 2:
        raise ValueError("the file needs a header and a row.")
    header = [cell.strip().lower() for cell in rows[0]]
    known = {name for names in columns().values() for name in names}
    strange = [name for name in header if name not in known]
    if strange:
        raise ValueError(f"nobody knows the column {strange[0]!r}; known: {', '.join(sorted(known))}.")
    places = {key: next((header.index(name) for name in names if name in header), -1)
              for key, names in columns().items()}
    for key, names in columns().items():
        several = [name for name in header if name in names]
        if len(several) > 1 and key != "ignored":
            raise ValueError(f"the columns {several[0]!r} and {several[1]!r} say the same; keep one of them.")
    missing = [key for key in NEEDED if places[key] < 0]
    if missing:
        raise ValueError(f"no column says {missing[0]!r}; add one of {', '.join(columns()[missing[0]])}.")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise ValueError(f"row {number}: {len(row)} fields where the header has {len(header)}.")
    return [Row(*(_cell(number, row, header, places[key], key) for key in Row._fields))
            for number, row in enumerate(rows[1:], 2)]


def _cell(number: int, row: list[str], header: list[str], place: int, key: str) -> float:
    if place < 0:
        return 1.0 if key == "n_chips" else math.nan
    cell = row[place].strip()
    value = float(cell) if _WRITTEN.fullmatch(cell) else math.nan
    if not 0 < value < 1e9:
        raise ValueError(f"row {number}: {header[place]}={cell[:40]!r} is no number above zero.")
    return value / 1000 if header[place].endswith("_ms") else value


@checked
def computed_s(s: Setup, c: Constants, concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric,
               n_chips: Numeric) -> tuple[Numeric, Numeric]:
    """Time per further token and to the first one, as the serving model has them.

    Parameters
    ----------
    s, c : Setup, Constants
        Model, chip, and what was measured of them.
    concurrency, prompt_tok, output_tok, n_chips : numeric
        As in `Row`. [1], [token], [token], [1]

    Returns
    -------
    tuple of numeric
        [s]
    """
    point = serve(s, c, Load(concurrency, prompt_tok, output_tok), Layout.of(n_chips, 1.0))
    return point.tpot_s, point.ttft_s


@checked
def speed_after(speed: Numeric, rows: Numeric, computed_tpot_s: Numeric, tpot_s: Numeric) -> Numeric:
    """Speed of the machines that were measured over this model's, with one row more: a mean by logarithms.

    Parameters
    ----------
    speed, rows : numeric
        What the rows before it say, and how many they are; 1 and 0 at the beginning. [1]
    computed_tpot_s, tpot_s : numeric
        Of this row. [s]

    Returns
    -------
    numeric
        [1]
    """
    factor: Numeric = np.exp((np.log(speed) * rows + np.log(computed_tpot_s / tpot_s)) / (rows + 1))
    return factor
