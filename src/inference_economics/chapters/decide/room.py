"""What stands below the figure of the page: what a reader brings, and what a reader takes away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .brief import kit

STATIC = Path(__file__).parent / "static"
SCRIPT, STYLE = STATIC / "decide.js", STATIC / "decide.css"
MARKER = "decide-room"
FIGURE = "explorer-decide"


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
    html = (f'<section class="{MARKER} decide-take" data-figure="{FIGURE}" aria-label="Decision memo">'
            '<div class="decide-actions" data-live hidden>'
            '<button type="button" data-take="print">Print the memo</button>'
            '<button type="button" data-take="memo">Memo as Markdown</button>'
            '<button type="button" data-take="ledger">Ledger as CSV</button></div>'
            '<p class="decide-said" role="status"></p><div class="decide-memo"></div>'
            '<noscript><p>The memo is written by the page\'s script.</p></noscript>'
            f'<script type="application/json" class="decide-kit">{dense}</script></section>')
    return Room(html, "The decision memo, as the page's script writes it for the settings above.")
