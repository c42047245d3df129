"""The Sphinx extension: script and style where they are needed, each once; policies; warnings of old figures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_figures import declare

import kernelless
from kernelless import runtime

RAW = ".. raw:: html\n\n   {}\n\n"


def build(folder: Path, builder: str = "html", **settings) -> tuple[dict[str, str], str]:
    """Build the project and return its pages by name, and what Sphinx warned of."""
    lines = ["extensions = ['kernelless.sphinx']", *(f"{name} = {value!r}" for name, value in settings.items())]
    (folder / "conf.py").write_text("\n".join(lines))
    out = folder / "out"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, str(folder), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.stem: path.read_text(encoding="utf-8") for path in out.glob("*.html")}, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    made = declare(name="cost").html()
    (folder / "index.rst").write_text("Front\n=====\n\n.. toctree::\n\n   two\n   boxes\n   old\n")
    (folder / "two.rst").write_text("Two\n===\n\n" + RAW.format(made) + RAW.format(made.replace("cost", "price")))
    (folder / "boxes.rst").write_text("Boxes\n=====\n\n" + RAW.format('<div class="box"></div>'))
    (folder / "old.rst").write_text("Old\n===\n\n" + RAW.format(made.replace(kernelless.__version__, "0.0.9")) +
                                    RAW.format(re.sub(' data-version="[^"]*"', "", made)))
    (folder / "box.js").write_text('const BOX = "a box of the project";\n')
    (folder / "box.css").write_text(".box { color: teal; }\n")
    return folder


@pytest.fixture(scope="module")
def plain(project):
    return build(project)


def _loads(page: str) -> tuple[int, int]:
    return len(re.findall(r"<script[^>]*kernelless\.js", page)), len(re.findall(r"<link[^>]*kernelless\.css", page))


def test_a_page_with_explorers_loads_script_and_style_once(plain, project):
    pages, _ = plain
    assert {name: _loads(page) for name, page in pages.items() if name in {"index", "two", "boxes", "old"}} == {
        "index": (0, 0), "two": (1, 1), "boxes": (0, 0), "old": (1, 1)}
    assert re.search(r'<script defer="defer" src="_static/kernelless\.js', pages["two"])
    static = project / "out" / "_static"
    assert ((static / "kernelless.js").read_text(encoding="utf-8"),
            (static / "kernelless-later.js").read_text(encoding="utf-8")) == runtime.scripts()
    assert (static / "kernelless.css").read_text(encoding="utf-8") == runtime.style()
    assert "Content-Security-Policy" not in "".join(pages.values())


def test_a_figure_of_another_release_is_reported(plain):
    _, warned = plain
    now = kernelless.__version__
    assert f"old shows an explorer of kernelless 0.0.9, and the script is of {now}: execute the notebook" in warned
    assert f"old shows an explorer of kernelless before 0.1.0, and the script is of {now}" in warned
    assert warned.count("shows an explorer") == 2


def test_a_project_adds_its_own_and_asks_for_policies(project):
    settings = {"kernelless_modules": ["box.js"], "kernelless_styles": ["box.css"],
                "kernelless_markers": ['class="box"'], "kernelless_policy": True}
    for _ in range(2):  # the second build leaves pages as they are
        pages, _ = build(project, **settings)
    assert _loads(pages["boxes"]) == (1, 1)
    assert _loads(pages["index"]) == (0, 0)
    assert "a box of the project" in (project / "out" / "_static" / "kernelless.js").read_text(encoding="utf-8")
    assert "color: teal" in (project / "out" / "_static" / "kernelless.css").read_text(encoding="utf-8")
    assert {name: page.count("Content-Security-Policy") for name, page in pages.items()} == dict.fromkeys(pages, 1)


def test_other_builders_are_left_alone(project, tmp_path):
    (tmp_path / "index.rst").write_text("Front\n=====\n\nWords.\n")
    build(tmp_path, "text")
    assert not list((tmp_path / "out").rglob("kernelless.*"))


@pytest.mark.parametrize(("given", "kept"), [
    ([], [("html", "text/html", 0)]),
    ([["html", "text/html", None]], [("html", "text/html", 0), ["html", "text/html", None]]),
])
def test_html_comes_before_widgets_unless_the_project_says_otherwise(given, kept):
    from kernelless import sphinx

    class Config(dict):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    config = Config(nb_mime_priority_overrides=given)
    sphinx.prefer_html(None, config)
    assert [row for row in config["nb_mime_priority_overrides"] if row[0] == "html"] == kept
    sphinx.prefer_html(None, without := Config())  # a project without notebooks
    assert without == {}


@pytest.mark.parametrize(("body", "left"), [
    ('<figure class="explorer">', ["own.js"]),
    ('<script type="application/vnd.jupyter.widget-view+json">{}</script>', ["own.js", "https://cdn/embed.js", None]),
])
def test_widgets_come_only_to_pages_that_show_one(body, left):
    from kernelless import sphinx

    def script(filename, **attributes):
        return SimpleNamespace(filename=filename, attributes=attributes)

    app = SimpleNamespace(config=SimpleNamespace(nb_ipywidgets_js={"https://cdn/embed.js": {}}))
    context = {"body": body, "script_files": [script("own.js"), script("https://cdn/embed.js"),
                                              script(None, type="application/vnd.jupyter.widget-state+json")]}
    sphinx.drop_widgets(app, "page", "page.html", context, None)
    assert [script.filename for script in context["script_files"]] == left
