"""What can be known of the JupyterLite build without its kernel: the wheel, its imports, the notebooks' first cell."""

from __future__ import annotations

import ast
import json
import sys
import tomllib
import zipfile
from pathlib import Path

import lite
import nbformat
import pytest
import workshop

ROOT = Path(lite.ROOT)
# The packages of Pyodide's own distribution. What is pure Python comes from a package index.
PYODIDE = json.loads((ROOT / "tests" / "fixtures" / "pyodide.json").read_text())
PURE = {"ipywidgets", "IPython"}  # ipywidgets is installed by the notebooks' first cell; the kernel is IPython's
OWN = {"inference_economics", "kernelless"}
ELSEWHERE = {"sphinx", "docutils", "torch", "transformers"}  # of the build and of the oracle, inside functions


def third_party(source: str) -> set[str]:
    """Return the packages that a module imports, its standard library and the book's own left out."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names) - OWN


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return workshop.build_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_is_pure_python(wheel):
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as pack:
        assert not [name for name in pack.namelist() if name.endswith((".so", ".pyd", ".dylib"))]


def test_every_import_resolves_in_pyodide(wheel):
    known = set(PYODIDE["packages"]) | PURE | ELSEWHERE
    with zipfile.ZipFile(wheel) as pack:
        for name in pack.namelist():
            if name.endswith(".py"):
                assert third_party(pack.read(name).decode()) <= known, name


def test_notebooks_import_nothing_else():
    for path in sorted(workshop.NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4)["cells"]:
            if cell["cell_type"] == "code":
                assert third_party(cell["source"]) <= set(PYODIDE["packages"]) | PURE, path.name


def test_dependencies_are_to_be_had_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in project["dependencies"]:
        name = wanted.partition(">")[0]
        assert name in PYODIDE["packages"] or name in PURE, wanted


def test_a_notebook_begins_with_the_package():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    made = lite.with_package(notebook)
    nbformat.validate(made)
    assert "inference-economics" in made["cells"][0]["source"]
    assert made["metadata"]["kernelspec"]["name"] == "python"
    assert len(notebook["cells"]) == 1


def test_an_address_of_ones_own(tmp_path):
    (tmp_path / "jupyter-lite.json").write_text('{"jupyter-config-data": {}}')
    lite.own_address(tmp_path, "./pyodide/pyodide.mjs")
    data = json.loads((tmp_path / "jupyter-lite.json").read_text())["jupyter-config-data"]
    assert data["litePluginSettings"][lite.KERNEL]["pyodideUrl"] == "./pyodide/pyodide.mjs"


@pytest.mark.parametrize("given", ["nowhere.tar.bz2", "https://example.org/", "pyodide.mjs"])
def test_an_address_that_is_none(given, capsys):
    with pytest.raises(SystemExit):
        lite.main(["--pyodide", given])
    assert "it is no address of a pyodide.mjs" in capsys.readouterr().err
