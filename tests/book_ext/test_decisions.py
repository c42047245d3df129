"""The records of decisions: one form, numbered without a gap, and each on the site's page."""

from __future__ import annotations

import re

import pytest
from book_site import ROOT

RECORDS = sorted((ROOT / "book" / "decisions").iterdir())
FORM = re.compile(r"# (?P<number>\d+)\. [^\n]+\n\n\*\d+ [A-Z][a-z]+ 20\d\d(, revised \d+ [A-Z][a-z]+ 20\d\d)?\*\n\n"
                  r"\*\*Context\.\*\* .+?\n\n\*\*Decision\.\*\* .+?\n\n\*\*Consequences\.\*\* .+\n", re.DOTALL)


def test_records_are_numbered_without_a_gap():
    assert [path.name[:5] for path in RECORDS] == [f"{i:04d}-" for i in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_the_form_and_is_short(path):
    text = path.read_text(encoding="utf-8")
    found = FORM.fullmatch(text)
    assert found, "a record is: # N. Title, *date*, then paragraphs **Context.**, **Decision.**, **Consequences.**"
    assert int(found["number"]) == int(path.name[:4])
    assert len(text.splitlines()) <= 25


def test_each_record_stands_on_the_page_of_decisions():
    page = (ROOT / "book" / "decisions.md").read_text(encoding="utf-8")
    assert re.findall(r"\{include\} decisions/(\S+)", page) == [path.name for path in RECORDS]
