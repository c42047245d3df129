"""What this book asks of Sphinx beyond its settings: a safe cache, no foreign requests, a Content-Security-Policy."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXPLORER = "data-explorer="
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
DATA = re.compile(r"""type=["']?(application/(?:json|ld\+json|vnd[^"' ]*)|text/(?:x-[^"' ]*))""")


def code_fingerprint(root: Path = ROOT) -> str:
    """Return a name for everything a notebook's outputs depend on besides the notebook: the package and the lock."""
    digest = hashlib.sha256((root / "requirements.lock").read_bytes())
    for path in sorted((root / "src").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".js", ".css", ".pyc"}:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def cache_path(outdir: Path) -> Path:
    """Return the folder of executed notebooks for this output folder and this state of the code."""
    return outdir.parent / ".executed" / code_fingerprint()


def name_cache(app) -> None:
    # jupyter-cache knows a notebook by its cells alone: with one folder, a changed formula would keep its old output.
    app.config.nb_execution_cache_path = str(cache_path(Path(app.outdir)))


def add_runtime(app) -> None:
    """Write the explorers' script and style, put together from the package, and let Sphinx copy them."""
    from inference_economics.explore import runtime

    folder = Path(app.outdir).parent / ".explorer"
    runtime.write(folder)
    app.config.html_static_path.append(str(folder))


def load_runtime(app, _pagename, _templatename, context, _doctree) -> None:
    """Load the runtime on pages that have an explorer, and on no other."""
    if EXPLORER in context.get("body", ""):
        app.add_css_file("explorer.css")
        app.add_js_file("explorer.js", loading_method="defer")


def drop_thebe(_app, _pagename, _templatename, context, _doctree) -> None:
    """Remove sphinx-thebe's scripts: they declare a variable twice and name a foreign host."""
    def is_thebe(script) -> bool:
        text = f"{getattr(script, 'filename', '')}{getattr(script, 'attributes', {}).get('body', '')}"
        return "thebe" in text.lower()

    context["script_files"] = [script for script in context["script_files"] if not is_thebe(script)]
    context["css_files"] = [sheet for sheet in context["css_files"] if "thebe" not in str(sheet.filename)]


def policy(html: str) -> str:
    """Return the strict policy that this page fulfils: no eval, no foreign host, inline scripts by their hash."""
    hashes = []
    for script in SCRIPT.finditer(html):
        if "src=" in script["attributes"] or DATA.search(script["attributes"]):
            continue
        digest = base64.b64encode(hashlib.sha256(script["body"].encode()).digest()).decode()
        hashes.append(f"'sha256-{digest}'")
    scripts = " ".join(["'self'", *sorted(set(hashes))])
    # Styles: matplotlib and MathJax write style attributes into their SVG. blob: is the download of a figure.
    return (f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'")


def write_policies(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if "_static" in path.relative_to(app.outdir).parts:
            continue
        html = path.read_text(encoding="utf-8")
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
        path.write_text(html.replace("<head>", f"<head>\n    {meta}", 1), encoding="utf-8")


def setup(app):
    # Before myst-nb reads its settings at the default priority.
    app.connect("builder-inited", name_cache, priority=100)
    app.connect("builder-inited", add_runtime, priority=100)
    app.connect("html-page-context", load_runtime)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", write_policies, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
