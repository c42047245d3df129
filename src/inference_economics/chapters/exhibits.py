"""What chapters show besides explorers: tables, and numbers handed to the prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import starmap
from typing import Any
from urllib.parse import urlencode

from kernelless import units

from ..catalog import Provenance, sourced


class Words(str):
    """Text with numbers in it that still know where they are from.

    Its `parts` make it up, each with the provenance of its number, or None for words and for what is computed.
    """

    parts: tuple[tuple[str, Provenance | None], ...] = ()


def parts_of(words: str) -> tuple[tuple[str, Provenance | None], ...]:
    """Return a text's parts, each with where its number is from; a text that knows of no number is one part."""
    return words.parts if isinstance(words, Words) else ((words, None),)


def _made_of(parts: Iterable[tuple[str, Provenance | None]]) -> str:
    parts = tuple(part for part in parts if part[0])
    words = "".join(said for said, _ in parts)
    if all(provenance is None for _, provenance in parts):
        return words
    known = Words(words)
    known.parts = parts
    return known


def text(value: Any, unit: str = "", digits: int = 3) -> str:
    """Return `value` as a reader sees it, and with its provenance where it comes straight from a catalogue row.

    Parameters
    ----------
    value, unit, digits
        As `kernelless.text` takes them.

    Returns
    -------
    str
    """
    return _made_of([(units.text(value, unit, digits), getattr(value, "provenance", None))])


def phrase(template: str, *words: object) -> str:
    """Return a text with texts and whole numbers in the places of its ``{}``; they keep their provenance.

    An f-string would forget where its numbers are from.

    Parameters
    ----------
    template : str
        Such as ``"{} to {}"``.
    *words
        What stands in its places, in order.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When there are not as many texts as places.
    """
    between = template.split("{}")
    if len(between) != len(words) + 1:
        raise ValueError(f"template={template!r} has {len(between) - 1} places for {len(words)} texts.")
    parts: list[tuple[str, Provenance | None]] = [(between[0], None)]
    for word, after in zip(words, between[1:], strict=True):
        parts += [*parts_of(_cell(word)), (after, None)]
    return _made_of(parts)


def rounded(value: Any, digits: int = 3) -> Any:
    """Return a number in so many significant digits; one from a catalogue row keeps its provenance.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        How many digits to keep.

    Returns
    -------
    float
    """
    return _from(value, float(f"{value:.{digits - 1}e}"))


def scaled(value: Any, factor: float) -> Any:
    """Return a number in another unit, such as percent as a share; one from a catalogue row keeps its provenance.

    Parameters
    ----------
    value : float
        The number.
    factor : float
        What one of its unit is in the other.

    Returns
    -------
    float
    """
    return _from(value, float(value * factor))


def _from(value: Any, number: float) -> Any:
    provenance = getattr(value, "provenance", None)
    return number if provenance is None else sourced(number, provenance)


class Table:
    """A small table with a caption, as text in a notebook and as HTML on the page.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : iterable of sequence
        Cells; give numbers as text with their units (`inference_economics.text`), which keeps where they are from.
        A pair of texts is a link: the words and the address. As text only the words are shown.
    caption : str
        What the table shows.
    """

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = ""):
        self.columns, self.caption = [str(column) for column in columns], caption
        cells = [[cell if isinstance(cell, tuple) else (_cell(cell), "") for cell in row] for row in rows]
        for row in cells:
            for cell in row:
                if len(cell) != 2 or not all(isinstance(part, str) for part in cell):
                    raise ValueError(f"the cell {cell!r} is neither text nor a pair of texts (words, address).")
            if len(row) != len(self.columns):
                raise ValueError(f"the row {[words for words, _ in row]} has {len(row)} cells, "
                                 f"but there are {len(self.columns)} columns.")
        self.rows = [[words for words, _ in row] for row in cells]
        self.links = [[address for _, address in row] for row in cells]

    def __repr__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self.columns))]
        body = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
        body.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.caption, *body] if self.caption else body)

    def _repr_html_(self) -> str:
        numeric = [all(re.match(r"^[−$~≈<>]?[\d.∞]", row[k]) or row[k] in ("", "n/a") for row in self.rows)
                   for k in range(len(self.columns))]
        right = [' style="text-align: right"' if number else "" for number in numeric]
        head = "".join(f'<th scope="col"{side}>{escape(column)}</th>'
                       for column, side in zip(self.columns, right, strict=True))
        body = "".join(
            "<tr>" + "".join(f'<th scope="row">{cell}</th>' if k == 0 else f"<td{right[k]}>{cell}</td>"
                             for k, cell in enumerate(map(_linked, row, links))) + "</tr>"
            for row, links in zip(self.rows, self.links, strict=True))
        caption = f"<caption>{_linked(self.caption, '')}</caption>" if self.caption else ""
        return (f'<div class="table-scroll" tabindex="0" role="region" aria-label="{escape(self.caption or "Table")}">'
                f'<table class="table">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def _cell(value: object) -> str:
    """Return what stands in a text or in a table's cell, which may be a number."""
    return value if isinstance(value, Words) else _made_of([(str(value), getattr(value, "provenance", None))])


def _linked(words: str, address: str) -> str:
    if address:
        return f'<a href="{escape(address)}">{escape(words)}</a>'
    return "".join(starmap(sourced_html, parts_of(words)))


def sourced_html(words: str, provenance: Provenance | None) -> str:
    """Return a text as HTML that says where it is from; the book's pages turn this into a link with a note."""
    if provenance is None:
        return escape(words)
    told = "".join(f' data-{name}="{escape(said)}"' for name, said in provenance._asdict().items())
    return f'<span class="sourced"{told} title="{escape(", ".join(provenance))}">{escape(words)}</span>'


def _is_all(pattern: str, given: object) -> bool:
    return isinstance(given, str) and re.fullmatch(pattern, given) is not None


def explorer_address(page: str, name: str, **settings: object) -> str:
    """Return the address of an explorer on another page of the book, with settings that it takes when it opens.

    Parameters
    ----------
    page : str
        File of the chapter, without its ending: ``03_the_kv_cache``.
    name : str
        The explorer's name: its figure function's, with hyphens.
    **settings
        Values of its controls, by name; what is not given is at its default.

    Returns
    -------
    str
        Relative to a page in the same folder.

    Raises
    ------
    ValueError
        For a page or a name that an address cannot hold.
    """
    if not _is_all(r"\w+", page):
        raise ValueError(f"page={page!r} must be the name of a chapter's file without its ending.")
    if not _is_all(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"name={name!r} must be lower-case letters, digits and hyphens.")
    return f"{page}.html#explorer-{name}" + (f"?{urlencode(settings)}" if settings else "")


def glue(**words: str) -> None:
    """Hand computed numbers to the prose: ``{glue:text}`kv` `` then shows what ``glue(kv=text(…))`` was given.

    The same message as `myst_nb.glue`, without needing the book's tools in the kernel. A number straight from a
    catalogue row takes its source, date and confidence along, also within a `phrase`; the page shows them beside it.
    """
    from IPython.display import display

    for name, value in words.items():
        if not isinstance(value, str):
            raise ValueError(f"glue: {name}={value!r} must be text; format it with inference_economics.text.")
        prefix = "application/papermill.record/"
        metadata: dict[str, Any] = {"scrapbook": {"name": name, "mime_prefix": prefix}}
        if isinstance(value, Words):
            metadata["provenance"] = [[said, known and known._asdict()] for said, known in value.parts]
        display({f"{prefix}text/plain": repr(str(value))}, raw=True, metadata=metadata)
