"""The decision memo as a text with gaps: one template, which the page's script fills by the same rules."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from .. import catalog
from ..quantities.units import text

_MARK = re.compile(r"\{([?^#/]?)([a-z_]+)(\|[^}]*)?\}")


@cache
def template() -> str:
    """Return the memo's template."""
    return str(catalog.read_tables(catalog.path("memo_template.toml", __package__))["memo"]["text"])


def holds(value: Any) -> bool:
    """Say whether a value holds something: a number that is neither 0 nor undefined, a text or a list with a part."""
    if isinstance(value, (str, list, tuple, bool)):
        return bool(value)
    return value is not None and float(value) != 0 and not math.isnan(float(value))


def render(words: str, facts: Mapping[str, Any]) -> str:
    """Fill a template.

    Parameters
    ----------
    words : str
        With gaps; see ``memo_template.toml``.
    facts : mapping
        Name to a number, a text, a truth, or a list of such mappings.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For a name that the facts lack, or a part that does not end.
    """
    out, at = [], 0
    while (mark := _MARK.search(words, at)) is not None:
        out.append(words[at : mark.start()])
        kind, name, unit = mark.group(1, 2, 3)
        if name not in facts:
            raise ValueError(f"the template asks for {name!r}, which the facts lack.")
        value, at = facts[name], mark.end()
        if not kind:
            out.append(str(value) if unit is None else text(float(value), unit[1:]))
            continue
        end = words.find("{/" + name + "}", at)
        if kind == "/" or end < 0:
            raise ValueError(f"the part {name!r} of the template does not begin or end.")
        inner, at = words[at:end], end + len(name) + 3
        if kind == "#":
            out += [render(inner, {**facts, **row}) for row in value]
        elif holds(value) == (kind == "?"):
            out.append(render(inner, facts))
    return "".join(out) + words[at:]


def memo_of(facts: Mapping[str, Any]) -> str:
    """Return the memo of a decision.

    Parameters
    ----------
    facts : mapping
        As the template asks for them.

    Returns
    -------
    str
        Markdown.
    """
    return render(template(), facts)
