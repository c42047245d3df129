"""Numbers that know where they are from: what a catalogue row gave and `glue` handed to the prose keeps its source.

The role `{glue:text}` writes such a number with its source, date and confidence; `write_notes` turns that into a link
to the catalogue's row, with a note for hover, focus and tap.
"""

from __future__ import annotations

import re
from hashlib import sha256
from html import escape, unescape

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import retrieve_glue_data

CATALOGUES = "book/catalogues.html"
KEPT = "provenance"  # what `glue` calls it among an output's metadata
NUMBER = re.compile(r'<span class="pasted-text sourced" data-source="(?P<source>[^"]*)" data-date="(?P<date>[^"]*)" '
                    r'data-confidence="(?P<confidence>[^"]*)">(?P<words>.*?)</span>', re.DOTALL)
ROW = re.compile(r"<tr>(?P<cells>.*?)</tr>", re.DOTALL)
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
        words = made[0].astext()
        return [Sourced(words, words, classes=["pasted-text", "sourced"], **known)], said


def visit(self, node: Sourced) -> None:
    told = "".join(f' data-{name}="{escape(node[name])}"' for name in ("source", "date", "confidence"))
    self.body.append(f'<span class="pasted-text sourced"{told}>')


def depart(self, _node: Sourced) -> None:
    self.body.append("</span>")


def plain(self, _node: Sourced) -> None:
    """Any other writer shows the words alone."""


def _row(source: str, date: str) -> str:
    return f"row-{sha256(f'{source}|{date}'.encode()).hexdigest()[:8]}"


def name_rows(html: str) -> str:
    """Return the page of catalogues with an id for each row that is the first with its source and date."""
    seen = set()

    def named(match: re.Match) -> str:
        cells = [unescape(cell) for cell in CELL.findall(match["cells"])]
        if len(cells) < 3:
            return match[0]
        ident = _row(cells[-1], cells[-3])  # … date, mark, source
        if ident in seen:
            return match[0]
        seen.add(ident)
        return f'<tr id="{ident}">{match["cells"]}</tr>'

    return ROW.sub(named, html)


def write_notes(body: str, root: str, rows: str, marks: dict[str, str], notes: dict[str, str]) -> str:
    """Return a page's text with its sourced numbers as links; note where they are from.

    Parameters
    ----------
    body : str
        The text, as the role wrote it.
    root : str
        The way to the book's root.
    rows : str
        The page of catalogues; a link leads to the row where it has one, else to the page.
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
        anchor = f"#{_row(source, date)}" if f'id="{_row(source, date)}"' in rows else ""
        return f'<a class="sourced" data-note="{key}" href="{root}{CATALOGUES}{anchor}">{match["words"]}</a>'

    return NUMBER.sub(link, body)


def connect(app) -> None:
    app.add_node(Sourced, html=(visit, depart), latex=(plain, plain), text=(plain, plain))
    app.add_role_to_domain("glue", "text", SourcedText(), override=True)
