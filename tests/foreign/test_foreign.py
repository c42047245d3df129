"""Lectures of other fields, each a page of a fresh Jupyter Book with the library alone: one line turns it on.

The library comes as the wheel that `pip install ./src/kernelless` would make.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import declared
import pytest
from book_site import ROOT
from browsing import Pages
from parity.driven import DRIVE, check_moment

import kernelless

HERE = Path(__file__).parent
LECTURES = ("growth", "resonance", "methods")
CONFIG = """\
title: Lectures
only_build_toc_files: true
execute: {execute_notebooks: force, stderr_output: error, timeout: 600}
repository: {url: "", branch: "", path_to_book: ""}
sphinx:
  extra_extensions: [kernelless.sphinx]
"""
TOC = "format: jb-book\nroot: front\nchapters:\n" + "".join(f"  - file: {name}\n" for name in LECTURES)


def _run(command: list, folder: Path, **environment: str) -> None:
    done = subprocess.run([str(word) for word in command], cwd=folder, env=os.environ | environment, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-5000:]}", pytrace=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the library as its wheel has it."""
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT / "src" / "kernelless")
    wheel, = folder.glob("*.whl")
    assert wheel.name == f"kernelless-{kernelless.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture(scope="module")
def book(tmp_path_factory, installed) -> Path:
    """The folder of the built book."""
    folder = tmp_path_factory.mktemp("book")
    for name in LECTURES:
        shutil.copy(HERE / f"{name}.md", folder)
    (folder / "front.md").write_text("# Lectures\n\nThree of them.\n", encoding="utf-8")
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    _run([Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "--keep-going", "-q"], folder,
         PYTHONPATH=str(installed), PYTHONWARNINGS="ignore", JUPYTER_PLATFORM_DIRS="1")
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def explorers() -> dict[str, dict[str, kernelless.Explorer]]:
    return {name: {explorer.name: explorer for explorer in declared.explorers_of(HERE / f"{name}.md")}
            for name in LECTURES}


@pytest.fixture(scope="module")
def driven(book, chromium) -> dict[str, dict[str, list[dict]]]:
    """What each figure of each page showed, moment by moment, without a network and without a kernel."""
    seen, troubles = {}, []
    pages = Pages(chromium, functools.partial(_listen, troubles))
    with pages.lent() as lend:
        for name in LECTURES:
            page = lend(offline=True)
            page.goto((book / f"{name}.html").as_uri(), wait_until="domcontentloaded")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")  # every figure starts, in view or not
            roots = page.locator("figure.explorer").all()
            page.locator(f":nth-match(figure.explorer[data-ready], {len(roots)})").wait_for(state="attached")
            seen[name] = {root.get_attribute("data-explorer"): root.evaluate(DRIVE) for root in roots}
    pages.close()
    assert troubles == []
    return seen


def _listen(troubles: list[str], page) -> None:
    """Note what the figures' script complains of. Jupyter Book's own scripts have errors that are not ours."""
    page.on("console", lambda said: "stays at its default" in said.text and troubles.append(said.text))
    page.on("pageerror", lambda error: "kernelless" in str(error.stack) and troubles.append(str(error)))


def test_the_lectures_know_the_library_alone():
    for name in LECTURES:
        source = (HERE / f"{name}.md").read_text(encoding="utf-8")
        assert "from kernelless import" in source
        assert "inference_economics" not in source


def test_the_wheel_holds_all_that_the_package_holds(installed):
    source = Path(kernelless.__file__).parent
    wanted = {path.relative_to(source) for path in source.rglob("*")
              if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(installed / "kernelless") for path in (installed / "kernelless").rglob("*")
            if path.is_file()} == wanted - {Path("pyproject.toml"), Path("README.md")}


def test_only_lectures_load_the_script(book):
    count = {path.stem: len(re.findall(r"<script[^>]*kernelless\.js", path.read_text(encoding="utf-8")))
             for path in book.glob("*.html") if path.stem in {*LECTURES, "front"}}
    assert count == {"front": 0} | dict.fromkeys(LECTURES, 1)


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_shows_figures_and_no_widgets(book, name):
    page = (book / f"{name}.html").read_text(encoding="utf-8")
    assert page.count('<figure class="explorer"') == 3 - (name == "growth")
    assert not re.search(r"widget-view|widget-state|html-manager|require\.min\.js", page)


@pytest.mark.parametrize("name", LECTURES)
def test_every_slider_shows_the_digits_of_python(explorers, driven, name):
    assert driven[name].keys() == explorers[name].keys()
    for explorer in explorers[name].values():
        moments = driven[name][explorer.name]
        assert len(moments) > 5 * len(explorer.controls_spec)
        for moment in moments:
            check_moment(explorer, moment)
        for key in explorer.controls_spec:
            assert len({moment["settings"][key] for moment in moments}) > 1, (explorer.name, key)
        assert len({moment["paths"] for moment in moments}) > len(moments) / 4
