"""Typed answers: read wholly or refused, and by the page's script exactly as by Python."""

from __future__ import annotations

import json
import math
import random
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import exercises
from inference_economics.chapters.exercises.reading import grammar, name_of, read, refusal
from inference_economics.quantities.units import text
from kernelless import runtime

UNITS = ["", "%", "×", "B", "iB", "B/token", "USD", "USD/h", "USD/Mtok", "USD/month", "USD/year", "chips", "days",
         "hours", "petaflop/s-days", "prompts/day", "s", "tokens", "tokens/s", "users"]
SPACES = ["", " ", "\u00a0", "\u202f", "\u2009", "  "]
GROUPS = [",", " ", "\u00a0", "\u202f", "\u2009", "'", "’", "_"]
# Words by unit, with what they multiply by: written here, not taken from the grammar.
SAID = {
    "%": {"%": 0.01, " per cent": 0.01, " percent": 0.01, "×": 1},
    "×": {"×": 1, "x": 1, " times": 1, "-fold": 1, "%": 0.01},
    "B": {" B": 1, " kB": 1e3, "MB": 1e6, " GB": 1e9, " gigabytes": 1e9, " GiB": 2**30, " Gbit": 1.25e8, " bytes": 1},
    "USD": {"": 1, " USD": 1, " dollars": 1, " million": 1e6, "bn": 1e9, "k USD": 1e3, "M": 1e6, " cents": 0.01},
    "USD/h": {"": 1, " USD/h": 1, " dollars an hour": 1, " $ per day": 1 / 24, "$/chip-hour": 1, "$ per minute": 60},
    "USD/Mtok": {"": 1, "$/Mtok": 1, " $ per million tokens": 1, "$/1M tokens": 1, "$/token": 1e6, " USD/ktok": 1e3},
    "days": {"": 1, " days": 1, " hours": 1 / 24, " years": 365, " weeks": 7},
    "s": {"": 1, " ms": 1e-3, " µs": 1e-6, " μs": 1e-6, " minutes": 60, "h": 3600, " seconds": 1, " hrs": 3600},
    "tokens/s": {"": 1, " tok/s": 1, " tokens per second": 1, " tokens/min": 1 / 60, "k tokens/s": 1e3, " t/s": 1},
    "users": {"": 1, " users": 1, " user": 1, "k": 1e3, " million users": 1e6, "bn": 1e9},
}


UNSIGNED = ("B", "days", "s", "tokens/s", "users")  # of those above


def number(chance: random.Random) -> tuple[str, float]:
    """Return a number as somebody may write it, and its value."""
    kind = chance.randrange(8)
    whole, part = chance.randrange(1, 10 ** chance.randrange(1, 8)), chance.randrange(100)
    if kind == 0:
        group = chance.choice(GROUPS)
        return f"{whole:,}.{part:02d}".replace(",", group), float(f"{whole}.{part:02d}")
    if kind == 1:
        return f"{whole},{part:02d}", float(f"{whole}.{part:02d}")
    if kind == 2:
        return f"{whole:,}".replace(",", ".") + f",{part:02d}", float(f"{whole}.{part:02d}")
    if kind == 3:
        below = chance.randrange(2, 99)
        return f"{whole}{chance.choice(SPACES[:2])}/{below}", whole / below
    power = chance.randrange(-9, 12)
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    if kind == 4:
        return f"{part}.5{chance.choice('eE')}{power}", float(f"{part}.5e{power}")
    if kind == 5:
        cross = chance.choice(["×", " x ", "*", "·", " × "])
        return f"{part}{cross}10{chance.choice([f'^{power}', f'**{power}', raised])}", float(f"{part}e{power}")
    if kind == 6:
        return f"2^{abs(power)}", 2.0 ** abs(power)
    return f"{whole}.{part:02d}", float(f"{whole}.{part:02d}")


def valid(chance: random.Random) -> tuple[str, str, float]:
    """Return a text that must be understood, the unit of its answer, and its value."""
    unit = chance.choice(list(SAID))
    words, value = number(chance)
    said = chance.choice(list(SAID[unit]))
    if unit == "%" or words[-1] in "⁰¹²³⁴⁵⁶⁷⁸⁹" or "^" in words or "*" in words or "e" in words.lower():
        said = said if unit == "%" or said == "" else f" {said.strip(' ')}".replace(" -fold", "-fold")
    about = chance.choice(["", "", "~", "about ", "approx. ", "≈ ", "circa "])
    sign = chance.choice(["", "", "-", "−", "+"])
    money = chance.choice(["$", "US$ ", ""]) if unit == "USD" and "cents" not in said else ""
    factor = next(factor for word, factor in SAID[unit].items() if word.strip(" ") == said.strip(" "))
    if unit in UNSIGNED and sign in ("-", "−"):
        sign = "+"
    return f"{about}{sign}{money}{words}{said}", unit, value * factor * (-1 if sign in ("-", "−") else 1)


PIECES = [
    *"0123456789.,'_ -+−–/×x*^~$€%‰<>≤±…=()µμkKmMgGbBtTse²⁹⁻½٣५\uff15\U0001d7d9Ⅻ三\u200b\u00a0\u202f\t\n\0é",
    "10", "1,234", "1.5", "GB", "Gb", "GiB", "ms", "min", "tok", "tokens", "Mtok", "per", "per cent", "percent", "a",
    "an hour", "/h", "/s", "million", "bn", "billion", "about", "approx.", "USD", "euros", "dollars", "cents", "inf",
    "nan", "1e9", "e9", "10^9", "1/3", "to", "or", "days", "years", "users", "chip-hour", "GPU hours", "__proto__",
    "constructor", "toString", "PF-days", "-fold", "bps", "$&", "\\1", "$1", "{given}", "0x10", "1e999", "2^3000",
]


def hostile(chance: random.Random) -> str:
    """Return a text that may mean anything: pieces, a mutated answer, or any signs at all."""
    kind = chance.randrange(4)
    if kind == 0:
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 7)))
    if kind == 1:
        return " ".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 6)))
    if kind == 2:
        signs = list(valid(chance)[0])
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(signs) + 1)
            signs[at:at + chance.randrange(2)] = chance.choice(PIECES)
        return "".join(signs)
    codes = (chance.choice([chance.randrange(32, 127), chance.randrange(0x250), chance.randrange(0x2000, 0x2100),
                            chance.randrange(0xE000, 0x20000)]) for _ in range(chance.randrange(1, 8)))
    return "".join(map(chr, codes))


def test_what_must_be_understood_is_read_as_it_is_meant():
    chance = random.Random(12)
    for _ in range(3000):
        typed, unit, value = valid(chance)
        reading = read(typed, unit)
        assert (reading.kind, reading.value) == ("", pytest.approx(value, rel=1e-12)), (typed, unit, reading)


def test_the_page_reads_as_python_does(node):
    """Value, kind of refusal, what is named in it, and the reply: no difference on thousands of texts."""
    chance = random.Random(2026)
    asked = [(typed, unit) for typed, unit, _ in (valid(chance) for _ in range(2000))]
    asked += [(hostile(chance), chance.choice(UNITS)) for _ in range(8000)]
    asked += [(typed, unit) for typed, unit, *_ in UNDERSTOOD + REFUSED]
    program = runtime.script("""
        const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const out = asked.map(([typed, unit, name]) => {
          const r = readAnswer(typed, unit);
          return [r.kind, r.kind ? refusalOf(r, name, "7") : String(r.value), r.given, r.more];
        });
        console.log(JSON.stringify(out));""", more=(exercises.ANSWER_BOX,))
    sent = json.dumps([(typed, unit, name_of(unit)) for typed, unit in asked])
    done = subprocess.run([node, "-e", program], input=sent, capture_output=True, text=True, check=True)
    kinds = set()
    for (typed, unit), (kind, said, given_, more) in zip(asked, json.loads(done.stdout), strict=True):
        ours = read(typed, unit)
        assert (ours.kind, ours.given, ours.more) == (kind, given_, more), (typed, unit)
        kinds.add(kind)
        if kind:
            assert refusal(ours, unit, "7") == said, (typed, unit)
        else:
            assert ours.value == float(said), (typed, unit)
    assert kinds >= set(grammar()["replies"]) - {"type"} | {""}  # every kind of refusal was met


UNDERSTOOD = [
    ("6,71 GB", "B", 6.71e9), ("6.71 gb", "B", 6.71e9), ("1/3", "%", 1 / 3), ("1/3", "", 1 / 3), ("10^9", "", 1e9),
    ("5 minutes", "s", 300), ("40 percent", "%", 0.4), ("40 per cent", "%", 0.4), ("3.28 years", "days", 1197.2),
    ("7.44 million", "USD", 7.44e6), ("about 64 days", "days", 64), ("~64", "days", 64), ("$3 bn", "USD", 3e9),
    ("20 µs", "s", 2e-5), ("20 μs", "s", 2e-5), ("10⁹", "tokens", 1e9), ("1×10⁻³ s", "s", 1e-3),
    ("2^30 B", "B", 2**30),
    ("1,234", "users", 1234), ("1.234", "users", 1.234), ("0,345", "×", 0.345), ("1.234.567", "users", 1234567),
    ("1.234,5", "users", 1234.5), ("1 000", "users", 1000), ("1'000", "users", 1000), ("1_000", "users", 1000),
    ("1234,567", "users", 1234.567), (".5", "×", 0.5), (",5", "×", 0.5), ("5.", "users", 5), ("0", "%", 0),
    ("$1.2M/year", "USD/year", 1.2e6), ("$100k per month", "USD/year", 1.2e6), ("50 tok/s", "tokens/s", 50),
    ("$0.58 per million", "USD/Mtok", 0.58), ("$1.64 per GPU-hour", "USD/h", 1.64), ("5 hrs", "s", 18000),
    ("4.46M H100-hours", "hours", 4.46e6), ("3640 PF-days", "petaflop/s-days", 3640), ("-$5", "USD", -5),
    ("$-5", "USD", -5), ("16 Gbit", "B", 2e9), ("6.71 GB.", "B", 6.71e9), ("11 GPUs", "chips", 11),
    ("5M", "users", 5e6),
    ("40%", "×", 0.4), ("2 B", "B", 2), ("2 B", "users", 2e9), ("328 kB per token", "B/token", 328e3),
]


@pytest.mark.parametrize(("typed", "unit", "value"), UNDERSTOOD)
def test_understood(typed, unit, value):
    assert read(typed, unit) == ("", pytest.approx(value, rel=1e-12), "", "")


REFUSED = [
    ("", "B", "empty"), (" \u200b", "B", "empty"), ("many", "B", "none"),
    ("three", "users", "none"), ("None", "B", "none"),
    ("٣ GB", "B", "digits"), ("\uff15", "users", "digits"), ("५", "users", "digits"), ("x₂", "users", "digits"),
    ("½", "users", "sign"), ("Ⅻ", "users", "sign"), ("三", "users", "sign"), ("5\0", "users", "sign"),
    ("inf", "B", "infinite"), ("-∞", "B", "infinite"), ("nan", "B", "infinite"), ("<5", "users", "bound"),
    ("at least 5", "users", "bound"), ("≥ 5", "users", "bound"),
    ("5–6", "users", "range"), ("5 to 6", "users", "range"),
    ("5 ± 1", "users", "range"), ("5 GB - 6 GB", "B", "range"), ("5‰", "%", "permille"), ("30 bps", "%", "permille"),
    ("--3", "B", "number"), ("GB 7", "B", "number"), ("-$-5", "USD", "number"), ("1.5.2", "users", "grouping"),
    ("12,34,567", "users", "grouping"), ("1 00", "users", "grouping"), ("5 1/2", "users", "grouping"),
    ("1/0", "users", "zero"), ("3^4", "users", "power"), ("1e3^2", "users", "power"), ("1e999", "users", "size"),
    ("1e-999", "users", "size"), ("2^99999", "users", "size"), ("5 min 30 s", "s", "two"),
    ("5 users 1", "users", "two"),
    ("-5 kB", "B/token", "negative"), ("−5", "users", "negative"), ("-1 day", "days", "negative"),
    ("-7 tok/s", "tokens/s", "negative"),
    ("9 GBs", "B", "word"), ("5 __proto__", "users", "word"), ("5 requests", "users", "word"), ("5 GB GB", "B", "word"),
    ("5 ms", "B", "unit"), ("$5", "B", "unit"), ("5 tokens", "users", "unit"), ("5 %", "users", "unit"),
    ("5 m", "s", "letter"), ("6.71 G", "B", "letter"), ("6.71 Gb", "B", "bits"),
    ("5 €", "USD", "foreign"),
    ("5 euros", "USD", "foreign"), ("0.345", "%", "share"), ("34.5", "%", "share"), ("$5/day", "USD", "per"),
    ("$5/GB", "USD/h", "per"), ("1" * 81, "users", "long"),
]


@pytest.mark.parametrize(("typed", "unit", "kind"), REFUSED)
def test_refused(typed, unit, kind):
    reading = read(typed, unit)
    assert reading.kind == kind
    assert math.isnan(reading.value)
    said = refusal(reading, unit, "3 GB")
    assert said.endswith(". Write one such as 3 GB.")
    assert "{" not in said


def test_a_refusal_names_what_is_wrong_and_shows_what_would_be_right():
    assert refusal(read("٣ GB", "B"), "B", "3 GB") == (
        "“٣” is a digit of another kind (Arabic-Indic): use 0 to 9. Write one such as 3 GB.")
    assert refusal(read("5 ms", "USD/h"), "USD/h", "$3/h") == (
        "The answer is in US dollars per hour, not in “ms”. Write one such as $3/h.")
    assert refusal(read("{unit} 5", "users"), "users", "3 users").startswith("“{unit} 5” does not begin with")


@given(st.text(), st.sampled_from(UNITS))
def test_any_text_is_read_or_refused(typed, unit):
    reading = read(typed, unit)
    assert (reading.kind == "") == math.isfinite(reading.value)
    assert refusal(reading, unit, "1") if reading.kind else True


@given(st.floats(1e-30, 1e30), st.sampled_from(UNITS), st.integers(3, 9))
def test_what_the_book_prints_is_read_back(value, unit, digits):
    shown = text(value, unit, digits)
    # a count from 1,000 is printed in whole numbers, money in cents, milli- and nanobytes by nobody
    if unit in ("B", "B/token", "iB") and value < 1:
        return
    reading = read(shown, unit)
    assert reading.kind == "", (shown, reading)
    assert reading.value == pytest.approx(value, rel=0.006, abs=0.006 if unit.startswith("USD") else 0)


@given(st.text(alphabet="0123456789.,' _e+-^/", max_size=12))
def test_nothing_is_dropped(typed):
    """The digits of a number that is understood are the digits that were typed, in their order."""
    reading = read(typed, "users")
    if reading.kind == "" and not set(typed) & set("e^/"):
        digits = re.sub(r"[^0-9]", "", typed).lstrip("0")
        shown = f"{abs(reading.value):.12f}".replace(".", "").lstrip("0")
        assert shown.startswith(digits.rstrip("0")) or not digits.strip("0")


def test_every_kind_of_refusal_has_words_and_every_pattern_is_one():
    table = grammar()
    kinds = {kind for _, kind in table["refused"]}
    assert kinds <= set(table["replies"])
    for pattern in ["".join(table["number"]), table["word"], *(row[0] for row in table["phrases"] + table["numerals"])]:
        re.compile(pattern)
        assert "(?<" not in pattern  # browsers of 2022 have no lookbehind
    assert name_of("experts") == "in experts"
    assert name_of("USD/Mtok") == "in US dollars per million tokens"
