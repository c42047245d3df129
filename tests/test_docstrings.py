"""What docstrings name is there, and where they say: modules, functions, files and commands."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import inference_economics
import kernelless

SOURCE = Path(inference_economics.__file__).parent
ROOT = SOURCE.parents[1]
PACKAGES = (inference_economics, kernelless)
MODULES = {module.name: importlib.import_module(module.name) for package in PACKAGES
           for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
           if not module.name.endswith("__main__")} | {package.__name__: package for package in PACKAGES}
# Of other packages, or of the reader's: nothing here can say whether they are there.
FOREIGN = {"matplotlib.figure.Figure", "myst_nb.glue", "config.json", "silicon_sample.csv", "vllm/engine/arg_utils.py"}
REFERENCE = re.compile(r"(?<!`)`([A-Za-z_]\w*(?:\.\w+)+)`(?!`)")
FILE = re.compile(r"`([\w./-]+\.(?:py|toml|csv|json|js|css|md|ipynb))`")
COMMAND = re.compile(r"python -m (inference_economics[\w.]*)")
WRITTEN = {"kernelless.js", "kernelless-later.js", "kernelless-third.js", "kernelless.css"}  # into the site's folder


def docstrings() -> Iterator[tuple[Path, str, str]]:
    for path in sorted(path for package in PACKAGES for path in Path(package.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (words := ast.get_docstring(node)):
                yield path, getattr(node, "name", "module"), words


def found(pattern: re.Pattern) -> Iterator[tuple[str, Path, str]]:
    for path, name, words in docstrings():
        for reference in pattern.findall(words):
            yield reference, path, f"{path.relative_to(SOURCE.parent)}, {name}: `{reference}`"


def named(short: str) -> list[ModuleType]:
    """Modules that a docstring may mean by this name: by the end of their path."""
    return [module for name, module in MODULES.items() if f".{name}".endswith(f".{short}")]


def is_at_home(module: ModuleType, name: str) -> bool:
    """Whether a module defines a name, or is a face that hands it on."""
    if not hasattr(module, name):
        return False
    thing = getattr(module, name)
    defines = not (inspect.isfunction(thing) or inspect.isclass(thing)) or thing.__module__ == module.__name__
    return defines or name in getattr(module, "__all__", ())


def resolves(reference: str, path: Path) -> bool:
    """Whether `module.name`, `module.name.part`, `Class.part` of the same package, or a module's own path is there."""
    parts = reference.split(".")
    if named(".".join(parts)):
        return True
    for cut in range(len(parts) - 1, 0, -1):
        for module in named(".".join(parts[:cut])):
            if is_at_home(module, parts[cut]) and has(getattr(module, parts[cut]), parts[cut + 1:]):
                return True
    room = ".".join(path.relative_to(SOURCE.parent).parent.parts)
    classes = [getattr(module, parts[0]) for name, module in MODULES.items()
               if name.startswith(room) and inspect.isclass(getattr(module, parts[0], None))]
    return any(has(one, parts[1:]) for one in classes)


def has(thing: object, parts: list[str]) -> bool:
    for part in parts:
        if part in getattr(thing, "__annotations__", ()):  # a field without a default
            return True
        if not hasattr(thing, part):
            return False
        thing = getattr(thing, part)
    return True


def test_every_function_that_a_docstring_names_is_where_it_says():
    lost = [where for reference, path, where in found(REFERENCE)
            if reference not in FOREIGN and not FILE.fullmatch(f"`{reference}`") and not resolves(reference, path)]
    assert not lost, "\n".join(lost)


def test_every_file_that_a_docstring_names_is_there():
    lost = [where for reference, path, where in found(FILE)
            if reference not in FOREIGN | WRITTEN and not any((folder / reference).exists() for folder in
                                                    (path.parent, path.parent / "static", SOURCE, ROOT))]
    assert not lost, "\n".join(lost)


def test_every_command_that_a_docstring_names_can_be_run():
    commands = list(found(COMMAND))
    assert commands
    for module, _, where in commands:
        assert module in MODULES, where
        file = Path(MODULES[module].__file__)
        script = file.with_name("__main__.py") if file.name == "__init__.py" else file
        assert '__name__ == "__main__"' in script.read_text(encoding="utf-8"), where


@pytest.mark.parametrize(("reference", "good"), [
    ("serving.speculative_speedup", True),  # the face hands it on
    ("calibration.constants", True),
    ("calibration.setup", False),  # imported there, defined elsewhere
    ("market.hourly_usd_per_token", False),
    ("roofline.no_such_thing", False),
    ("inference_economics.models", True),
])
def test_a_name_is_looked_for_where_it_is_defined(reference, good):
    assert resolves(reference, SOURCE / "serving" / "step.py") is good
