"""A typed answer as a number, or why it is refused: the grammar of answers, which the page's script shares.

`static/answer_grammar.js` holds the grammar as one table, of patterns, words and factors. This module and
`static/answer_reader.js` execute it in the same steps; the tests compare the two on thousands of texts. What is not
understood wholly is refused: nothing is passed over. Where a text can be read in more than one way, one rule decides:
a point is the decimal point, a comma before three digits parts thousands, any other comma is the decimal point.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_GRAMMAR_FILE = Path(__file__).parent / "static" / "answer_grammar.js"
_SIGNED = {"-": -1.0, "+": 1.0, "": 1.0}


class Reading(NamedTuple):
    """An answer in the unit of its exercise, or the kind of its refusal with what the reply needs."""

    kind: str  # empty where the answer is understood
    value: float
    given: str = ""
    more: str = ""


class _Refused(Exception):
    """Thrown where the grammar has no way to go on."""

    def __init__(self, kind: str, given: str, more: str = ""):
        super().__init__(kind)
        self.reading = Reading(kind, math.nan, given, more)


class _Unit(NamedTuple):
    """What a unit measures, its factor, and the words for it and its like with theirs."""

    dimension: str
    factor: float
    words: dict[str, float]


@cache
def grammar() -> dict[str, Any]:
    """Return the table of the grammar, as `static/answer_grammar.js` holds it."""
    text = _GRAMMAR_FILE.read_text(encoding="utf-8").split("ANSWER_GRAMMAR = ", 1)[1]
    table: dict[str, Any] = json.loads(text.rstrip().removesuffix(";"))
    return table


def _search(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(pattern, text, re.ASCII)  # as JavaScript reads \b


def _factor_in(table: dict[str, float], word: str) -> float | None:
    return table.get(word, table.get(word.lower()))


def _refused_sign(sign: str) -> _Refused:
    code = ord(sign)
    for kind, zero in grammar()["digits"].items():
        if zero <= code < zero + 10:
            return _Refused("digits", sign, kind)
    return _Refused("sign", "□" if code < 32 or 126 < code < 160 else sign, f"U+{code:04X}")


def _spelled(typed: str) -> str:
    """Return an answer as the grammar spells it."""
    same, plain = grammar()["same"], grammar()["plain"]
    for sign in typed:
        if sign not in same and sign not in plain:
            raise _refused_sign(sign)
    out = "".join(same.get(sign, sign) for sign in typed)
    for pattern, words in grammar()["phrases"]:
        out = re.sub(pattern, words, out, flags=re.ASCII)
    return out


def _decimal(numeral: str) -> str:
    """Return a numeral without the signs that part its groups."""
    for pattern, groups, point in grammar()["numerals"]:
        if _search(pattern, numeral):
            return "".join("." if sign in point else sign for sign in numeral if sign not in groups)
    raise _Refused("grouping", numeral)


def _raised(digits: str, base: str, power: str) -> float:
    """Return a number times a power."""
    if base == "10":
        return float(f"{digits}e{power}")
    if base != "2":
        raise _Refused("power", f"{base}^{power}")
    value = float(digits)
    for _ in range(int(min(abs(float(power)), 3000))):
        value *= 0.5 if power.startswith("-") else 2
    return value


def _value(found: re.Match[str]) -> float:
    """Return the value of a number that the grammar's pattern found."""
    whole, digits = found[0], _decimal(found[5])
    before, after, ten, base, power, alone, below = (found[n] or "" for n in (2, 4, 6, 7, 8, 9, 10))
    if before and after:
        raise _Refused("number", whole)
    if ten and (base or alone):
        raise _Refused("power", whole)
    value = float(f"{digits}e{ten}" if ten else digits)
    if base:
        value = _raised(digits, base, power)
    if alone:
        value = _raised("1", digits, alone)
    if below:
        divisor = float(_decimal(below))
        if not re.search("[1-9]", below):
            raise _Refused("zero", whole)
        value /= divisor
    if not math.isfinite(value) or (value == 0 and re.search("[1-9]", digits)):
        raise _Refused("size", whole)
    return _SIGNED[before + after] * value


def _unit(unit: str) -> _Unit:
    also = grammar()["also"].get(unit, {})
    for dimension, words in grammar()["units"].items():
        if unit in words:
            # shares are computed with as ratios
            return _Unit(dimension, 1.0 if dimension == "ratio" else words[unit], words | also)
    low = unit.lower()
    return _Unit(unit, 1.0, {low: 1.0, low.removesuffix("s"): 1.0} | also if unit else {})


def _words(tail: str) -> list[str]:
    """Return the words after a number."""
    words, rest = [], tail
    while rest:
        found = _search(grammar()["word"], rest)
        if not found:
            raise _Refused("two" if re.match(" ?[0-9]", rest) else "word", rest.strip(" "))
        words.append(found[1])
        rest = rest[len(found[0]):]
    return words


def _refused_word(word: str) -> _Refused:
    """Return why a word is refused that is neither a magnitude nor one of the unit's."""
    table, low = grammar(), word.lower()
    if word == "1":
        return _Refused("two", word)
    if low in table["foreign"]:
        return _Refused("foreign", word)
    if low in table["letters"]:
        return _Refused("letter", word)
    known = any(_factor_in(words, word) is not None for words in table["units"].values())
    return _Refused("unit" if known else "word", word)


def _factor(words: Sequence[str], unit: _Unit) -> tuple[float, str]:
    """Return what a magnitude and a unit multiply by, and the word that named the unit."""
    table, money, lettered = grammar(), unit.dimension == "money", unit.dimension in grammar()["lettered"]
    scale, factor, named, letter = 0.0, unit.factor, "", ""
    for word in words:
        size, low = _factor_in(unit.words, word), word.lower()
        short = table["large"].get(word) if lettered else table["letters"].get(low)
        magnitude = table["magnitudes"].get(low) if short is None else short
        if unit.dimension == "bytes" and word in table["bits"]:
            raise _Refused("bits", word)
        if size is not None and (not named or (money and size == factor)):
            named, factor = word, size
        elif size is None and magnitude is not None and not scale and (not named or money):
            scale, letter = magnitude, word if lettered and short is not None else letter
        else:
            raise _refused_word(word) if size is None and magnitude is None else _Refused("word", word)
    if letter and not named:
        raise _Refused("letter", letter)
    return (scale or 1.0) * (factor / unit.factor), named


def _per_factor(said: Sequence[str], below: str) -> float:
    """Return what the words after "per" divide by."""
    words = said[2:] if len(said) > 2 and said[1] == "1" else said[1:]
    if below:
        try:
            factor, named = _factor(words, _unit(below))
        except _Refused:
            named = ""  # whatever is wrong with it, this is not what the answer is given for
        if named:
            return factor
    raise _Refused("per", " ".join(said).replace("/ ", "/"))


def possible(value: float, unit: str, given: str) -> Reading:
    """Return a number as an answer in `unit`, or its refusal: bytes, times and counts are not below zero."""
    above = grammar()["boxes"].get(unit, unit).partition("/")[0]
    if value < 0 and _unit(above).dimension not in grammar()["signed"]:
        return Reading("negative", math.nan, given)
    return Reading("", value)


def _understood(typed: str, unit: str) -> Reading:
    table = grammar()
    if len(typed) > table["longest"]:
        raise _Refused("long", "")
    words = _spelled(typed)
    low = words.lower()
    for pattern, kind in table["refused"]:
        if _search(pattern, low):
            raise _Refused(kind, words)
    found = _search("".join(table["number"]), low)
    if not found:
        raise _Refused("number", words)
    value, said = _value(found), _words(words[len(found[0]):])
    above, _, below = table["boxes"].get(unit, unit).partition("/")
    split = next((n for n, word in enumerate(said) if word.lower() in table["per"]), len(said))
    factor, named = _factor([*filter(None, [found[3]]), *said[:split]], _unit(above))
    if above == "%" and not named and not found[10] and value != 0:
        raise _Refused("share", words)
    result = value * factor
    if split < len(said):
        result /= _per_factor(said[split:], below)
    if not math.isfinite(result):
        raise _Refused("size", words)
    return possible(result, unit, words)


def read(typed: str, unit: str) -> Reading:
    """Read a typed answer.

    Parameters
    ----------
    typed : str
        Such as ``"6.71 GB"``, ``"about 1/3"``, ``"3 × 10⁹"``, ``"$1.2 million"``, ``"50 tokens per second"``.
    unit : str
        The unit of the answer as `units.text` knows it.

    Returns
    -------
    Reading
        The value in that unit (a share as a ratio), or the kind of the refusal, a key of the grammar's ``replies``.
    """
    try:
        return _understood(typed, unit)
    except _Refused as refused:
        return refused.reading


def name_of(unit: str) -> str:
    """Return what an answer in `unit` is, in words: ``in US dollars per hour``, ``a time``."""
    names: dict[str, str] = grammar()["names"]
    dimension = _unit(grammar()["boxes"].get(unit, unit).partition("/")[0]).dimension
    return names.get(unit) or names.get(dimension) or f"in {unit.replace('/', ' per ')}"


def refusal(reading: Reading, unit: str, example: str) -> str:
    """Return the reply to an answer that is refused: the reason and an example."""
    words: str = grammar()["replies"][reading.kind]
    parts = {"given": reading.given, "kind": reading.more, "unit": name_of(unit), "example": example}
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], words) + f" Write one such as {example}."
