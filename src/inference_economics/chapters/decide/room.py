"""What stands below the figure of the page: what a reader brings, and what a reader takes away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kernelless.runtime import join

from .brief import kit

STATIC = Path(__file__).parent / "static"
SCRIPT, STYLE = STATIC / "decide.js", STATIC / "decide.css"
MARKER = "decide-room"  # of both parts
FIGURE = "explorer-decide"


def script() -> str:
    """Return the script of both parts with all that it imports, to stand in the page itself."""
    start = 'window.addEventListener("load", startRooms);'
    return f'"use strict";\n(() => {{\n{join(SCRIPT)}\n{start}\n}})();\n'


class Room:
    """A part of the page that its script brings to life.

    Parameters
    ----------
    html : str
        What stands there.
    plain : str
        What stands there in a notebook.
    """

    def __init__(self, html: str, plain: str):
        self.html, self.plain = html, plain

    def __repr__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": self.plain, "text/html": self.html}


def taking() -> Room:
    """Return the memo of the present settings, with its buttons.

    Returns
    -------
    Room
    """
    dense = json.dumps(kit(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    html = (f'<section class="{MARKER} decide-take" data-room="take" data-figure="{FIGURE}" aria-label="Decision memo">'
            '<div class="decide-actions" data-live hidden>'
            '<button type="button" data-take="print">Print the memo</button>'
            '<button type="button" data-take="memo">Memo as Markdown</button>'
            '<button type="button" data-take="ledger">Ledger as CSV</button></div>'
            '<p class="decide-said" role="status"></p><div class="decide-memo"></div>'
            '<noscript><p>The memo is written by the page\'s script.</p></noscript>'
            f'<script type="application/json" class="decide-kit">{dense}</script>'
            f"<script>{script()}</script></section>")
    return Room(html, "The decision memo, as the page's script writes it for the settings above.")


_BRINGS = (
    ("usage", "A usage export", "text/csv,.csv",
     "The CSV that OpenAI's or Anthropic's console exports, or a table with date, requests, input_tokens and "
     "output_tokens. It sets people, lengths, caches and the busiest day."),
    ("benchmark", "A benchmark of your own", "text/csv,.csv",
     "A CSV with concurrency, input_tokens, output_tokens and tpot_s or tpot_ms, and tp where several chips share the "
     "model. Choose model and chip above first: it sets how fast they are."),
    ("config", "A model's config.json", "application/json,.json",
     "Its shape is counted and chosen as a model of your own."))


def bringing() -> Room:
    """Return the boxes into which a reader puts a usage export, a benchmark, or a configuration.

    Returns
    -------
    Room
    """
    boxes = []
    for name, title, kinds, words in _BRINGS:
        counted = ('<label>Requests over these days, if the export does not count them '
                   '<input type="number" min="1" data-counted></label>' if name == "usage" else "")
        boxes.append(
            f'<details data-bring="{name}"><summary>{title}</summary><p>{words}</p>'
            f'<label>File <input type="file" accept="{kinds}"></label> '
            f'<label>or paste it <textarea spellcheck="false" autocomplete="off"></textarea></label>{counted}'
            '<div class="decide-actions"><button type="button">Read it</button></div>'
            '<p class="decide-said" role="status"></p></details>')
    html = (f'<section class="{MARKER} decide-bring" data-room="bring" data-figure="{FIGURE}" '
            'aria-label="Bring your own">'
            f'<div data-live hidden>{"".join(boxes)}</div>'
            '<noscript><p>Files are read by the page\'s script.</p></noscript></section>')
    return Room(html, "Boxes for a usage export, a benchmark and a config.json, which the page's script reads.")
