"""What a Sphinx project or a Jupyter Book turns on to show explorers: ``extensions = ["kernelless.sphinx"]``.

Pages with an explorer get the script and the style, each once, and no other page does. Notebook outputs show the page's
form of an explorer rather than its widgets, and a page that shows no widget is spared the script and the state of all
that a kernel made. Settings of a project, all optional:

kernelless_policy : bool
    Write a strict Content-Security-Policy into every page: no eval, no other host. Explorers fulfil it; whether the
    rest of the project does is for the project to see. [False]
kernelless_modules, kernelless_styles, kernelless_readers : list of str
    The project's own modules and style sheets, joined to the script and the style (see `runtime.script`). Paths
    from the project's configuration.
kernelless_markers : list of str
    HTML that calls for the script besides an explorer, such as ``class="answer-box"``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from . import __version__, runtime
from .policy import write_policies

FIGURE = re.compile(r'<figure class="explorer"[^>]*?(?: data-version="([^"]*)"[^>]*)?>')
PAGES = ("html", "dirhtml", "singlehtml")  # Sphinx's builders of pages
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"

_log = logging.getLogger(__name__)


def prefer_html(_: Sphinx, config: Config) -> None:
    """Let MyST-NB choose the HTML of an output that has HTML and widgets, unless the project says otherwise."""
    if "nb_mime_priority_overrides" in config:
        ours = [(builder, "text/html", 0) for builder in PAGES]
        config.nb_mime_priority_overrides = [*ours, *config.nb_mime_priority_overrides]  # the last one holds


def write_assets(app: Sphinx) -> None:
    """Write the script and the style, and let Sphinx copy them."""
    if app.builder.format != "html":
        return
    folder = Path(app.doctreedir) / "kernelless"
    base = Path(app.confdir)
    runtime.write(folder, modules=[base / path for path in app.config.kernelless_modules],
                  styles=[base / path for path in app.config.kernelless_styles],
                  readers=[base / path for path in app.config.kernelless_readers])
    app.config.html_static_path.append(str(folder))


def load_assets(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Load script and style where something on a page needs them."""
    body = context.get("body", "")
    versions = set(FIGURE.findall(body))
    if versions or any(marker in body for marker in app.config.kernelless_markers):
        app.add_css_file(runtime.STYLE)
        app.add_js_file(runtime.SCRIPT, loading_method="defer")
    for version in sorted(versions - {__version__}):
        _log.warning("%s shows an explorer of kernelless %s, and the script is of %s: execute the notebook again.",
                     page, version or "before 0.1.0", __version__, type="kernelless", subtype="version")


def drop_widgets(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Spare a page on which no widget is shown the widgets' script, which is on other hosts, and their state."""
    if VIEW in context.get("body", ""):
        return
    foreign = {*getattr(app.config, "nb_ipywidgets_js", ())}
    context["script_files"] = [
        script for script in context.get("script_files", ())
        if script.filename not in foreign and getattr(script, "attributes", {}).get("type") != STATE]


def guard(app: Sphinx, exception: Exception | None) -> None:
    """Write the pages' policies, which must see all their scripts."""
    if exception is None and app.config.kernelless_policy and app.builder.format == "html":
        out = Path(app.outdir)
        write_policies(path for path in sorted(out.rglob("*.html")) if "_static" not in path.relative_to(out).parts)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the jobs to the events of a build."""
    for name in ("modules", "styles", "readers", "markers"):
        app.add_config_value(f"kernelless_{name}", [], "html", types=frozenset({list, tuple}))
    app.add_config_value("kernelless_policy", False, "html", types=frozenset({bool}))
    app.connect("config-inited", prefer_html, priority=100)
    app.connect("builder-inited", write_assets, priority=100)
    app.connect("html-page-context", load_assets)
    app.connect("html-page-context", drop_widgets, priority=900)  # after MyST-NB has added them
    app.connect("build-finished", guard, priority=950)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
