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
CARD = re.compile(r'<div class="[^"]*\bchapter-card\b[^"]*">.*?<p[^>]*>(?P<question>.+?)</p>'
                  r'.*?<a class="sd-stretched-link[^>]*? href="\.\./(?P<page>[^"]+)"', re.DOTALL)
OPENING = re.compile(r'<div class="[^"]*\bchapter-opening\b[^"]*">.*?<p>(?:<strong>[^<]*</strong>)?(.+?)</p>',
                     re.DOTALL)
SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z“])")
# Two of the five fonts stand above the fold of every page.
PRELOADED = ("source-serif-4-latin-wght-normal", "source-sans-3-latin-wght-normal")
DESCRIPTION_LETTERS = 155  # what search engines show


def plain(html: str) -> str:
    """Return the words of a piece of HTML, without what a note beside the text says."""
    html = re.sub(r"<aside.*?</aside>|<math.*?</math>", " ", html, flags=re.DOTALL)
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", "", html)).split())


def shortened(text: str, letters: int = DESCRIPTION_LETTERS) -> str:
    """Return as many whole sentences of a text as fit; where not even one does, it ends at a word."""
    sentences = SENTENCE.split(text)
    while len(sentences) > 1 and len(" ".join(sentences)) > letters:
        sentences.pop()
    text = " ".join(sentences)
    return text if len(text) <= letters else text[:letters].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def describe(html: str, letters: int = DESCRIPTION_LETTERS) -> str:
    """Return what a page is about: its opening question, or else its first paragraph; empty where it has neither."""
    article = html[html.find("<article"):] if "<article" in html else ""
    opening = OPENING.search(article)
    texts = (plain(found[1]) for found in ([opening] if opening else PARAGRAPH.finditer(article)))
    return next((shortened(text, letters) for text in texts if len(text) > 40), "")


def questions(front: str) -> dict[str, str]:
    """Return the question of each chapter, by its address, as the cards of the front page put it."""
    return {card["page"]: plain(card["question"]) for card in CARD.finditer(front)}


def fill(html: str, root: str, extra: str = "", words: str | None = None) -> str:
    """Return a page whose head says what it is about, and whose colours and fonts are there from the start.

    Parameters
    ----------
    html : str
        The page as the template wrote it.
    root : str
        The way from the page to the site's root: empty or ``../``, once or more.
    extra : str
        More lines for the head.
    words : str, optional
        What the page is about, where that is known better than from its text.
    """
    words = describe(html) if words is None else words
    lines = [f'<meta name="description" content="{markup.escape(words)}">'] if words else []
    lines += [START.replace("FONTS", json.dumps(PRELOADED)).replace("ROOT", root), *([extra] if extra else [])]
    return html.replace(PLACE, "\n".join(lines), 1)
