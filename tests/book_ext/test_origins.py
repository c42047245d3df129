"""Numbers with their sources: what glue hands on, what the page shows of it, where the link leads."""

from __future__ import annotations

import json
import re

import notes
import origins
import pytest
from myst_nb.ext.glue import extract_glue_data_cell
from nbformat import v4

from inference_economics import catalog, glue, text
from inference_economics.hardware import accelerators

NUMBER = ('<span class="pasted-text sourced" data-source="A &quot;survey&quot; &lt;2025&gt;" data-date="2025" '
          'data-confidence="secondary">1.54</span>')
ROWS = ('<table><tr><th>what</th></tr><tr><th scope="row">PUE</th><td>1.54</td><td>2025</td><td>secondary</td>'
        '<td>A &quot;survey&quot; &lt;2025&gt;</td></tr></table>')


def annotated(*parts: str, rows: dict | None = None) -> tuple[str, dict[str, str]]:
    html = notes.annotate("notebooks/01_x.html", f"<html><article>{''.join(parts)}</article></html>", {}, {}, rows)
    data = re.search(r'id="book-notes">(.*?)</script>', html)
    return html, json.loads(data[1]) if data else {}


def test_a_number_leads_to_its_row_and_says_source_date_and_mark():
    html, told = annotated(f"<p>It is {NUMBER} there, {NUMBER} here.</p>", rows=origins.places(origins.name_rows(ROWS)))
    links = re.findall(r'<a class="sourced" data-note="([^"]+)" href="../book/catalogues.html#([^"]+)">1.54</a>', html)
    assert len(links) == 2
    (key, ident), = set(links)
    assert f'<tr id="{ident}">' in origins.name_rows(ROWS)
    assert told == {key: '<p>A &quot;survey&quot; &lt;2025&gt;</p><p><strong>2025</strong>, secondary: '
                         'read in a copy or a report</p>'}


def test_a_number_of_no_row_leads_to_the_page():
    assert 'href="../book/catalogues.html">1.54' in annotated(f"<p>{NUMBER}</p>")[0]


@pytest.mark.parametrize(("source", "date"), [
    ("A &quot;survey&quot; &lt;2025&gt;", "2019"), ("its own; A &quot;survey&quot; &lt;2025&gt;", "2025")])
def test_a_number_of_another_date_or_with_a_source_of_its_own_leads_to_its_table(source, date):
    number = NUMBER.replace('source="A &quot;survey&quot; &lt;2025&gt;"', f'source="{source}"').replace(
        'date="2025"', f'date="{date}"')
    html, told = annotated(f"<p>{number}</p>", rows=origins.places(origins.name_rows(ROWS)))
    assert 'catalogues.html#row-' in html
    assert date in next(iter(told.values()))


def test_rows_with_one_source_and_date_have_one_id():
    assert origins.name_rows(ROWS + ROWS).count("id=") == 1


def handed_on(**words: str) -> dict:
    """Return what a notebook's output keeps of glued words, and what MyST-NB makes of it."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    before, shell.display_pub = shell.display_pub, CapturingDisplayPublisher()
    try:
        glue(**words)
        outputs = [v4.new_output("display_data", data=one["data"], metadata=one["metadata"])
                   for one in shell.display_pub.outputs]
    finally:
        shell.display_pub = before
        InteractiveShell.clear_instance()
    return dict(extract_glue_data_cell(v4.new_code_cell("", outputs=outputs)))


def test_glue_hands_on_where_a_number_is_from_and_nothing_for_what_is_computed():
    fact = catalog.datacentre("pue-industry-2025")
    made = handed_on(pue=text(fact.value), more=text(2 * fact.value), words="none")
    assert made["pue"]["metadata"][origins.KEPT] == {
        "source": fact.source, "date": fact.date, "confidence": fact.confidence}
    assert all(origins.KEPT not in made[name]["metadata"] for name in ("more", "words"))
    assert {name: one["data"]["text/plain"] for name, one in made.items()} == {
        "pue": "'1.54'", "more": "'3.08'", "words": "'none'"}


@pytest.mark.parametrize("kind", ["memory", "links"])
def test_a_chips_memory_and_links_have_sources_of_their_own(kind):
    chips = accelerators.load().values()
    if kind == "memory":
        chip = next(chip for chip in chips if chip.usable_source and chip.usable_source != chip.source)
        number, source = chip.hbm_bytes, chip.usable_source
    else:
        chip = next(chip for chip in chips if chip.links_source and chip.links_source != chip.source
                    and "provenance" in dir(chip.link_bytes_per_s))
        number, source = chip.link_bytes_per_s, chip.links_source
    assert text(number).provenance.source == source
    assert text(chip.hbm_bytes_per_s).provenance.source == chip.source
