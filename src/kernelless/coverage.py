"""Which functions of numpy trace, which do not, and what to write instead: tables in Markdown.

``python -m kernelless.coverage`` prints them. They are read off the tables that the tracer itself uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .instead import instead
from .ops import BITWISE, OPS, REDUCTIONS
from .trace import FUNCTIONS

INEXACT = {name for name, exact in REDUCTIONS.items() if not exact} | {"mean"}


class Entry(NamedTuple):
    """A function of numpy: its names, whether a program has it, and what is to be known of that."""

    names: tuple[str, ...]
    traced: bool
    note: str


def _by_function(names: Iterable[str]) -> dict[Any, tuple[str, ...]]:
    found: dict[Any, tuple[str, ...]] = {}
    for name in sorted(names):
        function = getattr(np, name)
        found[function] = (*found.get(function, ()), name)
    return found


def elementwise() -> list[Entry]:
    """Return an entry for each of numpy's ufuncs."""
    found = _by_function(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc))
    return [_entry(function, names) for function, names in found.items()]


def others() -> list[Entry]:
    """Return an entry for each other function of numpy that a traced value can be given to."""
    found = _by_function(name for name in np.__all__ if hasattr(getattr(np, name), "_implementation"))
    return [_entry(function, names) for function, names in found.items()]


def _entry(function: Any, names: tuple[str, ...]) -> Entry:
    if function in BITWISE:
        return Entry(names, True, "of true and false alone")
    if function in OPS:
        return Entry(names, True, "" if OPS[function].exact else "within 1e-15 of the number")
    if function in FUNCTIONS:
        return Entry(names, True, "added in another order" if function.__name__ in INEXACT else "")
    return Entry(names, False, next(filter(None, map(instead, names)), ""))


def _shown(entries: Iterable[Entry]) -> str:
    return ", ".join(f"`{name}`" for entry in entries for name in entry.names)


def markdown(heading: str = "##") -> str:
    """Return the coverage as Markdown.

    Parameters
    ----------
    heading : str
        What a section's heading begins with.
    """
    entries = [*elementwise(), *others()]
    traced = [entry for entry in entries if entry.traced]
    repaired = sorted(entry for entry in entries if not entry.traced and entry.note)
    without = sorted(entry for entry in entries if not entry.traced and not entry.note)
    notes = sorted({entry.note for entry in traced})
    rows = [f"| {_shown([entry])} | {entry.note.removeprefix('write ')} |" for entry in repaired]
    return "\n\n".join([
        f"Of {len(entries)} functions of numpy {np.__version__} that a traced value can be given to, a program has "
        f"{len(traced)}; for {len(repaired)} more there is another way to write it.",
        f"{heading} Traced",
        "\n".join(f"- {note or 'with the same bits as numpy'}: {_shown(e for e in traced if e.note == note)}"
                  for note in notes),
        f"{heading} Not traced, and what to write instead",
        "Arguments are called a and b; an array may be called by its name in numpy's documentation.",
        "\n".join(["| function | instead |", "|---|---|", *rows]),
        f"{heading} Not traced",
        "A figure that needs one of these can be tabulated: give its sliders `stops`, and pass `precompute=True`. What "
        "does not depend on a control may use all of numpy and any other library.",
        _shown(without) + ".",
    ]) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
