"""The table that halves and doubles each input of a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...quantities.units import text
from ...risk import uncertainty
from ..exhibits import Table


def sensitivity(function: Callable[..., Any], base: Mapping[str, Any], caption: str, *, unit: str = "",
                labels: Mapping[str, str] | None = None, show: Callable[[float], str] | None = None) -> Table:
    """Show a result with each input halved, as it is, and doubled, the others held.

    Parameters
    ----------
    function : callable
        Takes the inputs by name, and arrays of them.
    base : mapping
        Argument name to number.
    caption : str
        What the result is, and of what.
    unit : str
        Unit of the result, as `units.text` knows it.
    labels : mapping, optional
        Argument name to its words in the first column; by default the name itself.
    show : callable, optional
        Writes one result, in place of `units.text`.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        For labels that miss an input, or as in `uncertainty.sensitivity`.
    """
    words = {name: name for name in base} if labels is None else dict(labels)
    if words.keys() != base.keys():
        raise ValueError(f"labels are for {', '.join(words)}, but the inputs are {', '.join(base)}; name each once.")
    write = show if show is not None else lambda value: text(value, unit)
    return Table(["input", "halved", "as it is", "doubled"],
                 [(words[row.name], *map(write, row.results)) for row in uncertainty.sensitivity(function, base)],
                 caption)
