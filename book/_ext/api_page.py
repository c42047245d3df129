"""The API page: the library of figures, the house's rooms, and docstrings as Sphinx is to read them."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

# Packages that readers meet through their faces alone: the modules behind are machinery, or hold no function.
BY_FACE = ("kernelless", "exercises")
SECTION = """
{heading} `{short}`

```{{eval-rst}}
.. automodule:: {name}
   :members:
{options}```
"""
# What a face or a module hands on from elsewhere is listed where it is defined.
OWN = "   :ignore-module-all:\n"
REFERENCE_MARK = re.compile(r"\[(\d+)\]_")
REFERENCE = re.compile(r"^(\s*)\.\. \[(\d+)\]")


def public(folder: Path) -> list[pkgutil.ModuleInfo]:
    """Return a package's public modules and sub-packages, those met by their face first, then by name."""
    found = [module for module in pkgutil.iter_modules([str(folder)]) if not module.name.startswith("_")]
    order = {name: place for place, name in enumerate(BY_FACE)}
    return sorted(found, key=lambda module: (order.get(module.name, len(order)), module.name))


def sections(folder: Path, package: str, level: int = 2) -> Iterator[str]:
    """Yield the sections of a package: a room with its face's sentence, then its modules below it; or one module."""
    for module in public(folder):
        name, inside, by_face = f"{package}.{module.name}", folder / module.name, module.name in BY_FACE
        is_room = module.ispkg and not by_face
        if is_room and not public(inside):
            continue  # data with their reader
        yield SECTION.format(heading="#" * level, short=name.partition(".")[2], name=name,
                             options="" if by_face else OWN)
        if is_room:
            yield from sections(inside, name, level + 1)


def modules() -> str:
    """Return the API page's sections: the library by its face, then the house from its folder as it stands."""
    import inference_economics

    library = (SECTION.format(heading="##", short="kernelless", name="kernelless", options="")
               + SECTION.format(heading="###", short="kernelless.checks", name="kernelless.checks", options=OWN))
    return library + "".join(sections(Path(inference_economics.__file__).parent, "inference_economics"))


def write_generated(_app, docname, source) -> None:
    """Put the glossary's tables and the list of modules where their pages ask for them."""
    if docname == "book/notation":
        from inference_economics import glossary

        source[0] = source[0].replace("<!-- glossary -->", glossary.markdown())
    if docname == "book/kernelless":
        from kernelless import coverage, examples

        source[0] = source[0].replace("<!-- coverage -->", coverage.markdown("###"))
        source[0] = source[0].replace("<!-- examples -->", examples.markdown("###"))
    if docname == "book/api":
        source[0] = source[0].replace("<!-- modules -->", modules())


def plain_references(_app, _what, _name, _object, _options, lines) -> None:
    """Turn numbered references into plain text: on a page of many docstrings their numbers meet."""
    for i, line in enumerate(lines):
        lines[i] = REFERENCE.sub(r"\1| \\[\2]", REFERENCE_MARK.sub(r"\\[\1]", line))


def keep_property(app, what, name, _object, _options, lines) -> None:
    """Keep a property's first sentence: napoleon takes the words before a colon for the name of a type."""
    if what in {"property", "attribute"}:
        app.property_lines = getattr(app, "property_lines", {}) | {name: list(lines)}


def restore_property(app, _what, name, _object, _options, lines) -> None:
    lines[:] = getattr(app, "property_lines", {}).pop(name, lines)
