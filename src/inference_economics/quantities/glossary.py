"""One name per quantity: symbol, Python name, unit, meaning. The data stand in `glossary.toml`."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from importlib import resources

from .checks import lookup


@dataclasses.dataclass(frozen=True)
class Term:
    """A quantity of the book.

    Parameters
    ----------
    name : str
        Its name in Python, in every formula and every chapter.
    symbol : str
        Its symbol in equations, as LaTeX; empty where equations do not use it.
    unit : str
        Base unit; "1" for a pure number, "any" where the caller chooses.
    meaning : str
        One sentence.
    group : str
        The heading it stands under.
    limits : str
        What formulas accept, as "[low, high]" with a round bracket at an excluded end; empty where none checks it.
    hint : str
        What a value outside the limits suggests.
    """

    name: str
    symbol: str
    unit: str
    meaning: str
    group: str
    limits: str = ""
    hint: str = ""


@functools.cache
def load() -> dict[str, Term]:
    """Return every term by its name, in the order of the notation page.

    Returns
    -------
    dict of str to Term

    Raises
    ------
    ValueError
        A name stands in the file twice.
    """
    data = tomllib.loads((resources.files(__package__) / "glossary.toml").read_text(encoding="utf-8"))
    terms: dict[str, Term] = {}
    for group in data["group"]:
        for name, (symbol, unit, meaning, *limits) in group["terms"].items():
            if name in terms:
                raise ValueError(f"glossary.toml: {name!r} stands under {terms[name].group!r} and {group['title']!r}.")
            if len(limits) == 1:
                share = unit == "1" and limits[0][:-1].endswith(" 1")
                limits.append(data["hints"]["fraction" if share else unit])
            terms[name] = Term(name, symbol, unit, meaning, group["title"], *limits)
    return terms


def get(name: str) -> Term:
    """Return one term.

    Parameters
    ----------
    name : str
        Its name in Python.

    Returns
    -------
    Term

    Raises
    ------
    ValueError
        No quantity has that name.
    """
    return lookup("quantity", name, load())


def markdown() -> str:
    """Return the notation page's tables, as Markdown.

    Returns
    -------
    str
        A heading and a table for each group.
    """
    lines = []
    for group in dict.fromkeys(term.group for term in load().values()):
        lines += [f"## {group}", "", "| symbol | name | unit | meaning |", "|---|---|---|---|"]
        for term in load().values():
            if term.group == group:
                symbol = f"${term.symbol}$" if term.symbol else ""
                unit = "" if term.unit == "1" else term.unit
                lines.append(f"| {symbol} | `{term.name}` | {unit} | {term.meaning} |")
        lines.append("")
    return "\n".join(lines)
