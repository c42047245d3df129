"""Today's bill as a workload: usage exports of providers, read row by row, or refused with the row and the reason."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from .. import catalog
from ..quantities.checks import words_of

BATCH = ("batch", "true", "1", "flex")
FULL = ("standard", "false", "0", "default", "auto", "", "priority", "on_demand")
# digits, or digits in groups of three: "12,5" is somebody's twelve and a half, and no 125
_WRITTEN = re.compile(r"\d+(\.\d*)?(e\+?\d+)?|\d{1,3}(,\d{3})+(\.\d*)?|", re.ASCII | re.IGNORECASE)
_COUNTS = ("requests", "unread", "input", "cached", "written", "thinking", "output")


@dataclass(frozen=True)
class Usage:
    """What an export adds up to.

    Parameters
    ----------
    shape : str
        ``openai``, ``anthropic`` or ``generic``.
    days : int
        Days from the first to the last, both counted. [day]
    requests : float
        Undefined (NaN) where the export does not count them. [1]
    input_tok, cached_tok, written_tok, output_tok, thinking_tok, batch_tok : float
        All input; of it read from the cache, and written to it; all output; of it thinking; and all tokens of the
        cheaper tier. [token]
    peak_day_tok : float
        Tokens of the busiest day. [token]
    models : tuple of str
        Names in the export.
    """

    shape: str
    days: int
    requests: float
    input_tok: float
    cached_tok: float
    written_tok: float
    output_tok: float
    thinking_tok: float
    batch_tok: float
    peak_day_tok: float
    models: tuple[str, ...]


@cache
def shapes() -> Mapping[str, Mapping[str, Any]]:
    """Return the columns of each kind of export, in the order in which a header is held against them.

    Returns
    -------
    mapping
    """
    return MappingProxyType(catalog.read_tables(catalog.path("usage_shapes.toml", __package__)))


def read_usage(text: str) -> Usage:
    """Read a usage export.

    Parameters
    ----------
    text : str
        The CSV file, with its header.

    Returns
    -------
    Usage

    Raises
    ------
    ValueError
        For a header that no shape has, a column that nobody knows, or a row that is not understood wholly; the message
        names the row and the reason. Nothing is skipped.
    """
    words = words_of("text", text, "the contents of a CSV file, as file.read_text() has them")
    reader = csv.reader(io.StringIO(words.lstrip("\ufeff")), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}; give a CSV.") from None
    if not rows:
        raise ValueError("the file is empty; give a CSV with a header, such as a provider's usage export.")
    header = [cell.strip().lower() for cell in rows[0][1]]
    name, columns = _shape_of(header)
    if len(rows) < 2:
        raise ValueError("the file has a header and no rows.")
    read = [_row(number, row, header, columns) for number, row in rows[1:]]
    by_day: dict[date, float] = {}
    for one in read:
        by_day[one["day"]] = by_day.get(one["day"], 0.0) + one["input"] + one["output"]
    counted = [one["requests"] for one in read]
    total = {key: math.fsum(one[key] for one in read) for key in ("input", "cached", "written", "output", "thinking")}
    if total["input"] + total["output"] == 0:
        raise ValueError("all rows together count no token.")
    return Usage(name, (max(by_day) - min(by_day)).days + 1, math.fsum(counted), total["input"], total["cached"],
                 total["written"], total["output"], total["thinking"],
                 math.fsum(one["input"] + one["output"] for one in read if one["batch"]), max(by_day.values()),
                 tuple(sorted({one["model"] for one in read} - {""})))


def _shape_of(header: list[str]) -> tuple[str, dict[str, list[int]]]:
    twice = sorted({one for one in header if header.count(one) > 1})
    if twice:
        raise ValueError(f"line 1: the column {twice[0]!r} stands there twice.")
    for name, shape in shapes().items():
        if not set(shape["known_by"]) <= set(header):
            continue
        known = {key: value for key, value in shape.items() if key in (*_COUNTS, "day", "model", "tier")}
        strange = sorted(set(header) - {one for names in known.values() for one in names} - set(shape["ignored"]))
        if strange:
            raise ValueError(f"line 1: nobody knows the column {strange[0]!r} of an export of the kind "
                             f"{shape['title']!r}; take it out, or rename it to one of "
                             f"{', '.join(sorted(one for names in known.values() for one in names))}.")
        found = {key: [header.index(one) for one in names if one in header] for key, names in known.items()}
        if not found["day"]:
            raise ValueError(f"line 1: no column says the day; add one of {', '.join(shape['day'])}.")
        found["unsupported"] = [header.index(one) for one in shape.get("unsupported", ()) if one in header]
        return name, found
    wanted = "; or ".join(f"{', '.join(shape['known_by'])} ({shape['title']})" for shape in shapes().values())
    raise ValueError(f"line 1: the header {', '.join(header)[:200]!r} is of no known export; it needs {wanted}.")


def _row(number: int, row: list[str], header: list[str], columns: dict[str, list[int]]) -> dict[str, Any]:
    if len(row) != len(header):
        raise ValueError(f"line {number}: {len(row)} fields where the header has {len(header)}.")

    def total(key: str) -> float:
        return math.fsum(_count(number, header[at], row[at]) for at in columns.get(key, ()))

    if any(_count(number, header[at], row[at]) for at in columns["unsupported"]):
        raise ValueError(f"line {number}: it counts tokens of sound, which are not priced here; take the row out.")
    cached, written, output, thinking = (total(key) for key in ("cached", "written", "output", "thinking"))
    whole = total("input") if columns.get("input") else total("unread") + cached + written
    if cached + written > whole:
        raise ValueError(f"line {number}: {cached + written:,.0f} tokens of the input in the cache, of {whole:,.0f}.")
    if thinking > output:
        raise ValueError(f"line {number}: {thinking:,.0f} tokens of thinking, of {output:,.0f} written.")
    model = next((row[at].strip() for at in columns.get("model", ())), "")
    return {"day": _day(number, row[columns["day"][0]]), "input": whole, "cached": cached, "written": written,
            "output": output, "thinking": thinking, "model": model,
            "requests": total("requests") if columns.get("requests") else math.nan,
            "batch": _is_batch(number, next((row[at] for at in columns.get("tier", ())), ""))}


def _count(number: int, name: str, cell: str) -> float:
    text = cell.strip()
    value = float(text.replace(",", "") or 0) if _WRITTEN.fullmatch(text) else math.nan
    if not 0 <= value < 1e18:
        raise ValueError(f"line {number}: {name}={cell[:40]!r} is no number of tokens or requests.")
    return value


def _day(number: int, cell: str) -> date:
    text = cell.strip()
    try:
        if text.isdecimal() and len(text) >= 9:
            return datetime.fromtimestamp(int(text), tz=UTC).date()
        return datetime.fromisoformat(text).date()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"line {number}: {cell[:40]!r} is no day; write 2026-11-26.") from None


def _is_batch(number: int, cell: str) -> bool:
    text = cell.strip().lower()
    if text not in (*BATCH, *FULL):
        raise ValueError(f"line {number}: the tier {cell[:40]!r} is not known; known: "
                         f"{', '.join(one for one in (*BATCH, *FULL) if one)}.")
    return text in BATCH
