"""Numbers with their sources: what glue hands on, what the page shows of it, where the link leads."""

from __future__ import annotations

import json
import re

import notes
import origins
import pytest
from myst_nb.ext.glue import extract_glue_data_cell
from nbformat import v4

from inference_economics import Table, catalog, glue, phrase, text
from inference_economics.chapters.exhibits import sourced_html
from inference_economics.hardware import accelerators

NUMBER = sourced_html("1.54", catalog.Provenance('A "survey" <2025>', "2025", "secondary"))
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
    made = handed_on(pue=text(fact.value), more=text(2 * fact.value), words="none",
                     span=phrase("{} to {}", text(fact.value), text(2 * fact.value)))
    source = {"source": fact.source, "date": fact.date, "confidence": fact.confidence}
    assert made["pue"]["metadata"][origins.KEPT] == [["1.54", source]]
    assert made["span"]["metadata"][origins.KEPT] == [["1.54", source], [" to ", None], ["3.08", None]]
    assert all(origins.KEPT not in made[name]["metadata"] for name in ("more", "words"))
    assert {name: one["data"]["text/plain"] for name, one in made.items()} == {
        "pue": "'1.54'", "more": "'3.08'", "words": "'none'", "span": "'1.54 to 3.08'"}


def test_a_number_in_a_table_or_in_its_caption_shows_where_it_is_from():
    fact = catalog.datacentre("pue-industry-2025")
    shown = Table(["what", "value"], [("PUE", text(fact.value)), ("so", fact.value), ("twice", text(2 * fact.value)),
                                      ("both", phrase("{} & {}", text(fact.value), "<2>"))],
                  phrase("At {}", text(fact.value)))
    html, told = annotated(shown._repr_html_())
    link = '<a class="sourced" data-note="[^"]+" href="../book/catalogues.html">1.54</a>'
    assert len(re.findall(f'<td style="text-align: right">{link}</td>', html)) == 2
    assert re.search(f"<td[^>]*>{link} &amp; &lt;2&gt;</td>", html)
    assert re.search(f"<caption>At {link}</caption>", html)
    assert 'aria-label="At 1.54"' in html
    assert len(told) == 1
    assert "data-source" not in html
    assert repr(shown).splitlines() == [
        "At 1.54", "what   value", "-----  ----------", "PUE    1.54", "so     1.54", "twice  3.08",
        "both   1.54 & <2>"]


def test_the_catalogues_own_rows_and_pages_that_are_no_chapters_have_no_bare_marks():
    page = f"<html><article><p>{NUMBER}</p></article></html>"
    assert notes.annotate(origins.CATALOGUES, page, {}, {}) == "<html><article><p>1.54</p></article></html>"
    assert 'href="../book/catalogues.html">1.54</a>' in notes.annotate("book/how_good.html", page, {}, {})


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
    assert text(number).parts[0][1].source == source
    assert text(chip.hbm_bytes_per_s).parts[0][1].source == chip.source
