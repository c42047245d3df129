"""What chapters show besides explorers: tables, and numbers handed to the prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape


class Table:
    """A small table with a caption, as text in a notebook and as HTML on the page.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : iterable of sequence
        Cells; give numbers as text with their units (`inference_economics.text`).
    caption : str
        What the table shows.
    """

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence], caption: str = ""):
        self.columns, self.caption = [str(column) for column in columns], caption
        self.rows = [[str(cell) for cell in row] for row in rows]
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"the row {row} has {len(row)} cells, but there are {len(self.columns)} columns.")

    def __repr__(self):
        lines = [self.columns, *self.rows]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self.columns))]
        body = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
        body.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.caption, *body] if self.caption else body)

    def _repr_html_(self):
        numeric = [all(re.match(r"^[−$~≈<>]?[\d.∞]", row[k]) or row[k] in ("", "n/a") for row in self.rows)
                   for k in range(len(self.columns))]
        right = [' style="text-align: right"' if number else "" for number in numeric]
        head = "".join(f'<th scope="col"{side}>{escape(column)}</th>'
                       for column, side in zip(self.columns, right, strict=True))
        body = "".join(
            "<tr>" + "".join(f'<th scope="row">{escape(cell)}</th>' if k == 0 else f"<td{right[k]}>{escape(cell)}</td>"
                             for k, cell in enumerate(row)) + "</tr>" for row in self.rows)
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        return (f'<div class="table-scroll" tabindex="0" role="region" aria-label="{escape(self.caption or "Table")}">'
                f'<table class="table">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def glue(**words: str) -> None:
    """Hand computed numbers to the prose: ``{glue:text}`kv` `` then shows what ``glue(kv=text(…))`` was given.

    The same message as `myst_nb.glue`, without needing the book's tools in the kernel.
    """
    from IPython.display import display

    for name, value in words.items():
        if not isinstance(value, str):
            raise ValueError(f"glue: {name}={value!r} must be text; format it with inference_economics.text.")
        prefix = "application/papermill.record/"
        scrap = {"name": name, "mime_prefix": prefix}
        display({f"{prefix}text/plain": repr(value)}, raw=True, metadata={"scrapbook": scrap})
