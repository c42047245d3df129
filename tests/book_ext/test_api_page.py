"""The API page follows the package's folders, and lists each function once, where it is defined."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import api_page
import pytest

import inference_economics

PACKAGE = Path(inference_economics.__file__).parent
HOUSE = {
    "__init__.py": "",
    "units.py": '"""A flat module."""\ndef text(value):\n    """Return words."""\n',
    "_hidden.py": "",
    "serving/__init__.py": '"""What does an engine take?"""\nfrom .step import step_time_s\n'
                           '__all__ = ["step_time_s"]\n',
    "serving/step.py": '"""One step."""\ndef step_time_s(batch):\n    """Return the time of a step. [s]"""\n',
    "serving/batching.py": '"""Batches."""\nfrom .step import step_time_s\n__all__ = ["best_batch", "step_time_s"]\n'
                           'def best_batch(batch):\n    """Return the best batch."""\n',
    "serving/__main__.py": "",
    "chapters/__init__.py": '"""What do chapters show?"""\n',
    "chapters/kit.py": '"""Shapes that repeat."""\n',
    "chapters/exercises/__init__.py": '"""Questions."""\nfrom .exercise import check\n__all__ = ["check"]\n',
    "chapters/exercises/exercise.py": 'def check(answer):\n    """Return the verdict."""\n',
    "records/__init__.py": "",
    "records/facts.toml": "",
    "static/page.js": "",
}


@pytest.fixture
def house(tmp_path) -> Path:
    for name, words in HOUSE.items():
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)
    return tmp_path / "house"


def _headings(markdown: str) -> list[str]:
    return re.findall(r"^#+ `.*`$", markdown, re.MULTILINE)


def test_rooms_come_with_their_modules_below_them(house):
    assert _headings("".join(api_page.sections(house, "house"))) == [
        "## `chapters`", "### `chapters.exercises`", "### `chapters.kit`", "## `serving`",
        "### `serving.batching`", "### `serving.step`", "## `units`"]


def test_sphinx_shows_each_function_once_and_each_rooms_question(house):
    (house.parent / "conf.py").write_text(
        f"import sys; sys.path.insert(0, {str(house.parent)!r})\nextensions = ['myst_parser', 'sphinx.ext.autodoc']\n")
    (house.parent / "index.md").write_text("# API\n" + "".join(api_page.sections(house, "house")))
    out = house.parent / "out"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-b", "text", str(house.parent), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    words = (out / "index.txt").read_text()
    shown = re.findall(r"house\.[\w.]+(?=\()|(?<=class )house\.[\w.]+", words)
    assert sorted(shown) == ["house.chapters.exercises.check", "house.serving.batching.best_batch",
                             "house.serving.step.step_time_s", "house.units.text"]
    for sentence in ("What does an engine take?", "What do chapters show?", "One step.", "Questions."):
        assert words.count(sentence) == 1


def test_every_public_module_has_one_section():
    listed = re.findall(r"automodule:: (\S+)", api_page.modules())
    files = {path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py")}
    public = {".".join(path.parts) for path in files
              if not any(part.startswith("_") for part in path.parts)
              and not any(part in api_page.BY_FACE for part in path.parts[:-1])}
    assert public <= set(listed)
    assert len(listed) == len(set(listed))


def test_what_the_package_hands_on_is_documented():
    listed = re.findall(r"automodule:: (\S+)", api_page.modules())
    modules = {name: importlib.import_module(name) for name in listed}
    by_face = {id(getattr(module, name)) for module in modules.values() for name in getattr(module, "__all__", ())
               if module.__name__.rpartition(".")[2] in api_page.BY_FACE}
    missing = [(module.__name__, name) for module in [inference_economics, *modules.values()]
               for name in getattr(module, "__all__", ())
               if inspect.isroutine(value := getattr(module, name)) or inspect.isclass(value)
               if value.__module__ not in listed and id(value) not in by_face]
    assert missing == []


def test_numbered_references_become_plain_text():
    lines = ["As in [1]_ and [2]_.", "", "  .. [1] Somebody, 2022.", "text [3] stays"]
    api_page.plain_references(None, "function", "f", None, None, lines)
    assert lines == [r"As in \[1] and \[2].", "", r"  | \[1] Somebody, 2022.", "text [3] stays"]


def test_a_propertys_words_survive_napoleon():
    class App:
        pass

    app, lines = App(), ["Time of a step: the slower of two. [s]"]
    api_page.keep_property(app, "property", "a.b", None, None, lines)
    lines[:] = ["the slower of two. [s]", ":type: Time of a step"]
    api_page.restore_property(app, "property", "a.b", None, None, lines)
    assert lines == ["Time of a step: the slower of two. [s]"]
    other = ["A function's words."]
    api_page.keep_property(app, "function", "a.c", None, None, other)
    api_page.restore_property(app, "function", "a.c", None, None, other)
    assert other == ["A function's words."]
