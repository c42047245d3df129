"""What the numbers of a plan are called where a reader meets them: on the page, and in the memo."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .. import catalog
from ..quantities.checks import lookup
from ..quantities.units import text


class Words(NamedTuple):
    """A number of a plan in words: its name, the unit in which it is shown, and by what it is multiplied for that."""

    words: str
    unit: str
    times: float = 1.0

    def show(self, value: float) -> str:
        """Return the number as a reader sees it."""
        return text(value * self.times, self.unit)


@cache
def _table() -> dict[str, Words]:
    rooms = catalog.read_tables(catalog.path("input_words.toml", __package__))
    return {f"{room}.{name}": Words(**row) for room, rows in rooms.items() for name, row in rows.items()}


def words_of(address: str) -> Words:
    """Return what a number of a plan is called.

    Parameters
    ----------
    address : str
        As `Plan.value` takes it, such as ``need.prompt_tok``.

    Returns
    -------
    Words

    Raises
    ------
    ValueError
        No reader meets it: it names those that readers do.
    """
    return lookup("address of a plan", address, _table())


def label_of(address: str) -> str:
    """Return the name of a number of a plan; empty where no reader meets it."""
    return _table()[address].words if address in _table() else ""
