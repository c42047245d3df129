"""What this book asks of Sphinx beyond its settings and `kernelless.sphinx`: a safe cache, a gallery, lean pages.

Each job has a module of its own beside this one; here they are connected to the events of a build.
"""

from __future__ import annotations

import posixpath
import re
from html import escape
from pathlib import Path

import address
import extras
import gallery
import gathering
import head
import layout
import mathematics
import notes
import numbering
import origins
import programmes
import search_index
import tables
from api_page import keep_property, plain_references, restore_property, write_generated
from executed import name_cache
from stylesheets import trim_all

EMPTY_HEADER = re.compile(r'<th(?: class="[^"]*")?(?: scope="col")?((?: style="[^"]*")?)>(?:<p></p>)?</th>')
PLAIN_CODE = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>|(?<=<pre>)<span></span>')


def add_answer_boxes(_app, config) -> None:
    """Let the answer boxes' script and style travel with the figures'."""
    from inference_economics.chapters.decide import room
    from inference_economics.chapters.exercises import ANSWER_BOX, ANSWER_BOX_STYLE
    from inference_economics.chapters.kit.own import READER

    config.kernelless_modules = [str(ANSWER_BOX)]
    config.kernelless_styles = [str(ANSWER_BOX_STYLE), str(room.STYLE)]
    config.kernelless_readers = [str(READER)]
    config.kernelless_markers = ['class="exercise-spec"']


def finish_pages(app, exception) -> None:
    """Give the written pages their heads and notes, before `kernelless.sphinx` writes policies for what remains."""
    if exception is not None or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    static = outdir / "_static"
    paths = [path for path in sorted(outdir.rglob("*.html")) if "_static" not in path.relative_to(outdir).parts]
    pages = {path.relative_to(outdir).as_posix(): html for path in paths
             if extras.MOVED not in (html := path.read_text(encoding="utf-8"))}
    if notes.GLOSSARY in pages:
        pages[notes.GLOSSARY] = notes.name_terms(pages[notes.GLOSSARY])
    if origins.CATALOGUES in pages:
        pages[origins.CATALOGUES] = origins.name_rows(pages[origins.CATALOGUES])
    rows = origins.places(pages.get(origins.CATALOGUES, ""))
    sources = notes.references(pages.get(notes.REFERENCES, ""))
    terms = notes.glossary(pages.get(notes.GLOSSARY, ""))
    abouts = {name: head.describe(html) for name, html in pages.items()}
    abouts |= head.questions(pages.get(f"{app.config.root_doc}.html", ""))  # as the front page's cards put them
    if f"{gallery.PAGE}.html" in pages:
        pages[f"{gallery.PAGE}.html"] = gallery.put_pictures(pages, static)
    at = address.addresses(app.config)
    for name, html in pages.items():
        if head.PLACE not in html:
            continue  # finished by an earlier build
        html = tables.mark(mend(html))
        html = say_what_comes(name, html, abouts)
        html = notes.annotate(name, html, sources, terms, rows)
        html = head.fill(html, "../" * name.count("/"),
                         address.cards(at, name, address.title_of(html), abouts[name]), abouts[name])
        pages[name] = extras.from_root(html, at.site) if name == extras.NOT_FOUND else html
    gathering.fill(pages)
    gathering.write_scripts(static)
    search_index.write(app, static)
    layout.join_styles(static)
    trim_all(static, pages.values())
    layout.drop_unused(outdir, pages.values())
    for name, html in pages.items():
        (outdir / name).write_text(html, encoding="utf-8")
    short = {old: new for old, new in programmes.short_addresses(outdir).items() if new.partition("#")[0] in pages}
    extras.write_redirects(outdir, extras.redirects() | short)
    address.write_map(at, outdir, [name for name in pages if name != extras.NOT_FOUND])


def mend(html: str) -> str:
    """Return a page without what other libraries write and a reader who listens would stumble over."""
    # docutils marks the entries of a list of references with a role that has since been dropped.
    html = html.replace('role="doc-biblioentry"', 'role="listitem"')
    # Names, brackets and operators of code have no colour of their own: a third of a page's elements.
    html = PLAIN_CODE.sub(lambda match: match[1] or "", html)
    html = EMPTY_HEADER.sub(r"<td\1></td>", html)  # a corner of a table that heads nothing
    # MyST-NB's label hides the words that it stands on.
    return html.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def say_what_comes(name: str, html: str, abouts: dict[str, str]) -> str:
    """Return a page whose link to the next one says what that is about."""
    def comes(match: re.Match) -> str:
        words = abouts.get(posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1])), "")
        return f'<span class="way-comes">{escape(words)}</span>' if words else ""

    return re.sub(r"<!-- comes:(.*?) -->", comes, html)


def setup(app):
    # Before and after napoleon's turn, at 500.
    app.connect("autodoc-process-docstring", plain_references, priority=100)
    app.connect("autodoc-process-docstring", keep_property, priority=110)
    app.connect("autodoc-process-docstring", restore_property, priority=900)
    # Jupyter Book sets it for sphinx-comments, which this book leaves out.
    app.add_config_value("comments_config", {}, "")
    app.connect("config-inited", add_answer_boxes)
    # Before Sphinx compares the settings with those of the last build, and reads every page again where one differs.
    app.connect("config-inited", name_cache)
    app.connect("source-read", write_generated)
    app.connect("source-read", programmes.write)
    gallery.connect(app)
    mathematics.connect(app)
    numbering.connect(app)
    layout.connect(app)
    origins.connect(app)
    extras.connect(app)
    search_index.connect(app)
    app.connect("build-finished", finish_pages, priority=900)
    # The gallery is read after all other pages, which only one reader can promise.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
