"""A notebook in Colab: its first cell fetches the package, and nothing that Colab brings is replaced for it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from types import ModuleType

import nbformat
import notebook_text
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = notebook_text.ROOT
COLAB = json.loads((ROOT / "tests" / "fixtures" / "colab.json").read_text(encoding="utf-8"))
CHAPTER = min(notebook_text.NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture
def published(monkeypatch):
    """Return what sets the repository's address, as `book/_config.yml` would."""
    return lambda address, branch="main": monkeypatch.setattr(notebook_text, "repository", lambda: (address, branch))


def stored():
    return nbformat.read(CHAPTER, as_version=4)


def test_without_an_address_there_is_no_such_cell(published):
    published("")
    made = notebook_text.normalise(stored())
    assert not any(cell["source"].startswith(notebook_text.COLAB) for cell in made["cells"])


@pytest.mark.parametrize("address", ["https://gitlab.com/group/book", "https://example.org/a/b"])
def test_what_colab_cannot_open_has_none_either(published, address):
    published(address)
    assert notebook_text.for_colab() == []


def test_the_first_code_cell_fetches_the_package_in_colab_alone(published, monkeypatch):
    published("https://github.com/owner/the-book", "v1/x")
    made = notebook_text.normalise(stored())
    cell = next(cell for cell in made["cells"] if cell["cell_type"] == "code")
    assert made["cells"].index(cell) == 1  # below the title
    assert cell["metadata"]["tags"] == ["remove-cell"]  # the site has no use for it
    asked = []
    monkeypatch.setattr(subprocess, "run", lambda words, check: asked.append((words, check)))
    exec(cell["source"], {})
    assert asked == []
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    exec(cell["source"], {})
    assert asked == [([sys.executable, "-m", "pip", "install", "--quiet",
                       "git+https://github.com/owner/the-book@v1/x"], True)]


def test_it_comes_once_and_goes_with_the_address(published):
    published("https://github.com/owner/the-book")
    once = notebook_text.normalise(stored())
    assert notebook_text.normalise(once) == once
    published("")
    assert notebook_text.normalise(once) == notebook_text.normalise(stored())


def test_the_committed_notebooks_are_those_of_the_address(published, tmp_path):
    """Whoever sets the address is told to renew the notebooks."""
    published("https://github.com/owner/the-book")
    fault, = notebook_text.faults(CHAPTER)
    assert "is not normalised; run:" in fault
    renewed = tmp_path / CHAPTER.name
    renewed.write_bytes(CHAPTER.read_bytes())
    notebook_text.renew(renewed)
    assert notebook_text.faults(renewed) == []


def test_colab_brings_all_that_the_package_stands_on():
    """Replacing numpy under a kernel that has loaded it breaks that kernel; so the package takes Colab's versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert COLAB["python"] in SpecifierSet(project["requires-python"])
    for wanted in map(Requirement, project["dependencies"]):
        assert COLAB["packages"][wanted.name] in wanted.specifier, wanted
