"""Each number that a page takes straight from a catalogue row shows where it is from, in prose and in tables.

The page's code runs here, and what it hands to the page is held against the rows in each cell's reach.
"""

from __future__ import annotations

import ast
import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import fields, is_dataclass
from types import MappingProxyType, SimpleNamespace

import pytest
import website
from IPython.core.interactiveshell import InteractiveShell
from notebook_text import NOTEBOOKS

import inference_economics
from inference_economics import catalog, phrase, rounded, scaled, text
from inference_economics.catalog import facts
from inference_economics.catalog.provenance import SourcedFloat, SourcedInt
from inference_economics.chapters import exhibits
from inference_economics.chapters.exhibits import parts_of
from inference_economics.risk.uncertainty import Range

PUE = catalog.datacentre("pue-industry-2025")
# What is computed and meets a row's number.
MEETS = {
    ("01_the_inversion", "$5.58M"): "the report's hours at the report's price come to the report's sum",
    ("04_sharing_heads", "25"): "the models with plain attention, counted; a row on another model has 25 heads",
    ("04_sharing_heads", "131 kB"): "a cache of one token; the longest contexts are as many tokens",
    ("07_fewer_bytes", "32×"): "experts over active ones; a row on that company counts another 32",
    ("08_running_it_yourself", "$230,000"): "servers times their price, where one server is enough",
    ("08_running_it_yourself", "$375,000"): "the same, of the dearer quote",
    ("10_custom_silicon", "$1,200"): "the formula's price of a memory meets an end of an estimate",
}


# Stands, while a chapter runs, around each number with a source that is written by other means than `text`, whole or
# not: an f-string, `str`, `format`. Python reads a number between two such spaces as if they were not there.
MARK = "\u2008"


class Shown:
    """What one cell shows, and the rows that it reads."""

    def __init__(self):
        self.said, self.texts, self.rows = [], [], []  # numbers written, what the page gets, what was read


def _known(value) -> bool:
    return getattr(value, "provenance", None) is not None


def numbers_of(found, depth: int = 4, seen: set | None = None):
    """Yield the numbers with a source within an object."""
    seen = set() if seen is None else seen
    if isinstance(found, (int, float)):
        if _known(found):
            yield found
        return
    if depth == 0 or id(found) in seen:
        return
    seen.add(id(found))
    if isinstance(found, (dict, MappingProxyType)):
        shares = [scaled(one, 0.01) for key, one in found.items() if "percent" in str(key) and _known(one)]
        inner = [*found.values(), *shares]
    elif isinstance(found, catalog.Table):
        inner = found.records()
    elif isinstance(found, (list, tuple, set)):
        inner = found
    elif is_dataclass(found) and not isinstance(found, type):
        inner = (getattr(found, one.name, None) for one in fields(found))
    else:
        return
    for one in list(inner)[:400]:
        yield from numbers_of(one, depth - 1, seen)


def telling(value: float) -> bool:
    """Whether a number says enough not to be met by chance."""
    return len(f"{abs(value):.12g}".replace(".", "").strip("0").partition("e")[0]) >= 2


def same(value, row: float) -> bool:
    """Whether a number is a row's, as it is or rounded to three digits or four."""
    try:
        value = float(value)
    except (TypeError, ValueError):
        return False
    roundings = (float(row), *(float(f"{row:.{digits}e}") for digits in (2, 3)))
    return telling(row) and any(abs(one - value) <= 1e-12 * abs(value) for one in roundings)


def lost(cell: Shown, reach: list) -> list[str]:
    """Return what a cell shows of its rows without saying where it is from."""
    noted = {words for whole in cell.texts for words, source in parts_of(whole) if source}
    bare = [words for whole in cell.texts for words, source in parts_of(whole) if not source]
    plain = {words for value, words in cell.said if not _known(value)}
    found = [f"{words}: as {float(row):.12g} of {row.provenance.source[:60]}"
             for value, words in cell.said if not _known(value) and words not in noted and _within(words, bare)
             for row in reach if same(value, row)]
    from_rows = {words for value, words in cell.said if _known(value) and telling(value)} - plain - noted
    found += [f"{words.replace(MARK, '')!r} was formatted without `text` or `phrase`"
              for words in bare if MARK in words]
    return found + [f"{words!r} forgets where {one} is from" for words in bare if words not in plain
                    for one in from_rows if _within(one, [words])]


def _format(number, how: str) -> str:
    words = format(int(number) if isinstance(number, int) else float(number), how)
    return f"{MARK}{words}{MARK}" if _known(number) else words


def _within(number: str, texts: list[str]) -> bool:
    return any(re.search(rf"(?<![\w.,$]){re.escape(number)}(?![\w%])", words) for words in texts)


class Reading:
    """The chapters' code, run cell by cell with ears on what it shows."""

    def __init__(self, monkeypatch):
        self.cell = Shown()
        units, made, lookup = exhibits.units, exhibits.Table.__init__, facts.lookup

        for kind in (SourcedInt, SourcedFloat):
            monkeypatch.setattr(kind, "__format__", _format, raising=False)
            monkeypatch.setattr(kind, "__str__", lambda number: _format(number, ""), raising=False)

        def said(value, unit="", digits=3):
            words = units.text(value, unit, digits).replace(MARK, "")
            self.cell.said.append((value, words))
            return words

        def glue(**words):
            self.cell.texts += words.values()

        def table(this, columns, rows, caption=""):
            rows = [tuple(row) for row in rows]
            self.cell.texts += [one for row in rows for one in row if isinstance(one, str)] + [caption]
            made(this, columns, rows, caption)

        def looked_up(kind, name, table):
            self.cell.rows.append(found := lookup(kind, name, table))
            return found

        monkeypatch.setattr(exhibits, "units", SimpleNamespace(text=said))
        monkeypatch.setattr(inference_economics, "glue", glue, raising=False)
        monkeypatch.setattr(exhibits.Table, "__init__", table)
        monkeypatch.setattr(facts, "lookup", looked_up)

    def faults(self, name: str, cells: list[str]) -> list[str]:
        """Return what the cells of a chapter lose."""
        InteractiveShell.clear_instance()
        shell, found = InteractiveShell.instance(), []
        try:
            for k, source in enumerate(cells):
                self.cell = Shown()
                with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                    result = shell.run_cell(source, silent=True)
                result.raise_error()
                names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
                held = [shell.user_ns[one] for one in names if one in shell.user_ns]
                reach = list(numbers_of([*self.cell.rows, *held], depth=5))
                found += [f"{name}, code cell {k}: {one}" for one in dict.fromkeys(lost(self.cell, reach))
                          if (name, one.partition(":")[0]) not in MEETS]
        finally:
            InteractiveShell.clear_instance()
        return found


@pytest.fixture
def reading(monkeypatch):
    monkeypatch.chdir(NOTEBOOKS)
    return Reading(monkeypatch)


# On these pages a column of each table says it.
APART = {"catalogues", "how_good"}
PAGES = {path.stem: path for path in website.pages() if path.stem not in APART}


@pytest.mark.parametrize("name", [name for name, path in PAGES.items() if website.read_notebook(path) is not None])
def test_a_page_says_where_its_numbers_are_from(name, reading):
    book = website.read_notebook(PAGES[name])
    assert reading.faults(name, [cell.source for cell in book.cells if cell.cell_type == "code"]) == []


START = ("from inference_economics import Table, catalog, glue, phrase, rounded, text\n"
         "from inference_economics import models\n"
         "fact, model = catalog.datacentre('pue-industry-2025').value, models.get('llama-3.1-70b')\n")


@pytest.mark.parametrize(("code", "fault"), [
    ("glue(a=text(fact))", ""), ("glue(a=text(2 * fact))", ""), ("glue(a=phrase('{} at most', text(fact)))", ""),
    ("glue(a=text(float(fact)))", "1.54: as 1.54 of Uptime"), ("glue(a=f'{text(fact)} at most')", "forgets where 1.54"),
    ("Table(['a'], [(text(fact * 1.0),)])", "1.54: as 1.54"), ("Table(['a'], [(text(rounded(fact)),)])", ""),
    ("Table(['a'], [('x',)], f'at {text(fact)}')", "forgets where 1.54"),
    ("glue(a=f'{model.kv_heads} heads')", "'8 heads' was formatted without"),
    ("glue(a=str(model.layers))", "'80' was formatted without"), ("glue(a=f'{fact:.3g} at most')", "'1.54 at most'"),
    ("Table(['a'], [(f'{model.kv_heads:>3}',)])", "was formatted without"), ("glue(a=text(2 * model.layers))", ""),
    ("glue(a=phrase('{} of {} heads', model.kv_heads, text(model.q_heads)))", ""), ("glue(a=text(model.hidden))", ""),
    ("Table(['a'], [(model.kv_heads,)], phrase('{} layers', model.layers))", ""),
    ("glue(a=text(int(model.max_context_tok)))", "131,072: as 131072 of"),
    ("glue(a=text(fact), b=text(float(fact)))", ""),  # who reads the one knows of the other
])
def test_what_forgets_a_source_is_found(reading, code, fault):
    faults = reading.faults("x", [START + code])
    assert [fault in one for one in faults] == ([True] if fault else [])


def test_a_rounding_and_another_unit_keep_the_source():
    assert text(rounded(PUE.value, 2)) == "1.5"
    for words in (text(rounded(PUE.value, 2)), text(scaled(PUE.value, 0.01), "%")):
        assert [source for _, source in parts_of(words)] == [PUE.value.provenance]
    assert type(rounded(1.2345, 2)) is type(scaled(2.0, 3)) is float


def test_a_phrase_keeps_each_source_in_its_place():
    words = phrase("{} to {}, {}", text(PUE.value), text(3.0), "then")
    assert words == "1.54 to 3, then"
    assert parts_of(words) == (("1.54", PUE.value.provenance), (" to ", None), ("3", None), (", ", None),
                               ("then", None))
    assert parts_of(phrase("({})", words))[1] == ("1.54", PUE.value.provenance)
    assert type(phrase("{} only", text(3.0))) is str


@pytest.mark.parametrize("words", [(), ("one", "two")])
def test_a_phrase_has_as_many_texts_as_places(words):
    with pytest.raises(ValueError, match="has 1 places for"):
        phrase("{}", *words)


def test_a_range_of_estimates_keeps_the_sources_of_its_ends_and_of_a_middle_that_is_one_of_them():
    rows = [catalog.datacentre(name).value for name in ("pue-meta-2023", "default-pue", "pue-industry-2025")]
    spans = Range.of(rows)
    assert [spans.low.provenance, spans.mid.provenance, spans.high.provenance] == [
        row.provenance for row in sorted(rows)]
    assert type(Range.of(rows[:2]).mid) is float
    assert Range.of([3.0, 1.0, 2.0, 8.0]) == Range(1.0, 2.5, 8.0)
