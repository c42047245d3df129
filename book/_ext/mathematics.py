"""Formulas become MathML while the book is built, so that a page carries no script for them.

Temml (`temml/`) reads the TeX in one run of Node for each page: the machine's Node, or the one that Playwright carries.
A browser draws the MathML with the font in `_static/fonts/`.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number

TEMML = Path(__file__).resolve().parent / "temml" / "temml.min.js"
# Reads [[tex, display], …] and writes, for each, its MathML or what is wrong with it.
PROGRAM = """
const temml = new Function(require("fs").readFileSync(process.argv[1], "utf8") + "; return temml;")();
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(([tex, displayMode]) => {
  try { return { math: temml.renderToString(tex, { displayMode, throwOnError: true, wrap: "none" }) }; }
  catch (error) { return { wrong: error.message }; }
})));
"""
# Where the package's own HTML holds TeX: the paragraphs of an exercise.
PARAGRAPH = re.compile(r'(<p class="has-tex">)(.*?)(</p>)', re.DOTALL)
INLINE = re.compile(r"\\\((.+?)\\\)", re.DOTALL)

Formula = tuple[str, bool]  # TeX, and whether it stands in a paragraph of its own
_known: dict[Formula, str] = {}


@lru_cache(maxsize=1)
def node() -> str:
    """Return the path of a Node on this machine, or of the one that Playwright carries."""
    if path := shutil.which("node"):
        return path
    try:
        from playwright._impl._driver import compute_driver_executable
    except ImportError:
        raise ExtensionError("Formulas are set by Node, and this machine has none: install Node 18 or newer, or the "
                             "packages of requirements.lock (`make site` does), which bring one along.") from None
    return str(compute_driver_executable()[0])


def render(formulas: Iterable[Formula], where: str = "the book") -> dict[Formula, str]:
    """Return the MathML of each formula.

    Raises
    ------
    ExtensionError
        For a formula that Temml cannot read; the message shows it and says where it stands.
    """
    asked = sorted(set(formulas))
    missing = [formula for formula in asked if formula not in _known]
    if missing:
        done = subprocess.run([node(), "-e", PROGRAM, str(TEMML)], input=json.dumps(missing), capture_output=True,
                              text=True, encoding="utf-8", check=False)
        if done.returncode:
            raise ExtensionError(f"Node could not set the formulas of {where}: {done.stderr.strip()}")
        for formula, answer in zip(missing, json.loads(done.stdout), strict=True):
            if "wrong" in answer:
                raise ExtensionError(f"{where}: the formula {formula[0]!r} cannot be set: {answer['wrong']}")
            _known[formula] = answer["math"]
    return {formula: _known[formula] for formula in asked}


def _tex(node_: nodes.Element) -> Formula:
    return node_.astext(), isinstance(node_, nodes.math_block)


def render_page(app, doctree, docname) -> None:
    """Set all formulas of a page at once, before they are written one by one."""
    if app.builder.format == "html":
        render(map(_tex, doctree.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block)))), docname)


def write_inline(writer, node_) -> None:
    """Write a formula within a line."""
    formula = _tex(node_)
    writer.body.append(f'<span class="math notranslate nohighlight">{render([formula])[formula]}</span>')
    raise nodes.SkipNode


def write_block(writer, node_) -> None:
    """Write a formula that stands alone, with its number; a wide one scrolls by itself, by keyboard too."""
    formula = _tex(node_)
    writer.body.append(writer.starttag(node_, "div", CLASS="math notranslate nohighlight"))
    if node_["number"]:
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node_)})')
        writer.add_permalink_ref(node_, _("Link to this equation"))
        writer.body.append("</span>")
    writer.body.append(f'<div class="math-scroll" tabindex="0" role="group" aria-label="Formula">'
                       f"{render([formula])[formula]}</div></div>\n")
    raise nodes.SkipNode


def render_outputs(_app, pagename, _templatename, context, _doctree) -> None:
    """Set the formulas within the package's own HTML, which Sphinx passes on as it is."""
    body = context.get("body", "")
    paragraphs = [match[2] for match in PARAGRAPH.finditer(body)]
    formulas = [(html.unescape(tex), False) for words in paragraphs for tex in INLINE.findall(words)]
    if not formulas:
        return
    done = render(formulas, pagename)

    def set_(match: re.Match) -> str:
        return match[1] + INLINE.sub(lambda tex: done[html.unescape(tex[1]), False], match[2]) + match[3]

    context["body"] = PARAGRAPH.sub(set_, body)


def connect(app) -> None:
    """Make this the book's way of writing formulas."""
    app.add_html_math_renderer("temml", (write_inline, None), (write_block, None))
    app.connect("doctree-resolved", render_page)
    app.connect("html-page-context", render_outputs)
