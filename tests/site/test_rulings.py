"""Chapter 14 repeats other chapters' numbers: each stands on its chapter's page; each link finds its explorer."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from inference_economics.chapters import argument

ARGUMENT = "14_the_argument_tested.html"
NUMBER = re.compile(r"(?P<dollar>\$?)(?P<digits>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>[%×]|[kMGT]?B\b|[kMT]\b)?")
MAGNITUDES = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
CLAIMS = {claim.name: claim for claim in argument.claims()}


def _words(path: Path) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))))


def _values(words: str) -> list[tuple[str, float]]:
    """Return the numbers of a text, each with the kind that its sign gives it: dollars, shares, factors, or others."""
    found = []
    for match in NUMBER.finditer(words):
        dollar, digits, unit = match["dollar"], float(match["digits"].replace(",", "")), match["unit"] or ""
        kind = dollar or (unit if unit in ("%", "×") else "")
        found.append((kind, digits * MAGNITUDES.get(unit, 1.0)))
    return found


def _is_given(number: str, there: list[tuple[str, float]]) -> bool:
    """Say whether a text has a number that rounds to this one."""
    (kind, value), = _values(number)
    return any(kind == other and abs(value - found) <= 0.051 * abs(value) for other, found in there)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_ruling_and_its_chapter_give_the_same_numbers(site, claim):
    here, there = _words(site / "notebooks" / ARGUMENT), _values(_words(site / "notebooks" / f"{claim.page}.html"))
    assert claim.remains.words.removesuffix(".") in here
    for one in claim.evidence:
        assert one.words.removesuffix(".") in here
        for number in one.numbers:
            assert _is_given(number, there), f"{number} does not stand in {claim.page}: it and chapter 14 differ"


def test_numbers_are_compared_by_what_they_say():
    there = _values("about 5.14B prompts, $2.13 each, 44% less, 6,041 GPUs, 141 GB")
    for number in ("5.1B", "$2.10", "44%", "6,000", "140 GB"):
        assert _is_given(number, there)
    for number in ("44×", "$44", "5.9B", "7,000"):
        assert not _is_given(number, there)


def test_every_link_finds_its_explorer_and_its_controls(site):
    page = (site / "notebooks" / ARGUMENT).read_text(encoding="utf-8")
    links = [unescape(link) for link in re.findall(r'href="(\w+\.html#explorer-[^"]*)"', page)]
    assert len(links) >= 12
    for link in links:
        name, _, query = link.partition("#")[2].partition("?")
        other = (site / "notebooks" / link.partition("#")[0]).read_text(encoding="utf-8")
        figure = other[other.index(f'id="{name}"'):]
        controls = re.findall(r'data-parameter="(\w+)"', figure[:figure.index("</figure>")])
        assert {key for key, _ in parse_qsl(query)} <= set(controls), link
