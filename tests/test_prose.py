"""Guards on the chapters' prose: no number that the code did not produce, one spelling, the house form.

A figure typed into a sentence stays behind when a catalogue row or a formula changes. So a number with a unit must
either be glued, or be a setting that stands in the chapter's own code or a number that its code printed, or be allowed
here with its source.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted((ROOT / "book").glob("*.md"))

# Numbers that no code can produce, with the source of each.
ALLOWED = {
    "C2": {"60%", "80%"},  # the claim as it is stated; chapter 1 tests it
}

UNITS = ("seconds?|minutes?|hours?|days?|months?|years?|tokens?|users?|sequences?|GPUs?|chips?|servers?|million|"
         "billion|trillion|dollars?|bytes?|parameters?|ms|µs|W|kW|MW|GW|B|kB|MB|GB|TB|kiB|MiB|GiB|TiB")
UNIT = rf"(?:%|×|points?\b|[kMGT]?B/s|[kMGTP]?FLOP|(?:{UNITS})\b)"
NUMBER = re.compile(rf"(?<![\w.,])(\$?)(\d[\d,]*(?:\.\d+)?)[\s-]?({UNIT})?")
# What is not prose: code, mathematics, roles with their content, link targets, HTML, headings of figures.
NOT_PROSE = re.compile(
    r"```(?!\{admonition).*?```|\$\$.*?\$\$(?: \(.*?\))?|\{[\w:.-]+\}`[^`]*`|`[^`]*`|\$[^$\n]+\$|\]\([^)]*\)|<[^>]+>",
    re.DOTALL)
AMERICAN = re.compile(
    r"\b(?:(?:utiliz|normaliz|optimiz|quantiz|amortiz|organiz|summariz|capitaliz|minimiz|maximiz|recogniz|favor|behavior)"
    r"\w*|(?:center|fiber|analyze|modeling|labeled|catalog|gray|colors?)\b)", re.IGNORECASE)


def _cells(path: Path, kind: str) -> list[str]:
    return [cell["source"] for cell in nbformat.read(path, as_version=4)["cells"] if cell["cell_type"] == kind]


def _prose(path: Path) -> str:
    """Return the words of a chapter, without what is not prose."""
    return NOT_PROSE.sub(" ", "\n\n".join(_cells(path, "markdown")))


def _produced(path: Path) -> set[float]:
    """Return every number that stands in the chapter's code or in what it printed."""
    notebook = nbformat.read(path, as_version=4)
    words = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            words.append(cell["source"])
            words += [output.get("text") or output["data"].get("text/plain", "") for output in cell["outputs"]]
    found = re.findall(r"\d[\d_,]*(?:\.\d+)?(?:e[-+]?\d+)?", "\n".join(words))
    return {float(number.replace("_", "").replace(",", "")) for number in found}


def typed_numbers(path: Path) -> list[str]:
    """Return the numbers with a unit that the chapter's code did not produce."""
    produced, allowed = _produced(path), set().union(*ALLOWED.values())
    typed = []
    for dollar, digits, unit in NUMBER.findall(_prose(path)):
        value, words = float(digits.replace(",", "")), f"{dollar}{digits}{unit}".replace(" ", "")
        plain = not dollar and not unit
        if (plain and value < 2100) or words in allowed:
            continue  # small counts and years
        as_fraction = value / 100 if unit == "%" else value
        if value not in produced and as_fraction not in produced:
            typed.append(f"{dollar}{digits} {unit}".strip())
    return typed


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_number_is_typed(path):
    assert not typed_numbers(path), (
        f"{path.name} has numbers in its prose that its code does not produce: {typed_numbers(path)}. "
        "Glue them: glue(name=text(value, unit)) in a cell tagged remove-cell, {glue:text}`name` in the prose."
    )


def test_the_guard_finds_a_typed_number(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell("12.7 GB, or 41%, for $3,141. At 8,192 tokens, `7.7 GB` of code. In 2024, five."),
        nbformat.v4.new_code_cell("context_tok = 8_192"),
    ])
    nbformat.write(notebook, tmp_path / "x.ipynb")
    assert typed_numbers(tmp_path / "x.ipynb") == ["12.7 GB", "41 %", "$3,141"]


@pytest.mark.parametrize("path", CHAPTERS + PAGES, ids=lambda path: path.stem)
def test_british_spelling(path):
    words = _prose(path) if path.suffix == ".ipynb" else NOT_PROSE.sub(" ", path.read_text(encoding="utf-8"))
    assert not AMERICAN.findall(words)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_form_of_a_chapter(path):
    """What every chapter has: visible cells that fit a page, takeaways, limits, exercises, at least two explorers."""
    cells = nbformat.read(path, as_version=4)["cells"]
    visible = [cell["source"] for cell in cells if cell["cell_type"] == "code" and not {
        "hide-input", "remove-input", "remove-cell"} & set(cell["metadata"].get("tags", []))]
    assert all(source.count("\n") < 12 for source in visible), "a visible cell has more than twelve lines"
    prose, code = "\n".join(_cells(path, "markdown")), "\n".join(_cells(path, "code"))
    claims = re.findall(r"^> \*\*(C\d+)", prose, re.MULTILINE)
    for heading in ("Takeaway 1", "## What this leaves out", "## Exercises", *(f"ruling on {c}" for c in claims[:1])):
        assert heading.lower() in prose.lower(), f"{path.name} has no {heading!r}"
    assert len(re.findall(r"^explore\(|= explore\(", code, re.MULTILINE)) >= 2
    assert len(re.findall(r"exercise\(\"[a-z]+-\d", code)) >= 3
    assert len(re.findall(r"exercise\(\"[a-z]+-q\d", code)) >= 1


# -- a book, not a list of results ------------------------------------------------------------------------------------

BASIS = re.compile(r"\b(?:measured|derived|assumed)\b", re.IGNORECASE)
GLUED = r"\{glue:text\}`\w+`"
# A range, or a number before and after, is one thing said.
PAIRED = re.compile(rf"{GLUED}\**\s+(?:to|and|or|of|of the|instead of)\s+\**{GLUED}")
# What several chapters may have: claims, which they quote, lists of symbols, which equations need, headings, and the
# words that ask for a guess or say how to give an answer.
SHARED = re.compile(r"^(?:>|- \$|#|:class:|```|\*\*Question|.*`check\()")


def paragraphs(path: Path) -> list[str]:
    """Return the paragraphs of a chapter, each item of a list by itself, without equations."""
    found = []
    for cell in _cells(path, "markdown"):
        words = re.sub(r"\$\$.*?\$\$(?: \(.*?\))?", " ", cell, flags=re.DOTALL)
        found += [part for part in re.split(r"\n\s*\n|\n(?=- |\d+\. |> |```|:::|:class:)", words) if part.strip()]
    return found


def sentences(words: str) -> list[str]:
    return re.split(r"(?<=[.!?:;])\s+", " ".join(words.split()))


def long_sentences(path: Path) -> set[str]:
    """Return the sentences of more than six words that no other chapter may have."""
    own = [part for part in paragraphs(path) if not SHARED.match(part.strip())]
    plain = [re.sub(r"[*_`]", "", sentence).strip().lower() for part in own for sentence in sentences(part)]
    return {sentence for sentence in plain if len(sentence.split()) > 6}


def crowded(path: Path) -> tuple[list[str], list[str]]:
    """Return the paragraphs with more than three computed numbers and the sentences with more than one."""
    parts = [PAIRED.sub("{glue:text}`x`", part) for part in paragraphs(path)]
    return ([part for part in parts if len(re.findall(GLUED, part)) > 3],
            [one for part in parts for one in sentences(part) if len(re.findall(GLUED, one)) > 1])


def section(path: Path, heading: str) -> str:
    """Return the words under a heading, up to the next of its kind."""
    words = "\n\n".join(_cells(path, "markdown"))
    found = re.search(rf"^## {heading}.*?$(.*?)(?=^## |\Z)", words, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_opens_with_its_question(path):
    first = _cells(path, "markdown")[0]
    assert re.match(r"# .+\n\n```\{admonition\} In this chapter\n:class: chapter-opening\n", first), path.name
    opening = first.split("```")[1]
    assert "?" in opening
    assert "ou will be able to" in opening


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_ruling_says_how_its_numbers_are_known(path):
    for heading in re.findall(r"^## (The ruling on C.*?)$", "\n\n".join(_cells(path, "markdown")), re.MULTILINE):
        assert BASIS.search(section(path, re.escape(heading))), f"{path.name}: {heading}"


def test_no_sentence_stands_in_two_chapters():
    where: dict[str, list[str]] = {}
    for path in CHAPTERS:
        for sentence in long_sentences(path):
            where.setdefault(sentence, []).append(path.stem[:2])
    twice = [f"{', '.join(chapters)}: {sentence}" for sentence, chapters in where.items() if len(chapters) > 1]
    assert twice == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_paragraphs_argue(path):
    """At most three computed numbers in a paragraph and one in a sentence: the rest is for figures and tables."""
    full, heavy = crowded(path)
    assert not full, "more than three numbers:\n" + "\n\n".join(full)
    assert not heavy, "more than one number:\n" + "\n".join(heavy)


def test_the_guards_see_what_they_guard(tmp_path):
    for name, words in (("a", "# A\n\nThis sentence has more than six words in it. Short."),
                        ("b", "# B\n\n> This sentence has more than six words in it.\n\n- $d$ `head_dim`: channels of "
                              "each head of it [1]\n\n## The ruling on C1\n\nIt is *derived*.\n\n## Next\n\nAssumed.")):
        cell = nbformat.v4.new_markdown_cell(words)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    assert long_sentences(tmp_path / "a.ipynb") == {"this sentence has more than six words in it."}
    assert long_sentences(tmp_path / "b.ipynb") == set()
    assert "derived" in section(tmp_path / "b.ipynb", "The ruling on C1")
    assert "Assumed" not in section(tmp_path / "b.ipynb", "The ruling on C1")
    many = "From {glue:text}`a` to {glue:text}`b`, then {glue:text}`c`. And {glue:text}`d`, or {glue:text}`e`."
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(many)]), tmp_path / "c.ipynb")
    full, heavy = crowded(tmp_path / "c.ipynb")
    assert len(full) == 1
    assert len(heavy) == 2


def glossary() -> dict[str, str]:
    """Return the words of the glossary, each heading whole, and what they mean."""
    words = (ROOT / "book" / "notation.md").read_text(encoding="utf-8").partition("## Words\n")[2]
    return {term: " ".join(meaning.split()) for term, meaning in re.findall(
        r"^(?!#)(\S[^\n]*)\n: (.+?)(?=\n\n|\Z)", words, re.MULTILINE | re.DOTALL)}


def test_the_glossary_says_each_word_once():
    spelt = [word.lower() for term in glossary() for word in term.split(", ")]
    assert len(spelt) > 150
    assert [word for word in spelt if spelt.count(word) > 1] == []
    assert [term for term, meaning in glossary().items() if len(meaning.split()) < 5 or not meaning.endswith(".")] == []


@pytest.mark.parametrize("word", ["draws", "doubts", "form", "neocloud", "nat", "stream", "hyperscaler",
                                  "merchant silicon", "measured", "derived", "assumed", "prefill", "decode", "GQA",
                                  "MLA", "goodput"])
def test_the_glossary_has_the_words_that_readers_stumbled_on(word):
    assert any(re.match(rf"{word}\b", part, re.IGNORECASE) for term in glossary() for part in term.split(", "))


def test_a_reference_reads_as_words():
    """No command of TeX is left in a title, an author or a place: the page shows them as they are decoded."""
    from pybtex.database import parse_file
    from pybtex.richtext import Text

    entries = parse_file(str(ROOT / "book" / "references.bib")).entries
    assert len(entries) > 100
    shown = {f"{key}.{name}": str(Text.from_latex(value))
             for key, one in entries.items() for name, value in one.fields.items()}
    assert {name: words for name, words in shown.items() if re.search(r"[\\{}]", words)} == {}
