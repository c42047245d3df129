"""The API page: the package's public modules, and docstrings as Sphinx is to read them."""

from __future__ import annotations

import pkgutil
import re

SECTION = """
## `{0}`

```{{eval-rst}}
.. automodule:: inference_economics.{0}
   :members:
```
"""
REFERENCE_MARK = re.compile(r"\[(\d+)\]_")
REFERENCE = re.compile(r"^(\s*)\.\. \[(\d+)\]")


def modules() -> str:
    """Return the API page's sections: explorers and exercises, then every public module of the package."""
    import inference_economics

    found = [module.name for module in pkgutil.iter_modules(inference_economics.__path__) if not module.ispkg]
    names = ["explore", "exercises", *sorted(name for name in found if not name.startswith("_"))]
    return "".join(SECTION.format(name) for name in names)


def write_generated(_app, docname, source) -> None:
    """Put the glossary's tables and the list of modules where their pages ask for them."""
    if docname == "book/notation":
        from inference_economics import glossary

        source[0] = source[0].replace("<!-- glossary -->", glossary.markdown())
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
