"""Pages and files beside the text: the one for an address that leads nowhere, redirects, the app's manifest and worker.

`book/redirects.toml` has a line for each address that moved, so that links to it stay good.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from html import escape
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

BOOK = Path(__file__).resolve().parent.parent
NOT_FOUND = "404.html"
MOVED = "This page has moved"
REDIRECT = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<title>Moved</title>
<script>location.replace({target} + location.search + location.hash);</script>
<meta http-equiv="refresh" content="1; url={address}"><meta name="robots" content="noindex">
<link rel="canonical" href="{address}"></head>
<body><p>This page has moved: <a href="{address}">{address}</a>.</p></body></html>
"""
# What the built site carries of others; their licences stand in the packages, or beside the files.
SHIPPED = (
    ("Sphinx Design", "sphinx_design", "the style of cards and of what folds"),
    ("Pygments", "Pygments", "the colours of code"),
)
FILES = (
    ("Source Serif 4, Source Sans 3, STIX Two Math", BOOK / "_static" / "fonts" / "LICENSE", "the fonts"),
    ("Temml", BOOK / "_ext" / "temml" / "LICENSE", "formulas, set while the book is built"),
)


def collect(_app):
    """Let Sphinx write the page for an address that leads nowhere."""
    yield "404", {"title": "This address leads nowhere"}, NOT_FOUND


def from_root(html: str, base: str) -> str:
    """Return a page whose addresses hold wherever it is shown: they begin at the site's root.

    Parameters
    ----------
    html : str
        The page, as it stands at the root.
    base : str
        The site's public address; empty for one at the root of its host.
    """
    root = urlsplit(base).path.rstrip("/") + "/"
    html = re.sub(r'((?:href|src|action)=")(?!https?:|#|/|data:|mailto:)([^"]*)"', rf'\g<1>{root}\g<2>"', html)
    return html.replace('data-root=""', f'data-root="{root}"').replace("`_static/fonts", f"`{root}_static/fonts")


def redirects() -> dict[str, str]:
    """Return each address that moved, and where it is now."""
    path = BOOK / "redirects.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["moved"] if path.exists() else {}


def write_redirects(outdir: Path, moved: dict[str, str]) -> None:
    """Write a page at each old address that leads on, with the reader's settings and place.

    Raises
    ------
    ValueError
        Where the old address is a page, or the new one is none.
    """
    for old, new in sorted(moved.items()):
        path = outdir / old
        if path.exists() and MOVED not in path.read_text(encoding="utf-8"):
            raise ValueError(f"redirects.toml: {old} is a page of the book; drop the line.")
        if not (outdir / new.partition("#")[0]).exists():
            raise ValueError(f"redirects.toml: {old} leads to {new}, which is no page of the book.")
        address = "../" * old.count("/") + new
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(REDIRECT.format(target=json.dumps(address), address=escape(address)), encoding="utf-8")


def write_app(outdir: Path) -> None:
    """Write what makes the site an app that can be read without a network: its manifest and its worker's list."""
    manifest = {
        "name": "The Infrastructure Trap", "short_name": "Infrastructure Trap", "start_url": "book/index.html",
        "scope": ".", "display": "minimal-ui", "background_color": "#fdfcf9", "theme_color": "#fdfcf9",
        "description": "Inference economics you can run: what it costs to serve language models.",
        "icons": [{"src": "_static/favicon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]}
    (outdir / "site.webmanifest").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    files = sorted(path.relative_to(outdir).as_posix() for path in outdir.rglob("*")
                   if path.is_file() and path.suffix in {".html", ".js", ".css", ".woff2", ".svg", ".webmanifest"})
    digest = hashlib.sha256()
    for name in files:
        digest.update(name.encode() + (outdir / name).read_bytes())
    worker = (BOOK / "_static" / "worker.js").read_text(encoding="utf-8")
    worker = worker.replace('"FILES"', json.dumps(files)).replace('"VERSION"', json.dumps(digest.hexdigest()[:16]))
    (outdir / "worker.js").write_text(worker, encoding="utf-8")


def write_headers(outdir: Path) -> None:
    """Write the headers that a server should send, in the form of several hosts: one policy that all pages fulfil."""
    metas = {match for path in outdir.rglob("*.html")
             for match in re.findall(r'Content-Security-Policy" content="([^"]*)"', path.read_text(encoding="utf-8"))}
    if not metas:
        return
    hashes = sorted({word for meta in metas for word in re.findall(r"'sha256-[^']+'", meta)})
    rest = [rule.strip() for rule in min(metas).split(";") if not rule.strip().startswith("script-src")]
    rules = "; ".join([rest[0], " ".join(["script-src 'self'", *hashes]), *rest[1:], "frame-ancestors 'self'"])
    lines = [f"Content-Security-Policy: {rules}", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
             "Permissions-Policy: camera=(), geolocation=(), microphone=()", "Cache-Control: no-cache"]
    (outdir / "_headers").write_text("/*\n" + "".join(f"  {line}\n" for line in lines), encoding="utf-8")


def licences() -> str:
    """Return the list of what the site carries of others, with the licences' texts, as Markdown."""
    parts = []
    for name, package, use in SHIPPED:
        found = metadata.distribution(package)
        texts = [file.read_text() for file in found.files or ()
                 if re.match(r"(?i)(licen[cs]e|copying)", Path(str(file)).name) and ".dist-info" in str(file)]
        parts.append((f"{name} {found.version}", use, "\n\n".join(texts)))
    parts += [(name, use, path.read_text(encoding="utf-8")) for name, path, use in FILES]
    return "\n".join(f"### {name}\n\nFor {use}.\n\n````{{dropdown}} The licence\n```text\n{text.strip()}\n```\n````\n"
                     for name, use, text in parts)


def write_licences(_app, docname: str, source: list[str]) -> None:
    if docname == "book/site":
        source[0] = source[0].replace("<!-- licences -->", licences())


def finish(app, exception: Exception | None) -> None:
    """Write what needs the pages as they are in the end, policies included."""
    if exception is None and app.builder.format == "html":
        outdir = Path(app.outdir)
        write_app(outdir)
        write_headers(outdir)


def connect(app) -> None:
    app.connect("html-collect-pages", collect)
    app.connect("source-read", write_licences)
    app.connect("build-finished", finish, priority=980)
