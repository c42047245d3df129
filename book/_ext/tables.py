"""What a page's style must know of a table and cannot see: cells with sentences or whole numbers, and wide tables."""

from __future__ import annotations

import re
from html import unescape

TABLE = re.compile(r"<table\b(?P<attributes>[^>]*)>(?P<body>.*?)</table>", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<(?P<tag>t[hd])\b(?P<attributes>[^>]*)>(?P<inside>.*?)</(?P=tag)>", re.DOTALL)
# A number with its unit, or a date: a break within would tear it apart.
WHOLE = re.compile(r"[−$~≈<>]?\d[\d.,]*(?:[×%]|\s\S{1,9})?|\d{4}-\d\d(?:-\d\d)?")
SENTENCE_LETTERS = {"td": 60, "th": 28}  # a cell with more is a sentence or two, and not a name or a number
WORD_LETTERS = 18  # a longer word, such as an address, may be broken
# A letter's share of the size of the text, and what a cell keeps free on its right, in the page's unit.
LETTER_REM, SPACE_REM = 0.45, 1.0
MEASURE_REM = 40  # the column of text: `--measure` of the style


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def letters(html: str) -> int:
    return len(words(html))


def width_rem(body: str) -> float:
    """Return how wide a table would be if no cell broke its line, roughly and rather too wide."""
    widest: dict[int, int] = {}
    for row in ROW.findall(body):
        for k, cell in enumerate(CELL.finditer(row)):
            widest[k] = max(widest.get(k, 0), letters(cell["inside"]))
    return sum(count * LETTER_REM + SPACE_REM for count in widest.values())


def _classed(attributes: str, name: str) -> str:
    if 'class="' in attributes:
        return attributes.replace('class="', f'class="{name} ', 1)
    return f' class="{name}"{attributes}'


def mark(html: str) -> str:
    """Return a page whose tables say so.

    A cell of running text, a long heading or an address is a `sentence`, a number or a date `whole`; a table is `wide`
    where it uses the margin.
    """
    def cell(match: re.Match) -> str:
        text = words(match["inside"])
        tag = match["tag"]
        if len(text) > SENTENCE_LETTERS[tag] or max(map(len, text.split()), default=0) > WORD_LETTERS:
            name = "sentence"
        elif WHOLE.fullmatch(text):
            name = "whole"
        else:
            return match[0]
        return f"<{tag}{_classed(match['attributes'], name)}>{match['inside']}</{tag}>"

    def table(match: re.Match) -> str:
        attributes = match["attributes"]
        if width_rem(match["body"]) > MEASURE_REM:
            attributes = _classed(attributes, "wide")
        return f"<table{attributes}>{CELL.sub(cell, match['body'])}</table>"

    return TABLE.sub(table, html)
