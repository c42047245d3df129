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
