"""What stands beside the text: sources in the margin, and notes on hover, focus and tap.

A note is what a citation cites, what a term means, where a number is from.

The build writes into each page the notes that the page needs, so that they show from disk too, and no script writes
words of its own.
"""

from __future__ import annotations

import json
import re
from html import escape, unescape

import origins

from inference_economics import catalog

REFERENCES, GLOSSARY = "book/references.html", "book/notation.html"
CITATION = re.compile(r'<div class="citation" id="(?P<id>[^"]+)"[^>]*>.*?<p>(?P<text>.*?)</p>\s*</div>', re.DOTALL)
CITE = re.compile(r'<a class="reference internal"[^>]*? href="[^"#]*references\.html#(?P<id>[^"]+)"')
ENTRY = re.compile(r"<dt(?P<open>[^>]*)>(?P<term>.*?)</dt>\s*<dd>(?P<text>.*?)</dd>", re.DOTALL)
TERM_LINK = re.compile(r'<a class="reference internal"[^>]*? href="[^"#]*notation\.html#(?P<id>term-[^"]+)"')
BLOCK = re.compile(r"<p>.*?</p>", re.DOTALL)
# What is no running text within a paragraph: links, code, formulas, tags.
MARKUP = re.compile(r"(<a\b.*?</a>|<code\b.*?</code>|<math\b.*?</math>|<[^>]+>)", re.DOTALL)
# Where no term is marked and no note may stand.
CLOSED = re.compile(r'<(?P<tag>figure|table|section class="exercise|pre|details|blockquote|h[1-6]|div class="math|aside'
                    r'|div class="[\w -]*admonition|div class="citation)\b')


def references(html: str) -> dict[str, str]:
    """Return each source of the page of references, by its id, as HTML."""
    return {match["id"]: re.sub(r"\s+", " ", match["text"]).strip() for match in CITATION.finditer(html)}


def _term(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html.partition('<a class="headerlink"')[0])).strip()


def name_terms(html: str) -> str:
    """Return the glossary's page with an id for each of its words, to which links can lead."""
    start, seen = html.find('id="words"'), set()

    def named(match: re.Match) -> str:
        ident = f"term-{re.sub('[^a-z0-9]+', '-', _term(match['term']).lower()).strip('-')}"
        if "id=" in match["open"] or ident in seen:
            return match[0]
        seen.add(ident)
        return f'<dt id="{ident}"{match[0][3:]}'

    return html[:start] + ENTRY.sub(named, html[start:]) if start >= 0 else html


def glossary(html: str) -> dict[str, tuple[str, str]]:
    """Return each word of the glossary: its id and its meaning, as HTML."""
    found = {}
    start = html.find('id="words"')
    for match in ENTRY.finditer(html, start) if start >= 0 else ():
        words = _term(match["term"])
        anchor = re.search(r'id="([^"]+)"', match["open"])
        meaning = re.sub(r"\s+", " ", re.sub(r"</?p>", " ", match["text"])).strip()
        for word in re.split(r",\s+|\s+and\s+", words):
            found[word] = anchor[1] if anchor else "words", f"<strong>{escape(word)}</strong>: {meaning}"
    return found


def _paragraphs(body: str) -> list[tuple[int, int]]:
    """Return where the paragraphs of running text begin and end: those within no box, table or figure."""
    places, at = [], 0
    spans = [(match.start(), _end(body, match)) for match in CLOSED.finditer(body)]
    for match in BLOCK.finditer(body):
        while at < len(spans) and spans[at][1] < match.start():
            at += 1
        if not any(start < match.start() < end for start, end in spans[max(0, at - 6):at + 6]):
            places.append(match.span())
    return places


def _end(body: str, match: re.Match) -> int:
    tag = match["tag"].split()[0]
    depth = 0
    for found in re.compile(rf"<(/?){tag}\b").finditer(body, match.start()):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.end()
    return match.end()


def mark_terms(body: str, terms: dict[str, tuple[str, str]], glossary_page: str, notes: dict[str, str]) -> str:
    """Return a page's text with the first use of each term marked; note what the terms mean."""
    if not terms:
        return body
    pattern = re.compile(r"(?<![\w-])(" + "|".join(
        re.escape(word) if re.search("[A-Z]{2}", word) else f"(?i:{re.escape(word)})"
        for word in sorted(terms, key=len, reverse=True)) + r")(?![\w-])")
    by_word = {word.lower(): word for word in terms}
    seen: set[str] = set()
    parts, last = [], 0

    def use(match: re.Match) -> str:
        word = by_word[match[0].lower()]
        if word in seen:
            return match[0]
        seen.add(word)
        anchor, meaning = terms[word]
        key = f"term-{re.sub('[^a-z0-9]+', '-', word.lower())}"
        notes[key] = meaning
        return f'<a class="term" data-note="{key}" href="{glossary_page}#{anchor}">{match[0]}</a>'

    for start, end in _paragraphs(body):
        parts.append(body[last:start])
        pieces = MARKUP.split(body[start:end])
        parts.append("".join(piece if k % 2 else pattern.sub(use, piece) for k, piece in enumerate(pieces)))
        last = end
    return "".join([*parts, body[last:]])


def side_notes(body: str, sources: dict[str, str]) -> str:
    """Return a page's text with each paragraph's sources beside it, the first time that they are cited."""
    parts, last, seen = [], 0, set()
    for start, end in _paragraphs(body):
        cited = dict.fromkeys(match["id"] for match in CITE.finditer(body[start:end]))
        fresh = [ident for ident in cited if ident in sources and ident not in seen]
        seen |= set(fresh)
        if fresh:
            texts = "".join(f"<p>{re.sub('</?a[^>]*>', '', sources[ident])}</p>" for ident in fresh[:3])
            # Hidden from those who listen: the citation itself has the same words.
            parts += [body[last:start], f'<aside class="sidenote" aria-hidden="true">{texts}</aside>']
            last = start
    return "".join([*parts, body[last:]])


def annotate(name: str, html: str, sources: dict[str, str], terms: dict[str, tuple[str, str]],
             rows: dict[tuple[str, str], str] | None = None) -> str:
    """Return a page with its notes; `rows` are those of the catalogues to which numbers lead, from `origins.places`."""
    start, end = html.find("<article"), html.find("</article>")
    if start < 0 or name in {REFERENCES, GLOSSARY, "search.html"}:
        return html
    body, notes = html[start:end], {}
    root = "../" * name.count("/")
    if name.startswith("notebooks/"):
        body = side_notes(body, sources)
    # The catalogues' own rows say where they are from.
    body = (origins.plain_numbers(body) if name == origins.CATALOGUES
            else origins.write_notes(body, root, rows or {}, catalog.MARKS, notes))
    if name.startswith("notebooks/"):
        body = mark_terms(body, terms, f"{root}{GLOSSARY}", notes)
    by_id = {anchor: meaning for anchor, meaning in terms.values() if anchor.startswith("term-")}

    def cite(match: re.Match) -> str:
        if match["id"] not in sources:
            return match[0]
        notes[f"ref-{match['id']}"] = sources[match["id"]]
        return f'{match[0]} data-note="ref-{match["id"]}"'

    def term(match: re.Match) -> str:
        if match["id"] not in by_id:
            return match[0]
        notes[match["id"]] = by_id[match["id"]]
        return f'{match[0]} data-note="{match["id"]}"'

    body = TERM_LINK.sub(term, CITE.sub(cite, body))
    if not notes:
        return f"{html[:start]}{body}{html[end:]}"
    data = json.dumps(notes, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    script = f'<script type="application/json" id="book-notes">{data}</script>'
    return f"{html[:start]}{body}</article>\n{script}{html[end + len('</article>'):]}"
