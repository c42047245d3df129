"""Numbers: of chapters, figures and tables; the role `{fig}`, which refers to a figure by name; a chapter's minutes.

A chapter's number is that of its file (`04_….ipynb`). Its live figures are numbered as they come, and so are its tables
with a caption. `` {fig}`cache-on-each-chip` `` becomes the link "Figure 4.2" to the explorer of that name, in whichever
chapter it stands; `` {fig}`the cost <name?users=64>` `` has words of its own, and settings. `` {tab}`…` `` takes the
first words of a table's caption, in small letters with hyphens. `` {minutes}`04_sharing_heads` `` says how long
that chapter takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole
from sphinx.util.nodes import make_refnode

CHAPTER = re.compile(r"notebooks/(\d+)_")
FIGURE = re.compile(r'<figure class="explorer" id="(?P<id>[^"]+)" data-explorer="(?P<name>[^"]+)".*?'
                    r'<p class="ex-title"[^>]*>(?P<title>.*?)</p>', re.DOTALL)
TABLE = re.compile(r'(?P<open><table class="table")(?P<mid>><caption>)(?P<title>.*?)</caption>', re.DOTALL)
EXERCISE = '<section class="exercise"'
SECTION = re.compile(r'<span class="section-number">[\d.\s]*</span>|^\d+\.\s+')  # as Sphinx writes it
WORDS_A_MINUTE, FIGURE_MINUTES, EXERCISE_MINUTES = 220, 1.5, 1.0
# What is not read as words: code, formulas, what a figure holds, and what is folded away.
UNREAD = (nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment, nodes.image)

_log = logging.getLogger(__name__)


class Numbered(NamedTuple):
    """A figure or a table of a page."""

    kind: str
    name: str
    id: str
    label: str
    title: str


class Reference(nodes.Inline, nodes.Element):
    """A reference to a figure or a table, until every page has been read."""


class NumberRole(ReferenceRole):
    """`{fig}` and `{tab}`."""

    def run(self):
        name, _, settings = self.target.partition("?")
        node = Reference(kind="table" if self.name == "tab" else "figure", name=name, settings=settings,
                         words=self.title if self.has_explicit_title else "")
        self.set_source_info(node)
        return [node], []


class Minutes(nodes.Inline, nodes.Element):
    """How long a chapter takes, until every page has been read."""


class MinutesRole(ReferenceRole):
    """`{minutes}`, of a chapter by its file."""

    def run(self):
        node = Minutes(page=self.target)
        self.set_source_info(node)
        return [node], []


def chapter_of(docname: str) -> int | None:
    """Return a page's chapter number; None for a page that is no chapter."""
    found = CHAPTER.match(docname)
    return int(found[1]) if found else None


def titled(docname: str, title: str) -> str:
    """Return a page's title with its chapter's number in front."""
    number = chapter_of(docname)
    return title if number is None else f"Chapter {number}. {title}"


def slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"<[^>]+>|&\w+;", "", words).lower()).strip("-")


def number_html(html: str, chapter: int, count: dict[str, int], found: list[Numbered]) -> str:
    """Return a piece of a page with its figures and tables numbered; note them.

    Parameters
    ----------
    html : str
        What an output shows.
    chapter : int
        The chapter's number.
    count : dict
        "figure" and "table" to how many came before; goes up.
    found : list of Numbered
        Gets a row for each that is found.
    """
    def figure(match: re.Match) -> str:
        count["figure"] += 1
        label = f"Figure {chapter}.{count['figure']}"
        found.append(Numbered("figure", match["name"], match["id"], label, match["title"]))
        before = match[0][:match.start("title") - match.start()]
        return f'{before}<span class="ex-number">{label}.</span> {match["title"]}</p>'

    def table(match: re.Match) -> str:
        count["table"] += 1
        label, ident = f"Table {chapter}.{count['table']}", f"table-{chapter}-{count['table']}"
        found.append(Numbered("table", slug(match["title"]), ident, label, match["title"]))
        return (f'{match["open"]} id="{ident}"{match["mid"]}<span class="ex-number">{label}.</span> '
                f'{match["title"]}</caption>')

    return TABLE.sub(table, FIGURE.sub(figure, html))


def is_folded(node: nodes.Node) -> bool:
    """Say whether a node is folded away until somebody asks: an appendix, a long proof."""
    return isinstance(node, nodes.Element) and (
        "dropdown" in node["classes"] or node.get("design_component") == "dropdown")


def is_appendix(node: nodes.Node) -> bool:
    """Say whether a section is an appendix, which a chapter can be read without."""
    return isinstance(node, nodes.section) and bool(node.children) and node[0].astext().startswith("Appendix")


def words_of(doctree: nodes.document) -> int:
    """Return how many words of a page are for reading, without what is folded away and without appendices."""
    def texts(node: nodes.Node) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, UNREAD) or is_folded(child) or is_appendix(child):
                continue
            if isinstance(child, nodes.Text):
                yield child.astext()
            else:
                yield from texts(child)

    return sum(len(words.split()) for words in texts(doctree))


def minutes(words: int, figures: int, exercises: int) -> int:
    """Return how long a chapter takes, to five minutes: words by a quiet reader's pace, figures, exercises."""
    exact = words / WORDS_A_MINUTE + FIGURE_MINUTES * figures + EXERCISE_MINUTES * exercises
    return max(5, 5 * round(exact / 5))


def reading_line(words: int, figures: int, exercises: int) -> str:
    counts = [f"{count:,} {name}{'s' * (count != 1)}"
              for count, name in ((words, "word"), (figures, "figure"), (exercises, "exercise"))]
    return f"About {minutes(words, figures, exercises)} minutes: " + ", ".join(counts) + "."


# --- events of a build ------------------------------------------------------------------------------------------------


def _held(env, name: str) -> dict:
    if not hasattr(env, name):
        setattr(env, name, {})
    return getattr(env, name)


def forget(_app, env, docname: str) -> None:
    _held(env, "numbered").pop(docname, None)
    _held(env, "reading").pop(docname, None)


def number(app, doctree: nodes.document) -> None:
    """Number a page's figures and tables, and say how long a chapter takes."""
    env, docname = app.env, app.env.docname
    chapter = chapter_of(docname)
    found: list[Numbered] = []
    exercises, count = 0, {"figure": 0, "table": 0}
    aside = {id(raw) for part in doctree.findall(is_appendix) for raw in part.findall(nodes.raw)}
    figures = 0  # before the appendix
    for raw in doctree.findall(nodes.raw):
        html = raw.astext()
        exercises += 0 if id(raw) in aside else html.count(EXERCISE)
        if chapter is None:
            found += [Numbered("figure", match["name"], match["id"], "", match["title"])
                      for match in FIGURE.finditer(html)]
        elif 'class="explorer"' in html or "<caption>" in html:
            raw.children = [nodes.Text(number_html(html, chapter, count, found))]
            figures = figures if id(raw) in aside else count["figure"]
    _held(env, "numbered")[docname] = found
    if chapter is None:
        return
    facts = words_of(doctree), figures, exercises
    _held(env, "reading")[docname] = facts
    opening = next((node for node in doctree.findall(nodes.Admonition) if "chapter-opening" in node["classes"]), None)
    before = opening or next(iter(doctree.findall(nodes.title)), None)
    if before is not None:
        line = nodes.paragraph("", reading_line(*facts), classes=["reading-minutes"])
        before.parent.insert(before.parent.index(before) + 1, line)


def _find(env, docname: str, node: Reference) -> tuple[str, Numbered] | None:
    """Return the page and the figure that a reference means: of its own page before others'; None where unclear."""
    def fits(each: Numbered) -> bool:
        if each.kind != node["kind"]:
            return False
        return each.name == node["name"] or (each.kind == "table" and each.name.startswith(node["name"]))

    everywhere = {page: [each for each in found if fits(each)] for page, found in sorted(env.numbered.items())}
    if here := everywhere.get(docname):
        return docname, here[0]
    there = [(page, each) for page, some in everywhere.items() for each in some[:1]]
    return there[0] if len(there) == 1 else None


def refer(app, doctree: nodes.document, docname: str) -> None:
    """Turn references into links, now that every page has been read."""
    for node in list(doctree.findall(Reference)):
        if (met := _find(app.env, docname, node)) is None:
            known = [f"{page.rpartition('/')[2]}: {', '.join(each.name for each in some)}"
                     for page, found in sorted(app.env.numbered.items())
                     if (some := [each for each in found if each.kind == node["kind"]])]
            _log.warning("there is no one %s called %r. There are\n  %s", node["kind"], node["name"],
                         "\n  ".join(known), location=node)
            node.replace_self(nodes.Text(node["name"]))
            continue
        page, each = met
        words = node["words"] or each.label or each.title
        anchor = each.id + (f"?{node['settings']}" if node["settings"] else "")
        link = make_refnode(app.builder, docname, page, anchor, nodes.inline(words, words, classes=["fig-reference"]))
        node.replace_self(link)


def tell_minutes(app, doctree: nodes.document, _docname: str) -> None:
    """Write how long chapters take, now that every page has been read."""
    reading = {page.rpartition("/")[2]: facts for page, facts in _held(app.env, "reading").items()}
    for node in list(doctree.findall(Minutes)):
        if (facts := reading.get(node["page"])) is None:
            _log.warning("there is no chapter %r. There are %s", node["page"], ", ".join(sorted(reading)),
                         location=node)
        words = f"{minutes(*facts)} minutes" if facts else node["page"]
        node.replace_self(nodes.inline(words, words, classes=["minutes"]))


def name_chapters(_app, pagename: str, _templatename: str, context: dict, _doctree) -> None:
    """Let title, heading and the links to the next and the last page say which chapter it is."""
    chapter = chapter_of(pagename)
    if chapter is not None:
        context["title"] = titled(pagename, re.sub(SECTION, "", context.get("title", "")))
        above = f'<span class="chapter-number">Chapter {chapter}</span> '
        context["body"] = re.sub(SECTION, above, context.get("body", ""), count=1)
    for side in ("prev", "next"):
        if (link := context.get(side)) and (found := re.search(r"(?:^|/)(\d\d)_\w+\.html", link["link"])):
            title = re.sub(SECTION, "", link["title"])
            context[side] = link | {"title": f"Chapter {int(found[1])}. {title}"}


def connect(app) -> None:
    app.add_node(Reference)
    app.add_node(Minutes)
    app.add_role("fig", NumberRole())
    app.add_role("tab", NumberRole())
    app.add_role("minutes", MinutesRole())
    app.connect("env-purge-doc", forget)
    app.connect("doctree-read", number, priority=400)  # before the gallery notes the figures
    app.connect("doctree-resolved", refer, priority=400)
    app.connect("doctree-resolved", tell_minutes, priority=400)
    app.connect("html-page-context", name_chapters, priority=800)
