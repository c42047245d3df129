"""What this book asks of Sphinx beyond its settings: a safe cache, no foreign requests, a Content-Security-Policy."""

from __future__ import annotations

import base64
import hashlib
import pkgutil
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIVE = re.compile(r'data-explorer=|class="exercise-spec"')
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
REFERENCE_MARK = re.compile(r"\[(\d+)\]_")
REFERENCE = re.compile(r"^(\s*)\.\. \[(\d+)\]")
ICON = re.compile(r"fa-([a-z-]+)")
ICON_SCRIPT = re.compile(r'<script[^>]*src="([^"]*?)scripts/fontawesome\.js[^>]*></script>')
ICON_STYLE = """\
:is(.fa-solid, .fas) { display: inline-block; width: 1.25em; height: 1em; background: currentColor; }
:is(.fa-solid, .fas) { mask: var(--icon) center / contain no-repeat; }
:is(.fa-solid, .fas)::before { content: none !important; }
"""
ICON_RULE = """\
.fa-{name} {{ --icon: url("data:image/svg+xml,\
%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'%3E%3Cpath d='{path}'/%3E%3C/svg%3E"); }}
"""
SECTION = """
## `{0}`

```{{eval-rst}}
.. automodule:: inference_economics.{0}
   :members:
```
"""
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
    """Load the runtime on pages that have an explorer or an answer box, and on no other."""
    if LIVE.search(context.get("body", "")):
        app.add_css_file("explorer.css")
        app.add_js_file("explorer.js", loading_method="defer")


def drop_unused_mathematics(_app, _pagename, _templatename, context, _doctree) -> None:
    """Spare a page without equations MathJax's 2 MB: Sphinx counts the equations of the pages below it as its own."""
    if 'class="math' not in context.get("body", ""):
        context["script_files"] = [
            script for script in context["script_files"]
            if "mathjax" not in f"{script.filename}{getattr(script, 'attributes', {}).get('body')}".lower()]


def drop_print_button(_app, _pagename, _templatename, context, _doctree) -> None:
    """Keep the theme's links to the sources; its print button is an inline handler, which the policy forbids."""
    for group in context.get("header_buttons", []):
        group["buttons"] = [button for button in group.get("buttons", []) if button["type"] == "link"]


def modules() -> str:
    """Return the API page's sections: explorers and exercises, then every public module of the package."""
    import inference_economics

    found = [module.name for module in pkgutil.iter_modules(inference_economics.__path__) if not module.ispkg]
    names = ["explore", "exercises", *sorted(name for name in found if not name.startswith("_"))]
    return "".join(SECTION.format(name) for name in names)


def write_generated(_app, docname, source) -> None:
    """Put the glossary's tables and the list of modules where their pages ask for them."""
    if docname == "book/notation":
        from inference_economics import glossary

        source[0] = source[0].replace("<!-- glossary -->", glossary.markdown())
    if docname == "book/api":
        source[0] = source[0].replace("<!-- modules -->", modules())


def plain_references(_app, _what, _name, _object, _options, lines) -> None:
    """Turn numbered references into plain text: on a page of many docstrings their numbers meet."""
    for i, line in enumerate(lines):
        lines[i] = REFERENCE.sub(r"\1| \\[\2]", REFERENCE_MARK.sub(r"\\[\1]", line))


def keep_property(app, what, name, _object, _options, lines) -> None:
    """Keep a property's first sentence: napoleon takes the words before a colon for the name of a type."""
    if what in {"property", "attribute"}:
        app.property_lines = getattr(app, "property_lines", {}) | {name: list(lines)}


def restore_property(app, _what, name, _object, _options, lines) -> None:
    lines[:] = getattr(app, "property_lines", {}).pop(name, lines)


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


def draw_icons(app, exception) -> None:
    """Replace the theme's icon script, 1.5 MB for two dozen icons, by a style sheet with the icons that are used."""
    if exception is not None or app.builder.format != "html":
        return
    scripts = Path(app.outdir) / "_static" / "scripts"
    everything = (scripts / "fontawesome.js").read_text(encoding="utf-8")
    pages = [path for path in Path(app.outdir).rglob("*.html") if "_static" not in path.relative_to(app.outdir).parts]
    used = set().union(*(ICON.findall(path.read_text(encoding="utf-8")) for path in pages)) | {"xmark"}
    rules = [ICON_STYLE]
    for name in sorted(used):
        # The last of a name's drawings is the solid one.
        if drawings := re.findall(rf'[{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^]]*\],"\w+","([^"]+)"', everything):
            width, height, path = drawings[-1]
            rules.append(ICON_RULE.format(name=name, width=width, height=height, path=path))
    (Path(app.outdir) / "_static" / "icons.css").write_text("".join(rules), encoding="utf-8")
    for path in pages:
        html = path.read_text(encoding="utf-8")
        path.write_text(ICON_SCRIPT.sub(r'<link rel="stylesheet" href="\1icons.css">', html), encoding="utf-8")
    # The solid font stays, for the few icons that the theme writes by style alone.
    for pattern in ("*.map", "fontawesome.js*", "fa-brands*", "fa-regular*", "fa-solid*.ttf"):
        for path in list(scripts.parent.rglob(pattern)):
            path.unlink()


def write_policies(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if "_static" in path.relative_to(app.outdir).parts:
            continue
        # docutils marks the entries of a list of references with a role that has since been dropped.
        html = path.read_text(encoding="utf-8").replace('role="doc-biblioentry"', 'role="listitem"')
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
        path.write_text(html.replace("<head>", f"<head>\n    {meta}", 1), encoding="utf-8")


def setup(app):
    # Before and after napoleon's turn, at 500.
    app.connect("autodoc-process-docstring", plain_references, priority=100)
    app.connect("autodoc-process-docstring", keep_property, priority=110)
    app.connect("autodoc-process-docstring", restore_property, priority=900)
    # Jupyter Book sets it for sphinx-comments, which this book leaves out.
    app.add_config_value("comments_config", {}, "")
    # Before myst-nb reads its settings at the default priority.
    app.connect("builder-inited", name_cache, priority=100)
    app.connect("builder-inited", add_runtime, priority=100)
    app.connect("source-read", write_generated)
    app.connect("html-page-context", load_runtime)
    app.connect("html-page-context", drop_unused_mathematics, priority=900)
    app.connect("html-page-context", drop_print_button, priority=900)
    app.connect("build-finished", draw_icons, priority=890)
    app.connect("build-finished", write_policies, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
