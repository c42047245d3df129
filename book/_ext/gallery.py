"""The gallery page: every explorer of the book, with its marks and controls, found in the pages as they are read."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from docutils import nodes

import kernelless

PAGE = "book/gallery"
EXPLORER = re.compile(r'<figure class="explorer" id="(?P<id>[^"]+)"'
                      r'.*?<script type="application/json" class="ex-spec">(?P<spec>.*?)</script>', re.DOTALL)
PICTURE = re.compile(r'<figure class="explorer" id="(?P<id>[^"]+)".*?'
                     r'(?:<span class="ex-number">(?P<number>.*?)</span>.*?)?class="ex-plot"'
                     r'.*?(?P<svg><svg viewBox="(?P<box>[^"]*)".*?</svg>)', re.DOTALL)
LINK = re.compile(r'(?P<before><li><p>)(?P<link><a class="reference internal" '
                  r'href="(?P<page>[^"#]+)#(?P<id>explorer-[^"]+)">)')
FOLDER = "pictures"
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Shown(NamedTuple):
    """An explorer as a page shows it: the figure's id, and what its JSON says of it."""

    id: str
    title: str
    marks: tuple[str, ...]
    controls: tuple[str, ...]


def explorers_in(html: str) -> list[Shown]:
    """Return the explorers in a piece of a page, in order; each kind of mark once, by name."""
    found = []
    for figure in EXPLORER.finditer(html):
        spec = json.loads(figure["spec"])
        found.append(Shown(figure["id"], spec["title"], tuple(sorted({mark["kind"] for mark in spec["marks"]})),
                           tuple(control["label"] for control in spec["controls"])))
    return found


def plain(words: str) -> str:
    """Return Markdown that shows these words and means nothing else by them."""
    return PUNCTUATION.sub(r"\\\1", words)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def first_of(controls: tuple[str, ...], most: int = 8) -> list[str]:
    """Return the names of the first controls, and how many more there are."""
    few = len(controls) <= most + 1
    return [*controls] if few else [*controls[:most], f"and {len(controls) - most} more"]


def label_of(docname: str, shown: Shown) -> str:
    """Return the name by which `{ref}` finds an explorer from any page; names may repeat from page to page."""
    return f"{docname}:{shown.id}".lower()


def mark_rows(shown: list[Shown]) -> list[list[str]]:
    """Return a row for each kind of mark: its name, its class's first line, and how many figures use it."""
    classes = {name.lower(): getattr(kernelless, name) for name in kernelless.__all__}
    count = Counter(kind for each in shown for kind in each.marks)
    return [[kind, classes[kind].__doc__.splitlines()[0].replace("|", r"\|"), str(count[kind])]
            for kind in sorted(count)]


def markdown(pages: dict[str, tuple[str, list[Shown]]]) -> str:
    """Return the gallery: for each page that shows explorers a section with their cards, then the marks.

    Parameters
    ----------
    pages : dict
        A page's file, from the project's root, to its title and its explorers, in the book's order.
    """
    everything = [each for _, shown in pages.values() for each in shown]
    parts = [f"{len(everything)} figures on {len(pages)} pages.\n"]
    for path, (title, shown) in pages.items():
        docname = path.rpartition(".")[0]
        cards = [f"- {{ref}}`{label_of(docname, each)}`\n\n  {', '.join(each.marks) or 'none'}\n\n"
                 f"  {plain('; '.join(first_of(each.controls)))}\n" for each in shown]
        parts += [f"## [{plain(title)}](/{path})\n", ":::{div} figure-cards", *cards, ":::\n"]
    parts += ["## The marks\n", table(["mark", "what it draws", "figures"], mark_rows(everything))]
    return "\n".join(parts)


def put_pictures(pages: dict[str, str], static: Path) -> str:
    """Write each figure as a picture of its own; return the gallery's page with pictures and numbers beside the titles.

    Parameters
    ----------
    pages : dict
        Each page of the site by its address, the gallery's among them.
    static : Path
        The site's folder of static files.
    """
    folder = static / FOLDER
    folder.mkdir(exist_ok=True)
    drawn: dict[tuple[str, str], str] = {}
    for name, html in pages.items():
        for figure in PICTURE.finditer(html):
            file = f"{name.rpartition('/')[2].removesuffix('.html')}-{figure['id']}.svg"
            (folder / file).write_text(figure["svg"], encoding="utf-8")
            _, _, width, height = figure["box"].split()
            number = f'<span class="ex-number">{figure["number"]}</span> ' if figure["number"] else ""
            drawn[name, figure["id"]] = (
                f'<img class="thumb" src="../_static/{FOLDER}/{file}" alt="" loading="lazy" width="{width}" '
                f'height="{height}">{number}')

    def card(match: re.Match) -> str:
        page = posixpath.normpath(posixpath.join(posixpath.dirname(PAGE), match["page"]))
        before = drawn.get((page, match["id"]), "")
        return f"{match['before']}{before}{match['link']}"

    return LINK.sub(card, pages[f"{PAGE}.html"])


# --- events of a build ------------------------------------------------------------------------------------------------


def read_last(_app, _env, docnames: list[str]) -> None:
    """Read the gallery after the pages whose explorers it lists."""
    docnames.sort(key=PAGE.__eq__)


def outdate(_app, env, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Write the gallery again whenever another page changes."""
    return [PAGE] if PAGE in env.found_docs and added | changed | removed else []


def forget(_app, env, docname: str) -> None:
    getattr(env, "explorers", {}).pop(docname, None)


def note(app, doctree: nodes.document) -> None:
    """Note a page's explorers, and let `{ref}` find them."""
    env, docname = app.env, app.env.docname
    shown = [each for raw in doctree.findall(nodes.raw) for each in explorers_in(raw.astext())]
    if not shown:
        return
    if not hasattr(env, "explorers"):
        env.explorers = {}
    env.explorers[docname] = shown
    names = env.get_domain("std")
    for each in shown:
        names.anonlabels[label_of(docname, each)] = docname, each.id
        names.labels[label_of(docname, each)] = docname, each.id, each.title


def write_gallery(app, docname: str, source: list[str]) -> None:
    """Put the list of explorers where the gallery asks for it."""
    if docname == PAGE:
        found = getattr(app.env, "explorers", {})
        pages = {app.env.doc2path(name, base=False): (app.env.titles[name].astext(), found[name])
                 for name in app.env.collect_relations() if name in found}
        source[0] = source[0].replace("<!-- gallery -->", markdown(pages))


def connect(app) -> None:
    app.connect("env-get-outdated", outdate)
    app.connect("env-before-read-docs", read_last)
    app.connect("env-purge-doc", forget)
    app.connect("doctree-read", note)
    app.connect("source-read", write_gallery)
