"""Pages of the browser, lent again and again: a new one costs four times what loading does, most of it in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from browser import PATIENCE_MS

# Whatever an address may have left behind. A page of a browser that runs no script, or is nowhere, has nothing.
# A figure saves on leaving what it has not yet: it is let do so first.
FORGET = """() => {
  try { dispatchEvent(new Event("pagehide")); localStorage.clear(); sessionStorage.clear(); }
  catch (error) { return String(error); }
}"""


class Pages:
    """The pages of one browser, by the settings of their contexts. Whoever borrows one has it alone.

    Parameters
    ----------
    chromium : playwright Browser
    prepare : callable
        Called once with each new page, for instance to listen to it.
    """

    def __init__(self, chromium, prepare: Callable[[Any], None]):
        self.chromium, self.prepare = chromium, prepare
        self.idle: dict[str, list] = {}
        self.all: list = []

    def _take(self, key: str, settings: dict):
        if self.idle.get(key):
            return self.idle[key].pop()
        context = self.chromium.new_context(**settings)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        self.all.append(page)
        self.prepare(page)
        return page

    def _give_back(self, key: str, page, settings: dict) -> None:
        if page.is_closed():
            return
        page.evaluate(FORGET)
        page.goto("about:blank")
        page.emulate_media(media="null", color_scheme=settings.get("color_scheme", "light"))
        if "viewport" in settings:
            page.set_viewport_size(settings["viewport"])
        self.idle.setdefault(key, []).append(page)

    @contextmanager
    def lent(self) -> Iterator[Callable]:
        """Give a function that lends a blank page with some settings; at the end all come back.

        A page asked for `once` is new, and closed afterwards.
        """
        taken = []

        def lend(once: bool = False, **settings):
            key = repr(sorted(settings.items())) if not once else ""
            page = self._take(key, settings)
            taken.append((key, page, settings))
            return page

        yield lend
        for key, page, settings in taken:
            if key:
                self._give_back(key, page, settings)
            else:
                self.all.remove(page)
                page.context.close()

    def close(self) -> None:
        for page in self.all:
            page.context.close()
