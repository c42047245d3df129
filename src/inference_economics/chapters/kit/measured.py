"""Measured points, found by their fields."""

from __future__ import annotations

import dataclasses
from typing import Any

from ...quantities.checks import lookup
from ...serving import measurements


def find_measurements(**known: Any) -> list[measurements.Point]:
    """Return the measured points that count and have these fields, by rising concurrency, then length.

    Parameters
    ----------
    **known
        Fields of `measurements.Point` and their values: ``model``, ``chip``, ``engine``, ``precision``,
        ``n_chips``, ``concurrency`` and so on.

    Returns
    -------
    list of Point

    Raises
    ------
    ValueError
        For a field that measurements do not have, or where none was measured.
    """
    fields = {field.name: field for field in dataclasses.fields(measurements.Point)}
    for name in known:
        lookup("field of a measurement", name, fields)
    found = [point for point in measurements.kept() if all(getattr(point, name) == known[name] for name in known)]
    if not found:
        raise ValueError("no measurement that counts has " + ", ".join(f"{k}={v!r}" for k, v in known.items())
                         + "; leave out a field, or see measurements.kept() for what was measured.")
    return sorted(found, key=lambda point: (point.concurrency, point.prompt_tok, point.output_tok))


def find_measurement(**known: Any) -> measurements.Point:
    """Return the measured point with these fields: the one of fewest requests, then of the shortest prompt and answer.

    Parameters
    ----------
    **known
        As in `find_measurements`, which refuses what it does not find.

    Returns
    -------
    Point
    """
    return find_measurements(**known)[0]
