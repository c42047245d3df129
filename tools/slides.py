"""Turn a chapter of the built site into slides with live figures.

    python tools/slides.py 4 [5 …] [--output FOLDER]

The slides are made from the chapter's own page: each figure, table, equation, claim, takeaway and exercise is a slide,
and the paragraphs around it are the presenter's notes (key S). Arrow keys walk, Escape leaves a slider, O shows the
overview, F fills the screen. They lie in _build/slides and open from disk; nothing is fetched from another host.
reveal.js comes once, by the lock in tools/slides.
"""

from __future__ import annotations

import argparse
import copy
import math
import shutil
import sys
from pathlib import Path

import npm
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "tools" / "slides"
SITE = ROOT / "_build" / "html"
OUTPUT = ROOT / "_build" / "slides"
LETTERS, LINES = 105, 13  # of a line over a slide's width, and of a table on one slide, as large as words are there
LACK = "Slides cannot be made"
# The presenter's window is written by reveal.js with its script inside, and inherits this policy.
PAGE = """\
<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'unsafe-inline'; \
style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; \
base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – slides</title>
<link rel="stylesheet" href="../reveal/reveal.css">
<link rel="stylesheet" href="../_static/kernelless.css">
<link rel="stylesheet" href="../reveal/slides.css">
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="../reveal/reveal.js"></script>
<script src="../reveal/notes.js"></script>
<script src="../reveal/start.js"></script>
<script defer src="../_static/kernelless.js"></script>
</body>
</html>
"""


class Deck:
    """Slides as they grow: each with what is shown and what the presenter says."""

    def __init__(self) -> None:
        self.columns: list[list[tuple[list[str], list[str]]]] = []

    def column(self, *shown: str) -> None:
        self.columns.append([(list(shown), [])])

    def slide(self, shown: str) -> None:
        self.columns[-1].append(([shown], []))

    def say(self, words: str) -> None:
        self.columns[-1][-1][1].append(words)

    def html(self) -> str:
        def one(shown: list[str], said: list[str]) -> str:
            notes = f'<aside class="notes">{"".join(said)}</aside>' if said else ""
            return f"<section>{''.join(shown)}{notes}</section>"

        return "\n".join(f"<section>{''.join(one(*slide) for slide in column)}</section>" for column in self.columns)


def shown(tag: Tag) -> bool:
    """Say whether a part of the page is for the wall; the rest is for the presenter."""
    kinds = set(tag.get("class", []))
    return (tag.name in ("figure", "table", "blockquote", "math") or "math" in kinds or "exercise" in kinds
            or "pst-scrollable-table-container" in kinds or ("admonition" in kinds and tag.name == "div"))


def parts(section: Tag):
    """Walk a section: yield what is shown or said, in order, and of cells only what they put out."""
    for child in section.find_all(recursive=False):
        kinds = set(child.get("class", []))
        if child.name in ("h1", "h2", "script", "style") or "cell_input" in kinds or "hide" in kinds:
            continue
        if child.name == "section" and "exercise" not in kinds:
            yield child, "section"
        elif shown(child):
            yield child, "shown"
        elif child.name in ("p", "ul", "ol", "dl") or child.name == "h3":
            yield child, "said"
        elif child.name in ("div", "aside", "details"):
            yield from parts(child)


def lines_of(row: Tag) -> int:
    """Return about how many lines a row of a table takes, where its words share the width of a slide."""
    words = [len(cell.get_text()) for cell in row.find_all(["td", "th"])]
    share = [max(count, 8) for count in words]
    return max(1, *(math.ceil(count * sum(share) / (LETTERS * part)) for count, part in zip(words, share, strict=True)))


def walls(part: Tag) -> list[Tag]:
    """Return what a part is shown as: itself, or for a long table parts of it, each under its head."""
    body = part.find("tbody")
    rows = [] if body is None else body.find_all("tr", recursive=False)
    groups, left = [[]], LINES
    for number, row in enumerate(rows):
        needed = lines_of(row)
        if needed > left and groups[-1]:
            groups.append([])
            left = LINES
        groups[-1].append(number)
        left -= needed
    if len(groups) == 1:
        return [part]
    made = []
    for group in groups:
        one = copy.copy(part)
        for number, row in enumerate(one.find("tbody").find_all("tr", recursive=False)):
            if number not in group:
                row.decompose()
        for named in [one, *one.find_all(id=True)] if made else []:
            del named["id"]  # of two parts the first has it
        made.append(one)
    return made


def fill(deck: Deck, section: Tag) -> None:
    for part, kind in parts(section):
        if kind == "section":
            fill(deck, part)
        elif kind == "shown":
            for one in walls(part):
                deck.slide(str(one))
        else:
            deck.say(str(part))


def deck_of(html: str) -> tuple[str, Deck]:
    """Return a chapter's title and its slides.

    Raises
    ------
    ValueError
        The page is none of a chapter.
    """
    soup = BeautifulSoup(html, "html.parser")
    top = soup.select_one("article > section")
    if top is None or top.h1 is None:
        raise ValueError("the page has no chapter on it")
    for anchor in soup.select("a.headerlink, .copybtn"):
        anchor.decompose()
    for anchor in soup.select("article a[href]"):
        anchor.name = "span"  # a slide leads nowhere else
        del anchor["href"]
    for note in soup.select("article aside, article .sidenote"):
        note.decompose()
    for box in soup.select("section.exercise"):
        box.name, box["role"] = "div", "group"  # reveal.js takes every section for a slide
    title, deck = top.h1.get_text(" ").strip(), Deck()
    deck.column(f"<h1>{top.h1.decode_contents()}</h1>")
    for child in [*top.find_all("section", recursive=False)]:
        child.extract()
        if child.h2 is not None:
            child["data-slide"] = "h2"
        top.append(child)
    sections = [child for child in top.find_all("section", recursive=False) if child.get("data-slide")]
    for child in sections:
        child.extract()
    fill(deck, top)
    for section in sections:
        deck.column(f"<h2>{section.h2.decode_contents()}</h2>")
        fill(deck, section)
    return title, deck


def chapter_page(chapter: int, site: Path) -> Path:
    """Return the page of a chapter.

    Raises
    ------
    ValueError
        The site is not built, or has no such chapter.
    """
    pages = sorted((site / "notebooks").glob("*.html"))
    if not pages:
        raise ValueError("There is no site to take chapters from; run: make site")
    found = [page for page in pages if page.stem.startswith(f"{chapter:02d}_")]
    if not found:
        raise ValueError(f"There is no chapter {chapter}; chapters are 1 to {len(pages)}")
    return found[0]


def write(chapter: int, output: Path = OUTPUT, site: Path = SITE) -> Path:
    """Write a chapter's slides and what they need, and return their page."""
    page = chapter_page(chapter, site)
    reveal = npm.ready(HOME, "reveal.js", LACK)
    title, deck = deck_of(page.read_text(encoding="utf-8"))
    shutil.rmtree(output / "_static", ignore_errors=True)
    shutil.copytree(site / "_static", output / "_static")
    own = output / "reveal"
    own.mkdir(parents=True, exist_ok=True)
    for name in ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js", "LICENSE"):
        shutil.copyfile(reveal / name, own / Path(name).name)
    for name in ("slides.css", "start.js"):
        shutil.copyfile(HOME / name, own / name)
    target = output / "notebooks" / page.name
    target.parent.mkdir(exist_ok=True)
    target.write_text(PAGE.format(title=title, slides=deck.html()), encoding="utf-8")
    return target


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", type=int, nargs="+", metavar="CHAPTER")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    for chapter in options.chapters:
        try:
            print(f"Slides: {write(chapter, options.output)}", flush=True)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
