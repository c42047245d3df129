"""Numbers that know where they are from: what a catalogue row gave keeps its source in the prose and in tables.

The role `{glue:text}` and a `Table` write such a number with its source, date and confidence; `write_notes` turns that
into a link to the catalogue's row, with a note for hover, focus and tap.
"""

from __future__ import annotations

import re
from hashlib import sha256
from html import escape, unescape

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import retrieve_glue_data

from inference_economics.catalog import Provenance
from inference_economics.chapters.exhibits import sourced_html

CATALOGUES = "book/catalogues.html"
KEPT = "provenance"  # what `glue` calls it among an output's metadata
NUMBER = re.compile(r'<span class="sourced" data-source="(?P<source>[^"]*)" data-date="(?P<date>[^"]*)" '
                    r'data-confidence="(?P<confidence>[^"]*)" title="[^"]*">(?P<words>.*?)</span>', re.DOTALL)
ROW = re.compile(r'<tr(?: id="(?P<id>[^"]+)")?>(?P<cells>.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


class Sourced(nodes.inline):
    """A number with its source."""


class SourcedText(PasteTextRole):
    """`{glue:text}`, which keeps what is known of a number's source."""

    def run(self):
        made, said = super().run()
        try:
            known = retrieve_glue_data(self.document, self.text.rsplit(":", 1)[0]).metadata.get(KEPT)
        except RetrievalError:  # of another page, or missing, which has been said
            known = None
        if not known:
            return made, said
        return [Sourced(words, words, **source) if source else nodes.inline(words, words, classes=["pasted-text"])
                for words, source in known], said


def visit(self, node: Sourced) -> None:
    self.body.append(sourced_html(node.astext(), Provenance(*(node[name] for name in Provenance._fields))))
    raise nodes.SkipNode


def plain(self, _node: Sourced) -> None:
    """Any other writer shows the words alone."""


def _row(source: str, date: str) -> str:
    return f"row-{sha256(f'{source}|{date}'.encode()).hexdigest()[:8]}"


def name_rows(html: str) -> str:
    """Return the page of catalogues with an id for each row that is the first with its source and date."""
    seen = set()

    def named(match: re.Match) -> str:
        told = _told(match)
        if told is None or (ident := _row(*told)) in seen:
            return match[0]
        seen.add(ident)
        return f'<tr id="{ident}">{match["cells"]}</tr>'

    return ROW.sub(named, html)


def _told(row: re.Match) -> tuple[str, str] | None:
    """Return a row's source and date; None for a row that has none."""
    cells = [unescape(cell) for cell in CELL.findall(row["cells"])]
    return (cells[-1], cells[-3]) if len(cells) >= 3 else None  # … date, mark, source


def places(html: str) -> dict[tuple[str, str], str]:
    """Return the id of each named row by its source and date, and by its source alone for a number of another date."""
    found: dict[tuple[str, str], str] = {}
    for match in ROW.finditer(html):
        if match["id"] and (told := _told(match)):
            found[told] = match["id"]
            found.setdefault((told[0], ""), match["id"])
    return found


def _place(source: str, date: str, known: dict[tuple[str, str], str]) -> str:
    """Return the id of the row that a number is from; a row's own source stands before its table's."""
    table = source.rpartition("; ")[2]
    return next((known[key] for key in ((source, date), (source, ""), (table, date), (table, "")) if key in known), "")


def plain_numbers(body: str) -> str:
    """Return a page's text with its sourced numbers as words, where the source stands beside them."""
    return NUMBER.sub(lambda match: match["words"], body)


def write_notes(body: str, root: str, rows: dict[tuple[str, str], str], marks: dict[str, str],
                notes: dict[str, str]) -> str:
    """Return a page's text with its sourced numbers as links; note where they are from.

    Parameters
    ----------
    body : str
        The text, as the role wrote it.
    root : str
        The way to the book's root.
    rows : dict
        What `places` found; a link leads to its row where there is one, else to the page of catalogues.
    marks : dict
        What each confidence mark says.
    notes : dict
        Gets a note for each source.
    """
    def link(match: re.Match) -> str:
        source, date, mark = (unescape(match[name]) for name in ("source", "date", "confidence"))
        key = f"from-{_row(source, date)[4:]}-{mark}"
        when = f"<p><strong>{escape(date)}</strong>, {escape(mark)}: {escape(marks[mark])}</p>"
        notes[key] = f"<p>{escape(source)}</p>{when}"
        anchor = _place(source, date, rows)
        return (f'<a class="sourced" data-note="{key}" href="{root}{CATALOGUES}{"#" if anchor else ""}{anchor}">'
                f'{match["words"]}</a>')

    return NUMBER.sub(link, body)


def connect(app) -> None:
    app.add_node(Sourced, html=(visit, None), latex=(plain, plain), text=(plain, plain))
    app.add_role_to_domain("glue", "text", SourcedText(), override=True)
