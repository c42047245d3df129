"""Each page's head: the reader's colours and fonts before the first paint, and what the page is about."""

from __future__ import annotations

import html as markup
import json
import re

# A script that is deferred would come too late: a reader in the dark would see a white flash. Fonts are asked for at
# once, but not from disk, where a browser refuses what is asked for this way.
START = """\
<script>
{
  if (location.protocol.startsWith("http")) for (const name of FONTS) {
    const href = `ROOT_static/fonts/${name}.woff2`;
    const link = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href };
    document.head.append(Object.assign(document.createElement("link"), link));
  }
  let kept = null;
  try { kept = localStorage.getItem("mode"); } catch { /* a reader may forbid keeping anything */ }
  const { dataset } = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.mode = kept || "auto";
  dataset.theme = kept === "light" || kept === "dark" ? kept : dark ? "dark" : "light";
}
</script>"""
PARAGRAPH = re.compile(r"<p>(.+?)</p>", re.DOTALL)
PLACE = "<!-- head -->"
OPENING = re.compile(r'<div class="[^"]*\bchapter-opening\b[^"]*">.*?<p>(.+?)</p>', re.DOTALL)
# Two of the five fonts stand above the fold of every page.
PRELOADED = ("source-serif-4-latin-wght-normal", "source-sans-3-latin-wght-normal")
DESCRIPTION_LETTERS = 155  # what search engines show


def plain(html: str) -> str:
    """Return the words of a piece of HTML, without what a note beside the text says."""
    html = re.sub(r"<aside.*?</aside>|<math.*?</math>", " ", html, flags=re.DOTALL)
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", "", html)).split())


def shortened(text: str, letters: int = DESCRIPTION_LETTERS) -> str:
    return text if len(text) <= letters else text[:letters].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def describe(html: str, letters: int = DESCRIPTION_LETTERS) -> str:
    """Return what a page is about: its opening question, or else its first paragraph; empty where it has neither."""
    article = html[html.find("<article"):] if "<article" in html else ""
    opening = OPENING.search(article)
    texts = [plain(opening[1])] if opening else [plain(found[1]) for found in PARAGRAPH.finditer(article)]
    return next((shortened(text, letters) for text in texts if len(text) > 40), "")


def fill(html: str, root: str, extra: str = "") -> str:
    """Return a page whose head says what it is about, and whose colours and fonts are there from the start.

    Parameters
    ----------
    html : str
        The page as the template wrote it.
    root : str
        The way from the page to the site's root: empty or ``../``, once or more.
    extra : str
        More lines for the head.
    """
    words = describe(html)
    lines = [f'<meta name="description" content="{markup.escape(words)}">'] if words else []
    lines += [START.replace("FONTS", json.dumps(PRELOADED)).replace("ROOT", root), *([extra] if extra else [])]
    return html.replace(PLACE, "\n".join(lines), 1)
