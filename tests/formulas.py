"""Every public formula of the package, and what its docstring says of its parameters."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import itertools
import pkgutil
import re
from collections.abc import Callable

import inference_economics

PARAMETER = re.compile(r"^(\*{0,2}\w[\w, *]*?) : (.+)$")


def parameters(doc: str | None) -> dict[str, tuple[str, str]]:
    """Return the type and the description of each parameter of a docstring."""
    lines = inspect.cleandoc(doc or "").split("\n")
    found, names = {}, []
    start = lines.index("Parameters") + 2 if "Parameters" in lines else len(lines)
    for line, following in itertools.pairwise([*lines[start:], ""]):
        if re.match(r"^-{3,}$", following):
            break
        if match := PARAMETER.match(line):
            names = [name.strip(" *") for name in match[1].split(",")]
            found |= dict.fromkeys(names, (match[2], ""))
        elif line.startswith("    "):
            found |= {name: (found[name][0], f"{found[name][1]} {line.strip()}") for name in names}
    return found


def numeric(function: Callable) -> list[str]:
    """Return the parameters of a function that its docstring calls numeric."""
    documented = parameters(function.__doc__)
    return [name for name in inspect.signature(function).parameters if "numeric" in documented.get(name, ("",))[0]]


@functools.cache
def records() -> tuple[type, ...]:
    """Return every public dataclass with a numeric field by its docstring: what formulas take in place of arguments."""
    found = []
    for module in pkgutil.walk_packages(inference_economics.__path__, "inference_economics."):
        if module.name.rpartition(".")[2].startswith("_") or module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        found += [kind for name, kind in vars(loaded).items() if inspect.isclass(kind) and name[0] != "_"
                  and kind.__module__ == loaded.__name__ and dataclasses.is_dataclass(kind)
                  and "numeric" in str(parameters(kind.__doc__).values())]
    return tuple(found)


@functools.cache
def formulas() -> tuple[tuple[str, Callable], ...]:
    """Return every public function of every public module that has a numeric parameter, by module and name."""
    found = []
    for module in pkgutil.walk_packages(inference_economics.__path__, "inference_economics."):
        short = module.name.rpartition(".")[2]
        if short.startswith("_") or module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        for name, function in vars(loaded).items():
            own = inspect.isfunction(function) and function.__module__ == loaded.__name__
            if own and not name.startswith("_") and "numeric" in str(parameters(function.__doc__).values()):
                found.append((f"{short}.{name}", function))
    return tuple(found)
