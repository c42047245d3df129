"""What this book asks of Sphinx beyond its settings and `kernelless.sphinx`: a safe cache, a gallery, lean pages.

Each job has a module of its own beside this one; here they are connected to the events of a build.
"""

from __future__ import annotations

from pathlib import Path

import gallery
import mathematics
import numbering
from api_page import keep_property, plain_references, restore_property, write_generated
from executed import name_cache
from head import lighten_all
from icons import draw_icons
from stylesheets import trim_all


def add_answer_boxes(_app, config) -> None:
    """Let the answer boxes' script and style travel with the figures'."""
    from inference_economics.chapters.exercises import ANSWER_BOX, ANSWER_BOX_STYLE

    config.kernelless_modules = [str(ANSWER_BOX)]
    config.kernelless_styles = [str(ANSWER_BOX_STYLE)]
    config.kernelless_markers = ['class="exercise-spec"']


def drop_print_button(_app, _pagename, _templatename, context, _doctree) -> None:
    """Keep the theme's links to the sources; its print button is an inline handler, which the policy forbids."""
    for group in context.get("header_buttons", []):
        group["buttons"] = [button for button in group.get("buttons", []) if button["type"] == "link"]


def finish_pages(app, exception) -> None:
    """Give the written pages icons and light heads, before `kernelless.sphinx` writes policies for what remains."""
    if exception is not None or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    pages = [path for path in sorted(outdir.rglob("*.html")) if "_static" not in path.relative_to(outdir).parts]
    draw_icons(outdir / "_static", pages)
    for path in pages:
        # docutils marks the entries of a list of references with a role that has since been dropped.
        html = path.read_text(encoding="utf-8").replace('role="doc-biblioentry"', 'role="listitem"')
        path.write_text(html, encoding="utf-8")
    lighten_all(outdir, pages)
    trim_all(outdir / "_static", pages)


def setup(app):
    # Before and after napoleon's turn, at 500.
    app.connect("autodoc-process-docstring", plain_references, priority=100)
    app.connect("autodoc-process-docstring", keep_property, priority=110)
    app.connect("autodoc-process-docstring", restore_property, priority=900)
    # Jupyter Book sets it for sphinx-comments, which this book leaves out.
    app.add_config_value("comments_config", {}, "")
    app.connect("config-inited", add_answer_boxes)
    # Before myst-nb reads its settings at the default priority.
    app.connect("builder-inited", name_cache, priority=100)
    app.connect("source-read", write_generated)
    gallery.connect(app)
    mathematics.connect(app)
    numbering.connect(app)
    app.connect("html-page-context", drop_print_button, priority=900)
    app.connect("build-finished", finish_pages, priority=900)
    # The gallery is read after all other pages, which only one reader can promise.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
