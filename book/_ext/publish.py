"""What this book asks of Sphinx beyond its settings: a safe cache, a gallery, no foreign requests, a strict policy.

Each job has a module of its own beside this one; here they are connected to the events of a build.
"""

from __future__ import annotations

import re
from pathlib import Path

import gallery
from api_page import keep_property, plain_references, restore_property, write_generated
from executed import name_cache
from icons import draw_icons
from policy import write_policies

LIVE = re.compile(r'data-explorer=|class="exercise-spec"')


def add_runtime(app) -> None:
    """Write the pages' script and style, put together from the package, and let Sphinx copy them."""
    from inference_economics.chapters.exercises import ANSWER_BOX, ANSWER_BOX_STYLE
    from kernelless import runtime

    folder = Path(app.outdir).parent / ".explorer"
    runtime.write(folder, modules=[ANSWER_BOX], styles=[ANSWER_BOX_STYLE])
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


def finish_pages(app, exception) -> None:
    """Give the written pages their icons, then their policies, which must see the scripts that remain."""
    if exception is not None or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    pages = [path for path in sorted(outdir.rglob("*.html")) if "_static" not in path.relative_to(outdir).parts]
    draw_icons(outdir / "_static", pages)
    write_policies(pages)


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
    gallery.connect(app)
    app.connect("html-page-context", load_runtime)
    app.connect("html-page-context", drop_unused_mathematics, priority=900)
    app.connect("html-page-context", drop_print_button, priority=900)
    app.connect("build-finished", finish_pages, priority=900)
    # The gallery is read after all other pages, which only one reader can promise.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
