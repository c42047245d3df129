"""The page's script, put together: what `static/explorer.js` imports, the rows of `ops.py`, and what a caller adds.

The sources are modules, which editors and the type checker read as they stand. The page gets one classic script,
because browsers refuse to load modules from a file on disk: each module after those that it imports, without its
`import` lines, the word `export`, comments and indentation. So all modules share one scope, and no two
may declare the same name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from .ops import ELEMENTWISE

SCRIPT, STYLE = "kernelless.js", "kernelless.css"  # what a site loads

_STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const |function )", re.MULTILINE)
_DOCUMENTATION = re.compile(r"^ */\*\*.*?\*/\n|/\*\*.*?\*/ ?|^ *// [^\n]*\n", re.MULTILINE | re.DOTALL)
_ELSE = re.compile(r"^(import|export)\b.*", re.MULTILINE)
_NAME = re.compile(r"^(?:const|function) (\w+)", re.MULTILINE)


def _loop(js: str) -> str:
    """Write a row's expression as a loop. A stride of 0 reads a single value again and again."""
    strides = {"a": "i", "b": "j", "c": "l"}
    body = re.sub(r"(?<![\w.])([abc])(?![\w(])", lambda m: f"{m[1]}[k * {strides[m[1]]}]", js)
    return f"(out, n, a, i, b, j, c, l) => {{ for (let k = 0; k < n; k++) out[k] = {body}; }}"


def _elementwise() -> str:
    """Return the module that `static/elementwise.d.ts` declares."""
    rows = "\n".join(f"  {op.name}: {_loop(op.js)}," for op in ELEMENTWISE.values())
    return f"export const ELEMENTWISE = {{\n{rows}\n}};\n"


def join(*roots: Path) -> str:
    """Return modules and all that they import, each once and after what it imports, as one text without imports.

    Parameters
    ----------
    *roots : Path
        Modules that nothing imports.

    Raises
    ------
    ValueError
        Modules import each other in a circle, two declare one name, or one imports or exports in another way.
    """
    parts: dict[Path, str | None] = {}
    names: dict[str, str] = {}

    def add(path: Path) -> None:
        if path in parts:
            if parts[path] is None:
                raise ValueError(f"{path.name} imports itself by way of others; move what both need to a third module.")
            return
        parts[path] = None
        source = _elementwise() if path.name == "elementwise.js" else path.read_text(encoding="utf-8")
        for name in _IMPORT.findall(source):
            add((path.parent / name).resolve())
        bare = _EXPORT.sub("", _IMPORT.sub("", _DOCUMENTATION.sub("", source)))
        if other := _ELSE.search(bare):
            raise ValueError(f"{path.name}: {other[0]!r} cannot be joined; write import {{ name }} from './module.js', "
                             "with double quotes, and export const or export function.")
        for name in _NAME.findall(bare):
            if name in names:
                raise ValueError(f"{path.name} and {names[name]} both declare {name!r}; give one another name.")
            names[name] = path.name
        del parts[path]  # it goes after what it imports
        parts[path] = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^ +", "", bare)).strip()

    for root in roots:
        add(root.resolve())
    return "\n\n".join(filter(None, parts.values()))


@cache
def script(last: str = "startPage();", more: tuple[Path, ...] = ()) -> str:
    """Return the page's script: the modules, then `last`, in a scope of their own.

    Parameters
    ----------
    last : str
        What runs when all is declared. A test asks for another.
    more : tuple of Path
        Modules of the caller's that nothing here imports, for what its pages hold besides explorers: they import
        from `static/`, and make themselves known to `page.js`.

    Raises
    ------
    ValueError
        As in `join`.
    """
    return f'"use strict";\n(() => {{\n{join(_STATIC / "explorer.js", _STATIC / "play.js", *more)}\n\n{last}\n}})();\n'


@cache
def style(more: tuple[Path, ...] = ()) -> str:
    """Return the explorers' style sheet, and after it those of the caller."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (_STATIC / "explorer.css", *more))


def write(folder: str | Path, modules: Sequence[Path] = (), styles: Sequence[Path] = ()) -> None:
    """Write `kernelless.js` and `kernelless.css` for a site to load, with the caller's own modules and style sheets."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SCRIPT).write_text(script(more=tuple(modules)), encoding="utf-8")
    (folder / STYLE).write_text(style(tuple(styles)), encoding="utf-8")
