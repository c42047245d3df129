"""The page that gathers a room's links and answers: what it must know of figures and exercises, and its script."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gallery import EXPLORER

PAGE = "book/links.html"
PLACE = "<!-- gathering -->"


def figures_in(pages: Mapping[str, str]) -> dict[str, Any]:
    """Return what a link to a figure may say, by the figure's name: its title and its controls."""
    found = {}
    for page, html in pages.items():
        for figure in EXPLORER.finditer(html):
            spec = json.loads(figure["spec"])
            controls = {}
            for control in spec["controls"]:
                known = {"label": control["label"], "unit": control.get("unit", ""),
                         "log": control.get("scale") == "log", "default": control["default"]}
                if control["kind"] == "choice":
                    known["titles"] = dict(zip(control["keys"], control["titles"], strict=True))
                    known["default"] = known["titles"][control["default"]]
                else:
                    known |= {"low": control["low"], "high": control["high"]}
                controls[control["name"]] = known
            found[figure["id"].removeprefix("explorer-")] = {"title": spec["title"], "page": page, "controls": controls}
    return found


def exercises() -> dict[str, Any]:
    """Return the questions that have an answer, with what the book computes."""
    from inference_economics.chapters.exercises import everything
    from inference_economics.chapters.exercises.plain import plain
    from inference_economics.chapters.exercises.reading import name_of

    return {name: {"question": plain(one.question), "unit": one.said_in, "name": name_of(one.said_in),
                   "example": one.example, "answer": one.computed}
            for name, one in everything().items() if one.answer is not None}


def claims() -> dict[str, str]:
    """Return the claims that a room may vote on."""
    from inference_economics.chapters import argument

    return {one.name: one.title for one in argument.claims()}


def write_scripts(static: Path) -> None:
    """Write the page's script, and the one that keeps a reader's answers on every chapter."""
    from inference_economics.chapters.exercises import ANSWER_BOX
    from kernelless import runtime

    for name, last in (("gathering", "startGathering();"), ("answers_kept", "startKeeping();")):
        body = runtime.join(ANSWER_BOX.with_name(f"{name}.js"))
        (static / f"{name}.js").write_text(f'"use strict";\n{{\n{body}\n{last}\n}}\n', encoding="utf-8")
    shutil.copyfile(ANSWER_BOX.with_name("gathering.css"), static / "gathering.css")


def fill(pages: dict[str, str]) -> None:
    """Put what the page must know into it, and let chapters with exercises load what keeps answers."""
    for name, html in pages.items():
        root = "../" * name.count("/")
        if 'class="exercise-spec"' in html and "answers_kept.js" not in html:
            script = f'<script defer src="{root}_static/answers_kept.js"></script>\n</head>'
            pages[name] = html.replace("</head>", script, 1)
    if PAGE in pages:
        known = {"figures": figures_in(pages), "exercises": exercises(), "claims": claims()}
        book = json.dumps(known, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        pages[PAGE] = pages[PAGE].replace(
            PLACE, f'<script type="application/json">{book}</script>\n'
                   '<link rel="stylesheet" href="../_static/gathering.css">\n'
                   '<script defer src="../_static/gathering.js"></script>')
