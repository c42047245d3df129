"""The theme's style sheets without the rules that no page of this book can meet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2

NAME = re.compile(r"[A-Za-z_][\w-]*")
CLASS = re.compile(r"[.#]((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)")
# Conditions of which the names need not be met: not(), and lists of alternatives.
FUNCTION = re.compile(r":(?:not|is|where|has|matches|any)\(")
NESTED = {"media", "supports", "layer", "container"}


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Return every word of some pages and scripts: whatever could be the name of a class or an id."""
    return set().union(*(NAME.findall(text) for text in texts))


def _plain(selector: str) -> str:
    """Return a selector without the insides of its not() and is()."""
    while found := FUNCTION.search(selector):
        end, depth = found.end(), 1
        while depth and end < len(selector):
            depth += {"(": 1, ")": -1}.get(selector[end], 0)
            end += 1
        selector = selector[:found.start()] + selector[end:]
    return re.sub(r"\[[^]]*\]", "", selector)


def _selectors(prelude: list) -> list[str]:
    parts: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def trim(style: str, words: set[str]) -> str:
    """Return a style sheet without the rules whose selectors all name a class or an id that no page has.

    Parameters
    ----------
    style : str
        The style sheet.
    words : set of str
        What `vocabulary` found in the pages and their scripts.
    """
    return _rules(tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True), words)


def _rules(rules: list, words: set[str]) -> str:
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            alive = [selector for selector in _selectors(rule.prelude)
                     if all(name.replace("\\", "") in words for name in CLASS.findall(_plain(selector)))]
            body = tinycss2.serialize(rule.content).strip()
            if alive and body:
                kept.append(f"{','.join(alive)}{{{body}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content is not None:
            inner = _rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), words)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type != "error":
            kept.append(rule.serialize())
    return "\n".join(kept)


def trim_all(static: Path, pages: Iterable[str]) -> None:
    """Trim every style sheet of the static folder by what the pages and the scripts name."""
    scripts = (path.read_text(encoding="utf-8", errors="replace") for path in static.glob("*.js"))
    words = vocabulary((*pages, *scripts))
    for path in sorted(static.glob("*.css")):
        path.write_text(trim(path.read_text(encoding="utf-8"), words), encoding="utf-8")
