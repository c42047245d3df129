"""What the search knows: each section of each page in words, without TeX and code. A script, so it loads from disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from numbering import FIGURE, chapter_of, titled
from sphinx import addnodes

SCRIPT = "search-index.js"
# Chapters before appendices, and those before the names of functions.
WEIGHTS = {"book/notation": 0.8, "book/gallery": 0.15, "book/api": 0.15, "book/kernelless": 0.4, "book/decisions": 0.3,
           "book/references": 0.4, "book/catalogues": 0.6}
CHAPTER_WEIGHT, OTHER_WEIGHT = 2.0, 0.5
UNSAID = (nodes.section, nodes.literal_block, nodes.math, nodes.math_block, nodes.comment, nodes.raw, addnodes.toctree,
          nodes.title)
SIGNATURE_LETTERS, SECTION_LETTERS = 160, 6000


def _texts(node: nodes.Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, UNSAID):
            continue
        if isinstance(child, nodes.Text):
            yield child.astext()
        else:
            yield from _texts(child)
            if isinstance(child, (nodes.paragraph, nodes.list_item, nodes.entry, nodes.term)):
                yield " "


def spoken(node: nodes.Node) -> str:
    """Return a section's own words, without those of the sections in it."""
    return re.sub(r"\s+([,.;:])", r"\1", " ".join("".join(_texts(node)).split()))


def entries_of(doctree: nodes.document) -> list[tuple[str, str, str]]:
    """Return an anchor, a title and the words for each section, figure and function of a page."""
    found: list[tuple[str, str, str]] = []
    for section in doctree.findall(nodes.section):
        top = section.parent is doctree
        title = section[0].astext() if section.children and isinstance(section[0], nodes.title) else ""
        found.append(("" if top else section["ids"][0], title, spoken(section)[:SECTION_LETTERS]))
    for raw in doctree.findall(nodes.raw):
        for figure in FIGURE.finditer(raw.astext()):
            words = re.search(r'<p class="ex-watch">(.*?)</p>', raw.astext()[figure.end():])
            plain = [re.sub(r"<[^>]+>", "", part) for part in (figure["title"], words[1] if words else "")]
            found.append((figure["id"], *plain))
    for described in doctree.findall(addnodes.desc):
        signature = next(iter(described.findall(addnodes.desc_signature)), None)
        if signature is not None and signature.get("ids"):
            content = next(iter(described.findall(addnodes.desc_content)), None)
            first = next(iter(content.findall(nodes.paragraph)), None) if content is not None else None
            found.append((signature["ids"][0], signature.get("fullname", signature.astext()),
                          first.astext()[:SIGNATURE_LETTERS] if first is not None else ""))
    return found


def note(app, doctree: nodes.document, docname: str) -> None:
    """Note what a page says, once its references and its numbers are in."""
    if app.builder.format == "html":
        if not hasattr(app.env, "spoken"):
            app.env.spoken = {}
        app.env.spoken[docname] = entries_of(doctree)


def write(app, static: Path) -> None:
    """Write the script."""
    spoken_of = getattr(app.env, "spoken", {})
    order = [name for name in app.env.collect_relations() if name in spoken_of]
    pages = [[f"{name}.html", titled(name, app.env.titles[name].astext()),
              CHAPTER_WEIGHT if chapter_of(name) is not None else WEIGHTS.get(name, OTHER_WEIGHT)] for name in order]
    entries = [[k, *entry] for k, name in enumerate(order) for entry in spoken_of[name]]
    data = json.dumps({"pages": pages, "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    (static / SCRIPT).write_text(f"const BOOK_INDEX = {data};\n", encoding="utf-8")


def connect(app) -> None:
    app.connect("doctree-resolved", note, priority=900)
