"""The little language of `config_keys.toml`: whole-number arithmetic over names, so that every reader gives the same.

``+ - *`` and ``//``, ``%``, comparisons (1 or 0), parentheses, and nothing else. Comparisons bind least.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import cache
from typing import Any

_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_]\w*)|(//|==|!=|<=|>=|[-+*%<>()]))")
_LEVELS: tuple[dict[str, Callable[[Any, Any], Any]], ...] = (
    {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "//": operator.floordiv, "%": operator.mod},
)


@cache
def parse(text: str) -> Any:
    """Turn a formula into nested tuples: a number, a name, or (operator, left, right).

    Parameters
    ----------
    text : str
        For example ``"(layer + 1) % 4 == 0"``.

    Returns
    -------
    int, str or tuple

    Raises
    ------
    ValueError
        When the text is no formula.
    """
    tokens: list[Any] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise ValueError(f"{text!r} is no formula: {text[at:]!r} is not understood.")
        tokens.append(int(found[1]) if found[1] else found[2] or found[3])
        at = found.end()
    tree, rest = _level(tokens, 0)
    if rest:
        raise ValueError(f"{text!r} is no formula: {rest[0]!r} is out of place.")
    return tree


def _level(tokens: list[Any], depth: int) -> tuple[Any, list[Any]]:
    """Read operators of one level of binding, from left to right."""
    if depth == len(_LEVELS):
        return _atom(tokens)
    tree, tokens = _level(tokens, depth + 1)
    while tokens and tokens[0] in _LEVELS[depth]:
        right, rest = _level(tokens[1:], depth + 1)
        tree, tokens = (tokens[0], tree, right), rest
    return tree, tokens


def _atom(tokens: list[Any]) -> tuple[Any, list[Any]]:
    if tokens and tokens[0] == "(":
        tree, rest = _level(tokens[1:], 0)
        if rest and rest[0] == ")":
            return tree, rest[1:]
    elif tokens and (isinstance(tokens[0], int) or tokens[0].isidentifier()):
        return tokens[0], tokens[1:]
    raise ValueError("a formula ends too early or lacks a bracket.")


def evaluate(tree: Any, value_of: Callable[[str], int]) -> int:
    """Compute a parsed formula in whole numbers.

    Parameters
    ----------
    tree : int, str or tuple
        From `parse`.
    value_of : callable
        Gives the number that a name stands for.

    Returns
    -------
    int

    Raises
    ------
    ZeroDivisionError
        When the formula divides by zero.
    """
    if isinstance(tree, tuple):
        sign, left, right = tree
        apply = next(level[sign] for level in _LEVELS if sign in level)
        return int(apply(evaluate(left, value_of), evaluate(right, value_of)))
    return value_of(tree) if isinstance(tree, str) else int(tree)
