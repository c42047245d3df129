"""The book's own page around each text: what `_templates/layout.html` needs to know, and the files that it asks for.

Jupyter Book's theme gives the machinery; of its look and its scripts nothing is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from address import addresses, launches
from docutils import nodes
from numbering import chapter_of

ENTRY = re.compile(r'<li class="toctree-l1(?P<current> current)?[^"]*"><a class="[^"]*" href="(?P<link>[^"]*)">'
                   r"(?:(?P<number>\d+)\.\s+)?(?P<title>.*?)</a>.*?</li>", re.DOTALL)
LAYOUT_STYLES = ("pygments.css", "sphinx-design.min.css", "book.css")  # joined into one, in this order
SHEET = "site.css"
OWN_FILES = {"favicon.svg", "book-card.png"}
NAMED = re.compile(r"[\w.@-]+\.(?:js|css|woff2|svg|png|json|webmanifest|txt|csv|jpg|webp)\b")


def sections_of(doctree: nodes.document | None) -> list[tuple[str, str]]:
    """Return the id and the words of each second heading of a page."""
    if doctree is None:
        return []
    tops = [node for node in doctree.children if isinstance(node, nodes.section)]
    return [(inner["ids"][0], inner[0].astext()) for top in tops for inner in top.children
            if isinstance(inner, nodes.section) and isinstance(inner[0], nodes.title)]


def navigation(tree: str, sections: list[tuple[str, str]]) -> str:
    """Return the rail's list: every page, numbered where it is a chapter, and below the present one its sections."""
    inside = "".join(f'<li><a href="#{escape(ident)}">{escape(words)}</a></li>' for ident, words in sections)

    def entry(match: re.Match) -> str:
        number = f'<span class="rail-n">{match["number"]}</span>' if match["number"] else ""
        current = ' aria-current="page"' if match["current"] else ""
        below = f'<ul class="rail-sections">{inside}</ul>' if current and inside else ""
        return f'<li><a href="{match["link"]}"{current}>{number}<span>{match["title"]}</span></a>{below}</li>'

    tree = re.sub(r'<p[^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>',
                  r'<p class="caption">\1</p>', tree)
    return re.sub(r"<ul[^>]*>", "<ul>", ENTRY.sub(entry, tree), count=0) if not inside else ENTRY.sub(entry, tree)


def _version() -> str:
    import inference_economics

    return inference_economics.__version__


def shape(app, pagename: str, _templatename: str, context: dict, doctree) -> None:
    """Give the template its rail, the tools below the text, and what kind of page it is."""
    chapter = chapter_of(pagename)
    kind = "search" if pagename in {"search", "404"} else "front" if pagename == app.config.root_doc else (
        "chapter" if chapter is not None else "other")
    tree = context["toctree"](collapse=True, maxdepth=1, includehidden=True, titles_only=True) or ""
    link = context["pathto"]
    tools = []
    if chapter is not None:
        tools.append(("Download the notebook", link(f"_sources/{pagename}.ipynb", 1)))
        tools += launches(addresses(app.config), f"{pagename}.ipynb")
    tools += [(words, link(page)) for words, page in (("How good is the model?", "book/how_good"),
                                                      ("Errata", "book/errata"))
              if page in app.env.found_docs and page != pagename]
    context.update(book_nav=navigation(tree, sections_of(doctree)), book_kind=kind, book_tools=tools,
                   book_version=_version())


def join_styles(static: Path) -> None:
    """Join the styles that every page needs into one sheet."""
    paths = (static / name for name in LAYOUT_STYLES)
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())
    # On paper the light colours of code, whatever the screen shows.
    text = re.sub(r'^html\[data-theme="dark"\].*$', r"@media screen{\g<0>}", text, flags=re.MULTILINE)
    (static / SHEET).write_text(text, encoding="utf-8")


def drop_unused(outdir: Path, pages: Iterable[str]) -> None:
    """Delete what the theme and the extensions brought and no page, style or script names."""
    static = outdir / "_static"
    files = {path.name: path for path in static.rglob("*") if path.is_file()}
    wanted, asked = set(OWN_FILES), list(pages)
    while asked:
        fresh = {name for text in asked for name in NAMED.findall(text)} & files.keys() - wanted
        wanted |= fresh
        asked = [files[name].read_text(encoding="utf-8") for name in fresh if name.endswith((".css", ".js"))]
    for path in [*static.rglob("*")]:
        if path.is_file() and path.name not in wanted and not path.name.startswith("LICENSE"):
            path.unlink()
    for folder in sorted((path for path in static.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def own_search(app) -> None:
    """Let Sphinx index nothing: search_index.py does, and the configuration names the page that asks it."""
    app.builder.search = False


def connect(app) -> None:
    app.connect("builder-inited", own_search)
    app.connect("html-page-context", shape, priority=850)
