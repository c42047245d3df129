"""What must hold between the files of the repository: environment, lock, notebooks, readme."""

from __future__ import annotations

import ast
import datetime as dt
import importlib.util
import re
import subprocess
import sys
import tomllib

import lock
import nbformat
import notebook_text
import pytest
import readme
import yaml
from book_site import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def direct_requirements() -> list[Requirement]:
    project = PROJECT["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    groups = [line for lines in PROJECT["dependency-groups"].values() for line in lines]
    return [Requirement(line) for line in project["dependencies"] + extras + groups]


def test_the_environment_is_what_project_and_lock_say():
    assert (ROOT / "environment.yml").read_text() == lock.environment(LOCK, PROJECT), lock.STALE


@pytest.mark.parametrize("requirement", direct_requirements(), ids=lambda requirement: requirement.name)
def test_the_lock_holds_each_requirement(requirement):
    pinned = {name: version for name, version, _ in lock.pins(LOCK)}
    assert pinned[requirement.name.lower()] in requirement.specifier, "run: make lock"


def test_the_lock_pins_one_version_of_each_package_and_its_hashes():
    names = [name for name, _, _ in lock.pins(LOCK)]
    assert len(names) > 100
    assert sorted(names) == sorted(set(names))
    packages = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
    assert [package.split("==")[0] for package in packages if "--hash=sha256:" not in package] == []


@pytest.mark.parametrize("path", sorted((ROOT / "tools").glob("*requirements.txt")), ids=lambda path: path.name)
def test_every_file_of_requirements_has_hashes(path):
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    packages = [part for part in re.split(r"\n(?=[A-Za-z0-9])", text.strip()) if part]
    assert [package.split("==")[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_names_no_index():
    assert not re.search(r"https?://|--index|--find-links|file:", LOCK)


def test_the_environment_follows_a_change():
    changed = LOCK.replace("numpy==", "numpy==9.", 1)
    assert lock.environment(changed, PROJECT) != lock.environment(LOCK, PROJECT)
    newer = PROJECT | {"project": PROJECT["project"] | {"requires-python": ">=3.12"}}
    assert "python>=3.12,<3.14" in lock.environment(LOCK, newer)


def test_an_old_python_is_told_what_to_do(tmp_path):
    # The bootstrap must parse on any Python 3, so its syntax is held to what 3.6 reads.
    import ast

    text = (ROOT / "tools" / "bootstrap.py").read_text()
    ast.parse(text, feature_version=(3, 6))
    script = text.replace("WANTED = (3, 11)", "WANTED = (99, 0)").replace("(3, 11))", "(99, 0))")
    (tmp_path / "bootstrap.py").write_text(script)
    result = subprocess.run([sys.executable, tmp_path / "bootstrap.py"], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "needs Python 99.0 or newer" in result.stderr
    assert "make PYTHON=" in result.stderr


def test_the_package_supports_what_the_bootstrap_accepts():
    import bootstrap

    assert ".".join(map(str, bootstrap.WANTED)) in SpecifierSet(PROJECT["project"]["requires-python"])
    assert str(bootstrap.WANTED) in bootstrap.PROBE


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_notebook_is_normalised(path):
    assert notebook_text.faults(path) == []


def command(option: str, path) -> int:
    # By its path: the name `notebooks` is taken by the folder of the chapters.
    spec = importlib.util.spec_from_file_location("notebooks_command", ROOT / "tools" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main([option, str(path)])


def _notebook(*outputs: dict, source: str = "x") -> nbformat.NotebookNode:
    metadata = {"collapsed": True, "tags": ["hide-input"]}
    cell = nbformat.v4.new_code_cell(source, execution_count=7, metadata=metadata)
    cell["outputs"] = [nbformat.from_dict(output) for output in outputs]
    return nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell("  ")], metadata={"widgets": {"state": 1}})


def test_normalising_keeps_the_text_and_drops_what_varies():
    shown = {"output_type": "execute_result", "execution_count": 7, "metadata": {"isolated": True},
             "data": {"text/plain": "3", "text/html": "<b>3</b>", "image/png": "iVBO"}}
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBO"}}
    done = notebook_text.normalise(_notebook(shown, picture))
    assert len(done.cells) == 1
    assert done.cells[0].metadata == {"tags": ["hide-input"]}
    assert done.cells[0].execution_count is None
    assert [dict(output.data) for output in done.cells[0].outputs] == [{"text/plain": "3"}]
    assert "widgets" not in done.metadata
    assert notebook_text.dump(notebook_text.normalise(done)) == notebook_text.dump(done)


@pytest.mark.parametrize(("output", "source", "words"), [
    ({"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}, "x", "an error: ValueError"),
    ({"output_type": "stream", "name": "stderr", "text": "RuntimeWarning"}, "x", "wrote to stderr"),
    ({"output_type": "display_data", "metadata": {}, "data": {"text/plain": "<A at 0x7f12ab34>"}}, "x", "assign the"),
    ({"output_type": "stream", "name": "stdout", "text": "1"}, "plot();", "a closing ; hides nothing"),
], ids=["error", "stderr", "address", "semicolon"])
def test_a_fault_is_named_with_its_repair(tmp_path, output, source, words):
    path = tmp_path / "01_x.ipynb"
    path.write_text(notebook_text.dump(notebook_text.normalise(_notebook(output, source=source))))
    assert any(words in fault for fault in notebook_text.faults(path))


def test_a_notebook_as_jupyter_saves_it_is_refused_with_the_repair(tmp_path):
    path = tmp_path / "01_x.ipynb"
    nbformat.write(_notebook(), path)
    assert notebook_text.faults(path) == [f"01_x.ipynb is not normalised; run: {notebook_text.REPAIR} 01_x.ipynb"]
    assert command("--check", path) == 1
    assert command("--normalise", path) == 0
    assert command("--check", path) == 0


def test_executing_stores_outputs(tmp_path):
    path = tmp_path / "01_x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")]), path)
    notebook_text.execute(path)
    assert nbformat.read(path, 4).cells[0].outputs[0].data["text/plain"] == "42"
    assert notebook_text.faults(path) == []


def test_what_a_slow_cell_prints_is_one_output(tmp_path):
    # A kernel sends what is printed in pieces, by the clock: here each line is sent by itself.
    source = "for word in 'abc':\n    print(word, flush=True)"
    done = notebook_text.run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), tmp_path)
    assert [output.text for output in done.cells[0].outputs] == ["a\nb\nc\n"]


TESTS = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
         for path in sorted((ROOT / "tests").rglob("*.py"))}


def calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute) and node.func.attr in names]


def test_no_test_waits_a_fixed_time():
    """What is waited for is asked again until it holds; a slow machine has not done it after any number of seconds."""
    for name, tree in TESTS.items():
        loops = [loop for loop in ast.walk(tree) if isinstance(loop, ast.For | ast.While)]
        asking = [call for loop in loops for call in calls(loop, "sleep", "wait_for_timeout")]
        assert [call.lineno for call in calls(tree, "sleep", "wait_for_timeout") if call not in asking] == [], name


def test_what_is_waited_for_in_a_page_is_a_function():
    """An expression is looked at once: to look again, the browser would have to read text, which our policy forbids."""
    function = re.compile(r"""\w+$|f?['"]+(\w+|\([\w, \[\]]*\)) =>""")
    for name, tree in TESTS.items():
        given = [ast.unparse(call.args[0]) for call in calls(tree, "wait_for_function")]
        assert [words for words in given if not function.match(words)] == [], name


def test_the_readme_lists_the_chapters():
    assert readme.main(["--check"]) == 0, readme.STALE


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().split()) <= 500


def test_the_readme_list_follows_the_notebooks(tmp_path):
    for name, title in (("02_b.ipynb", "# Second"), ("01_a.ipynb", "# First\n\nText")):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(title)]), tmp_path / name)
    assert readme.chapters(tmp_path) == "1. [First](notebooks/01_a.ipynb)\n2. [Second](notebooks/02_b.ipynb)\n"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("No title")]), tmp_path / "03_c.ipynb")
    with pytest.raises(ValueError, match="the first cell must begin with '# '"):
        readme.chapters(tmp_path)


def test_every_make_target_that_help_lists_exists():
    makefile = (ROOT / "Makefile").read_text()
    listed = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert {"book", "site", "test", "lab", "notebooks", "lint", "bench", "clean"} <= listed
    scripts = re.findall(r"\$\(PY\) ((?:tools|bench)/\S+\.py)", makefile)
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_versions_agree():
    import inference_economics

    version = PROJECT["project"]["version"]
    assert inference_economics.__version__ == version
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"Version {version}" in (ROOT / "book" / "cite.md").read_text()


def test_the_citation_file_has_what_its_readers_ask_for():
    """What the Citation File Format 1.2.0 demands, of the fields that are there."""
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    text = {"cff-version", "message", "title", "type", "version", "date-released", "abstract", "doi", "url",
            "repository-code"}
    lists = {"authors", "keywords", "license"}
    assert {"cff-version", "message", "title", "authors", "version", "date-released"} <= told.keys() <= text | lists
    assert all(isinstance(told[key], str) and told[key].strip() for key in text & told.keys())
    assert told["cff-version"] == "1.2.0"
    assert told["type"] in {"software", "dataset"}
    assert str(dt.date.fromisoformat(told["date-released"])) == told["date-released"]
    assert all(author.keys() == {"name"} or {"given-names", "family-names"} <= author.keys()
               for author in told["authors"])
    assert len(told["keywords"]) == len(set(told["keywords"])) > 0
    for licence in told["license"]:  # each by its name in SPDX, and each granted in the file beside
        assert licence.replace("-", " ") in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_no_file_is_larger_than_a_clone_should_carry():
    """Data that a test or a page needs is cut to what it needs; the largest is the table of serving measurements."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = [ROOT / name for name in tracked.stdout.split("\0") if name] or [*(ROOT / "tests").rglob("*.*")]
    assert [path.name for path in files if path.is_file() and path.stat().st_size > 400_000] == []
