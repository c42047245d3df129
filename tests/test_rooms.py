"""The house: which room may import which, that no import runs in a circle, and that each face hands its names on."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import inference_economics
import kernelless

ROOT = Path(inference_economics.__file__).parent
TESTS = Path(__file__).resolve().parent
NAME = "inference_economics"
# The library of figures: a package beside the house, which knows nothing of it.
LIBRARY = "kernelless"
LIBRARY_ROOT = Path(kernelless.__file__).parent
# What each room may import, in the order of the floors; the faces say the same in words.
GROUND = {"quantities", "catalog"}
MAY_IMPORT = {
    "quantities": {LIBRARY},
    "catalog": {"quantities"},
    "decoder": {"quantities"},
    "models": GROUND,
    "training": GROUND | {"models"},
    "buying": GROUND,
    "silicon": GROUND,
    "risk": GROUND,
    "hardware": GROUND | {"models"},
    "serving": GROUND | {"models", "hardware"},
    "measure": {"quantities", "hardware", "decoder"},
}
MAY_IMPORT["decision"] = set(MAY_IMPORT)
MAY_IMPORT["chapters"] = set(MAY_IMPORT) | {LIBRARY}
# What a reader could import from the top level in the first edition.
FIRST_EDITION = [
    "accelerators", "break_even", "calibration", "catalog", "chapter", "checkpoint", "custom_silicon", "decision",
    "decoder", "decoder_block", "decoder_cache", "decoder_config", "decoder_deepseek", "exercises", "explore",
    "exposure", "ffn", "glossary", "golden", "head_sharing", "kernels", "kv_cache", "market", "measure",
    "measurements", "models", "options", "ownership", "price_paths", "prices", "queueing", "recorded", "roofline",
    "rope", "rulings", "scaling", "scenarios", "serving", "silicon", "spend", "step", "toy", "toy_context",
    "training", "uncertainty", "units",
]
# Modules without a test file of their own, and where they are tested.
TESTED_ELSEWHERE = {
    "quantities.numeric": "a type, which mypy uses",
    "serving.simulation.job": "records; every run of a fleet fills them",
    "measure.__main__": "tests/measure/test_main.py",
    **{f"chapters.exercises.ch{chapter:02d}": "tests/chapters/exercises/test_exercise.py" for chapter in range(1, 15)},
}


class Import(NamedTuple):
    """One module that another imports, and a name that it takes from it."""

    source: str
    target: str
    name: str
    line: int
    deferred: bool


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(file): file for file in sorted(ROOT.rglob("*.py"))}
LIBRARY_FILES = {path.stem: path for path in sorted(LIBRARY_ROOT.glob("*.py"))}
ROOMS = sorted({name.partition(".")[0] for name in FILES} - {""})


def room(module: str) -> str:
    return module.partition(".")[0]


def _targets(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[tuple[str, str]]:
    """Return module and name (empty for a module) of each import of this package, from anywhere in a file."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        yield from ((name, "") for name in names if room(name) == LIBRARY)
        yield from ((name[len(NAME) + 1:], "") for name in names if name == NAME or name.startswith(f"{NAME}."))
        return
    if node.level:
        package = module.split(".") if FILES[module].name == "__init__.py" else module.split(".")[:-1]
        base = ".".join(package[: len(package) - node.level + 1] + ([node.module] if node.module else [])).strip(".")
    elif node.module and (node.module == NAME or node.module.startswith(f"{NAME}.")):
        base = node.module[len(NAME) + 1:]
    elif node.module and room(node.module) == LIBRARY:
        yield from ((node.module, alias.name) for alias in node.names)
        return
    else:
        return
    for alias in node.names:
        inner = f"{base}.{alias.name}".strip(".")
        if base == "" and inner not in FILES:  # by the lazy table at the top
            inner = inference_economics._MODULES.get(alias.name) or inference_economics._NAMES.get(alias.name, "")
            inner = LIBRARY if alias.name in inference_economics._FIGURES else inner
            assert inner, f"{module} imports {alias.name} from the top level, which has no such name"
        yield (inner, "") if inner in FILES or inner == LIBRARY else (base, alias.name)


def imports(module: str, text: str) -> list[Import]:
    tree = ast.parse(text)
    inside = {id(node) for outer in ast.walk(tree) if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef))
              for node in ast.walk(outer)}
    return [Import(module, target, name, node.lineno, id(node) in inside) for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom)) for target, name in _targets(node, module)]


@functools.cache
def all_imports() -> tuple[Import, ...]:
    return tuple(found for module, file in FILES.items() if module
                 for found in imports(module, file.read_text(encoding="utf-8")))


def forbidden(found: Import) -> str:
    """Say what is wrong with an import that crosses rooms; empty where nothing is."""
    ours, theirs = room(found.source), room(found.target)
    if ours == theirs:
        return ""
    where = f"{found.source}:{found.line}"
    if theirs == "":
        return f"{where} imports the package's top level; import the room"
    if theirs not in MAY_IMPORT[ours]:
        return f"{where} imports {theirs}; {ours} may import {', '.join(sorted(MAY_IMPORT[ours])) or 'nothing'}"
    private = [part for part in (*found.target.split("."), found.name) if re.match(r"_[^_]", part)]
    return f"{where} takes {private[0]} from {theirs}; make it public there" if private else ""


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Return the names of a circle of arrows, first and last the same; empty where there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name):], name]
        if name in done:
            return []
        for following in sorted(arrows.get(name, ())):
            if found := walk(following, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(arrows) if (found := walk(name, []))), [])


# -- arrows -----------------------------------------------------------------------------------------------------------


def test_no_import_leaves_the_rules_of_its_room():
    assert [words for found in all_imports() if (words := forbidden(found))] == []


def test_no_import_runs_in_a_circle():
    arrows: dict[str, set[str]] = {}
    for found in all_imports():
        # a face imports its modules, and they import one another, not the face
        if found.target and found.target != found.source:
            arrows.setdefault(found.source, set()).add(found.target)
    assert circle(arrows) == []


def test_no_room_stands_in_a_circle():
    arrows: dict[str, set[str]] = {}
    for found in all_imports():
        if room(found.source) != room(found.target):
            arrows.setdefault(room(found.source), set()).add(room(found.target))
    assert circle(arrows) == []


@pytest.mark.parametrize(("line", "words"), [
    ("from ..serving import step", "serving"),
    ("from ..serving.step import capacity", "serving"),
    ("import inference_economics.serving", "serving"),
    ("from inference_economics import step", "serving"),
    ("from inference_economics.serving.step import capacity", "serving"),
    ("def f():\n    from ..serving import step", "serving"),
    ("if TYPE_CHECKING:\n    from ..serving import step", "serving"),
    ("from .. import serving", "serving"),
    ("from ..catalog.facts import _tables", "takes _tables from catalog"),
    ("import inference_economics", "top level"),
    ("import kernelless.units", "kernelless"),
    ("from kernelless import text", "kernelless"),
    ("from inference_economics import explore", "kernelless"),
    ("from inference_economics import text", "chapters"),
])
def test_a_forbidden_import_is_seen_however_it_is_written(line, words):
    wrong = [forbidden(found) for found in imports("models.spec", line)]
    assert any(words in fault for fault in wrong), wrong


@pytest.mark.parametrize("line", ["from ..catalog import build_all", "from . import groups", "import numpy",
                                  "from .groups import _private", "from ..quantities.limits import __all__"])
def test_an_allowed_import_is_allowed(line):
    assert [forbidden(found) for found in imports("models.spec", line) if forbidden(found)] == []


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_the_library_knows_nothing_of_the_house():
    names = {name for path in LIBRARY_FILES.values() for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, (ast.Import, ast.ImportFrom))
             for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
             if isinstance(node, ast.Import) or not node.level}
    assert {"numpy", "dataclasses"} <= names  # imports are seen
    assert [name for name in sorted(names) if room(name) == NAME] == []
    words = "".join(path.read_text(encoding="utf-8") for path in LIBRARY_ROOT.rglob("*")
                    if path.suffix in {".py", ".js", ".ts", ".css", ".md", ".toml"})
    assert NAME not in words


# -- faces ------------------------------------------------------------------------------------------------------------


def test_every_room_has_a_rule():
    assert set(MAY_IMPORT) == set(ROOMS)


def in_words(face: str) -> set[str]:
    """Return the rooms that a face's comment names."""
    rule, = re.findall(r"^# May import: (.+)\.$", face, re.MULTILINE)
    if rule.startswith("every room"):
        also = {LIBRARY} if rule.endswith(f" and {LIBRARY}") else set()
        names = re.findall(r"\w+", rule.removeprefix("every room").removeprefix(" but "))
        return set(ROOMS) - set(names) | also
    return set(re.split(r", | and ", rule))


@pytest.mark.parametrize("name", ROOMS)
def test_a_face_says_what_its_room_answers_and_what_it_may_import(name):
    face = FILES[name].read_text(encoding="utf-8")
    first = ast.get_docstring(ast.parse(face)).split("\n")[0]
    assert first.endswith((".", "?"))
    assert len(first) <= 117
    assert in_words(face) - {name} == MAY_IMPORT[name]


@pytest.mark.parametrize("name", ROOMS)
def test_a_face_hands_its_names_on(name):
    face = importlib.import_module(f"{NAME}.{name}")
    assert len(face.__all__) == len(set(face.__all__)) > 0
    assert set(face.__all__) <= set(dir(face))
    assert [public for public in face.__all__ if public.startswith("_")] == []
    assert [public for public in face.__all__ if getattr(face, public, None) is None] == []
    modules = {module.split(".")[1] for module in FILES if module.startswith(f"{name}.")}
    assert [module for module in sorted(modules) if module[0] != "_" and not hasattr(face, module)] == []


def test_the_contributing_guide_draws_the_same_house():
    guide = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in ROOMS if f"`{name}`" not in guide] == []


# -- the top level ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIRST_EDITION)
def test_a_reader_finds_what_the_first_edition_had(name):
    found = getattr(inference_economics, name)
    assert found.__name__.startswith(f"{NAME}.") or (name == "explore" and found is kernelless.explore)


@pytest.mark.parametrize("name", sorted({*inference_economics._MODULES, *inference_economics._NAMES,
                                         *inference_economics._FIGURES}))
def test_the_lazy_table_resolves(name):
    assert getattr(inference_economics, name) is not None
    assert name in dir(inference_economics)


def test_an_unknown_name_is_unknown():
    with pytest.raises(AttributeError, match="no attribute 'kv_cash'"):
        _ = inference_economics.kv_cash


@pytest.mark.parametrize(("line", "absent"), [
    ("import inference_economics", "numpy"),
    ("import inference_economics.hardware.roofline", "inference_economics.serving"),
    ("import inference_economics.chapters", "inference_economics.serving.step"),
    ("from inference_economics import kv_cache", "ipywidgets"),
    ("from inference_economics import catalog", "inference_economics.models"),
    ("from inference_economics import models", "matplotlib"),
])
def test_an_import_loads_no_more_than_it_needs(line, absent):
    seen = subprocess.run([sys.executable, "-c", f"{line}\nimport sys\nprint({absent!r} in sys.modules)"], check=True,
                          capture_output=True, text=True, env={"PYTHONPATH": str(ROOT.parent)}).stdout
    assert seen.strip() == "False"


# -- tests and users of every function --------------------------------------------------------------------------------


def test_every_module_has_its_own_test_file():
    missing = []
    for module, file in FILES.items():
        if file.name == "__init__.py" or module in TESTED_ELSEWHERE:
            continue
        *rooms, name = module.split(".")
        if not TESTS.joinpath(*rooms, f"test_{name}.py").is_file():
            missing.append(module)
    missing += [f"{LIBRARY}.{name}" for name in LIBRARY_FILES
                if name != "__init__" and not TESTS.joinpath(LIBRARY, f"test_{name}.py").is_file()]
    assert missing == []


def test_every_exception_is_one():
    assert [module for module in TESTED_ELSEWHERE if module not in FILES] == []
    assert [module for module in TESTED_ELSEWHERE
            if TESTS.joinpath(*module.split(".")[:-1], f"test_{module.split('.')[-1]}.py").is_file()] == []


def public_functions(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]


def used_in(text: str, *, face: bool) -> set[str]:
    """Return the names that a module uses; a face that only hands them on does not."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias) and not face:
            found.add(node.name)
    return found


def test_no_public_function_lives_by_tests_alone():
    used: set[str] = set()
    files = FILES | {f"{LIBRARY}.{name}": file for name, file in LIBRARY_FILES.items()}
    for file in files.values():
        used |= used_in(file.read_text(encoding="utf-8"), face=file.name == "__init__.py")
    repository = TESTS.parent
    for pattern in ("notebooks/*.ipynb", "book/*.md", "book/_ext/*.py", "tools/*.py", "bench/*.py", "README.md",
                    "src/**/*.toml", "src/**/static/*.js", "Makefile"):
        for file in repository.glob(pattern):
            used |= set(re.findall(r"[A-Za-z_]\w*", file.read_text(encoding="utf-8")))
    alone = [f"{module}.{name}" for module, file in files.items() for name in public_functions(file)
             if name not in used]
    assert alone == []
