"""The twelve claims as data: each number tagged, each sentence whole, each number on its chapter's page."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import nbformat
import pytest

from inference_economics import rulings
from inference_economics.chapters import argument
from inference_economics.chapters.findings import BASES

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CLAIMS = {claim.name: claim for claim in argument.claims()}
# Numbers that stand in chapter 14 alone: the other end of an assumption that its own chapter states in other words.
ONLY_HERE: set[str] = set()


def test_there_are_twelve_each_with_a_ruling_in_one_form():
    assert list(CLAIMS) == [f"C{k}" for k in range(1, 13)]
    for claim in CLAIMS.values():
        assert claim.outcome in argument.OUTCOMES
        assert claim.ruling.endswith(".")
        assert claim.ruling.count(". ") <= 1
        assert claim.chapter == int(claim.page[:2])
        assert claim.evidence
        assert len({claim.title, claim.place, claim.hinge}) == 3


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_each_number_says_how_it_is_known(claim):
    for one in (*claim.evidence, claim.remains):
        assert one.basis in BASES
        assert one.numbers
        assert all(number in one.words for number in one.numbers)
        assert one.tagged.endswith(f"({one.basis}).")
        assert re.match(r"[A-Z0-9]", one.words)


def test_a_sentence_does_not_mix_what_is_measured_with_what_is_assumed():
    tell = argument._teller(rulings.integration())
    with pytest.raises(ValueError, match="assumed and derived"):
        tell("{} and {}", ("saved_by_owning", "%"), ("saved_by_design", "%"))
    assert tell("{} more", ("small_usd", "USD/h", 2)).numbers == ("$47/h",)


def test_the_table_has_a_cell_for_every_column():
    rows = argument.rows()
    assert [len(row) for row in rows] == [len(argument.COLUMNS)] * 12
    for (words, address), *cells in rows:
        assert re.match(r"C\d+\. [A-Z]", words)
        assert "#explorer-" in address
        assert all(re.match(r"[A-Z0-9]", cell) and cell.endswith(".") for cell in cells)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_each_link_finds_its_explorer_in_the_notebook(claim):
    source = "\n".join(cell["source"] for cell in nbformat.read(NOTEBOOKS / f"{claim.page}.ipynb", 4)["cells"])
    assert claim.figure.replace("-", "_") in source or claim.figure in source
    assert claim.figure_title in source
    for name in claim.settings:
        assert re.search(rf"\b{name}\b", source), name


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_front_page_leads_to_the_ruling_in_its_chapter(claim):
    seen = argument.Glance("../notebooks/")
    address = f"../notebooks/{claim.page}.html#the-ruling-on-{claim.name.lower()}"
    assert seen.address(claim) == address
    (item,) = [item for item in re.findall(r"<li>.*?</li>", seen._repr_html_()) if f">{claim.name}. " in item]
    assert f'<a href="{address}">' in item
    assert f'data-outcome="{argument.OUTCOMES.index(claim.outcome)}">{seen.shown(claim.outcome)}</p>' in item
    assert f"<p>{escape(claim.ruling)}</p>" in item
    source = "\n".join(cell["source"] for cell in nbformat.read(NOTEBOOKS / f"{claim.page}.ipynb", 4)["cells"])
    assert f"## The ruling on {claim.name}" in source


def test_the_front_page_counts_every_claim_once():
    seen = argument.Glance()
    tally = seen.tally()
    assert list(tally) == list(argument.OUTCOMES)
    assert sorted(one.name for named in tally.values() for one in named) == sorted(CLAIMS)
    counts = re.findall(r"<dd><strong>(\d+)</strong> (.*?)</dd>", seen._repr_html_())
    assert [(int(count), re.findall(r">(C\d+)<", names)) for count, names in counts] == [
        (len(named), [one.name for one in named]) for named in tally.values()]
    assert repr(seen).count("\n") == 11
