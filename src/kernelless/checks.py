"""What is asked of values everywhere: whether it is known, how a message shows it, and which name was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

Found = TypeVar("Found")
_LONGEST = 120


def is_traced(value: Any) -> bool:
    """Say whether `value` stands for a number that only the browser will know."""
    return bool(getattr(value, "__traced__", False))


def shown(value: Any) -> str:
    """Return `value` as a message shows it: as Python writes it, on one line, cut where it grows long."""
    try:
        text = re.sub(r"\n\s*", " ", repr(value))
    except ValueError:  # a whole number of more digits than Python writes
        return f"<{type(value).__name__} too large to write>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def lookup(kind: str, key: Any, table: Mapping[Any, Found]) -> Found:
    """Return `table[key]`, or raise `ValueError` that lists the known keys and the nearest one."""
    try:
        if key in table:
            return table[key]
    except TypeError:  # a list or a dictionary is no key
        pass
    import difflib

    near = difflib.get_close_matches(shown(key).strip("'\""), [str(k) for k in table], n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    known = ", ".join(str(k) for k in table)
    raise ValueError(f"unknown {kind} {shown(key)}; known: {known}.{guess}")
